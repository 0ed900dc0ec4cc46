import ClusterCore
import KubeAPI
import Testing

/// Generated requests and random bytes: everything is answered, nothing fails inside, nothing hangs.
@Suite("Random input over HTTPS")
struct FuzzTests {
    private static let methods = ["GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "X"]
    private static let segments = [
        "api", "apis", "v1", "apps", "v1", "namespaces", "default", "fuzz", "pods", "configmaps", "deployments",
        "nodes",
        "status", "scale", "binding", "eviction", "log", "exec", "proxy", "watch", "openapi", "v2", "v3", "healthz",
        "..",
        "%2e%2e", "%00", "%zz", "", "\u{7F}", "secrets", "events", "finalize", "token", "autoscaling",
        "serviceaccounts",
    ]
    private static let parameters = [
        "limit=1", "limit=-5", "limit=x", "continue=AAAA",
        "continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0",
        "labelSelector=a%20in%20(b", "labelSelector=!!!", "fieldSelector=metadata.name=%3D", "resourceVersion=0",
        "resourceVersion=-1", "resourceVersion=99999999999999999999", "dryRun=All", "dryRun=x",
        "watch=true&timeoutSeconds=1",
        "timeoutSeconds=1", "fieldManager=%01", "pretty=1", "fieldValidation=Strict", "propagationPolicy=Never",
        "gracePeriodSeconds=-1", "%", "&&&==", "a;b", "sendInitialEvents=true", "includeObject=None", "force=true",
    ]
    private static let types = [
        "application/json", "application/yaml", "application/merge-patch+json", "application/json-patch+json",
        "application/strategic-merge-patch+json", "application/apply-patch+yaml", "text/plain", "",
        "application/json; a=b",
    ]
    private static let accepts = [
        "*/*", "application/json", "application/yaml", "application/json;as=Table;v=v1;g=meta.k8s.io", "text/html",
        "application/json;as=Nothing;v=v1;g=x", ";;;,,,q=", "application/json;q=0",
    ]
    private static let bodies = [
        "", "{", "{}", "[]", "null", "1e999", "\"", "{\"metadata\":{\"name\":\"fuzz\"}}", "{\"metadata\":null}",
        "{\"metadata\":{\"name\":\"fuzz\",\"labels\":{\"\":\"\"}},\"spec\":{}}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}",
        "[{\"op\":\"add\",\"path\":\"/metadata/labels/a\",\"value\":1}]", "[{\"op\":\"move\"}]", "a: [b", "- - - -",
        "{\"spec\":{\"replicas\":-1}}", "{\"spec\":{\"replicas\":99999999999}}", "{\"$patch\":\"delete\"}",
        "{\"target\":{\"kind\":\"Node\",\"name\":\"node-1\"}}", "{\"metadata\":{\"finalizers\":[\"x\"]}}",
        "{\"spec\":{\"containers\":[{\"$patch\":\"replace\"}]}}", "{\"data\":{\"a\":{}}}", "\u{0}\u{1}",
        "{\"metadata\":{\"name\":\"fuzz\",\"managedFields\":[{}],\"ownerReferences\":[{}]}}",
    ]

    private func mutate(_ text: String, _ dice: Dice) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<dice.below(4) where !bytes.isEmpty {
            let place = dice.below(bytes.count)
            switch dice.below(3) {
            case 0: bytes[place] = UInt8(dice.below(256))
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8(dice.below(256)), at: place)
            }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func requests(seed: UInt64) throws {
        let gateway = TestGateway.shared
        let dice = Dice(seed: seed)
        func pick(_ choices: [String]) -> String { choices[dice.below(choices.count)] }
        var connection = try gateway.connect()
        defer { connection.close() }
        for number in 0..<150 {
            var path = "/" + (0...dice.below(8)).map { _ in pick(FuzzTests.segments) }.joined(separator: "/")
            if dice.below(2) == 0 { path = "/api/v1/namespaces/fuzz/" + pick(["pods", "configmaps"]) + "/fuzz" }
            if dice.below(3) == 0 { path = "/apis/apps/v1/namespaces/default/deployments/fuzz" }
            let query = (0..<dice.below(3)).map { _ in pick(FuzzTests.parameters) }.joined(separator: "&")
            if !query.isEmpty { path += "?" + query }
            if path.contains("watch"), !path.contains("timeoutSeconds") {
                path += (query.isEmpty ? "?" : "&") + "timeoutSeconds=1"
            }
            let method = pick(FuzzTests.methods)
            let body = dice.below(2) == 0 ? mutate(pick(FuzzTests.bodies), dice) : []
            let head =
                "\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: \(pick(FuzzTests.types))\r\n"
                + "Accept: \(pick(FuzzTests.accepts))\r\nContent-Length: \(body.count)\r\n\r\n"
            let printed: Comment = "seed \(seed), request \(number): \(method) \(path)"
            connection.send(Array(head.utf8) + body)
            let response = try connection.response(hasBody: method != "HEAD")
            #expect(response.status < 500 || response.status == 501 || response.status == 504, printed)
            if response.header("Connection") == "close" {
                connection.close()
                connection = try gateway.connect()
            }
        }
        #expect(try gateway.request("GET", "/readyz").text == "ok")
    }

    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func bytes(seed: UInt64) throws {
        let gateway = TestGateway.shared
        let dice = Dice(seed: seed)
        for _ in 0..<10 {
            let connection = try gateway.connect()
            var bytes = (0..<dice.below(4000)).map { _ in UInt8(dice.below(256)) }
            if dice.below(2) == 0 { bytes = Array("GET /".utf8) + bytes }
            connection.send(bytes + Array("\r\n\r\n".utf8))
            // An answer or the end of the connection, never silence.
            if let response = try? connection.response() {
                #expect([400, 405, 431, 505].contains(response.status), "seed \(seed)")
            }
            connection.close()
        }
        #expect(try gateway.request("GET", "/readyz").text == "ok", "seed \(seed)")
    }

    @Test func headersWithoutEnd() throws {
        let connection = try TestGateway.shared.connect()
        defer { connection.close() }
        connection.send("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 2 << 20))
        let response = try? connection.response()
        #expect(response == nil || [400, 431].contains(response?.status ?? 0))
        #expect(try TestGateway.shared.request("GET", "/readyz").text == "ok")
    }
}

/// Chance from a seed, shared by closures.
private final class Dice {
    private var random: SeededRandom
    init(seed: UInt64) { random = SeededRandom(seed: seed) }
    func below(_ bound: Int) -> Int { random.below(bound) }
}
