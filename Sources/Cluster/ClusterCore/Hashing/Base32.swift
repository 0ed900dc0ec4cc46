/// The base 32 encoding of RFC 4648, section 6, with its padding.
public enum Base32 {
    /// Upper-case text, a multiple of eight characters long.
    public static func encode(_ bytes: [UInt8]) -> String {
        let length = (bytes.count + 4) / 5 * 8
        return String(unsafeUninitializedCapacity: length) { buffer in
            var position = 0
            var pending: UInt32 = 0
            var bits: UInt32 = 0
            for byte in bytes {
                pending = pending << 8 | UInt32(byte)
                bits += 8
                while bits >= 5 {
                    bits -= 5
                    buffer[position] = alphabet[Int(pending >> bits & 31)]
                    position += 1
                }
            }
            if bits > 0 {
                buffer[position] = alphabet[Int(pending << (5 - bits) & 31)]
                position += 1
            }
            while position < length {
                buffer[position] = UInt8(ascii: "=")
                position += 1
            }
            return length
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
}
