/// A block of IPv4 addresses, as in `10.96.0.0/12`.
package struct IPv4Range: Equatable, Sendable {
    package let base: UInt32
    package let prefix: Int

    /// Nil for text that is not a block in canonical form.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = IPv4Range.address(String(parts[0])), let prefix = Int(parts[1]),
            (0...32).contains(prefix)
        else { return nil }
        self.init(base: base, prefix: prefix)
        guard self.base == base else { return nil }
    }

    /// The block around an address.
    package init(base: UInt32, prefix: Int) {
        self.prefix = prefix
        self.base = prefix == 0 ? 0 : base & ~(UInt32.max >> UInt32(prefix) & (prefix == 32 ? 0 : .max))
    }

    /// How many addresses the block has.
    package var count: Int { 1 << (32 - prefix) }

    package func contains(_ address: UInt32) -> Bool { address >= base && Int(address - base) < count }

    package var text: String { "\(IPv4Range.text(base))/\(prefix)" }

    /// The number of an address in dotted decimals without leading zeros; nil for other text.
    package static func address(_ text: String) -> UInt32? {
        var value: UInt32 = 0
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        for part in parts {
            guard !part.isEmpty, part.count <= 3, part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                part.count == 1 || part.first != "0", let byte = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return value
    }

    package static func text(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }
}
