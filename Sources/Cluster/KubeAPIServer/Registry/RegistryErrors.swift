import KubeAPI
import KubeClient
import KubeStore

extension StatusError {
    /// What a client is told of a failure of the store.
    init(_ error: StoreError, of key: ObjectKey) {
        switch error {
        case .alreadyExists: self = .alreadyExists(kind: key.kind, name: key.name)
        case .notFound: self = .notFound(kind: key.kind, name: key.name)
        case .conflict: self = .conflict(kind: key.kind, name: key.name)
        case .compacted(let oldest): self = .tooOldResourceVersion(requested: 0, oldest: oldest)
        case .future(let current): self = .tooLargeResourceVersion(requested: 0, current: current)
        }
    }

    /// What upstream's storage says of a resource version that is no number.
    package static func invalidResourceVersion(_ text: String) -> StatusError {
        .badRequest(
            "invalid resource version: resourceVersion: Invalid value: \(GoText.quoted(text)): strconv.ParseUint: "
                + "parsing \(GoText.quoted(text)): invalid syntax")
    }

    /// Throws `invalid` with all errors, if there are any.
    static func check(_ errors: [FieldError], of object: KubeObject) throws(StatusError) {
        if !errors.isEmpty { throw .invalid(kind: object.kind, name: object.name, errors: errors) }
    }

    /// What upstream's storage says when the object found is not the one that was meant.
    static func uidPrecondition(_ key: ObjectKey, wanted: String, found: String) -> StatusError {
        .conflict(
            kind: key.kind, name: key.name,
            message: "StorageError: invalid object, Code: 4, Key: \(StorageKey.path(of: key)), ResourceVersion: 0, "
                + "AdditionalErrorMsg: Precondition failed: UID in precondition: \(wanted), "
                + "UID in object meta: \(found)")
    }
}
