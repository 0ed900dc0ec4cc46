import KubeAPI
import KubeClient

/// Where a list goes on: base64 of a small JSON object, as upstream's.
///
/// For example, `{"v":"meta.k8s.io/v1","rv":52,"start":"web\u0000"}` goes on after `web` in a list of one namespace; in
/// one of all namespaces the start is `default/web\u0000`.
///
/// Follows apiserver pkg/storage/continue.go.
struct ContinueToken {
    /// The revision of the whole list; -1 to go on with the newest state.
    let revision: Revision
    /// The key after which the list goes on, relative to what is listed, with a NUL at its end: the least key above it.
    let startKey: String
    private static let version = "meta.k8s.io/v1"

    init(revision: Revision, startKey: String) {
        self.revision = revision
        self.startKey = startKey
    }

    init(revision: Revision, after key: ObjectKey, _ namespace: String?) {
        let isWhole = namespace == nil && !key.namespace.isEmpty
        self.init(revision: revision, startKey: (isWhole ? "\(key.namespace)/\(key.name)" : key.name) + "\0")
    }

    init(parsing text: String) throws(StatusError) {
        var padded = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        while padded.utf8.count % 4 != 0 { padded += "=" }
        guard !text.contains("="), let data = Base64Data(base64: padded) else {
            throw ContinueToken.invalid(": illegal base64 data at input byte \(ContinueToken.badByte(text))")
        }
        let value: JSONValue
        do throws(JSONFailure) {
            value = try JSONValue.decode(data.bytes)
        } catch {
            throw ContinueToken.invalid(": " + GoDecodeError.message(error, type: nil, in: data.bytes))
        }
        let version = value["v"]?.stringValue ?? ""
        guard version == ContinueToken.version else {
            throw ContinueToken.invalid(": server does not recognize this encoded version \(version)")
        }
        guard let revision = value["rv"]?.intValue, revision != 0 else {
            throw ContinueToken.invalid(": incorrect encoded start resourceVersion (version \(version))")
        }
        let start = value["start"]?.stringValue ?? ""
        if start.isEmpty { throw ContinueToken.invalid(": encoded start key empty (version \(version))") }
        // Nobody climbs out of what is listed.
        let steps = start.split(separator: "/", omittingEmptySubsequences: false)
        if steps.count > 2 || steps.contains(where: { ["", ".", ".."].contains($0) }) {
            throw ContinueToken.invalid(": \(start)")
        }
        self.init(revision: revision, startKey: start)
    }

    /// The first byte that base64 for addresses does not have.
    private static func badByte(_ text: String) -> Int {
        let isGood = { CharacterSets.isAlphanumeric($0) || CharacterSets.isOne(of: "-_", $0) }
        return text.utf8.enumerated().first { !isGood($1) }?.offset ?? text.utf8.count
    }

    private static func invalid(_ detail: String) -> StatusError {
        .badRequest("invalid continue token: continue key is not valid\(detail)")
    }

    /// - Parameter namespace: That of the list; nil if it is of all.
    func start(_ kind: ResourceKind, namespace: String?) -> ObjectKey {
        let kind = kind.stored
        if let namespace { return ObjectKey(kind, namespace: namespace, name: startKey) }
        guard let slash = startKey.firstIndex(of: "/") else { return ObjectKey(kind, name: startKey) }
        return ObjectKey(
            kind, namespace: String(startKey[..<slash]), name: String(startKey[startKey.index(after: slash)...]))
    }

    var text: String {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.key("\"v\":")
        writer.string(ContinueToken.version)
        writer.key("\"rv\":")
        writer.int(revision)
        writer.key("\"start\":")
        writer.string(startKey)
        writer.endObject()
        return String(
            Base64Data(writer.bytes).base64.compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }
}
