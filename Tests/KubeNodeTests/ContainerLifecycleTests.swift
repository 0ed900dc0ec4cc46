import ClusterCore
import KubeAPI
import KubeNode
import Testing

/// Hooks, probes and changes of single containers, in the cases of kubernetes
/// `pkg/kubelet/kuberuntime/kuberuntime_manager_test.go` (`TestComputePodActions…`),
/// `pkg/kubelet/prober/worker_test.go` and `test/e2e_node/container_lifecycle_test.go`.
@Suite struct ContainerLifecycleTests {
    private func node(_ pod: Pod) throws -> TestNode {
        let node = TestNode()
        node.boot()
        try node.create(pod)
        return node
    }

    /// The events whose reason is one of these, with their seconds since the pod came.
    private func events(_ node: TestNode, since start: Instant, _ reasons: String...) -> [String] {
        node.timeline(since: start).filter { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return reasons.contains { parts.last?.hasPrefix($0 + ":") == true }
        }
    }

    private func pause(_ seconds: Int) -> LifecycleHandler {
        var handler = LifecycleHandler()
        var action = SleepAction()
        action.seconds = seconds
        handler.sleep = action
        return handler
    }

    private func probe(period: Int, threshold: Int = 1, delay: Int = 0) -> Probe {
        var probe = Probe()
        probe.tcpSocket = TCPSocketAction()
        probe.tcpSocket?.port = .int(80)
        probe.periodSeconds = period
        probe.failureThreshold = threshold
        probe.initialDelaySeconds = delay
        return probe
    }

    // MARK: What is said of a container that fails its probe

    struct Unhealthy: Sendable, CustomTestStringConvertible {
        var policy: String
        var ownPolicy: String?
        var hasOther = false
        var message: String
        var phase: String

        var testDescription: String { "\(policy) \(ownPolicy ?? "-") \(hasOther ? "not alone" : "alone")" }
    }

    @Test(arguments: [
        Unhealthy(
            policy: "Always", message: "Container app failed liveness probe, will be restarted", phase: "Running"),
        Unhealthy(
            policy: "OnFailure", message: "Container app failed liveness probe, will be restarted", phase: "Running"),
        Unhealthy(
            policy: "Never", hasOther: true, message: "Container app failed liveness probe", phase: "Running"),
        Unhealthy(policy: "Never", message: "Stopping container app", phase: "Failed"),
        Unhealthy(
            policy: "Never", ownPolicy: "Always", message: "Container app failed liveness probe, will be restarted",
            phase: "Running"),
        Unhealthy(
            policy: "Always", ownPolicy: "Never", hasOther: true, message: "Container app failed liveness probe",
            phase: "Running"),
    ])
    func aFailedProbeSaysWhetherTheContainerIsStartedAgain(_ unhealthy: Unhealthy) throws {
        let pod = makePod(annotations: ["drydock.dev/fail-liveness.app": "0s-8s", "drydock.dev/ignore-sigterm": "true"])
        {
            $0.spec.restartPolicy = unhealthy.policy
            $0.spec.terminationGracePeriodSeconds = 3
            $0.spec.containers[0].livenessProbe = probe(period: 5)
            $0.spec.containers[0].restartPolicy = unhealthy.ownPolicy
            if unhealthy.hasOther { $0.spec.containers.append(makeContainer("other")) }
        }
        let node = try node(pod)
        let start = node.loop.now
        node.run(.milliseconds(9900))
        #expect(events(node, since: start, "Killing") == ["5.000 Killing: \(unhealthy.message)"])
        #expect(node.pod()?.status.phase == unhealthy.phase)
    }

    @Test func aSidecarThatFailsItsProbeIsAnInitContainer() throws {
        let pod = makePod(annotations: ["drydock.dev/fail-liveness.proxy": "0s-8s"]) {
            var proxy = makeContainer("proxy")
            proxy.restartPolicy = "Always"
            proxy.livenessProbe = probe(period: 5)
            $0.spec.restartPolicy = "Never"
            $0.spec.initContainers = [proxy]
        }
        let node = try node(pod)
        let start = node.loop.now
        node.run(.seconds(8))
        #expect(events(node, since: start, "Killing") == ["5.000 Killing: Init container proxy failed liveness probe"])
        #expect(node.pod()?.status.initContainerStatuses.first?.restartCount == 1)
    }

    @Test func aNewImageOfASidecarRestartsIt() throws {
        var proxy = makeContainer("proxy")
        proxy.restartPolicy = "Always"
        let setup = makeContainer("setup")
        var machine = try Machine(
            makePod(annotations: ["drydock.dev/exit-after.setup": "1s"]) { $0.spec.initContainers = [proxy, setup] })
        _ = machine.send(.admitted)
        _ = machine.wait()
        _ = machine.send(.address("10.244.1.2"))
        for container in [0, 1] {
            _ = machine.send(.image(container: container, .present(machine.image)))
            _ = machine.wait()
        }
        var pod = machine.lifecycle.pod
        pod.spec.initContainers[0].image = "nginx:1.28"
        pod.spec.initContainers[1].image = "nginx:1.28"
        pod.metadata.generation = 2
        #expect(machine.send(.changed(pod)) == "Killing: Init container proxy definition changed; write status")
    }

    // MARK: When probes are carried out

    /// The kubelet wants to know at once whether a container that has started is ready, and asks again a period after
    /// that; when the pod came does not count.
    @Test func readinessIsAskedForFromTheStartOfTheContainer() throws {
        let pod = makePod(annotations: ["drydock.dev/create-duration": "4s", "drydock.dev/ready-after": "12s"]) {
            $0.spec.containers[0].readinessProbe = probe(period: 5, threshold: 3)
        }
        let node = try node(pod)
        let start = node.loop.now
        node.run(.seconds(30))
        let started = try #require(node.pod()?.status.containerStatuses.first?.state?.running?.startedAt)
        #expect(started == (start + .seconds(4)).time)
        let lines = node.timeline(since: start)
        #expect(lines.filter { $0.contains("Unhealthy") }.map { $0.prefix(6) } == ["4.331 ", "9.331 ", "14.331"])
        #expect(lines.last == "19.331 Running Ready app=Running+")
    }

    @Test func theFirstLookComesAfterTheInitialDelayButInStepWithTheStart() throws {
        let pod = makePod(annotations: ["drydock.dev/create-duration": "4s"]) {
            $0.spec.containers[0].readinessProbe = probe(period: 5, delay: 7)
        }
        let node = try node(pod)
        let start = node.loop.now
        node.run(.seconds(30))
        #expect(node.timeline(since: start).last == "14.331 Running Ready app=Running+")
    }

    // MARK: Hooks

    /// Until its postStart hook has ended a container is not told of, and none comes after it.
    @Test func theNextContainerWaitsForThePostStartHook() throws {
        let pod = makePod(annotations: ["drydock.dev/create-duration": "1s"]) {
            $0.spec.containers[0].lifecycle = Lifecycle()
            $0.spec.containers[0].lifecycle?.postStart = pause(5)
            $0.spec.containers.append(makeContainer("other"))
        }
        let node = try node(pod)
        let start = node.loop.now
        node.run(.seconds(20))
        let lines = node.timeline(since: start).filter { !$0.contains("Pulled") && !$0.contains("Created") }
        #expect(
            lines.dropFirst() == [
                "0.000 Pending app=ContainerCreating other=ContainerCreating", "1.331 Started: Container started",
                "7.331 Started: Container started", "7.331 Running Ready app=Running+ other=Running+",
            ])
        #expect(node.pod()?.status.containerStatuses.first?.state?.running?.startedAt == (start + .seconds(1)).time)
    }

    @Test func aPodThatIsDeletedDuringAPostStartHookStopsItsContainer() throws {
        let pod = makePod(annotations: ["drydock.dev/create-duration": "1s"]) {
            $0.spec.containers[0].lifecycle = Lifecycle()
            $0.spec.containers[0].lifecycle?.postStart = pause(60)
        }
        let node = try node(pod)
        let start = node.loop.now
        node.run(.seconds(5))
        try node.delete("web")
        node.run(.seconds(5))
        #expect(events(node, since: start, "Killing") == ["5.000 Killing: Stopping container app"])
        #expect(node.pod() == nil)
        #expect(node.last()?.status.containerStatuses.first?.state?.terminated?.reason == "Completed")
    }

    /// PreStop hooks of sidecars run together with all others; only the signal waits until the others have ended.
    @Test(arguments: [(3, "17.000"), (12, "19.000"), (25, "27.000")])
    func aSidecarsPreStopHookDoesNotWaitForItsTurn(hook: Int, end: String) throws {
        let pod = makePod(annotations: ["drydock.dev/stop-after.app": "10s", "drydock.dev/stop-after.proxy": "2s"]) {
            var proxy = makeContainer("proxy")
            proxy.restartPolicy = "Always"
            proxy.lifecycle = Lifecycle()
            proxy.lifecycle?.preStop = pause(hook)
            $0.spec.initContainers = [proxy]
            $0.spec.terminationGracePeriodSeconds = 20
        }
        let node = try node(pod)
        let start = node.loop.now
        node.run(.seconds(5))
        try node.delete("web")
        node.run(.seconds(40))
        let deleted = node.timeline(since: start).last ?? ""
        #expect(deleted == end + " deleted")
    }

    // MARK: Which container comes next

    private func sidecar(_ name: String) -> Container {
        var container = makeContainer(name)
        container.restartPolicy = "Always"
        return container
    }

    /// The proxy waits to be started again, for the third time, when the init container after it is done.
    @Test func aSidecarThatWaitsToBeStartedAgainHoldsNobodyBack() throws {
        let pod = makePod(annotations: ["drydock.dev/crash-every.proxy": "2s", "drydock.dev/exit-after.setup": "30s"]) {
            $0.spec.initContainers = [sidecar("proxy"), makeContainer("setup")]
        }
        let node = try node(pod)
        let start = node.loop.now
        node.run(.seconds(33))
        let status = node.pod()?.status
        #expect(status?.initContainerStatuses.first?.state?.waiting?.reason == "CrashLoopBackOff")
        let app = try #require(status?.containerStatuses.first?.state?.running?.startedAt)
        #expect(app.instant - start < .seconds(32))
        #expect(status?.phase == "Running")
    }

    /// But as long as none of the others runs, the init container that comes last has to, if it is a sidecar.
    @Test func withNothingElseRunningTheLastSidecarIsWaitedFor() throws {
        let pod = makePod(
            annotations: [
                "drydock.dev/crash-every.proxy": "2s", "drydock.dev/exit-after.app": "10s",
                "drydock.dev/exit-times.app": "1",
            ]
        ) { $0.spec.initContainers = [makeContainer("setup"), sidecar("proxy")] }
        var scripted = pod
        scripted.metadata.annotations["drydock.dev/exit-after.setup"] = "1s"
        let node = try node(scripted)
        node.run(.seconds(15))
        let waiting = node.pod()?.status
        #expect(waiting?.initContainerStatuses.last?.state?.waiting?.reason == "CrashLoopBackOff")
        #expect(waiting?.containerStatuses.first?.state?.terminated?.reason == "Completed")
        node.run(.seconds(30))
        #expect(node.pod()?.status.containerStatuses.first?.restartCount == 1)
        #expect(node.pod()?.status.containerStatuses.first?.state?.running != nil)
    }

    // MARK: Who a container runs as

    struct Root: Sendable, CustomTestStringConvertible {
        var image = "nginx:1.27"
        var pod: (isNonRoot: Bool?, user: Int?) = (nil, nil)
        var own: (isNonRoot: Bool?, user: Int?) = (nil, nil)
        var error: String?

        var testDescription: String { "\(image) \(pod) \(own)" }
    }

    /// `TestVerifyRunAsNonRoot` of kubernetes `pkg/kubelet/kuberuntime/security_context_test.go`.
    @Test(arguments: [
        Root(), Root(own: (false, nil)), Root(own: (false, 0)), Root(own: (true, 1)), Root(pod: (true, 1000)),
        Root(pod: (true, 0), own: (nil, 1)), Root(pod: (true, nil), own: (false, nil)),
        Root(image: "example.com/app:1", own: (true, nil)),
        Root(image: "registry.k8s.io/pause:3.10", own: (true, nil)),
        Root(own: (true, 0), error: "container's runAsUser breaks non-root policy"),
        Root(pod: (nil, 0), own: (true, nil), error: "container's runAsUser breaks non-root policy"),
        Root(own: (true, nil), error: "container has runAsNonRoot and image will run as root"),
        Root(pod: (true, nil), error: "container has runAsNonRoot and image will run as root"),
        Root(
            image: "memcached:1.6", own: (true, nil),
            error:
                "container has runAsNonRoot and image has non-numeric user (memcache), cannot verify user is non-root"),
    ])
    func aContainerThatMustNotBeRootIsNotMadeAsRoot(_ root: Root) throws {
        let pod = makePod(image: root.image) {
            $0.spec.securityContext = PodSecurityContext()
            $0.spec.securityContext?.runAsNonRoot = root.pod.isNonRoot
            $0.spec.securityContext?.runAsUser = root.pod.user
            $0.spec.containers[0].securityContext = SecurityContext()
            $0.spec.containers[0].securityContext?.runAsNonRoot = root.own.isNonRoot
            $0.spec.containers[0].securityContext?.runAsUser = root.own.user
        }
        let node = try node(pod)
        let start = node.loop.now
        node.run(.seconds(9))
        let state = node.pod()?.status.containerStatuses.first?.state
        guard let error = root.error else {
            #expect(state?.running != nil)
            return
        }
        let message = "\(error) (pod: \"web_default(uid-web)\", container: app)"
        #expect(state?.waiting?.reason == "CreateContainerConfigError")
        #expect(state?.waiting?.message == message)
        let failed = "Failed: Error: \(message)"
        #expect(events(node, since: start, "Failed").map { String($0.dropFirst(6)) } == [failed, failed + " (x2)"])
    }
}
