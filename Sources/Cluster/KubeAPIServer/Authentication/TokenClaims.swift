import KubeAPI

/// What a service account's token says, with the names and the order that upstream gives it:
///
///     {"aud":["https://kubernetes.default.svc.cluster.local"],"exp":1767229207,"iat":1767225600,"iss":"https://…",
///      "jti":"…","kubernetes.io":{"namespace":"shop","node":{"name":"node-1","uid":"…"},
///      "pod":{"name":"web","uid":"…"},"serviceaccount":{"name":"default","uid":"…"},"warnafter":1767229207},
///      "nbf":1767225600,"sub":"system:serviceaccount:shop:default"}
///
/// Follows kubernetes pkg/serviceaccount/claims.go and legacy.go.
package struct TokenClaims: Equatable, Sendable {
    /// An object that the token is bound to, or belongs to.
    package struct Reference: Equatable, Sendable {
        package var name: String
        /// Empty for a node that was not there when the token was made.
        package var uid: String

        package init(name: String, uid: String) {
            self.name = name
            self.uid = uid
        }
    }

    package var issuer = ""
    package var subject = ""
    package var audiences: [String] = []
    /// Seconds since 1970, as all times here.
    package var issuedAt: Int?
    package var notBefore: Int?
    package var expires: Int?
    package var identifier = ""
    package var namespace = ""
    package var serviceAccount = Reference(name: "", uid: "")
    package var pod: Reference?
    package var secret: Reference?
    package var node: Reference?
    /// After this moment the token's use is worth a warning.
    package var warnAfter: Int?
    /// Whether the claims are those of a token kept in a secret, which are flat and name no audience.
    package var isLegacy = false

    package init() {}

    /// The issuer of tokens that are kept in secrets.
    package static let legacyIssuer = "kubernetes/serviceaccount"
    private static let legacyPrefix = "kubernetes.io/serviceaccount/"

    package var json: [UInt8] {
        var claims: StringMap<JSONValue> = ["iss": .string(issuer), "sub": .string(subject)]
        if isLegacy {
            let prefix = TokenClaims.legacyPrefix
            claims[prefix + "namespace"] = .string(namespace)
            claims[prefix + "secret.name"] = .string(secret?.name ?? "")
            claims[prefix + "service-account.name"] = .string(serviceAccount.name)
            claims[prefix + "service-account.uid"] = .string(serviceAccount.uid)
            return JSONValue.object(claims).json
        }
        claims["aud"] = .array(audiences.map { .string($0) })
        claims["exp"] = expires.map { .int($0) }
        claims["iat"] = issuedAt.map { .int($0) }
        claims["jti"] = identifier.isEmpty ? nil : .string(identifier)
        claims["nbf"] = notBefore.map { .int($0) }
        var own: StringMap<JSONValue> = [
            "namespace": .string(namespace), "serviceaccount": TokenClaims.value(serviceAccount),
        ]
        own["node"] = node.map(TokenClaims.value)
        own["pod"] = pod.map(TokenClaims.value)
        own["secret"] = secret.map(TokenClaims.value)
        own["warnafter"] = warnAfter.map { .int($0) }
        claims["kubernetes.io"] = .object(own)
        return JSONValue.object(claims).json
    }

    private static func value(_ reference: Reference) -> JSONValue {
        var members: StringMap<JSONValue> = ["name": .string(reference.name)]
        if !reference.uid.isEmpty { members["uid"] = .string(reference.uid) }
        return .object(members)
    }

    /// Reads a token's payload; nil if it is not one of a service account.
    package init?(json: [UInt8]) {
        let claims: JSONValue
        do throws(JSONFailure) { claims = try JSONValue.decode(json) } catch { return nil }
        issuer = claims["iss"]?.stringValue ?? ""
        subject = claims["sub"]?.stringValue ?? ""
        if let audience = claims["aud"]?.stringValue {
            audiences = [audience]
        } else {
            audiences = claims["aud"]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        issuedAt = TokenClaims.seconds(claims["iat"])
        notBefore = TokenClaims.seconds(claims["nbf"])
        expires = TokenClaims.seconds(claims["exp"])
        identifier = claims["jti"]?.stringValue ?? ""
        if let own = claims["kubernetes.io"], own.objectValue != nil {
            namespace = own["namespace"]?.stringValue ?? ""
            serviceAccount = TokenClaims.reference(own["serviceaccount"]) ?? serviceAccount
            pod = TokenClaims.reference(own["pod"])
            secret = TokenClaims.reference(own["secret"])
            node = TokenClaims.reference(own["node"])
            warnAfter = TokenClaims.seconds(own["warnafter"])
            return
        }
        let prefix = TokenClaims.legacyPrefix
        guard let name = claims[prefix + "service-account.name"]?.stringValue else { return nil }
        isLegacy = true
        namespace = claims[prefix + "namespace"]?.stringValue ?? ""
        serviceAccount = Reference(name: name, uid: claims[prefix + "service-account.uid"]?.stringValue ?? "")
        secret = claims[prefix + "secret.name"]?.stringValue.map { Reference(name: $0, uid: "") }
    }

    private static func reference(_ value: JSONValue?) -> Reference? {
        guard let value, value.objectValue != nil else { return nil }
        return Reference(name: value["name"]?.stringValue ?? "", uid: value["uid"]?.stringValue ?? "")
    }

    /// Times may have a fraction.
    private static func seconds(_ value: JSONValue?) -> Int? {
        switch value {
        case .int(let seconds): seconds
        case .double(let seconds) where abs(seconds) < 1e15: Int(seconds)
        default: nil
        }
    }
}
