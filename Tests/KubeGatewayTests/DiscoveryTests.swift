import KubeAPI
import Testing

@Suite("Discovery and OpenAPI over HTTPS")
struct DiscoveryTests {
    private let gateway = TestGateway.shared

    @Test func groupsAndVersions() throws {
        let core = try gateway.request("GET", "/api").json
        #expect(core["kind"] == "APIVersions")
        #expect(core["versions"] == ["v1"])
        let groups = try gateway.request("GET", "/apis").json
        #expect(groups["kind"] == "APIGroupList")
        let names = groups["groups"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(names.contains("apps"))
        #expect(names.contains("rbac.authorization.k8s.io"))
        #expect(names.contains("metrics.k8s.io"))
        let autoscaling = try gateway.request("GET", "/apis/autoscaling").json
        #expect(autoscaling["preferredVersion"]?["groupVersion"] == "autoscaling/v2")
    }

    @Test func resources() throws {
        let list = try gateway.request("GET", "/api/v1").json
        #expect(list["kind"] == "APIResourceList")
        let resources = list["resources"]?.arrayValue ?? []
        let pods = resources.first { $0["name"] == "pods" }
        #expect(pods?["singularName"] == "pod")
        #expect(pods?["shortNames"] == ["po"])
        #expect(pods?["categories"] == ["all"])
        #expect(pods?["storageVersionHash"] == "xPOwRZ+Yhw8=")
        #expect(
            pods?["verbs"]
                == ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"])
        let eviction = resources.first { $0["name"] == "pods/eviction" }
        #expect(eviction?["group"] == "policy")
        #expect(eviction?["kind"] == "Eviction")
        #expect(eviction?["verbs"] == ["create"])
        let apps = try gateway.request("GET", "/apis/apps/v1").json["resources"]?.arrayValue ?? []
        let scale = apps.first { $0["name"] == "deployments/scale" }
        #expect(scale?["group"] == "autoscaling")
        #expect(apps.first { $0["name"] == "deployments" }?["storageVersionHash"] == "8aSe+NMegvE=")
    }

    private func accept(_ version: String) -> String {
        "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
    }

    /// v2beta1 was a version once. What stands behind it in the header counts, and if nothing does there is no answer.
    @Test(arguments: ["/api", "/apis"], ["v2beta1", "v3"])
    func unknownAggregated(path: String, version: String) throws {
        let list = try gateway.request("GET", path, headers: [("Accept", accept(version) + ",application/json")])
        #expect(list.status == 200)
        #expect(list.header("Content-Type") == "application/json")
        #expect(try list.json["kind"] == (path == "/api" ? "APIVersions" : "APIGroupList"))
        let newest = try gateway.request(
            "GET", path, headers: [("Accept", accept(version) + "," + accept("v2") + ",application/json")])
        #expect(try newest.json["kind"] == "APIGroupDiscoveryList")
        let refused = try gateway.request("GET", path, headers: [("Accept", accept(version))])
        #expect(refused.status == 406)
        #expect(try refused.json["reason"] == "NotAcceptable")
    }

    @Test func aggregated() throws {
        let version = "v2"
        let accept = accept(version) + ",application/json"
        let response = try gateway.request("GET", "/apis", headers: [("Accept", accept)])
        #expect(
            response.header("Content-Type")
                == "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList")
        let list = try response.json
        #expect(list["apiVersion"]?.stringValue == "apidiscovery.k8s.io/\(version)")
        let apps = list["items"]?.arrayValue?.first { $0["metadata"]?["name"] == "apps" }
        let resources = apps?["versions"]?.arrayValue?.first?["resources"]?.arrayValue
        let deployments = resources?.first { $0["resource"] == "deployments" }
        #expect(deployments?["scope"] == "Namespaced")
        #expect(deployments?["responseKind"] == ["group": "apps", "version": "v1", "kind": "Deployment"])
        let tag = response.header("ETag") ?? ""
        let unchanged = try gateway.request("GET", "/apis", headers: [("Accept", accept), ("If-None-Match", tag)])
        #expect(unchanged.status == 304)
        let core = try gateway.request("GET", "/api", headers: [("Accept", accept)]).json
        #expect(core["items"]?.arrayValue?.count == 1)
    }

    @Test func openAPIv3() throws {
        let index = try gateway.request("GET", "/openapi/v3").json
        let url = index["paths"]?["apis/apps/v1"]?["serverRelativeURL"]?.stringValue ?? ""
        #expect(url.hasPrefix("/openapi/v3/apis/apps/v1?hash="))
        let response = try gateway.request("GET", url)
        #expect(response.header("Cache-Control") == "public, immutable")
        let document = try response.json
        let deployment = document["components"]?["schemas"]?["io.k8s.api.apps.v1.Deployment"]
        #expect(
            deployment?["x-kubernetes-group-version-kind"]
                == [["group": "apps", "version": "v1", "kind": "Deployment"]])
        let patch = document["paths"]?["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]?["patch"]
        #expect(patch?["parameters"]?.arrayValue?.contains { $0["name"] == "fieldValidation" } == true)
        let containers = document["components"]?["schemas"]?["io.k8s.api.core.v1.PodSpec"]?["properties"]?["containers"]
        #expect(containers?["x-kubernetes-patch-merge-key"] == "name")
        #expect(containers?["x-kubernetes-list-type"] == "map")
        let stale = try gateway.request("GET", "/openapi/v3/apis/apps/v1?hash=0")
        #expect(stale.status == 301)
        #expect(stale.header("Location") == url)
        #expect(stale.header("ETag") == response.header("ETag"))
        #expect(stale.body.isEmpty)
    }

    /// Discovery has documents of its own, and so have the few paths that are no resources.
    @Test(arguments: [
        ("api", "/api/"), ("apis", "/apis/"), ("apis/apps", "/apis/apps/"), ("apis/apps/v1", "/apis/apps/v1/"),
        ("version", "/version/"), ("openid/v1/jwks", "/openid/v1/jwks/"),
        (".well-known/openid-configuration", "/.well-known/openid-configuration/"),
    ])
    func openAPIv3OfPaths(document: String, path: String) throws {
        let index = try gateway.request("GET", "/openapi/v3").json["paths"]
        let address = try #require(index?[document]?["serverRelativeURL"]?.stringValue)
        let operation = try gateway.request("GET", address).json["paths"]?[path]?["get"]
        #expect(operation?["operationId"]?.stringValue?.hasPrefix("get") == true)
    }

    /// A document is kept by clients by its tag or its time, and for ever by its hash.
    @Test func openAPIv3IsKept() throws {
        let path = "/openapi/v3/apis/apps/v1"
        let first = try gateway.request("GET", path)
        let tag = try #require(first.header("ETag"))
        // A hash of 64 bytes, as Go writes it.
        #expect(tag.count == 130 && tag == tag.uppercased())
        #expect(first.header("Vary") == "Accept")
        #expect(first.header("Cache-Control") == "no-cache, private")
        #expect(first.header("Expires") == nil)
        let modified = try #require(first.header("Last-Modified"))
        for (name, value, code) in [
            ("If-None-Match", tag, 304), ("If-None-Match", "\"0\", W/\(tag)", 304), ("If-None-Match", "*", 304),
            ("If-None-Match", "\"0\"", 200), ("If-Modified-Since", modified, 304),
            ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ] {
            let again = try gateway.request("GET", path, headers: [(name, value)])
            #expect(again.status == code, "\(name): \(value)")
            #expect(again.header("ETag") == tag, "\(name): \(value)")
            #expect((again.header("Content-Type") == nil) == (code == 304), "\(name): \(value)")
        }
        let hashed = try gateway.request("GET", "\(path)?hash=\(tag.dropFirst().dropLast())")
        #expect(hashed.header("Cache-Control") == "public, immutable")
        #expect(hashed.header("Expires")?.hasSuffix(" GMT") == true)
        #expect(hashed.header("Vary") == "Accept")
        let compressed = try gateway.request("GET", path, headers: [("Accept-Encoding", "gzip")])
        #expect(compressed.all("Vary") == ["Accept", "Accept-Encoding"])
    }

    @Test func openAPIv3InProtobuf() throws {
        let path = "/openapi/v3/apis/apps/v1"
        let type = "application/com.github.proto-openapi.spec.v3.v1.0+protobuf"
        let json = try gateway.request("GET", path)
        for accept in [type, type.replacing("v3.v1", with: "v3@v1"), type + ", application/json;q=0.5"] {
            let response = try gateway.request("GET", path, headers: [("Accept", accept)])
            #expect(response.header("Content-Type") == type)
            #expect(response.header("ETag") == json.header("ETag"))
            let document = Self.fields(response.body)
            #expect(document[1] == [Array("3.0.0".utf8)])
            let schemas = Self.pairs(document[5]?.first, 1)
            #expect(schemas.count == (try json.json["components"]?["schemas"]?.objectValue?.count))
            let deployment = Self.fields(Self.fields(schemas["io.k8s.api.apps.v1.Deployment"])[1]?.first)
            #expect(deployment[25] == [Array("object".utf8)])
            let spec = Self.fields(Self.pairs(deployment[31]?.first)["spec"])[2]?.first
            #expect(Self.fields(spec)[1] == [Array("#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec".utf8)])
            let item = Self.pairs(document[4]?.first)["/apis/apps/v1/namespaces/{namespace}/deployments"]
            let post = Self.fields(Self.fields(item)[6]?.first)
            #expect(post[5] == [Array("createAppsV1NamespacedDeployment".utf8)])
        }
    }

    @Test(arguments: ["v2", "v3/api/v1"])
    func openAPIInNoOtherForm(path: String) throws {
        for accept in ["text/plain", "application/yaml", "application/vnd.kubernetes.protobuf"] {
            let response = try gateway.request("GET", "/openapi/" + path, headers: [("Accept", accept)])
            #expect(response.status == 406)
            #expect(response.body.isEmpty)
            #expect(response.header("Vary") == "Accept")
        }
        for accept in ["application/*", "text/plain, */*;q=0.1"] {
            let response = try gateway.request("GET", "/openapi/" + path, headers: [("Accept", accept)])
            #expect(response.header("Content-Type") == "application/json")
        }
        let index = try gateway.request("GET", "/openapi/v3", headers: [("Accept", "text/plain")])
        #expect(index.status == 200)
        #expect(try gateway.request("GET", "/openapi/v3/apis/none/v1").status == 404)
    }

    /// The fields of a message by their numbers; numbers themselves as one byte.
    private static func fields(_ bytes: [UInt8]?) -> [Int: [[UInt8]]] {
        var rest = (bytes ?? [])[...]
        func varint() -> Int {
            var (value, shift) = (0, 0)
            while let byte = rest.popFirst() {
                value |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            return value
        }
        var fields: [Int: [[UInt8]]] = [:]
        while !rest.isEmpty {
            let key = varint()
            let value = varint()
            if key & 7 == 2 {
                fields[key >> 3, default: []].append(Array(rest.prefix(value)))
                rest = rest.dropFirst(value)
            } else {
                fields[key >> 3, default: []].append([UInt8(truncatingIfNeeded: value)])
            }
        }
        return fields
    }

    /// The pairs of a message, or of the message in one of its fields.
    private static func pairs(_ bytes: [UInt8]?, _ inner: Int? = nil) -> [String: [UInt8]] {
        let message = inner.map { fields(bytes)[$0]?.first } ?? bytes
        var pairs: [String: [UInt8]] = [:]
        for pair in fields(message)[1] ?? [] {
            let pair = fields(pair)
            pairs[String(decoding: pair[1]?.first ?? [], as: UTF8.self)] = pair[2]?.first
        }
        return pairs
    }

    /// Every reference of every document leads somewhere.
    @Test func referencesLeadSomewhere() throws {
        let index = try gateway.request("GET", "/openapi/v3").json["paths"]?.objectValue ?? [:]
        for (path, _) in index {
            let document = try gateway.request("GET", "/openapi/v3/\(path)").json
            let schemas = document["components"]?["schemas"]?.objectValue ?? [:]
            var missing: Set<String> = []
            visitReferences(document) { reference in
                if schemas[String(reference.dropFirst("#/components/schemas/".count))] == nil {
                    missing.insert(reference)
                }
            }
            #expect(missing.isEmpty, "\(path): \(missing.sorted())")
        }
    }

    private func visitReferences(_ value: JSONValue, _ body: (String) -> Void) {
        switch value {
        case .object(let members):
            for (name, member) in members {
                if name == "$ref", let text = member.stringValue { body(text) } else { visitReferences(member, body) }
            }
        case .array(let elements): for element in elements { visitReferences(element, body) }
        default: break
        }
    }

    @Test func openAPIv2() throws {
        let document = try gateway.request("GET", "/openapi/v2").json
        #expect(document["swagger"] == "2.0")
        #expect(document["definitions"]?["io.k8s.api.core.v1.Pod"] != nil)
        let protobuf = try gateway.request(
            "GET", "/openapi/v2",
            headers: [("Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")])
        #expect(protobuf.status == 200)
        #expect(
            protobuf.header("Content-Type") == "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
        #expect(protobuf.header("ETag") == (try gateway.request("GET", "/openapi/v2").header("ETag")))
        // The first field of the message: swagger, "2.0".
        #expect(Array(protobuf.body.prefix(5)) == [0x0A, 3, 0x32, 0x2E, 0x30])
    }

    @Test func isOnlyRead() throws {
        for path in ["/api", "/apis", "/api/v1", "/apis/apps", "/apis/apps/v1"] {
            #expect(try gateway.request("DELETE", path).status == 405, "\(path)")
        }
        #expect(try gateway.request("DELETE", "/apis/none").status == 404)
    }
}
