import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct EscalationTests {
    private let bob = SecureServer.user("bob", "devs")

    private func cluster() throws -> SecureServer {
        let test = try SecureServer()
        // Bob may write roles and bindings in his namespace, and read pods.
        try test.role(
            "bob", SecureServer.rule(["*"], ["roles", "rolebindings"], ["rbac.authorization.k8s.io"]),
            SecureServer.rule(["get", "list"], ["pods"]))
        var binding = RoleBinding(name: "bob", namespace: "default")
        binding.roleRef.kind = "Role"
        binding.roleRef.name = "bob"
        binding.subjects = [SecureServer.subject("User", "bob")]
        try test.client.create(binding)
        return test
    }

    private func role(_ rules: PolicyRule...) -> Role {
        var role = Role(name: "new", namespace: "default")
        role.rules = rules
        return role
    }

    @Test func nobodyGrantsWhatTheyDoNotHold() throws {
        let test = try SecureServer()
        try test.role("reader", SecureServer.rule(["get", "list"], ["pods"]))
        var binding = RoleBinding(name: "reader", namespace: "default")
        binding.roleRef.kind = "Role"
        binding.roleRef.name = "reader"
        binding.subjects = [SecureServer.subject("Group", "devs")]
        try test.client.create(binding)
        try test.create(role(SecureServer.rule(["get"], ["pods"])), as: bob)
        var wider = role(
            SecureServer.rule(["get", "delete", "watch"], ["pods", "secrets"]),
            SecureServer.rule(["get"], ["configmaps"], names: ["b", "a"]))
        wider.metadata.name = "wider"
        let error = TestServer.failure { () throws(StatusError) in try test.create(wider, as: bob) }
        #expect(error?.code == 403)
        #expect(
            error?.message == """
                roles.rbac.authorization.k8s.io "wider" is forbidden: user "bob" (groups=["devs" "system:authenticated"]) \
                is attempting to grant RBAC permissions not currently held:
                {APIGroups:[""], Resources:["configmaps"], ResourceNames:["a"], Verbs:["get"]}
                {APIGroups:[""], Resources:["configmaps"], ResourceNames:["b"], Verbs:["get"]}
                {APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}
                {APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete" "watch"]}
                """)
    }

    @Test func escalateAndBindAreRightsOfTheirOwn() throws {
        let test = try cluster()
        // `*` on roles has `escalate` in it, on role bindings not `bind` of the role.
        try test.create(role(SecureServer.rule(["*"], ["*"], ["*"])), as: bob)
        var binding = RoleBinding(name: "more", namespace: "default")
        binding.roleRef.kind = "ClusterRole"
        binding.roleRef.name = "cluster-admin"
        binding.subjects = [SecureServer.subject("User", "bob")]
        let error = TestServer.failure { () throws(StatusError) in try test.create(binding, as: bob) }
        #expect(
            error?.message == """
                rolebindings.rbac.authorization.k8s.io "more" is forbidden: user "bob" (groups=["devs" \
                "system:authenticated"]) is attempting to grant RBAC permissions not currently held:
                {APIGroups:["*"], Resources:["*"], Verbs:["*"]}
                {NonResourceURLs:["*"], Verbs:["*"]}
                """)
        binding.roleRef.name = "nothing"
        #expect(
            TestServer.failure { () throws(StatusError) in try test.create(binding, as: bob) }?.message
                == "clusterroles.rbac.authorization.k8s.io \"nothing\" not found")
        try test.clusterRole(
            "binder",
            SecureServer.rule(["bind"], ["clusterroles"], ["rbac.authorization.k8s.io"], names: ["cluster-admin"]))
        try test.bind("binder", to: SecureServer.subject("User", "bob"), in: "default")
        binding.roleRef.name = "cluster-admin"
        try test.create(binding, as: bob)
    }

    @Test func whoMayDoEverythingGrantsEverything() throws {
        let test = try SecureServer()
        let root = SecureServer.user("root", "system:masters")
        let admin = SecureServer.user("admin", "kubeadm:cluster-admins")
        for (index, user) in [root, admin].enumerated() {
            var role = ClusterRole(name: "all-\(index)")
            role.rules = [SecureServer.rule(["*"], ["*"], ["*"])]
            var selector = LabelSelector()
            selector.matchLabels = ["a": "b"]
            role.aggregationRule = AggregationRule()
            role.aggregationRule?.clusterRoleSelectors = [selector]
            try test.create(role, as: user)
        }
        // Who writes cluster roles without holding everything makes none that others add to.
        try test.clusterRole(
            "writer", SecureServer.rule(["create", "update"], ["clusterroles"], ["rbac.authorization.k8s.io"]))
        try test.bind("writer", to: SecureServer.subject("User", "bob"))
        var role = ClusterRole(name: "mine")
        var selector = LabelSelector()
        selector.matchLabels = ["a": "b"]
        role.aggregationRule = AggregationRule()
        role.aggregationRule?.clusterRoleSelectors = [selector]
        #expect(
            TestServer.failure { () throws(StatusError) in try test.create(role, as: bob) }?.message
                == "clusterroles.rbac.authorization.k8s.io \"mine\" is forbidden: must have cluster-admin privileges to "
                + "use the aggregationRule")
    }

    @Test func whatIsNotChangedIsNotLookedAt() throws {
        let test = try SecureServer()
        try test.role("strong", SecureServer.rule(["*"], ["secrets"]))
        let key = ObjectKey(.role, namespace: "default", name: "strong")
        let labelled = try test.server.mutate(key, nil, SecureServer.request(bob)) { object in
            var metadata = object.metadata
            metadata.labels["a"] = "b"
            return object.with(metadata: metadata)
        }
        #expect(labelled?.metadata.labels["a"] == "b")
    }
}
