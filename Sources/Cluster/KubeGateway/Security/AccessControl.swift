import KubeAPI
import KubeCluster

/// What the gateway asks about users and their rights: the one place where access control is plugged in. Both are pure
/// functions over a snapshot, called on the threads of the connections.
enum AccessControl {
    /// Bearer tokens are nobody's.
    static let authenticator: Authentication.Authenticator = { _, _ in nil }

    /// Whoever has proved who they are may do everything; whoever has not may see that the server is there.
    static let authorizer: Authorization.Authorizer = { attributes, _ in
        if attributes.user.groups.contains("system:authenticated") { return .allowed }
        let isPublic = !attributes.info.isResource && publicPaths.contains(attributes.info.path)
        return isPublic ? .allowed : .denied(reason: "")
    }

    /// What the role `system:public-info-viewer` lets everybody see.
    private static let publicPaths = ["/healthz", "/livez", "/readyz", "/version", "/version/"]
}
