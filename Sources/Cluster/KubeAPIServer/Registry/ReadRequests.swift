import KubeAPI
import KubeClient
import KubeStore

extension APIServer {
    /// One object, as its kind is served.
    ///
    /// - Throws: `notFound`, `methodNotAllowed` for a kind that is only posted.
    package func get(_ key: ObjectKey) throws(StatusError) -> KubeObject {
        try APIServer.get(key, in: store.snapshot())
    }

    /// The same of a snapshot; a pure function, for readers on other threads too.
    package static func get(_ key: ObjectKey, in snapshot: Snapshot) throws(StatusError) -> KubeObject {
        guard key.kind.info.supports(verb: "get") else { throw .methodNotSupported(kind: key.kind, action: "get") }
        if let object = snapshot.object(key) { return object }
        if let resource = snapshot.computed[key.kind] {
            throw resource.absence(namespace: key.namespace, name: key.name, in: snapshot)
        }
        throw .notFound(kind: key.kind.stored, name: key.name)
    }
}
