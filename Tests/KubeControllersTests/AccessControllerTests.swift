import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import KubeStore
import Testing

/// The controllers of roles and of tokens.
@Suite struct AccessControllerTests {
    /// A new cluster's roles, with `admin`, `edit` and `view` made of the others.
    private func cluster() -> (loop: EventLoop, server: APIServer, client: LocalClient, controller: AnyObject) {
        let loop = EventLoop(start: .simulationStart)
        let server = APIServer(loop: loop)
        BootstrapObjects.install(on: server, nodes: [], certificateAuthority: "CA")
        let client = LocalClient(server, component: ClusterRoleAggregationController.component)
        let controller = ClusterRoleAggregationController(
            ComponentContext(
                client: client, loop: loop, random: SeededRandom(seed: 1),
                recorder: EventRecorder(client: client, loop: loop, component: client.component)))
        controller.start()
        server.pump()
        loop.run(until: loop.now)
        return (loop, server, LocalClient(server, component: "tester"), controller)
    }

    private func user(_ name: String) -> UserInfo {
        var user = UserInfo()
        user.username = name
        user.groups = ["system:authenticated"]
        return user
    }

    @Test func adminEditAndViewAreMadeOfOthers() throws {
        let (_, server, client, controller) = cluster()
        for role in ["admin", "edit", "view"] {
            var binding = RoleBinding(name: role, namespace: "default")
            binding.roleRef.kind = "ClusterRole"
            binding.roleRef.name = role
            var subject = Subject()
            subject.kind = "User"
            subject.name = role
            binding.subjects = [subject]
            try client.create(binding)
        }
        let table: [(verb: String, kind: ResourceKind, subresource: String, admin: Bool, edit: Bool, view: Bool)] = [
            ("get", .pod, "", true, true, true), ("list", .pod, "log", true, true, true),
            ("create", .pod, "", true, true, false), ("create", .pod, "exec", true, true, false),
            ("get", .pod, "exec", true, true, false), ("create", .pod, "eviction", true, true, false),
            ("update", .pod, "status", false, false, false), ("get", .pod, "status", true, true, true),
            ("get", .secret, "", true, true, false), ("delete", .secret, "", true, true, false),
            ("get", .configMap, "", true, true, true), ("update", .configMap, "", true, true, false),
            ("create", .serviceAccount, "token", true, true, false),
            ("impersonate", .serviceAccount, "", true, true, false),
            ("get", .endpoints, "", true, true, true), ("update", .endpoints, "", false, false, false),
            ("list", .endpointSlice, "", true, true, true), ("create", .endpointSlice, "", false, false, false),
            ("patch", .deployment, "scale", true, true, false), ("get", .deployment, "scale", true, true, true),
            ("deletecollection", .job, "", true, true, false), ("watch", .cronJob, "", true, true, true),
            ("create", .networkPolicy, "", true, true, false), ("create", .podDisruptionBudget, "", true, true, false),
            ("create", .role, "", true, false, false), ("get", .roleBinding, "", true, false, false),
            ("create", .localSubjectAccessReview, "", true, false, false),
            ("get", .resourceQuota, "", true, true, true), ("create", .resourceQuota, "", false, false, false),
            ("update", .limitRange, "", false, false, false), ("get", .namespace, "", true, true, true),
            ("delete", .namespace, "", false, false, false), ("create", .lease, "", true, true, false),
            ("get", .lease, "", true, true, false), ("get", .node, "", false, false, false),
            ("get", .clusterRole, "", false, false, false),
        ]
        for row in table {
            for (role, expected) in [("admin", row.admin), ("edit", row.edit), ("view", row.view)] {
                let asked = RequestAttributes(
                    user(role), verb: row.verb, row.kind, subresource: row.subresource, namespace: "default", name: "x")
                #expect(
                    server.authorizer.decide(asked).isAllowed == expected,
                    "\(role): \(row.verb) \(row.kind.info.plural)/\(row.subresource)")
                var elsewhere = asked
                elsewhere.namespace = "kube-system"
                #expect(!server.authorizer.decide(elsewhere).isAllowed)
            }
        }
        _ = controller
    }

    @Test func rolesThatAreAddedAreTakenIn() throws {
        let (loop, server, client, controller) = cluster()
        var rule = PolicyRule()
        rule.verbs = ["get"]
        rule.apiGroups = ["example.com"]
        rule.resources = ["widgets"]
        var more = ClusterRole(name: "widgets")
        more.metadata.labels["rbac.authorization.k8s.io/aggregate-to-view"] = "true"
        more.rules = [rule]
        try client.create(more)
        server.pump()
        loop.run(until: loop.now)
        for name in ["view", "edit", "admin"] {
            let role = try #require(client.get(ClusterRole.self, name: name))
            #expect(role.rules.contains(rule), "\(name)")
            // They are applied, and belong to the controller alone.
            #expect(role.metadata.managedFields.map(\.operation) == ["Apply", "Update"], "\(name)")
            let managers = [ClusterRoleAggregationController.component, "kube-apiserver"]
            #expect(role.metadata.managedFields.map(\.manager) == managers, "\(name)")
        }
        try client.delete(more.key)
        server.pump()
        loop.run(until: loop.now)
        #expect(client.get(ClusterRole.self, name: "admin")?.rules.contains(rule) == false)
        _ = controller
    }

    // MARK: Tokens in secrets

    private func tokenCluster() throws -> ControllerCluster {
        let cluster = try ControllerCluster()
        let controller = ServiceAccountTokenController(
            cluster.context(ServiceAccountTokenController.component), signer: FixedTokenSigner(), certificate: "CA")
        controller.start()
        cluster.keep(controller)
        return cluster
    }

    private func secret(_ account: String) -> Secret {
        var secret = Secret(name: "token", namespace: "default")
        secret.type = "kubernetes.io/service-account-token"
        secret.metadata.annotations["kubernetes.io/service-account.name"] = account
        return secret
    }

    @Test func tokenSecretsAreFilled() throws {
        let cluster = try tokenCluster()
        try cluster.user.create(secret("default"))
        cluster.settle()
        let filled = try #require(cluster.user.get(Secret.self, namespace: "default", name: "token"))
        let account = try #require(cluster.user.get(ServiceAccount.self, namespace: "default", name: "default"))
        #expect(filled.data["namespace"]?.bytes == Array("default".utf8))
        #expect(filled.data["ca.crt"]?.bytes == Array("CA".utf8))
        #expect(filled.annotations["kubernetes.io/service-account.uid"] == account.uid)
        let token = String(decoding: filled.data["token"]?.bytes ?? [], as: UTF8.self)
        func verdict() -> Authenticator.TokenResult {
            let authenticator = cluster.server.authenticator
            return authenticator.review(
                token, audiences: authenticator.audiences, view: cluster.server.store, now: cluster.loop.now.time)
        }
        #expect(verdict().user?.username == "system:serviceaccount:default:default")
        // It ends with its secret.
        try cluster.user.delete(filled.key)
        #expect(verdict().error == "[invalid bearer token, service account token has been invalidated]")
    }

    /// From upstream's `TestTokenCreation`.
    @Test func referencesGoWithTheirSecrets() throws {
        let cluster = try tokenCluster()
        let account = ObjectKey(.serviceAccount, namespace: "default", name: "default")
        func references() -> [String] {
            cluster.user.get(ServiceAccount.self, account)?.secrets.compactMap(\.name) ?? []
        }
        let created = try cluster.user.create(secret("default"))
        try cluster.user.mutate(ServiceAccount.self, account) { account in
            account.secrets = ["other", "token"].map { name in
                var reference = ObjectReference()
                reference.name = name
                return reference
            }
        }
        cluster.settle()
        try cluster.user.delete(created.key)
        try cluster.user.create(secret("default"))
        cluster.settle()
        #expect(references() == ["other"], "what refers to it may have been made for the secret before")
        try cluster.user.mutate(ServiceAccount.self, account) { account in
            var reference = ObjectReference()
            reference.name = "token"
            account.secrets.append(reference)
        }
        cluster.settle()
        #expect(references() == ["other", "token"])
        let before = cluster.revision
        try cluster.user.delete(created.key)
        cluster.settle()
        #expect(references() == ["other"])
        #expect(
            cluster.actions(by: ServiceAccountTokenController.component, after: before) == [
                "update ServiceAccount default"
            ])
    }

    @Test func tokenSecretsGoWithTheirAccount() throws {
        let cluster = try tokenCluster()
        try cluster.user.create(secret("default"))
        cluster.settle()
        try cluster.user.delete(ObjectKey(.serviceAccount, namespace: "default", name: "default"))
        cluster.settle()
        #expect(cluster.user.get(Secret.self, namespace: "default", name: "token") == nil)
        try cluster.user.create(secret("nobody"))
        cluster.settle()
        #expect(cluster.user.get(Secret.self, namespace: "default", name: "token") == nil)
    }
}
