import KubeAPI

/// What a request is about, read from its method and path alone: what access control judges, and what is served.
///
/// Follows apiserver pkg/endpoints/request/requestinfo.go.
package struct RequestInfo: Sendable {
    /// Whether it is about a resource of the API, and not about something like `/healthz`.
    package private(set) var isResource = false
    /// Decoded, without the query.
    let path: String
    /// As in `get`, `list`, `watch`, `deletecollection`; for other requests the HTTP method in lower case.
    package private(set) var verb: String
    package private(set) var group = ""
    package private(set) var version = ""
    /// Empty for resources without a namespace, and for all namespaces.
    package private(set) var namespace = ""
    /// As in `pods`.
    package private(set) var resource = ""
    /// As in `status`.
    package private(set) var subresource = ""
    package private(set) var name = ""
    /// The one object that a list or a watch is narrowed to by its field selector; empty for others. Access control
    /// judges it as a name: who may `list` one Secret by name lists it with `?fieldSelector=metadata.name=…`.
    package private(set) var selectedName = ""
    /// What follows the subresource, as a proxied path does.
    package private(set) var rest: [String] = []

    /// The path `/api/v1/watch/…` of clients of long ago names no verb that the method tells.
    private static let specialVerbs = ["proxy", "watch"]
    /// What may follow a namespace's name without being a resource in it.
    private static let namespaceSubresources = ["status", "finalize"]

    package init(method: String, path: String, query: QueryItems) {
        self.path = path
        verb = method.lowercased()
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        var rest = parts.drop { $0.isEmpty }
        while rest.last?.isEmpty == true { rest.removeLast() }
        guard rest.count >= 3, let prefix = rest.first, prefix == "api" || prefix == "apis" else { return }
        rest.removeFirst()
        if prefix == "apis" {
            if rest.count < 3 { return }
            group = rest.removeFirst()
        }
        isResource = true
        version = rest.removeFirst()
        if let special = rest.first, RequestInfo.specialVerbs.contains(special) {
            verb = special
            rest.removeFirst()
            if rest.isEmpty { return }
        } else {
            verb = RequestInfo.verb(ofMethod: method)
        }
        if rest.first == "namespaces", rest.count > 1 {
            namespace = rest[rest.startIndex + 1]
            if rest.count > 2, !RequestInfo.namespaceSubresources.contains(rest[rest.startIndex + 2]) {
                rest = rest.dropFirst(2)
            }
        }
        resource = rest.removeFirst()
        if !rest.isEmpty { name = rest.removeFirst() }
        if !rest.isEmpty, verb != "proxy" { subresource = rest.removeFirst() }
        self.rest = Array(rest)
        if name.isEmpty, verb == "get" {
            verb = query["watch"] != nil && query.flag("watch") ? "watch" : "list"
            selectedName = RequestInfo.selectedName(query)
        }
        if name.isEmpty, verb == "delete" { verb = "deletecollection" }
    }

    private static func verb(ofMethod method: String) -> String {
        switch method {
        case "POST": "create"
        case "GET", "HEAD": "get"
        case "PUT": "update"
        case "PATCH": "patch"
        case "DELETE": "delete"
        default: ""
        }
    }

    /// Options that cannot be read name nothing.
    private static func selectedName(_ query: QueryItems) -> String {
        guard let name = FieldSelector.exactValue(of: "metadata.name", in: query.text("fieldSelector")),
            Validation.pathSegmentName(name).isEmpty
        else { return "" }
        for number in ["limit", "timeoutSeconds"] {
            if let text = query[number], !text.isEmpty, Int(text) == nil { return "" }
        }
        do throws(StatusError) {
            _ = try Selector(parsing: query.text("labelSelector"))
            return name
        } catch {
            return ""
        }
    }

    /// Whether the request changes nothing.
    ///
    /// Follows apiserver pkg/server/filters/maxinflight.go.
    var isReadOnly: Bool {
        ["get", "list", "watch"].contains(verb) || !isResource && ["head", "options"].contains(verb)
    }

    /// Whether it is served for as long as the client likes.
    ///
    /// Follows kubernetes pkg/controlplane/apiserver/config.go `BasicLongRunningRequestCheck`.
    var isLongRunning: Bool {
        verb == "watch" || verb == "proxy"
            || isResource && ["attach", "exec", "proxy", "log", "portforward"].contains(subresource)
    }

    /// The kind of the resource; nil if there is none in this group and version.
    var kind: ResourceKind? { Catalogue.kind(group: group, version: version, plural: resource) }

    /// The key of the object asked for. A Namespace is in no namespace, though access control takes it to be in itself.
    func key(_ kind: ResourceKind, name: String? = nil) -> ObjectKey {
        ObjectKey(kind, namespace: kind.info.isNamespaced ? namespace : "", name: name ?? self.name)
    }

    var groupResource: GroupResource { GroupResource(group: group, resource: resource) }
}
