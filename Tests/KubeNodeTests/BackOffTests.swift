import ClusterCore
import KubeAPI
import KubeNode
import Testing

/// When the kubelet looks at containers that have to wait, and what it says each time.
/// Compared with kubernetes `pkg/kubelet/pod_workers_test.go` (`TestCompleteWork_Enqueue`), `pkg/kubelet/kuberuntime/
/// kuberuntime_manager_test.go` (`TestDoBackOff`) and `pkg/kubelet/images/image_manager_test.go`.
@Suite struct BackOffTests {
    private static let backOff = "BackOff: Back-off restarting failed container app in pod web_default(5f1c)"

    /// A pod whose one container has crashed twice, and is found in its first back-off.
    private func crashed(every time: String) throws -> Machine {
        var machine = try Machine(makePod(annotations: ["drydock.dev/crash-every": time]))
        machine.run()
        #expect(machine.wait() == "pull 0; write status", "the first crash is followed by a start at once")
        return machine
    }

    /// A look that finds the back-off not over says so again; with the last one the back-off is over, by up to a half
    /// of what was left of it. What ran for less than ten minutes goes on in its series, however long it had to wait.
    @Test(arguments: ["1s", "310s"]) func aCrashLoopWaitsLongerEachTime(time: String) throws {
        var machine = try crashed(every: time)
        for delay in [10, 20, 40, 80, 160, 300, 300, 300] {
            _ = machine.send(machine.pulled)
            _ = machine.wait()
            #expect(machine.wait() == "write status")
            let end = machine.now
            #expect(machine.wait() == Self.backOff + "; write status")
            #expect(machine.now - end == .seconds(1))
            let waiting = machine.status.containerStatuses.first?.state?.waiting
            #expect(waiting?.reason == "CrashLoopBackOff")
            #expect(waiting?.message?.hasPrefix("back-off \(Interval.seconds(delay)) restarting") == true)
            var look = machine.now
            var step = machine.wait()
            while step == Self.backOff {
                #expect(.seconds(60)...Interval.seconds(90) ~= machine.now - look)
                look = machine.now
                step = machine.wait()
            }
            #expect(step == "pull 0")
            #expect(.seconds(delay)...Interval.seconds(delay + min(delay / 2, 30)) ~= machine.now - end)
        }
    }

    @Test func afterTenGoodMinutesTheContainerIsStartedAtOnce() throws {
        var machine = try crashed(every: "601s")
        for _ in 0..<3 {
            _ = machine.send(machine.pulled)
            _ = machine.wait()
            #expect(machine.wait() == "pull 0; write status")
        }
    }

    /// A container that cannot be started for want of its image was to be started: its back-off is longer the next
    /// time.
    @Test func aPullThatFailsAfterACrashLengthensTheBackOff() throws {
        var machine = try crashed(every: "1s")
        _ = machine.send(.image(container: 0, .failed("no route to host")))
        #expect(machine.status.containerStatuses.first?.state?.waiting?.reason == "ErrImagePull")
        #expect(machine.wait() == Self.backOff + "; write status")
        #expect(machine.status.containerStatuses.first?.state?.waiting?.reason == "CrashLoopBackOff")
    }

    @Test func aChangeOfThePodIsALook() throws {
        var machine = try crashed(every: "1s")
        _ = machine.send(machine.pulled)
        for _ in 0..<3 { _ = machine.wait() }
        let due = machine.lifecycle.nextDeadline
        var pod = machine.lifecycle.pod
        pod.metadata.labels["tier"] = "front"
        #expect(machine.send(.changed(pod)) == Self.backOff)
        #expect(machine.lifecycle.nextDeadline != due, "the next look is put off")
        pod.status.conditions.append(PodCondition())
        #expect(machine.send(.changed(pod)) == "write status", "what others write into the status is no reason to look")
    }

    /// `other` ends, and a second later the kubelet hears of it and looks at the pod.
    @Test func theEndOfAnotherContainerIsALook() throws {
        let node = TestNode()
        node.boot()
        let script: StringMap<String> = ["drydock.dev/crash-every.app": "1s", "drydock.dev/exit-after.other": "4s"]
        try node.create(
            makePod(annotations: script) {
                $0.spec.restartPolicy = "OnFailure"
                $0.spec.containers.append(makeContainer("other"))
            })
        let start = node.loop.now
        node.run(.seconds(9))
        let end = try #require(node.pod()?.status.containerStatuses.last?.state?.terminated?.finishedAt)
        let lines = node.timeline(since: start).filter { $0.contains("BackOff: ") }
        #expect(lines.count == 2)
        #expect(lines.last?.hasSuffix("(x2)") == true)
        let told = Interval(goDuration: String(lines.last?.prefix { $0 != " " } ?? "") + "s") ?? .zero
        #expect(.seconds(1)..<Interval.seconds(2) ~= start + told - end.instant, "times in a status are whole seconds")
    }

    /// A container that fails its probe is stopped and started in one sync, which knows only of the end before: it has
    /// to wait once its back-off, of 10 s at the second failure and 20 s at the third, is longer than it ran, and is
    /// not told of as ended until then. Its exit code does not matter.
    @Test func anUnhealthyContainerWaitsOnceItsBackOffIsLongerThanItRuns() throws {
        let node = TestNode()
        node.boot()
        try node.create(
            makePod(annotations: ["drydock.dev/fail-liveness": "14s-"]) {
                var probe = Probe()
                probe.tcpSocket = TCPSocketAction()
                probe.tcpSocket?.port = .int(80)
                probe.periodSeconds = 5
                probe.failureThreshold = 1
                $0.spec.containers[0].livenessProbe = probe
                $0.spec.restartPolicy = "OnFailure"
            })
        node.run(.seconds(2))
        var counts: [Int] = []
        while node.pod()?.status.containerStatuses.first?.state?.running != nil, counts.count < 100 {
            node.run(.seconds(1))
            counts.append(node.pod()?.status.containerStatuses.first?.restartCount ?? 0)
        }
        #expect(Set(counts) == [0, 1, 2, 3])
        let status = try #require(node.pod()?.status.containerStatuses.first)
        #expect(status.state?.waiting?.reason == "CrashLoopBackOff")
        #expect(status.state?.waiting?.message?.hasPrefix("back-off 20s restarting") == true)
        #expect(status.lastState?.terminated?.exitCode == 0)
    }

    /// The first look comes soon, since the sandbox has just been made; the others after 10 to 15 s each. The back-offs
    /// are of 10, 20 and 40 s.
    @Test func anImageThatCannotBePulledIsToldAtEachLook() throws {
        let node = TestNode()
        node.boot()
        try node.create(makePod(image: "nginx:nope"))
        let start = node.loop.now
        node.run(.seconds(5))
        let waiting = node.pod()?.status.containerStatuses.first?.state?.waiting
        #expect(waiting?.message?.hasPrefix("Back-off pulling image \"nginx:nope\": ErrImagePull: rpc error: ") == true)
        node.run(.seconds(75))
        var looks: [(reason: String, time: Interval)] = []
        for line in node.timeline(since: start) {
            let words = line.split(separator: " ")
            guard words[1] == "Pulling:" || words[1] == "BackOff:" else { continue }
            looks.append((String(words[1]), Interval(goDuration: words[0] + "s") ?? .zero))
        }
        looks.removeLast(max(0, looks.count - 7))
        let expected = ["Pulling:", "BackOff:", "Pulling:", "BackOff:", "Pulling:", "BackOff:", "BackOff:"]
        #expect(looks.map(\.reason) == expected)
        for (look, next) in zip(looks.dropFirst(), looks.dropFirst(2)) where look.reason == "BackOff:" {
            #expect(.seconds(10)...Interval.seconds(15) ~= next.time - look.time)
        }
    }

    /// Containers of one pod share the back-off of their image.
    @Test func anImageThatCannotBePulledForOneContainerIsNotTriedForAnother() throws {
        let node = TestNode()
        node.boot()
        try node.create(
            makePod(image: "nginx:nope") { $0.spec.containers.append(makeContainer("other", image: "nginx:nope")) })
        node.run(.milliseconds(1200))
        let statuses = node.pod()?.status.containerStatuses ?? []
        #expect(statuses.map { $0.state?.waiting?.reason } == ["ErrImagePull", "ImagePullBackOff"])
    }
}
