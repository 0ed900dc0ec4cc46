import KubeAPI

/// The paths of the API with their operations, in the words of OpenAPI. What differs between its versions is how
/// parameters, bodies and answers are written.
///
/// Follows apiserver pkg/endpoints/installer.go and pkg/endpoints/openapi/openapi.go, and kube-openapi pkg/builder.
struct OpenAPIPaths {
    let version: OpenAPIVersion

    private static let meta = "io.k8s.apimachinery.pkg.apis.meta.v1."
    private static let patchTypes = [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ]

    /// A path and its item.
    typealias Path = (path: String, item: JSONValue)

    /// An operation before it is written.
    private struct Operation {
        let method: String
        let identifier: String
        let action: String
        let kind: OpenAPIKind
        var parameters: [Parameter] = []
        var body: String?
        var isPatch = false
        /// The definition of the answer; nil for text.
        var answer: String?
        var mediaTypes = OutputFormat.mediaTypes
        var codes = [200]
    }

    private struct Parameter {
        let name: String
        var place = "query"
        var type = "string"
        var isRequired = false
    }

    private static let dryRun = Parameter(name: "dryRun")
    private static let manager = Parameter(name: "fieldManager")
    private static let validation = Parameter(name: "fieldValidation")
    private static let listing: [Parameter] = [
        Parameter(name: "allowWatchBookmarks", type: "boolean"), Parameter(name: "continue"),
        Parameter(name: "fieldSelector"), Parameter(name: "labelSelector"), Parameter(name: "limit", type: "integer"),
        Parameter(name: "resourceVersion"), Parameter(name: "resourceVersionMatch"),
        Parameter(name: "sendInitialEvents", type: "boolean"), Parameter(name: "shardSelector"),
        Parameter(name: "timeoutSeconds", type: "integer"), Parameter(name: "watch", type: "boolean"),
    ]
    private static let deleting: [Parameter] = [
        dryRun, Parameter(name: "gracePeriodSeconds", type: "integer"),
        Parameter(name: "ignoreStoreReadErrorWithClusterBreakingPotential", type: "boolean"),
        Parameter(name: "orphanDependents", type: "boolean"), Parameter(name: "propagationPolicy"),
    ]
    private static let name = Parameter(name: "name", place: "path", isRequired: true)
    private static let namespace = Parameter(name: "namespace", place: "path", isRequired: true)
    private static let pretty = Parameter(name: "pretty")
    private static let streams =
        [Parameter(name: "container")]
        + ["stderr", "stdin", "stdout", "tty"].map { Parameter(name: $0, type: "boolean") }

    /// A list may be watched, too.
    private static let listTypes = OutputFormat.mediaTypes + OutputFormat.streamMediaTypes

    /// What clients say of a subresource that a kubelet answers.
    private static let ofSubresources: [String: [Parameter]] = [
        "attach": streams, "exec": [Parameter(name: "command")] + streams,
        "portforward": [Parameter(name: "ports", type: "integer")], "proxy": [Parameter(name: "path")],
        "log": ["container", "stream"].map { Parameter(name: $0) }
            + ["follow", "insecureSkipTLSVerifyBackend", "previous", "timestamps"].map {
                Parameter(name: $0, type: "boolean")
            } + ["limitBytes", "sinceSeconds", "tailLines"].map { Parameter(name: $0, type: "integer") },
    ]

    // MARK: Paths of a kind

    /// All paths of a kind and of its subresources.
    func paths(of info: KindInfo) -> [Path] {
        let root = info.group.isEmpty ? "/api/\(info.version)" : "/apis/\(info.group)/\(info.version)"
        let place = info.isNamespaced ? "/namespaces/{namespace}/" : "/"
        let scope = info.isNamespaced ? [OpenAPIPaths.namespace] : []
        let collection = root + place + info.plural
        var paths: [Path] = []
        add(collection, collectionOperations(info), scope + [OpenAPIPaths.pretty], info, &paths)
        if info.isNamespaced, info.supports(verb: "list") {
            var everywhere = operation(
                "get", "list\(stem(info, ""))\(info.name)ForAllNamespaces", "list", info,
                answer: OpenAPISchemas.list(of: info))
            everywhere.mediaTypes = OpenAPIPaths.listTypes
            add(
                root + "/" + info.plural, [everywhere], OpenAPIPaths.listing + [OpenAPIPaths.pretty], info, &paths)
        }
        add(
            collection + "/{name}", itemOperations(info), [OpenAPIPaths.name] + scope + [OpenAPIPaths.pretty], info,
            &paths)
        for subresource in info.subresources.sorted() {
            let path = collection + "/{name}/" + subresource
            let shared = [OpenAPIPaths.name] + scope + (OpenAPIPaths.ofSubresources[subresource] ?? [])
            if OpenAPIPaths.connected.contains(subresource) {
                add(path, connections(info, subresource), shared, info, &paths)
            } else {
                add(path, subresourceOperations(info, subresource), shared + [OpenAPIPaths.pretty], info, &paths)
            }
            if subresource == "proxy" {
                let below = Parameter(name: "path", place: "path", isRequired: true)
                add(
                    path + "/{path}", connections(info, subresource, "WithPath"), shared + [below], info, &paths)
            }
        }
        addWatches(of: info, root, place, scope, &paths)
        return paths
    }

    /// The paths by which clients of long ago watched.
    private func addWatches(
        of info: KindInfo, _ root: String, _ place: String, _ scope: [Parameter], _ paths: inout [Path]
    ) {
        guard info.supports(verb: "watch") else { return }
        let shared = OpenAPIPaths.listing + [OpenAPIPaths.pretty]
        let names = stem(info, self.scope(info)) + info.name
        func watch(_ path: String, _ identifier: String, _ action: String, _ parameters: [Parameter]) {
            var watch = operation("get", "watch" + identifier, action, info, answer: OpenAPIPaths.meta + "WatchEvent")
            watch.mediaTypes = OpenAPIPaths.listTypes
            add(root + "/watch" + path, [watch], shared + parameters, info, &paths)
        }
        watch(place + info.plural, names + "List", "watchlist", scope)
        if info.supports(verb: "get") {
            watch(place + info.plural + "/{name}", names, "watch", [OpenAPIPaths.name] + scope)
        }
        if info.isNamespaced {
            watch("/" + info.plural, stem(info, "") + info.name + "ListForAllNamespaces", "watchlist", [])
        }
    }

    private func collectionOperations(_ info: KindInfo) -> [Operation] {
        var operations: [Operation] = []
        let names = stem(info, scope(info)) + info.name
        if info.supports(verb: "list") {
            var list = operation("get", "list" + names, "list", info, answer: OpenAPISchemas.list(of: info))
            list.parameters = OpenAPIPaths.listing
            list.mediaTypes = OpenAPIPaths.listTypes
            operations.append(list)
        }
        if info.supports(verb: "create") {
            var create = operation("post", "create" + names, "post", info, answer: definition(info))
            create.body = definition(info)
            create.parameters = [OpenAPIPaths.dryRun, OpenAPIPaths.manager, OpenAPIPaths.validation]
            create.codes = [200, 201, 202]
            operations.append(create)
        }
        if info.supports(verb: "deletecollection") {
            var delete = operation(
                "delete", "delete" + stem(info, "Collection" + scope(info)) + info.name, "deletecollection", info,
                answer: OpenAPIPaths.meta + "Status")
            delete.body = OpenAPIPaths.meta + "DeleteOptions"
            delete.parameters =
                OpenAPIPaths.deleting
                + OpenAPIPaths.listing.filter {
                    $0.name != "watch" && $0.name != "allowWatchBookmarks"
                }
            operations.append(delete)
        }
        return operations
    }

    private func itemOperations(_ info: KindInfo) -> [Operation] {
        var operations: [Operation] = []
        let names = stem(info, scope(info)) + info.name
        if info.supports(verb: "get") {
            operations.append(operation("get", "read" + names, "get", info, answer: definition(info)))
        }
        if info.supports(verb: "update") { operations.append(put(names, info, kind(info), definition(info))) }
        if info.supports(verb: "patch") { operations.append(patch(names, info, kind(info), definition(info))) }
        if info.supports(verb: "delete") {
            var delete = operation(
                "delete", "delete" + names, "delete", info,
                answer: info.kind.returnsDeleted ? definition(info) : OpenAPIPaths.meta + "Status")
            delete.body = OpenAPIPaths.meta + "DeleteOptions"
            delete.parameters = OpenAPIPaths.deleting
            delete.codes = [200, 202]
            operations.append(delete)
        }
        return operations
    }

    /// Subresources that lead to what runs somewhere.
    private static let connected: Set<String> = ["exec", "attach", "portforward", "proxy"]

    private func connections(_ info: KindInfo, _ subresource: String, _ suffix: String = "") -> [Operation] {
        let response = ServedGroups.subresourceKind(info, subresource)
        let kind = OpenAPIKind(group: response.group, version: response.version, kind: response.kind)
        return (ResourceRequests.kubeletMethods[subresource] ?? []).sorted().map { method in
            let method = method.lowercased()
            let identifier =
                "connect" + stem(info, capitalized(method) + scope(info)) + info.name + capitalized(subresource)
                + suffix
            var operation = Operation(method: method, identifier: identifier, action: "connect", kind: kind)
            operation.mediaTypes = ["*/*"]
            return operation
        }
    }

    private func subresourceOperations(_ info: KindInfo, _ subresource: String) -> [Operation] {
        let response = ServedGroups.subresourceKind(info, subresource)
        let kind = OpenAPIKind(group: response.group, version: response.version, kind: response.kind)
        let names = stem(info, scope(info)) + info.name + capitalized(subresource)
        let answer = OpenAPIPaths.definitions[kind]
        return ResourceRequests.verbs(of: subresource).map { verb -> Operation in
            switch verb {
            case "get":
                var get = Operation(method: "get", identifier: "read" + names, action: "get", kind: kind)
                get.answer = subresource == "log" ? nil : answer
                if subresource == "log" { get.mediaTypes.insert("text/plain", at: 0) }
                return get
            case "update": return put(names, info, kind, answer)
            case "patch": return patch(names, info, kind, answer)
            default:
                var create = Operation(method: "post", identifier: "create" + names, action: "post", kind: kind)
                create.body = answer
                create.answer = answer
                create.parameters = [OpenAPIPaths.dryRun, OpenAPIPaths.manager, OpenAPIPaths.validation]
                create.codes = [200, 201, 202]
                return create
            }
        }
    }

    // MARK: Paths of no kind

    /// What discovery tells of a version of a group.
    func resources(_ group: String, _ version: String) -> Path {
        let stem = OpenAPIPaths.groupName(group).joined() + capitalized(version)
        return document(
            group.isEmpty ? "/api/\(version)/" : "/apis/\(group)/\(version)/", "get\(stem)APIResources",
            OpenAPIPaths.tag(group) + "_" + version, OpenAPIPaths.meta + "APIResourceList")
    }

    /// What discovery tells of a group; of the core, which versions it has.
    func group(_ group: String) -> Path {
        if group.isEmpty {
            return document("/api/", "getCoreAPIVersions", "core", OpenAPIPaths.meta + "APIVersions")
        }
        return document(
            "/apis/\(group)/", "get\(OpenAPIPaths.groupName(group).joined())APIGroup", OpenAPIPaths.tag(group),
            OpenAPIPaths.meta + "APIGroup")
    }

    var groups: Path { document("/apis/", "getAPIVersions", "apis", OpenAPIPaths.meta + "APIGroupList") }

    var code: Path {
        document(
            "/version/", "getCodeVersion", "version", OpenAPISchemas.versionInfo, types: [Notation.json.mediaType])
    }

    /// What is told of the issuer of tokens.
    var issuer: Path {
        document(
            "/.well-known/openid-configuration/", "getServiceAccountIssuerOpenIDConfiguration", "WellKnown", nil,
            types: [Notation.json.mediaType], consumes: false)
    }

    var keySet: Path {
        document(
            "/openid/v1/jwks/", "getServiceAccountIssuerOpenIDKeyset", "openid", nil,
            types: ["application/jwk-set+json"], consumes: false)
    }

    private func document(
        _ path: String, _ identifier: String, _ tag: String, _ definition: String?,
        types: [String] = OutputFormat.mediaTypes, consumes: Bool = true
    ) -> Path {
        var get: JSONValue = ["operationId": .string(identifier), "tags": [.string(tag)]]
        get["responses"] = [
            "200": response(200, definition, types), "401": ["description": "Unauthorized"],
        ]
        if version == .v2 {
            get["schemes"] = ["https"]
            if consumes { get["consumes"] = .array(types.map { .string($0) }) }
            get["produces"] = .array(types.map { .string($0) })
        }
        return (path, ["get": get])
    }

    // MARK: Operations

    private func operation(
        _ method: String, _ identifier: String, _ action: String, _ info: KindInfo, answer: String?
    ) -> Operation {
        var operation = Operation(method: method, identifier: identifier, action: action, kind: kind(info))
        operation.answer = answer
        return operation
    }

    private func put(_ names: String, _ info: KindInfo, _ kind: OpenAPIKind, _ definition: String?) -> Operation {
        var put = Operation(method: "put", identifier: "replace" + names, action: "put", kind: kind)
        put.body = definition
        put.answer = definition
        put.parameters = [OpenAPIPaths.dryRun, OpenAPIPaths.manager, OpenAPIPaths.validation]
        put.codes = [200, 201]
        return put
    }

    private func patch(_ names: String, _ info: KindInfo, _ kind: OpenAPIKind, _ definition: String?) -> Operation {
        var patch = Operation(method: "patch", identifier: "patch" + names, action: "patch", kind: kind)
        patch.body = OpenAPISchemas.patch
        patch.isPatch = true
        patch.answer = definition
        patch.parameters = [
            OpenAPIPaths.dryRun, OpenAPIPaths.manager, OpenAPIPaths.validation,
            Parameter(name: "force", type: "boolean"),
        ]
        patch.codes = [200, 201]
        return patch
    }

    private func kind(_ info: KindInfo) -> OpenAPIKind {
        OpenAPIKind(group: info.group, version: info.version, kind: info.name)
    }

    private func definition(_ info: KindInfo) -> String { SchemaTable.shared.type(of: info.kind).definition }

    /// Definitions by what they stand for.
    private static let definitions: [OpenAPIKind: String] = {
        var definitions: [OpenAPIKind: String] = [:]
        for type in SchemaTable.shared.types where type.isKind {
            for kind in OpenAPIKinds.names(of: type) { definitions[kind] = type.definition }
        }
        return definitions
    }()

    // MARK: Names

    /// `CoreV1Namespaced`, `RbacAuthorizationV1`.
    private func stem(_ info: KindInfo, _ middle: String) -> String {
        OpenAPIPaths.groupName(info.group).joined() + capitalized(info.version) + middle
    }

    private func scope(_ info: KindInfo) -> String { info.isNamespaced ? "Namespaced" : "" }

    /// `Rbac`, `Authorization` for `rbac.authorization.k8s.io`.
    private static func groupName(_ group: String) -> [String] {
        if group.isEmpty { return ["Core"] }
        let own = group.hasSuffix(".k8s.io") ? group.dropLast(".k8s.io".count) : group[...]
        return own.split(separator: ".").map { $0.prefix(1).uppercased() + $0.dropFirst() }
    }

    /// `rbacAuthorization_v1`
    private func tag(_ info: KindInfo) -> String { OpenAPIPaths.tag(info.group) + "_" + info.version }

    private static func tag(_ group: String) -> String {
        let parts = groupName(group)
        return parts[0].lowercased() + parts.dropFirst().joined()
    }

    private func capitalized(_ word: String) -> String {
        // The names of two subresources are made of two words.
        switch word {
        case "portforward": "Portforward"
        case "ephemeralcontainers": "Ephemeralcontainers"
        default: word.prefix(1).uppercased() + word.dropFirst()
        }
    }

    // MARK: Writing

    private func add(
        _ path: String, _ operations: [Operation], _ shared: [Parameter], _ info: KindInfo, _ paths: inout [Path]
    ) {
        if operations.isEmpty { return }
        var item = StringMap<JSONValue>()
        for operation in operations { item[operation.method] = json(operation, info) }
        item["parameters"] = .array(shared.map(json))
        paths.append((path, .object(item)))
    }

    private func json(_ parameter: Parameter) -> JSONValue {
        var result: JSONValue = ["name": .string(parameter.name), "in": .string(parameter.place)]
        if parameter.isRequired { result["required"] = true }
        switch version {
        case .v2:
            result["type"] = .string(parameter.type)
            result["uniqueItems"] = true
        case .v3: result["schema"] = ["type": .string(parameter.type), "uniqueItems": true]
        }
        return result
    }

    private func json(_ operation: Operation, _ info: KindInfo) -> JSONValue {
        var result: JSONValue = [
            "operationId": .string(operation.identifier), "tags": [.string(tag(info))],
            "x-kubernetes-action": .string(operation.action), "x-kubernetes-group-version-kind": operation.kind.json,
        ]
        var parameters = operation.parameters.map(json)
        let mediaTypes = operation.mediaTypes
        let bodyTypes = operation.isPatch ? OpenAPIPaths.patchTypes : ["*/*"]
        let isBodyRequired = operation.method != "delete"
        var responses = StringMap<JSONValue>()
        responses["401"] = ["description": "Unauthorized"]
        for code in operation.codes { responses[String(code)] = response(code, operation.answer, mediaTypes) }
        result["responses"] = .object(responses)
        if let body = operation.body {
            let schema = OpenAPISchemas.reference(body, version)
            switch version {
            case .v2:
                var parameter: JSONValue = ["in": "body", "name": "body", "schema": schema]
                if isBodyRequired { parameter["required"] = true }
                parameters.append(parameter)
            case .v3:
                var request: JSONValue = ["content": content(bodyTypes, schema)]
                if isBodyRequired { request["required"] = true }
                result["requestBody"] = request
            }
        }
        if !parameters.isEmpty { result["parameters"] = .array(parameters) }
        if version == .v2 {
            result["schemes"] = ["https"]
            result["consumes"] = .array(bodyTypes.map { .string($0) })
            result["produces"] = .array(mediaTypes.map { .string($0) })
        }
        return result
    }

    private func response(_ code: Int, _ definition: String?, _ types: [String]) -> JSONValue {
        let schema = definition.map { OpenAPISchemas.reference($0, version) } ?? ["type": "string"]
        var response: JSONValue = ["description": .string(OpenAPIPaths.description(code))]
        switch version {
        case .v2: response["schema"] = schema
        case .v3: response["content"] = content(types, schema)
        }
        return response
    }

    private func content(_ types: [String], _ schema: JSONValue) -> JSONValue {
        .object(StringMap(types.map { ($0, ["schema": schema]) }))
    }

    private static func description(_ code: Int) -> String {
        switch code {
        case 201: "Created"
        case 202: "Accepted"
        default: "OK"
        }
    }
}
