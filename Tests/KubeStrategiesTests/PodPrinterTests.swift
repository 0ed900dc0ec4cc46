import ClusterCore
import KubeAPI
import KubeAPIServer
import Testing

/// Rows of pods in every state, as `kubectl get pods -o wide` prints them.
@Suite struct PodPrinterTests {
    /// Ten minutes after the pods were made.
    private static let now = Instant.simulationStart + .minutes(10)

    static func row(_ json: String) -> [String] {
        Printers.cells(for: Boxed(Fixtures.read(Pod.self, json))).map { $0.text(now: now) }
    }

    /// The READY, STATUS and RESTARTS of a pod with two containers and a status.
    private static func row(status: String, metadata: String = "", spec: String = "") -> [String] {
        let row = row(
            """
            {"metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:00Z"\(metadata)},\
            "spec":{"containers":[{"name":"c"},{"name":"d"}]\(spec)},"status":\(status)}
            """)
        return Array(row[1...3])
    }

    @Test func columnsAreUpstreams() {
        #expect(
            Printers.columns(for: .pod).map(\.name) == [
                "Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates",
            ])
        #expect(Printers.columns(for: .pod).map(\.priority) == [0, 0, 0, 0, 0, 1, 1, 1, 1])
    }

    @Test func aRunningPod() {
        let row = Self.row(
            """
            {"metadata":{"name":"web-1","creationTimestamp":"2026-01-01T00:00:00Z"},\
            "spec":{"nodeName":"node-1","containers":[{"name":"c"}],"readinessGates":[{"conditionType":"x"}]},\
            "status":{"phase":"Running","podIPs":[{"ip":"10.244.1.2"}],"conditions":[{"type":"x","status":"True"}],\
            "containerStatuses":[{"name":"c","ready":true,"restartCount":0,"state":{"running":{}}}]}}
            """)
        #expect(row == ["web-1", "1/1", "Running", "0", "10m", "10.244.1.2", "node-1", "<none>", "1/1"])
    }

    @Test(arguments: [
        (#"{"phase":"Pending"}"#, ["0/2", "Pending", "0"]),
        (
            #"{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}"#,
            ["0/2", "SchedulingGated", "0"]
        ),
        (
            #"{"phase":"Pending","containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ContainerCreating"}}},{"name":"d","state":{"waiting":{"reason":"ContainerCreating"}}}]}"#,
            ["0/2", "ContainerCreating", "0"]
        ),
        (
            #"{"phase":"Pending","containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ErrImagePull"}}},{"name":"d","ready":true,"state":{"running":{}}}]}"#,
            ["1/2", "ErrImagePull", "0"]
        ),
        (
            #"{"phase":"Running","containerStatuses":[{"name":"c","ready":true,"state":{"running":{}}},{"name":"d","ready":false,"state":{"running":{}}}]}"#,
            ["1/2", "Running", "0"]
        ),
        (
            #"{"phase":"Running","containerStatuses":[{"name":"c","restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-01T00:08:00Z"}}},{"name":"d","ready":true,"state":{"running":{}}}]}"#,
            ["1/2", "CrashLoopBackOff", "4 (2m ago)"]
        ),
        (
            #"{"phase":"Running","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":0,"reason":"Completed"}}},{"name":"d","ready":true,"state":{"running":{}}}]}"#,
            ["1/2", "NotReady", "0"]
        ),
        (
            #"{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":0,"reason":"Completed"}}},{"name":"d","ready":true,"state":{"running":{}}}]}"#,
            ["1/2", "Running", "0"]
        ),
        (
            #"{"phase":"Running","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":3}}},{"name":"d","ready":true,"state":{"running":{}}}]}"#,
            ["1/2", "ExitCode:3", "0"]
        ),
        (
            #"{"phase":"Running","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":137,"signal":9}}}]}"#,
            ["0/2", "Signal:9", "0"]
        ),
        (
            #"{"phase":"Succeeded","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}"#,
            ["0/2", "Completed", "0"]
        ),
        (
            #"{"phase":"Failed","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}"#,
            ["0/2", "Error", "0"]
        ),
        (#"{"phase":"Failed","reason":"Evicted"}"#, ["0/2", "Evicted", "0"]),
        (
            #"{"phase":"Failed","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}"#,
            ["0/2", "OOMKilled", "0"]
        ),
    ])
    func statuses(status: String, expected: [String]) {
        #expect(Self.row(status: status) == expected)
    }

    @Test(arguments: [
        (#"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"running":{}}}]}"#, "Init:0/2"),
        (
            #"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"waiting":{"reason":"PodInitializing"}}}]}"#,
            "Init:1/2"
        ),
        (
            #"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}"#,
            "Init:CrashLoopBackOff"
        ),
        (
            #"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}"#,
            "Init:Error"
        ),
        (
            #"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":2}}}]}"#,
            "Init:ExitCode:2"
        ),
        (
            #"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"terminated":{"exitCode":0}}}],"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"PodInitializing"}}}]}"#,
            "PodInitializing"
        ),
    ])
    func initialization(status: String, expected: String) {
        let row = Self.row(status: status, spec: #","initContainers":[{"name":"i"},{"name":"j"}]"#)
        #expect(row == ["0/2", expected, "0"])
    }

    @Test func sidecarsCount() {
        let row = Self.row(
            status: """
                {"phase":"Running","initContainerStatuses":[{"name":"i","ready":true,"started":true,"restartCount":2,\
                "state":{"running":{}},"lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-01T00:09:30Z"}}}],\
                "containerStatuses":[{"name":"c","ready":true,"state":{"running":{}}},\
                {"name":"d","ready":true,"restartCount":1,"state":{"running":{}}}]}
                """, spec: #","initContainers":[{"name":"i","restartPolicy":"Always"}]"#)
        #expect(row == ["3/3", "Running", "3 (30s ago)"])
    }

    @Test func deletedPods() {
        let deleted = #","deletionTimestamp":"2026-01-01T00:05:00Z""#
        #expect(Self.row(status: #"{"phase":"Running"}"#, metadata: deleted)[1] == "Terminating")
        #expect(Self.row(status: #"{"phase":"Running","reason":"NodeLost"}"#, metadata: deleted)[1] == "Unknown")
        #expect(Self.row(status: #"{"phase":"Succeeded"}"#, metadata: deleted)[1] == "Succeeded")
    }

    @Test func cellsSortByValue() {
        #expect(Cell.int(9).compare(.int(10)) < 0)
        #expect(Cell.restarts(9, last: nil).compare(.restarts(10, last: nil)) < 0)
        #expect(Cell.ratio(2, 3).compare(.ratio(10, 12)) < 0)
        let young = Cell.age(Self.now)
        let old = Cell.age(.simulationStart)
        #expect(young.compare(old) < 0)
        #expect(Cell.text("a").compare(.text("b")) < 0)
    }
}
