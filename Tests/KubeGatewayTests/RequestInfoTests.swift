import KubeGateway
import Testing

/// What a request is about, by its method and address.
@Suite("Request info")
struct RequestInfoTests {
    private func info(_ method: String, _ address: String) -> RequestInfo {
        let parts = address.split(separator: "?", maxSplits: 1)
        return RequestInfo(
            method: method, path: String(parts[0]), query: QueryItems(parts.count > 1 ? parts[1] : ""))
    }

    /// The table of upstream's requestinfo_test.go.
    @Test(arguments: [
        ("GET", "/api/v1/namespaces", "list", "", "", "namespaces", "", ""),
        ("GET", "/api/v1/namespaces/other", "get", "", "other", "namespaces", "", "other"),
        ("GET", "/api/v1/namespaces/other/pods", "list", "", "other", "pods", "", ""),
        ("GET", "/api/v1/namespaces/other/pods/foo", "get", "", "other", "pods", "", "foo"),
        ("HEAD", "/api/v1/namespaces/other/pods/foo", "get", "", "other", "pods", "", "foo"),
        ("GET", "/api/v1/pods", "list", "", "", "pods", "", ""),
        ("HEAD", "/api/v1/pods", "list", "", "", "pods", "", ""),
        ("PATCH", "/api/v1/namespaces/new", "patch", "", "new", "namespaces", "", "new"),
        ("GET", "/api/v1/proxy/namespaces/other/pods/foo", "proxy", "", "other", "pods", "", "foo"),
        ("GET", "/api/v1/proxy/namespaces/other/pods/foo/not/a/subresource", "proxy", "", "other", "pods", "", "foo"),
        ("GET", "/api/v1/watch/pods", "watch", "", "", "pods", "", ""),
        ("GET", "/api/v1/pods?watch=true", "watch", "", "", "pods", "", ""),
        ("GET", "/api/v1/pods?watch=false", "list", "", "", "pods", "", ""),
        ("GET", "/api/v1/watch/namespaces/other/pods", "watch", "", "other", "pods", "", ""),
        ("GET", "/api/v1/namespaces/other/pods?watch=1", "watch", "", "other", "pods", "", ""),
        ("GET", "/api/v1/namespaces/other/pods?watch=0", "list", "", "other", "pods", "", ""),
        ("GET", "/api/v1/namespaces/other/pods/foo/status", "get", "", "other", "pods", "status", "foo"),
        ("GET", "/api/v1/namespaces/other/pods/foo/proxy/subpath", "get", "", "other", "pods", "proxy", "foo"),
        ("PUT", "/api/v1/namespaces/other/finalize", "update", "", "other", "namespaces", "finalize", "other"),
        ("PUT", "/api/v1/namespaces/other/status", "update", "", "other", "namespaces", "status", "other"),
        ("DELETE", "/api/v1/namespaces/other/pods/foo", "delete", "", "other", "pods", "", "foo"),
        ("POST", "/api/v1/namespaces/other/pods", "create", "", "other", "pods", "", ""),
        ("DELETE", "/api/v1/nodes", "deletecollection", "", "", "nodes", "", ""),
        ("DELETE", "/api/v1/namespaces", "deletecollection", "", "", "namespaces", "", ""),
        ("DELETE", "/apis/a/v1/namespaces/other/pods", "deletecollection", "a", "other", "pods", "", ""),
        ("POST", "/apis/a/v1beta3/namespaces/other/pods", "create", "a", "other", "pods", "", ""),
        ("OPTIONS", "/api/v1/pods", "", "", "", "pods", "", ""),
    ])
    func resources(
        method: String, address: String, verb: String, group: String, namespace: String, resource: String,
        subresource: String, name: String
    ) {
        let info = info(method, address)
        #expect(info.isResource)
        #expect(info.verb == verb)
        #expect(info.group == group)
        #expect(info.namespace == namespace)
        #expect(info.resource == resource)
        #expect(info.subresource == subresource)
        #expect(info.name == name)
    }

    @Test(arguments: [
        "/", "/api", "/api/version/", "/apis/group/version/", "/badprefix/version/resource", "/apis/version/resource",
        "/apis/extensions/v1beta1",
    ])
    func paths(path: String) {
        let info = info("GET", path)
        #expect(!info.isResource)
        #expect(info.verb == "get")
    }

    /// The table of `TestFieldSelectorParsing`, and what no path could name.
    @Test(arguments: [
        ("", "list", ""), ("?fieldSelector=metadata.name=name1", "list", "name1"),
        ("?watch=true&fieldSelector=metadata.name=name1", "watch", "name1"),
        ("?fieldSelector=spec.a=b,metadata.name=name1", "list", "name1"), ("?fieldSelector=foo=bar", "list", ""),
        ("?fieldSelector=metadata.name!=name1", "list", ""), ("?fieldSelector=metadata.name=name1,foo", "list", ""),
        ("?fieldSelector=metadata.name=name1,foo&watch=true", "watch", ""),
        ("?fieldSelector=metadata.name=name1,foo&watch=false", "list", ""),
        ("?fieldSelector=metadata.name=a%2Fb", "list", ""), ("?fieldSelector=metadata.name=..", "list", ""),
    ])
    func selectedNames(query: String, verb: String, name: String) {
        let info = info("GET", "/apis/group/version/resource" + query)
        #expect(info.verb == verb)
        #expect(info.selectedName == name)
        #expect(info.name.isEmpty)
    }

    // MARK: Over HTTPS

    private static let role = """
        {"metadata":{"name":"of-one"},"rules":[{"apiGroups":[""],"verbs":["list","watch"],"resources":["configmaps"],
        "resourceNames":["kube-root-ca.crt"]}]}
        """
    private static let binding = """
        {"metadata":{"name":"of-one"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"of-one"},
        "subjects":[{"kind":"User","name":"of-one","apiGroup":"rbac.authorization.k8s.io"}]}
        """

    /// Whoever may list and watch one object by its name may do so by a selector of that name, and no other way.
    @Test func rightsOfOneObject() throws {
        let gateway = TestGateway.shared
        for (resource, body) in [("roles", Self.role), ("rolebindings", Self.binding)] {
            let path = "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/" + resource
            let made = try gateway.request("POST", path, headers: [("Content-Type", "application/json")], body: body)
            #expect(made.status == 201)
        }
        let path = "/api/v1/namespaces/kube-system/configmaps"
        for (query, code) in [
            ("?fieldSelector=metadata.name%3Dkube-root-ca.crt", 200), ("?fieldSelector=metadata.name%3Dother", 403),
            ("?fieldSelector=metadata.name!%3Dother", 403), ("", 403),
            ("?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dkube-root-ca.crt", 200), ("?watch=1", 403),
        ] {
            let connection = try gateway.connect()
            defer { connection.close() }
            connection.sendRequest("GET", path + query, headers: [("Impersonate-User", "of-one")])
            #expect(try connection.responseHead().status == code, "\(query)")
        }
    }

    /// Paths that clients of long ago watched and proxied by.
    @Test(arguments: [
        ("POST", "/api/v1/watch/namespaces/default/configmaps/x", 405),
        ("DELETE", "/api/v1/watch/namespaces/default/configmaps", 405), ("HEAD", "/api/v1/watch/nodes", 405),
        ("GET", "/api/v1/proxy/namespaces/default/pods/x", 404), ("GET", "/api/v1/proxy/nodes/node-1", 404),
        ("POST", "/api/v1/namespaces/default/configmaps/x?watch=true", 405), ("GET", "/api/v1/watch/things", 404),
    ])
    func prefixes(method: String, path: String, code: Int) throws {
        #expect(try TestGateway.shared.request(method, path).status == code)
    }

    /// A client may number its requests itself.
    @Test func auditIdentifiers() throws {
        let path = "/api/v1/namespaces/default"
        let long = String(repeating: "a-b", count: 40)
        for number in ["foo-bar-baz", long] {
            let response = try TestGateway.shared.request("GET", path, headers: [("Audit-ID", number)])
            #expect(response.all("Audit-Id") == [number])
        }
        #expect(try TestGateway.shared.request("GET", path).header("Audit-Id")?.count == 36)
    }
}
