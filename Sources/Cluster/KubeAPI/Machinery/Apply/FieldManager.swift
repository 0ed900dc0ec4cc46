/// Keeps `metadata.managedFields` of one kind's objects, or of one of its subresources: pure functions from an object
/// as it is and a request to the object, and the entries, as they should be.
///
/// Follows apimachinery `pkg/util/managedfields/internal`: `fieldmanager.go` and the managers that it wraps.
public struct FieldManager {
    private let kind: ResourceKind
    private let subresource: String
    private let ownership: FieldOwnership
    private let cache: FieldSetCache

    /// Owns all fields of an object that nobody kept account of, once somebody applies to it.
    static let beforeFirstApply = "before-first-apply"
    /// Only `kubectl` may take over what client-side apply left behind.
    private static let kubectl = "kubectl"
    private static let lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration"

    /// - Parameters:
    ///   - subresource: As in `status`; empty for the object itself.
    ///   - resetFields: The paths of fields that such a request cannot change, as in `status` or `metadata.labels`.
    ///   - cache: Of the caller's thread.
    public init(
        _ kind: ResourceKind, subresource: String = "", resetFields: [[String]] = [],
        cache: FieldSetCache = FieldSetCache()
    ) {
        self.kind = kind
        self.subresource = subresource
        self.cache = cache
        ownership = FieldOwnership(kind, resetFields: FieldSet(resetFields.map { $0.map(PathElement.field) }))
    }

    /// The manager of a request: what it names, or the first part of its user agent, as in `kubectl` of
    /// `kubectl/v1.36.0 (linux/amd64)`, cut at 128 bytes and at the first character that cannot be printed.
    public static func name(fieldManager: String?, userAgent: String) -> String {
        if let fieldManager, !fieldManager.isEmpty { return fieldManager }
        var name = ""
        for scalar in userAgent.unicodeScalars {
            guard scalar != "/", GoText.isPrintable(scalar), name.utf8.count + UTF8.width(scalar) <= 128 else { break }
            name.unicodeScalars.append(scalar)
        }
        return name
    }

    private func manager(_ name: String, _ operation: ManagedFields.Operation) -> ManagedFields.Manager {
        // A manager without a name cannot be told from no manager.
        ManagedFields.Manager(
            name.isEmpty ? "unknown" : name, operation, apiVersion: kind.info.apiVersion, subresource: subresource)
    }

    /// An object as ownership sees it.
    private func value(_ object: KubeObject?) -> JSONValue {
        var value = (object ?? kind.info.coder.make(metadata: ObjectMeta())).jsonValue
        value["metadata"]?["managedFields"] = nil
        return value
    }

    /// What may differ between two states of an object, as ownership sees it. Most updates are of the status: then the
    /// spec, which may be large, is left out of both.
    private func differing(_ live: KubeObject, _ new: KubeObject) -> DifferingMembers {
        let coder = live.kind.info.coder
        func owned(_ metadata: ObjectMeta) -> ObjectMeta {
            var metadata = metadata
            metadata.managedFields = []
            metadata.resourceVersion = nil
            return metadata
        }
        var (old, current) = (owned(live.metadata), owned(new.metadata))
        if old == current { (old, current) = (ObjectMeta(), ObjectMeta()) }
        if !coder.hasSameSpec(live, new) {
            return DifferingMembers(live.with(metadata: old).json, new.with(metadata: current).json)
        }
        return DifferingMembers(
            coder.settingStatus(coder.make(metadata: old), of: live).json,
            coder.settingStatus(coder.make(metadata: current), of: new).json)
    }

    // MARK: Create, update and patch

    /// The entries of an object after a create (`live` is nil), an update or a patch. `new` may bring entries of its
    /// own; a single empty one has all forgotten. An object without entries gets none: its fields have not been
    /// accounted for from the beginning.
    public func update(
        live: KubeObject?, new: KubeObject, manager name: String, now: Time
    ) -> [ManagedFieldsEntry] {
        let incoming = new.metadata.managedFields
        let stored = live?.metadata.managedFields ?? []
        if subresource.isEmpty, incoming == [ManagedFieldsEntry()], live != nil { return [] }
        var managed = ManagedFields(stored, cache) ?? ManagedFields()
        if subresource.isEmpty, incoming != stored, let own = ManagedFields(incoming, cache), !own.isEmpty {
            managed = own
        }
        if managed.isEmpty, live != nil { return [] }
        if let live, managed.entries.allSatisfy({ $0.apiVersion == kind.info.apiVersion }) {
            let differing = differing(live, new)
            record(differing.old, differing.new, &managed, manager(name, .update), now)
        } else {
            // Other versions need the whole object to tell what changed in theirs.
            record(value(live), value(new), &managed, manager(name, .update), now)
        }
        managed.capUpdaters()
        return managed.encoded
    }

    /// The operation's fields are gathered under a name that nobody has, so that a manager that changed nothing keeps
    /// its time.
    private func record(
        _ live: JSONValue, _ new: JSONValue, _ managed: inout ManagedFields, _ manager: ManagedFields.Manager,
        _ now: Time
    ) {
        let current = ManagedFields.Manager(
            "", .update, apiVersion: manager.apiVersion, subresource: "current operation")
        do throws(StatusError) {
            try ownership.update(live, new, &managed, by: current)
        } catch {
            preconditionFailure("an update takes fields by force")
        }
        guard let taken = managed[current] else { return }
        managed[current] = nil
        let fields = taken.fields.difference(FieldManager.stripped)
        if fields.isEmpty { return }
        var entry =
            managed[manager]
            ?? ManagedFields.Entry(
                manager: manager, apiVersion: kind.info.apiVersion, fields: FieldSet(), time: now)
        entry.fields = fields.union(entry.fields)
        entry.time = now
        managed[manager] = entry
    }

    /// Fields that the system sets, and those that name the object: nobody owns them.
    private static let stripped = FieldSet(
        [
            ["apiVersion"], ["kind"], ["metadata"], ["metadata", "name"], ["metadata", "namespace"],
            ["metadata", "creationTimestamp"], ["metadata", "selfLink"], ["metadata", "uid"],
            ["metadata", "clusterName"], ["metadata", "generation"], ["metadata", "managedFields"],
            ["metadata", "resourceVersion"],
        ].map { $0.map(PathElement.field) })

    // MARK: Apply

    /// What comes of an apply.
    public struct Applied {
        /// The merged object, without its entries. It has no defaults yet.
        public var object: JSONValue
        public var managedFields: [ManagedFieldsEntry]
    }

    /// Merges an applied configuration into an object, or into nothing (`live` is nil).
    ///
    /// - Throws: `badRequest` for another kind or version and for a configuration with managedFields, `conflict` if
    ///   other managers own what would change and `force` is false, and 500 for a configuration that the schema does
    ///   not allow, as upstream does.
    public func apply(
        _ configuration: JSONValue, to live: KubeObject?, manager name: String, force: Bool, now: Time
    ) throws(StatusError) -> Applied {
        try check(configuration)
        let before = value(live)
        guard var managed = ManagedFields(live?.metadata.managedFields ?? [], cache) else {
            throw StatusError(
                reason: .unknown, code: 500, message: "failed to decode managed fields: they are not well-formed")
        }
        if managed.isEmpty, live != nil {
            record(
                value(nil), before, &managed, manager(FieldManager.beforeFirstApply, .update), now)
            managed.capUpdaters()
        }
        var object = try applyTakingOver(configuration, to: before, &managed, name, force: force)
        let applier = manager(name, .apply)
        if var entry = managed[applier] {
            if !JSONValue.areSame(object, before) { entry.time = now }
            entry.fields = entry.fields.difference(FieldManager.stripped)
            managed[applier] = entry.fields.isEmpty ? nil : entry
        }
        if name == FieldManager.kubectl { refreshLastApplied(of: &object, configuration) }
        return Applied(object: object, managedFields: managed.encoded)
    }

    private func check(_ configuration: JSONValue) throws(StatusError) {
        let info = kind.info
        try FieldManager.check(configuration, apiVersion: info.apiVersion, kind: info.name, ownership.type)
    }

    /// Refuses a configuration of another kind or version, one with entries of its own, and one that the schema does
    /// not allow.
    static func check(
        _ configuration: JSONValue, apiVersion expectedVersion: String, kind expectedKind: String, _ type: ApplyType
    ) throws(StatusError) {
        let apiVersion = configuration["apiVersion"]?.stringValue ?? ""
        let name = configuration["kind"]?.stringValue ?? ""
        if apiVersion != expectedVersion || name != expectedKind {
            let found = FieldManager.goText(apiVersion: apiVersion, kind: name)
            let expected = FieldManager.goText(apiVersion: expectedVersion, kind: expectedKind)
            throw .badRequest("invalid object type: \(found), expected: \(expected)")
        }
        let metadata = configuration["metadata"]
        if let entries = metadata?["managedFields"], !entries.isNull {
            throw .badRequest("metadata.managedFields must be nil")
        }
        let failures = configuration.applyFailures(type)
        if failures.isEmpty { return }
        let object =
            "\(metadata?["namespace"]?.stringValue ?? "")/\(metadata?["name"]?.stringValue ?? ""); "
            + FieldManager.goText(apiVersion: apiVersion, kind: name)
        throw StatusError(
            reason: .unknown, code: 500,
            message: "failed to create typed patch object (\(object)): \(ApplyFailure.text(failures))")
    }

    /// As in `apps/v1, Kind=Deployment`, or `/v1, Kind=Pod`.
    private static func goText(apiVersion: String, kind: String) -> String {
        let (group, version) = Catalogue.split(apiVersion: apiVersion)
        return "\(group)/\(version), Kind=\(kind)"
    }

    /// What `kubectl apply` set by itself before, `kubectl apply --server-side` may set without a conflict.
    private func applyTakingOver(
        _ configuration: JSONValue, to live: JSONValue, _ managed: inout ManagedFields, _ name: String, force: Bool
    ) throws(StatusError) -> JSONValue {
        let applier = manager(name, .apply)
        let untouched = managed
        do throws(StatusError) {
            return try ownership.apply(configuration, to: live, &managed, by: applier, force: force)
        } catch {
            managed = untouched
            guard name == FieldManager.kubectl, error.isConflict, let allowed = lastAppliedFields(live) else {
                throw error
            }
            let left = error.causes.filter { !allowed.contains($0.field ?? "") }
            if !left.isEmpty {
                if left.count == error.causes.count { throw error }
                throw conflict(error, keeping: left)
            }
            return try ownership.apply(configuration, to: live, &managed, by: applier, force: true)
        }
    }

    /// A conflict about fewer fields than before.
    private func conflict(_ error: StatusError, keeping causes: [StatusCause]) -> StatusError {
        func manager(_ cause: StatusCause) -> String { String((cause.message ?? "").dropFirst("conflict with ".count)) }
        var error = error
        error.causes = causes
        if causes.count == 1 {
            error.message =
                "Apply failed with 1 conflict: conflict with \(manager(causes[0])): \(causes[0].field ?? "")"
            return error
        }
        var lines: [String] = []
        for (index, cause) in causes.enumerated() {
            if index == 0 || manager(causes[index - 1]) != manager(cause) {
                lines.append("conflicts with \(manager(cause)):")
            }
            lines.append("- " + (cause.field ?? ""))
        }
        error.message = "Apply failed with \(causes.count) conflicts: " + lines.joined(separator: "\n")
        return error
    }

    /// The fields that the annotation of client-side apply names, as far as the object still has them so, by their
    /// paths; nil without the annotation.
    private func lastAppliedFields(_ live: JSONValue) -> Set<String>? {
        guard let text = live["metadata"]?["annotations"]?[FieldManager.lastAppliedAnnotation]?.stringValue,
            let applied = try? JSONValue.decode(text), applied["apiVersion"]?.stringValue == kind.info.apiVersion,
            applied.applyFailures(ownership.type).isEmpty
        else { return nil }
        let comparison = TypedComparison(applied, live, ownership.type)
        let fields = applied.fieldSet(ownership.type).difference(comparison.modified)
            .difference(comparison.added).difference(comparison.removed)
        var paths: Set<String> = []
        fields.forEach { path in paths.insert(path.map(\.description).joined()) }
        return paths
    }

    /// Keeps the annotation of client-side apply true, where there is one. One that would be too long goes.
    private func refreshLastApplied(of object: inout JSONValue, _ configuration: JSONValue) {
        let name = FieldManager.lastAppliedAnnotation
        guard let old = object["metadata"]?["annotations"]?[name]?.stringValue, !old.isEmpty else { return }
        var applied = configuration
        applied["metadata"]?["annotations"]?[name] = nil
        object["metadata"]?["annotations"]?[name] = .string(applied.jsonText + "\n")
        let size = (object["metadata"]?["annotations"]?.objectValue ?? [:]).reduce(0) { sum, entry in
            sum + entry.key.utf8.count + (entry.value.stringValue ?? "").utf8.count
        }
        if size > Validation.annotationsMaximumSize { object["metadata"]?["annotations"]?[name] = nil }
    }
}
