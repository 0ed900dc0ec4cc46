import ClusterCore
import KubeAPI

/// The API server's own rules of fairness among requests: how much each kind of request may take, and which requests
/// are of which kind.
///
/// Follows kubernetes staging/src/k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go.
package enum FlowControlDefaults {
    package static let objects: [KubeObject] = levels + schemas
    static let byKey: [ObjectKey: KubeObject] = Dictionary(uniqueKeysWithValues: objects.map { ($0.key, $0) })

    /// Those without which there would be no place for some request: they are as they are, whoever changes them.
    package static let mandatory: [KubeObject] = objects.filter { isMandatory($0.name) }

    static func isMandatory(_ name: String) -> Bool { name == "exempt" || name == "catch-all" }

    /// With what the API server says of it once it goes by it: that the level of a schema is there.
    static func withStatus(_ object: KubeObject, now: Instant) -> KubeObject {
        guard var schema = object.as(FlowSchema.self) else { return object }
        var condition = FlowSchemaCondition.dangling(schema.spec.priorityLevelConfiguration.name, isThere: true)
        condition.lastTransitionTime = now.time
        schema.status.conditions = [condition]
        return schema.boxed
    }

    // MARK: Priority levels

    private static var levels: [KubeObject] {
        [
            exempt("exempt"),
            limited("catch-all", shares: 5, lendable: 0, queuing: nil),
            limited("system", shares: 30, lendable: 33, queuing: (64, 6, 50)),
            limited("node-high", shares: 40, lendable: 25, queuing: (64, 6, 50)),
            limited("leader-election", shares: 10, lendable: 0, queuing: (16, 4, 50)),
            limited("workload-high", shares: 40, lendable: 50, queuing: (128, 6, 50)),
            limited("workload-low", shares: 100, lendable: 90, queuing: (128, 6, 50)),
            limited("global-default", shares: 20, lendable: 50, queuing: (128, 6, 50)),
        ]
    }

    private static func exempt(_ name: String) -> KubeObject {
        var level = PriorityLevelConfiguration(name: name)
        level.metadata.annotations = automatic
        level.spec.type = "Exempt"
        var exempt = ExemptPriorityLevelConfiguration()
        exempt.nominalConcurrencyShares = 0
        exempt.lendablePercent = 0
        level.spec.exempt = exempt
        return level.boxed
    }

    private static func limited(
        _ name: String, shares: Int, lendable: Int, queuing: (queues: Int, hand: Int, length: Int)?
    ) -> KubeObject {
        var level = PriorityLevelConfiguration(name: name)
        level.metadata.annotations = automatic
        level.spec.type = "Limited"
        var limited = LimitedPriorityLevelConfiguration()
        limited.nominalConcurrencyShares = shares
        limited.lendablePercent = lendable
        var response = LimitResponse()
        response.type = "Reject"
        if let queuing {
            response.type = "Queue"
            var configuration = QueuingConfiguration()
            configuration.queues = queuing.queues
            configuration.handSize = queuing.hand
            configuration.queueLengthLimit = queuing.length
            response.queuing = configuration
        }
        limited.limitResponse = response
        level.spec.limited = limited
        return level.boxed
    }

    private static let automatic: StringMap<String> = ["apf.kubernetes.io/autoupdate-spec": "true"]

    // MARK: Flow schemas

    private static var schemas: [KubeObject] {
        let everyone = groups("system:unauthenticated", "system:authenticated")
        let leaders = users("system:kube-controller-manager", "system:kube-scheduler")
        let accounts = [account("*")]
        return [
            schema("exempt", level: "exempt", 1, by: nil, groups("system:masters")),
            schema(
                "probes", level: "exempt", 2, by: nil, everyone, resources: [],
                urls: [urls(["get"], ["/healthz", "/readyz", "/livez"])]),
            schema(
                "system-leader-election", level: "leader-election", 100, by: "ByUser", leaders + accounts,
                resources: [rule(["get", "create", "update"], "coordination.k8s.io", ["leases"])], urls: []),
            schema(
                "endpoint-controller", level: "workload-high", 150, by: "ByUser",
                users("system:kube-controller-manager")
                    + [account("endpoint-controller"), account("endpointslicemirroring-controller")],
                resources: [rule(["get", "create", "update"], "", ["endpoints"])], urls: []),
            schema(
                "workload-leader-election", level: "leader-election", 200, by: "ByUser", accounts,
                resources: [
                    rule(["get", "create", "update"], "", ["endpoints", "configmaps"]),
                    rule(["get", "create", "update"], "coordination.k8s.io", ["leases"]),
                ], urls: []),
            schema(
                "system-node-high", level: "node-high", 400, by: "ByUser", groups("system:nodes"),
                resources: [
                    rule(["*"], "", ["nodes", "nodes/status"], isClusterScoped: true),
                    rule(["*"], "coordination.k8s.io", ["leases"]),
                ], urls: []),
            schema("system-nodes", level: "system", 500, by: "ByUser", groups("system:nodes")),
            schema(
                "kube-controller-manager", level: "workload-high", 800, by: "ByNamespace",
                users("system:kube-controller-manager")),
            schema("kube-scheduler", level: "workload-high", 800, by: "ByNamespace", users("system:kube-scheduler")),
            schema("kube-system-service-accounts", level: "workload-high", 900, by: "ByNamespace", accounts),
            schema("service-accounts", level: "workload-low", 9000, by: "ByUser", groups("system:serviceaccounts")),
            schema("global-default", level: "global-default", 9900, by: "ByUser", everyone),
            schema("catch-all", level: "catch-all", 10000, by: "ByUser", everyone),
        ]
    }

    private static func schema(
        _ name: String, level: String, _ precedence: Int, by distinguisher: String?, _ subjects: [FlowcontrolSubject],
        resources: [ResourcePolicyRule]? = nil, urls nonResources: [NonResourcePolicyRule]? = nil
    ) -> KubeObject {
        var schema = FlowSchema(name: name)
        schema.metadata.annotations = automatic
        schema.spec.priorityLevelConfiguration.name = level
        schema.spec.matchingPrecedence = precedence
        if let distinguisher {
            var method = FlowDistinguisherMethod()
            method.type = distinguisher
            schema.spec.distinguisherMethod = method
        }
        var rules = PolicyRulesWithSubjects()
        rules.subjects = subjects
        rules.resourceRules = resources ?? [rule(["*"], "*", ["*"], isClusterScoped: true)]
        rules.nonResourceRules = nonResources ?? [urls(["*"], ["*"])]
        schema.spec.rules = [rules]
        return schema.boxed
    }

    private static func rule(
        _ verbs: [String], _ group: String, _ resources: [String], isClusterScoped: Bool = false
    ) -> ResourcePolicyRule {
        var rule = ResourcePolicyRule()
        rule.verbs = verbs
        rule.apiGroups = [group]
        rule.resources = resources
        rule.namespaces = ["*"]
        rule.clusterScope = isClusterScoped ? true : nil
        return rule
    }

    private static func urls(_ verbs: [String], _ urls: [String]) -> NonResourcePolicyRule {
        var rule = NonResourcePolicyRule()
        rule.verbs = verbs
        rule.nonResourceURLs = urls
        return rule
    }

    private static func groups(_ names: String...) -> [FlowcontrolSubject] {
        names.map { name in
            var subject = FlowcontrolSubject()
            subject.kind = "Group"
            var group = GroupSubject()
            group.name = name
            subject.group = group
            return subject
        }
    }

    private static func users(_ names: String...) -> [FlowcontrolSubject] {
        names.map { name in
            var subject = FlowcontrolSubject()
            subject.kind = "User"
            var user = UserSubject()
            user.name = name
            subject.user = user
            return subject
        }
    }

    /// A service account of the system.
    private static func account(_ name: String) -> FlowcontrolSubject {
        var subject = FlowcontrolSubject()
        subject.kind = "ServiceAccount"
        var account = ServiceAccountSubject()
        account.name = name
        account.namespace = "kube-system"
        subject.serviceAccount = account
        return subject
    }
}
