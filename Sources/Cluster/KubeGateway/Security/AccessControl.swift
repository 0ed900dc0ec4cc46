import Foundation
import KubeAPI
import KubeAPIServer
import KubeClient
import NIOConcurrencyHelpers

/// Who sends a request, and whether they may: asked on the threads of the connections, over the newest snapshot, before
/// anything else is made of a request.
///
/// What roles grant is found anew only when a role or a binding has changed, and which pods a node has only when a node
/// asks, from what has changed since it was asked for before.
final class AccessControl: Sendable {
    private let authenticator: Authenticator
    private let policy = NIOLockedValueBox(AccessPolicy())
    /// Nil while no node asks.
    private let nodePods = NIOLockedValueBox<NodePods?>(nil)

    init(_ authenticator: Authenticator) { self.authenticator = authenticator }

    /// Who the client is and acts as.
    ///
    /// - Parameter noteUse: Told of the secret whose token is used.
    /// - Throws: `unauthorized` (401), `forbidden` (403) for an impersonation that is not allowed.
    func user(
        of request: GatewayRequest, _ snapshot: Snapshot, noteUse: (LegacyTokenUse) -> Void
    ) throws(StatusError) -> UserInfo {
        try authenticator.authenticate(
            RequestCredentials.credentials(of: request), authorizer(snapshot), now: AccessControl.wallTime,
            for: { AccessControl.attributes(of: request) }, noteUse: noteUse)
    }

    /// - Parameter verb: Another than what the request does, as if it did that.
    /// - Throws: `forbidden` (403), in upstream's words.
    func check(_ request: GatewayRequest, _ snapshot: Snapshot, as verb: String? = nil) throws(StatusError) {
        var attributes = AccessControl.attributes(of: request)
        if let verb { attributes.verb = verb }
        try authorizer(snapshot).check(attributes)
    }

    private func authorizer(_ snapshot: Snapshot) -> Authorizer<IndexedSnapshot> {
        let current = policy.withLockedValue { policy in
            policy = policy.updated(to: snapshot)
            return policy
        }
        nodePods.withLockedValue { pods in
            if pods?.isStale(at: snapshot.revision) == true { pods = nil }
        }
        return Authorizer(policy: current, view: IndexedSnapshot(snapshot, pods: pods(of:)))
    }

    private func pods(of snapshot: Snapshot) -> NodePods {
        nodePods.withLockedValue { pods in
            let current = pods?.updated(to: snapshot) ?? NodePods(snapshot)
            pods = current
            return current
        }
    }

    /// Tokens live by the clock of those who carry them, and not by the cluster's, which may be faster.
    static var wallTime: Time { Time(seconds: Int(Date().timeIntervalSince1970)) }

    /// Follows apiserver pkg/endpoints/filters/authorization.go `GetAuthorizerAttributes`.
    private static func attributes(of request: GatewayRequest) -> RequestAttributes {
        let info = request.info
        guard info.isResource else {
            return RequestAttributes(request.user, verb: info.verb, path: info.path)
        }
        var attributes = RequestAttributes(
            request.user, verb: info.verb, apiGroup: info.group, apiVersion: info.version, resource: info.resource,
            subresource: info.subresource, namespace: info.namespace,
            name: info.name.isEmpty ? info.selectedName : info.name)
        if let kind = info.kind, ["list", "watch", "deletecollection"].contains(info.verb) {
            // A selector that cannot be read narrows nothing; the request is refused for it later.
            let fields = try? FieldSelector(parsing: request.query.text("fieldSelector"), kind: kind)
            attributes.fieldSelector = (fields?.requirements ?? []).map { requirement in
                var result = FieldSelectorRequirement()
                result.key = requirement.field.rawValue
                result.operator = requirement.isEqual ? "In" : "NotIn"
                result.values = [requirement.value]
                return result
            }
        }
        return attributes
    }
}
