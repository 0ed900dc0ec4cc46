import ClusterCore
import KubeAPI
import KubeClient
import KubeNode

/// A kubelet named `node-1` with an API server of its own, for timelines.
final class TestNode {
    let loop = EventLoop(start: .simulationStart)
    let client: MemoryClient
    let kubelet: Kubelet
    private var told = 0

    init(seed: UInt64 = 1, _ configure: (inout NodeConfiguration) -> Void = { _ in }) {
        client = MemoryClient(loop: loop)
        var configuration = NodeConfiguration(name: "node-1", internalIP: "192.168.0.11")
        configuration.podCIDR = "10.244.1.0/24"
        configuration.zone = "zone-a"
        configuration.images = ["nginx:1.27"]
        configure(&configuration)
        let recorder = EventRecorder(client: client, loop: loop, component: "kubelet", host: "node-1")
        let context = ComponentContext(
            client: client, loop: loop, random: SeededRandom(seed: seed), recorder: recorder)
        kubelet = Kubelet(context, configuration: configuration)
    }

    /// Starts the kubelet and runs until the node is Ready.
    func boot() {
        kubelet.start()
        run(.seconds(1))
        told = client.history.count
    }

    func run(_ time: Interval) { loop.run(until: loop.now + time) }

    /// Runs until so long after the simulation's start.
    func run(to time: Interval) { loop.run(until: .simulationStart + time) }

    func create(_ pod: Pod) throws {
        try client.asUser { () throws(StatusError) in _ = try client.create(pod.boxed, WriteOptions()) }
    }

    func delete(_ name: String, grace: Int? = nil) throws {
        var options = DeleteOptions()
        options.gracePeriodSeconds = grace
        try client.asUser { () throws(StatusError) in
            _ = try client.delete(ObjectKey(.pod, namespace: "default", name: name), options)
        }
    }

    func pod(_ name: String = "web") -> Pod? { client.get(Pod.self, namespace: "default", name: name) }

    /// A pod as it was last, even if it has gone since.
    func last(_ name: String = "web") -> Pod? {
        let changes = client.history.reversed().lazy
        return changes.first { $0.kind == .pod && $0.key.name == name && $0.new != nil }?.new(Pod.self)
    }

    var node: Node? { client.get(Node.self, name: "node-1") }

    /// What was written since the last call, one line each: the seconds since `start`, and what the write says.
    func timeline(since start: Instant) -> [String] {
        defer { told = client.history.count }
        return client.history[told...].compactMap { change in
            guard let text = TestNode.line(change) else { return nil }
            let milliseconds = (change.time - start).nanoseconds / 1_000_000
            let fraction = String(milliseconds % 1000)
            let padding = String(repeating: "0", count: 3 - fraction.count)
            return "\(milliseconds / 1000).\(padding)\(fraction) \(text)"
        }
    }

    private static func line(_ change: Change) -> String? {
        if let event = change.new(Event.self) {
            let count = event.count.map { $0 > 1 ? " (x\($0))" : "" } ?? ""
            return "\(event.reason ?? ""): \(event.message ?? "")\(count)"
        }
        guard change.kind == .pod else { return nil }
        guard let pod = change.new(Pod.self) else { return "deleted" }
        if change.verb == .create { return "created" }
        let statuses = pod.status.initContainerStatuses + pod.status.containerStatuses
        let containers = statuses.map { status in
            let restarts = status.restartCount > 0 ? "/\(status.restartCount)" : ""
            return "\(status.name)=\(state(status))\(status.ready ? "+" : "")\(restarts)"
        }
        let deletion = pod.metadata.deletionTimestamp == nil ? "" : "Terminating "
        let ready = pod.status.conditions.first { $0.type == "Ready" }?.status == "True" ? " Ready" : ""
        return "\(deletion)\(pod.status.phase ?? "-")\(ready) \(containers.joined(separator: " "))"
    }

    private static func state(_ status: ContainerStatus) -> String {
        if let waiting = status.state?.waiting { return waiting.reason ?? "Waiting" }
        if let ended = status.state?.terminated { return "\(ended.reason ?? "Terminated")(\(ended.exitCode))" }
        return "Running"
    }
}

/// A pod of one container `app`, bound to `node-1`.
func makePod(
    _ name: String = "web", image: String = "nginx:1.27", annotations: StringMap<String> = [:],
    _ configure: (inout Pod) -> Void = { _ in }
) -> Pod {
    var pod = Pod(name: name, namespace: "default")
    pod.metadata.annotations = annotations
    pod.spec.nodeName = "node-1"
    pod.spec.restartPolicy = "Always"
    pod.spec.terminationGracePeriodSeconds = 30
    pod.spec.containers = [makeContainer("app", image: image)]
    pod.status.phase = "Pending"
    configure(&pod)
    return pod
}

func makeContainer(_ name: String, image: String = "nginx:1.27") -> Container {
    var container = Container()
    container.name = name
    container.image = image
    container.imagePullPolicy = "IfNotPresent"
    return container
}
