import KubeAPI

/// Objects of a new cluster, written down as JSON.
enum Manifest {
    /// The object of a text that is part of the program; a text that is wrong is a broken invariant.
    static func object<Value: Resource>(_: Value.Type, _ text: String) -> Value {
        do throws(JSONFailure) {
            let (value, unknown) = try Value.decodeReportingUnknownFields(text)
            precondition(unknown.isEmpty, "unknown fields in a manifest: \(unknown)")
            return value
        } catch {
            preconditionFailure("a manifest is wrong at \(error.path): \(error.message)")
        }
    }
}
