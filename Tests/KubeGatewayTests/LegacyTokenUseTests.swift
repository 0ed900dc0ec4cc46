import KubeAPI
import Testing

/// A token that a secret keeps opens the gateway, and its secret tells of it.
@Suite("Tokens of secrets over HTTPS")
struct LegacyTokenUseTests {
    private let gateway = TestGateway.shared
    private let json = [("Content-Type", "application/json")]

    @Test func useIsWrittenDownAndWarnedOf() throws {
        let secrets = "/api/v1/namespaces/kube-public/secrets"
        let watch = try TestWatch(gateway, secrets + "?watch=1&fieldSelector=metadata.name%3Dlegacy-token")
        let secret = """
            {"metadata":{"name":"legacy-token","annotations":{"kubernetes.io/service-account.name":"default"}},
            "type":"kubernetes.io/service-account-token"}
            """
        #expect(try gateway.request("POST", secrets, headers: json, body: secret).status == 201)
        func next(_ isMeant: (Secret) -> Bool) throws -> Secret {
            while let event = try watch.next() {
                let secret = try Secret.decode(event["object"]?.json ?? [])
                if isMeant(secret) { return secret }
            }
            throw TestFailure(description: "the watch ended")
        }
        let filled = try next { $0.data["token"] != nil }
        let token = String(decoding: filled.data["token"]?.bytes ?? [], as: UTF8.self)
        let named = try gateway.request(
            "PATCH", "/api/v1/namespaces/kube-public/serviceaccounts/default",
            headers: [("Content-Type", "application/merge-patch+json")],
            body: #"{"secrets":[{"name":"legacy-token"}]}"#)
        #expect(named.status == 200)

        let connection = try gateway.connect(anonymous: true)
        defer { connection.close() }
        let answer = try connection.request(
            "GET", "/api/v1/namespaces/kube-public/pods", headers: [("Authorization", "Bearer " + token)])
        #expect(answer.status == 403)
        #expect(try answer.json["message"]?.stringValue?.contains("system:serviceaccount:kube-public:default") == true)
        #expect(
            answer.header("Warning")
                == "299 - \"Use tokens from the TokenRequest API or manually created secret-based tokens instead of "
                + "auto-generated secret-based tokens.\"")
        let used = try next { $0.labels["kubernetes.io/legacy-token-last-used"] != nil }
        #expect(Time(date: used.labels["kubernetes.io/legacy-token-last-used"] ?? "") != nil)
    }
}
