import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeScheduler
import KubeStore
import Testing

/// An API server and a scheduler, without anything else: pods stay where they are bound, and nothing runs them.
final class TestCluster {
    let loop = EventLoop(start: .simulationStart)
    let server: APIServer
    let client: LocalClient
    /// The scheduler's own connection, to be cut.
    let schedulerClient: LocalClient
    let scheduler: Scheduler

    init(seed: UInt64 = 1, configuration: SchedulerConfiguration = SchedulerConfiguration()) throws {
        var options = APIServer.Options()
        options.seed = seed
        server = APIServer(loop: loop, options: options)
        client = LocalClient(server, component: "tester")
        schedulerClient = LocalClient(server, component: "kube-scheduler")
        let recorder = EventRecorder(client: schedulerClient, loop: loop, component: "default-scheduler")
        let context = ComponentContext(
            client: schedulerClient, loop: loop, random: SeededRandom(seed: seed).fork("kube-scheduler"),
            recorder: recorder)
        scheduler = Scheduler(context, configuration)
        for name in ["default", "other"] {
            try client.create(Namespace(name: name))
            try client.create(ServiceAccount(name: "default", namespace: name))
        }
        scheduler.start()
        server.pump()
    }

    /// Runs all that is due now.
    func settle() {
        server.pump()
        loop.run(until: loop.now)
    }

    func advance(_ interval: Interval) {
        server.pump()
        loop.run(until: loop.now + interval)
    }

    @discardableResult
    func add(_ node: Node) throws -> Node {
        let created = try client.create(node)
        // New nodes are tainted as not ready until their controller has seen to them.
        try client.mutate(Node.self, created.key) { $0.spec.taints = node.spec.taints }
        return try client.mutate(Node.self, created.key, .status) { $0.status = node.status } ?? created
    }

    @discardableResult
    func add(_ pod: Pod) throws -> Pod { try client.create(pod) }

    func pod(_ name: String, namespace: String = "default") -> Pod? {
        client.get(Pod.self, namespace: namespace, name: name)
    }

    /// The node that a pod is bound to; empty if it is not.
    func node(of name: String) -> String { pod(name)?.spec.nodeName ?? "" }

    func decision(_ name: String) -> SchedulingDecision? {
        scheduler.explanation(for: ObjectKey(.pod, namespace: "default", name: name))
    }

    /// The messages of a pod's events with a reason, oldest first.
    func messages(_ reason: String, about name: String) -> [String] {
        client.list(Event.self, namespace: "default")
            .filter { $0.reason == reason && $0.involvedObject.name == name }
            .compactMap(\.message)
    }
}

extension Node {
    static func make(
        _ name: String, cpu: Quantity = "4", memory: Quantity = "16Gi", pods: Int = 110, zone: String? = nil,
        labels: StringMap<String> = [:], taints: [Taint] = []
    ) -> Node {
        var node = Node(name: name)
        node.metadata.labels = labels
        node.metadata.labels["kubernetes.io/hostname"] = name
        if let zone { node.metadata.labels["topology.kubernetes.io/zone"] = zone }
        node.spec.taints = taints
        node.status.allocatable = ["cpu": cpu, "memory": memory, "pods": Quantity(pods)]
        node.status.capacity = node.status.allocatable
        return node
    }
}

extension Pod {
    static func make(
        _ name: String, namespace: String = "default", cpu: Quantity? = nil, memory: Quantity? = nil,
        labels: StringMap<String> = [:], image: String = "nginx:1.29"
    ) -> Pod {
        var pod = Pod(name: name, namespace: namespace)
        pod.metadata.labels = labels
        pod.spec.terminationGracePeriodSeconds = 30
        var container = Container()
        container.name = "main"
        container.image = image
        var resources = ResourceRequirements()
        resources.requests["cpu"] = cpu
        resources.requests["memory"] = memory
        if cpu != nil || memory != nil { container.resources = resources }
        pod.spec.containers = [container]
        return pod
    }

    func with(_ change: (inout Pod) -> Void) -> Pod {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Taint {
    static func make(_ key: String, _ value: String = "", _ effect: String = "NoSchedule") -> Taint {
        var taint = Taint()
        taint.key = key
        taint.value = value.isEmpty ? nil : value
        taint.effect = effect
        return taint
    }
}

extension Toleration {
    static func make(_ key: String?, _ comparison: String = "Exists", _ value: String? = nil, _ effect: String? = nil)
        -> Toleration
    {
        var toleration = Toleration()
        toleration.key = key
        toleration.operator = comparison
        toleration.value = value
        toleration.effect = effect
        return toleration
    }
}

extension LabelSelector {
    static func labels(_ labels: StringMap<String>) -> LabelSelector {
        var selector = LabelSelector()
        selector.matchLabels = labels
        return selector
    }
}

extension Affinity {
    /// For nodes that one of the terms matches.
    static func nodes(_ terms: [NodeSelectorTerm]) -> Affinity {
        var selector = NodeSelector()
        selector.nodeSelectorTerms = terms
        var nodeAffinity = KubeAPI.NodeAffinity()
        nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution = selector
        var affinity = Affinity()
        affinity.nodeAffinity = nodeAffinity
        return affinity
    }

    /// For nodes whose labels meet all requirements.
    static func nodes(_ requirements: [NodeSelectorRequirement]) -> Affinity {
        var term = NodeSelectorTerm()
        term.matchExpressions = requirements
        return nodes([term])
    }
}

extension TopologySpreadConstraint {
    /// For pods that have a label, whatever its value.
    static func make(_ topologyKey: String, countingLabel label: String) -> TopologySpreadConstraint {
        var exists = LabelSelectorRequirement()
        exists.key = label
        exists.operator = "Exists"
        var selector = LabelSelector()
        selector.matchExpressions = [exists]
        var constraint = TopologySpreadConstraint()
        constraint.topologyKey = topologyKey
        constraint.maxSkew = 1
        constraint.whenUnsatisfiable = "DoNotSchedule"
        constraint.labelSelector = selector
        return constraint
    }
}
