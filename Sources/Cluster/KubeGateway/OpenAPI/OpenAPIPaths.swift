import KubeAPI

/// The paths of the API with their operations, in the words of OpenAPI. What differs between its versions is how
/// parameters, bodies and answers are written.
///
/// Follows apiserver pkg/endpoints/installer.go and pkg/endpoints/openapi/openapi.go, and kube-openapi pkg/builder.
struct OpenAPIPaths {
    let version: OpenAPIVersion

    private static let meta = "io.k8s.apimachinery.pkg.apis.meta.v1."
    private static let patchTypes = [
        "application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json",
        "application/strategic-merge-patch+json",
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
        Parameter(name: "sendInitialEvents", type: "boolean"), Parameter(name: "timeoutSeconds", type: "integer"),
        Parameter(name: "watch", type: "boolean"),
    ]
    private static let deleting: [Parameter] = [
        dryRun, Parameter(name: "gracePeriodSeconds", type: "integer"),
        Parameter(name: "orphanDependents", type: "boolean"), Parameter(name: "propagationPolicy"),
    ]
    private static let name = Parameter(name: "name", place: "path", isRequired: true)
    private static let namespace = Parameter(name: "namespace", place: "path", isRequired: true)
    private static let pretty = Parameter(name: "pretty")

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
            let everywhere = operation(
                "get", "list\(stem(info, ""))\(info.name)ForAllNamespaces", "list", info,
                answer: listDefinition(info))
            add(
                root + "/" + info.plural, [everywhere], OpenAPIPaths.listing + [OpenAPIPaths.pretty], info, &paths)
        }
        add(
            collection + "/{name}", itemOperations(info), [OpenAPIPaths.name] + scope + [OpenAPIPaths.pretty], info,
            &paths)
        for subresource in info.subresources.sorted() {
            let path = collection + "/{name}/" + subresource
            add(
                path, subresourceOperations(info, subresource), [OpenAPIPaths.name] + scope + [OpenAPIPaths.pretty],
                info, &paths)
        }
        return paths
    }

    private func collectionOperations(_ info: KindInfo) -> [Operation] {
        var operations: [Operation] = []
        let names = stem(info, scope(info)) + info.name
        if info.supports(verb: "list") {
            var list = operation("get", "list" + names, "list", info, answer: listDefinition(info))
            list.parameters = OpenAPIPaths.listing
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
                "delete", "delete" + names, "delete", info, answer: OpenAPIPaths.meta + "Status")
            delete.body = OpenAPIPaths.meta + "DeleteOptions"
            delete.parameters = OpenAPIPaths.deleting
            delete.codes = [200, 202]
            operations.append(delete)
        }
        return operations
    }

    private func subresourceOperations(_ info: KindInfo, _ subresource: String) -> [Operation] {
        let response = ServedGroups.subresourceKind(info, subresource)
        let kind = OpenAPIKind(group: response.group, version: response.version, kind: response.kind)
        let names = stem(info, scope(info)) + info.name + capitalized(subresource)
        let answer = OpenAPIPaths.definitions[kind]
        return ResourceRequests.verbs(of: subresource).map { verb -> Operation in
            let isConnect = ["exec", "attach", "portforward", "proxy"].contains(subresource)
            if isConnect {
                let method = ["create": "post", "update": "put"][verb] ?? verb
                let identifier =
                    "connect" + stem(info, capitalized(method) + scope(info)) + info.name + capitalized(subresource)
                return Operation(method: method, identifier: identifier, action: "connect", kind: kind)
            }
            switch verb {
            case "get":
                var get = Operation(method: "get", identifier: "read" + names, action: "get", kind: kind)
                get.answer = subresource == "log" ? nil : answer
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

    private func listDefinition(_ info: KindInfo) -> String? {
        SchemaTable.shared.type(named: SchemaTable.shared.type(of: info.kind).name + "List")?.definition
    }

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
    private func tag(_ info: KindInfo) -> String {
        let parts = OpenAPIPaths.groupName(info.group)
        return parts[0].lowercased() + parts.dropFirst().joined() + "_" + info.version
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
        let mediaTypes = operation.answer == nil ? ["*/*"] : OutputFormat.mediaTypes
        let bodyTypes = operation.isPatch ? OpenAPIPaths.patchTypes : ["*/*"]
        let isBodyRequired = operation.method != "delete"
        var responses = StringMap<JSONValue>()
        responses["401"] = ["description": "Unauthorized"]
        for code in operation.codes {
            let schema = operation.answer.map { OpenAPISchemas.reference($0, version) } ?? ["type": "string"]
            var response: JSONValue = ["description": .string(OpenAPIPaths.description(code))]
            switch version {
            case .v2: response["schema"] = schema
            case .v3: response["content"] = content(mediaTypes, schema)
            }
            responses[String(code)] = response
        }
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
