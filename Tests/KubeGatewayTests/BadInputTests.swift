import KubeAPI
import KubeGateway
import Testing

/// Whatever comes in, what goes out is an answer that says what is wrong, in upstream's words.
@Suite("Bad input over HTTPS")
struct BadInputTests {
    private let gateway = TestGateway.shared
    private let json = [("Content-Type", "application/json")]

    private func expectStatus(
        _ response: TestResponse, _ code: Int, _ reason: String, _ message: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let status = try response.json
        #expect(response.status == code, sourceLocation: sourceLocation)
        #expect(response.header("Content-Type") == "application/json", sourceLocation: sourceLocation)
        #expect(status["kind"] == "Status", sourceLocation: sourceLocation)
        #expect(status["apiVersion"] == "v1", sourceLocation: sourceLocation)
        #expect(status["status"] == "Failure", sourceLocation: sourceLocation)
        #expect(status["code"]?.intValue == code, sourceLocation: sourceLocation)
        #expect(status["reason"]?.stringValue == reason, sourceLocation: sourceLocation)
        #expect(status["message"]?.stringValue == message, sourceLocation: sourceLocation)
    }

    @Test func brokenJSON() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: json, body: "{\"metadata\":")
        try expectStatus(
            response, 400, "BadRequest",
            "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; "
                + "json parse error: unexpected end of JSON input ({\"metadata\":)")
    }

    @Test func wrongTypes() throws {
        let response = try gateway.request(
            "POST", "/apis/apps/v1/namespaces/default/deployments", headers: json,
            body: "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"replicas\":\"three\"}}")
        try expectStatus(
            response, 400, "BadRequest",
            "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go "
                + "struct field DeploymentSpec.spec.replicas of type int32")
    }

    @Test func brokenQuantities() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/pods", headers: json,
            body: #"{"metadata":{"name":"x"},"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"1x"}}}]}}"#
        )
        try expectStatus(
            response, 400, "BadRequest",
            "Pod in version \"v1\" cannot be handled as a Pod: quantities must match the regular expression "
                + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    }

    /// What is proxied to is named with a scheme and a port, and found by its name.
    @Test func proxiesAreNotServed() throws {
        let services = "/api/v1/namespaces/default/services/"
        for name in ["kubernetes", "kubernetes:https", "https:kubernetes:443", "kubernetes:443", "http:kubernetes:"] {
            #expect(try gateway.request("GET", services + name + "/proxy/healthz").status == 501, "\(name)")
        }
        #expect(try gateway.request("GET", "/api/v1/nodes/node-1:10250/proxy/").status == 501)
        try expectStatus(
            try gateway.request("GET", services + "none:80/proxy"), 404, "NotFound", "services \"none\" not found")
        try expectStatus(
            try gateway.request("GET", services + "kubernetes:80/proxy"), 503, "ServiceUnavailable",
            "no service port 80 found for service \"kubernetes\"")
        for name in ["ftp:kubernetes:80", "a:b:c:d", ":80"] {
            try expectStatus(
                try gateway.request("GET", services + name + "/proxy"), 400, "BadRequest",
                "invalid service request \"\(name)\"")
        }
    }

    @Test(
        "Broken YAML, and the line of it as Go's reader counts them",
        arguments: [
            ("metadata: {name: [}", "did not find expected node content"),
            ("metadata:\n  name: [}", "line 1: did not find expected node content"),
            ("data:\n  a: b: c\n", "line 2: mapping values are not allowed in this context"),
            ("data:\n\ta: b\n", "line 2: found character that cannot start any token"),
            ("data:\n  a: b\n c: d\n", "line 2: did not find expected key"),
            ("data: {a: b", "line 1: did not find expected ',' or '}'"), ("data: 'a", "found unexpected end of stream"),
            ("data: *there\n", "unknown anchor 'there' referenced"),
            ("data: &a\n  b: *a\n", "anchor 'a' value contains itself"),
            ("\u{1}", "control characters are not allowed"),
        ])
    func brokenYAML(body: String, problem: String) throws {
        let hexadecimal = body.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        let start = hexadecimal.prefix(30).joined() + (hexadecimal.count > 30 ? " ..." : "")
        let yaml = [("Content-Type", "application/yaml")]
        try expectStatus(
            try gateway.request("POST", "/api/v1/namespaces/default/configmaps", headers: yaml, body: body), 400,
            "BadRequest",
            "the object provided is unrecognized (must be of type ConfigMap): yaml: \(problem) (\(start))")
        try expectStatus(
            try gateway.request("DELETE", "/api/v1/namespaces/default/configmaps/none", headers: yaml, body: body), 400,
            "BadRequest", "yaml: \(problem)")
        try expectStatus(
            try gateway.request(
                "PATCH", "/api/v1/namespaces/default/configmaps/none?fieldManager=m",
                headers: [("Content-Type", "application/apply-patch+yaml")], body: body), 400, "BadRequest",
            "error decoding YAML: error converting YAML to JSON: yaml: \(problem)")
    }

    @Test(
        "What is applied must be a map",
        arguments: [
            ("[]", "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array "),
            ("a", "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string "),
            ("", "invalid object type: /, Kind=, expected: /v1, Kind=ConfigMap"),
        ])
    func appliedWithoutMap(body: String, message: String) throws {
        let response = try gateway.request(
            "PATCH", "/api/v1/namespaces/default/configmaps/none?fieldManager=m",
            headers: [("Content-Type", "application/apply-patch+yaml")], body: body)
        #expect(response.status == 400)
        let suffix = message.hasSuffix(" ") ? "into Go value of type map[string]interface {}" : ""
        #expect(try response.json["message"]?.stringValue == message + suffix)
    }

    @Test func aliasesThatExplode() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "]\n"
        }
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: [("Content-Type", "application/yaml")],
            body: text)
        #expect(response.status == 400)
        #expect(response.text.contains("excessive aliasing"))
    }

    @Test func wrongKind() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: json,
            body: "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"x\"}}")
        try expectStatus(
            response, 400, "BadRequest",
            "Secret in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): "
                + "unknown conversion")
        let other = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: json,
            body: "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"}}")
        try expectStatus(
            other, 400, "BadRequest",
            "Deployment in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Deployment) to "
                + "(core.ConfigMap): unknown conversion")
        // One kind by its other name.
        let event = try gateway.request(
            "POST", "/api/v1/namespaces/default/events", headers: json,
            body: "{\"apiVersion\":\"events.k8s.io/v1\",\"kind\":\"Event\",\"metadata\":{\"name\":\"x\"}}")
        try expectStatus(
            event, 400, "BadRequest",
            "the API version in the data (events.k8s.io/v1) does not match the expected API version (v1)")
    }

    @Test(arguments: [
        (
            "pods/x/eviction", #"{"kind":"Pod","apiVersion":"v1"}"#,
            "Pod in version \"v1\" cannot be handled as a Eviction: converting (v1.Pod) to (policy.Eviction): "
                + "unknown conversion"
        ),
        (
            "pods/x/binding", #"{"kind":"Bond"}"#,
            "Bond in version \"v1\" cannot be handled as a Binding: no kind \"Bond\" is registered for version "
                + "\"v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""
        ),
        (
            "serviceaccounts/default/token", #"{"kind":"TokenRequest","apiVersion":"v1"}"#,
            "TokenRequest in version \"v1\" cannot be handled as a TokenRequest: no kind \"TokenRequest\" is "
                + "registered for version \"v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""
        ),
    ])
    func wrongKindOfValue(path: String, body: String, message: String) throws {
        try expectStatus(
            try gateway.request("POST", "/api/v1/namespaces/default/\(path)", headers: json, body: body), 400,
            "BadRequest", message)
    }

    /// Follows upstream's delete_test.go and its issues 132359 and 139487 for what is told.
    @Test(
        "Options of a deletion that are none",
        arguments: [
            (
                #"{"kind":"Pod","apiVersion":"v1"}"#,
                "no kind \"Pod\" is registered for version \"v1\" in scheme "
                    + "\"pkg/apis/meta/internalversion/scheme/register.go:27\""
            ),
            (
                #"{"kind":"fixed"}"#,
                "no kind \"fixed\" is registered for version \"meta.k8s.io/v1\" in scheme "
                    + "\"pkg/apis/meta/internalversion/scheme/register.go:27\""
            ),
            (
                #"{"kind":"APIResourceList","apiVersion":"v1"}"#,
                "converting (v1.APIResourceList) to (v1.DeleteOptions): unknown conversion"
            ),
            (#"{"kind":"ListOptions"}"#, "converting (v1.ListOptions) to (v1.DeleteOptions): unknown conversion"),
            (
                #"{"kind":true}"#,
                "couldn't get version/kind; json parse error: json: cannot unmarshal bool into Go struct field "
                    + ".kind of type string"
            ),
            (#"{"apiVersion":"a/b/c"}"#, "unexpected GroupVersion string: a/b/c"),
            (
                #"{"gracePeriodSeconds":"1"}"#,
                "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64"
            ),
        ])
    func wrongDeleteOptions(body: String, message: String) throws {
        for path in ["configmaps/none", "configmaps?labelSelector=none"] {
            try expectStatus(
                try gateway.request("DELETE", "/api/v1/namespaces/default/" + path, headers: json, body: body), 400,
                "BadRequest", message)
        }
    }

    /// Clients call the options by the group of what they delete, and some by any.
    @Test(arguments: [
        "{}", #"{"kind":"DeleteOptions","apiVersion":"v1"}"#, #"{"apiVersion":"apps/v1"}"#,
        #"{"kind":"DeleteOptions","apiVersion":"foo/v9"}"#,
    ])
    func deleteOptionsOfAnyGroup(body: String) throws {
        let response = try gateway.request(
            "DELETE", "/api/v1/namespaces/default/configmaps/none", headers: json, body: body)
        try expectStatus(response, 404, "NotFound", "configmaps \"none\" not found")
    }

    @Test func wrongNamespace() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: json,
            body: "{\"metadata\":{\"name\":\"x\",\"namespace\":\"other\"}}")
        try expectStatus(
            response, 400, "BadRequest",
            "the namespace of the provided object does not match the namespace sent on the request")
    }

    @Test func wrongName() throws {
        let response = try gateway.request(
            "PUT", "/api/v1/namespaces/default/configmaps/a", headers: json,
            body: "{\"metadata\":{\"name\":\"b\"}}")
        try expectStatus(
            response, 400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)")
        let scale = "/apis/apps/v1/namespaces/default/deployments/a/scale"
        for path in ["/api/v1/namespaces/default/configmaps/a", scale] {
            try expectStatus(
                try gateway.request("PUT", path, headers: json, body: "{\"metadata\":{}}"), 400, "BadRequest",
                "the name of the object (a based on URL) was undeterminable: name must be provided")
        }
        try expectStatus(
            try gateway.request(
                "PUT", scale, headers: json, body: "{\"metadata\":{\"name\":\"a\",\"namespace\":\"b\"}}"), 400,
            "BadRequest",
            "the namespace of the provided object does not match the namespace sent on the request")
    }

    @Test func unknownContentType() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: [("Content-Type", "text/csv")], body: "a,b")
        #expect(response.status == 415)
        #expect(try response.json["reason"] == "UnsupportedMediaType")
        #expect(response.text.contains("accepted media types include: application/json, application/yaml"))
    }

    @Test func unknownPatchType() throws {
        let response = try gateway.request(
            "PATCH", "/api/v1/namespaces/default/configmaps/x", headers: json, body: "{}")
        try expectStatus(
            response, 415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: "
                + "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, "
                + "application/apply-patch+yaml")
    }

    /// As upstream's conformance test of tables expects.
    @Test func tablesOfWhatHasNone() throws {
        let table = "application/json;as=Table;v=v1;g=meta.k8s.io"
        let review = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        let body = #"{"spec":{"nonResourceAttributes":{"path":"/","verb":"get"}}}"#
        let posted = try gateway.request("POST", review, headers: json + [("Accept", table)], body: body)
        #expect(posted.status == 406)
        #expect(try gateway.request("POST", review, headers: json, body: body).status == 201)
    }

    @Test func nothingAcceptable() throws {
        let response = try gateway.request("GET", "/api/v1/pods", headers: [("Accept", "image/png")])
        #expect(response.status == 406)
        #expect(try response.json["reason"] == "NotAcceptable")
        #expect(response.text.contains("only the following media types are accepted: application/json"))
        // Half a media type is none.
        #expect(try gateway.request("GET", "/api/v1/pods", headers: [("Accept", "application")]).status == 406)
        #expect(try gateway.request("GET", "/api", headers: [("Accept", "application, */*;q=0.1")]).status == 200)
    }

    @Test func tablesOfUnknownObjects() throws {
        let path = "/api/v1/pods?includeObject=All"
        let table = [("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")]
        try expectStatus(
            try gateway.request("GET", path, headers: table), 400, "BadRequest",
            "Unable to convert to Table as requested: includeObject: Invalid value: \"All\": must be 'Metadata', "
                + "'Object', 'None', or empty")
        // Who wants no table is not asked.
        #expect(try gateway.request("GET", path).status == 200)
    }

    @Test func tokensComeBeforeVersions() throws {
        let path = "/api/v1/pods?resourceVersion=1&continue="
        let broken = try gateway.request("GET", path + "broken")
        #expect(broken.status == 400)
        #expect(
            try broken.json["message"]?.stringValue?.hasPrefix(
                "invalid continue token: continue key is not valid") == true)
        let first = try gateway.request("GET", "/api/v1/nodes?limit=1").json
        let token = try #require(first["metadata"]?["continue"]?.stringValue)
        try expectStatus(
            try gateway.request("GET", "/api/v1/nodes?resourceVersion=1&continue=" + token), 400, "BadRequest",
            "specifying resource version is not allowed when using continue")
    }

    @Test(arguments: [
        ("/api/v1/pods?labelSelector=a%20in", 400), ("/api/v1/pods?fieldSelector=spec.foo%3D1", 400),
        ("/api/v1/pods?timeoutSeconds=long", 400), ("/api/v1/pods?limit=many", 400),
        ("/api/v1/pods?continue=bm9uZQ", 400),
        ("/api/v1/pods?resourceVersion=abc", 400), ("/api/v1/pods?watch=1&resourceVersion=abc", 400),
        ("/api/v1/pods?resourceVersionMatch=Exact", 422),
        ("/api/v1/pods?resourceVersion=1&resourceVersionMatch=X", 422),
        ("/api/v1/pods?watch=1&sendInitialEvents=true", 422), ("/api/v1/pods?sendInitialEvents=true", 422),
        ("/api/v1/pods?resourceVersion=999999999", 504),
    ])
    func badParameters(path: String, code: Int) throws {
        let response = try gateway.request("GET", path)
        #expect(response.status == code, "\(path): \(response.text)")
        #expect(try response.json["kind"] == "Status", "\(path): \(response.text)")
    }

    @Test func badDryRun() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps?dryRun=Some", headers: json,
            body: "{\"metadata\":{\"name\":\"x\"}}")
        try expectStatus(
            response, 422, "Invalid",
            "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"Some\"]: supported values: \"All\""
        )
    }

    @Test func badFieldManager() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps?fieldManager=a%07b", headers: json,
            body: "{\"metadata\":{\"name\":\"x\"}}")
        try expectStatus(
            response, 422, "Invalid",
            "CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Invalid value: \"a\\ab\": invalid character U+0007 "
                + "(at position 1)")
    }

    @Test func unknownPaths() throws {
        for path in ["/nowhere", "/apis/none.example.com/v1/things", "/apis/apps/v9/deployments", "/api/v2/pods"] {
            let response = try gateway.request("GET", path)
            #expect(response.status == 404)
            #expect(response.text == "404 page not found\n", "\(path)")
        }
        let response = try gateway.request("GET", "/api/v1/namespaces/default/things")
        try expectStatus(response, 404, "NotFound", "the server could not find the requested resource")
        let absent = try gateway.request("GET", "/api/v1/namespaces/default/pods/absent")
        try expectStatus(absent, 404, "NotFound", "pods \"absent\" not found")
        #expect(try absent.json["details"]?["kind"] == "pods")
    }

    @Test func wrongMethods() throws {
        for (method, path) in [
            ("PUT", "/api/v1/namespaces/default/pods"), ("POST", "/api/v1/pods"), ("POST", "/version"),
            ("DELETE", "/api/v1/namespaces"), ("PATCH", "/api/v1/namespaces/default/pods/x/eviction"),
            ("MKCOL", "/api/v1/namespaces/default/pods/x"),
        ] {
            let response = try gateway.request(method, path, headers: json, body: "{}")
            #expect(response.status == 405, "\(method) \(path): \(response.text)")
            #expect(try response.json["reason"] == "MethodNotAllowed")
        }
    }

    @Test func largeBodies() throws {
        let body = "{\"metadata\":{\"name\":\"x\"},\"data\":{\"a\":\"" + String(repeating: "x", count: 4 << 20) + "\"}}"
        let connection = try gateway.connect()
        defer { connection.close() }
        let response = try connection.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: json, body: body)
        try expectStatus(response, 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728")
        // The connection goes on.
        #expect(try connection.request("GET", "/readyz").text == "ok")
    }

    @Test func chunkedBodiesThatGrowTooLarge() throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        connection.send(
            "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        let piece = "100000\r\n" + String(repeating: " ", count: 1 << 20) + "\r\n"
        for _ in 0..<4 { connection.send(piece) }
        connection.send("0\r\n\r\n")
        #expect(try connection.response().status == 413)
        #expect(try connection.request("GET", "/readyz").text == "ok")
    }

    @Test func strangersAndForgers() throws {
        let anonymous = try gateway.connect(anonymous: true)
        defer { anonymous.close() }
        try expectStatus(
            try anonymous.request("GET", "/api/v1/namespaces/default/pods/web"), 403, "Forbidden",
            "pods \"web\" is forbidden: User \"system:anonymous\" cannot get resource \"pods\" in API group \"\" in "
                + "the namespace \"default\"")
        try expectStatus(
            try anonymous.request("GET", "/nowhere"), 403, "Forbidden",
            "forbidden: User \"system:anonymous\" cannot get path \"/nowhere\"")
        #expect(try anonymous.request("GET", "/readyz").text == "ok")
        let forged = try CertificateAuthority().client(user: "kubernetes-admin", groups: ["system:masters"])
        let forger = try gateway.connect(as: forged)
        defer { forger.close() }
        try expectStatus(try forger.request("GET", "/api/v1/pods"), 401, "Unauthorized", "Unauthorized")
        try expectStatus(
            try anonymous.request("GET", "/api/v1/pods", headers: [("Authorization", "Bearer nonsense")]), 401,
            "Unauthorized", "Unauthorized")
    }
}
