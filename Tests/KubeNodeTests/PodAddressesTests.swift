import KubeNode
import Testing

@Suite struct PodAddressesTests {
    @Test func addressesComeInOrderAndRest() {
        var addresses = PodAddresses(cidr: "10.244.3.0/29")
        let given = (0..<6).map { _ in addresses?.allocate() }
        #expect(given == ["10.244.3.2", "10.244.3.3", "10.244.3.4", "10.244.3.5", "10.244.3.6", nil])
        addresses?.release("10.244.3.5")
        addresses?.release("10.244.3.3")
        #expect(addresses?.allocate() == "10.244.3.3")
        #expect(addresses?.allocate() == "10.244.3.5")
        #expect(addresses?.allocate() == nil)
    }

    @Test func aFreedAddressIsNotGivenAtOnce() {
        var addresses = PodAddresses(cidr: "10.0.0.128/25")
        #expect(addresses?.allocate() == "10.0.0.130")
        addresses?.release("10.0.0.130")
        #expect(addresses?.allocate() == "10.0.0.131")
        #expect(addresses?.usedCount == 1)
    }

    @Test(arguments: ["10.244.3.0", "10.244.3/24", "10.244.3.0/31", "10.244.3.256/24", "fd00::/64", ""])
    func noRange(_ text: String) {
        #expect(PodAddresses(cidr: text) == nil)
    }
}
