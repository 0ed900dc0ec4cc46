import ClusterCore
import KubeAPI
import KubeNode
import Testing

@Suite struct ScriptTests {
    private func scripts(_ annotations: StringMap<String>) -> ([ContainerScript]?, [String]) {
        var mistakes: [ScriptAnnotations.Mistake] = []
        let found = ScriptAnnotations.scripts(annotations, containers: ["app", "log"], &mistakes)
        return (found, mistakes.map(\.message))
    }

    @Test func otherAnnotationsAreNoScript() {
        #expect(scripts(["team": "web", "kubernetes.io/exit-after": "3s"]).0 == nil)
    }

    @Test func oneContainersSettingWins() {
        let (found, mistakes) = scripts([
            "drydock.dev/exit-after": "30s", "drydock.dev/exit-after.log": "5s", "drydock.dev/exit-code.log": "2",
            "drydock.dev/cpu-usage": "250m", "drydock.dev/memory-usage.app": "128Mi",
        ])
        #expect(mistakes.isEmpty)
        #expect(found?.map(\.exitAfter) == [.seconds(30), .seconds(5)])
        #expect(found?.map(\.exitCode) == [0, 2])
        #expect(found?.map(\.cpuUsage) == [250, 250])
        #expect(found?.map(\.memoryUsage) == [128 << 20, nil])
    }

    @Test func crashesHaveACode() {
        #expect(scripts(["drydock.dev/crash-every": "10s"]).0?.first?.exitCode == 1)
        let both: StringMap<String> = ["drydock.dev/crash-every": "10s", "drydock.dev/exit-code": "42"]
        #expect(scripts(both).0?.first?.exitCode == 42)
    }

    @Test(
        arguments: [
            (["exit-after": "5s", "oom-after": "9s"], 5, 0, false),
            (["exit-after": "9s", "oom-after": "5s"], 5, 137, true),
            (["crash-every": "5s", "exit-after": "9s"], 5, 1, false),
            (["crash-every": "9s", "exit-after": "5s"], 5, 0, false),
            (["crash-every.app": "5s", "exit-code": "0"], 5, 0, false),
            (["exit-code.app": "3", "oom-after": "5s"], 5, 137, true),
            (["crash-every": "5s", "exit-after.app": "9s"], 9, 0, false),
            (["crash-every.app": "7s", "exit-after.app": "9s", "oom-after": "5s"], 7, 1, false),
        ] as [([String: String], Int, Int, Bool)])
    func theEarliestEndCounts(_ settings: [String: String], _ time: Int, _ code: Int, _ isOutOfMemory: Bool) {
        var annotations: StringMap<String> = [:]
        for (setting, value) in settings { annotations["drydock.dev/" + setting] = value }
        let (found, mistakes) = scripts(annotations)
        #expect(mistakes.isEmpty)
        #expect(found?.first?.exitAfter == .seconds(time))
        #expect(found?.first?.exitCode == code)
        #expect(found?.first?.isOutOfMemory == isOutOfMemory)
    }

    @Test func anExitCodeAloneIsForWhatEndsAnyway() {
        let found = scripts(["drydock.dev/exit-code": "3"]).0
        #expect(found?.first?.exitAfter == nil && found?.first?.exitCode == 3)
    }

    @Test(arguments: [
        ("exit-times", "2", "no container ends of itself, so there are no ends to count"),
        ("ready-after", "5s", "no container has a readinessProbe, so nothing makes the pod unready"),
        ("fail-liveness", "5s-", "no container has a livenessProbe, so nothing restarts it"),
    ])
    func whatHasNoEffectIsTold(_ setting: String, _ value: String, _ message: String) {
        var mistakes: [ScriptAnnotations.Mistake] = []
        _ = ScriptAnnotations.scripts(of: makePod(annotations: ["drydock.dev/" + setting: value]), &mistakes)
        #expect(mistakes.map(\.message) == [message])
    }

    private func events(_ node: TestNode, _ reason: String) -> [String] {
        node.client.list(Event.self, namespace: "default").filter { $0.reason == reason }.compactMap(\.message)
    }

    @Test func aPullTakesAsLongAsItIsSaidTo() throws {
        let node = TestNode()
        node.boot()
        try node.create(makePod(image: "redis:8", annotations: ["drydock.dev/pull-duration": "20s"]))
        node.run(.seconds(19))
        #expect(node.pod()?.status.containerStatuses.first?.state?.running == nil)
        node.run(.seconds(3))
        #expect(node.pod()?.status.containerStatuses.first?.state?.running != nil)
        #expect(
            events(node, "Pulled").first?.contains("Successfully pulled image \"redis:8\" in 20s (20s inclu") == true)
    }

    /// What is on the machine needs no pull.
    @Test func aPullFailsWhereItIsSaidTo() throws {
        let node = TestNode()
        node.boot()
        try node.create(
            makePod(image: "redis:8", annotations: ["drydock.dev/pull-failure": "true"]) {
                $0.spec.containers.append(makeContainer("other"))
            })
        node.run(.seconds(5))
        let statuses = node.pod()?.status.containerStatuses ?? []
        #expect(statuses.first?.state?.waiting?.reason == "ImagePullBackOff")
        #expect(statuses.first?.state?.waiting?.message?.hasSuffix("redis:8: not found") == true)
        #expect(statuses.last?.state?.running != nil)
    }

    @Test func aScriptIsReadOnce() throws {
        let node = TestNode()
        node.boot()
        try node.create(makePod(annotations: ["drydock.dev/stop-after": "3s", "team": "a"]))
        node.run(.seconds(3))
        func annotate(_ key: String, _ value: String) throws {
            try node.client.asUser { () throws(StatusError) in
                let key = (pod: ObjectKey(.pod, namespace: "default", name: "web"), annotation: key)
                _ = try node.client.mutate(Pod.self, key.pod) { $0.metadata.annotations[key.annotation] = value }
            }
            node.run(.seconds(1))
        }
        try annotate("team", "b")
        #expect(events(node, "InvalidScript").isEmpty)
        try annotate("drydock.dev/stop-after", "9s")
        let told = "annotations drydock.dev/* are read when a node takes the pod, and not again"
        #expect(events(node, "InvalidScript") == [told])
        try node.delete("web")
        node.run(.milliseconds(3100))
        #expect(node.pod() == nil)
    }

    @Test(arguments: [
        ("exit-after", "soon", "a duration such as 30s or 1m30s"),
        ("exit-after", "-3s", "a duration such as 30s or 1m30s"),
        ("exit-code", "256", "a number from 0 to 255"),
        ("exit-times", "-1", "a number of starts, 0 or more"),
        ("fail-readiness", "20s-10s", "stretches such as 30s-1m, or 30s- for ever after"),
        ("fail-liveness", "20s", "stretches such as 30s-1m, or 30s- for ever after"),
        ("ignore-sigterm", "yes", "true or false"),
        ("cpu-usage", "much", "a quantity such as 250m"),
        ("memory-usage", "-1Mi", "a quantity such as 128Mi"),
    ])
    func badValue(_ setting: String, _ value: String, _ expected: String) {
        let (_, mistakes) = scripts(["drydock.dev/" + setting: value])
        #expect(mistakes == ["annotation drydock.dev/\(setting): expected \(expected), found \"\(value)\""])
    }

    @Test func probesFollowTheirWindows() {
        let (found, _) = scripts(["drydock.dev/startup-time": "5s", "drydock.dev/fail-readiness": "20s-30s,1m-"])
        guard let script = found?.first else {
            Issue.record("no script")
            return
        }
        func answers(_ kind: ContainerScript.ProbeKind) -> [Bool] {
            [0, 4, 5, 19, 20, 29, 30, 59, 60, 999].map { script.succeeds(kind, at: .seconds($0)) }
        }
        #expect(answers(.readiness) == [false, false, true, true, false, false, true, true, false, false])
        #expect(answers(.liveness) == [false, false, true, true, true, true, true, true, true, true])
        #expect(script.nextTurn(.readiness, after: .zero) == .seconds(5))
        #expect(script.nextTurn(.readiness, after: .seconds(5)) == .seconds(20))
        #expect(script.nextTurn(.readiness, after: .seconds(30)) == .seconds(60))
        #expect(script.nextTurn(.readiness, after: .seconds(60)) == nil)
        #expect(script.nextTurn(.liveness, after: .seconds(5)) == nil)
    }
}
