import ClusterCore
import KubeAPI
import KubeNode
import Testing

/// The state machine alone: one line a step.
@Suite struct PodLifecycleTests {
    private static let present =
        "Pulled: Container image \"nginx:1.27\" already present on machine and can be accessed by the pod"

    @Test func aLife() throws {
        var machine = try Machine(makePod())
        #expect(machine.send(.admitted) == "write status")
        #expect(machine.wait() == "allocate address")
        #expect(machine.send(.address("10.244.1.2")) == "pull 0")
        #expect(machine.send(machine.pulled) == Self.present)
        #expect(machine.wait() == "Created: Container created; Started: Container started; write status")
        #expect(machine.wait() == "nothing is due")
        #expect(machine.delete(grace: 30) == "Killing: Stopping container app; write status")
        #expect(machine.wait() == "write status; release; remove pod")
        #expect(machine.send(.vanished) == "forget")
    }

    @Test func aPodDeletedBeforeItRunsIsRemovedAtOnce() throws {
        var machine = try Machine(makePod())
        _ = machine.send(.admitted)
        #expect(machine.delete(grace: 30) == "write status; release; remove pod")
        #expect(machine.status.phase == "Failed")
        var pulling = try Machine(makePod())
        _ = pulling.send(.admitted)
        _ = pulling.wait()
        _ = pulling.send(.address("10.244.1.2"))
        #expect(pulling.delete(grace: 30) == "write status; release; remove pod")
        #expect(pulling.send(pulling.pulled) == "", "the image comes too late")
    }

    @Test func aPodTakenAwayIsStoppedWithoutAWord() throws {
        var machine = try Machine(makePod())
        machine.run()
        #expect(machine.send(.vanished) == "Killing: Stopping container app; write status")
        #expect(machine.wait() == "release; forget")
    }

    @Test func aRefusedPodRunsNothing() throws {
        var machine = try Machine(makePod())
        #expect(
            machine.send(.rejected(reason: "OutOfpods", message: "no room"))
                == "OutOfpods: no room; write status; release")
        #expect(machine.status.phase == "Failed")
        #expect(machine.status.message == "Pod was rejected: no room")
        #expect(machine.wait() == "nothing is due")
        #expect(machine.delete(grace: 0) == "remove pod")
    }

    @Test func withoutAnAddressTheSandboxIsTriedAgain() throws {
        var machine = try Machine(makePod())
        _ = machine.send(.admitted)
        _ = machine.wait()
        #expect(machine.send(.address(nil)).hasPrefix("FailedCreatePodSandBox: Failed to create pod sandbox"))
        let before = machine.now
        #expect(machine.wait() == "allocate address")
        #expect(.seconds(10)...Interval.seconds(15) ~= machine.now - before)
    }

    /// `HasAnyRegularContainerStarted` of kubernetes `pkg/kubelet/container/helpers.go` knows of no container that
    /// waits, and then of `GeneratePodInitializedCondition` sidecars that do are not done.
    @Test func aPodWhoseContainersAllWaitCountsItsSidecarsAgain() throws {
        let node = TestNode()
        node.boot()
        try node.create(
            makePod(
                annotations: [
                    "drydock.dev/crash-every.app": "2s", "drydock.dev/create-duration.proxy": "3s",
                    "drydock.dev/exit-after.proxy": "8s",
                ]
            ) {
                var proxy = makeContainer("proxy")
                proxy.restartPolicy = "Always"
                $0.spec.initContainers = [proxy]
            })
        func initialized() -> PodCondition? { node.pod()?.status.conditions.first { $0.type == "Initialized" } }
        node.run(.seconds(5))
        #expect(initialized()?.status == "True")
        node.run(.seconds(7))
        let status = node.pod()?.status
        #expect(status?.phase == "Running")
        #expect(status?.containerStatuses.first?.state?.waiting?.reason == "CrashLoopBackOff")
        #expect(status?.initContainerStatuses.first?.state?.terminated != nil, "it is being started again")
        #expect(initialized()?.status == "False")
        #expect(initialized()?.message == "containers with incomplete status: [proxy]")
        node.run(.seconds(3))
        #expect(initialized()?.status == "True")
    }

    @Test func aNewImageRestartsTheContainer() throws {
        var machine = try Machine(makePod())
        machine.run()
        var pod = machine.lifecycle.pod
        pod.spec.containers[0].image = "nginx:1.28"
        pod.metadata.generation = 2
        #expect(
            machine.send(.changed(pod)) == "Killing: Container app definition changed, will be restarted; write status")
        #expect(machine.wait() == "pull 0", "its end is not told of")
        _ = machine.send(machine.pulled)
        _ = machine.wait()
        #expect(machine.status.containerStatuses.first?.restartCount == 1)
        #expect(machine.status.observedGeneration == 2)
    }

    @Test func readinessGatesAreWaitedFor() throws {
        var pod = makePod()
        var gate = PodReadinessGate()
        gate.conditionType = "example.com/in-service"
        pod.spec.readinessGates = [gate]
        var machine = try Machine(pod)
        machine.run()
        func ready() -> PodCondition? { machine.status.conditions.first { $0.type == "Ready" } }
        #expect(ready()?.reason == "ReadinessGatesNotReady")
        #expect(
            ready()?.message
                == "corresponding condition of pod readiness gate \"example.com/in-service\" does not exist.")
        var changed = machine.lifecycle.pod
        var condition = PodCondition()
        condition.type = "example.com/in-service"
        condition.status = "True"
        changed.status.conditions.append(condition)
        #expect(machine.send(.changed(changed)) == "write status")
        #expect(ready()?.status == "True")
        #expect(machine.status.conditions.first?.type == "example.com/in-service", "what others write is kept")
    }

    @Test func anEphemeralContainerComesLater() throws {
        var machine = try Machine(makePod())
        machine.run()
        var pod = machine.lifecycle.pod
        var debugger = EphemeralContainer()
        debugger.name = "debugger"
        debugger.image = "busybox:1.37"
        pod.spec.ephemeralContainers = [debugger]
        pod.metadata.generation = 2
        #expect(machine.send(.changed(pod)) == "pull 1; write status")
        _ = machine.send(.image(container: 1, .present(machine.image)))
        #expect(machine.wait() == "Created: Container created; Started: Container started; write status")
        #expect(machine.status.ephemeralContainerStatuses.first?.state?.running != nil)
        #expect(machine.status.ephemeralContainerStatuses.first?.started == nil)
        #expect(machine.status.conditions.first { $0.type == "Ready" }?.status == "True")
        #expect(machine.status.phase == "Running")
    }

    @Test func anEphemeralContainerWaitsForItsEnvironment() throws {
        var machine = try Machine(makePod())
        machine.run()
        var pod = machine.lifecycle.pod
        var debugger = EphemeralContainer()
        debugger.name = "debugger"
        debugger.image = "busybox:1.37"
        var source = EnvFromSource()
        source.configMapRef = ConfigMapEnvSource()
        source.configMapRef?.name = "settings"
        debugger.envFrom = [source]
        pod.spec.ephemeralContainers = [debugger]
        pod.metadata.generation = 2
        #expect(machine.send(.changed(pod)) == "pull 1; write status")
        #expect(machine.send(.image(container: 1, .present(machine.image))).hasSuffix("resolve environment 1"))
        _ = machine.send(.environment(container: 1, error: "configmap \"settings\" not found"))
        let waiting = machine.status.ephemeralContainerStatuses.first?.state?.waiting
        #expect(waiting?.reason == "CreateContainerConfigError")
        #expect(waiting?.message == "configmap \"settings\" not found")
    }

    @Test func containersHaveTheirOwnRestartRules() throws {
        var pod = makePod(annotations: ["drydock.dev/exit-after": "1s", "drydock.dev/exit-code": "42"])
        pod.spec.restartPolicy = "Never"
        var rule = ContainerRestartRule()
        rule.action = "Restart"
        var codes = ContainerRestartRuleOnExitCodes()
        codes.operator = "In"
        codes.values = [42]
        rule.exitCodes = codes
        pod.spec.containers[0].restartPolicy = "Never"
        pod.spec.containers[0].restartPolicyRules = [rule]
        var machine = try Machine(pod)
        machine.run()
        #expect(machine.wait() == "pull 0; write status")
        #expect(machine.status.phase == "Running")
        pod.spec.containers[0].restartPolicyRules[0].exitCodes?.values = [1]
        var other = try Machine(pod)
        other.run()
        #expect(other.wait() == "write status; release")
        #expect(other.status.phase == "Failed")
    }

    @Test func theWholeStatus() throws {
        var pod = makePod()
        var mount = VolumeMount()
        mount.name = "kube-api-access"
        mount.mountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
        mount.readOnly = true
        pod.spec.containers[0].volumeMounts = [mount]
        var resources = ResourceRequirements()
        resources.requests = ["cpu": "100m"]
        pod.spec.containers[0].resources = resources
        var machine = try Machine(pod)
        machine.run()
        var writer = JSONWriter()
        machine.status.encode(into: &writer)
        let id = machine.status.containerStatuses.first?.containerID ?? ""
        #expect(id.hasPrefix("containerd://") && id.utf8.count == 77)
        let time = "2026-01-01T00:00:00Z"
        func condition(_ type: String) -> String {
            #"{"type":"\#(type)","observedGeneration":1,"status":"True","lastProbeTime":null,"#
                + #""lastTransitionTime":"\#(time)"}"#
        }
        let expected = """
            {"observedGeneration":1,"phase":"Running","conditions":[\
            \(condition("PodReadyToStartContainers")),\(condition("Initialized")),\(condition("Ready")),\
            \(condition("ContainersReady")),\(condition("PodScheduled"))],\
            "hostIP":"192.168.0.11","hostIPs":[{"ip":"192.168.0.11"}],"podIP":"10.244.1.2","podIPs":[{"ip":"10.244.1.2"}],\
            "startTime":"\(time)","containerStatuses":[\
            {"name":"app","state":{"running":{"startedAt":"\(time)"}},"lastState":{},"ready":true,"restartCount":0,\
            "image":"docker.io/library/nginx:1.27","imageID":"\(machine.image.digestName)","containerID":"\(id)",\
            "started":true,"allocatedResources":{"cpu":"100m"},"resources":{"requests":{"cpu":"100m"}},\
            "volumeMounts":[{"name":"kube-api-access","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount",\
            "readOnly":true,"recursiveReadOnly":"Disabled"}],\
            "user":{"linux":{"uid":0,"gid":0,"supplementalGroups":[0]}}}],"qosClass":"Burstable"}
            """
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }
}
