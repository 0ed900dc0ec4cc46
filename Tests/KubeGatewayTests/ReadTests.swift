import KubeAPI
import KubeGateway
import Testing

@Suite("Reads over HTTPS")
struct ReadTests {
    private let gateway = TestGateway.shared

    @Test func health() throws {
        for path in ["/healthz", "/livez", "/readyz", "/livez/ping", "/readyz/etcd"] {
            #expect(try gateway.request("GET", path).text == "ok", "\(path)")
        }
        let verbose = try gateway.request("GET", "/livez?verbose").text
        #expect(
            verbose.hasPrefix(
                "[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]poststarthook/start-apiserver-admission-initializer ok\n"))
        #expect(verbose.hasSuffix("[+]poststarthook/apiservice-openapiv3-controller ok\nlivez check passed\n"))
        let ready = try gateway.request("GET", "/readyz?verbose&exclude=etcd&exclude=nothing&exclude=a").text
        #expect(ready.contains("[+]etcd excluded: ok\n[+]etcd-readiness ok\n[+]informer-sync ok\n"))
        #expect(
            ready.hasSuffix(
                "[+]shutdown ok\nwarn: some health checks cannot be excluded: no matches for \"a\",\"nothing\"\n"
                    + "readyz check passed\n"))
        #expect(try gateway.request("GET", "/readyz/poststarthook/rbac/bootstrap-roles").text == "ok")
        #expect(try gateway.request("GET", "/livez/shutdown").status == 404)
        #expect(try gateway.request("GET", "/livez/none").status == 404)
    }

    /// What the checks said to those who asked is counted.
    @Test func healthIsCounted() throws {
        let gateway = try TestGateway()
        defer { gateway.stop() }
        #expect(try gateway.request("GET", "/metrics/slis").text == "")
        for path in ["/readyz", "/readyz?exclude=etcd", "/readyz/etcd", "/livez"] {
            #expect(try gateway.request("GET", path).status == 200)
        }
        let text = try gateway.request("GET", "/metrics/slis").text
        for line in [
            "# TYPE kubernetes_healthcheck gauge", "kubernetes_healthcheck{name=\"etcd\",type=\"readyz\"} 1",
            "# TYPE kubernetes_healthchecks_total counter",
            "kubernetes_healthchecks_total{name=\"etcd\",status=\"success\",type=\"readyz\"} 1",
            "kubernetes_healthchecks_total{name=\"ping\",status=\"success\",type=\"readyz\"} 2",
            "kubernetes_healthchecks_total{name=\"ping\",status=\"success\",type=\"livez\"} 1",
        ] {
            #expect(text.contains(line + "\n"), "\(line) in \(text)")
        }
    }

    @Test func version() throws {
        let version = try gateway.request("GET", "/version").json
        #expect(version["major"] == "1")
        #expect(version["minor"] == "36")
        #expect(version["gitVersion"] == "v1.36.0")
    }

    @Test func whatIsToldOfTheIssuerOfTokens() throws {
        let discovery = try gateway.request("GET", "/.well-known/openid-configuration")
        #expect(discovery.header("Content-Type") == "application/json")
        #expect(discovery.header("Cache-Control") == "public, max-age=3600")
        #expect(try discovery.json["issuer"] == "https://kubernetes.default.svc.cluster.local")
        // Whoever checks tokens from outside can go there.
        let port = gateway.gateway.port
        #expect(try discovery.json["jwks_uri"]?.stringValue == "https://127.0.0.1:\(port)/openid/v1/jwks")
        let keys = try gateway.request("GET", "/openid/v1/jwks")
        #expect(keys.header("Content-Type") == "application/jwk-set+json")
        #expect(keys.header("Cache-Control") == "public, max-age=3600")
        #expect(try keys.json["keys"]?.arrayValue?.first?["use"] == "sig")
    }

    @Test func oneObject() throws {
        let response = try gateway.request("GET", "/api/v1/nodes/node-1")
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == "application/json")
        #expect(response.header("Cache-Control") == "no-cache, private")
        #expect(response.header("Audit-Id")?.count == 36)
        #expect(response.text.hasPrefix("{\"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"node-1\","))
        #expect(response.text.hasSuffix("}\n"))
        // Upstream has no route for the heads of answers, but for those of its plain paths.
        #expect(try gateway.request("HEAD", "/api/v1/nodes/node-1").status == 405)
        #expect(try gateway.request("HEAD", "/api/v1/nodes").status == 405)
        #expect(try gateway.request("HEAD", "/apis/apps/v1/namespaces/default/deployments/x/scale").status == 405)
        let head = try gateway.request("HEAD", "/healthz")
        #expect(head.status == 200 && head.header("Content-Length") == "2")
    }

    @Test func lists() throws {
        let list = try gateway.request("GET", "/api/v1/nodes").json
        #expect(list["kind"] == "NodeList")
        #expect(list["metadata"]?["resourceVersion"]?.stringValue?.isEmpty == false)
        let names = list["items"]?.arrayValue?.compactMap { $0["metadata"]?["name"]?.stringValue }
        #expect(names == ["node-1", "node-2"])
        #expect(list["items"]?.arrayValue?.first?["kind"] == nil)
    }

    /// Whoever takes any state gets all of it, and no pages.
    @Test func pagesOfAnyState() throws {
        let path = "/api/v1/nodes?limit=1&resourceVersion="
        let any = try gateway.request("GET", path + "0").json
        #expect(any["items"]?.arrayValue?.count == 2)
        #expect(any["metadata"]?["continue"] == nil)
        let newest = try gateway.request("GET", path).json
        #expect(newest["items"]?.arrayValue?.count == 1)
        let token = try #require(newest["metadata"]?["continue"]?.stringValue)
        let rest = try gateway.request("GET", path + "0&continue=" + token).json
        #expect(rest["items"]?.arrayValue?.count == 1)
    }

    @Test func pages() throws {
        var path = "/api/v1/namespaces/kube-system/pods?limit=2"
        let all = try gateway.request("GET", "/api/v1/namespaces/kube-system/pods").json["items"]?.arrayValue ?? []
        var names: [String] = []
        var versions: Set<String> = []
        while true {
            let page = try gateway.request("GET", path).json
            names += (page["items"]?.arrayValue ?? []).compactMap { $0["metadata"]?["name"]?.stringValue }
            versions.insert(page["metadata"]?["resourceVersion"]?.stringValue ?? "")
            guard let token = page["metadata"]?["continue"]?.stringValue else {
                #expect(page["metadata"]?["remainingItemCount"] == nil)
                break
            }
            #expect(page["metadata"]?["remainingItemCount"]?.intValue == all.count - names.count)
            path = "/api/v1/namespaces/kube-system/pods?limit=2&continue=\(token)"
        }
        #expect(names == all.compactMap { $0["metadata"]?["name"]?.stringValue })
        #expect(names.count > 4)
        #expect(versions.count == 1)
    }

    @Test func tables() throws {
        let accept = [("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")]
        let response = try gateway.request("GET", "/api/v1/nodes", headers: accept)
        #expect(response.header("Content-Type") == "application/json")
        let table = try response.json
        #expect(table["kind"] == "Table")
        #expect(table["apiVersion"] == "meta.k8s.io/v1")
        let columns = table["columnDefinitions"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(columns.prefix(5) == ["Name", "Status", "Roles", "Age", "Version"])
        let row = table["rows"]?.arrayValue?.first
        #expect(row?["cells"]?.arrayValue?.first == "node-1")
        #expect(row?["object"]?["kind"] == "PartialObjectMetadata")
        #expect(row?["object"]?["spec"] == nil)
        let whole = try gateway.request("GET", "/api/v1/nodes?includeObject=Object", headers: accept).json
        #expect(whole["rows"]?.arrayValue?.first?["object"]?["spec"] != nil)
        let none = try gateway.request("GET", "/api/v1/nodes?includeObject=None", headers: accept).json
        #expect(none["rows"]?.arrayValue?.first?["object"] == nil)
        let old = [("Accept", "application/json;as=Table;v=v1beta1;g=meta.k8s.io")]
        #expect(try gateway.request("GET", "/api/v1/nodes", headers: old).json["apiVersion"] == "meta.k8s.io/v1beta1")
    }

    @Test func metadataOnly() throws {
        let accept = [("Accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")]
        let list = try gateway.request("GET", "/api/v1/nodes", headers: accept).json
        #expect(list["kind"] == "PartialObjectMetadataList")
        #expect(list["items"]?.arrayValue?.first?["kind"] == "PartialObjectMetadata")
        #expect(list["items"]?.arrayValue?.first?["spec"] == nil)
        // A list must be asked for as a list, and an object as an object.
        let one = try gateway.request("GET", "/api/v1/nodes/node-1", headers: accept)
        #expect(one.status == 406)
        #expect(
            try one.json["message"]
                == "you requested PartialObjectMetadataList, but the requested object is not a list (*core.Node)")
        let single = [("Accept", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")]
        let many = try gateway.request("GET", "/apis/apps/v1/deployments", headers: single)
        #expect(many.status == 406)
        #expect(
            try many.json["message"]
                == "you requested PartialObjectMetadata, but the requested object is a list (*apps.DeploymentList)")
        #expect(try gateway.request("GET", "/api/v1/nodes/node-1", headers: single).json["spec"] == nil)
    }

    /// Upstream's e2e test of request timeouts, and what Go says of times that are none.
    @Test(arguments: [
        ("invalid", "invalid duration \"invalid\""), ("2", "missing unit in duration \"2\""),
        ("1p", "unknown unit \"p\" in duration \"1p\""), ("-", "invalid duration \"-\""),
        ("1h2", "missing unit in duration \"1h2\""),
    ])
    func timeoutsThatAreNone(text: String, problem: String) throws {
        for path in ["/api/v1/nodes", "/livez"] {
            let answer = try gateway.request("GET", "\(path)?timeout=\(text)")
            #expect(answer.status == 400)
            #expect(
                try answer.json["message"]
                    == .string("invalid timeout specified in the request URL - time: \(problem)"))
        }
    }

    @Test(arguments: ["0s", "34s", "1h15m", "-1s", "24000h", "0"])
    func timeouts(text: String) throws {
        #expect(try gateway.request("GET", "/api/v1/nodes?timeout=\(text)").status == 200)
    }

    /// An object as new as one that does not exist yet is waited for, and told as too far ahead.
    @Test func objectAtARevision() throws {
        let path = "/api/v1/nodes/node-1?resourceVersion="
        #expect(try gateway.request("GET", path + "0").status == 200)
        #expect(try gateway.request("GET", path + "1").status == 200)
        let ahead = try gateway.request("GET", path + "99999999")
        #expect(ahead.status == 504)
        let message = try ahead.json["message"]?.stringValue ?? ""
        #expect(message.hasPrefix("Timeout: Too large resource version: 99999999, current: "))
        #expect(try gateway.request("GET", path + "x").status == 400)
    }

    @Test func yaml() throws {
        let response = try gateway.request(
            "GET", "/api/v1/namespaces/default", headers: [("Accept", "application/yaml")])
        #expect(response.header("Content-Type") == "application/yaml")
        #expect(response.text.hasPrefix("apiVersion: v1\nkind: Namespace\nmetadata:\n"), "\(response.text)")
        #expect(response.text.contains("\n    kubernetes.io/metadata.name: default\n"), "\(response.text)")
        #expect(response.text.contains("\n  resourceVersion: \""), "\(response.text)")
    }

    @Test func forPeople() throws {
        let pretty = try gateway.request("GET", "/api/v1/namespaces/default?pretty=true").text
        #expect(pretty.hasPrefix("{\n  \"kind\": \"Namespace\",\n  \"apiVersion\": \"v1\",\n"))
        let curl = try gateway.request("GET", "/api/v1/namespaces/default", headers: [("User-Agent", "curl/8")]).text
        #expect(curl == pretty)
    }

    @Test func compressed() throws {
        let response = try gateway.request("GET", "/openapi/v2", headers: [("Accept-Encoding", "gzip")])
        #expect(response.header("Content-Encoding") == "gzip")
        #expect(response.body.prefix(2) == [0x1F, 0x8B])
        let small = try gateway.request("GET", "/api/v1/nodes/node-1", headers: [("Accept-Encoding", "gzip")])
        #expect(small.header("Content-Encoding") == nil)
    }

    /// Long lists are made as the client takes them, in JSON and in protobuf, and compressed if they are large.
    @Test func longLists() throws {
        let json = [("Content-Type", "application/json")]
        let namespace = "/api/v1/namespaces/long-lists"
        let body = "{\"metadata\":{\"name\":\"long-lists\"}}"
        #expect(try gateway.request("POST", "/api/v1/namespaces", headers: json, body: body).status == 201)
        let text = String(repeating: "x", count: 1000)
        let connection = try gateway.connect()
        for number in 1000..<1250 {
            let body = "{\"metadata\":{\"name\":\"c-\(number)\"},\"data\":{\"text\":\"\(text)\"}}"
            let response = try connection.request("POST", namespace + "/configmaps", headers: json, body: body)
            #expect(response.status == 201)
        }
        let path = namespace + "/configmaps?labelSelector=!none"
        let count = try gateway.request("GET", path).json["items"]?.arrayValue?.count ?? 0
        #expect(count >= 250)
        let protobuf = [("Accept", ProtobufCoding.mediaType)]
        let list = try gateway.request("GET", path, headers: protobuf)
        #expect(list.header("Content-Type") == ProtobufCoding.mediaType)
        #expect(list.header("Transfer-Encoding") == "chunked")
        let opened = try ProtobufCoding.open(list.body)
        #expect(opened.kind == "ConfigMapList")
        let maps = try ConfigMapList.decode(protobuf: opened.raw)
        #expect(maps.items.count == count)
        #expect(maps.items.first { $0.name == "c-1249" }?.data["text"] == text)
        for accept in [protobuf, [("Accept", "application/json")]] {
            let response = try gateway.request("GET", path, headers: accept + [("Accept-Encoding", "gzip")])
            #expect(response.header("Content-Encoding") == "gzip")
            #expect(response.body.prefix(2) == [0x1F, 0x8B])
        }
        // YAML comes in pieces too, the same as if it were made at once.
        let version = try gateway.request("GET", path).json["metadata"]?["resourceVersion"]?.stringValue ?? ""
        let exact = path + "&resourceVersionMatch=Exact&resourceVersion=" + version
        for shape in ["", ";as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"] {
            let plain = try gateway.request("GET", exact, headers: [("Accept", "application/json" + shape)])
            let yaml = try gateway.request("GET", exact, headers: [("Accept", "application/yaml" + shape)])
            #expect(yaml.header("Content-Type") == "application/yaml")
            if shape.isEmpty { #expect(yaml.header("Transfer-Encoding") == "chunked") }
            #expect(yaml.text == YAMLText.encode(try plain.json), "\(shape)")
        }
        let table = [("Accept", "application/yaml;as=Table;v=v1;g=meta.k8s.io")]
        let document = try YAMLText.decode(try gateway.request("GET", exact, headers: table).body)
        #expect(document["kind"] == "Table")
        #expect(document["columnDefinitions"]?.arrayValue?.count == 3)
        #expect(document["rows"]?.arrayValue?.count == count)
        #expect(document["metadata"]?["resourceVersion"]?.stringValue == version)
        // As many, and not worth it.
        let metadata = [("Accept", ProtobufCoding.mediaType + ";as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")]
        let small = try gateway.request("GET", path, headers: metadata + [("Accept-Encoding", "gzip")])
        #expect(small.header("Content-Encoding") == nil)
        #expect(small.header("Content-Length") == String(small.body.count))
    }

    @Test func selectors() throws {
        let one = try gateway.request("GET", "/api/v1/nodes?fieldSelector=metadata.name%3Dnode-2").json
        #expect(one["items"]?.arrayValue?.count == 1)
        let labelled = try gateway.request(
            "GET", "/api/v1/nodes?labelSelector=kubernetes.io/hostname%20in%20(node-1,none)"
        ).json
        #expect(labelled["items"]?.arrayValue?.count == 1)
        let none = try gateway.request("GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dnone").json
        #expect(none["items"]?.arrayValue?.isEmpty == true)
    }

    @Test func subresources() throws {
        let scale = try gateway.request("GET", "/apis/apps/v1/namespaces/kube-system/deployments/coredns/scale").json
        #expect(scale["kind"] == "Scale")
        #expect(scale["spec"]?["replicas"]?.intValue == 2)
        let table = try gateway.request(
            "GET", "/apis/apps/v1/namespaces/kube-system/deployments/coredns/scale",
            headers: [("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")]
        ).json
        #expect(table["kind"] == "Table")
        let columns = table["columnDefinitions"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(columns == ["Name", "Desired", "Available", "Age"])
        let row = table["rows"]?.arrayValue?.first
        #expect(row?["cells"]?.arrayValue?.prefix(2) == ["coredns", 2])
        #expect(row?["object"]?["kind"] == "PartialObjectMetadata")
        let status = try gateway.request("GET", "/apis/apps/v1/namespaces/kube-system/deployments/coredns/status").json
        #expect(status["kind"] == "Deployment")
        let pods = try gateway.request("GET", "/api/v1/namespaces/kube-system/pods").json["items"]?.arrayValue ?? []
        let name = pods.first?["metadata"]?["name"]?.stringValue ?? ""
        let log = try gateway.request("GET", "/api/v1/namespaces/kube-system/pods/\(name)/log")
        #expect(log.status == 501)
        #expect(try log.json["kind"] == "Status")
    }

    @Test func deprecatedKindsAreWarnedOf() throws {
        let endpoints = "299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\""
        let path = "/api/v1/namespaces/default/endpoints"
        #expect(try gateway.request("GET", path).all("Warning") == [endpoints])
        #expect(try gateway.request("GET", path + "/kubernetes").all("Warning") == [endpoints])
        let made = try gateway.request(
            "POST", path + "?dryRun=All", headers: [("Content-Type", "application/json")],
            body: #"{"metadata":{"name":"old"}}"#)
        #expect(made.status == 201)
        #expect(made.all("Warning") == [endpoints])
        #expect(
            try gateway.request("GET", "/api/v1/componentstatuses").all("Warning")
                == ["299 - \"v1 ComponentStatus is deprecated in v1.19+\""])
        #expect(try gateway.request("GET", "/api/v1/nodes").all("Warning") == [])
    }

    @Test func whoCarriesACertificateIsToldWhich() throws {
        let review = try gateway.request(
            "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            headers: [("Content-Type", "application/json")], body: "{}"
        ).json
        let extra = review["status"]?["userInfo"]?["extra"]?["authentication.kubernetes.io/credential-id"]?.arrayValue
        let identifier = extra?.first?.stringValue ?? ""
        #expect(identifier.hasPrefix("X509SHA256="))
        let digits = identifier.dropFirst("X509SHA256=".count)
        #expect(digits.count == 64 && digits.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }

    @Test func metrics() throws {
        // Work whose time is measured: the cluster's boot ran as fast as it could, with no clock on the wall.
        let deployment =
            #"{"metadata":{"name":"timed"},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"#
            + #""template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"nginx:1.29"}]}}}}"#
        let created = try gateway.request(
            "POST", "/apis/apps/v1/namespaces/default/deployments", headers: [("Content-Type", "application/json")],
            body: deployment)
        #expect(created.status == 201)
        let families = [
            "workqueue_work_duration_seconds_count{name=\"deployment\"} ",
            "workqueue_queue_duration_seconds_bucket{name=\"deployment\",le=\"1e-08\"} ",
            "scheduler_scheduling_attempt_duration_seconds_count{profile=\"default-scheduler\",result=\"scheduled\"} ",
            "scheduler_pod_scheduling_sli_duration_seconds_count{attempts=\"1\"} ",
        ]
        var text = ""
        var missing = families
        // The answer to the write did not wait for the controllers.
        for _ in 0..<2000 where !missing.isEmpty {
            text = try gateway.request("GET", "/metrics").text
            missing = families.filter { family in
                let line = text.split(separator: "\n").first { $0.hasPrefix(family) }
                return (line?.dropFirst(family.count)).flatMap { Int($0) } ?? 0 == 0
            }
        }
        #expect(missing.isEmpty)
        #expect(text.contains("# TYPE apiserver_request_total counter\n"))
        #expect(text.contains("apiserver_resource_objects{group=\"\",resource=\"nodes\"} 2\n"))
        #expect(text.contains("scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"scheduled\"}"))
    }
}
