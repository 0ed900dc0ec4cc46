import KubeAPI

/// The namespace and the name that a request is for, which its object may not contradict.
extension ObjectMeta {
    /// Puts the object into the namespace of its request, the empty one for a kind that has none: what such a kind is
    /// given for a namespace counts for nothing.
    ///
    /// - Throws: `badRequest` if the object names another namespace.
    ///
    /// Follows apiserver pkg/registry/rest/meta.go `EnsureObjectNamespaceMatchesRequestNamespace`.
    package mutating func place(in wanted: String) throws(StatusError) {
        let given = namespace ?? ""
        if given == wanted { return }
        guard given.isEmpty || wanted.isEmpty else {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        namespace = wanted.isEmpty ? nil : wanted
    }

    /// An update names what it is of, though its request does so too.
    ///
    /// - Throws: `badRequest` if the object has no name or another.
    ///
    /// Follows apiserver pkg/endpoints/handlers/rest.go `checkName`.
    package func check(isNamed wanted: String) throws(StatusError) {
        let given = name ?? ""
        if given == wanted { return }
        if given.isEmpty {
            throw .badRequest(
                "the name of the object (\(wanted) based on URL) was undeterminable: name must be provided")
        }
        throw .badRequest("the name of the object (\(given)) does not match the name on the URL (\(wanted))")
    }
}

extension KubeObject {
    /// The outcome of a patch as the object that the request is for.
    func placed(at key: ObjectKey) throws(StatusError) -> KubeObject {
        var metadata = metadata
        try metadata.place(in: key.namespace)
        try metadata.check(isNamed: key.name)
        return metadata.isIdentical(to: self.metadata) ? self : with(metadata: metadata)
    }
}
