import ClusterCore
import KubeAPI
import KubeClient

/// Signs with a secret that is the same for all clusters: for those that nobody connects to. HMAC with SHA-256, `HS256`
/// of RFC 7518.
package struct FixedTokenSigner: TokenSigner {
    private let key: [UInt8]
    private static let header = Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8))

    package init(secret: String = "drydock") {
        key = SHA256.hash(secret)
    }

    package func sign(_ payload: [UInt8]) -> String {
        let signed = FixedTokenSigner.header + "." + Base64URL.encode(payload)
        return signed + "." + Base64URL.encode(code(signed))
    }

    package func verify(_ token: String) -> [UInt8]? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == FixedTokenSigner.header, let given = Base64URL.decode(parts[2]),
            given == code("\(parts[0]).\(parts[1])")
        else { return nil }
        return Base64URL.decode(parts[1])
    }

    /// Follows RFC 2104: hash(key ⊕ opad, hash(key ⊕ ipad, text)).
    private func code(_ text: String) -> [UInt8] {
        let block = key + Array(repeating: 0, count: 64 - key.count)
        let inner = SHA256.hash(block.map { $0 ^ 0x36 } + Array(text.utf8))
        return SHA256.hash(block.map { $0 ^ 0x5C } + inner)
    }
}

/// Base64 for URLs, without padding, as tokens carry it (RFC 4648, section 5).
package enum Base64URL {
    package static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64Data(bytes).base64.utf8.compactMap { unit -> UInt8? in
            switch unit {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: unit
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything but the characters of the alphabet.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var standard: [UInt8] = []
        for unit in text.utf8 {
            switch unit {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="), 0x0A, 0x0D: return nil
            default: standard.append(unit)
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        return Base64Data(base64: String(decoding: standard, as: UTF8.self))?.bytes
    }
}
