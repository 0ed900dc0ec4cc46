/// 128 bits that stand for texts and numbers, in place of the texts themselves: tables keyed by it hold no strings, and
/// look none up byte by byte. Made by multiplying and folding, eight bytes a step; that two different inputs ever share
/// one is as unlikely as with any good hash of its width, though an adversary could make it happen.
///
/// The same on every run and machine of one byte order.
public struct Fingerprint: Hashable, Sendable {
    @usableFromInline var low: UInt64
    @usableFromInline var high: UInt64

    @usableFromInline static var lowFactor: UInt64 { 0x9E37_79B9_7F4A_7C15 }
    @usableFromInline static var highFactor: UInt64 { 0xC2B2_AE3D_27D4_EB4F }

    @inlinable
    public init() {
        low = 0x243F_6A88_85A3_08D3
        high = 0x1319_8A2E_0370_7344
    }

    @inlinable
    public mutating func combine(_ number: UInt64) {
        low = foldedProduct(low ^ number, Fingerprint.lowFactor)
        high = foldedProduct(high ^ number, Fingerprint.highFactor)
    }

    /// Combines the text's UTF-8 bytes and their number, so that texts combined one after the other stay apart.
    public mutating func combine(_ text: String) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { combine(UnsafeRawBufferPointer($0)) }
        if isDone == nil { Array(text.utf8).withUnsafeBytes { combine($0) } }
    }

    private mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset &+ 8 <= bytes.count {
            combine(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        combine(remainder(of: bytes, from: offset))
        combine(UInt64(bytes.count))
    }

    @inlinable
    public static func == (left: Fingerprint, right: Fingerprint) -> Bool {
        left.low == right.low && left.high == right.high
    }

    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(low) }

    /// What dictionaries ask for: without it they would hash the hash once more.
    @inlinable
    public func _rawHashValue(seed: Int) -> Int { tableHash(low, seed: seed) }
}

/// A number that is a good hash already, mixed with what a hash table starts from: tables of different sizes then hold
/// their keys in different orders, and filling one from another stays linear.
@inlinable
func tableHash(_ hash: UInt64, seed: Int) -> Int {
    Int(truncatingIfNeeded: foldedProduct(hash ^ UInt64(bitPattern: Int64(seed)), Fingerprint.lowFactor))
}

/// A quick hash of a text's UTF-8 bytes, for hash tables only: it differs between machines of different byte order.
public func quickHash(_ text: String, _ seed: UInt64) -> UInt64 {
    let hash = text.utf8.withContiguousStorageIfAvailable { quickHash(UnsafeRawBufferPointer($0), seed) }
    return hash ?? Array(text.utf8).withUnsafeBytes { quickHash($0, seed) }
}

private func quickHash(_ bytes: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
    var hash = seed ^ UInt64(bytes.count)
    var offset = 0
    while offset &+ 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        hash = foldedProduct(hash ^ word, Fingerprint.lowFactor)
        offset &+= 8
    }
    return foldedProduct(hash ^ remainder(of: bytes, from: offset), Fingerprint.highFactor)
}

/// Up to seven bytes as one number; zero for none.
@inline(__always)
private func remainder(of bytes: UnsafeRawBufferPointer, from start: Int) -> UInt64 {
    var word: UInt64 = 0
    var offset = start
    while offset < bytes.count {
        word = word << 8 | UInt64(bytes[offset])
        offset &+= 1
    }
    return word
}

/// The two halves of the product, one over the other.
@inlinable
func foldedProduct(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}
