/// An object as it came in, and what strict clients want to know about it.
public struct DecodedObject: Sendable {
    public var object: KubeObject
    /// What a strict decoder refuses and a lenient one drops, in upstream's words:
    /// `unknown field "spec.replica"`, `duplicate field "metadata.name"`.
    public var strictErrors: [String]
    /// What a patch made, or did, as failures print it; empty where there is nothing to tell of it.
    public var patchText = ""
    /// The bytes of the document that a patch made, before what it has no fields for is dropped; 0 for any other
    /// object.
    public var patchedLength = 0

    public init(object: KubeObject, strictErrors: [String] = []) {
        self.object = object
        self.strictErrors = strictErrors
    }
}

/// Decoding documents whose kind is known only at run time.
public enum ObjectDecoding {
    /// A document as an object of `kind`, whatever `kind` and `apiVersion` it names.
    public static func decode(_ bytes: [UInt8], as kind: ResourceKind) throws(JSONFailure) -> DecodedObject {
        let result: Result<DecodedObject, JSONFailure> = bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            let object = kind.info.coder.decode(from: &reader)
            reader.finish()
            if let failure = reader.failure { return .failure(failure) }
            let unknown = reader.unknownFieldPaths.map { "unknown field \(GoText.quoted($0))" }
            return .success(DecodedObject(object: object, strictErrors: unknown))
        }
        return try result.get()
    }

    /// What a client sends, as an object of `kind`. Its empty list of `managedFields` says to forget who owns what, as
    /// a list of one empty entry does, and is made that: a decoded object does not tell it from no list, which says
    /// nothing.
    ///
    /// Follows apimachinery `pkg/util/managedfields/internal/fieldmanager.go` `isResetManagedFields`.
    static func decodeRequest(_ bytes: [UInt8], as kind: ResourceKind) throws(JSONFailure) -> DecodedObject {
        var decoded = try decode(bytes, as: kind)
        var metadata = decoded.object.metadata
        if metadata.managedFields.isEmpty, forgetsOwners(bytes) {
            metadata.managedFields = [ManagedFieldsEntry()]
            decoded.object = decoded.object.with(metadata: metadata)
        }
        return decoded
    }

    /// Whether `managedFields` of the document's metadata is a list without entries. O(n), without building values.
    private static func forgetsOwners(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            guard find("metadata", &reader), find("managedFields", &reader) else { return false }
            return reader.beginArray() && !reader.nextElement()
        }
    }

    /// Moves to the value of a member of the object that is next. Whether there is one.
    private static func find(_ member: String, _ reader: inout JSONReader) -> Bool {
        guard reader.nextIsObject(), reader.beginObject() else { return false }
        while let key = reader.nextKey() {
            if key.text == member { return true }
            reader.skip()
        }
        return false
    }

    /// The `apiVersion` and `kind` of a document. O(n), without building values.
    public static func typeMeta(_ bytes: [UInt8]) throws(JSONFailure) -> (apiVersion: String, kind: String) {
        let result: Result<(String, String), JSONFailure> = bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            var apiVersion = ""
            var kind = ""
            if reader.beginObject() {
                while let key = reader.nextKey() {
                    if key.is("apiVersion") {
                        apiVersion = reader.string()
                    } else if key.is("kind") {
                        kind = reader.string()
                    } else {
                        reader.skip()
                    }
                }
            }
            reader.finish()
            if let failure = reader.failure { return .failure(failure) }
            return .success((apiVersion, kind))
        }
        return try result.get()
    }

    /// The same of the body of a request, which should be a `kind`.
    ///
    /// Fails with 400, in upstream's words, if it is no JSON, no object, or names itself by what is no string.
    /// Follows apimachinery `pkg/runtime/serializer/json/meta.go` `Interpret`.
    public static func typeMeta(
        _ bytes: [UInt8], expecting kind: String?
    ) throws(StatusError) -> (apiVersion: String, kind: String) {
        do throws(JSONFailure) {
            return try typeMeta(bytes)
        } catch {
            let message = GoDecodeError.message(error, type: nil, in: bytes)
                .replacing("Go value of type interface {}", with: goTypeOfTypeMeta(error.path))
            let cause = "couldn't get version/kind; json parse error: " + message
            guard let kind else { throw .badRequest(cause) }
            throw .unrecognized(bytes, as: kind, cause)
        }
    }

    /// Go's name of what it reads the type into, which has none of its own, or of a field of it.
    private static func goTypeOfTypeMeta(_ path: String) -> String {
        path.isEmpty
            ? #"Go value of type struct { APIVersion string "json:\"apiVersion,omitempty\""; "#
                + #"Kind string "json:\"kind,omitempty\"" }"#
            : "Go struct field .\(path) of type string"
    }
}

/// Decodes the body of a request, or a manifest. What it names decides the kind; what it leaves out, `defaultKind`
/// tells.
///
/// Fails with 400: `Deployment in version "v1" cannot be handled as a Pod: …`, `the object provided is unrecognized …`.
/// Follows apiserver `pkg/endpoints/handlers/rest.go` and apimachinery `pkg/runtime/serializer/json`.
public func decodeObject(_ bytes: [UInt8], defaultKind: ResourceKind?) throws(StatusError) -> DecodedObject {
    let info = defaultKind?.info
    let name = try ObjectDecoding.typeMeta(bytes, expecting: info?.name)
    let kindName = name.kind.isEmpty ? info?.name ?? "" : name.kind
    let apiVersion = name.apiVersion.isEmpty ? info?.apiVersion ?? "" : name.apiVersion
    func fail(_ cause: String) -> StatusError {
        .undecodable(bytes, apiVersion: apiVersion, kind: kindName, as: defaultKind, cause)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if kindName.isEmpty { throw fail("Object 'Kind' is missing in '\(text)'") }
    if apiVersion.isEmpty { throw fail("Object 'apiVersion' is missing in '\(text)'") }
    guard let kind = Catalogue.kind(apiVersion: apiVersion, kind: kindName) else {
        throw fail(GoScheme.noKind(kindName, apiVersion))
    }
    do throws(JSONFailure) {
        var decoded = try ObjectDecoding.decodeRequest(bytes, as: kind)
        decoded.strictErrors = StrictDecoding.errors(in: bytes, unknown: decoded.strictErrors)
        return decoded
    } catch {
        throw fail(GoDecodeError.message(error, type: SchemaTable.shared.type(of: kind)))
    }
}

extension StatusError {
    /// 400 for a body that cannot be read.
    static func undecodable(
        _ bytes: [UInt8], apiVersion: String, kind: String, as expected: ResourceKind?, _ cause: String
    ) -> StatusError {
        guard let expected else { return .badRequest(cause) }
        let expectedKind = expected.info.name
        if kind.isEmpty { return .unrecognized(bytes, as: expectedKind, cause) }
        let version = GoText.quoted(Catalogue.split(apiVersion: apiVersion).version)
        return .badRequest("\(kind) in version \(version) cannot be handled as a \(expectedKind): \(cause)")
    }

    /// 400 for a body that does not even tell what it is, with its beginning.
    ///
    /// Follows apiserver `pkg/endpoints/handlers/rest.go` `transformDecodeError`.
    public static func unrecognized(_ bytes: [UInt8], as kind: String, _ cause: String) -> StatusError {
        .badRequest("the object provided is unrecognized (must be of type \(kind)): \(cause) (\(summary(bytes)))")
    }

    /// What a strict client is told about fields that it should not have sent:
    /// `Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.foo"`.
    public static func strictDecoding(_ errors: [String], of kind: ResourceKind) -> StatusError {
        let info = kind.info
        let list = errors.joined(separator: ", ")
        return .badRequest(
            "\(info.name) in version \(GoText.quoted(info.version)) cannot be handled as a \(info.name): "
                + "strict decoding error: \(list)")
    }

    /// The first 30 bytes of a body, as text when it looks like an object.
    private static func summary(_ bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "<empty>" }
        let start = bytes.prefix(30)
        let text =
            bytes[0] == UInt8(ascii: "{")
            ? String(decoding: start, as: UTF8.self)
            : start.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return bytes.count > 30 ? text + " ..." : text
    }
}

extension KubeObject {
    /// The object as a tree of JSON values. O(size).
    public var jsonValue: JSONValue {
        do throws(JSONFailure) {
            return try JSONValue.decode(json)
        } catch {
            preconditionFailure("an object's own JSON is readable: \(error)")
        }
    }
}
