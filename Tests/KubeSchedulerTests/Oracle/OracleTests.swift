import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

/// Random clusters and pods: what the scheduler keeps from pod to pod must give what working everything out anew gives.
@Suite struct OracleTests {
    @Test(arguments: 1...40)
    func everyNodeIsJudgedAsByThePlainScheduler(seed: Int) throws {
        var world = try RandomWorld(seed: UInt64(seed))
        for step in 0..<60 {
            try world.disturb()
            let plain = try world.plain()
            let pod = try world.submitPod()
            world.cluster.settle()
            let decision = try #require(world.cluster.decision(pod.name), "seed \(seed), step \(step)")
            compare(decision, plain, try #require(world.submitted), "seed \(seed), step \(step), pod \(pod.name)")
            if world.cluster.node(of: pod.name).isEmpty { try world.withdraw(pod) }
        }
    }

    private func compare(_ decision: SchedulingDecision, _ plain: PlainScheduler, _ pod: Pod, _ place: String) {
        let verdicts = plain.verdicts(for: pod)
        var expected: [String: PlainScheduler.Verdict] = [:]
        for (node, verdict) in zip(plain.nodes, verdicts) { expected[node.name] = verdict }
        #expect(decision.nodes.count == plain.nodes.count, "\(place)")
        for node in decision.nodes {
            let rejection = node.rejection.map { "\($0.plugin.name): " + $0.reasons.joined(separator: ", ") }
            #expect(rejection == expected[node.node]?.rejection, "\(place), \(node.node)")
            #expect(node.score == expected[node.node]?.score, "\(place), \(node.node)")
        }
        let feasible = verdicts.filter { $0.rejection == nil }
        #expect(decision.feasibleCount == feasible.count, "\(place)")
        let best = feasible.map(\.score.total).max() ?? 0
        #expect(decision.score == best, "\(place)")
        if case .bound(let node) = decision.outcome {
            #expect(expected[node]?.rejection == nil, "\(place)")
            #expect(expected[node]?.score.total == best, "\(place), \(node)")
            #expect(decision.tieCount == feasible.filter { $0.score.total == best }.count, "\(place)")
        } else {
            #expect(feasible.isEmpty, "\(place)")
        }
    }
}

/// A cluster that changes by chance, with pods of a few templates.
private struct RandomWorld {
    let cluster: TestCluster
    var random: SeededRandom
    var templates: [Pod] = []
    var nodeNumber = 0
    var podNumber = 0
    /// The pod submitted last, as the API server stored it.
    var submitted: Pod?

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        var configuration = SchedulerConfiguration()
        configuration.detailedNodeCount = .max
        cluster = try TestCluster(seed: seed, configuration: configuration)
        for _ in 0..<(3 + random.below(6)) { try addNode() }
        for number in 0..<6 { templates.append(template(number)) }
        if random.below(2) == 0 {
            var service = Service(name: "web", namespace: "default")
            service.spec.selector = ["app": "a"]
            var port = ServicePort()
            port.port = 80
            service.spec.ports = [port]
            try cluster.client.create(service)
        }
        cluster.settle()
    }

    func plain() throws -> PlainScheduler {
        PlainScheduler(
            nodes: cluster.client.list(Node.self),
            pods: cluster.client.list(Pod.self).filter {
                $0.spec.nodeName ?? "" != "" && $0.status.phase != "Succeeded" && $0.status.phase != "Failed"
            },
            services: cluster.client.list(Service.self), namespaces: cluster.client.list(Namespace.self),
            ownerSelector: nil)
    }

    mutating func chance(_ percent: Int) -> Bool { random.below(100) < percent }
    mutating func pick<T>(_ values: [T]) -> T { values[random.below(values.count)] }

    // MARK: Nodes

    mutating func addNode() throws {
        nodeNumber += 1
        var node = Node.make(
            "node-\(nodeNumber)", cpu: pick(["1", "2", "4"]), memory: pick(["1Gi", "2Gi", "4Gi"]),
            pods: pick([3, 8, 110]))
        changeLabels(&node)
        changeTaints(&node)
        changeImages(&node)
        if chance(30) { node.status.allocatable["example.com/widget"] = "3" }
        try cluster.add(node)
    }

    mutating func changeLabels(_ node: inout Node) {
        node.metadata.labels["topology.kubernetes.io/zone"] = chance(80) ? pick(["a", "b", "c"]) : nil
        node.metadata.labels["rack"] = chance(70) ? pick(["1", "2", "3", "4"]) : nil
        node.metadata.labels["disk"] = pick(["ssd", "hdd"])
        if chance(5) { node.metadata.labels["kubernetes.io/hostname"] = pick(["twin", node.name]) }
    }

    mutating func changeTaints(_ node: inout Node) {
        node.spec.taints = []
        if chance(15) { node.spec.taints.append(Taint.make("dedicated", pick(["x", "y"]))) }
        if chance(20) { node.spec.taints.append(Taint.make("slow", "", "PreferNoSchedule")) }
        if chance(20) { node.spec.taints.append(Taint.make("old", "", "PreferNoSchedule")) }
        node.spec.unschedulable = chance(8) ? true : nil
    }

    mutating func changeImages(_ node: inout Node) {
        node.status.images = []
        for (name, size) in [("nginx:1.29", 400 << 20), ("redis:8", 900 << 20)] where chance(40) {
            var image = ContainerImage()
            image.names = [name]
            image.sizeBytes = size
            node.status.images.append(image)
        }
    }

    // MARK: Disturbances

    /// Changes a few things before the next pod comes.
    mutating func disturb() throws {
        for _ in 0..<random.below(4) {
            switch random.below(12) {
            case 0: try addNode()
            case 1: try removeNode()
            case 2, 3: try changeNode()
            case 4, 5, 6: try removePod()
            case 7, 8: try relabelPod()
            case 9: try endPod()
            case 10: try relabelNamespace()
            default: break
            }
            cluster.settle()
        }
    }

    mutating func removeNode() throws {
        let nodes = cluster.client.list(Node.self)
        if nodes.count > 2 { _ = try cluster.client.delete(pick(nodes).key) }
    }

    mutating func changeNode() throws {
        let node = pick(cluster.client.list(Node.self))
        var changed = node
        if chance(50) { changeLabels(&changed) }
        if chance(50) { changeTaints(&changed) }
        try cluster.client.mutate(Node.self, node.key) {
            $0.metadata.labels = changed.metadata.labels
            $0.spec.taints = changed.spec.taints
            $0.spec.unschedulable = changed.spec.unschedulable
        }
        if chance(30) {
            changeImages(&changed)
            try cluster.client.mutate(Node.self, node.key, .status) { $0.status.images = changed.status.images }
        }
    }

    mutating func boundPod() -> Pod? {
        let pods = cluster.client.list(Pod.self).filter { $0.spec.nodeName ?? "" != "" }
        return pods.isEmpty ? nil : pick(pods)
    }

    mutating func removePod() throws {
        guard let pod = boundPod() else { return }
        if chance(50) {
            _ = try cluster.client.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
        } else {
            _ = try cluster.client.delete(pod.key)
        }
    }

    mutating func relabelPod() throws {
        guard let pod = boundPod() else { return }
        let label = pick(["a", "b"])
        try cluster.client.mutate(Pod.self, pod.key) { $0.metadata.labels["app"] = label }
    }

    mutating func endPod() throws {
        guard let pod = boundPod() else { return }
        try cluster.client.mutate(Pod.self, pod.key, .status) { $0.status.phase = "Succeeded" }
    }

    mutating func relabelNamespace() throws {
        let team = pick(["red", "blue"])
        try cluster.client.mutate(Namespace.self, ObjectKey(.namespace, name: "default")) {
            $0.metadata.labels["team"] = team
        }
    }

    // MARK: Pods

    mutating func submitPod() throws -> Pod {
        podNumber += 1
        var pod = pick(templates)
        pod.metadata.name = "pod-\(podNumber)"
        let created = try cluster.add(pod)
        submitted = created
        return created
    }

    func withdraw(_ pod: Pod) throws {
        _ = try cluster.client.delete(pod.key)
        cluster.settle()
    }

    mutating func template(_ number: Int) -> Pod {
        var pod = Pod.make(
            "template", cpu: pick([nil, "100m", "500m", "1"]), memory: pick([nil, "100Mi", "500Mi"]),
            labels: ["app": pick(["a", "b"]), "version": pick(["1", "2"])], image: pick(["nginx:1.29", "redis:8"]))
        if chance(15) { pod.spec.containers[0].resources = widget() }
        if chance(15) {
            var port = ContainerPort()
            port.containerPort = 8080
            port.hostPort = 8080
            pod.spec.containers[0].ports = [port]
        }
        if chance(30) { pod.spec.tolerations.append(Toleration.make("dedicated", "Equal", "x")) }
        if chance(20) { pod.spec.tolerations.append(Toleration.make("slow")) }
        if chance(15) { pod.spec.nodeSelector = ["disk": "ssd"] }
        var affinity = Affinity()
        if chance(30) { affinity.nodeAffinity = nodeAffinity() }
        if chance(35) { affinity.podAffinity = podAffinity() }
        if chance(35) { affinity.podAntiAffinity = podAntiAffinity() }
        pod.spec.affinity = affinity
        if chance(50) {
            var keys = ["kubernetes.io/hostname", "topology.kubernetes.io/zone", "rack"]
            random.shuffle(&keys)
            for key in keys.prefix(1 + random.below(3)) {
                pod.spec.topologySpreadConstraints.append(constraint(key))
            }
        }
        return pod
    }

    func widget() -> ResourceRequirements {
        var resources = ResourceRequirements()
        resources.requests = ["example.com/widget": "1", "cpu": "10m"]
        resources.limits = ["example.com/widget": "1"]
        return resources
    }

    mutating func constraint(_ key: String) -> TopologySpreadConstraint {
        var constraint = TopologySpreadConstraint()
        constraint.topologyKey = key
        constraint.maxSkew = 1 + random.below(3)
        constraint.whenUnsatisfiable = pick(["DoNotSchedule", "ScheduleAnyway"])
        constraint.labelSelector = .labels(["app": pick(["a", "b"])])
        if chance(30) { constraint.nodeTaintsPolicy = "Honor" }
        if chance(30) { constraint.nodeAffinityPolicy = "Ignore" }
        if chance(30) { constraint.matchLabelKeys = ["version"] }
        if chance(30), constraint.whenUnsatisfiable == "DoNotSchedule" { constraint.minDomains = 1 + random.below(4) }
        return constraint
    }

    mutating func nodeAffinity() -> NodeAffinity {
        func requirement(_ key: String, _ comparison: String, _ values: [String]) -> NodeSelectorTerm {
            var requirement = NodeSelectorRequirement()
            requirement.key = key
            requirement.operator = comparison
            requirement.values = values
            var term = NodeSelectorTerm()
            term.matchExpressions = [requirement]
            return term
        }
        var affinity = NodeAffinity()
        if chance(40) {
            var selector = NodeSelector()
            selector.nodeSelectorTerms = [
                requirement("disk", "In", ["ssd"]), requirement("rack", "Gt", ["2"]),
                requirement("rack", "DoesNotExist", []),
            ]
            affinity.requiredDuringSchedulingIgnoredDuringExecution = selector
        }
        for (key, value) in [("disk", "ssd"), ("topology.kubernetes.io/zone", "a")] where chance(60) {
            var preferred = PreferredSchedulingTerm()
            preferred.weight = 1 + random.below(100)
            preferred.preference = requirement(key, "In", [value])
            affinity.preferredDuringSchedulingIgnoredDuringExecution.append(preferred)
        }
        return affinity
    }

    mutating func term() -> PodAffinityTerm {
        var term = PodAffinityTerm()
        term.topologyKey = pick(["kubernetes.io/hostname", "topology.kubernetes.io/zone", "rack"])
        term.labelSelector = .labels(chance(70) ? ["app": pick(["a", "b"])] : ["version": pick(["1", "2"])])
        switch random.below(4) {
        case 0: term.namespaceSelector = .labels(["team": "red"])
        case 1: term.namespaces = ["default", "other"]
        default: break
        }
        return term
    }

    mutating func weighted() -> WeightedPodAffinityTerm {
        var weighted = WeightedPodAffinityTerm()
        weighted.weight = 1 + random.below(100)
        weighted.podAffinityTerm = term()
        return weighted
    }

    mutating func podAffinity() -> PodAffinity {
        var affinity = PodAffinity()
        if chance(40) { affinity.requiredDuringSchedulingIgnoredDuringExecution = [term()] }
        if chance(15) { affinity.requiredDuringSchedulingIgnoredDuringExecution.append(term()) }
        if chance(50) { affinity.preferredDuringSchedulingIgnoredDuringExecution = [weighted(), weighted()] }
        return affinity
    }

    mutating func podAntiAffinity() -> PodAntiAffinity {
        var affinity = PodAntiAffinity()
        if chance(40) { affinity.requiredDuringSchedulingIgnoredDuringExecution = [term()] }
        if chance(20) { affinity.requiredDuringSchedulingIgnoredDuringExecution.append(term()) }
        if chance(50) { affinity.preferredDuringSchedulingIgnoredDuringExecution = [weighted()] }
        return affinity
    }
}
