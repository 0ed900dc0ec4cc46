/// An IPv4 or IPv6 address, as text that users write and as bytes.
/// Follows `ParseIPSloppy` of k8s.io/utils/net: leading zeros in IPv4 are read as decimal.
public struct IPAddressValue: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 4 bytes, or 16. An IPv4-mapped IPv6 address is held as IPv4, as upstream's.
    public let bytes: [UInt8]
    /// Whether the text was an IPv4 address in the form of IPv6.
    public let isMapped: Bool

    public var isIPv6: Bool { bytes.count == 16 }
    public var bitCount: Int { bytes.count * 8 }

    public init(bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16, "an address has 4 or 16 bytes")
        self.bytes = bytes
        isMapped = false
    }

    /// Nil if the text is no address. Zones are not accepted.
    public init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let parsed = Self.parseIPv6(text) else { return nil }
            let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            isMapped = Array(parsed.prefix(12)) == mappedPrefix
            bytes = isMapped ? Array(parsed.suffix(4)) : parsed
        } else {
            guard let parsed = Self.parseIPv4(Substring(text)) else { return nil }
            bytes = parsed
            isMapped = false
        }
    }

    /// Whether a number of an IPv4 address, or of an IPv6 address that ends as one, begins with a zero too many: some
    /// programs read it as octal. O(n), nothing is allocated.
    public static func hasLeadingZeros(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: ".")) else { return false }
        var isFound = false
        var isStart = true
        var isAfterZero = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ":"):
                // Groups of IPv6 may begin with zeros; what counts comes after the last.
                isFound = false
                isStart = true
                isAfterZero = false
            case UInt8(ascii: "."):
                isStart = true
                isAfterZero = false
            default:
                if isAfterZero { isFound = true }
                isAfterZero = isStart && byte == UInt8(ascii: "0")
                isStart = false
            }
        }
        return isFound
    }

    private static func parseIPv4(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4)
        var value: Int?
        for character in text.utf8 {
            if character == UInt8(ascii: ".") {
                guard let part = value, bytes.count < 3 else { return nil }
                bytes.append(UInt8(part))
                value = nil
            } else {
                guard CharacterSets.isDigit(character) else { return nil }
                let larger = (value ?? 0) * 10 + Int(character - UInt8(ascii: "0"))
                guard larger < 256 else { return nil }
                value = larger
            }
        }
        guard let last = value, bytes.count == 3 else { return nil }
        bytes.append(UInt8(last))
        return bytes
    }

    private static func parseIPv6(_ text: String) -> [UInt8]? {
        var head: [UInt8] = []
        var tail: [UInt8]?
        var rest = Substring(text)
        if rest.hasPrefix("::") {
            tail = []
            rest = rest.dropFirst(2)
        }
        func append(_ more: [UInt8]) {
            if tail == nil { head += more } else { tail?.append(contentsOf: more) }
        }
        while !rest.isEmpty {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            let group = rest[..<end]
            if group.contains(".") {
                guard end == rest.endIndex, let address = parseIPv4(group) else { return nil }
                append(address)
                break
            }
            guard 1...4 ~= group.utf8.count, !group.hasPrefix("+"), let value = UInt16(group, radix: 16) else {
                return nil
            }
            append([UInt8(value >> 8), UInt8(truncatingIfNeeded: value)])
            rest = rest[end...]
            if rest.hasPrefix("::") {
                if tail != nil { return nil }
                tail = []
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix(":") {
                rest = rest.dropFirst()
                if rest.isEmpty { return nil }
            }
        }
        guard let tail else { return head.count == 16 ? head : nil }
        let missing = 16 - head.count - tail.count
        return missing > 0 ? head + [UInt8](repeating: 0, count: missing) + tail : nil
    }

    /// The canonical text: dotted decimal, or RFC 5952 (lower case, the longest run of zeros left out).
    public var description: String {
        if !isIPv6 { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count, end - start > 1 { best = start..<end }
            start = max(end, start + 1)
        }
        let text = { (slice: ArraySlice<UInt16>) in slice.map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty
            ? text(groups[...]) : text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }

    public static func < (left: IPAddressValue, right: IPAddressValue) -> Bool {
        left.bytes.count != right.bytes.count
            ? left.bytes.count < right.bytes.count : left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// A block of addresses such as `10.0.0.0/8`.
public struct CIDRValue: Hashable, Sendable, CustomStringConvertible {
    /// The address as written, which may have bits below the prefix.
    public let address: IPAddressValue
    /// Leading bits that all addresses of the block share, 0...32 or 0...128.
    public let prefixLength: Int

    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), let address = IPAddressValue(String(text[..<slash])) else {
            return nil
        }
        let digits = text[text.index(after: slash)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy(CharacterSets.isDigit), var length = Int(digits) else {
            return nil
        }
        if address.isMapped { length -= 96 }
        guard 0...address.bitCount ~= length else { return nil }
        self.address = address
        prefixLength = length
    }

    /// Whether the address of a block or its length begins with a zero too many.
    public static func hasLeadingZeros(_ text: String) -> Bool {
        guard let slash = text.firstIndex(of: "/") else { return false }
        let length = text[text.index(after: slash)...].utf8
        return length.count > 1 && length.first == UInt8(ascii: "0")
            || IPAddressValue.hasLeadingZeros(String(text[..<slash]))
    }

    /// The first address of the block.
    public var network: IPAddressValue {
        var bytes = address.bytes
        for index in bytes.indices {
            let kept = min(max(prefixLength - index * 8, 0), 8)
            bytes[index] &= UInt8(truncatingIfNeeded: 0xFF00 >> kept)
        }
        return IPAddressValue(bytes: bytes)
    }

    /// Whether an address is in the block; addresses of the other family are not. O(1).
    public func contains(_ other: IPAddressValue) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        let first = network.bytes
        for index in first.indices {
            let kept = min(max(prefixLength - index * 8, 0), 8)
            if other.bytes[index] & UInt8(truncatingIfNeeded: 0xFF00 >> kept) != first[index] { return false }
        }
        return true
    }

    public var description: String { "\(network)/\(prefixLength)" }
}

// MARK: Validation

extension Validation {
    /// An address that all programs read alike.
    ///
    /// Follows apimachinery `pkg/util/validation/ip.go` with the feature StrictIPCIDRValidation, which is on by default
    /// in 1.36 (KEP-4858). What older objects have is not let pass.
    public static func strictIP(_ value: String) -> [String] {
        guard let address = IPAddressValue(value) else {
            return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
        }
        if IPAddressValue.hasLeadingZeros(value) { return ["must not have leading 0s"] }
        return address.isMapped ? ["must not be an IPv4-mapped IPv6 address"] : []
    }

    /// The same of a block of addresses, which has no bits set below its prefix.
    public static func strictCIDR(_ value: String) -> [String] {
        guard let block = CIDRValue(value) else {
            return ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"]
        }
        if CIDRValue.hasLeadingZeros(value) {
            return ["must not have leading 0s in IP or prefix length"]
        }
        if block.address.isMapped { return ["must not have an IPv4-mapped IPv6 address"] }
        return block.network == block.address ? [] : ["must not have bits set beyond the prefix length"]
    }

    /// What newer kinds hold of an address: the one form that everybody writes.
    public static func canonicalIP(_ value: String) -> [String] {
        canonical(value, as: IPAddressValue(value)?.description, strictIP(value))
    }

    /// The same of a block of addresses.
    public static func canonicalCIDR(_ value: String) -> [String] {
        canonical(value, as: CIDRValue(value)?.description, strictCIDR(value))
    }

    private static func canonical(_ value: String, as wanted: String?, _ problems: [String]) -> [String] {
        guard problems.isEmpty, let wanted, !equalUTF8(value, wanted) else { return problems }
        return ["must be in canonical form (\(GoText.quoted(wanted)))"]
    }
}
