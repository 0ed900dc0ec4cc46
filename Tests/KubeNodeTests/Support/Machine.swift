import ClusterCore
import KubeAPI
import KubeNode

/// A state machine with its clock, driven by hand.
struct Machine: ~Copyable {
    var lifecycle: PodLifecycle
    var now = Instant.simulationStart
    let image: ImageRegistry.Image

    init(_ pod: Pod) throws {
        var pod = pod
        pod.metadata.uid = "5f1c"
        pod.metadata.generation = 1
        var mistakes: [ScriptAnnotations.Mistake] = []
        lifecycle = PodLifecycle(
            pod, latencies: PodLatencies(node: 1, identity: 2),
            scripts: ScriptAnnotations.scripts(of: pod, &mistakes), now: now)
        image = ImageRegistry.image(try ImageReference("nginx:1.27"))
    }

    mutating func send(_ event: PodEvent) -> String {
        var actions: [PodAction] = []
        lifecycle.handle(event, at: now, &actions)
        return actions.map(\.description).joined(separator: "; ")
    }

    /// Lets time pass until something is due.
    mutating func wait() -> String {
        guard let due = lifecycle.nextDeadline else { return "nothing is due" }
        now = due
        return send(.time)
    }

    mutating func delete(grace: Int) -> String {
        var pod = lifecycle.pod
        pod.metadata.deletionTimestamp = (now + .seconds(grace)).time
        pod.metadata.deletionGracePeriodSeconds = grace
        pod.metadata.generation = 2
        return send(.changed(pod))
    }

    var pulled: PodEvent { .image(container: 0, .present(image)) }

    var status: PodStatus { lifecycle.status(of: lifecycle.pod, hostIP: "192.168.0.11", now: now) }

    /// Brings a pod of one container up.
    mutating func run() {
        _ = send(.admitted)
        _ = wait()
        _ = send(.address("10.244.1.2"))
        _ = send(pulled)
        _ = wait()
    }
}
