import Foundation
import TestSupport
import Testing

/// The executable without a terminal: what it prints, and how it ends.
@Suite("The command line")
struct CommandLineTests {
    private static func report(_ arguments: [String]) throws -> [String: Any] {
        let result = try Tools.run(Tools.drydock, ["simulate", "--report", "json"] + arguments)
        try #require(result.status == 0, "\(result.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test func theConsoleNeedsATerminal() throws {
        let result = try Tools.drydock()
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("drydock: standard output is not a terminal.\n"))
        #expect(result.errors.contains("drydock simulate"))
        #expect(result.errors.contains("drydock frame"))
        #expect(result.output.isEmpty)
    }

    // MARK: Manifests

    /// Each is one line, says where and what, and nothing runs.
    @Test(arguments: [
        ("kind: Pod\n", ["document 1", "apiVersion"]),
        ("apiVersion: v1\nkind: Pood\nmetadata: {name: a}\n", ["document 1", "kind", "Pood"]),
        (
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
                + "spec: {containers: [{name: a, image: a, ports: [{containerPort: eighty}]}]}\n",
            ["document 2", "spec.containers[0].ports[0].containerPort"]
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replica: 3}\n",
            ["document 1", "spec.replica", "no such field"]
        ),
        ("apiVersion: v1\nkind: Pod\n  metadata: x\n", ["bad.yaml, document 1, kind: line 3, column 11: "]),
        ("kind: Pod\n---\nspec:\n\tx: y\n", ["bad.yaml, document 2, spec: line 4, column 1: "]),
        ("- just\n- a list\n", ["document 1", "expected an object"]),
        ("", ["bad.yaml: expected at least one object"]),
        ("---\n# nothing\n---\n", ["bad.yaml: expected at least one object"]),
        ("apiVersion: v1\nkind: List\nitems: []\n", ["bad.yaml: expected at least one object"]),
    ])
    func saysWhatIsWrongWithAManifest(text: String, parts: [String]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, as: "bad.yaml")
        let result = try Tools.drydock("simulate", "-f", path, "--for", "1s")
        #expect(result.status != 0)
        #expect(result.output.isEmpty)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(result.errors)")
        for part in parts + [path] { #expect(result.errors.contains(part), "\(part) in: \(result.errors)") }
    }

    /// What is well formed and not valid is refused by the API server, in its own words.
    @Test func saysWhatTheServerRefuses() throws {
        let text = """
            apiVersion: v1
            kind: Service
            metadata: {name: Web}
            spec: {ports: [{port: 70000}]}
            """
        let result = try Tools.drydock("simulate", "-f", "-", "--for", "1s", input: text)
        #expect(result.status != 0)
        #expect(result.errors.contains("Web"))
        #expect(result.errors.contains("spec.ports[0].port"))
        #expect(result.output.isEmpty)
    }

    @Test func saysThatAFileIsMissing() throws {
        let result = try Tools.drydock("simulate", "-f", "/nowhere/app.yaml")
        #expect(result.status != 0)
        #expect(result.errors.contains("/nowhere/app.yaml: no such file or folder"))
    }

    /// As kubectl reads it: what is merged in, and text with a colon that is no number to base 60.
    @Test func readsMergesAndTextWithColons() throws {
        let text = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: default}
            spec:
              selector: {matchLabels: &labels {app: web}}
              template:
                metadata: {labels: {<<: *labels, tier: front}}
                spec: {containers: [{name: web, image: nginx, args: [22:80], ports: [{containerPort: 0x50}]}]}
            """
        let result = try Tools.drydock("simulate", "-f", "-", "--for", "1s", input: text)
        #expect(result.status == 0, "\(result.errors)")
        let wrong = try Tools.drydock(
            "simulate", "-f", "-", "--for", "1s", input: text.replacing("*labels", with: "labels"))
        #expect(wrong.status != 0)
        let problem =
            "standard input, document 1, spec.template.metadata.labels.<<: line 7: "
            + "map merge requires map or sequence of maps as the value"
        #expect(wrong.errors.contains(problem))
    }

    @Test func readsAFolderAndJSON() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("apiVersion: v1\nkind: Namespace\nmetadata: {name: one}\n", as: "1.yaml")
        _ = try folder.write(
            """
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "default"},
               "spec": {"containers": [{"name": "a", "image": "nginx:1.29"}]}}]}
            """, as: "2.json")
        let pods = try #require(try Self.report(["-f", folder.path, "--for", "2m"])["pods"] as? [String: Int])
        let without = try #require(try Self.report(["--for", "2m"])["pods"] as? [String: Int])
        #expect(pods["Running"] == (without["Running"] ?? 0) + 1)
    }

    // MARK: Reports

    @Test func reportsAnOutage() throws {
        let report = try Self.report([
            "-f", "Examples/web.yaml", "--nodes", "6", "--for", "15m", "--at", "2m:poweroff:node-4",
        ])
        let keys = ["digest", "seed", "virtualSeconds", "wallSeconds", "nodes", "pods", "faults"]
        #expect(keys.allSatisfy { report[$0] != nil })
        #expect(report["seed"] as? Int == 1)
        #expect(report["virtualSeconds"] as? Double == 900)
        #expect((report["nodes"] as? [String: Int]) == ["NotReady": 1, "Ready": 5])
        let fault = try #require((report["faults"] as? [[String: Any]])?.first)
        #expect(fault["node"] as? String == "node-4")
        // A lease is renewed every 10 s, and misses are looked for every 5 s after 50 s of grace.
        let detected = try #require(fault["detectedAfter"] as? Double)
        #expect((40...60).contains(detected))
        // Pods tolerate the taint for 300 s.
        let evicted = try #require(fault["evictedAfter"] as? Double)
        #expect((300 + detected...330 + detected).contains(evicted))
        let recovered = try #require(fault["recoveredAfter"] as? Double)
        #expect((evicted...evicted + 60).contains(recovered))
    }

    @Test func theSameSeedHasTheSameHistory() throws {
        let folder = try TemporaryFolder()
        func run(_ seed: Int, _ name: String) throws -> String {
            let report = try Self.report([
                "-f", "Examples/two-tier.yaml", "--for", "3m", "--at", "1m:poweroff:node-2", "--seed", "\(seed)",
                "--history", folder.path + "/" + name,
            ])
            return try #require(report["digest"] as? String)
        }
        let first = try run(7, "a")
        #expect(try run(7, "b") == first)
        #expect(try run(8, "c") != first)
        let histories = try ["a", "b"].map { try String(contentsOfFile: folder.path + "/" + $0, encoding: .utf8) }
        #expect(histories[0] == histories[1])
        let line = try #require(histories[0].split(separator: "\n").last)
        let revision = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(Set(revision.keys) == ["time", "revision", "author", "cause", "verb", "key"])
    }

    /// In one line that says what would be right.
    @Test(arguments: [
        (
            "2m:explode:node-1",
            "there is no action explode; the actions are poweroff, poweron, cordon, uncordon, drain."
        ),
        ("2m:poweroff:node-9", "there is no node node-9; the nodes are node-1 … node-5."),
        ("2m:poweroff:node-01", "there is no node node-01; the nodes are node-1 … node-5."),
        ("soon:poweroff:node-1", "soon is no time; write it as 90s, 2m or 1h30m."),
        ("20m:poweroff:node-1", "is after the end of the run (--for 10m0s)."),
        ("poweroff:node-1", "expected TIME:ACTION:NODE, such as 2m:poweroff:node-1."),
    ])
    func refusesWhatCannotHappen(action: String, reason: String) throws {
        let result = try Tools.drydock("simulate", "--for", "10m", "--at", action)
        #expect(result.status != 0 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: --at \(action)"))
        #expect(result.errors.contains(reason))
    }

    /// What a controller has to make in between is waited for, in virtual time.
    @Test func appliesANamespaceAndWhatIsInIt() throws {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop}
            spec: {containers: [{name: web, image: "nginx:1.29"}]}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            """
        let result = try Tools.drydock("simulate", "-f", "-", "--for", "1m", "--events", input: text)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("shop\tNormal\tStarted\tpod/web"))
    }

    /// As kubectl takes them: objects of JSON one after the other, with braces in their texts.
    @Test(arguments: ["\n", "", " \n\n"])
    func takesAStreamOfJSON(separator: String) throws {
        let objects = ["a", "b", "c"].map { name in
            #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\#(name)"},"data":{"k":"}{ \"\\ {"}}"#
        }
        let history = try TemporaryFolder()
        let path = history.path + "/history"
        let result = try Tools.drydock(
            "simulate", "-f", "-", "--for", "1s", "--history", path, input: objects.joined(separator: separator))
        #expect(result.status == 0, "\(result.errors)")
        let lines = try String(contentsOfFile: path, encoding: .utf8)
        for name in ["a", "b", "c"] { #expect(lines.contains("\"configmaps/default/\(name)\"")) }
    }

    /// The speed holds a run back, and changes nothing of what comes of it.
    @Test func aSpeedIsKept() throws {
        func digest(_ arguments: String...) throws -> Substring? {
            let result = try Tools.run(Tools.drydock, ["simulate", "--for", "1s"] + arguments)
            #expect(result.status == 0, "\(result.errors)")
            return result.output.split(separator: "\n").last
        }
        #expect(try digest("--speed", "20") == digest())
    }

    /// Where the object stands that the API server refuses.
    @Test func saysWhereTheRefusedObjectStands() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n"
                + "apiVersion: v1\nkind: Pod\nmetadata: {name: B, namespace: a}\nspec: {containers: []}\n",
            as: "app.yaml")
        let result = try Tools.drydock("simulate", "-f", path, "--for", "1s")
        #expect(result.status != 0 && result.output.isEmpty)
        #expect(result.errors.contains("\(path), document 2: Pod \"B\" is invalid: "))
        #expect(result.errors.contains("spec.containers: Required value"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    /// Warnings and diagnostics go to standard error, as much of them as is asked for; the report stays what it is.
    @Test func saysWhatItDoesOnStandardError() throws {
        let text = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              serviceName: db
              selector: {matchLabels: {app: db}}
              template: {metadata: {labels: {app: db}}, spec: {containers: [{name: a, image: a}]}}
            """
        func errors(_ level: String...) throws -> (String, String) {
            let arguments = ["simulate", "-f", "-", "--for", "2m", "--at", "1m:cordon:node-1"] + level
            let result = try Tools.run(Tools.drydock, arguments, input: text)
            #expect(result.status == 0, "\(result.errors)")
            return (result.errors, String(try #require(result.output.split(separator: "\n").last)))
        }
        let usual = try errors()
        let quiet = try errors("--log-level", "error")
        let talkative = try errors("--log-level", "debug")
        #expect(quiet.0.isEmpty)
        #expect(usual.0.split(separator: "\n").allSatisfy { $0.hasPrefix("Warning: ") })
        #expect(talkative.0.contains("Info: 1m0s: cordon node-1\nDebug: 1m0s: node/node-1 cordoned\n"))
        #expect(usual.1 == quiet.1 && usual.1 == talkative.1, "the digest does not depend on it")
    }

    // MARK: Frames

    @Test func drawsAFrame() throws {
        let result = try Tools.drydock(
            "frame", "--size", "100x24", "--after", "10s", "--keys", ":nodes<enter><wait 100ms>")
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.filter { $0.contains("Ready ") && $0.contains("node-") }.count == 5)
        #expect(result.output.contains("2026-01-01 00:00:10Z"))
        #expect(try Tools.drydock("frame", "--size", "100x24", "--svg").output.contains("<svg"))
    }

    /// The manifests that come with Drydock are taken without a warning, and what they promise comes true.
    @Test(arguments: [
        ("web", ["Running": 15]), ("two-tier", ["Running": 18]), ("zone-spread", ["Running": 21]),
        ("unschedulable", ["Running": 12, "Pending": 2]),
    ])
    func examplesRun(name: String, pods: [String: Int]) throws {
        let report = try Self.report(["-f", "Examples/\(name).yaml", "--nodes", "6", "--for", "5m"])
        #expect(report["pods"] as? [String: Int] == pods)
    }

    @Test func theCrashingExampleCrashesAndRecovers() throws {
        let early = try Tools.drydock("simulate", "-f", "Examples/crash-loop.yaml", "--for", "150s", "--events")
        #expect(early.output.contains("CrashLoopBackOff"))
        #expect(early.output.contains("BackOff"))
        let late = try Self.report(["-f", "Examples/crash-loop.yaml", "--for", "30m"])
        #expect((late["pods"] as? [String: Int])?["CrashLoopBackOff"] == nil)
    }
}
