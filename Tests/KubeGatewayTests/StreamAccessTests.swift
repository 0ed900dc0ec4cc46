import KubeAPI
import Testing

/// What runs something in a container, or reaches into it.
@Suite struct StreamAccessTests {
    private let gateway = TestGateway.shared

    private static let role = """
        {"metadata":{"name":"looker"},"rules":[{"apiGroups":[""],"verbs":["get"],
        "resources":["pods/exec","pods/attach","pods/portforward"]}]}
        """
    private static let binding = """
        {"metadata":{"name":"looker"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"looker"},
        "subjects":[{"kind":"User","name":"looker","apiGroup":"rbac.authorization.k8s.io"}]}
        """

    /// WebSocket has no other method than GET: who may only look must not run anything by it.
    @Test func streamsByGetNeedTheRightToCreate() throws {
        let access = "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/"
        for (resource, body) in [("roles", Self.role), ("rolebindings", Self.binding)] {
            let made = try gateway.request(
                "POST", access + resource, headers: [("Content-Type", "application/json")], body: body)
            #expect(made.status == 201)
        }
        let pods = try gateway.request("GET", "/api/v1/namespaces/kube-system/pods").json["items"]?.arrayValue ?? []
        let name = try #require(pods.first?["metadata"]?["name"]?.stringValue)
        for subresource in ["exec", "attach", "portforward"] {
            for (user, upgrade, code) in [("looker", "", 501), ("looker", "websocket", 403), ("", "websocket", 501)] {
                let connection = try gateway.connect()
                defer { connection.close() }
                let path = "/api/v1/namespaces/kube-system/pods/\(name)/\(subresource)"
                connection.send(
                    "GET \(path) HTTP/1.1\r\nHost: x\r\n"
                        + (user.isEmpty ? "" : "Impersonate-User: \(user)\r\n")
                        + (upgrade.isEmpty ? "" : "Connection: Upgrade\r\nUpgrade: \(upgrade)\r\n") + "\r\n")
                let response = try connection.response()
                #expect(response.status == code, "\(subresource) \(user) \(upgrade)")
                if code == 403 {
                    let message = try response.json["message"]?.stringValue ?? ""
                    #expect(message.contains("cannot create resource \"pods/\(subresource)\""))
                }
            }
        }
    }

    /// A route has its methods, whether or not what it leads to is there.
    @Test(arguments: [
        ("pods/none/log", ["GET"]), ("pods/none/exec", ["GET", "POST"]), ("pods/none/attach", ["GET", "POST"]),
        ("pods/none/portforward", ["GET", "POST"]),
        ("pods/none/proxy", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
        ("services/none/proxy/a/b", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
    ])
    func methods(path: String, methods: [String]) throws {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"] {
            let response = try gateway.request(method, "/api/v1/namespaces/default/\(path)")
            #expect(response.status == (methods.contains(method) ? 404 : 405), "\(method) \(path)")
        }
    }

    @Test(arguments: ["log", "exec", "attach", "portforward"])
    func nothingIsBelow(subresource: String) throws {
        let response = try gateway.request("GET", "/api/v1/namespaces/default/pods/none/\(subresource)/more")
        #expect(response.status == 404)
        #expect(try response.json["message"] == "the server could not find the requested resource")
    }
}
