/// A stream of chance that depends on its seed alone: xoshiro256**, its state filled by splitmix64.
///
/// Every draw is integer arithmetic or exact floating point, so a seed gives the same history on every machine. The
/// standard library's own `random(in:using:)` and `shuffled(using:)` may draw differently from release to release;
/// outcomes of the cluster use the methods here.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private let seed: UInt64
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        self.seed = seed
        var counter = seed
        state = (
            Self.splitMix(&counter), Self.splitMix(&counter), Self.splitMix(&counter), Self.splitMix(&counter)
        )
    }

    /// A stream of its own, determined by this stream's seed and a label, whatever has been drawn so far: one
    /// component that draws more or less doesn't change what another one draws.
    public func fork(_ label: String) -> SeededRandom {
        var hash = StableHash()
        hash.combine(seed)
        hash.combine(label)
        var counter = hash.value
        return SeededRandom(seed: Self.splitMix(&counter))
    }

    public mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, 45)
        return result
    }

    /// A whole number in `0..<n`, each as likely as the other; `n` must be positive.
    public mutating func below(_ n: Int) -> Int {
        precondition(n > 0, "nothing lies below \(n)")
        return Int(below(UInt64(n)))
    }

    /// A number in `0..<1`, a multiple of 2⁻⁵³.
    public mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// An interval within the range, ends included, each nanosecond as likely as the other.
    public mutating func interval(in range: ClosedRange<Interval>) -> Interval {
        let low = range.lowerBound.nanoseconds
        let span = UInt64(bitPattern: range.upperBound.nanoseconds &- low)
        let offset = span == .max ? next() : below(span + 1)
        return Interval(nanoseconds: low &+ Int64(bitPattern: offset))
    }

    /// Puts the elements in a random order, each order as likely as the other.
    public mutating func shuffle<T>(_ elements: inout [T]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, below(last + 1))
        }
    }

    /// A random (version 4) UUID in lower case, as objects' UIDs are.
    public mutating func uuid() -> String {
        var high = next()
        var low = next()
        high = high & ~0xF000 | 0x4000
        low = low & ~(0b11 << 62) | 0b10 << 62
        return String(unsafeUninitializedCapacity: 36) { buffer in
            // Eight digits each, of which the last eight of the UUID have no dash before them.
            let digits = (
                Self.digits(high >> 32), Self.digits(high & 0xFFFF_FFFF), Self.digits(low >> 32),
                Self.digits(low & 0xFFFF_FFFF)
            )
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            func store(_ four: UInt64, at offset: Int) {
                bytes.storeBytes(of: UInt32(truncatingIfNeeded: four).bigEndian, toByteOffset: offset, as: UInt32.self)
            }
            bytes.storeBytes(of: digits.0.bigEndian, as: UInt64.self)
            bytes[8] = UInt8(ascii: "-")
            store(digits.1 >> 32, at: 9)
            bytes[13] = UInt8(ascii: "-")
            store(digits.1, at: 14)
            bytes[18] = UInt8(ascii: "-")
            store(digits.2 >> 32, at: 19)
            bytes[23] = UInt8(ascii: "-")
            store(digits.2, at: 24)
            bytes.storeBytes(of: digits.3.bigEndian, toByteOffset: 28, as: UInt64.self)
            return 36
        }
    }

    /// The eight hexadecimal digits of a number below 2^32 as characters, the first in the highest byte. A UUID is made
    /// for every object, so that all eight are made at once.
    private static func digits(_ number: UInt64) -> UInt64 {
        // One digit a byte, the highest digit in the highest byte.
        var word = (number << 16 | number) & 0x0000_FFFF_0000_FFFF
        word = (word << 8 | word) & 0x00FF_00FF_00FF_00FF
        word = (word << 4 | word) & 0x0F0F_0F0F_0F0F_0F0F
        // Ones in the bytes of the digits above nine, which are letters.
        let letters = (word &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return word &+ 0x3030_3030_3030_3030 &+ letters &* 39
    }

    /// `length` letters and digits from which no word can be made, as generated names end with.
    ///
    /// Follows kubernetes staging/src/k8s.io/apimachinery/pkg/util/rand `String`.
    public mutating func suffix(_ length: Int) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            for position in 0..<length {
                buffer[position] = Self.alphabet[below(Self.alphabet.count)]
            }
            return length
        }
    }

    /// No vowels and none of the digits that look like letters.
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)

    /// Scales one draw down to the bound; redraws the few values that would make some results likelier than others.
    private mutating func below(_ bound: UInt64) -> UInt64 {
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold {
                product = next().multipliedFullWidth(by: bound)
            }
        }
        return product.high
    }

    private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }

    private static func splitMix(_ counter: inout UInt64) -> UInt64 {
        counter &+= 0x9E37_79B9_7F4A_7C15
        var word = counter
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
