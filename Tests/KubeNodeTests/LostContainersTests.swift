import ClusterCore
import KubeAPI
import KubeNode
import Testing

/// What the status tells at a pod's end of containers that had none of their own.
/// The cases of kubernetes `pkg/kubelet/status/status_manager_test.go` (`TestTerminatePod…`) that a pod can come to.
@Suite struct LostContainersTests {
    private static let message = "The container could not be located when the pod was terminated"

    private func node(_ pods: Pod..., run time: Interval) throws -> TestNode {
        let node = TestNode()
        node.boot()
        for pod in pods { try node.create(pod) }
        node.run(time)
        return node
    }

    private func isLost(_ status: ContainerStatus?) -> Bool {
        let end = status?.state?.terminated
        return end?.reason == "ContainerStatusUnknown" && end?.exitCode == 137 && end?.message == Self.message
            && end?.startedAt == nil && end?.finishedAt == nil
    }

    private func condition(_ type: String, _ pod: Pod?) -> PodCondition? {
        pod?.status.conditions.first { $0.type == type }
    }

    @Test func whatNeverRanCountsAsFailed() throws {
        let node = try node(makePod(image: "nginx:nope"), run: .seconds(5))
        #expect(node.pod()?.status.containerStatuses.first?.state?.waiting?.reason == "ImagePullBackOff")
        try node.delete("web")
        node.run(.seconds(1))
        let pod = node.last()
        #expect(pod?.status.phase == "Failed")
        #expect(isLost(pod?.status.containerStatuses.first))
        #expect(pod?.status.containerStatuses.first?.lastState == ContainerState())
        #expect(condition("Ready", pod)?.reason == "ContainersNotReady", "the phase came after the conditions")
        #expect(condition("Ready", pod)?.message == "containers with unready status: [app]")
    }

    @Test func whatCrashedShowsHowOnceItIsNotStartedAgain() throws {
        let node = try node(makePod(annotations: ["drydock.dev/crash-every": "1s"]), run: .seconds(8))
        #expect(node.pod()?.status.containerStatuses.first?.state?.waiting?.reason == "CrashLoopBackOff")
        try node.delete("web")
        node.run(.seconds(1))
        let container = node.last()?.status.containerStatuses.first
        #expect(container?.state?.terminated?.exitCode == 1)
        #expect(container?.state?.waiting == nil)
        #expect(container?.lastState?.terminated?.exitCode == 1)
        #expect(condition("Ready", node.last())?.reason == "PodFailed")
    }

    /// A pod that nobody deleted would be started again, so it is still waiting when its deadline comes.
    @Test func whatWaitsToBeStartedAgainWhenTheDeadlineComesIsLost() throws {
        let late = makePod(annotations: ["drydock.dev/crash-every": "1s"]) { $0.spec.activeDeadlineSeconds = 8 }
        let node = try node(late, run: .seconds(9))
        let pod = node.pod()
        #expect(pod?.status.reason == "DeadlineExceeded")
        #expect(isLost(pod?.status.containerStatuses.first))
        #expect(pod?.status.containerStatuses.first?.lastState?.terminated?.exitCode == 1)
        #expect(pod?.status.containerStatuses.first?.restartCount == 1)
        #expect(condition("Ready", pod)?.reason == "PodFailed")
    }

    @Test func initContainersAreLostUpToTheLastThatWasBegun() throws {
        func pod(_ name: String, exitCode: String) -> Pod {
            makePod(name, annotations: ["drydock.dev/exit-after.first": "1s", "drydock.dev/exit-code.first": exitCode])
            {
                $0.spec.initContainers = [
                    makeContainer("first"), makeContainer("second", image: "nginx:nope"), makeContainer("third"),
                ]
            }
        }
        let node = try node(pod("begun", exitCode: "0"), pod("failing", exitCode: "2"), run: .seconds(9))
        for name in ["begun", "failing"] { try node.delete(name) }
        node.run(.seconds(3))
        let begun = node.last("begun")?.status.initContainerStatuses ?? []
        #expect(begun.map { $0.state?.terminated?.exitCode } == [0, nil, nil], "the second never had a container")
        let failing = node.last("failing")?.status.initContainerStatuses ?? []
        #expect(failing.first?.state?.terminated?.exitCode == 2)
        #expect(failing.dropFirst().allSatisfy { $0.state?.waiting?.reason == "PodInitializing" })
        for name in ["begun", "failing"] {
            let app = node.last(name)?.status.containerStatuses.first
            #expect(app?.state?.waiting?.reason == "PodInitializing", "its turn had not come")
            #expect(node.last(name)?.status.phase == "Failed")
        }
    }

    @Test func theFirstInitContainerAlwaysCountsAsBegun() throws {
        let pod = makePod {
            $0.spec.initContainers = [makeContainer("first", image: "nginx:nope"), makeContainer("second")]
        }
        let node = try node(pod, run: .seconds(2))
        try node.delete("web")
        node.run(.seconds(1))
        let statuses = node.last()?.status.initContainerStatuses ?? []
        #expect(isLost(statuses.first))
        #expect(statuses.last?.state?.waiting != nil)
    }

    @Test func onceInitializedAllRegularContainersAreLost() throws {
        let pod = makePod(annotations: ["drydock.dev/exit-after.setup": "1s"]) {
            $0.spec.initContainers = [makeContainer("setup")]
            $0.spec.containers = [makeContainer("app", image: "nginx:nope"), makeContainer("other")]
        }
        let node = try node(pod, run: .seconds(10))
        try node.delete("web")
        node.run(.seconds(3))
        let statuses = node.last()?.status.containerStatuses ?? []
        #expect(isLost(statuses.first))
        #expect(statuses.last?.state?.terminated?.reason == "Completed", "it ran")
        #expect(node.last()?.status.phase == "Failed")
    }

    /// What a refused pod's status says in a real cluster: phase, reason and message, and no conditions.
    @Test func aRefusedPodHasNoConditionsOfTheKubelet() throws {
        var refused = makePod { $0.spec.nodeSelector = ["disk": "ssd"] }
        for type in ["PodScheduled", "example.com/own"] {
            var condition = PodCondition()
            condition.type = type
            condition.status = "True"
            refused.status.conditions.append(condition)
        }
        let node = try node(refused, run: .seconds(1))
        let status = node.pod()?.status
        #expect(status?.phase == "Failed" && status?.reason == "NodeAffinity" && status?.startTime != nil)
        #expect(status?.conditions.map(\.type) == ["example.com/own"])
        #expect(status?.containerStatuses.isEmpty == true && status?.hostIP == nil)
        #expect(status?.qosClass == "BestEffort")
    }
}
