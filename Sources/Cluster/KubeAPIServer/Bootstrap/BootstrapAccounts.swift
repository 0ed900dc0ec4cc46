import ClusterCore
import KubeAPI

/// Who owns the fields of what a new cluster holds: the API server what it makes itself when it starts, kubeadm the
/// rest.
///
/// The accounts are written down here and not worked out, which would take as long as all the rest of the start: most
/// of these objects are alike, and what is owned of them follows from their kind and from the names of their labels and
/// annotations. `BootstrapAccountsTests` compares them with what the field manager makes of each object.
///
/// FlowSchemas have their status, and roles that are made of others their rules, from components that apply them, and
/// come with both.
///
/// Without an account are, as everywhere, objects that components write while the cluster starts or runs (workloads,
/// nodes, leases): each of those writes would cost many times as much with one.
enum BootstrapAccounts {
    /// The object with the account of its creation; as it is, if none is kept or if nothing of it can be owned.
    static func accounted(_ object: KubeObject, now: Time) -> KubeObject {
        guard let members = members(object) else { return object }
        let fields = fieldsV1(metadata(object.metadata) + members)
        if fields == FieldsV1() { return object }
        let created = entry(object.kind, manager(object), "Update", fields, now)
        guard object.as(ClusterRole.self)?.aggregationRule != nil else {
            return FieldAccounts.replacing(object, [created])
        }
        let rules = entry(object.kind, aggregator, "Apply", fieldsV1(leaves(["rules"])), now)
        return FieldAccounts.replacing(object, [rules, created])
    }

    /// The object, whose account is kept, with that of its status: conditions of these types, all fields set.
    static func withConditions(_ object: KubeObject, _ types: [String], now: Time) -> KubeObject {
        if object.metadata.managedFields.isEmpty || types.isEmpty { return object }
        let fields = map(leaves(["lastTransitionTime", "message", "reason", "status", "type"]))
        let conditions: [Member] = types.map { ("k:{\\\"type\\\":\\\"\($0)\\\"}", fields) }
        let isApplied = object.kind == .flowSchema
        let list = isApplied ? appliedItems(conditions) : items(conditions)
        var entry = entry(
            object.kind, isApplied ? flowControl : manager(object), isApplied ? "Apply" : "Update",
            fieldsV1([("status", structure([("conditions", list)]))]), now)
        entry.subresource = "status"
        let others = object.metadata.managedFields
        // What is applied comes first.
        return FieldAccounts.replacing(object, isApplied ? [entry] + others : others + [entry])
    }

    private static func entry(
        _ kind: ResourceKind, _ manager: String, _ operation: String, _ fields: FieldsV1, _ now: Time
    ) -> ManagedFieldsEntry {
        var entry = ManagedFieldsEntry()
        entry.manager = manager
        entry.operation = operation
        entry.apiVersion = kind.info.apiVersion
        entry.time = now
        entry.fieldsType = "FieldsV1"
        entry.fieldsV1 = fields
        return entry
    }

    // MARK: Managers

    private static let apiServer = "kube-apiserver"
    /// What makes roles of others.
    private static let aggregator = "clusterrole-aggregation-controller"
    /// What says of FlowSchemas whether their levels are there.
    private static let flowControl = "api-priority-and-fairness-config-consumer-v1"

    /// Follows what the first part of each one's user agent is.
    private static func manager(_ object: KubeObject) -> String {
        let metadata = object.metadata
        switch object.kind {
        case .clusterRole, .clusterRoleBinding, .role, .roleBinding:
            return metadata.annotations["rbac.authorization.kubernetes.io/autoupdate"] == nil
                ? Requester.bootstrapAuthor : apiServer
        case .configMap:
            return metadata.name == "extension-apiserver-authentication"
                || metadata.name?.hasPrefix("kube-apiserver-") == true ? apiServer : Requester.bootstrapAuthor
        case .service: return metadata.namespace == "default" ? apiServer : Requester.bootstrapAuthor
        case .flowSchema, .priorityLevelConfiguration: return FlowControlUpkeep.author
        default: return apiServer
        }
    }

    // MARK: Fields

    /// A member's name and its fields, as JSON.
    private typealias Member = (name: String, fields: String)

    private static func structure(_ members: [Member]) -> String {
        "{" + members.map { "\"f:\($0.name)\":\($0.fields)" }.joined(separator: ",") + "}"
    }

    /// A member that may be left out as a whole is owned itself too.
    private static func map(_ members: [Member]) -> String {
        "{\".\":{}" + members.map { ",\"f:\($0.name)\":\($0.fields)" }.joined() + "}"
    }

    /// The same of a list's items, which bring their keys.
    private static func items(_ items: [Member]) -> String {
        "{\".\":{}" + items.map { ",\"\($0.name)\":\($0.fields)" }.joined() + "}"
    }

    /// Who applies items of a list owns these, and not the list.
    private static func appliedItems(_ items: [Member]) -> String {
        "{" + items.map { "\"\($0.name)\":\($0.fields)" }.joined(separator: ",") + "}"
    }

    private static func leaves(_ names: [String]) -> [Member] { names.map { ($0, "{}") } }

    private static func fieldsV1(_ members: [Member]) -> FieldsV1 {
        FieldsV1(trusted: Array(structure(members.sorted { compareUTF8($0.name, $1.name) < 0 }).utf8))
    }

    private static func metadata(_ metadata: ObjectMeta) -> [Member] {
        var members: [Member] = []
        if !metadata.annotations.isEmpty { members.append(("annotations", map(leaves(metadata.annotations.keys)))) }
        if !metadata.labels.isEmpty { members.append(("labels", map(leaves(metadata.labels.keys)))) }
        return members.isEmpty ? [] : [("metadata", structure(members))]
    }

    /// What is owned beside the metadata; nil for objects of which no account is kept.
    private static func members(_ object: KubeObject) -> [Member]? {
        switch object.kind {
        // A namespace's finalizers are nobody's: they come with its creation.
        case .namespace, .serviceAccount: return []
        case .priorityClass: return leaves(["description", "preemptionPolicy", "value"])
        case .clusterRole:
            guard let role = object.as(ClusterRole.self) else { return nil }
            if role.aggregationRule != nil {
                return [("aggregationRule", map(leaves(["clusterRoleSelectors"])))]
            }
            return leaves(role.rules.isEmpty ? [] : ["rules"])
        case .role: return leaves(["rules"])
        case .clusterRoleBinding:
            return leaves(object.as(ClusterRoleBinding.self)?.subjects.isEmpty == true ? ["roleRef"] : bound)
        case .roleBinding: return leaves(bound)
        case .configMap:
            return [("data", map(leaves(object.as(ConfigMap.self)?.data.keys ?? [])))]
        case .apiService:
            let group = object.as(APIService.self)?.spec.group == nil ? [] : ["group"]
            return [("spec", structure(leaves(group + ["groupPriorityMinimum", "version", "versionPriority"])))]
        case .endpoints: return leaves(["subsets"])
        case .endpointSlice: return leaves(["addressType", "endpoints", "ports"])
        case .service: return object.as(Service.self).map { [("spec", spec($0))] }
        case .flowSchema: return object.as(FlowSchema.self).map { [("spec", spec($0))] }
        case .priorityLevelConfiguration:
            return object.as(PriorityLevelConfiguration.self).map { [("spec", spec($0))] }
        default: return nil
        }
    }

    private static let bound = ["roleRef", "subjects"]

    /// Whoever makes a service says its address, and not its families, which are told by it.
    private static func spec(_ service: Service) -> String {
        let ports = service.spec.ports.sorted { left, right in
            left.port != right.port
                ? left.port < right.port : compareUTF8(left.protocol ?? "", right.protocol ?? "") < 0
        }
        let items: [Member] = ports.map { port in
            (
                "k:{\\\"port\\\":\(port.port),\\\"protocol\\\":\\\"\(port.protocol ?? "TCP")\\\"}",
                map(leaves(["name", "port", "protocol", "targetPort"]))
            )
        }
        var members = leaves(["clusterIP", "internalTrafficPolicy"])
        if service.spec.selector.isEmpty { members += leaves(["ipFamilyPolicy"]) }
        members.append(("ports", BootstrapAccounts.items(items)))
        if !service.spec.selector.isEmpty { members += leaves(["selector"]) }
        return structure(members + leaves(["sessionAffinity", "type"]))
    }

    private static func spec(_ schema: FlowSchema) -> String {
        let method: [Member] =
            schema.spec.distinguisherMethod == nil ? [] : [("distinguisherMethod", map(leaves(["type"])))]
        let level: Member = ("priorityLevelConfiguration", structure(leaves(["name"])))
        return structure(method + leaves(["matchingPrecedence"]) + [level] + leaves(["rules"]))
    }

    private static func spec(_ level: PriorityLevelConfiguration) -> String {
        if level.spec.exempt != nil {
            let exempt = map(leaves(["lendablePercent", "nominalConcurrencyShares"]))
            return structure([("exempt", exempt), ("type", "{}")])
        }
        let queuing = map(leaves(["handSize", "queueLengthLimit", "queues"]))
        let isQueuing = level.spec.limited?.limitResponse?.queuing != nil
        let response = map((isQueuing ? [("queuing", queuing)] : []) + leaves(["type"]))
        let limited = map(
            leaves(["lendablePercent"]) + [("limitResponse", response)] + leaves(["nominalConcurrencyShares"]))
        return structure([("limited", limited), ("type", "{}")])
    }
}
