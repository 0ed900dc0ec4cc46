import KubeControllers
import Testing

@Suite("Ranges of addresses for nodes")
struct CIDRPoolTests {
    @Test func handsOutInOrderAndThenWhatCameBack() throws {
        var pool = try #require(CIDRPool("10.244.0.0/22", partLength: 24))
        #expect(pool.count == 4)
        let isOccupied = pool.occupy("10.244.1.0/24")
        #expect(isOccupied)
        var parts = [pool.allocate(), pool.allocate()]
        #expect(parts == ["10.244.0.0/24", "10.244.2.0/24"])
        pool.release("10.244.0.0/24")
        parts = [pool.allocate(), pool.allocate(), pool.allocate()]
        #expect(parts == ["10.244.3.0/24", "10.244.0.0/24", nil])
        #expect(pool.usedCount == 4)
        pool.release("10.244.9.0/24")
        #expect(pool.usedCount == 4)
    }

    @Test(arguments: ["10.244.8.0/24", "10.243.255.0/24", "10.244.0.0/25", "ten", "10.244.0.0", "10.244.0.256/24"])
    func occupiesOnlyItsOwnParts(cidr: String) throws {
        var pool = try #require(CIDRPool("10.244.0.0/21", partLength: 24))
        let isOccupied = pool.occupy(cidr)
        #expect(!isOccupied)
        #expect(pool.usedCount == 0)
    }

    @Test(arguments: [
        ("10.244.0.0/25", 24), ("10.0.0.0/33", 34), ("10.0.0/8", 24), ("fd00::/48", 64), ("0.0.0.0/0", 32),
    ])
    func refusesWhatItCannotCut(cidr: String, partLength: Int) {
        #expect(CIDRPool(cidr, partLength: partLength) == nil)
    }

    @Test func knowsRangesAboveTheMiddle() throws {
        var pool = try #require(CIDRPool("200.1.5.9/16", partLength: 24))
        let part = pool.allocate()
        #expect(part == "200.1.0.0/24")
    }
}
