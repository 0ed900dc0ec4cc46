import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeStore
import Testing

@Suite struct AuthenticationTests {
    private func who(_ test: SecureServer, _ credentials: Credentials, at time: Time? = nil) throws(StatusError)
        -> UserInfo
    {
        try test.server.authenticator.authenticate(
            credentials, test.server.authorizer, now: time ?? test.now,
            for: { RequestAttributes(UserInfo(), verb: "list", .pod, namespace: "shop") })
    }

    @Test func certificatesAndNothingAtAll() throws {
        let test = try SecureServer()
        var credentials = Credentials()
        #expect(try who(test, credentials) == Authenticator.anonymous)
        credentials.certificate = Credentials.Certificate(
            commonName: "kubernetes-admin", organizations: ["kubeadm:cluster-admins"], fingerprint: "ab12")
        let user = try who(test, credentials)
        #expect(user.username == "kubernetes-admin")
        #expect(user.groups == ["kubeadm:cluster-admins", "system:authenticated"])
        #expect(user.extra["authentication.kubernetes.io/credential-id"] == ["X509SHA256=ab12"])
        test.server.authenticator.allowsAnonymous = false
        let refusal = TestServer.failure { () throws(StatusError) in _ = try who(test, Credentials()) }
        #expect(refusal?.code == 401 && refusal?.message == "Unauthorized")
    }

    @Test func tokensOfAFile() throws {
        let test = try SecureServer()
        test.server.authenticator.staticTokens = try StaticTokens(
            parsing: "abc,alice,1,\"devs, ops\"\n\nxyz,\"bob \"\"b\"\"\",2\n", file: "tokens.csv")
        var credentials = Credentials()
        credentials.bearerToken = "abc"
        let alice = try who(test, credentials)
        #expect(
            alice.username == "alice" && alice.uid == "1" && alice.groups == ["devs", "ops", "system:authenticated"])
        credentials.bearerToken = "xyz"
        #expect(try who(test, credentials).username == "bob \"b\"")
        // A wrong token is not nobody.
        credentials.bearerToken = "abd"
        #expect(TestServer.failure { () throws(StatusError) in _ = try who(test, credentials) }?.code == 401)
        let wrong = TestServer.failure { () throws(StatusError) in _ = try StaticTokens(parsing: "a,b", file: "t") }
        #expect(
            wrong?.message
                == "token file 't' must have at least 3 columns (token, user name, user uid), found 2 in line 1")
    }

    @Test func tokensByWhichNodesJoin() throws {
        let test = try SecureServer()
        var secret = Secret(name: "bootstrap-token-abcdef", namespace: "kube-system")
        secret.type = "bootstrap.kubernetes.io/token"
        let data = [
            "token-id": "abcdef", "token-secret": "0123456789abcdef", "usage-bootstrap-authentication": "true",
            "expiration": "2026-01-01T01:00:00Z",
            "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
        ]
        for (key, text) in data { secret.data[key] = Base64Data(Array(text.utf8)) }
        try test.client.create(secret)
        var credentials = Credentials()
        credentials.bearerToken = "abcdef.0123456789abcdef"
        let user = try who(test, credentials)
        #expect(user.username == "system:bootstrap:abcdef")
        #expect(
            user.groups == [
                "system:bootstrappers", "system:bootstrappers:kubeadm:default-node-token", "system:authenticated",
            ])
        #expect(
            test.server.authorizer.decide(RequestAttributes(user, verb: "create", .certificateSigningRequest)).isAllowed
        )
        let later = Time(seconds: test.now.seconds + 3600)
        #expect(TestServer.failure { () throws(StatusError) in _ = try who(test, credentials, at: later) }?.code == 401)
        credentials.bearerToken = "abcdef.0123456789abcdee"
        #expect(TestServer.failure { () throws(StatusError) in _ = try who(test, credentials) }?.code == 401)
    }

    // MARK: Tokens

    private let account = ObjectKey(.serviceAccount, namespace: "default", name: "default")

    private func token(_ test: SecureServer, bound kind: String? = nil, _ name: String = "", seconds: Int? = nil)
        throws(StatusError) -> TokenRequest
    {
        var request = TokenRequest()
        request.spec.expirationSeconds = seconds
        if let kind {
            request.spec.boundObjectRef = BoundObjectReference()
            request.spec.boundObjectRef?.kind = kind
            request.spec.boundObjectRef?.apiVersion = "v1"
            request.spec.boundObjectRef?.name = name
        }
        return try test.server.createToken(
            request, for: account, SecureServer.request(SecureServer.user("root", "system:masters")))
    }

    private func claims(_ token: String) throws -> String {
        String(decoding: try #require(FixedTokenSigner().verify(token)), as: UTF8.self)
    }

    @Test func aTokenSaysWhatUpstreamsSays() throws {
        let test = try SecureServer()
        try test.client.create(Node(name: "node-1"))
        let pod = try test.client.create(TestServer.pod("web"))
        try test.client.bind(pod: pod.key, uid: pod.uid, to: "node-1")
        let node = try #require(test.client.get(Node.self, name: "node-1"))
        let uid = try #require(test.client.object(account)?.uid)
        let answer = try token(test, bound: "Pod", "web", seconds: 3607)
        let issued = test.now.seconds
        // It lives for a year, and warns after the hour that was asked for, which is all that the client is told of.
        #expect(answer.status.expirationTimestamp == Time(seconds: issued + 3607))
        #expect(answer.metadata.uid == uid)
        let signed = try #require(answer.status.token)
        let text = try claims(signed)
        let jti = try #require(text.split(separator: "\"jti\":\"").last?.split(separator: "\"").first)
        let issuer = "https://kubernetes.default.svc.cluster.local"
        #expect(
            text
                == "{\"aud\":[\"\(issuer)\"],\"exp\":\(issued + 31_536_000),\"iat\":\(issued),\"iss\":\"\(issuer)\","
                + "\"jti\":\"\(jti)\",\"kubernetes.io\":{\"namespace\":\"default\",\"node\":{\"name\":\"node-1\",\"uid\":"
                + "\"\(node.uid)\"},\"pod\":{\"name\":\"web\",\"uid\":\"\(pod.uid)\"},\"serviceaccount\":{\"name\":"
                + "\"default\",\"uid\":\"\(uid)\"},\"warnafter\":\(issued + 3607)},\"nbf\":\(issued),\"sub\":"
                + "\"system:serviceaccount:default:default\"}")
        var credentials = Credentials()
        credentials.bearerToken = answer.status.token
        let user = try who(test, credentials)
        #expect(user.username == "system:serviceaccount:default:default")
        #expect(user.uid == uid)
        #expect(
            user.groups == ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"])
        #expect(user.extra["authentication.kubernetes.io/pod-name"] == ["web"])
        #expect(user.extra["authentication.kubernetes.io/pod-uid"] == [pod.uid])
        #expect(user.extra["authentication.kubernetes.io/node-name"] == ["node-1"])
        #expect(user.extra["authentication.kubernetes.io/node-uid"] == [node.uid])
        #expect(user.extra["authentication.kubernetes.io/credential-id"] == ["JTI=\(jti)"])
    }

    @Test func aTokenEndsWithItsTimeAndWithWhatItIsBoundTo() throws {
        let test = try SecureServer()
        try test.client.create(TestServer.pod("web"))
        let short = try #require(try token(test, seconds: 600).status.token)
        let bound = try #require(try token(test, bound: "Pod", "web", seconds: 7200).status.token)
        func verdict(_ token: String, after seconds: Int = 0, audiences: [String]? = nil) -> String {
            let authenticator = test.server.authenticator
            let result = authenticator.review(
                token, audiences: audiences ?? authenticator.audiences, view: test.server.store,
                now: Time(seconds: test.now.seconds + seconds))
            return result.user == nil ? result.error : "ok"
        }
        #expect(verdict(short) == "ok")
        #expect(verdict(short, after: 660) == "ok")
        #expect(verdict(short, after: 661) == "[invalid bearer token, service account token has expired]")
        #expect(verdict(short, after: -61) == "[invalid bearer token, service account token is not valid yet]")
        #expect(verdict(short + "x") == "invalid bearer token")
        #expect(verdict("a.b.c") == "invalid bearer token")
        #expect(
            verdict(short, audiences: ["vault"])
                == "[invalid bearer token, token audiences [\"https://kubernetes.default.svc.cluster.local\"] is invalid for "
                + "the target audiences [\"vault\"]]")
        #expect(verdict(bound) == "ok")
        _ = try test.client.delete(
            ObjectKey(.pod, namespace: "default", name: "web"), DeleteOptions(gracePeriodSeconds: 0))
        #expect(verdict(bound) == "[invalid bearer token, service account token has been invalidated]")
        try test.client.delete(account)
        #expect(verdict(short) == "[invalid bearer token, serviceaccounts \"default\" not found]")
        let again = try test.client.create(ServiceAccount(name: "default", namespace: "default"))
        #expect(
            verdict(short).hasPrefix("[invalid bearer token, service account UID (\(again.uid)) does not match claim (")
        )
    }

    @Test func requestsForTokensAreChecked() throws {
        let test = try SecureServer()
        func message(_ body: () throws(StatusError) -> Void) -> String? { TestServer.failure(body)?.message }
        #expect(
            message { () throws(StatusError) in _ = try token(test, seconds: 599) }
                == "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 599: "
                + "may not specify a duration less than 10 minutes", "without the account's name, as upstream says it")
        #expect(
            message { () throws(StatusError) in _ = try token(test, bound: "ConfigMap", "x") }
                == "cannot bind token to object of type /v1, Kind=ConfigMap")
        #expect(
            message { () throws(StatusError) in _ = try token(test, bound: "Pod", "x") } == "pods \"x\" not found")
        #expect(try token(test).spec.expirationSeconds == 3600)
        // A request that names an account which has been made anew since.
        let uid = try #require(test.client.object(account)?.uid)
        var stale = TokenRequest()
        stale.metadata.uid = "another"
        let root = SecureServer.request(SecureServer.user("root", "system:masters"))
        #expect(
            message { () throws(StatusError) in _ = try test.server.createToken(stale, for: account, root) }
                == "Operation cannot be fulfilled on TokenRequest.authentication.k8s.io \"default\": the UID in the "
                + "token request (another) does not match the UID of the service account (\(uid))")
        // Whether there is such an account comes before what is asked for it.
        var brief = TokenRequest()
        brief.spec.expirationSeconds = 1
        let nobody = ObjectKey(.serviceAccount, namespace: "default", name: "nobody")
        #expect(
            message { () throws(StatusError) in _ = try test.server.createToken(brief, for: nobody, root) }
                == "serviceaccounts \"nobody\" not found")
        // By the client's clock, which may be another than the cluster's.
        var request = SecureServer.request(SecureServer.user("root", "system:masters"))
        request.wallTime = Time(seconds: 2_000_000_000)
        let answer = try test.server.createToken(TokenRequest(), for: account, request)
        #expect(answer.status.expirationTimestamp == Time(seconds: 2_000_003_600))
    }

    @Test func tokensAreReviewed() throws {
        let test = try SecureServer()
        let root = SecureServer.user("root", "system:masters")
        var review = TokenReview()
        review.spec.token = try #require(try token(test).status.token)
        var status = try test.create(review, as: root).status
        #expect(status.authenticated == true && status.error == nil)
        #expect(status.user?.username == "system:serviceaccount:default:default")
        #expect(status.audiences == ["https://kubernetes.default.svc.cluster.local"])
        review.spec.token = "nonsense"
        status = try test.create(review, as: root).status
        #expect(status.authenticated == nil && status.user == nil && status.error == "invalid bearer token")
        #expect(
            TestServer.failure { () throws(StatusError) in try test.create(TokenReview(), as: root) }?.message
                == "token is required for TokenReview in authentication")
    }

    /// As another implementation of HS256 signs, with the SHA-256 of the secret for a key.
    @Test func theFixedSignerIsHMAC() {
        let signer = FixedTokenSigner(secret: "a")
        let token = signer.sign(Array("{}".utf8))
        #expect(signer.verify(token) == Array("{}".utf8))
        #expect(FixedTokenSigner(secret: "b").verify(token) == nil)
        #expect(token == "eyJhbGciOiJIUzI1NiJ9.e30.2kMjm3AvGYlPIzEUVQ7izmludqT-h733Lej_BRLa30c")
        #expect(Base64URL.decode("_-8") == [0xFF, 0xEF])
        #expect(Base64URL.decode("a+b") == nil)
    }
}
