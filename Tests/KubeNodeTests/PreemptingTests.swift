import ClusterCore
import KubeAPI
import KubeClient
import KubeNode
import Testing

/// A kubelet that makes room for a critical pod, as a whole. `preemption.txt` among the transcripts has the timings.
@Suite struct PreemptingTests {
    /// A node of four cores that runs these pods, each asking for so many thousandths of a core.
    private func node(running pods: [(name: String, cpu: Int)], _ configure: (inout Pod) -> Void = { _ in }) throws
        -> TestNode
    {
        let node = TestNode()
        node.boot()
        for (name, cpu) in pods {
            var pod = asking(name, cpu)
            configure(&pod)
            try node.create(pod)
        }
        node.run(.seconds(5))
        for (name, _) in pods { #expect(node.pod(name)?.status.phase == "Running", "\(name)") }
        return node
    }

    private func asking(_ name: String, _ cpu: Int, priority: Int? = nil) -> Pod {
        makePod(name) { pod in
            var resources = ResourceRequirements()
            resources.requests["cpu"] = Quantity(milli: cpu)
            pod.spec.containers[0].resources = resources
            pod.spec.priority = priority
        }
    }

    private func critical(_ cpu: Int) -> Pod { asking("critical", cpu, priority: 2_000_000_000) }

    private func condition(_ type: String, _ pod: Pod?) -> PodCondition? {
        pod?.status.conditions.first { $0.type == type }
    }

    @Test func theVictimSaysWhatBecameOfIt() throws {
        let node = try node(running: [("keep", 1000), ("go", 3000)]) { pod in
            pod.metadata.annotations["drydock.dev/stop-after"] = "3s"
        }
        let start = node.loop.now
        try node.create(critical(2000))
        node.run(.seconds(1))
        let stopping = node.pod("go")
        #expect(stopping?.status.phase == "Running" && stopping?.status.reason == nil)
        #expect(condition("Ready", stopping)?.status == "True", "what runs is as ready as it is")
        #expect(condition("DisruptionTarget", stopping) == nil, "told with the end, and no sooner")
        #expect(node.pod("critical")?.status.startTime == nil)

        node.run(.seconds(9))
        let gone = node.pod("go")
        #expect(gone?.status.phase == "Failed")
        #expect(gone?.status.reason == "Preempting")
        #expect(gone?.status.message == "Preempted in order to admit critical pod")
        #expect(condition("Ready", gone)?.reason == "PodFailed")
        let disruption = condition("DisruptionTarget", gone)
        #expect(disruption?.status == "True" && disruption?.reason == "TerminationByKubelet")
        #expect(disruption?.message == "Pod was preempted by Kubelet to accommodate a critical pod.")
        #expect(disruption?.observedGeneration == 1)
        #expect(disruption?.lastTransitionTime == (start + .seconds(3)).time)
        #expect(gone?.status.containerStatuses.first?.state?.terminated?.exitCode == 0)
        #expect(gone?.metadata.deletionTimestamp == nil, "it stays to be seen")
        #expect(node.pod("keep")?.status.phase == "Running")
        let admitted = node.pod("critical")
        #expect(admitted?.status.phase == "Running")
        #expect(admitted?.status.startTime == (start + .seconds(3)).time)
        #expect(node.kubelet.requests.milliCPU == 3000)
    }

    @Test func anotherReasonToBeDisruptedGivesWay() throws {
        let node = try node(running: [("go", 3000)])
        let before = node.loop.now.time
        try node.client.asUser { () throws(StatusError) in
            let key = ObjectKey(.pod, namespace: "default", name: "go")
            _ = try node.client.mutate(Pod.self, key, .status) { pod in
                var condition = PodCondition()
                condition.type = "DisruptionTarget"
                condition.status = "True"
                condition.reason = "EvictionByEvictionAPI"
                condition.lastTransitionTime = before
                pod.status.conditions.insert(condition, at: 0)
            }
        }
        node.run(.seconds(2))
        try node.create(critical(2000))
        node.run(.seconds(5))
        let conditions = node.pod("go")?.status.conditions.filter { $0.type == "DisruptionTarget" }
        #expect(conditions?.map(\.reason) == ["TerminationByKubelet"])
        #expect(conditions?.first?.lastTransitionTime == before, "it was true before")
    }

    @Test func whatIsWrittenGoesBackToTheCriticalPod() throws {
        let node = try node(running: [("go", 3000)])
        let told = node.client.history.count
        try node.create(critical(2000))
        let cause = node.client.revision
        node.run(.seconds(5))
        let writes = node.client.history[told...].filter { $0.kind == .pod && $0.author == "kubelet" }
        #expect(writes.count == 3, "one of the pod that goes, two of the one that comes")
        #expect(writes.allSatisfy { $0.cause == cause })
    }

    @Test func staticPodsComeFirstToo() throws {
        let node = try node(running: [("go", 3000)])
        var mirror = asking("mirror", 2000, priority: 0)
        mirror.metadata.annotations["kubernetes.io/config.mirror"] = "hash"
        try node.create(mirror)
        node.run(.seconds(5))
        #expect(node.pod("go")?.status.reason == "Preempting")
        #expect(node.pod("mirror")?.status.phase == "Running")
        try node.create(critical(3000))
        node.run(.seconds(5))
        #expect(node.pod("mirror")?.status.phase == "Running")
        #expect(node.pod("critical")?.status.reason == "UnexpectedAdmissionError")
    }

    @Test func placesComeFreeAsWell() throws {
        let node = TestNode { $0.pods = 2 }
        node.boot()
        for name in ["first", "second"] {
            try node.create(makePod(name))
            node.run(.seconds(1))
        }
        try node.create(makePod("critical") { $0.spec.priority = 2_000_001_000 })
        node.run(.seconds(5))
        #expect(node.pod("first")?.status.phase == "Running")
        #expect(node.pod("second")?.status.reason == "Preempting", "of equal pods the youngest goes")
        #expect(node.pod("critical")?.status.phase == "Running")
    }

    /// Were it given away as soon as it comes free, the critical pod would be taken beyond what the node has.
    @Test func whoWantsMoreWaitsUntilTheCriticalPodIsIn() throws {
        let node = try node(running: [("small", 1000), ("go", 3000)])
        try node.client.asUser { () throws(StatusError) in
            let key = ObjectKey(.pod, namespace: "default", name: "small")
            _ = try node.client.mutate(Pod.self, key, .resize) { pod in
                pod.spec.containers[0].resources?.requests["cpu"] = "3"
                pod.metadata.generation = 2
            }
        }
        node.run(.seconds(1))
        #expect(condition("PodResizePending", node.pod("small"))?.reason == "Deferred")
        try node.create(critical(3000))
        node.run(.seconds(5))
        #expect(node.pod("go")?.status.reason == "Preempting")
        #expect(node.pod("critical")?.status.phase == "Running")
        #expect(node.kubelet.requests.milliCPU == 4000)
        #expect(condition("PodResizePending", node.pod("small"))?.reason == "Deferred")
    }

    /// Without a grace period in the spec the runtime is given thirty seconds, but the kubelet waits for ten.
    @Test func patienceEnds() throws {
        let node = try node(running: [("deaf", 3000)]) { pod in
            pod.spec.terminationGracePeriodSeconds = nil
            pod.metadata.annotations["drydock.dev/ignore-sigterm"] = "true"
        }
        let start = node.loop.now
        try node.create(critical(2000))
        node.run(.seconds(9))
        #expect(node.pod("critical")?.status.startTime == nil)
        node.run(.seconds(6))
        #expect(node.pod("critical")?.status.startTime == (start + .seconds(10)).time)
        #expect(node.pod("deaf")?.status.phase == "Running")
        #expect(node.kubelet.requests.milliCPU == 5000, "what still runs is counted")
        let told = node.client.history.contains { $0.new(Event.self)?.reason == "ExceededGracePeriod" }
        #expect(told)
        node.run(.seconds(20))
        #expect(node.pod("deaf")?.status.reason == "Preempting")
        #expect(node.kubelet.requests.milliCPU == 2000)
    }

    /// Both were chosen, but the second was ending already, and has ended by the time its turn comes.
    @Test func aVictimMayEndBeforeItsTurn() throws {
        let node = TestNode()
        node.boot()
        for (name, cpu, time) in [("first", 3000, "4s"), ("second", 1000, "2s")] {
            var pod = asking(name, cpu)
            pod.metadata.annotations["drydock.dev/stop-after"] = time
            try node.create(pod)
        }
        node.run(.seconds(5))
        try node.delete("second")
        try node.create(critical(4000))
        node.run(.seconds(3))
        #expect(node.pod("second") == nil, "what was ending ends")
        node.run(.seconds(3))
        #expect(node.pod("first")?.status.reason == "Preempting")
        #expect(node.last("second")?.status.phase == "Succeeded")
        #expect(condition("DisruptionTarget", node.last("second")) == nil)
        #expect(node.pod("critical")?.status.phase == "Running")
    }

    /// While the kubelet makes room it hears of no end and no probe of the pods that run, and tells and does nothing
    /// about them.
    @Test func whatHappensMeanwhileIsHeardAfterwards() throws {
        let node = TestNode()
        node.boot()
        var go = asking("go", 3000)
        go.metadata.annotations["drydock.dev/stop-after"] = "20s"
        try node.create(go)
        try node.create(
            makePod("ends", annotations: ["drydock.dev/exit-after": "8s", "drydock.dev/exit-times": "1"]))
        try node.create(
            makePod("sick", annotations: ["drydock.dev/fail-liveness": "8s-"]) { pod in
                var probe = Probe()
                probe.tcpSocket = TCPSocketAction()
                probe.tcpSocket?.port = .int(80)
                probe.periodSeconds = 5
                probe.failureThreshold = 1
                pod.spec.containers[0].livenessProbe = probe
            })
        node.run(.seconds(5))
        _ = node.timeline(since: Instant(nanoseconds: 0))
        let start = node.loop.now
        try node.create(critical(2000))
        node.run(.milliseconds(19_900))
        let during = node.timeline(since: start).filter { !$0.contains("Stopping") && !$0.contains("Preempt") }
        let address = node.pod("sick")?.status.podIP ?? ""
        let unhealthy = "Unhealthy: Liveness probe failed: dial tcp \(address):80: connect: connection refused"
        #expect(during == ["0.000 created", "5.000 " + unhealthy])
        #expect(node.pod("ends")?.status.containerStatuses.first?.state?.running != nil)
        node.run(.seconds(5))
        let after = node.timeline(since: start)
        #expect(after.contains("20.000 Killing: Container app failed liveness probe, will be restarted"))
        let ended = node.pod("ends")?.status.containerStatuses.first
        #expect(ended?.restartCount == 1)
        let began = try #require(ended?.state?.running?.startedAt?.instant)
        #expect(began >= start + .seconds(20))
        let end = try #require(ended?.lastState?.terminated?.finishedAt?.instant)
        #expect(end < start + .seconds(5), "it is told when that was")
        #expect(node.pod("sick")?.status.containerStatuses.first?.restartCount == 1)
        #expect(node.pod("critical")?.status.phase == "Running")
    }

    /// What has ended unheard is still there to be preempted.
    @Test func aVictimThatHasEndedUnheardIsPreempted() throws {
        let node = TestNode()
        node.boot()
        var first = asking("first", 3000)
        first.metadata.annotations["drydock.dev/stop-after"] = "4s"
        try node.create(first)
        var second = asking("second", 1000)
        second.spec.restartPolicy = "Never"
        second.metadata.annotations["drydock.dev/exit-after"] = "7s"
        try node.create(second)
        node.run(.seconds(5))
        try node.create(critical(4000))
        node.run(.seconds(6))
        #expect(node.pod("first")?.status.reason == "Preempting")
        #expect(node.pod("second")?.status.phase == "Failed" && node.pod("second")?.status.reason == "Preempting")
        #expect(node.pod("second")?.status.containerStatuses.first?.state?.terminated?.exitCode == 0)
        #expect(condition("DisruptionTarget", node.pod("second"))?.status == "True")
        #expect(node.pod("critical")?.status.phase == "Running")
    }

    /// The critical pod is gone before its turn comes: it is taken and let go, and the node goes on.
    @Test func theCriticalPodMayGoMeanwhile() throws {
        let node = try node(running: [("go", 3000)]) { pod in
            pod.metadata.annotations["drydock.dev/stop-after"] = "3s"
        }
        try node.create(critical(2000))
        node.run(.seconds(1))
        try node.delete("critical", grace: 0)
        try node.create(asking("next", 4000))
        node.run(.seconds(10))
        #expect(node.pod("critical") == nil)
        #expect(node.pod("go")?.status.reason == "Preempting")
        #expect(node.pod("next")?.status.phase == "Running")
        #expect(node.kubelet.requests.milliCPU == 4000)
    }

    @Test func cutOffTheKubeletMakesRoomAllTheSame() throws {
        let node = try node(running: [("go", 3000)])
        try node.create(critical(2000))
        node.run(.milliseconds(1))
        node.client.isCutOff = true
        node.run(.seconds(20))
        #expect(node.kubelet.requests.milliCPU == 2000)
        #expect(node.pod("go")?.status.phase == "Running", "not told yet")
        node.client.isCutOff = false
        node.run(.seconds(15))
        #expect(node.pod("go")?.status.reason == "Preempting")
        #expect(condition("DisruptionTarget", node.pod("go")) != nil)
        #expect(node.pod("critical")?.status.phase == "Running")
    }
}
