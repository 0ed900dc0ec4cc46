import KubeAPI
import Testing

@Suite("Writes over HTTPS")
struct WriteTests {
    private let gateway = TestGateway.shared
    private let json = [("Content-Type", "application/json")]

    private func path(_ name: String) -> String { "/api/v1/namespaces/default/configmaps/\(name)" }

    @Test func createReadUpdateDelete() throws {
        let created = try gateway.createConfigMap("write-life", ["a": "1"])
        #expect(created.status == 201)
        let first = try created.json
        #expect(first["kind"] == "ConfigMap")
        #expect(first["metadata"]?["namespace"] == "default")
        #expect(first["metadata"]?["uid"]?.stringValue?.count == 36)
        // What a client has been told of, it can read.
        #expect(try gateway.request("GET", path("write-life")).json == first)
        let again = try gateway.createConfigMap("write-life")
        #expect(again.status == 409)
        #expect(try again.json["message"] == "configmaps \"write-life\" already exists")

        var changed = first
        changed["data"] = ["a": "2"]
        let text = String(decoding: changed.json, as: UTF8.self)
        let updated = try gateway.request("PUT", path("write-life"), headers: json, body: text)
        #expect(updated.status == 200)
        let stale = try gateway.request("PUT", path("write-life"), headers: json, body: text)
        #expect(stale.status == 409)
        #expect(
            try stale.json["message"]?.stringValue
                == "Operation cannot be fulfilled on configmaps \"write-life\": the object has been modified; "
                + "please apply your changes to the latest version and try again")

        let deleted = try gateway.request("DELETE", path("write-life"))
        #expect(deleted.status == 200)
        #expect(try deleted.json["status"] == "Success")
        #expect(try deleted.json["details"]?["uid"] == first["metadata"]?["uid"])
        #expect(try gateway.request("GET", path("write-life")).status == 404)
    }

    /// A change of an object by a name that it is not stored under is no creation.
    @Test func changesByASecondName() throws {
        let core = "/api/v1/namespaces/default/events"
        let events = "/apis/events.k8s.io/v1/namespaces/default/events"
        let body = """
            {"metadata":{"name":"write-twice"},"regarding":{"namespace":"default"},"type":"Normal","reason":"Tested",\
            "eventTime":"2026-01-01T00:00:00.000001Z","reportingController":"test","reportingInstance":"node-1",\
            "action":"Test"}
            """
        #expect(try gateway.request("POST", events, headers: json, body: body).status == 201)
        let series = "{\"series\":{\"count\":2,\"lastObservedTime\":\"2026-01-01T00:00:00.000002Z\"}}"
        let patched = try gateway.request(
            "PATCH", events + "/write-twice", headers: [("Content-Type", "application/merge-patch+json")], body: series)
        #expect(patched.status == 200)
        let again = String(decoding: try patched.json.json, as: UTF8.self)
        #expect(try gateway.request("PUT", events + "/write-twice", headers: json, body: again).status == 200)
        let uid = try gateway.request("GET", core + "/write-twice").json["metadata"]?["uid"]
        let deleted = try gateway.request("DELETE", events + "/write-twice").json
        #expect(deleted["status"] == "Success")
        #expect(uid != nil && deleted["details"]?["uid"] == uid)
    }

    /// Whoever leaves out the label with a namespace's name gets it back, as it is a default.
    @Test func namespacesKeepTheirNamesAsLabels() throws {
        let path = "/api/v1/namespaces/write-label"
        let body = "{\"metadata\":{\"name\":\"write-label\"},\"spec\":{\"finalizers\":[\"kubernetes\"]}}"
        #expect(try gateway.request("POST", "/api/v1/namespaces", headers: json, body: body).status == 201)
        let merge = [("Content-Type", "application/merge-patch+json")]
        let labels: JSONValue = ["kubernetes.io/metadata.name": "write-label"]
        for (method, path, headers, body) in [
            ("PUT", path, json, body), ("PUT", path + "/finalize", json, body),
            ("PATCH", path, merge, "{\"metadata\":{\"labels\":null}}"),
            ("PATCH", path + "/status", merge, "{\"metadata\":{\"labels\":null}}"),
        ] {
            let answer = try gateway.request(method, path, headers: headers, body: body)
            #expect(answer.status == 200)
            #expect(try answer.json["metadata"]?["labels"] == labels, "\(method) \(path)")
        }
    }

    /// A client that does not say what it is called is recorded as `unknown`.
    @Test func namelessClientsManageFields() throws {
        let body = "{\"metadata\":{\"name\":\"write-nameless\"},\"data\":{\"a\":\"1\"}}"
        let created = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: json, body: body)
        #expect(created.status == 201)
        let entry = try created.json["metadata"]?["managedFields"]?.arrayValue?.first
        #expect(entry?["manager"] == "unknown")
    }

    @Test func patches() throws {
        try gateway.createConfigMap("write-patch", ["a": "1", "b": "2"])
        let merged = try gateway.request(
            "PATCH", path("write-patch"), headers: [("Content-Type", "application/merge-patch+json")],
            body: "{\"data\":{\"a\":null,\"c\":\"3\"}}")
        #expect(try merged.json["data"] == ["b": "2", "c": "3"])
        let patched = try gateway.request(
            "PATCH", path("write-patch"), headers: [("Content-Type", "application/json-patch+json")],
            body: "[{\"op\":\"replace\",\"path\":\"/data/b\",\"value\":\"4\"}]")
        #expect(try patched.json["data"] == ["b": "4", "c": "3"])
        let strategic = try gateway.request(
            "PATCH", path("write-patch"),
            headers: [("Content-Type", "application/strategic-merge-patch+json; charset=utf-8")],
            body: "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}")
        #expect(try strategic.json["metadata"]?["labels"] == ["x": "y"])
        let wrong = try gateway.request(
            "PATCH", path("write-patch"), headers: [("Content-Type", "application/json-patch+json")],
            body: "[{\"op\":\"remove\",\"path\":\"/data/none\"}]")
        #expect(wrong.status == 422)
    }

    @Test func dryRunsWriteNothing() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps?dryRun=All", headers: json,
            body: "{\"metadata\":{\"name\":\"write-dry\"}}")
        #expect(response.status == 201)
        #expect(try gateway.request("GET", path("write-dry")).status == 404)
    }

    /// Some kinds are shown as they were when they are gone, of others it is only said.
    @Test(arguments: [("storageclasses", "StorageClass", "provisioner"), ("csidrivers", "CSIDriver", "spec")])
    func whatIsGoneIsShown(plural: String, kind: String, field: String) throws {
        let path = "/apis/storage.k8s.io/v1/" + plural
        let body = #"{"metadata":{"name":"write-gone"},"provisioner":"example.com/none","spec":{}}"#
        #expect(
            try gateway.request("POST", path + "?fieldValidation=Ignore", headers: json, body: body).status == 201)
        let gone = try gateway.request("DELETE", path + "/write-gone").json
        #expect(gone["kind"]?.stringValue == kind)
        #expect(gone["metadata"]?["name"] == "write-gone")
        #expect(gone[field] != nil)
        try gateway.createConfigMap("write-gone")
        let told = try gateway.request("DELETE", "/api/v1/namespaces/default/configmaps/write-gone").json
        #expect(told["kind"] == "Status")
        #expect(told["details"]?["name"] == "write-gone")
    }

    /// What a deletion is to be is said in its body, or without one in its query, and looked at before what it is of.
    @Test func optionsOfDeletions() throws {
        let path = "/api/v1/namespaces/default/configmaps/"
        for query in ["propagationPolicy=Foo", "propagationPolicy=Orphan&orphanDependents=true", "dryRun=Some"] {
            let response = try gateway.request("DELETE", path + "none?" + query)
            #expect(response.status == 422, "\(query)")
            #expect(
                try response.json["message"]?.stringValue?.hasPrefix("DeleteOptions.meta.k8s.io \"\" is invalid: ")
                    == true)
        }
        try gateway.createConfigMap("write-deleted")
        #expect(try gateway.request("DELETE", path + "write-deleted?dryRun=All").status == 200)
        let body = #"{"dryRun":["All"]}"#
        #expect(try gateway.request("DELETE", path + "write-deleted", headers: json, body: body).status == 200)
        #expect(try gateway.request("GET", path + "write-deleted").status == 200)
        // Who sends a body is not asked elsewhere.
        #expect(
            try gateway.request("DELETE", path + "write-deleted?dryRun=All", headers: json, body: "{}").status == 200)
        #expect(try gateway.request("GET", path + "write-deleted").status == 404)
    }

    @Test func unknownFields() throws {
        let body = "{\"metadata\":{\"name\":\"write-fields\"},\"dat\":{\"a\":\"1\"}}"
        let collection = "/api/v1/namespaces/default/configmaps"
        let strict = try gateway.request("POST", collection + "?fieldValidation=Strict", headers: json, body: body)
        #expect(strict.status == 400)
        #expect(
            try strict.json["message"]?.stringValue
                == "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: "
                + "unknown field \"dat\"")
        let warned = try gateway.request("POST", collection + "?dryRun=All", headers: json, body: body)
        #expect(warned.status == 201)
        #expect(warned.all("Warning") == ["299 - \"unknown field \\\"dat\\\"\""])
        let ignored = try gateway.request(
            "POST", collection + "?dryRun=All&fieldValidation=Ignore", headers: json, body: body)
        #expect(ignored.status == 201)
        #expect(ignored.all("Warning").isEmpty)
    }

    @Test func yamlIn() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps?dryRun=All", headers: [("Content-Type", "application/yaml")],
            body:
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: write-yaml\ndata:\n  text: |\n    two\n    lines\n"
        )
        #expect(response.status == 201)
        #expect(try response.json["data"]?["text"] == "two\nlines\n")
    }

    /// Who wants to know of a key that stands twice is told, and the last value counts.
    @Test func repeatedKeysInYAML() throws {
        let body = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {"name": write-repeated, "name": write-repeated}
            data:
              b: "0"
              a: "1"
              a: "2"
              "b": "3"
            """
        let collection = "/api/v1/namespaces/default/configmaps?dryRun=All"
        let yaml = [("Content-Type", "application/yaml")]
        let warned = try gateway.request("POST", collection, headers: yaml, body: body)
        #expect(warned.status == 201)
        #expect(try warned.json["data"] == ["a": "2", "b": "3"])
        let found = [3: "name", 7: "a", 8: "b"].sorted { $0.key < $1.key }
        let lines = found.map { "line \($0.key): key \\\"\($0.value)\\\" already set in map" }
        // One warning a key, from an apply as from a create.
        let warnings = lines.map { "299 - \"\($0)\"" }
        #expect(warned.all("Warning") == warnings)
        let patch = "/api/v1/namespaces/default/configmaps/write-repeated?dryRun=All&fieldManager=m"
        let apply = [("Content-Type", "application/apply-patch+yaml")]
        #expect(try gateway.request("PATCH", patch, headers: apply, body: body).all("Warning") == warnings)
        let ignored = try gateway.request("POST", collection + "&fieldValidation=Ignore", headers: yaml, body: body)
        #expect(ignored.status == 201)
        #expect(ignored.all("Warning").isEmpty)
        let strict = try gateway.request("POST", collection + "&fieldValidation=Strict", headers: yaml, body: body)
        #expect(strict.status == 400)
        let message = try strict.json["message"]?.stringValue ?? ""
        #expect(
            message.hasPrefix(
                "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: "
                    + "yaml: unmarshal errors:\n  line 3: key \"name\" already set in map\n  line 7: "))
        let applied = try gateway.request("PATCH", patch + "&fieldValidation=Strict", headers: apply, body: body)
        #expect(applied.status == 400)
        #expect(
            try applied.json["message"]?.stringValue?.hasPrefix(
                "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n") == true)
    }

    @Test func collections() throws {
        for name in ["write-all-1", "write-all-2"] {
            _ = try gateway.request(
                "POST", "/api/v1/namespaces/default/configmaps", headers: json,
                body: "{\"metadata\":{\"name\":\"\(name)\",\"labels\":{\"set\":\"all\"}}}")
        }
        let response = try gateway.request("DELETE", "/api/v1/namespaces/default/configmaps?labelSelector=set%3Dall")
        #expect(response.status == 200)
        #expect(try response.json["items"]?.arrayValue?.count == 2)
        let rest = try gateway.request("GET", "/api/v1/namespaces/default/configmaps?labelSelector=set%3Dall").json
        #expect(rest["items"]?.arrayValue?.isEmpty == true)
    }

    @Test func deployments() throws {
        let deployments = "/apis/apps/v1/namespaces/default/deployments"
        let created = try gateway.request(
            "POST", deployments, headers: json,
            body: """
                {"metadata":{"name":"write-web"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"w"}},
                "template":{"metadata":{"labels":{"app":"w"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}
                """)
        #expect(created.status == 201, "\(created.text)")
        let scaled = try gateway.request(
            "PATCH", deployments + "/write-web/scale", headers: [("Content-Type", "application/merge-patch+json")],
            body: "{\"spec\":{\"replicas\":3}}")
        #expect(try scaled.json["spec"]?["replicas"]?.intValue == 3, "\(scaled.text)")
        let read = try gateway.request("GET", deployments + "/write-web/scale").json
        #expect(read["spec"]?["replicas"]?.intValue == 3)
        let put = try gateway.request(
            "PUT", deployments + "/write-web/scale", headers: json,
            body: "{\"metadata\":{\"name\":\"write-web\",\"namespace\":\"default\"},\"spec\":{\"replicas\":0}}")
        #expect(put.status == 200, "\(put.text)")
        let foreground = try gateway.request(
            "DELETE", deployments + "/write-web", headers: json, body: "{\"propagationPolicy\":\"Foreground\"}")
        #expect(foreground.status == 202, "\(foreground.text)")
        #expect(try foreground.json["metadata"]?["finalizers"] == ["foregroundDeletion"])
    }

    /// A pod that goes at once is told of as it went: marked, with no grace left, and the revision of its removal.
    @Test func aDeletedPodIsToldOfAsItWent() throws {
        let pods = "/api/v1/namespaces/default/pods"
        let body = """
            {"metadata":{"name":"write-gone"},"spec":{"schedulerName":"none",
            "containers":[{"name":"c","image":"nginx"}]}}
            """
        let created = try gateway.request("POST", pods, headers: json, body: body).json
        let deleted = try gateway.request("DELETE", pods + "/write-gone").json
        #expect(deleted["kind"] == "Pod")
        let metadata = deleted["metadata"]
        #expect(metadata?["uid"] == created["metadata"]?["uid"])
        #expect(metadata?["deletionTimestamp"]?.stringValue != nil)
        #expect(metadata?["deletionGracePeriodSeconds"] == 0)
        let revisions = [created["metadata"], metadata].compactMap {
            $0?["resourceVersion"]?.stringValue.flatMap { Int($0) }
        }
        #expect(revisions.count == 2 && revisions[0] + 1 < revisions[1], "\(revisions)")
    }

    @Test func bindingAndEviction() throws {
        let pods = "/api/v1/namespaces/default/pods"
        let pod = try gateway.request(
            "POST", pods, headers: json,
            body: """
                {"metadata":{"name":"write-pod"},"spec":{"schedulerName":"none",
                "containers":[{"name":"c","image":"nginx"}]}}
                """)
        #expect(pod.status == 201, "\(pod.text)")
        // What is posted to an object names it.
        for (subresource, kind) in [("binding", "Binding"), ("eviction", "Eviction")] {
            for metadata in ["{}", "{\"name\":\"another\"}"] {
                let unnamed = try gateway.request(
                    "POST", pods + "/write-pod/" + subresource, headers: json,
                    body: "{\"metadata\":\(metadata),\"target\":{\"name\":\"node-2\"}}")
                #expect(unnamed.status == 400)
                #expect(try unnamed.json["message"] == .string("name in URL does not match name in \(kind) object"))
            }
        }
        let bound = try gateway.request(
            "POST", pods + "/write-pod/binding", headers: json,
            body: "{\"metadata\":{\"name\":\"write-pod\"},\"target\":{\"kind\":\"Node\",\"name\":\"node-2\"}}")
        #expect(bound.status == 201, "\(bound.text)")
        #expect(try bound.json["status"] == "Success")
        #expect(try gateway.request("GET", pods + "/write-pod").json["spec"]?["nodeName"] == "node-2")
        let evicted = try gateway.request(
            "POST", pods + "/write-pod/eviction", headers: json,
            body: "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"write-pod\"}}")
        #expect(evicted.status == 201, "\(evicted.text)")
        let after = try gateway.request("GET", pods + "/write-pod")
        #expect(try after.status == 404 || after.json["metadata"]?["deletionTimestamp"] != nil)
    }
}
