import ClusterCore
import KubeAPI
import KubeNode
import Testing

/// The tables of kubernetes `pkg/kubelet/kubelet_pods_test.go` (`TestPodPhaseWith…`), as far as a pod of two containers
/// comes to their rows by itself.
@Suite struct PodPhaseTests {
    /// What becomes of a container: it runs, succeeds or fails each time it is started, or has no image.
    enum Fate: String {
        case runs, succeeds, fails, waits
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var policy: String
        var initial: Fate?
        var first: Fate
        var second: Fate
        var phase: String

        init(_ policy: String, initial: Fate? = nil, _ first: Fate, _ second: Fate, _ phase: String) {
            self.policy = policy
            self.initial = initial
            self.first = first
            self.second = second
            self.phase = phase
        }

        var testDescription: String { "\(policy): \(initial?.rawValue ?? "-"), \(first), \(second)" }
    }

    private func container(_ name: String, _ fate: Fate, _ pod: inout Pod) -> Container {
        if fate == .succeeds || fate == .fails {
            pod.metadata.annotations["drydock.dev/exit-after." + name] = "2s"
            pod.metadata.annotations["drydock.dev/exit-code." + name] = fate == .fails ? "1" : "0"
        }
        return makeContainer(name, image: fate == .waits ? "nginx:nope" : "nginx:1.27")
    }

    @Test(arguments: [
        Row("Always", .runs, .runs, "Running"), Row("Always", .fails, .fails, "Running"),
        Row("Always", .succeeds, .succeeds, "Running"), Row("Always", .runs, .fails, "Running"),
        Row("Always", .runs, .waits, "Pending"), Row("Always", .fails, .waits, "Pending"),
        Row("Never", .runs, .runs, "Running"), Row("Never", .succeeds, .succeeds, "Succeeded"),
        Row("Never", .fails, .fails, "Failed"), Row("Never", .fails, .succeeds, "Failed"),
        Row("Never", .runs, .succeeds, "Running"), Row("Never", .runs, .waits, "Pending"),
        Row("OnFailure", .runs, .runs, "Running"), Row("OnFailure", .succeeds, .succeeds, "Succeeded"),
        Row("OnFailure", .fails, .fails, "Running"), Row("OnFailure", .runs, .succeeds, "Running"),
        Row("OnFailure", .runs, .waits, "Pending"), Row("OnFailure", .runs, .fails, "Running"),
        Row("Always", initial: .fails, .runs, .runs, "Pending"), Row("Never", initial: .fails, .runs, .runs, "Failed"),
        Row("OnFailure", initial: .fails, .runs, .runs, "Pending"),
        Row("Always", initial: .waits, .runs, .runs, "Pending"), Row("Never", initial: .waits, .runs, .runs, "Pending"),
        Row("Always", initial: .succeeds, .runs, .runs, "Running"),
        Row("Never", initial: .succeeds, .succeeds, .fails, "Failed"),
    ])
    func phase(_ row: Row) throws {
        var pod = makePod()
        pod.spec.restartPolicy = row.policy
        if let fate = row.initial { pod.spec.initContainers = [container("setup", fate, &pod)] }
        pod.spec.containers = [container("first", row.first, &pod), container("second", row.second, &pod)]
        let node = TestNode()
        node.boot()
        try node.create(pod)
        node.run(.seconds(8))
        #expect(node.pod()?.status.phase == row.phase)
    }
}
