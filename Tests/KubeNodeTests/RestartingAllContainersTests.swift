import ClusterCore
import KubeAPI
import KubeNode
import Testing

/// A container whose exit has all containers of its pod begin anew, in the cases of kubernetes
/// `test/e2e/common/node/container_restart_policy.go`.
@Suite struct RestartingAllContainersTests {
    private func rule(_ codes: [Int]) -> ContainerRestartRule {
        var rule = ContainerRestartRule()
        rule.action = "RestartAllContainers"
        var listed = ContainerRestartRuleOnExitCodes()
        listed.operator = "In"
        listed.values = codes
        rule.exitCodes = listed
        return rule
    }

    private func source(_ name: String, policy: String) -> Container {
        var container = makeContainer(name)
        container.restartPolicy = policy
        container.restartPolicyRules = [rule([42])]
        return container
    }

    private func sidecar(_ name: String) -> Container {
        var container = makeContainer(name)
        container.restartPolicy = "Always"
        return container
    }

    /// A pod that is never restarted as a whole, one container of which ends with code 42, once.
    private func node(
        source: String, after time: String, _ settings: StringMap<String> = [:], _ change: (inout Pod) -> Void
    ) throws -> TestNode {
        let node = TestNode()
        node.boot()
        let pod = makePod(annotations: [
            "drydock.dev/exit-after.\(source)": time, "drydock.dev/exit-code.\(source)": "42",
            "drydock.dev/exit-times.\(source)": "1", "drydock.dev/create-duration": "100ms",
        ]) { pod in
            pod.spec.restartPolicy = "Never"
            for (name, value) in settings { pod.metadata.annotations["drydock.dev/" + name] = value }
            change(&pod)
        }
        try node.create(pod)
        return node
    }

    private func condition(_ type: String, _ pod: Pod?) -> PodCondition? {
        pod?.status.conditions.first { $0.type == type }
    }

    private func statuses(_ pod: Pod?) -> [ContainerStatus] {
        (pod?.status.initContainerStatuses ?? []) + (pod?.status.containerStatuses ?? [])
    }

    @Test func allBeginAnewInTheirOrder() throws {
        let node = try node(
            source: "source", after: "5s", ["exit-after.setup": "1s", "ignore-sigterm.app": "true"]
        ) { pod in
            pod.spec.initContainers = [makeContainer("setup"), sidecar("proxy")]
            pod.spec.containers = [source("source", policy: "Never"), makeContainer("app")]
            pod.spec.containers[1].lifecycle = Lifecycle()
            pod.spec.containers[1].lifecycle?.preStop = LifecycleHandler()
            pod.spec.containers[1].lifecycle?.preStop?.sleep = SleepAction()
            pod.spec.containers[1].lifecycle?.preStop?.sleep?.seconds = 20
        }
        let start = node.loop.now
        node.run(.seconds(6))
        let calm = node.pod()
        #expect(condition("AllContainersRestarting", calm)?.status == "False")
        #expect(condition("AllContainersRestarting", calm)?.observedGeneration == nil)
        let address = calm?.status.podIP
        _ = node.timeline(since: start)

        node.run(.seconds(2))
        let during = node.pod()
        let restarting = condition("AllContainersRestarting", during)
        #expect(restarting?.status == "True" && restarting?.reason == "RestartAllContainersStarted")
        #expect(restarting?.message == "container exited with restart policy rule")
        #expect(during?.status.phase == "Running")
        #expect(condition("Initialized", during)?.status == "True", "what was initialized stays so")

        node.run(.seconds(8))
        let lines = node.timeline(since: start).map { $0.split(separator: " ", maxSplits: 1)[1] }
        let killed = lines.filter { $0.hasPrefix("Killing") }
        #expect(killed == ["Killing: killing", "Killing: killing"], "app, without its hook, and then the proxy")
        let reset = try #require(lines.first { $0.contains("RestartingAllContainers") })
        #expect(
            reset == "Running setup=RestartingAllContainers/1 proxy=RestartingAllContainers/1 "
                + "source=RestartingAllContainers/1 app=RestartingAllContainers/1")
        let after = node.pod()
        #expect(after?.status.phase == "Running" && after?.status.podIP == address)
        #expect(condition("AllContainersRestarting", after)?.status == "False")
        #expect(condition("Ready", after)?.status == "True")
        for status in statuses(after) {
            let last = status.lastState?.terminated
            #expect(status.restartCount == 1, "\(status.name)")
            #expect(last?.reason == "RestartingAllContainers" && last?.exitCode == 137)
            #expect(last?.message == "The container is removed because RestartAllContainers in place")
            #expect(last?.startedAt == nil && last?.finishedAt == nil && last?.containerID == nil)
        }
    }

    @Test func aSidecarMayCallForIt() throws {
        let node = try node(source: "source", after: "5s", ["exit-after.setup": "1s"]) { pod in
            pod.spec.initContainers = [makeContainer("setup"), source("source", policy: "Always")]
        }
        node.run(.seconds(20))
        #expect(statuses(node.pod()).map(\.restartCount) == [1, 1, 1])
        #expect(node.pod()?.status.phase == "Running")
    }

    /// What had not begun has nothing to begin anew.
    @Test func anInitContainerMayCallForIt() throws {
        let node = try node(source: "source", after: "2s") { pod in
            pod.spec.initContainers = [sidecar("proxy"), source("source", policy: "Never")]
            pod.metadata.annotations["drydock.dev/exit-times.source"] = "1"
        }
        node.run(.seconds(5))
        // The second time it runs on, as its script has only one end.
        #expect(statuses(node.pod()).map(\.restartCount) == [1, 1, 0])
        #expect(statuses(node.pod()).map { $0.state?.running != nil } == [true, true, false])
        #expect(node.pod()?.status.phase == "Pending")
    }

    @Test func anotherExitCodeDoesNot() throws {
        let node = try node(source: "source", after: "5s", ["exit-code.source": "1"]) { pod in
            pod.spec.containers = [source("source", policy: "Never"), makeContainer("app")]
        }
        node.run(.seconds(20))
        #expect(statuses(node.pod()).map(\.restartCount) == [0, 0])
        #expect(node.pod()?.status.phase == "Running")
    }

    @Test func aPodThatIsDeletedMeanwhileEnds() throws {
        let node = try node(source: "source", after: "5s", ["ignore-sigterm.app": "true"]) { pod in
            pod.spec.containers = [source("source", policy: "Never"), makeContainer("app")]
        }
        node.run(.seconds(6))
        try node.delete("web")
        node.run(.seconds(40))
        #expect(node.pod() == nil)
        #expect(node.last()?.status.phase == "Failed")
        #expect(condition("AllContainersRestarting", node.last())?.reason == "PodFailed")
    }

    @Test func withoutSuchARuleNothingIsSaidOfIt() throws {
        let node = TestNode()
        node.boot()
        try node.create(makePod())
        node.run(.seconds(3))
        #expect(condition("AllContainersRestarting", node.pod()) == nil)
    }
}
