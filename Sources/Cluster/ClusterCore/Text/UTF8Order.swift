/// The order of two strings' UTF-8 bytes: below zero if `a` comes first, zero if the bytes are equal, else above.
///
/// This is the order of Go's strings and of etcd's keys. Swift's own order follows Unicode's canonical equivalence,
/// where different bytes may be equal. The strings must be stored as UTF-8 in one piece, as all native ones are.
/// Allocates nothing, and compares eight bytes a step.
@inlinable
public func utf8Compare(_ a: String, _ b: String) -> Int {
    let order = a.utf8.withContiguousStorageIfAvailable { left in
        b.utf8.withContiguousStorageIfAvailable { right in
            compareBytes(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
        }
    }
    // With a path of its own for other strings the compiler could not leave out the counting of references.
    guard case .some(.some(let order)) = order else { preconditionFailure("a string that is not stored as UTF-8") }
    return order
}

/// Whether `a` comes before `b` by UTF-8 bytes.
@inlinable
public func utf8Less(_ a: String, _ b: String) -> Bool {
    utf8Compare(a, b) < 0
}

@inlinable
public func compareBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    // Interned names are often one and the same.
    if left.baseAddress == right.baseAddress { return left.count - right.count }
    let common = min(left.count, right.count)
    var offset = 0
    while offset + 8 <= common {
        let leftWord = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let rightWord = right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if leftWord != rightWord {
            return UInt64(bigEndian: leftWord) < UInt64(bigEndian: rightWord) ? -1 : 1
        }
        offset += 8
    }
    while offset < common {
        let leftByte = left[offset]
        let rightByte = right[offset]
        if leftByte != rightByte { return leftByte < rightByte ? -1 : 1 }
        offset += 1
    }
    return left.count - right.count
}
