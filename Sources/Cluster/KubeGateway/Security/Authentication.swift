import ClusterCore
import KubeAPI
import KubeCluster

/// Who a request comes from.
///
/// A connection's certificate names its client itself. For a bearer token the `authenticator` is asked, which is a
/// pure function over a snapshot. Who proves nothing is anonymous; who proves something wrong is refused.
///
/// Follows apiserver pkg/endpoints/filters/authentication.go and pkg/authentication/request.
struct Authentication: Sendable {
    /// What has been presented besides a certificate.
    enum Credential: Sendable {
        case bearerToken(String)
    }

    /// Knows whose a credential is; nil if it is nobody's.
    typealias Authenticator = @Sendable (Credential, ClusterSnapshot) -> UserInfo?

    let authenticator: Authenticator

    /// - Throws: `unauthorized` (401) for a certificate or a token that is no good.
    func user(of request: GatewayRequest, _ snapshot: ClusterSnapshot) throws(StatusError) -> UserInfo {
        if case .success(let subject)? = request.certificate, !subject.commonName.isEmpty {
            return Authentication.user(subject.commonName, groups: subject.organizations)
        }
        if let token = Authentication.bearerToken(request) {
            guard var user = authenticator(.bearerToken(token), snapshot) else { throw Authentication.refusal }
            if !user.groups.contains("system:authenticated") { user.groups.append("system:authenticated") }
            return user
        }
        if case .failure? = request.certificate { throw Authentication.refusal }
        var user = UserInfo()
        user.username = "system:anonymous"
        user.groups = ["system:unauthenticated"]
        return user
    }

    private static func user(_ name: String, groups: [String]) -> UserInfo {
        var user = UserInfo()
        user.username = name
        user.groups = groups + ["system:authenticated"]
        return user
    }

    private static func bearerToken(_ request: GatewayRequest) -> String? {
        let words = request.header("Authorization").split(separator: " ", maxSplits: 2)
        guard words.count > 1, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }

    private static let refusal = StatusError(reason: .unauthorized, code: 401, message: "Unauthorized")
}
