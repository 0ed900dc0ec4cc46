/// Moves the ownership of fields as an object changes, and merges what is applied: the core of server-side apply, for
/// objects of one kind.
///
/// Follows structured-merge-diff `merge/update.go`.
struct FieldOwnership {
    let kind: ResourceKind
    let type: ApplyType
    /// Fields that a request to this object or subresource cannot change: nobody owns them by it, and no conflict is
    /// about them.
    let resetFields: FieldSet

    init(_ kind: ResourceKind, resetFields: FieldSet = FieldSet()) {
        self.kind = kind
        type = ApplyType(kind)
        self.resetFields = resetFields
    }

    private var apiVersion: String { kind.info.apiVersion }

    /// The kind by the name of a manager's version; nil if there is no such version of it.
    private func version(_ apiVersion: String) -> ResourceKind? {
        if apiVersion == self.apiVersion { return kind }
        guard let other = Catalogue.kind(apiVersion: apiVersion, kind: kind.info.name), other.stored == kind.stored
        else { return nil }
        return other
    }

    /// An object of one version in another.
    private func convert(_ object: JSONValue, from kind: ResourceKind, to other: ResourceKind) -> JSONValue {
        if kind == other { return object }
        do throws(JSONFailure) {
            let decoded = try ObjectDecoding.decode(object.json, as: kind).object
            var value = decoded.stored.served(as: other).jsonValue
            value["metadata"]?["managedFields"] = nil
            return value
        } catch {
            // What is no object of its kind is refused later on.
            return object
        }
    }

    // MARK: Updates

    /// What a change from one object to another makes of everybody's fields but those of `manager`: who no longer finds
    /// what was set loses it, and so does who owned what is gone.
    ///
    /// Returns all fields that changed.
    private func change(
        _ old: JSONValue, _ new: JSONValue, _ managed: inout ManagedFields, by manager: ManagedFields.Manager,
        force: Bool
    ) throws(StatusError) -> TypedComparison {
        let comparison = TypedComparison(old, new, type).excluding(resetFields)
        var comparisons = [apiVersion: comparison]
        var conflicts: [ApplyConflict] = []
        var gone: [ManagedFields.Manager] = []
        for entry in managed.entries where entry.manager != manager {
            let seen: TypedComparison
            if let known = comparisons[entry.apiVersion] {
                seen = known
            } else if let version = version(entry.apiVersion) {
                seen = TypedComparison(
                    convert(old, from: kind, to: version), convert(new, from: kind, to: version), ApplyType(version)
                ).excluding(resetFields)
                comparisons[entry.apiVersion] = seen
            } else {
                // Of a version that is no more.
                gone.append(entry.manager)
                continue
            }
            if force { continue }
            entry.fields.intersection(seen.changed).forEach { path in
                conflicts.append(ApplyConflict(manager: entry, path: path))
            }
        }
        if !conflicts.isEmpty { throw .applyConflicts(FieldOwnership.inOrder(conflicts)) }
        for manager in gone { managed[manager] = nil }
        managed.update { entry in
            guard entry.manager != manager, let seen = comparisons[entry.apiVersion] else { return entry.fields }
            return entry.fields.difference(seen.changed).difference(seen.removed)
        }
        return comparison
    }

    /// By manager, so that the message is the same every time.
    private static func inOrder(_ conflicts: [ApplyConflict]) -> [ApplyConflict] {
        conflicts.enumerated().sorted { left, right in
            let order = compareUTF8(left.element.manager.manager.identifier, right.element.manager.manager.identifier)
            return order == 0 ? left.offset < right.offset : order < 0
        }.map(\.element)
    }

    /// What a create, update or patch makes of ownership: the manager owns what it changed.
    func update(
        _ old: JSONValue, _ new: JSONValue, _ managed: inout ManagedFields, by manager: ManagedFields.Manager
    ) throws(StatusError) {
        let comparison = try change(old, new, &managed, by: manager, force: true)
        let before = managed[manager]?.fields ?? FieldSet()
        let fields = before.difference(comparison.removed).union(comparison.changed).recursiveDifference(resetFields)
        managed[manager] =
            fields.isEmpty
            ? nil
            : ManagedFields.Entry(
                manager: manager, apiVersion: apiVersion, fields: fields, time: managed[manager]?.time)
    }

    // MARK: Apply

    /// The object with a configuration merged in, and without what the manager applied before, does not apply now, and
    /// nobody else owns.
    ///
    /// - Throws: `conflict`, if others own what would change and `force` is false.
    func apply(
        _ configuration: JSONValue, to live: JSONValue, _ managed: inout ManagedFields,
        by manager: ManagedFields.Manager, force: Bool
    ) throws(StatusError) -> JSONValue {
        var new = live.merging(configuration, type)
        let last = managed[manager]
        let fields = configuration.fieldSet(type).recursiveDifference(resetFields)
        managed[manager] = ManagedFields.Entry(
            manager: manager, apiVersion: apiVersion, fields: fields, time: last?.time)
        if let last, !last.fields.isEmpty { new = pruned(new, managed, last) }
        _ = try change(live, new, &managed, by: manager, force: force)
        return new
    }

    /// Removes what the manager applied last time, unless anybody owns it now.
    private func pruned(
        _ merged: JSONValue, _ managed: ManagedFields, _ last: ManagedFields.Entry
    ) -> JSONValue {
        guard let version = version(last.apiVersion) else { return merged }
        let type = ApplyType(version)
        let merged = convert(merged, from: kind, to: version)
        let lastFields = last.fields.withNamedFields(type)
        var pruned = merged.removing(lastFields, type)
        // What others own, in the version of the last apply first, comes back.
        var versions: [String] = [last.apiVersion]
        for entry in managed.entries where !versions.contains(entry.apiVersion) { versions.append(entry.apiVersion) }
        for name in versions {
            guard let other = self.version(name) else { continue }
            let otherType = ApplyType(other)
            let owned = managed.entries.filter { $0.apiVersion == name }.reduce(FieldSet()) { $0.union($1.fields) }
            let all = convert(merged, from: version, to: other)
            let left = convert(pruned, from: version, to: other)
            let kept = left.fieldSet(otherType).withNamedFields(otherType).union(owned.withNamedFields(otherType))
            let superfluous = all.fieldSet(otherType).withNamedFields(otherType).difference(kept)
            pruned = convert(all.removing(superfluous, otherType), from: other, to: version)
        }
        // What nobody owns, and the manager did not own either, comes back.
        let kept = pruned.fieldSet(type).withNamedFields(type)
        let superfluous = merged.fieldSet(type).withNamedFields(type).difference(kept).intersection(lastFields)
        return convert(merged.removing(superfluous, type), from: version, to: kind)
    }
}
