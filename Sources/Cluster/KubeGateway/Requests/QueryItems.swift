/// The parameters after the `?` of a request's address, decoded.
package struct QueryItems: Sendable {
    private var items: [(name: String, value: String)] = []

    /// Reads `a=1&b=two%20words`. What is not properly escaped is left out, as Go leaves it out.
    package init(_ text: Substring) {
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            // Go refuses semicolons, which once parted parameters.
            if part.contains(UInt8(ascii: ";")) { continue }
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(halves[0], plusIsSpace: true) else { continue }
            guard let value = halves.count > 1 ? PercentCoding.decode(halves[1], plusIsSpace: true) : "" else {
                continue
            }
            items.append((name, value))
        }
    }

    /// The first value of a parameter; nil if it is not given.
    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// All values of a parameter, in order.
    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// The first value, empty if it is not given.
    func text(_ name: String) -> String { self[name] ?? "" }

    /// As upstream converts a parameter to a truth: anything but an absent value, `false` and `0` holds.
    ///
    /// Follows apimachinery pkg/runtime/conversion.go `Convert_Slice_string_To_bool`.
    func flag(_ name: String) -> Bool {
        guard let value = self[name] else { return false }
        return !(value.lowercased() == "false" || value == "0")
    }
}

/// The percent signs of addresses.
enum PercentCoding {
    /// Nil for an escape that is none. What is no UTF-8 becomes what nothing is called by.
    static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String? {
        let isPlain = text.allSatisfy { $0 != UInt8(ascii: "%") && ($0 != UInt8(ascii: "+") || !plusIsSpace) }
        if isPlain { return String(Substring(text)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            if byte == UInt8(ascii: "%") {
                guard let high = text[index...].first.flatMap(digit) else { return nil }
                index = text.index(after: index)
                guard let low = text[index...].first.flatMap(digit) else { return nil }
                index = text.index(after: index)
                bytes.append(high << 4 | low)
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                bytes.append(UInt8(ascii: " "))
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
