import KubeAPI
import KubeClient

/// Where a list goes on: base64 of a small JSON object, as upstream's.
///
/// Follows apiserver pkg/storage/continue.go.
struct ContinueToken {
    /// The revision of the whole list; -1 to go on with the newest state.
    let revision: Revision
    /// The key after which the list goes on, relative to what is listed, with a NUL at its end: the least key above it.
    let startKey: String
    private static let version = "meta.k8s.io/v1"

    init(revision: Revision, after key: ObjectKey, _ namespace: String?) {
        self.revision = revision
        startKey = key.namespace.isEmpty ? key.name + "\0" : "\(key.namespace)/\(key.name)\0"
    }

    init(parsing text: String) throws(StatusError) {
        var padded = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        while padded.utf8.count % 4 != 0 { padded += "=" }
        guard let data = Base64Data(base64: padded) else { throw ContinueToken.invalid("illegal base64 data") }
        let value: JSONValue
        do throws(JSONFailure) {
            value = try JSONValue.decode(data.bytes)
        } catch {
            throw ContinueToken.invalid(error.message)
        }
        guard case .string(ContinueToken.version)? = value["v"], case .int(let revision)? = value["rv"],
            case .string(let start)? = value["start"]
        else { throw ContinueToken.invalid("incorrect encoded start resourceVersion") }
        self.revision = revision
        startKey = start
    }

    private static func invalid(_ detail: String) -> StatusError {
        .badRequest("continue key is not valid: \(detail)")
    }

    func start(_ kind: ResourceKind) -> ObjectKey {
        guard let slash = startKey.firstIndex(of: "/") else { return ObjectKey(kind, name: startKey) }
        return ObjectKey(
            kind, namespace: String(startKey[..<slash]), name: String(startKey[startKey.index(after: slash)...]))
    }

    var text: String {
        var members = StringMap<JSONValue>()
        members["v"] = .string(ContinueToken.version)
        members["rv"] = .int(revision)
        members["start"] = .string(startKey)
        let base64 = Base64Data(JSONValue.object(members).json).base64
        return String(base64.compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }
}
