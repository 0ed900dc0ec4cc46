/// A map by string, sorted by the UTF-8 bytes of its keys: labels, annotations, resource lists.
///
/// Such maps have a handful of entries, so a sorted array is smaller and faster than a hash table, and its order is
/// the same everywhere. Lookup is O(log n); inserting is O(n).
package struct StringMap<Value> {
    @usableFromInline var entries: [(key: String, value: Value)]

    @inlinable
    package init() { entries = [] }

    /// The last of equal keys wins.
    package init(_ pairs: some Sequence<(String, Value)>) {
        entries = []
        for (key, value) in pairs { self[key] = value }
    }

    /// Moves entries out of a buffer in any order; of equal keys the last wins. `more` leaves room.
    init(moving buffer: UnsafeMutableBufferPointer<(key: String, value: Value)>, more: Bool) {
        let count = buffer.count
        entries = []
        entries.reserveCapacity(more ? count * 2 : count)
        if let start = buffer.baseAddress { for index in 0..<count { entries.append((start + index).move()) } }
        var isOrdered = true
        for index in 1..<Swift.max(count, 1) where compareUTF8(entries[index - 1].key, entries[index].key) >= 0 {
            isOrdered = false
            break
        }
        if isOrdered { return }
        let unordered = entries
        entries = []
        entries.reserveCapacity(unordered.count)
        for entry in unordered { insert(entry.key, entry.value) }
    }

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }
    package var keys: [String] { entries.map(\.key) }
    package var values: [Value] { entries.map(\.value) }

    /// Where `key` is, or where it would go.
    private func position(of key: String) -> (index: Int, found: Bool) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            let order = compareUTF8(entries[middle].key, key)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    /// Adds an entry; quick when keys come in order, as they do from Go.
    package mutating func insert(_ key: String, _ value: Value) {
        if let last = entries.last, compareUTF8(last.key, key) >= 0 {
            self[key] = value
        } else {
            entries.append((key, value))
        }
    }

    package subscript(key: String) -> Value? {
        get {
            if entries.count <= 4 {
                for entry in entries where equalUTF8(entry.key, key) { return entry.value }
                return nil
            }
            let (index, found) = position(of: key)
            return found ? entries[index].value : nil
        }
        set {
            let (index, found) = position(of: key)
            if let newValue {
                if found { entries[index].value = newValue } else { entries.insert((key, newValue), at: index) }
            } else if found {
                entries.remove(at: index)
            }
        }
    }

    package subscript(key: String, default fallback: @autoclosure () -> Value) -> Value {
        get { self[key] ?? fallback() }
        set { self[key] = newValue }
    }

    @discardableResult
    package mutating func removeValue(forKey key: String) -> Value? {
        let (index, found) = position(of: key)
        return found ? entries.remove(at: index).value : nil
    }

    package mutating func removeAll() { entries.removeAll() }

    /// Adds the entries of `other`, which win over equal keys here.
    package mutating func merge(_ other: StringMap) {
        for (key, value) in other { self[key] = value }
    }

    package func mapValues<Result>(_ transform: (Value) -> Result) -> StringMap<Result> {
        var result = StringMap<Result>()
        result.entries = entries.map { ($0.key, transform($0.value)) }
        return result
    }

    package func contains(_ key: String) -> Bool { self[key] != nil }
}

extension StringMap: Sequence {
    package func makeIterator() -> IndexingIterator<[(key: String, value: Value)]> { entries.makeIterator() }
    package var underestimatedCount: Int { entries.count }
}

extension StringMap: Sendable where Value: Sendable {}

extension StringMap: Equatable where Value: Equatable {
    package static func == (left: StringMap, right: StringMap) -> Bool {
        guard left.entries.count == right.entries.count else { return false }
        let same = left.entries.withUnsafeBufferPointer { first in
            right.entries.withUnsafeBufferPointer { first.baseAddress == $0.baseAddress }
        }
        if same { return true }
        for (first, second) in zip(left.entries, right.entries) {
            if !equalUTF8(first.key, second.key) || first.value != second.value { return false }
        }
        return true
    }
}

extension StringMap: Hashable where Value: Hashable {
    package func hash(into hasher: inout Hasher) {
        for (key, value) in entries {
            hasher.combine(key)
            hasher.combine(value)
        }
    }
}

extension StringMap: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}

extension StringMap: JSONCodable where Value: JSONCodable {
    package init(from reader: inout JSONReader) { self = reader.map() }
    package func encode(into writer: inout JSONWriter) { writer.map(self) }
}

/// Orders two strings by their UTF-8 bytes: negative, zero or positive. No allocation for native strings.
///
/// Swift's own `<` and `==` treat canonically equivalent texts as one; API names never are.
package func compareUTF8(_ left: String, _ right: String) -> Int {
    let order: Int?? = left.utf8.withContiguousStorageIfAvailable { first in
        right.utf8.withContiguousStorageIfAvailable { second in
            let count = Swift.min(first.count, second.count)
            let index = commonPrefix(first, second, count)
            return index < count ? Int(first[index]) - Int(second[index]) : first.count - second.count
        }
    }
    if let order = order ?? nil { return order }
    if left.utf8.elementsEqual(right.utf8) { return 0 }
    return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
}

/// Whether two strings have the same bytes.
package func equalUTF8(_ left: String, _ right: String) -> Bool {
    let length = left.utf8.count
    if length != right.utf8.count { return false }
    let isEqual: Bool?? = left.utf8.withContiguousStorageIfAvailable { first in
        right.utf8.withContiguousStorageIfAvailable { second in
            first.baseAddress == second.baseAddress || commonPrefix(first, second, length) == length
        }
    }
    return (isEqual ?? nil) ?? left.utf8.elementsEqual(right.utf8)
}

/// How many of the first `count` bytes are the same, eight at a time.
@inline(__always)
private func commonPrefix(_ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>, _ count: Int)
    -> Int
{
    guard let left = UnsafeRawPointer(first.baseAddress), let right = UnsafeRawPointer(second.baseAddress) else {
        return 0
    }
    var index = 0
    while index &+ 8 <= count {
        let difference =
            (left + index).loadUnaligned(as: UInt64.self) ^ (right + index).loadUnaligned(as: UInt64.self)
        if difference != 0 { return index &+ UInt64(littleEndian: difference).trailingZeroBitCount >> 3 }
        index &+= 8
    }
    while index < count, first[index] == second[index] { index &+= 1 }
    return index
}
