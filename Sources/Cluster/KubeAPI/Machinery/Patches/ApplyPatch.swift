/// The most operations that one JSON patch may have.
private let maximumOperations = 10000

/// Applies a patch to an object and decodes the result; defaults and validation are the caller's.
///
/// Fails with 400 for a patch that is broken, 422 for one that does not apply or whose result is no such object, 413
/// for one with too many operations. Server-side apply is not a patch in this sense: 415.
/// Follows apiserver `pkg/endpoints/handlers/patch.go`.
public func applyPatch(
    _ patch: [UInt8], type: PatchType, to object: KubeObject
) throws(StatusError) -> DecodedObject {
    let strictErrors: [String]
    let document: JSONValue
    do throws(JSONFailure) {
        document = try JSONValue.decode(patch)
        strictErrors =
            type == .json
            ? StrictDecoding.errors(in: patch, unknown: unknownMembers(of: document)).map { "json patch " + $0 }
            : StrictDecoding.duplicateFields(in: patch)
    } catch {
        throw .notDecoded(GoDecodeError.message(error, type: nil, in: patch), type)
    }
    var result = object.jsonValue
    var printedPatch: String?
    switch type {
    case .json: try applyOperations(document, to: &result)
    case .merge:
        // To Go, null is a map that is not there: a patch of JSON it is not.
        if document.isNull { throw .badRequest("Invalid JSON Patch") }
        guard case .object = document else { throw .notAMap(document, type) }
        result.mergePatch(document)
    case .strategicMerge:
        try mergeStrategically(document.isNull ? [:] : document, into: &result, kind: object.kind)
        printedPatch = StrategicMergePatch.text(document)
    case .apply: throw .unsupportedMediaType(accepted: PatchType.acceptedForPatches)
    }
    let bytes = result.json
    if let message = type == .strategicMerge ? wrongTypeMember(of: result) : changeOfKind(result, object.kind.info) {
        let text = printedPatch ?? String(decoding: bytes, as: UTF8.self)
        throw .invalid(kind: GroupResource(resource: ""), name: "", errors: [.invalid("patch", text, message)])
    }
    do throws(JSONFailure) {
        var decoded = try ObjectDecoding.decodeRequest(bytes, as: object.kind)
        // What the patch has twice comes before what its outcome has no fields for.
        decoded.strictErrors = strictErrors + decoded.strictErrors
        decoded.patchedLength = bytes.count
        if !decoded.strictErrors.isEmpty {
            decoded.patchText = printedPatch ?? String(decoding: bytes, as: UTF8.self)
        }
        return decoded
    } catch {
        let text = printedPatch ?? String(decoding: bytes, as: UTF8.self)
        let schema = SchemaTable.shared.type(of: object.kind)
        let message =
            type == .strategicMerge
            ? GoDecodeError.conversionMessage(error, type: schema, in: result)
            : GoDecodeError.message(error, type: schema)
        throw .invalid(kind: GroupResource(resource: ""), name: "", errors: [.invalid("patch", text, message)])
    }
}

/// Which of kind and version is no text, as Go's conversion of a tree of maps tells it; it asks no more of them.
private func wrongTypeMember(of document: JSONValue) -> String? {
    for name in ["kind", "apiVersion"] {
        switch document[name] {
        case nil, .null?, .string?: continue
        case .int?: return "cannot convert int64 to string"
        default: return "unrecognized type: string"
        }
    }
    return nil
}

/// Why what a patch made cannot be an object of the kind that it was; nil if it is one. What says nothing of its kind
/// or version is taken to be of it.
private func changeOfKind(_ document: JSONValue, _ info: KindInfo) -> String? {
    for name in ["apiVersion", "kind"] {
        guard let value = document[name], !value.isNull, value.stringValue == nil else { continue }
        return "couldn't get version/kind; json parse error: json: cannot unmarshal \(value.goKind) into Go struct "
            + "field .\(name) of type string"
    }
    var kind = document["kind"]?.stringValue ?? ""
    var version = document["apiVersion"]?.stringValue ?? ""
    if kind.isEmpty { kind = info.name }
    if version.isEmpty { version = info.apiVersion }
    if kind == info.name && version == info.apiVersion { return nil }
    guard let other = Catalogue.kind(apiVersion: version, kind: kind) else {
        return GoScheme.noKind(kind, version)
    }
    return GoScheme.noConversion("\(other.info.version).\(kind)", GoScheme.type(of: info))
}

private func applyOperations(_ patch: JSONValue, to document: inout JSONValue) throws(StatusError) {
    let count: Int
    switch patch {
    case .array(let operations): count = operations.count
    case .null: count = 0
    default:
        throw .badRequest(
            "error decoding patch: json: cannot unmarshal \(patch.goKind) into Go value of type "
                + "[]handlers.jsonPatchOp")
    }
    if count > maximumOperations {
        throw .requestEntityTooLarge(
            "The allowed maximum operations in a JSON patch is \(maximumOperations), got \(count)")
    }
    if case .array(let operations) = patch, let problem = wrongMember(of: operations) {
        throw .notDecoded("json: cannot unmarshal " + problem, .json)
    }
    do throws(JSONPatch.Failure) {
        document = try JSONPatch(patch).apply(to: document)
    } catch {
        throw .unprocessablePatch
    }
}

/// What of a JSON patch's operations is no object, or no text where text is wanted.
private func wrongMember(of operations: [JSONValue]) -> String? {
    for operation in operations where !operation.isNull {
        guard case .object(let members) = operation else {
            return "\(operation.goKind) into Go value of type handlers.jsonPatchOp"
        }
        for (name, value) in members where ["op", "path", "from"].contains(name) {
            if value.isNull || value.stringValue != nil { continue }
            return "\(value.goKind) into Go struct field jsonPatchOp.\(name) of type string"
        }
    }
    return nil
}

private func mergeStrategically(
    _ patch: JSONValue, into document: inout JSONValue, kind: ResourceKind
) throws(StatusError) {
    guard case .object(let changes) = patch else { throw .notAMap(patch, .strategicMerge) }
    guard case .object(let members) = document else { preconditionFailure("objects encode as objects") }
    do throws(StrategicMergePatch.Failure) {
        document = .object(try StrategicMergePatch.apply(changes, to: members, of: kind))
    } catch {
        switch error {
        case .badRequest(let message): throw .badRequest(message)
        case .unprocessable: throw .unprocessablePatch
        case .other(let message): throw StatusError(reason: .unknown, code: 500, message: message)
        }
    }
}

/// The members of a JSON patch's operations that mean nothing, as in `unknown field "[0].paht"`.
private func unknownMembers(of patch: JSONValue) -> [String] {
    guard case .array(let operations) = patch else { return [] }
    return operations.enumerated().flatMap { index, operation -> [String] in
        guard case .object(let members) = operation else { return [] }
        return members.keys.filter { !["op", "path", "from", "value"].contains($0) }
            .map { "unknown field \(GoText.quoted("[\(index)].\($0)"))" }
    }
}

extension PatchType {
    /// What the API accepts besides server-side apply.
    public static let acceptedForPatches = [PatchType.json, .merge, .strategicMerge].map(\.rawValue)
}

extension StatusError {
    /// 422: the patch is well-formed and does not apply. Upstream tells no more than this.
    static var unprocessablePatch: StatusError {
        var error = StatusError(
            reason: .invalid, code: 422, message: "the server rejected our request due to an error in our request")
        error.hasDetails = true
        return error
    }

    /// A patch that is no JSON of its form. Of strategic merge patches upstream tells the cause alone.
    fileprivate static func notDecoded(_ cause: String, _ type: PatchType) -> StatusError {
        .badRequest(type == .strategicMerge ? cause : "error decoding patch: " + cause)
    }

    fileprivate static func notAMap(_ document: JSONValue, _ type: PatchType) -> StatusError {
        notDecoded(
            "json: cannot unmarshal \(document.goKind) into Go value of type map[string]interface {}", type)
    }
}
