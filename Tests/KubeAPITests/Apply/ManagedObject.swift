import KubeAPI

/// One object and its managers, to which tests apply and which they update, as the registry does.
struct ManagedObject {
    private(set) var object: KubeObject?
    private let kind: ResourceKind
    /// Moves on by a second with every request.
    private(set) var now = Time(seconds: 1_767_225_600)

    init(_ kind: ResourceKind) { self.kind = kind }

    /// A configuration of `kind` named `a`, with the parts that are given.
    func configuration(_ parts: JSONValue) -> JSONValue {
        var result: JSONValue = [
            "apiVersion": .string(kind.info.apiVersion), "kind": .string(kind.info.name),
            "metadata": ["name": "a", "namespace": "n"],
        ]
        for (name, value) in parts.objectValue ?? [:] {
            if name == "metadata" {
                for (name, value) in value.objectValue ?? [:] { result["metadata"]?[name] = value }
            } else {
                result[name] = value
            }
        }
        return result
    }

    private func stored(_ value: JSONValue, _ managedFields: [ManagedFieldsEntry]) throws -> KubeObject {
        let decoded = try ObjectDecoding.decode(value.json, as: kind).object
        var metadata = decoded.metadata
        metadata.managedFields = managedFields
        metadata.uid = "uid"
        return decoded.with(metadata: metadata)
    }

    /// Applies what `parts` say.
    mutating func apply(
        _ parts: JSONValue, by manager: String, force: Bool = false, subresource: String = "",
        resetFields: [[String]] = []
    ) throws {
        now.seconds += 1
        let fields = FieldManager(kind, subresource: subresource, resetFields: resetFields)
        let applied = try fields.apply(configuration(parts), to: object, manager: manager, force: force, now: now)
        object = try stored(applied.object, applied.managedFields)
    }

    /// Makes the object what `parts` say, as an update does.
    mutating func update(
        _ parts: JSONValue, by manager: String, subresource: String = "", resetFields: [[String]] = []
    ) throws {
        now.seconds += 1
        let new = try stored(configuration(parts), object?.metadata.managedFields ?? [])
        let fields = FieldManager(kind, subresource: subresource, resetFields: resetFields)
        let entries = fields.update(live: object, new: new, manager: manager, now: now)
        object = try stored(configuration(parts), entries)
    }

    /// Changes the object, as a patch does.
    mutating func patch(by manager: String, _ change: (inout JSONValue) -> Void) throws {
        now.seconds += 1
        guard let object else { return }
        var value = object.jsonValue
        change(&value)
        let new = try stored(value, object.metadata.managedFields)
        let entries = FieldManager(kind).update(live: object, new: new, manager: manager, now: now)
        self.object = try stored(value, entries)
    }

    /// Nobody kept account of the object.
    mutating func forgetManagers() throws {
        guard let object else { return }
        self.object = try stored(object.jsonValue, [])
    }

    var value: JSONValue { object?.jsonValue ?? .null }

    /// A part of the object, by the names on its path.
    subscript(path: String...) -> JSONValue? {
        path.reduce(Optional(value)) { $0?[$1] }
    }

    /// A line a manager: `kubectl Apply apps/v1 status {"f:spec":…}`, in the object's order.
    var managers: [String] {
        (object?.metadata.managedFields ?? []).map { entry in
            [
                entry.manager ?? "", entry.operation ?? "", entry.apiVersion ?? "", entry.subresource ?? "",
                String(decoding: entry.fieldsV1?.json ?? [], as: UTF8.self),
            ].filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// When a manager last changed something.
    func time(of manager: String) -> Int? {
        object?.metadata.managedFields.first { $0.manager == manager }?.time?.seconds
    }

    /// The message of a failed apply.
    mutating func failure(applying parts: JSONValue, by manager: String) -> StatusError? {
        do {
            try apply(parts, by: manager)
            return nil
        } catch {
            return error as? StatusError
        }
    }
}
