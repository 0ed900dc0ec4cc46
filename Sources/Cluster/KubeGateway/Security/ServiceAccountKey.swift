import Crypto
import Foundation
import KubeAPI
import KubeAPIServer
import KubeClient

/// The key by which the cluster signs the tokens of service accounts: ECDSA on P-256, `ES256` of RFC 7518.
///
/// Follows kubernetes pkg/serviceaccount/jwt.go and openidmetadata.go.
package struct ServiceAccountKey: TokenSigner {
    private let key: P256.Signing.PrivateKey
    private let header: String
    /// What tokens and the key set call the key by: the hash of its public half.
    private let identifier: String

    /// Makes a new key.
    package init() { self.init(P256.Signing.PrivateKey()) }

    /// Takes a key from its PEM.
    package init(pem: String) throws { self.init(try P256.Signing.PrivateKey(pemRepresentation: pem)) }

    package var pem: String { key.pemRepresentation }

    private init(_ key: P256.Signing.PrivateKey) {
        self.key = key
        identifier = Base64URL.encode(Array(SHA256.hash(data: key.publicKey.derRepresentation)))
        header = Base64URL.encode(Array(#"{"alg":"ES256","kid":"\#(identifier)"}"#.utf8))
    }

    package func sign(_ payload: [UInt8]) -> String {
        let signed = header + "." + Base64URL.encode(payload)
        guard let signature = try? key.signature(for: Data(signed.utf8)) else {
            preconditionFailure("a key in memory can sign")
        }
        return signed + "." + Base64URL.encode(Array(signature.rawRepresentation))
    }

    package func verify(_ token: String) -> [UInt8]? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == header, let given = Base64URL.decode(parts[2]),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: given),
            key.publicKey.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8))
        else { return nil }
        return Base64URL.decode(parts[1])
    }

    /// The public half as a JSON web key set, as `/openid/v1/jwks` tells it.
    var keySet: JSONValue {
        // 0x04, then 32 bytes each of x and y.
        let point = Array(key.publicKey.x963Representation.dropFirst())
        return [
            "keys": [
                [
                    "use": "sig", "kty": "EC", "kid": .string(identifier), "crv": "P-256", "alg": "ES256",
                    "x": .string(Base64URL.encode(Array(point.prefix(32)))),
                    "y": .string(Base64URL.encode(Array(point.suffix(32)))),
                ]
            ]
        ]
    }
}

/// Who issues the tokens of service accounts, and who accepts them.
package struct ServiceAccountIssuer: Sendable {
    private let key: ServiceAccountKey
    /// What the cluster is configured with, so that it knows the tokens that the gateway accepts.
    package let authenticator: Authenticator

    package init(_ key: ServiceAccountKey, staticTokens: StaticTokens = StaticTokens()) {
        self.key = key
        var authenticator = Authenticator(signer: key)
        authenticator.staticTokens = staticTokens
        self.authenticator = authenticator
    }

    /// As `/openid/v1/jwks` tells it.
    var keySet: JSONValue { key.keySet }

    /// As `/.well-known/openid-configuration` tells it.
    ///
    /// - Parameter address: Host and port where the API server is reached.
    func discovery(at address: String) -> JSONValue {
        [
            "issuer": .string(authenticator.issuer), "jwks_uri": .string("https://\(address)/openid/v1/jwks"),
            "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        ]
    }
}
