/// A 64-bit FNV-1a hash that is the same on every run and machine, unlike the standard library's `Hasher`.
///
/// For digests, and for spreading things by name. Not for keeping secrets: collisions are easily made.
public struct StableHash: Hashable, Sendable {
    /// The hash of all that was combined so far.
    public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    @inlinable
    public init() {}

    public mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    @inlinable
    public mutating func combine(bytes: some Sequence<UInt8>) {
        for byte in bytes { combine(byte) }
    }

    /// Combines the UTF-8 bytes and nothing else: a caller that combines several strings separates them itself.
    @inlinable
    public mutating func combine(_ text: String) {
        combine(bytes: text.utf8)
    }

    /// Combines the eight bytes of the number, the lowest first.
    @inlinable
    public mutating func combine(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { combine(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    @inlinable
    public static func hash(_ text: String) -> UInt64 {
        var hash = StableHash()
        hash.combine(text)
        return hash.value
    }
}

/// The 32-bit FNV-1a hash, which Kubernetes takes of pod templates and of names (`hash/fnv` `New32a`).
public struct FNV32a: Hashable, Sendable {
    /// The hash of all that was combined so far.
    public private(set) var value: UInt32 = 0x811C_9DC5

    @inlinable
    public init() {}

    public mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt32(byte)) &* 0x0100_0193
    }

    @inlinable
    public mutating func combine(bytes: some Sequence<UInt8>) {
        for byte in bytes { combine(byte) }
    }

    @inlinable
    public mutating func combine(_ text: String) {
        combine(bytes: text.utf8)
    }

    @inlinable
    public static func hash(_ text: String) -> UInt32 {
        var hash = FNV32a()
        hash.combine(text)
        return hash.value
    }

    @inlinable
    public static func hash(bytes: some Sequence<UInt8>) -> UInt32 {
        var hash = FNV32a()
        hash.combine(bytes: bytes)
        return hash.value
    }
}

/// The 128-bit FNV-1a hash, by which Kubernetes puts things in order that have none (`hash/fnv` `New128a`).
public struct FNV128a: Hashable, Sendable {
    /// The hash of all that was combined so far. Hashes are in order as their bytes are.
    public private(set) var value: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D

    public init() {}

    public mutating func combine(bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt128(byte)) &* 0x0100_0000_0000_0000_0000_013B }
    }

    public static func hash(_ text: String) -> UInt128 {
        var hash = FNV128a()
        hash.combine(bytes: text.utf8)
        return hash.value
    }
}
