/// Who owns the number of replicas of a workload, as its `scale` subresource tells and changes it: the owners of
/// `spec.replicas` in the workload are those of `spec.replicas` in the `Scale`, and the other way round.
///
/// What is peculiar here is upstream's: entries that a scale makes have no time, zero replicas are as good as none, a
/// scale of a workload whose number nobody owns leaves it without an owner, and an updater's number is split off into
/// an entry of its own.
///
/// Follows apimachinery `pkg/util/managedfields/scalehandler.go`, with the managers of `internal` for the Scale.
public struct ScaleOwnership {
    private let apiVersion: String
    /// The workload's entries.
    private let parent: ManagedFields
    /// Those of them that own the number, as the Scale has them.
    private var owners: [ManagedFields.Manager] = []

    private static let replicas: [PathElement] = [.field("spec"), .field("replicas")]
    private static let path = FieldSet([replicas])
    private static let scaleVersion = "autoscaling/v1"

    public init(_ entries: [ManagedFieldsEntry], of kind: ResourceKind, cache: FieldSetCache = FieldSetCache()) {
        apiVersion = kind.info.apiVersion
        parent = ManagedFields(entries, cache) ?? ManagedFields()
        for entry in parent.entries where entry.apiVersion == apiVersion && ScaleOwnership.owns(entry) {
            owners.append(ScaleOwnership.inScale(entry.manager))
        }
    }

    /// Refuses a configuration that is no Scale.
    ///
    /// - Throws: What `FieldManager.apply` throws.
    public static func check(_ configuration: JSONValue) throws(StatusError) {
        try FieldManager.check(configuration, apiVersion: scaleVersion, kind: "Scale", ApplyType(.object("Scale")))
    }

    private static func owns(_ entry: ManagedFields.Entry) -> Bool { !entry.fields.intersection(path).isEmpty }

    /// Updaters have their version in their identity.
    private static func inScale(_ manager: ManagedFields.Manager) -> ManagedFields.Manager {
        ManagedFields.Manager(
            manager.name, manager.operation, apiVersion: scaleVersion, subresource: manager.subresource)
    }

    private static func manager(_ name: String, _ operation: ManagedFields.Operation) -> ManagedFields.Manager {
        ManagedFields.Manager(
            name.isEmpty ? "unknown" : name, operation, apiVersion: scaleVersion, subresource: "scale")
    }

    /// An update or a patch of the Scale.
    public mutating func update(from old: Int, to new: Int, manager name: String) {
        if owners.isEmpty || old == new { return }
        owners = new == 0 ? [] : [ScaleOwnership.manager(name, .update)]
    }

    /// Applies a Scale.
    ///
    /// - Parameters:
    ///   - replicas: What the configuration says; nil if it does not.
    ///   - live: How many there should be now.
    /// - Returns: How many there should be.
    /// - Throws: `conflict` if others own the number, it would change, and `force` is false.
    public mutating func apply(
        _ replicas: Int?, to live: Int, manager name: String, force: Bool
    ) throws(StatusError) -> Int {
        let applier = ScaleOwnership.manager(name, .apply)
        if owners.isEmpty, live != 0 { owners = [ScaleOwnership.manager(FieldManager.beforeFirstApply, .update)] }
        let others = owners.filter { $0 != applier }
        let isGivenUp = replicas == nil && others.count < owners.count && others.isEmpty
        let wanted = isGivenUp ? 0 : replicas ?? live
        // Zero is not in the Scale as it is, and is in one that says so.
        let isChanged = wanted != live || replicas == 0
        if isChanged, !force, !others.isEmpty {
            throw .applyConflicts(
                others.sorted { compareUTF8($0.identifier, $1.identifier) < 0 }.map { manager in
                    let entry = ManagedFields.Entry(
                        manager: manager, apiVersion: ScaleOwnership.scaleVersion, fields: ScaleOwnership.path,
                        time: nil)
                    return ApplyConflict(manager: entry, path: ScaleOwnership.replicas)
                })
        }
        owners = (isChanged ? [] : others) + (replicas == nil ? [] : [applier])
        return wanted
    }

    /// The workload's entries afterwards.
    public var entries: [ManagedFieldsEntry] {
        var result = ManagedFields()
        var left = owners
        for entry in parent.entries where entry.apiVersion == apiVersion {
            var entry = entry
            if ScaleOwnership.owns(entry) {
                if let index = left.firstIndex(of: entry.manager) {
                    left.remove(at: index)
                } else {
                    entry.fields = entry.fields.difference(ScaleOwnership.path)
                }
            }
            if !entry.fields.isEmpty { result[entry.manager] = entry }
        }
        for manager in left {
            result[manager] = ManagedFields.Entry(
                manager: manager, apiVersion: apiVersion, fields: ScaleOwnership.path, time: nil)
        }
        return result.encoded
    }
}
