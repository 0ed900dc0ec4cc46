import KubeAPI
import KubeAPIServer
import Testing

/// What may become of a Job's status. Follows kubernetes pkg/registry/batch/job/strategy_test.go
/// `TestStatusStrategy_ValidateUpdate`.
@Suite("The status of Jobs") struct JobStatusTests {
    /// The errors of a status that follows another, both in JSON, of a Job with more fields in its spec.
    private func errors(_ old: String, _ new: String, spec: String = "") -> [String] {
        func job(_ status: String) -> KubeObject {
            Fixtures.created(
                Fixtures.read(
                    Job.self,
                    """
                    {"metadata":{"name":"j","namespace":"default","uid":"u","resourceVersion":"1"},"spec":{"template":\
                    {"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}\(spec)}}
                    """)
            ).withStatus(status).boxed
        }
        let strategy = Strategies.strategy(for: .job)
        return strategy.validateStatusUpdate(job(new), old: job(old)).map(\.description)
    }

    private static func conditions(_ types: String...) -> String {
        let list = types.map { #"{"type":"\#($0)","status":"True"}"# }.joined(separator: ",")
        return #""conditions":[\#(list)]"#
    }

    private static let start = #""startTime":"2026-01-01T00:00:00Z""#
    private static let end = #""completionTime":"2026-01-01T00:01:00Z""#
    private static let complete = [conditions("SuccessCriteriaMet", "Complete"), start, end].joined(separator: ",")
    private static let failed = [conditions("FailureTarget", "Failed"), start].joined(separator: ",")

    @Test(arguments: [
        ("", #""active":1,"ready":1"#), ("", start), (start + #","active":1"#, complete), (start, failed),
        // What was wrong before may stay so.
        (conditions("Complete"), conditions("Complete") + #","failed":1"#),
        (failed + #","active":1"#, failed + #","active":1,"failed":2"#),
    ])
    func isTaken(old: String, new: String) {
        #expect(errors("{\(old)}", "{\(new)}") == [])
    }

    @Test(
        arguments: [
            (
                "", #""active":-1,"succeeded":-1,"failed":-1,"terminating":-1"#,
                [
                    "status.active: Invalid value: -1: must be greater than or equal to 0",
                    "status.succeeded: Invalid value: -1: must be greater than or equal to 0",
                    "status.failed: Invalid value: -1: must be greater than or equal to 0",
                    "status.terminating: Invalid value: -1: must be greater than or equal to 0",
                    "status.failed: Invalid value: -1: cannot decrease the failed counter",
                    "status.succeeded: Invalid value: -1: cannot decrease the succeeded counter",
                ]
            ),
            (
                "", #""uncountedTerminatedPods":{"succeeded":["a","","a"],"failed":["a"]}"#,
                [
                    #"status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty"#,
                    #"status.uncountedTerminatedPods.succeeded[2]: Duplicate value: "a""#,
                    #"status.uncountedTerminatedPods.failed[0]: Duplicate value: "a""#,
                ]
            ),
            (
                "", conditions("Complete"),
                [
                    "status.completionTime: Required value: completionTime is required for Complete jobs",
                    "status.conditions: Invalid value: cannot set Complete=True condition without the "
                        + "SuccessCriteriaMet=true condition",
                    "status.startTime: Required value: startTime is required for finished job",
                ]
            ),
            (
                start, [start, end].joined(separator: ","),
                [
                    #"status.completionTime: Invalid value: "2026-01-01T00:01:00Z": cannot set completionTime when "#
                        + "there is no Complete=True condition"
                ]
            ),
            (
                start, conditions("Failed") + "," + start,
                [
                    "status.conditions: Invalid value: cannot set Failed=True condition without the "
                        + "FailureTarget=true condition"
                ]
            ),
            (
                complete, start + "," + conditions("SuccessCriteriaMet"),
                ["status.conditions: Invalid value: cannot disable the terminal Complete=True condition"]
            ),
            (
                start, failed + #","active":1,"terminating":1,"uncountedTerminatedPods":{"failed":["a"]}"#,
                [
                    "status.active: Invalid value: 1: active>0 is invalid for finished job",
                    #"status.uncountedTerminatedPods: Invalid value: {"Succeeded":null,"Failed":["a"]}: "#
                        + "uncountedTerminatedPods needs to be empty for finished job",
                    "status.terminating: Invalid value: 1: terminating>0 is invalid for finished job",
                ]
            ),
            (
                complete, complete.replacing("00:01", with: "00:02"),
                [
                    #"status.completionTime: Invalid value: "2026-01-01T00:02:00Z": completionTime cannot be mutated"#
                ]
            ),
            (start, "", ["status.startTime: Required value: startTime cannot be removed for unsuspended job"]),
            (
                "", #""active":1,"ready":2"#,
                ["status.ready: Invalid value: 2: cannot set more ready pods than active"]
            ),
            (
                "", #""completedIndexes":"0""#,
                [
                    #"status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when "#
                        + "non-indexed completion mode"
                ]
            ),
            (
                #""failed":3,"succeeded":3"#, #""failed":2,"succeeded":2"#,
                [
                    "status.failed: Invalid value: 2: cannot decrease the failed counter",
                    "status.succeeded: Invalid value: 2: cannot decrease the succeeded counter",
                ]
            ),
        ] as [(String, String, [String])])
    func isRefused(_ row: (old: String, new: String, errors: [String])) {
        #expect(errors("{\(row.old)}", "{\(row.new)}") == row.errors)
    }

    @Test(
        arguments: [
            (#""completedIndexes":"0,2-3","failedIndexes":"1""#, [String]()),
            (
                #""completedIndexes":"0,7""#,
                [
                    #"status.completedIndexes: Invalid value: "0,7": error parsing completedIndexes: "#
                        + #"too large index: "7""#
                ]
            ),
            (
                #""completedIndexes":"0-2","failedIndexes":"2-3""#,
                [
                    #"status.failedIndexes: Invalid value: "2-3": failedIndexes and completedIndexes overlap at "#
                        + "index: 2"
                ]
            ),
        ] as [(String, [String])])
    func indexes(_ row: (new: String, errors: [String])) {
        let spec = #","completionMode":"Indexed","completions":5,"backoffLimitPerIndex":1"#
        #expect(errors("{}", "{\(row.new)}", spec: spec) == row.errors)
    }

    /// An indexed Job whose pods all run at once may be made smaller, and a suspended one begins anew.
    @Test func whatMayGoBack() {
        let indexed = #","completionMode":"Indexed","completions":5,"parallelism":5"#
        #expect(errors(#"{"succeeded":3}"#, #"{"succeeded":2}"#, spec: indexed) == [])
        #expect(errors("{\(Self.start)}", "{}", spec: #","suspend":true"#) == [])
    }
}

extension Job {
    fileprivate func withStatus(_ json: String) -> Job {
        var job = self
        job.status = Fixtures.read(Job.self, #"{"status":\#(json)}"#).status
        return job
    }
}
