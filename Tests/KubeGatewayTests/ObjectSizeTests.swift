import KubeAPI
import KubeGateway
import Testing

/// What is too large for etcd is too large here, between what a body may have and what may be kept.
@Suite("The size of objects")
struct ObjectSizeTests {
    private let gateway = TestGateway.shared
    private let path = "/apis/apps/v1/namespaces/default/deployments"

    private func deployment(_ name: String, argument length: Int) -> String {
        let argument = String(repeating: "x", count: length)
        return """
            {"metadata":{"name":"\(name)"},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{\
            "metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","args":["\(argument)"]}]}}}}
            """
    }

    private func write(_ method: String, _ path: String, _ type: String, _ body: String) throws -> TestResponse {
        try gateway.request(method, path, headers: [("Content-Type", type)], body: body)
    }

    private func expectTooLarge(_ response: TestResponse, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(response.status == 413, sourceLocation: sourceLocation)
        let status = try response.json
        #expect(status["reason"] == "RequestEntityTooLarge", sourceLocation: sourceLocation)
        #expect(
            status["message"] == "Request entity too large: etcdserver: request is too large",
            sourceLocation: sourceLocation)
    }

    @Test func ofWhatIsWritten() throws {
        let (json, object) = ("application/json", path + "/sized")
        try expectTooLarge(try write("POST", path, json, deployment("sized", argument: 1_600_000)))
        #expect(try write("POST", path + "?dryRun=All", json, deployment("sized", argument: 1_600_000)).status == 201)
        #expect(try gateway.request("GET", object).status == 404)
        #expect(try write("POST", path, json, deployment("sized", argument: 1_500_000)).status == 201)
        try expectTooLarge(try write("PUT", object, json, deployment("sized", argument: 1_600_000)))
        // No part is large, and what they make is.
        let patch = #"[{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"VALUE"}]"#
        let part = String(repeating: "y", count: 100_000)
        try expectTooLarge(
            try write("PATCH", object, "application/json-patch+json", patch.replacing("VALUE", with: part)))
        #expect(
            try write("PATCH", object, "application/json-patch+json", patch.replacing("VALUE", with: "y")).status == 200
        )
        let apply = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"sized","annotations":{"a":"\(part)"}}}
            """
        try expectTooLarge(
            try write("PATCH", object + "?fieldManager=m", "application/apply-patch+yaml", apply))
        #expect(try gateway.request("DELETE", object).status == 200)
    }

    /// Space counts for the body alone.
    @Test func ofTheBodyAlone() throws {
        let body = #"{"metadata":{"name":"spacious"}"# + String(repeating: " ", count: 3_100_000) + "}"
        let response = try write(
            "POST", "/api/v1/namespaces/default/configmaps?dryRun=All", "application/json", body)
        #expect(response.status == 201)
    }
}
