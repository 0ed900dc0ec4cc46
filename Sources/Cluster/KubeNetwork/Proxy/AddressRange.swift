import KubeAPI

/// A range of IPv4 addresses, as in `203.0.113.0/25`.
struct AddressRange: Equatable, CustomStringConvertible {
    private let network: UInt32
    private let length: Int

    /// Nil for a range of the other family. Services may have spaces around theirs, and bits beyond the prefix count
    /// for nothing. Follows kubernetes `pkg/proxy/serviceport.go` (`newBaseServiceInfo`).
    init?(_ text: String) {
        let parts = text.trimmed.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = AddressRange.address(String(parts[0])), let length = Int(parts[1]),
            0...32 ~= length
        else { return nil }
        self.length = length
        network = address & AddressRange.mask(length)
    }

    /// An IPv4 address as a number; nil for anything else.
    static func address(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part) else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    private static func mask(_ length: Int) -> UInt32 { length == 0 ? 0 : UInt32.max << UInt32(32 - length) }

    func contains(_ address: String) -> Bool {
        AddressRange.address(address).map { $0 & AddressRange.mask(length) == network } ?? false
    }

    var description: String {
        let bytes = [24, 16, 8, 0].map { String(network >> UInt32($0) & 0xFF) }
        return bytes.joined(separator: ".") + "/\(length)"
    }
}
