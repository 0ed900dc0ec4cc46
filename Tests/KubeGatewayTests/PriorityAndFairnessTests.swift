import Foundation
import KubeAPI
import KubeGateway
import Testing

@Suite("Priority and fairness over HTTPS")
final class PriorityAndFairnessTests {
    /// Its own, so that nobody else's levels take seats.
    private let gateway: TestGateway

    init() throws { gateway = try TestGateway(nodes: 1) }
    deinit { gateway.stop() }

    private func uid(_ plural: String, _ name: String) throws -> String? {
        try gateway.request("GET", "/apis/flowcontrol.apiserver.k8s.io/v1/\(plural)/\(name)")
            .json["metadata"]?["uid"]?.stringValue
    }

    @Test func answersNameTheirSchemaAndLevel() throws {
        let schema = try #require(try uid("flowschemas", "global-default"))
        let level = try #require(try uid("prioritylevelconfigurations", "global-default"))
        for path in ["/api/v1/nodes", "/version", "/api/v1/nodes/none"] {
            let response = try gateway.request("GET", path)
            #expect(response.header("X-Kubernetes-PF-FlowSchema-UID") == schema, "\(path)")
            #expect(response.header("X-Kubernetes-PF-PriorityLevel-UID") == level, "\(path)")
        }
        let watch = try TestWatch(gateway, "/api/v1/nodes?watch=true")
        #expect(watch.head.header("X-Kubernetes-PF-FlowSchema-UID") == schema)
        // Who has no right is classified all the same; who is nobody is not.
        let stranger = try gateway.connect(anonymous: true)
        defer { stranger.close() }
        let forbidden = try stranger.request("GET", "/api/v1/nodes")
        #expect(forbidden.status == 403)
        #expect(forbidden.header("X-Kubernetes-PF-FlowSchema-UID") == schema)
        let unknown = try stranger.request("GET", "/api/v1/nodes", headers: [("Authorization", "Bearer no")])
        #expect(unknown.status == 401)
        #expect(unknown.header("X-Kubernetes-PF-FlowSchema-UID") == nil)
        let probe = try stranger.request("GET", "/livez")
        #expect(probe.header("X-Kubernetes-PF-FlowSchema-UID") == (try uid("flowschemas", "probes")))
    }

    @Test func schemasSayWhetherTheirLevelIsThere() throws {
        let schema = try gateway.request("GET", "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/probes").json
        let condition = schema["status"]?["conditions"]?.arrayValue?.first
        #expect(condition?["type"] == "Dangling")
        #expect(condition?["status"] == "False")
        #expect(condition?["reason"] == "Found")
    }

    @Test func metrics() throws {
        let text = try gateway.request("GET", "/metrics").text
        for line in [
            "# HELP apiserver_flowcontrol_nominal_limit_seats [BETA] Nominal number of execution seats configured for "
                + "each priority level",
            "apiserver_flowcontrol_nominal_limit_seats{priority_level=\"workload-low\"} 245",
            "apiserver_flowcontrol_lower_limit_seats{priority_level=\"system\"} 50",
            "# TYPE apiserver_flowcontrol_request_wait_duration_seconds histogram",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
        #expect(
            text.contains(
                "apiserver_flowcontrol_dispatched_requests_total{flow_schema=\"global-default\","
                    + "priority_level=\"global-default\"} "))
    }

    @Test func tables() throws {
        let folder = "/debug/api_priority_and_fairness/"
        let levels = try gateway.request("GET", folder + "dump_priority_levels").text.split(separator: "\n")
        let columns = levels[0].replacing(",", with: "").split(separator: " ")
        #expect(
            columns == [
                "PriorityLevelName", "ActiveQueues", "IsIdle", "IsQuiescing", "WaitingRequests", "ExecutingRequests",
                "DispatchedRequests", "RejectedRequests", "TimedoutRequests", "CancelledRequests",
            ])
        #expect(levels.count == 9)
        #expect(levels[1].hasPrefix("catch-all,         0,            true,   false,       0, "))
        let requests = try gateway.request("GET", folder + "dump_requests?includeRequestDetails=1").text
        #expect(
            requests.replacing(#/ +/#, with: " ").contains("kubernetes-admin, get, \(folder)dump_requests, , , , , \n"))
        let queues = try gateway.request("GET", folder + "dump_queues").text
        #expect(queues.contains("workload-low,      127,    0,              "))
        #expect(queues.contains(" 0.00000000ss\n"))
        #expect(try gateway.request("GET", folder + "dump_all").status == 404)
        let stranger = try gateway.connect(anonymous: true)
        defer { stranger.close() }
        #expect(try stranger.request("GET", folder + "dump_queues").status == 403)
    }

    /// A level of one request at a time, whose user asks for two: the second is told to come back, and everybody else
    /// is served meanwhile.
    @Test func refusals() throws {
        let server = gateway
        let json = [("Content-Type", "application/json")]
        let group = "/apis/flowcontrol.apiserver.k8s.io/v1/"
        let level = """
            {"metadata":{"name":"narrow"},"spec":{"type":"Limited","limited":{"nominalConcurrencyShares":0,\
            "borrowingLimitPercent":0,"limitResponse":{"type":"Reject"}}}}
            """
        #expect(
            try server.request("POST", group + "prioritylevelconfigurations", headers: json, body: level).status == 201)
        let schema = """
            {"metadata":{"name":"narrow"},"spec":{"matchingPrecedence":50,"priorityLevelConfiguration":\
            {"name":"narrow"},"rules":[{"subjects":[{"kind":"User","user":{"name":"tenant"}}],"resourceRules":\
            [{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"namespaces":["*"],"clusterScope":true}]}]}}
            """
        #expect(try server.request("POST", group + "flowschemas", headers: json, body: schema).status == 201)
        let tenant = try server.authority.client(user: "tenant", groups: ["kubeadm:cluster-admins"])
        // A write waits for the cluster's thread, which waits for this test.
        let gate = DispatchSemaphore(value: 0)
        server.driver.perform { _ in
            gate.wait()
            return nil
        }
        let first = try server.connect(as: tenant)
        defer { first.close() }
        first.sendRequest(
            "POST", "/api/v1/namespaces/default/configmaps", headers: json, body: #"{"metadata":{"name":"slow"}}"#)
        var hasBegun = false
        while !hasBegun {
            let table = try server.request("GET", "/debug/api_priority_and_fairness/dump_requests").text
            hasBegun = table.contains("\nnarrow, ")
        }
        let second = try server.connect(as: tenant)
        defer { second.close() }
        let refused = try second.request("GET", "/api/v1/nodes")
        #expect(refused.status == 429)
        #expect(refused.header("Retry-After") == "1")
        #expect(refused.header("X-Content-Type-Options") == "nosniff")
        #expect(refused.header("X-Kubernetes-PF-FlowSchema-UID")?.count == 36)
        #expect(refused.text == "Too many requests, please try again later.\n")
        #expect(try server.request("GET", "/api/v1/nodes").status == 200)
        gate.signal()
        #expect(try first.response().status == 201)
        #expect(try second.request("GET", "/api/v1/nodes").status == 200)
        let text = try server.request("GET", "/metrics").text
        #expect(
            text.contains(
                "apiserver_flowcontrol_rejected_requests_total{flow_schema=\"narrow\",priority_level=\"narrow\","
                    + "reason=\"concurrency-limit\"} 1\n"))
    }
}
