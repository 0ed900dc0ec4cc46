import KubeAPI
import Testing

/// What a client is answered in, by its `Accept`, and whom a list by name is judged about.
@Suite struct NegotiationTests {
    private let gateway = TestGateway.shared

    @Test(
        "Accept is read as upstream's library reads it",
        arguments: [
            // What is told exactly comes before a wildcard, whatever their qualities are.
            ("application/*;q=1, application/yaml;q=0.5", "application/yaml"),
            // No number is as good as zero, which is a last resort.
            ("application/json;q=x, application/yaml", "application/yaml"),
            ("application/json;q=1 ;x=y, application/yaml;q=0.1", "application/yaml"),
            ("application/json;q=0", "application/json"),
            ("application/yaml;stream=watch, application/json;q=0.1", "application/json"),
            ("application/json;sv=v1", "application/json"), ("application/json;sv=v2", ""),
            ("application/json;as=a=b", "application/json"), ("application/json;as=Table", ""),
            ("a/b/c, application, application/ ", ""), ("*/", "application/json"),
        ])
    func accept(header: String, mediaType: String) throws {
        let response = try gateway.request("GET", "/api/v1/nodes", headers: [("Accept", header)])
        #expect(response.status == (mediaType.isEmpty ? 406 : 200))
        if !mediaType.isEmpty { #expect(response.header("Content-Type") == mediaType) }
    }

    /// The name that a field selector asks for is the request's.
    ///
    /// Follows apiserver pkg/endpoints/request/requestinfo.go.
    @Test func aListOfOneByNameIsJudgedByThatName() throws {
        let access = "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/"
        let role = """
            {"metadata":{"name":"one-map"},"rules":[{"apiGroups":[""],"verbs":["list","watch"],
            "resources":["configmaps"],"resourceNames":["coredns"]}]}
            """
        let binding = """
            {"metadata":{"name":"one-map"},
            "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"one-map"},
            "subjects":[{"kind":"User","name":"one-map-reader","apiGroup":"rbac.authorization.k8s.io"}]}
            """
        for (resource, body) in [("roles", role), ("rolebindings", binding)] {
            let made = try gateway.request(
                "POST", access + resource, headers: [("Content-Type", "application/json")], body: body)
            #expect(made.status == 201)
        }
        func list(_ query: String) throws -> TestResponse {
            try gateway.request(
                "GET", "/api/v1/namespaces/kube-system/configmaps?" + query,
                headers: [("Impersonate-User", "one-map-reader")])
        }
        let named = try list("fieldSelector=metadata.name%3Dcoredns")
        #expect(named.status == 200)
        #expect(try named.json["items"]?.arrayValue?.map { $0["metadata"]?["name"] } == ["coredns"])
        let both = "fieldSelector=metadata.name%3Dcoredns,metadata.namespace!%3Dx&watch=1&timeoutSeconds=1"
        #expect(try list(both).status == 200)
        let other = try list("fieldSelector=metadata.name%3Dother")
        #expect(other.status == 403)
        #expect(
            try other.json["message"]
                == .string(
                    "configmaps \"other\" is forbidden: User \"one-map-reader\" cannot list resource \"configmaps\" in "
                        + "API group \"\" in the namespace \"kube-system\""))
        for query in [
            "", "fieldSelector=metadata.name!%3Dcoredns", "fieldSelector=metadata.name%3Dcoredns&limit=x",
            "fieldSelector=metadata.name%3Dcoredns&labelSelector=a%20in",
        ] {
            #expect(try list(query).status == 403, "\(query)")
        }
    }
}
