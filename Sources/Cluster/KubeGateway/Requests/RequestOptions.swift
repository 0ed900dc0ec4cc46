import KubeAPI
import KubeAPIServer
import KubeClient

/// Reads what a request says in its query, with upstream's checks.
enum RequestOptions {
    // MARK: Lists and watches

    /// Follows apimachinery pkg/apis/meta/internalversion/validation/validation.go.
    static func list(_ request: GatewayRequest, _ kind: ResourceKind) throws(StatusError) -> ListOptions {
        let query = request.query
        var options = ListOptions(namespace: request.info.namespace.isEmpty ? nil : request.info.namespace)
        options.labels = try Selector(parsing: query.text("labelSelector"))
        let fields = query.text("fieldSelector")
        if !fields.isEmpty { options.fields = try FieldSelector(parsing: fields, kind: kind) }
        if !request.info.name.isEmpty {
            let requirement = FieldSelector.Requirement(field: .metadataName, isEqual: true, value: request.info.name)
            options.fields = FieldSelector(
                kind: kind, requirements: (options.fields?.requirements ?? []) + [requirement])
        }
        options.limit = max(0, try integer(query, "limit") ?? 0)
        // Lists take no notice of it, but for its being no number.
        _ = try integer(query, "timeoutSeconds")
        options.continuation = query["continue"].flatMap { $0.isEmpty ? nil : $0 }
        options.resourceVersion = query["resourceVersion"]
        options.resourceVersionMatch = query.text("resourceVersionMatch")
        let isWatch = request.info.verb == "watch"
        let errors = isWatch ? watchErrors(query, options) : listErrors(query, options)
        if !errors.isEmpty { throw invalid("ListOptions", errors) }
        // Whoever takes any state takes all of it at once. Follows apiserver pkg/storage/cacher/cacher.go
        // `computeListLimit`.
        if options.resourceVersion == "0", options.continuation == nil { options.limit = 0 }
        return options
    }

    private static func listErrors(_ query: QueryItems, _ options: ListOptions) -> [FieldError] {
        var errors: [FieldError] = []
        let match = options.resourceVersionMatch
        let path: FieldPath = "resourceVersionMatch"
        if !match.isEmpty {
            if options.resourceVersion?.isEmpty ?? true {
                errors.append(.forbidden(path, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
            }
            if options.continuation != nil {
                errors.append(.forbidden(path, "resourceVersionMatch is forbidden when continue is provided"))
            }
            if match != "Exact", match != "NotOlderThan" {
                errors.append(.notSupported(path, match, supported: ["Exact", "NotOlderThan", ""]))
            }
            if match == "Exact", options.resourceVersion == "0" {
                errors.append(
                    .forbidden(path, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
            }
        }
        if query["sendInitialEvents"] != nil {
            errors.append(.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
        }
        return errors
    }

    private static func watchErrors(_ query: QueryItems, _ options: ListOptions) -> [FieldError] {
        var errors: [FieldError] = []
        let match = options.resourceVersionMatch
        let path: FieldPath = "resourceVersionMatch"
        let sendsInitialEvents = query["sendInitialEvents"] != nil
        if sendsInitialEvents, match != "NotOlderThan" {
            errors.append(
                .forbidden(path, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
        }
        if !match.isEmpty {
            if !sendsInitialEvents {
                errors.append(
                    .forbidden(
                        path, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
            }
            if match != "NotOlderThan" {
                errors.append(.notSupported(path, match, supported: ["NotOlderThan"]))
            }
            if options.continuation != nil {
                errors.append(.forbidden(path, "resourceVersionMatch is forbidden when continue is provided"))
            }
        }
        return errors
    }

    static func watch(_ request: GatewayRequest, _ kind: ResourceKind) throws(StatusError) -> WatchOptions {
        var options = WatchOptions(try list(request, kind))
        options.allowsBookmarks = request.query.flag("allowWatchBookmarks")
        if request.query["sendInitialEvents"] != nil {
            options.sendsInitialEvents = request.query.flag("sendInitialEvents")
        }
        return options
    }

    /// A whole number of the query.
    static func integer(_ query: QueryItems, _ name: String) throws(StatusError) -> Int? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let value = Int(text) else {
            throw .badRequest("strconv.ParseInt: parsing \(GoText.quoted(text)): invalid syntax")
        }
        return value
    }

    // MARK: Writes

    /// Follows apimachinery pkg/apis/meta/v1/validation/validation.go.
    static func write(_ request: GatewayRequest, kind: String) throws(StatusError) -> WriteOptions {
        let query = request.query
        var errors: [FieldError] = []
        let dryRun = query.all("dryRun")
        errors += Validation.dryRun(dryRun, "dryRun")
        let validation = query.text("fieldValidation")
        errors += Validation.fieldValidation(validation, "fieldValidation")
        errors += Validation.fieldManager(query.text("fieldManager"), "fieldManager")
        if query["force"] != nil, kind == "PatchOptions", mediaType(request) != PatchType.apply.rawValue {
            errors.append(.forbidden("force", "may not be specified for non-apply patch"))
        }
        if !errors.isEmpty { throw invalid(kind, errors) }
        var options = WriteOptions()
        options.isDryRun = dryRun.contains("All")
        options.fieldValidation = FieldValidation(rawValue: validation) ?? .warn
        // Who applies says who it is; of other writes the client's name is good enough.
        let isApply = mediaType(request) == PatchType.apply.rawValue
        options.fieldManager = isApply ? query.text("fieldManager") : request.fieldManager
        options.force = query.flag("force")
        return options
    }

    /// The options of a deletion, from its body or, without one, from its query: who sends a body is not asked there,
    /// even for a dry run.
    ///
    /// Follows apiserver pkg/endpoints/handlers/delete.go.
    static func delete(_ request: GatewayRequest) throws(StatusError) -> DeleteOptions {
        if !request.body.isEmpty { return try InputText.deleteOptions(request) }
        var options = DeleteOptions()
        options.gracePeriodSeconds = try integer(request.query, "gracePeriodSeconds")
        if let orphans = request.query["orphanDependents"], !orphans.isEmpty {
            options.orphanDependents = request.query.flag("orphanDependents")
        }
        if let policy = request.query["propagationPolicy"], !policy.isEmpty { options.propagationPolicy = policy }
        options.dryRun = request.query.all("dryRun")
        return options
    }

    static func invalid(_ kind: String, _ errors: [FieldError]) -> StatusError {
        .invalid(kind: GroupResource(group: "meta.k8s.io", resource: kind), name: "", errors: errors)
    }

    /// The media type of a body, without its parameters.
    static func mediaType(_ request: GatewayRequest) -> String {
        let type = request.header("Content-Type")
        return String((type.split(separator: ";").first ?? "").trimmingOptionalWhitespace).lowercased()
    }
}
