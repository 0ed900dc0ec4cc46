import ClusterCore

/// Hands out the addresses of a node's pod range, one after the other and round again, so that an address rests as
/// long as it can before another pod gets it. The network's own address, the bridge's (the first) and the broadcast
/// address are never given. Follows the `host-local` address plugin that the kubelet's network plugins use.
package struct PodAddresses {
    private let first: UInt32
    private let last: UInt32
    private var cursor: UInt32
    private var used: Set<UInt32> = []

    /// Nil unless `text` is an IPv4 range with room for pods, as in `10.244.3.0/24`.
    package init?(cidr text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = PodAddresses.parse(parts[0]), let prefix = Int(parts[1]),
            8...29 ~= prefix
        else { return nil }
        let mask = UInt32.max << UInt32(32 - prefix)
        first = (address & mask) + 2
        last = (address & mask) + ~mask - 1
        cursor = first
    }

    package var usedCount: Int { used.count }

    /// The next free address; nil when there is none. O(1) unless the range is nearly full.
    package mutating func allocate() -> String? {
        for _ in 0...(last - first) {
            let candidate = cursor
            cursor = candidate == last ? first : candidate + 1
            if used.insert(candidate).inserted { return PodAddresses.text(candidate) }
        }
        return nil
    }

    /// Keeps an address from being handed out; one of another range is left alone.
    package mutating func reserve(_ address: String) {
        guard let number = PodAddresses.parse(Substring(address)), first...last ~= number else { return }
        used.insert(number)
    }

    /// Gives an address back; one of another range is left alone.
    package mutating func release(_ address: String) {
        if let number = PodAddresses.parse(Substring(address)) { used.remove(number) }
    }

    private static func parse(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var result: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part) else { return nil }
            result = result << 8 | UInt32(byte)
        }
        return result
    }

    private static func text(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 0xFF).\(address >> 8 & 0xFF).\(address & 0xFF)"
    }
}
