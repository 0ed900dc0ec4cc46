import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

/// Nodes whose kubelets report Ready once and renew their leases every ten seconds, at 0 s, 10 s, …, until they are
/// silenced; and the node lifecycle controller, which looks at 5 s, 10 s, ….
final class NodeFleet {
    let cluster: ControllerCluster
    private var silent: Set<String> = []
    private let start: Instant

    init() throws {
        cluster = try ControllerCluster()
        start = cluster.loop.now
        try cluster.createNamespace("kube-node-lease")
        let controller = NodeLifecycleController(cluster.context(NodeLifecycleController.component))
        controller.start()
        cluster.keep(controller)
    }

    /// Seconds since the start.
    var now: Double { Double((cluster.loop.now - start).nanoseconds) / 1e9 }

    func run(to seconds: Double) { cluster.advance(start + .seconds(seconds) - cluster.loop.now) }

    /// Nodes of a zone, Ready and with a lease.
    func add(_ names: [String], zone: String = "a", labels: StringMap<String> = [:]) throws {
        for name in names {
            var node = Node(name: name)
            node.metadata.labels = labels
            node.metadata.labels["topology.kubernetes.io/region"] = "r"
            node.metadata.labels["topology.kubernetes.io/zone"] = zone
            try cluster.user.create(node)
            try report(name, ready: "True")
            try cluster.user.create(Lease(name: name, namespace: "kube-node-lease"))
            beat(name)
        }
    }

    private func beat(_ name: String) {
        if silent.contains(name) { return }
        let now = cluster.loop.now
        _ = try? cluster.user.mutate(Lease.self, ObjectKey(.lease, namespace: "kube-node-lease", name: name)) {
            $0.spec.renewTime = now.microTime
        }
        cluster.loop.schedule(after: .seconds(10)) { [unowned self] in beat(name) }
    }

    func silence(_ names: [String]) { silent.formUnion(names) }

    func revive(_ name: String) throws {
        silent.remove(name)
        try report(name, ready: "True")
        beat(name)
    }

    /// What the kubelet says of its node.
    func report(_ name: String, ready: String) throws {
        let now = cluster.loop.now.time
        try cluster.user.mutate(Node.self, ObjectKey(.node, name: name), .status) { node in
            node.status.conditions = [
                ("Ready", ready), ("MemoryPressure", "False"), ("DiskPressure", "False"), ("PIDPressure", "False"),
            ].map { type, status in
                var condition = NodeCondition()
                condition.type = type
                condition.status = status
                condition.reason = "Kubelet"
                condition.message = "as the kubelet says"
                condition.lastHeartbeatTime = now
                condition.lastTransitionTime = now
                return condition
            }
        }
    }

    func node(_ name: String) throws -> Node { try #require(cluster.user.get(Node.self, name: name)) }

    /// The taints of a node, as `kubectl taint` writes them.
    func taints(_ name: String) throws -> [String] {
        try node(name).spec.taints.map { "\($0.key):\($0.effect)" }
    }

    /// When the controller put NoExecute taints up: node, key and seconds since the start.
    func taintings() -> [String] {
        var lines: [String] = []
        func keys(_ object: KubeObject?) -> [String] {
            object?.as(Node.self)?.spec.taints.filter { $0.effect == "NoExecute" }.map(\.key) ?? []
        }
        cluster.server.store.forEachChange(after: 0) { change in
            guard change.author == NodeLifecycleController.component, change.kind == .node else { return true }
            for key in keys(change.new) where !keys(change.old).contains(key) {
                let seconds = Double((change.time - start).nanoseconds) / 1e9
                lines.append("\(change.key.name) \(key.split(separator: "/").last ?? "") \(seconds)")
            }
            return true
        }
        return lines
    }

    func pod(_ name: String, on node: String, isReady: Bool = true) throws -> Pod {
        var pod = Pod(name: name, namespace: "default")
        pod.spec = ReplicaSetControllerTests.template.spec
        let created = try cluster.user.create(pod)
        try cluster.user.bind(pod: created.key, uid: created.uid, to: node)
        PodRunner.setReady(created.key, isReady, cluster.user)
        return created
    }
}
