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

    /// The options of a deletion, from its body or, without one, from its query.
    ///
    /// Follows apiserver pkg/endpoints/handlers/delete.go.
    static func delete(_ request: GatewayRequest) throws(StatusError) -> DeleteOptions {
        if !request.body.isEmpty { return try InputText.value(request, "DeleteOptions") }
        var options = DeleteOptions()
        options.gracePeriodSeconds = try integer(request.query, "gracePeriodSeconds")
        if let orphans = request.query["orphanDependents"], !orphans.isEmpty {
            options.orphanDependents = request.query.flag("orphanDependents")
        }
        if let policy = request.query["propagationPolicy"], !policy.isEmpty { options.propagationPolicy = policy }
        options.dryRun = request.query.all("dryRun")
        return options
    }

    private static func invalid(_ kind: String, _ errors: [FieldError]) -> StatusError {
        .invalid(kind: GroupResource(group: "meta.k8s.io", resource: kind), name: "", errors: errors)
    }

    /// The media type of a body, without its parameters.
    static func mediaType(_ request: GatewayRequest) -> String {
        let type = request.header("Content-Type")
        return String((type.split(separator: ";").first ?? "").trimmingOptionalWhitespace).lowercased()
    }
}

/// Reads the body of a request. The one place where its notation is chosen.
enum InputText {
    /// The body as JSON, and what a strict reader of YAML says of it: keys that stand twice.
    ///
    /// - Parameter kind: What it should be; nil for what is applied, of which upstream does not say it.
    /// - Throws: `unsupportedMediaType` (415), `badRequest` for YAML that is none.
    static func document(
        _ request: GatewayRequest, accepted: [String], _ kind: String?
    ) throws(StatusError) -> (json: [UInt8], strictError: String?) {
        switch RequestOptions.mediaType(request) {
        case "", Notation.json.mediaType: return (request.body, nil)
        case Notation.yaml.mediaType, "application/x-yaml", PatchType.apply.rawValue:
            do throws(YAMLProblem) {
                let document = try YAMLText.document(request.body)
                return (document.value.json, document.strictError)
            } catch {
                if let kind { throw .unrecognized(request.body, as: kind, error.message) }
                throw .badRequest("error decoding YAML: error converting YAML to JSON: \(error.message)")
            }
        default: throw .unsupportedMediaType(accepted: accepted)
        }
    }

    /// A value that is no object of the catalogue, such as `DeleteOptions`.
    static func value<Value: ProtobufCodable>(
        _ request: GatewayRequest, _ kind: String
    ) throws(StatusError) -> Value {
        if RequestOptions.mediaType(request) == ProtobufCoding.mediaType {
            return try ProtobufCoding.decode(request.body, as: Value.self)
        }
        let json = try document(request, accepted: OutputFormat.mediaTypes, kind).json
        _ = try ObjectDecoding.typeMeta(json, expecting: kind)
        do throws(JSONFailure) {
            return try Value.decode(json)
        } catch {
            throw .badRequest(
                "\(kind) in version \"v1\" cannot be handled as a \(kind): "
                    + GoDecodeError.message(error, type: SchemaTable.shared.type(named: kind)))
        }
    }

    /// The object of a body.
    static func object(_ request: GatewayRequest, _ kind: ResourceKind) throws(StatusError) -> DecodedObject {
        var decoded: DecodedObject
        if RequestOptions.mediaType(request) == ProtobufCoding.mediaType {
            decoded = DecodedObject(object: try ProtobufCoding.decode(request.body, defaultKind: kind))
        } else {
            let document = try document(request, accepted: OutputFormat.mediaTypes, kind.info.name)
            decoded = try decodeObject(document.json, defaultKind: kind)
            if let error = document.strictError { decoded.strictErrors.insert(error, at: 0) }
        }
        if decoded.object.kind == kind { return decoded }
        let found = decoded.object.kind.info
        let wanted = kind.info
        if found.apiVersion != wanted.apiVersion {
            throw .badRequest(
                "the API version in the data (\(found.apiVersion)) does not match the expected API version "
                    + "(\(wanted.apiVersion))")
        }
        throw .badRequest(
            "\(found.name) in version \(GoText.quoted(found.version)) cannot be handled as a \(wanted.name): "
                + "converting (\(found.version).\(found.name)) to (\(wanted.version).\(wanted.name)): "
                + "unknown conversion"
        )
    }
}
