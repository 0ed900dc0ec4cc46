import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing
import Yams

/// YAML that is written, and descriptions.
@Suite struct ManifestTextTests {
    @Test func yamlHasTheFormOfKubectl() {
        let value: JSONValue = [
            "kind": "Pod", "list": [1, "two", ["a": 1, "b": [true]]], "empty": [:], "none": [], "nothing": nil,
            "text": "first\nsecond\n", "quoted": "true", "number": "8080", "time": "2026-01-01T00:00:00Z",
            "image": "nginx:1.27",
            "star": "*", "colon": "a: b", "address": "10.96.0.1", "hash": "5d59d67564", "exponent": "1e5",
        ]
        let text = YAMLEmitter.text(value)
        #expect(
            text == """
                address: 10.96.0.1
                colon: 'a: b'
                empty: {}
                exponent: "1e5"
                hash: 5d59d67564
                image: nginx:1.27
                kind: Pod
                list:
                - 1
                - two
                - a: 1
                  b:
                  - true
                none: []
                nothing: null
                number: "8080"
                quoted: "true"
                star: '*'
                text: |
                  first
                  second
                time: "2026-01-01T00:00:00Z"

                """)
    }

    private static func random(_ random: inout SeededRandom, depth: Int) -> JSONValue {
        let words = [
            "", " ", "a", "true", "No", "null", "~", "1", "-1", "0x1F", "1_000", "1:30", "1.5", ".5", "1e3", "- a",
            "a: b", "a #b",
            "#c", "it's", "\"q\"", "{x}", "[y]", "&z", "*s", "!t", "%p", "@at", "`b`", "line\nline", "line\n", "\nline",
            " lead\nx",
            "trail \nx", "tab\there", "end:", "é", "🚢", "\u{1}", "-", "?", "? a", ":", ",", "2026-01-01",
            "2026-01-01T00:00:00Z",
            "0b1", "0o7", "+1", ".", "..", "...", "---", "=", "<<", "|", ">", "a\n\n\nb\n\n", "\n", "x\r\ny",
            "back\\slash", ".inf",
        ]
        switch random.below(depth > 3 ? 5 : 8) {
        case 0: return .null
        case 1: return .bool(random.below(2) == 0)
        case 2: return .int(Int(random.below(2000)) - 1000)
        case 3, 4: return .string(words[random.below(words.count)])
        case 5, 6:
            let count = random.below(4)
            return .object(
                StringMap(
                    (0..<count).map { _ in
                        (words[random.below(words.count)], Self.random(&random, depth: depth + 1))
                    }))
        default: return .array((0..<random.below(4)).map { _ in Self.random(&random, depth: depth + 1) })
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func yamlReadsBackAsItself(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for round in 0..<150 {
            let value: JSONValue = ["value": Self.random(&random, depth: 0)]
            let text = YAMLEmitter.text(value)
            let node = try #require(try compose(yaml: text), "seed \(seed), round \(round):\n\(text)")
            #expect(YAMLReading.value(node) == value, "seed \(seed), round \(round):\n\(text)")
        }
    }

    /// Characters that end lines besides the newline, and quotes that are one character with what follows them.
    @Test(arguments: [
        ("\u{2028}x", #""\u2028x""#), ("x\u{2029}y\n", #""x\u2029y\n""#), ("a\u{85}b", #""a\u0085b""#),
        ("'\u{301}", "'''\u{301}'"), ("it'\u{301}s: x", "'it''\u{301}s: x'"),
    ])
    func whatEndsALineOrTextIsNotLeftAsItIs(text: String, written: String) throws {
        let manifest = YAMLEmitter.text(["a": .string(text)])
        #expect(manifest == "a: \(written)\n")
        let node = try #require(try compose(yaml: manifest))
        #expect(YAMLReading.value(node) == ["a": .string(text)])
    }

    @Test func aPodIsDescribedAsKubectlDoes() throws {
        let desk = Desk()
        let object = try #require(
            desk.cluster.snapshot.objects.object(ObjectKey(.pod, namespace: "default", name: "web-7d4b9c6f5-8")))
        let lines = ObjectDescriber.lines(object, desk.cluster.snapshot)
        #expect(
            lines.joined(separator: "\n") == """
                Name:         web-7d4b9c6f5-8
                Namespace:    default
                Node:         node-3/
                Labels:       app=web
                Annotations:  <none>
                Status:       Pending
                IP:
                IPs:          <none>
                Containers:
                  nginx:
                    Container ID:
                    Image:          nginx:1.27
                    Image ID:
                    Port:           <none>
                    Host Port:      <none>
                    State:          Waiting
                    Ready:          False
                    Restart Count:  0
                    Requests:
                      cpu:        250m
                      memory:     128Mi
                    Environment:  <none>
                    Mounts:       <none>
                Volumes:          <none>
                QoS Class:
                Node-Selectors:   <none>
                Tolerations:      <none>
                Events:
                  Type     Reason     Age   From     Message
                  ----     ------     ----  ----     -------
                  Normal   Scheduled  0s    kubelet  Successfully assigned default/web to node-3
                  Warning  BackOff    0s    kubelet  Back-off restarting failed container
                """)
    }

    @Test func aNodeCountsWhatItsPodsAskFor() throws {
        let desk = Desk()
        let object = try #require(desk.cluster.snapshot.objects.object(ObjectKey(.node, name: "node-1")))
        let text = ObjectDescriber.lines(object, desk.cluster.snapshot).joined(separator: "\n")
        #expect(text.contains("Unschedulable:") && text.contains("Allocated resources:"))
        #expect(text.contains("250m (6%)"))
    }
}
