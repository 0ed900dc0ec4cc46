import KubeAPI

/// Reads the body of a request. The one place where its notation is chosen.
enum InputText {
    /// The body as JSON, and what a strict reader of YAML says of it: keys that stand twice.
    ///
    /// - Parameter fail: How a client is told of YAML that is none.
    /// - Throws: `unsupportedMediaType` (415), and what `fail` makes.
    static func document(
        _ request: GatewayRequest, accepted: [String] = OutputFormat.mediaTypes, _ fail: (String) -> StatusError
    ) throws(StatusError) -> (json: [UInt8], strictError: String?) {
        switch RequestOptions.mediaType(request) {
        case "", Notation.json.mediaType: return (request.body, nil)
        case Notation.yaml.mediaType, "application/x-yaml", PatchType.apply.rawValue:
            do throws(YAMLProblem) {
                let document = try YAMLText.document(request.body)
                return (document.value.json, document.strictError)
            } catch {
                throw fail(error.message)
            }
        default: throw .unsupportedMediaType(accepted: accepted)
        }
    }

    // MARK: Objects

    /// The object of a body.
    static func object(_ request: GatewayRequest, _ kind: ResourceKind) throws(StatusError) -> DecodedObject {
        var decoded: DecodedObject
        if RequestOptions.mediaType(request) == ProtobufCoding.mediaType {
            decoded = DecodedObject(object: try ProtobufCoding.decode(request.body, defaultKind: kind))
        } else {
            let document = try document(request) { .unrecognized(request.body, as: kind.info.name, $0) }
            decoded = try decodeObject(document.json, defaultKind: kind)
            if let error = document.strictError { decoded.strictErrors.insert(error, at: 0) }
        }
        let found = decoded.object.kind.info
        let wanted = kind.info
        if found.kind == wanted.kind { return decoded }
        // What is one kind by two names is read by either, and then taken by its own alone.
        let type = GoScheme.type(of: wanted)
        if GoScheme.type(of: found) == type {
            throw .badRequest(
                "the API version in the data (\(found.apiVersion)) does not match the expected API version "
                    + "(\(wanted.apiVersion))")
        }
        throw .unconvertible(found, wanted.name, type)
    }

    // MARK: Values

    /// A kind that is only ever posted to an object, or stands for a part of one.
    struct ValueKind {
        let name: String
        /// As in `policy/v1`; the first one is taken to be meant by who says nothing.
        let apiVersions: [String]
        /// As in `policy.Eviction`.
        let type: String

        static let scale = ValueKind(name: "Scale", apiVersions: ["autoscaling/v1"], type: "autoscaling.Scale")
        static let eviction = ValueKind(
            name: "Eviction", apiVersions: ["policy/v1", "policy/v1beta1"], type: "policy.Eviction")
        static let binding = ValueKind(name: "Binding", apiVersions: ["v1"], type: "core.Binding")
        static let tokenRequest = ValueKind(
            name: "TokenRequest", apiVersions: ["authentication.k8s.io/v1"], type: "authentication.TokenRequest")
    }

    /// A value that is no object of the catalogue.
    static func value<Value: ProtobufCodable>(
        _ request: GatewayRequest, _ kind: ValueKind
    ) throws(StatusError) -> Value {
        if RequestOptions.mediaType(request) == ProtobufCoding.mediaType {
            let envelope = try open(request)
            try check(envelope.apiVersion, envelope.kind, kind)
            return try ProtobufCoding.decode(request.body, as: Value.self)
        }
        let json = try document(request) { .unrecognized(request.body, as: kind.name, $0) }.json
        let found = try ObjectDecoding.typeMeta(json, expecting: kind.name)
        try check(found.apiVersion, found.kind, kind)
        do throws(JSONFailure) {
            return try Value.decode(json)
        } catch {
            throw .badRequest(
                "\(kind.name) in version \"v1\" cannot be handled as a \(kind.name): "
                    + GoDecodeError.message(error, type: SchemaTable.shared.type(named: kind.name)))
        }
    }

    private static func open(_ request: GatewayRequest) throws(StatusError) -> ProtobufCoding.Envelope {
        do throws(ProtobufFailure) {
            return try ProtobufCoding.open(request.body)
        } catch {
            throw .badRequest("proto: \(error.message) at byte \(error.offset)")
        }
    }

    private static func check(_ apiVersion: String, _ name: String, _ wanted: ValueKind) throws(StatusError) {
        let apiVersion = apiVersion.isEmpty ? wanted.apiVersions[0] : apiVersion
        let name = name.isEmpty ? wanted.name : name
        if name == wanted.name, wanted.apiVersions.contains(apiVersion) { return }
        guard let found = Catalogue.kind(apiVersion: apiVersion, kind: name) else {
            let version = GoText.quoted(Catalogue.split(apiVersion: apiVersion).version)
            throw .badRequest(
                "\(name) in version \(version) cannot be handled as a \(wanted.name): "
                    + GoScheme.noKind(name, apiVersion))
        }
        throw .unconvertible(found.info, wanted.name, wanted.type)
    }

    // MARK: Options of a deletion

    /// The options of a deletion, which a client may call by any group and version.
    ///
    /// Follows apiserver pkg/endpoints/handlers/delete.go, and apimachinery pkg/apis/meta/internalversion/register.go
    /// for what its decoder knows besides.
    static func deleteOptions(_ request: GatewayRequest) throws(StatusError) -> DeleteOptions {
        if RequestOptions.mediaType(request) == ProtobufCoding.mediaType {
            let envelope = try open(request)
            try checkOptions(envelope.apiVersion, envelope.kind)
            return try ProtobufCoding.decode(request.body, as: DeleteOptions.self)
        }
        let json = try document(request) { .badRequest($0) }.json
        let found = try ObjectDecoding.typeMeta(json, expecting: nil)
        try checkOptions(found.apiVersion, found.kind)
        do throws(JSONFailure) {
            return try DeleteOptions.decode(json)
        } catch {
            throw .badRequest(GoDecodeError.message(error, type: SchemaTable.shared.type(named: "DeleteOptions")))
        }
    }

    /// What the decoder knows by its own group alone, and what by any.
    private static let metaKinds: Set<String> = [
        "Table", "TableOptions", "PartialObjectMetadata", "PartialObjectMetadataList", "WatchEvent", "ListOptions",
        "GetOptions", "PatchOptions",
    ]
    private static let unversionedKinds: Set<String> = [
        "CreateOptions", "UpdateOptions", "Status", "APIVersions", "APIGroupList", "APIGroup", "APIResourceList",
    ]

    private static func checkOptions(_ apiVersion: String, _ kind: String) throws(StatusError) {
        if apiVersion.utf8.filter({ $0 == UInt8(ascii: "/") }).count > 1 {
            throw .badRequest("unexpected GroupVersion string: \(apiVersion)")
        }
        if kind.isEmpty || kind == "DeleteOptions" { return }
        let apiVersion = apiVersion.isEmpty ? "meta.k8s.io/v1" : apiVersion
        let isKnown = unversionedKinds.contains(kind) || apiVersion == "meta.k8s.io/v1" && metaKinds.contains(kind)
        guard isKnown else { throw .badRequest(GoScheme.noKind(kind, apiVersion, in: GoScheme.options)) }
        throw .badRequest(GoScheme.noConversion("v1.\(kind)", "v1.DeleteOptions"))
    }
}

extension StatusError {
    /// 400 for a body of another kind.
    ///
    /// Follows apiserver pkg/endpoints/handlers/rest.go `transformDecodeError`.
    fileprivate static func unconvertible(_ found: KindInfo, _ wanted: String, _ type: String) -> StatusError {
        let cause = GoScheme.noConversion("\(found.version).\(found.name)", type)
        return .badRequest(
            "\(found.name) in version \(GoText.quoted(found.version)) cannot be handled as a \(wanted): \(cause)")
    }
}
