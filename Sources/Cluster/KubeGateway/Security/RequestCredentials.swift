import KubeAPI
import KubeAPIServer

/// What a request says about its sender: the connection's certificate, a bearer token, the impersonation headers.
///
/// Follows apiserver pkg/authentication/request and pkg/endpoints/filters/impersonation.
enum RequestCredentials {
    /// - Throws: `unauthorized` (401) for a certificate that is no good, when there is nothing better.
    static func credentials(of request: GatewayRequest) throws(StatusError) -> Credentials {
        var credentials = Credentials()
        credentials.bearerToken = bearerToken(request)
        switch request.certificate {
        case .success(let subject)?:
            credentials.certificate = Credentials.Certificate(
                commonName: subject.commonName, organizations: subject.organizations, fingerprint: subject.fingerprint)
        case .failure? where credentials.bearerToken == nil:
            throw StatusError(reason: .unauthorized, code: 401, message: "Unauthorized")
        case .failure?, nil: break
        }
        credentials.impersonation = impersonation(request)
        return credentials
    }

    private static func bearerToken(_ request: GatewayRequest) -> String? {
        let words = request.header("Authorization").split(separator: " ", maxSplits: 2)
        guard words.count > 1, words[0].lowercased() == "bearer" else { return WebSocketHandshake.bearerToken(request) }
        return String(words[1])
    }

    private static let extraPrefix = "impersonate-extra-"

    private static func impersonation(_ request: GatewayRequest) -> Credentials.Impersonation {
        var wanted = Credentials.Impersonation()
        wanted.user = request.header("Impersonate-User")
        wanted.groups = request.headers["Impersonate-Group"]
        wanted.uid = request.header("Impersonate-Uid")
        for (name, value) in request.headers {
            let name = name.lowercased()
            guard name.hasPrefix(extraPrefix) else { continue }
            let escaped = Substring(name.dropFirst(extraPrefix.count))
            let key = PercentCoding.decode(escaped.utf8, plusIsSpace: false) ?? String(escaped)
            wanted.extra[key, default: []].append(value)
        }
        return wanted
    }
}
