/// Hands out equal parts of an IPv4 range, each to one holder: first those never used, in order, then those given back.
/// Follows kubernetes `pkg/controller/nodeipam/ipam/cidrset/cidr_set.go`.
package struct CIDRPool: Sendable {
    private let base: UInt32
    /// The length of the prefix of each part, 0...32.
    package let partLength: Int
    /// How many parts there are.
    package let count: Int
    private var used: [Bool]
    /// Where the search begins: after the part handed out last.
    private var next = 0
    /// How many parts are handed out.
    package private(set) var usedCount = 0

    /// Nil for a range that isn't IPv4 in CIDR form, or is smaller than a part, or has more than 2^24 parts.
    package init?(_ cidr: String, partLength: Int) {
        guard let (address, length) = CIDRPool.parse(cidr), partLength >= length, partLength <= 32,
            partLength - length <= 24
        else { return nil }
        base = length == 0 ? 0 : address & ~UInt32(0) << UInt32(32 - length)
        self.partLength = partLength
        count = 1 << (partLength - length)
        used = Array(repeating: false, count: count)
    }

    /// A free part, as in `10.244.3.0/24`; nil if all are in use. O(1) while there are parts that were never used.
    package mutating func allocate() -> String? {
        guard usedCount < count else { return nil }
        while used[next] { next = (next + 1) % count }
        let index = next
        used[index] = true
        usedCount += 1
        next = (index + 1) % count
        return text(index)
    }

    /// Marks a part as in use. False if it isn't one of the pool.
    @discardableResult
    package mutating func occupy(_ cidr: String) -> Bool {
        guard let index = index(of: cidr) else { return false }
        if !used[index] {
            used[index] = true
            usedCount += 1
        }
        return true
    }

    /// Takes a range back; does nothing for one that is not of the pool, or is free already.
    package mutating func release(_ cidr: String) {
        guard let index = index(of: cidr), used[index] else { return }
        used[index] = false
        usedCount -= 1
    }

    private func index(of cidr: String) -> Int? {
        guard let (address, length) = CIDRPool.parse(cidr), length == partLength, address >= base else { return nil }
        let index = length == 0 ? 0 : Int((address - base) >> UInt32(32 - length))
        return index < count ? index : nil
    }

    private func text(_ index: Int) -> String {
        let address = base + (partLength == 0 ? 0 : UInt32(index) << UInt32(32 - partLength))
        return "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)/\(partLength)"
    }

    private static func parse(_ text: String) -> (address: UInt32, length: Int)? {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let length = Int(halves[1]), 0...32 ~= length else { return nil }
        let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part) else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return (address, length)
    }
}
