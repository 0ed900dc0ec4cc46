// That they only read is said to the compiler: a key that is compared where it lies is then not retained for it.

/// Orders two strings by their UTF-8 bytes: negative, zero or positive. No allocation for native strings.
///
/// Swift's own `<` and `==` treat canonically equivalent texts as one; API names never are.
@inlinable
@_effects(readonly)
public func compareUTF8(_ left: String, _ right: String) -> Int {
    if isShared(left, right) { return 0 }
    let order: Int?? = left.utf8.withContiguousStorageIfAvailable { first in
        right.utf8.withContiguousStorageIfAvailable { second in
            compareBytes(UnsafeRawBufferPointer(first), UnsafeRawBufferPointer(second))
        }
    }
    if let order = order ?? nil { return order }
    if left.utf8.elementsEqual(right.utf8) { return 0 }
    return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
}

/// Whether two strings have the same bytes.
@inlinable
@_effects(readonly)
public func equalUTF8(_ left: String, _ right: String) -> Bool {
    if isShared(left, right) { return true }
    if left.utf8.count != right.utf8.count { return false }
    let isEqual: Bool?? = left.utf8.withContiguousStorageIfAvailable { first in
        right.utf8.withContiguousStorageIfAvailable { second in
            equalBytes(UnsafeRawBufferPointer(first), UnsafeRawBufferPointer(second))
        }
    }
    return (isEqual ?? nil) ?? left.utf8.elementsEqual(right.utf8)
}

/// Whether both are one short text, or one storage: most names that are compared come from one object.
@inlinable
@inline(__always)
func isShared(_ left: String, _ right: String) -> Bool {
    let first = unsafeBitCast(left, to: (UInt64, UInt64).self)
    let second = unsafeBitCast(right, to: (UInt64, UInt64).self)
    return first == second
}

/// The order of bytes, eight at a time.
@usableFromInline
func compareBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    // Names that are shared are one and the same.
    if left.baseAddress == right.baseAddress { return left.count &- right.count }
    let common = min(left.count, right.count)
    var offset = 0
    while offset &+ 8 <= common {
        let first = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let second = right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if first != second { return UInt64(bigEndian: first) < UInt64(bigEndian: second) ? -1 : 1 }
        offset &+= 8
    }
    while offset < common {
        if left[offset] != right[offset] { return Int(left[offset]) &- Int(right[offset]) }
        offset &+= 1
    }
    return left.count &- right.count
}

/// Whether two runs of bytes of one length are the same.
@usableFromInline
func equalBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    if left.baseAddress == right.baseAddress { return true }
    let count = left.count
    guard count >= 8 else {
        for offset in 0..<count where left[offset] != right[offset] { return false }
        return true
    }
    var offset = 0
    while offset &+ 8 < count {
        let first = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if first != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
        offset &+= 8
    }
    // The last eight bytes, some of which were looked at already.
    let last = left.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    return last == right.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
}

/// Whether fields have the same bytes; generated types compare their texts so.
@inline(__always)
func areSameTexts(_ left: String, _ right: String) -> Bool { isShared(left, right) || equalUTF8(left, right) }

@inline(__always)
func areSameTexts(_ left: String?, _ right: String?) -> Bool {
    switch (left, right) {
    case (let left?, let right?): isShared(left, right) || equalUTF8(left, right)
    case (nil, nil): true
    default: false
    }
}

@usableFromInline
func areSameTexts(_ left: [String], _ right: [String]) -> Bool {
    guard left.count == right.count else { return false }
    let isOne = left.withUnsafeBufferPointer { first in
        right.withUnsafeBufferPointer { first.baseAddress == $0.baseAddress }
    }
    return isOne || left.indices.allSatisfy { equalUTF8(left[$0], right[$0]) }
}
