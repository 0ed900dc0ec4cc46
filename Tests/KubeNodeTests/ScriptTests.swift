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
