import KubeAPI
import KubeAPIServer
import KubeClient

/// Finds what serves a request for a resource: by kind, verb and subresource.
///
/// Follows apiserver pkg/endpoints/installer.go.
struct ResourceRequests: Sendable {
    let server: RequestServer

    /// The methods of the subresources that a kubelet answers, which nothing does yet.
    ///
    /// Follows `ConnectMethods` in kubernetes pkg/registry/core/pod/rest/subresources.go and its like for nodes and
    /// services; a log can only be got.
    static let kubeletMethods: [String: Set<String>] = [
        "log": ["GET"], "exec": ["GET", "POST"], "attach": ["GET", "POST"], "portforward": ["GET", "POST"],
        "proxy": ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
    ]

    func serve(_ exchange: Exchange) throws(StatusError) {
        let info = exchange.request.info
        guard ServedGroups.serves(info.group, info.version) else { throw .noSuchPath }
        // What was proxied by a prefix once, before subresources did that.
        guard info.verb != "proxy", let kind = info.kind else { throw .noSuchResource }
        if info.verb == "watch", exchange.request.method != "GET" { throw .noSuchMethod }
        // A kind in a namespace must be asked for in one, except for lists over all.
        if kind.info.isNamespaced, info.namespace.isEmpty, !["list", "watch"].contains(info.verb) {
            if !info.name.isEmpty { throw .noSuchResource }
            throw .noSuchMethod
        }
        if !kind.info.isNamespaced, !info.namespace.isEmpty, kind != .namespace { throw .noSuchResource }
        if info.subresource.isEmpty {
            try serveObject(exchange, kind)
        } else {
            try serveSubresource(exchange, kind)
        }
    }

    private func serveObject(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let info = exchange.request.info
        // What is only ever posted has no objects that could have paths.
        if !info.name.isEmpty, !["get", "update", "patch", "delete"].contains(where: kind.info.supports(verb:)) {
            throw .noSuchResource
        }
        guard kind.info.supports(verb: info.verb), exchange.request.method != "HEAD" else { throw .noSuchMethod }
        try ResourceRequests.check(name: info.name)
        if let warning = Deprecations.warning(for: kind) {
            exchange.warnings.append(warning)
            server.metrics.notedDeprecated(info)
        }
        let read = ReadRequests(server: server)
        let write = WriteRequests(server: server)
        switch info.verb {
        case "get": try read.get(exchange, kind)
        case "list": try read.list(exchange, kind)
        case "watch": try WatchRequests(server: server).serve(exchange, kind)
        case "create":
            if !info.name.isEmpty { throw .noSuchMethod }
            try write.create(exchange, kind)
        case "update", "patch", "delete":
            if info.name.isEmpty { throw .noSuchMethod }
            if info.verb == "update" {
                try write.update(exchange, kind)
            } else if info.verb == "patch" {
                try write.patch(exchange, kind)
            } else {
                try write.delete(exchange, kind)
            }
        case "deletecollection": try write.deleteCollection(exchange, kind)
        default: throw .noSuchMethod
        }
    }

    private func serveSubresource(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let info = exchange.request.info
        guard kind.info.has(subresource: info.subresource) else { throw .noSuchResource }
        if info.subresource != "proxy", !info.rest.isEmpty { throw .noSuchResource }
        if let methods = ResourceRequests.kubeletMethods[info.subresource] {
            guard methods.contains(exchange.request.method) else { throw .noSuchMethod }
            try ResourceRequests.check(name: info.name)
            if isStreamByGet(exchange.request) {
                try server.access.check(exchange.request, server.feed.snapshot.objects, as: "create")
            }
            let target = info.subresource == "proxy" ? try ProxyTarget(info.name, kind) : ProxyTarget(name: info.name)
            guard let object = server.feed.snapshot.objects.object(info.key(kind, name: target.name)) else {
                throw .notFound(kind: kind, name: target.name)
            }
            if let service = object.as(Service.self) { try target.check(service) }
            throw .notImplemented(
                "\(kind.info.plural)/\(info.subresource) is not served by Drydock: nothing runs inside its containers")
        }
        guard exchange.request.method != "HEAD", ResourceRequests.verbs(of: info.subresource).contains(info.verb) else {
            throw .noSuchMethod
        }
        try ResourceRequests.check(name: info.name)
        let write = WriteRequests(server: server)
        switch info.verb {
        case "get": try ReadRequests(server: server).get(exchange, kind)
        case "update": try write.update(exchange, kind)
        case "patch": try write.patch(exchange, kind)
        case "create": try write.postToObject(exchange, kind)
        default: throw .noSuchMethod
        }
    }

    /// Whether a client asks by GET, as WebSocket has it, to run something in a container: who may only look must not.
    ///
    /// Follows kubernetes pkg/registry/core/pod/rest/subresources.go with the feature
    /// AuthorizePodWebsocketUpgradeCreatePermission, which is on by default since 1.35 (KEP-4006).
    private func isStreamByGet(_ request: GatewayRequest) -> Bool {
        request.info.verb == "get" && ["exec", "attach", "portforward"].contains(request.info.subresource)
            && request.headers[canonicalForm: "Upgrade"].contains { $0.lowercased() == "websocket" }
    }

    /// A name must be fit for a path, whatever it names.
    ///
    /// Follows apiserver pkg/registry/generic/registry/store.go `NoNamespaceKeyFunc`, and apimachinery
    /// pkg/api/validation/path/name.go `IsValidPathSegmentName`.
    private static func check(name: String) throws(StatusError) {
        let problem: String
        if name == "." || name == ".." {
            problem = "may not be '\(name)'"
        } else if name.utf8.contains(UInt8(ascii: "%")) {
            problem = "may not contain '%'"
        } else {
            return
        }
        throw .badRequest("Name parameter invalid: \(GoText.quoted(name)): \(problem)")
    }

    /// What can be done with a subresource, in discovery's order.
    static func verbs(of subresource: String) -> [String] {
        switch subresource {
        case "binding", "eviction", "token": ["create"]
        case "finalize": ["update"]
        case "log": ["get"]
        case "exec", "attach", "portforward": ["create", "get"]
        case "proxy": ["create", "delete", "get", "patch", "update"]
        default: ["get", "patch", "update"]
        }
    }
}
