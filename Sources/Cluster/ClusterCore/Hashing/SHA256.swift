/// SHA-256 of FIPS 180-4, taken piece by piece or at once.
public struct SHA256: Sendable {
    private var state: State = State()
    /// Bytes that do not fill a block yet; always fewer than 64.
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    public init() {
        pending.reserveCapacity(64)
    }

    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// The digest of the text's UTF-8 bytes.
    public static func hash(_ text: String) -> [UInt8] {
        var hash = SHA256()
        hash.update(text)
        return hash.finalize()
    }

    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    public mutating func update(_ text: String) {
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if done == nil { update(Array(text.utf8)) }
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length += UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let taken = min(64 - pending.count, rest.count)
            pending.append(contentsOf: rest.prefix(taken))
            rest = rest.dropFirst(taken)
            guard pending.count == 64 else { return }
            pending.withUnsafeBytes { state.absorb($0) }
            pending.removeAll(keepingCapacity: true)
        }
        while rest.count >= 64 {
            state.absorb(UnsafeRawBufferPointer(rebasing: rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        pending.append(contentsOf: rest)
    }

    /// The digest of everything so far; the hash itself can go on, as if this had not been asked.
    public func finalize() -> [UInt8] {
        var last = self
        let bitLength = length &* 8
        var padding: [UInt8] = [0x80]
        padding.append(contentsOf: repeatElement(0, count: (64 + 55 - pending.count) % 64))
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            padding.append(UInt8(truncatingIfNeeded: bitLength >> shift))
        }
        last.update(padding)
        return last.state.bytes
    }

    /// A digest in lower-case hexadecimal.
    public static func hexadecimal(_ digest: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: digest.count * 2) { buffer in
            for (index, byte) in digest.enumerated() {
                buffer[index * 2] = digits[Int(byte >> 4)]
                buffer[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return digest.count * 2
        }
    }
}

/// The eight chained words, under the names that the standard gives them.
private struct State: Sendable {
    var a: UInt32 = 0x6A09_E667
    var b: UInt32 = 0xBB67_AE85
    var c: UInt32 = 0x3C6E_F372
    var d: UInt32 = 0xA54F_F53A
    var e: UInt32 = 0x510E_527F
    var f: UInt32 = 0x9B05_688C
    var g: UInt32 = 0x1F83_D9AB
    var h: UInt32 = 0x5BE0_CD19

    var bytes: [UInt8] {
        [a, b, c, d, e, f, g, h].flatMap { word in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
        }
    }

    /// Mixes in one block of 64 bytes.
    mutating func absorb(_ block: UnsafeRawBufferPointer) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
            for index in 0..<16 {
                let word = block.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
                words.initializeElement(at: index, to: UInt32(bigEndian: word))
            }
            for index in 16..<64 {
                let early = words[index - 15]
                let late = words[index - 2]
                let mixedEarly = Self.rotate(early, 7) ^ Self.rotate(early, 18) ^ early >> 3
                let mixedLate = Self.rotate(late, 17) ^ Self.rotate(late, 19) ^ late >> 10
                words.initializeElement(
                    at: index, to: words[index - 16] &+ mixedEarly &+ words[index - 7] &+ mixedLate)
            }
            Self.constants.withUnsafeBufferPointer { constants in
                mix(UnsafeBufferPointer(words), constants)
            }
        }
    }

    private mutating func mix(_ words: UnsafeBufferPointer<UInt32>, _ constants: UnsafeBufferPointer<UInt32>) {
        var now = self
        for index in 0..<64 {
            let sumE = Self.rotate(now.e, 6) ^ Self.rotate(now.e, 11) ^ Self.rotate(now.e, 25)
            let choice = now.e & now.f ^ ~now.e & now.g
            let first = now.h &+ sumE &+ choice &+ constants[index] &+ words[index]
            let sumA = Self.rotate(now.a, 2) ^ Self.rotate(now.a, 13) ^ Self.rotate(now.a, 22)
            let majority = now.a & now.b ^ now.a & now.c ^ now.b & now.c
            now.h = now.g
            now.g = now.f
            now.f = now.e
            now.e = now.d &+ first
            now.d = now.c
            now.c = now.b
            now.b = now.a
            now.a = first &+ sumA &+ majority
        }
        a &+= now.a
        b &+= now.b
        c &+= now.c
        d &+= now.d
        e &+= now.e
        f &+= now.f
        g &+= now.g
        h &+= now.h
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    /// The fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
