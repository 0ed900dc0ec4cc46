import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite("Acting as another")
struct ImpersonationTests {
    private static let group = "authentication.k8s.io"

    /// Who `user` is when it lists the pods of `shop`, or does what else is said, with these headers.
    private func who(
        _ test: SecureServer, _ user: UserInfo = SecureServer.user("ops"), verb: String = "list",
        _ change: (inout Credentials.Impersonation) -> Void
    ) throws(StatusError) -> UserInfo {
        var wanted = Credentials.Impersonation()
        change(&wanted)
        return try Impersonating(user, wanted).user(
            test.server.authorizer, for: { RequestAttributes(UserInfo(), verb: verb, .pod, namespace: "shop") })
    }

    private func refusal(
        _ test: SecureServer, verb: String = "list", _ change: (inout Credentials.Impersonation) -> Void
    ) -> String? {
        TestServer.failure { () throws(StatusError) in _ = try who(test, verb: verb, change) }?.message
    }

    private let cannotList =
        "pods is forbidden: User \"ops\" cannot impersonate-on:user-info:list resource \"pods\" in API group \"\" "
        + "in the namespace \"shop\""

    @Test("The verb impersonate, on every part of the other identity, whatever is asked for")
    func anyRequest() throws {
        let test = try SecureServer()
        #expect(try who(test) { _ in } == SecureServer.user("ops"))
        #expect(refusal(test) { $0.user = "alice" } == cannotList)
        try test.clusterRole("as-users", SecureServer.rule(["impersonate"], ["users", "serviceaccounts"]))
        try test.bind("as-users", to: SecureServer.subject("User", "ops"))
        #expect(try who(test) { $0.user = "alice" }.groups == ["system:authenticated"])
        func alice(_ wanted: inout Credentials.Impersonation) {
            wanted.user = "alice"
            wanted.groups = ["devs"]
            wanted.uid = "17"
            wanted.extra["scopes"] = ["view"]
        }
        #expect(refusal(test, alice) == cannotList)
        try test.clusterRole(
            "as-others", SecureServer.rule(["impersonate"], ["groups"], names: ["devs"]),
            SecureServer.rule(["impersonate"], ["userextras/scopes", "uids"], [Self.group]))
        try test.bind("as-others", to: SecureServer.subject("User", "ops"))
        let other = try who(test) { alice(&$0) }
        #expect(other.username == "alice" && other.uid == "17" && other.extra["scopes"] == ["view"])
        #expect(other.groups == ["devs", "system:authenticated"])
        #expect(
            refusal(test) {
                alice(&$0)
                $0.extra["other"] = ["x"]
            } == cannotList)
        #expect(
            try who(test) { $0.user = "system:serviceaccount:default:default" }.groups
                == ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"])
        #expect(try who(test) { $0.user = "system:anonymous" }.groups == ["system:unauthenticated"])
    }

    @Test("Parts of an identity without its name")
    func nameless() throws {
        let test = try SecureServer()
        #expect(
            refusal(test) { $0.groups = ["devs"] }
                == "requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{\"devs\"}, "
                + "Extra:map[string][]string(nil)} without impersonating a user name")
        let failure = TestServer.failure { () throws(StatusError) in
            _ = try who(test) {
                $0.uid = "17"
                $0.extra["scopes"] = ["view"]
            }
        }
        #expect(failure?.code == 400)
        #expect(
            failure?.message
                == "requested &user.DefaultInfo{Name:\"\", UID:\"17\", Groups:[]string(nil), "
                + "Extra:map[string][]string{\"scopes\":[]string{\"view\"}}} without impersonating a user name")
    }

    @Test("For one verb on one resource alone, and never as one of those who may do everything")
    func oneRequest() throws {
        let test = try SecureServer()
        try test.clusterRole(
            "as-alice", SecureServer.rule(["impersonate-on:user-info:list"], ["pods"]),
            SecureServer.rule(["impersonate:user-info"], ["users"], [Self.group], names: ["alice"]))
        try test.bind("as-alice", to: SecureServer.subject("User", "ops"))
        #expect(try who(test) { $0.user = "alice" }.username == "alice")
        #expect(
            refusal(test, verb: "delete") { $0.user = "alice" }
                == cannotList.replacing("user-info:list", with: "user-info:delete"))
        func groupRefusal(_ groups: String...) -> String? {
            refusal(test) {
                $0.user = "alice"
                $0.groups = groups
            }
        }
        let words =
            "User \"ops\" cannot impersonate:user-info resource \"groups\" in API group \"\(Self.group)\" at the cluster "
            + "scope"
        #expect(groupRefusal("devs") == "groups.\(Self.group) \"devs\" is forbidden: " + words)
        try test.clusterRole("as-all", SecureServer.rule(["impersonate:user-info"], ["groups"], [Self.group]))
        try test.bind("as-all", to: SecureServer.subject("User", "ops"))
        #expect(groupRefusal("devs", "a", "b", "c") == nil)
        #expect(
            groupRefusal("system:masters")
                == "groups.\(Self.group) \"system:masters\" is forbidden: \(words): impersonating the system:masters group "
                + "is not allowed")
    }

    @Test("Nodes have their group, and a pod's account may act as the node that it runs on")
    func nodes() throws {
        let test = try SecureServer()
        // Who may do everything has all the narrow rights too.
        let root = SecureServer.user("root", "system:masters")
        #expect(
            try who(test, root) { $0.user = "system:node:node-1" }.groups == ["system:nodes", "system:authenticated"])
        var agent = SecureServer.user("system:serviceaccount:default:default")
        agent.extra["authentication.kubernetes.io/node-name"] = ["node-1"]
        try test.clusterRole(
            "as-node", SecureServer.rule(["impersonate-on:associated-node:list"], ["pods"]),
            SecureServer.rule(["impersonate:associated-node"], ["nodes"], [Self.group]))
        try test.bind("as-node", to: SecureServer.subject("User", "system:serviceaccount:default:default"))
        #expect(
            try who(test, agent) { $0.user = "system:node:node-1" }.groups == ["system:nodes", "system:authenticated"])
        let other = TestServer.failure { () throws(StatusError) in
            _ = try who(test, agent) { $0.user = "system:node:node-2" }
        }
        #expect(other?.message.contains("cannot impersonate-on:arbitrary-node:list resource \"pods\"") == true)
    }
}
