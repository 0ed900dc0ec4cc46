import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct ImpersonationTests {
    private let listOfPods = RequestAttributes(UserInfo(), verb: "list", .pod, namespace: "default")

    private func who(_ test: SecureServer, _ credentials: Credentials, _ request: RequestAttributes)
        throws(StatusError) -> UserInfo
    {
        try test.server.authenticator.authenticate(credentials, asking: request, test.server.authorizer, now: test.now)
    }

    private func refusal(_ test: SecureServer, _ credentials: Credentials, _ request: RequestAttributes) -> String? {
        TestServer.failure { () throws(StatusError) in _ = try who(test, credentials, request) }?.message
    }

    /// The user `ops`, as another.
    private func ops(as user: String) -> Credentials {
        var credentials = Credentials()
        credentials.certificate = Credentials.Certificate(commonName: "ops", organizations: [])
        credentials.impersonation.user = user
        return credentials
    }

    /// What `ops` is told whom no mode lets through: what the first one that applies misses.
    private func misses(_ verb: String) -> String {
        "pods is forbidden: User \"ops\" cannot \(verb) resource \"pods\" in API group \"\" in the namespace \"default\""
    }

    private static let authentication = ["authentication.k8s.io"]

    @Test func whoeverMayBeAnotherMayDoAllThatTheOtherMay() throws {
        let test = try SecureServer()
        var credentials = ops(as: "alice")
        let refused = misses("impersonate-on:user-info:list")
        #expect(refusal(test, credentials, listOfPods) == refused)
        try test.clusterRole("as-users", SecureServer.rule(["impersonate"], ["users", "serviceaccounts"]))
        try test.bind("as-users", to: SecureServer.subject("User", "ops"))
        #expect(try who(test, credentials, listOfPods).groups == ["system:authenticated"])
        credentials.impersonation.groups = ["devs"]
        #expect(refusal(test, credentials, listOfPods) == refused)
        try test.clusterRole(
            "as-others", SecureServer.rule(["impersonate"], ["groups"], names: ["devs"]),
            SecureServer.rule(["impersonate"], ["userextras/scopes", "uids"], Self.authentication))
        try test.bind("as-others", to: SecureServer.subject("User", "ops"))
        credentials.impersonation.extra["scopes"] = ["view"]
        credentials.impersonation.uid = "17"
        let alice = try who(test, credentials, listOfPods)
        #expect(alice.username == "alice" && alice.uid == "17" && alice.extra["scopes"] == ["view"])
        #expect(alice.groups == ["devs", "system:authenticated"])
        credentials.impersonation.extra["other"] = ["x"]
        #expect(refusal(test, credentials, listOfPods) == refused)
        #expect(
            try who(test, ops(as: "system:serviceaccount:default:default"), listOfPods).groups
                == ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"])
        #expect(try who(test, ops(as: "system:anonymous"), listOfPods).groups == ["system:unauthenticated"])
    }

    @Test func nobodyIsNoOther() throws {
        let test = try SecureServer()
        var credentials = ops(as: "")
        credentials.impersonation.groups = ["devs"]
        credentials.impersonation.extra["scopes"] = ["view", "edit"]
        let failure = TestServer.failure { () throws(StatusError) in _ = try who(test, credentials, listOfPods) }
        #expect(failure?.code == 400)
        #expect(
            failure?.message
                == "requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{\"devs\"}, "
                + "Extra:map[string][]string{\"scopes\":[]string{\"view\", \"edit\"}}} without impersonating a user "
                + "name")
    }

    @Test func whoMayOnlyListAsAnotherMayNotWatchAsThatOne() throws {
        let test = try SecureServer()
        try test.clusterRole(
            "be-alice",
            SecureServer.rule(["impersonate:user-info"], ["users"], Self.authentication, names: ["alice"]),
            SecureServer.rule(["impersonate:user-info"], ["groups"], Self.authentication))
        try test.bind("be-alice", to: SecureServer.subject("User", "ops"))
        #expect(refusal(test, ops(as: "alice"), listOfPods) == misses("impersonate-on:user-info:list"))
        try test.clusterRole("list-as-others", SecureServer.rule(["impersonate-on:user-info:list"], ["pods"]))
        try test.bind("list-as-others", to: SecureServer.subject("User", "ops"), in: "default")
        #expect(try who(test, ops(as: "alice"), listOfPods).username == "alice")
        #expect(
            refusal(test, ops(as: "bob"), listOfPods)
                == "users.authentication.k8s.io \"bob\" is forbidden: User \"ops\" cannot impersonate:user-info resource "
                + "\"users\" in API group \"authentication.k8s.io\" at the cluster scope")
        var watch = listOfPods
        watch.verb = "watch"
        #expect(refusal(test, ops(as: "alice"), watch) == misses("impersonate-on:user-info:watch"))
        // Nodes and service accounts have rights of their own.
        #expect(refusal(test, ops(as: "system:node:n"), listOfPods) == misses("impersonate-on:arbitrary-node:list"))
        #expect(
            refusal(test, ops(as: "system:serviceaccount:default:default"), listOfPods)
                == misses("impersonate-on:serviceaccount:list"))
        // Whoever has the right to all groups has none to the one that may do everything.
        var credentials = ops(as: "alice")
        credentials.impersonation.groups = ["devs", "system:masters"]
        #expect(
            refusal(test, credentials, listOfPods)
                == "groups.authentication.k8s.io \"system:masters\" is forbidden: User \"ops\" cannot "
                + "impersonate:user-info resource \"groups\" in API group \"authentication.k8s.io\" at the cluster scope: "
                + "impersonating the system:masters group is not allowed")
        credentials.impersonation.groups = ["devs"]
        credentials.impersonation.extra["scopes"] = ["view"]
        #expect(
            refusal(test, credentials, listOfPods)
                == "userextras.authentication.k8s.io is forbidden: User \"ops\" cannot impersonate:user-info resource "
                + "\"userextras\" in API group \"authentication.k8s.io\" at the cluster scope: impersonating an invalid "
                + "key in extra is not allowed: extra.key: Invalid value: \"scopes\": must be a domain-prefixed path "
                + "(such as \"acme.io/foo\")")
    }

    /// Upstream's e2e test "should impersonate the scheduled node".
    @Test func aPodMayBeGivenTheRightToBeTheNodeThatItIsOn() throws {
        let test = try SecureServer()
        try test.client.create(Node(name: "node-1"))
        try test.client.create(Node(name: "node-2"))
        let pod = try test.client.create(TestServer.pod("agent"))
        try test.client.bind(pod: pod.key, uid: pod.uid, to: "node-1")
        var request = TokenRequest()
        var reference = BoundObjectReference()
        reference.kind = "Pod"
        reference.apiVersion = "v1"
        reference.name = "agent"
        request.spec.boundObjectRef = reference
        let answer = try test.server.createToken(
            request, for: ObjectKey(.serviceAccount, namespace: "default", name: "default"),
            SecureServer.request(SecureServer.user("root", "system:masters")))
        var credentials = Credentials()
        credentials.bearerToken = answer.status.token
        credentials.impersonation.user = "system:node:node-1"
        let account = SecureServer.subject("ServiceAccount", "default", namespace: "default")
        try test.clusterRole(
            "as-own-node", SecureServer.rule(["impersonate-on:associated-node:list"], ["pods"]),
            SecureServer.rule(["impersonate:associated-node"], ["nodes"], Self.authentication))
        try test.bind("as-own-node", to: account)
        let node = try who(test, credentials, listOfPods)
        #expect(node.username == "system:node:node-1")
        #expect(node.groups == ["system:nodes", "system:authenticated"])
        #expect(node.extra.isEmpty && node.uid == nil)
        var watch = listOfPods
        watch.verb = "watch"
        #expect(refusal(test, credentials, watch)?.contains("impersonate-on:associated-node:watch") == true)
        // Not another node, and not with groups of its own choice.
        credentials.impersonation.user = "system:node:node-2"
        #expect(refusal(test, credentials, listOfPods)?.contains("impersonate-on:arbitrary-node:list") == true)
        credentials.impersonation.user = "system:node:node-1"
        credentials.impersonation.groups = ["system:nodes"]
        #expect(refusal(test, credentials, listOfPods)?.contains("cannot impersonate resource \"users\"") == true)
    }

    @Test func manyGroupsAreAskedForAtOnce() throws {
        let test = try SecureServer()
        try test.clusterRole(
            "be-alice",
            SecureServer.rule(["impersonate:user-info"], ["users"], Self.authentication, names: ["alice"]),
            SecureServer.rule(["impersonate:user-info"], ["groups"], Self.authentication, names: ["*"]),
            SecureServer.rule(["impersonate-on:user-info:list"], ["pods"]))
        try test.bind("be-alice", to: SecureServer.subject("User", "ops"))
        var credentials = ops(as: "alice")
        credentials.impersonation.groups = ["a", "b", "c"]
        #expect(refusal(test, credentials, listOfPods)?.hasPrefix("groups.authentication.k8s.io \"a\"") == true)
        credentials.impersonation.groups = ["a", "b", "c", "d"]
        #expect(try who(test, credentials, listOfPods).groups == ["a", "b", "c", "d", "system:authenticated"])
    }
}
