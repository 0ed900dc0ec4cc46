/// A map by string, sorted by the UTF-8 bytes of its keys: labels, annotations, resource lists.
///
/// Such maps have a handful of entries, so a sorted array is smaller and faster than a hash table, and its order is
/// the same everywhere. Lookup is O(log n); inserting is O(n).
public struct StringMap<Value> {
    @usableFromInline var entries: [(key: String, value: Value)]

    @inlinable
    public init() { entries = [] }

    /// The last of equal keys wins.
    @inlinable
    public init(_ pairs: some Sequence<(String, Value)>) {
        entries = []
        for (key, value) in pairs { self[key] = value }
    }

    /// The entries as they were read; of equal keys the last wins. O(n) for keys in order, as they come from Go, and
    /// O(n log n) for any other order: a client may send many.
    init(read: [(key: String, value: Value)]) {
        let isOrdered = zip(read, read.dropFirst()).allSatisfy { compareUTF8($0.key, $1.key) < 0 }
        if isOrdered {
            entries = read
            return
        }
        let order = read.indices.sorted { left, right in
            let order = compareUTF8(read[left].key, read[right].key)
            return order == 0 ? left < right : order < 0
        }
        entries = []
        entries.reserveCapacity(read.count)
        for entry in order.lazy.map({ read[$0] }) {
            if let last = entries.last, equalUTF8(last.key, entry.key) {
                entries[entries.count - 1] = entry
            } else {
                entries.append(entry)
            }
        }
    }

    @inlinable
    public var count: Int { entries.count }
    @inlinable
    public var isEmpty: Bool { entries.isEmpty }
    @inlinable
    public var keys: [String] { entries.map(\.key) }
    @inlinable
    public var values: [Value] { entries.map(\.value) }

    /// Where `key` is, or where it would go.
    @inlinable
    func position(of key: String) -> (index: Int, found: Bool) {
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
    @inlinable
    public mutating func insert(_ key: String, _ value: Value) {
        if let last = entries.last, compareUTF8(last.key, key) >= 0 {
            self[key] = value
        } else {
            entries.append((key, value))
        }
    }

    @inlinable
    public subscript(key: String) -> Value? {
        get {
            if entries.count <= 4 {
                for index in 0..<entries.count where equalUTF8(entries[index].key, key) { return entries[index].value }
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

    @inlinable
    public subscript(key: String, default fallback: @autoclosure () -> Value) -> Value {
        get { self[key] ?? fallback() }
        set { self[key] = newValue }
    }

    @inlinable
    @discardableResult
    public mutating func removeValue(forKey key: String) -> Value? {
        let (index, found) = position(of: key)
        return found ? entries.remove(at: index).value : nil
    }

    @inlinable
    public mutating func removeAll() { entries.removeAll() }

    /// Adds the entries of `other`, which win over equal keys here.
    @inlinable
    public mutating func merge(_ other: StringMap) {
        for (key, value) in other { self[key] = value }
    }

    @inlinable
    public func mapValues<Result>(_ transform: (Value) -> Result) -> StringMap<Result> {
        var result = StringMap<Result>()
        result.entries = entries.map { ($0.key, transform($0.value)) }
        return result
    }

    @inlinable
    public func contains(_ key: String) -> Bool { self[key] != nil }
}

extension StringMap: Sequence {
    @inlinable
    public func makeIterator() -> IndexingIterator<[(key: String, value: Value)]> { entries.makeIterator() }
    @inlinable
    public var underestimatedCount: Int { entries.count }
}

extension StringMap: Sendable where Value: Sendable {}

extension StringMap: Equatable where Value: Equatable {
    @inlinable
    public static func == (left: StringMap, right: StringMap) -> Bool {
        guard left.entries.count == right.entries.count else { return false }
        let same = left.entries.withUnsafeBufferPointer { first in
            right.entries.withUnsafeBufferPointer { first.baseAddress == $0.baseAddress }
        }
        if same { return true }
        for index in left.entries.indices {
            if !equalUTF8(left.entries[index].key, right.entries[index].key) { return false }
            if !areSame(left.entries[index].value, right.entries[index].value) { return false }
        }
        return true
    }

    /// Texts are the same if their bytes are, as in Go. Where the type is known, nothing is left of asking for it.
    @inlinable
    @inline(__always)
    static func areSame(_ left: Value, _ right: Value) -> Bool {
        if Value.self == String.self {
            return equalUTF8(unsafeBitCast(left, to: String.self), unsafeBitCast(right, to: String.self))
        }
        if Value.self == [String].self {
            return areSameTexts(unsafeBitCast(left, to: [String].self), unsafeBitCast(right, to: [String].self))
        }
        return left == right
    }
}

extension StringMap: Hashable where Value: Hashable {
    @inlinable
    public func hash(into hasher: inout Hasher) {
        for (key, value) in entries {
            hasher.combine(key)
            hasher.combine(value)
        }
    }
}

extension StringMap: ExpressibleByDictionaryLiteral {
    @inlinable
    public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}

extension StringMap: JSONCodable where Value: JSONCodable {
    public init(from reader: inout JSONReader) { self = reader.map() }
    public func encode(into writer: inout JSONWriter) { writer.map(self) }
}
