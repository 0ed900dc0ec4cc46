import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeNode
import KubeStore

/// The real API server with kubelets named `node-1`, `node-2`, …; pods are bound by hand.
final class TestFleet {
    let loop = EventLoop(start: .simulationStart)
    let server: APIServer
    let client: LocalClient
    private(set) var kubelets: [Kubelet] = []
    private(set) var clients: [LocalClient] = []

    init(seed: UInt64 = 1, nodes: Int, _ configure: (inout NodeConfiguration) -> Void = { _ in }) throws {
        var options = APIServer.Options()
        options.seed = seed
        server = APIServer(loop: loop, options: options)
        client = LocalClient(server, component: "tester")
        for (name, value) in [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)] {
            var priorityClass = PriorityClass(name: name)
            priorityClass.value = value
            try client.create(priorityClass)
        }
        for name in ["default", "kube-node-lease"] {
            try client.create(Namespace(name: name))
            try client.create(ServiceAccount(name: "default", namespace: name))
            // What every pod mounts to know the API server by.
            var certificate = ConfigMap(name: "kube-root-ca.crt", namespace: name)
            certificate.data = ["ca.crt": "certificate"]
            try client.create(certificate)
        }
        for number in 1...nodes {
            var configuration = NodeConfiguration(
                name: "node-\(number)", internalIP: "192.168.\(number / 250).\(number % 250 + 1)")
            configuration.podCIDR = "10.\(number / 250 + 1).\(number % 250).0/24"
            configure(&configuration)
            let own = LocalClient(
                server, component: "kubelet", user: Requester.user(of: "kubelet", node: configuration.name))
            let recorder = EventRecorder(client: own, loop: loop, component: "kubelet", host: configuration.name)
            let context = ComponentContext(
                client: own, loop: loop, random: SeededRandom(seed: seed).fork("kubelet"), recorder: recorder)
            kubelets.append(Kubelet(context, configuration: configuration))
            clients.append(own)
        }
        for kubelet in kubelets { kubelet.start() }
        run(.seconds(1))
        for kubelet in kubelets {
            // There is no controller that takes the taint away from a node that has become ready.
            let key = ObjectKey(.node, name: kubelet.configuration.name)
            try client.mutate(Node.self, key) { $0.spec.taints = [] }
        }
        run(.zero)
    }

    func run(_ time: Interval) {
        server.pump()
        loop.run(until: loop.now + time)
        server.pump()
    }

    /// Creates a pod and binds it.
    func place(_ pod: Pod, on node: Int) throws(StatusError) {
        var free = pod
        free.spec.nodeName = nil
        let created = try client.create(free)
        try client.bind(pod: created.key, uid: created.uid, to: "node-\(node + 1)")
    }

    func pod(_ name: String) -> Pod? { client.get(Pod.self, namespace: "default", name: name) }

    var pods: [Pod] { client.list(Pod.self) }
}
