import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeStore
import Testing

@Suite struct AuthorizationTests {
    private static let alice = SecureServer.user("alice")

    /// Paths and resources of the roles that everybody, or a component, has from the start.
    @Test func theDefaultRolesGiveWhatUpstreamGives() throws {
        let test = try SecureServer()
        let anonymous = Authenticator.anonymous
        func path(_ user: UserInfo, _ path: String, _ verb: String = "get") -> String {
            test.decision(RequestAttributes(user, verb: verb, path: path))
        }
        for open in ["/healthz", "/livez", "/readyz", "/version", "/version/"] {
            #expect(path(anonymous, open) == #"allow"#, "\(open)")
        }
        for closed in ["/", "/api", "/apis/apps/v1", "/metrics", "/openapi/v3", "/healthz/etcd", "/livez/ping"] {
            #expect(path(anonymous, closed) == "deny ", "\(closed)")
        }
        #expect(path(anonymous, "/healthz", "post") == "deny ")
        for known in ["/api", "/api/v1", "/apis/apps/v1", "/openapi/v3", "/healthz"] {
            #expect(path(Self.alice, known) == "allow", "\(known)")
        }
        #expect(path(Self.alice, "/metrics") == "deny ")
        #expect(path(SecureServer.user("scraper", "system:monitoring"), "/metrics") == "allow")
        #expect(path(SecureServer.user("scraper", "system:monitoring"), "/livez/ping") == "allow")
        let account = SecureServer.user(
            "system:serviceaccount:default:default", "system:serviceaccounts", "system:serviceaccounts:default")
        #expect(path(account, "/openid/v1/jwks") == "allow")
        #expect(path(Self.alice, "/openid/v1/jwks") == "deny ")

        func can(_ user: UserInfo, _ verb: String, _ kind: ResourceKind, _ namespace: String = "") -> Bool {
            test.server.authorizer.decide(RequestAttributes(user, verb: verb, kind, namespace: namespace)).isAllowed
        }
        let table: [(UserInfo, String, ResourceKind, String, Bool)] = [
            (SecureServer.user("root", "system:masters"), "delete", .node, "", true),
            (SecureServer.user("admin", "kubeadm:cluster-admins"), "create", .clusterRole, "", true),
            (Self.alice, "create", .selfSubjectAccessReview, "", true),
            (Self.alice, "create", .selfSubjectReview, "", true),
            (Self.alice, "create", .subjectAccessReview, "", false),
            (Self.alice, "list", .pod, "default", false),
            (anonymous, "create", .selfSubjectAccessReview, "", false),
            (SecureServer.user("system:kube-scheduler"), "list", .pod, "", true),
            (SecureServer.user("system:kube-scheduler"), "create", .lease, "kube-system", true),
            (SecureServer.user("system:kube-scheduler"), "create", .pod, "default", false),
            (SecureServer.user("system:kube-controller-manager"), "watch", .deployment, "", true),
            (SecureServer.user("system:kube-controller-manager"), "update", .deployment, "default", false),
            (
                SecureServer.user("system:serviceaccount:kube-system:deployment-controller"), "create", .replicaSet,
                "x", true
            ),
            (SecureServer.user("system:serviceaccount:kube-system:deployment-controller"), "create", .pod, "x", false),
            (SecureServer.user("system:serviceaccount:kube-system:replicaset-controller"), "create", .pod, "x", true),
            (SecureServer.user("system:serviceaccount:kube-system:coredns"), "list", .endpointSlice, "", true),
            (SecureServer.user("system:serviceaccount:kube-system:kube-proxy"), "watch", .service, "", true),
            (SecureServer.user("kube-apiserver-kubelet-client"), "proxy", .node, "", true),
            (SecureServer.user("kube-apiserver-kubelet-client"), "list", .pod, "", false),
            (SecureServer.user("system:serviceaccount:other:coredns"), "list", .endpointSlice, "", false),
        ]
        for (user, verb, kind, namespace, expected) in table {
            #expect(
                can(user, verb, kind, namespace) == expected, "\(user.username ?? "") \(verb) \(kind.info.plural)")
        }
    }

    @Test func rulesMatchAsUpstreams() throws {
        let test = try SecureServer()
        try test.role(
            "mixed", SecureServer.rule(["get"], ["pods/log", "*/scale"], ["", "apps"]),
            SecureServer.rule(["update"], ["configmaps"], names: ["one"]), SecureServer.rule(["*"], ["secrets"], ["*"]))
        var binding = RoleBinding(name: "mixed", namespace: "default")
        binding.roleRef.kind = "Role"
        binding.roleRef.name = "mixed"
        binding.subjects = [SecureServer.subject("User", "alice")]
        try test.client.create(binding)
        func can(
            _ verb: String, _ kind: ResourceKind, _ sub: String = "", _ namespace: String = "default", name: String = ""
        ) -> Bool {
            test.server.authorizer.decide(
                RequestAttributes(
                    Self.alice, verb: verb, kind, subresource: sub, namespace: namespace, name: name)
            ).isAllowed
        }
        #expect(can("get", .pod, "log"))
        #expect(!can("get", .pod))
        #expect(!can("get", .pod, "exec"))
        #expect(can("get", .deployment, "scale"))
        #expect(!can("get", .deployment, "status"))
        #expect(can("update", .configMap, name: "one"))
        #expect(!can("update", .configMap, name: "two"))
        #expect(!can("update", .configMap))
        #expect(can("deletecollection", .secret))
        #expect(!can("get", .secret, "", "kube-system"))
        #expect(!can("get", .secret, "", ""))
    }

    @Test func whatIsForbiddenSaysSoInUpstreamsWords() throws {
        let test = try SecureServer()
        func message(_ attributes: RequestAttributes) -> String? {
            TestServer.failure { () throws(StatusError) in try test.server.authorizer.check(attributes) }?.message
        }
        #expect(
            message(RequestAttributes(Self.alice, verb: "list", .pod, namespace: "default"))
                == "pods is forbidden: User \"alice\" cannot list resource \"pods\" in API group \"\" in the namespace "
                + "\"default\"")
        #expect(
            message(RequestAttributes(Self.alice, verb: "get", .node, name: "node-1"))
                == "nodes \"node-1\" is forbidden: User \"alice\" cannot get resource \"nodes\" in API group \"\" at the "
                + "cluster scope")
        #expect(
            message(
                RequestAttributes(
                    Self.alice, verb: "get", .deployment, subresource: "scale", namespace: "a", name: "b"))
                == "deployments.apps \"b\" is forbidden: User \"alice\" cannot get resource \"deployments/scale\" in API "
                + "group \"apps\" in the namespace \"a\"")
        #expect(
            message(RequestAttributes(SecureServer.user("<b>"), verb: "get", path: "/metrics"))
                == "forbidden: User \"&lt;b&gt;\" cannot get path \"/metrics\"")
        // A binding to a role that is not there is part of the reason.
        try test.bind("gone", to: SecureServer.subject("User", "alice"), in: "default")
        let missing = RequestAttributes(Self.alice, verb: "list", .pod, namespace: "default")
        #expect(
            test.decision(missing)
                == "deny RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found")
        #expect(message(missing)?.hasSuffix(": RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found") == true)
        #expect(
            test.server.authorizer.decide(RequestAttributes(Self.alice, verb: "get", path: "/api")).reason
                == "RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"system:discovery\" to Group "
                + "\"system:authenticated\"")
    }

    /// One cluster's policy, made anew from each state and moved on from the state before, allows the same.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func aPolicyThatMovesOnIsTheSameAsANewOne(seed: UInt64) throws {
        let test = try SecureServer()
        var random = SeededRandom(seed: seed)
        var moved = AccessPolicy()
        let users = (0..<4).map { "user-\($0)" }
        let resources: [ResourceKind] = [.pod, .secret, .configMap]
        for step in 0..<60 {
            let number = random.below(6)
            let name = "r\(number)"
            let role = ObjectKey(.role, namespace: "default", name: name)
            let binding = ObjectKey(.roleBinding, namespace: "default", name: name)
            switch random.below(4) {
            case 0 where test.client.object(role) == nil:
                let kind = resources[random.below(3)]
                try test.role(name, SecureServer.rule(["get"], [kind.info.plural]))
            case 1 where test.client.object(binding) == nil:
                var created = RoleBinding(name: name, namespace: "default")
                created.roleRef.kind = "Role"
                created.roleRef.name = name
                created.subjects = [SecureServer.subject("User", users[random.below(4)])]
                try test.client.create(created)
            case 2 where test.client.object(role) != nil: try test.client.delete(role)
            case 3 where test.client.object(binding) != nil: try test.client.delete(binding)
            default: continue
            }
            let snapshot = test.server.snapshot()
            moved = moved.updated(to: snapshot)
            let fresh = AccessPolicy().updated(to: snapshot)
            #expect(moved.updated(to: snapshot) === moved, "seed \(seed), step \(step)")
            for user in users {
                for kind in resources {
                    let asked = RequestAttributes(SecureServer.user(user), verb: "get", kind, namespace: "default")
                    #expect(
                        Authorizer(policy: moved, view: snapshot).decide(asked)
                            == Authorizer(policy: fresh, view: snapshot).decide(asked), "seed \(seed), step \(step)")
                }
            }
        }
    }

    /// A PUT or an apply of what is not there yet is a creation, which the right to update or patch does not cover.
    @Test func whatAChangeMakesMustBeAllowedToBeCreated() throws {
        let test = try SecureServer()
        try test.clusterRole("change-ranges", SecureServer.rule(["update", "patch"], ["limitranges"]))
        try test.bind("change-ranges", to: SecureServer.subject("User", "alice"))
        let range = LimitRange(name: "a", namespace: "default").boxed
        var request = SecureServer.request(Self.alice)
        request.checksCreation = true
        request.options.fieldManager = "test"
        let refusal =
            "limitranges \"a\" is forbidden: User \"alice\" cannot create resource \"limitranges\" in API group \"\" "
            + "in the namespace \"default\""
        let configuration = Array(
            "{\"apiVersion\":\"v1\",\"kind\":\"LimitRange\",\"metadata\":{\"name\":\"a\"}}".utf8)
        func put() throws(StatusError) { _ = try test.server.update(range, nil, request) }
        func apply() throws(StatusError) {
            _ = try test.server.patch(range.key, configuration, type: .apply, nil, request)
        }
        #expect(TestServer.failure(put)?.message == refusal)
        #expect(TestServer.failure(apply)?.message == refusal)
        #expect(test.client.object(range.key) == nil)
        // Once it is there, it may be changed; and whoever may create has nothing to fear.
        try test.client.create(LimitRange(name: "a", namespace: "default"))
        #expect(TestServer.failure(put) == nil)
        #expect(TestServer.failure(apply) == nil)
        try test.client.delete(range.key)
        try test.clusterRole("create-ranges", SecureServer.rule(["create"], ["limitranges"]))
        try test.bind("create-ranges", to: SecureServer.subject("User", "alice"))
        #expect(TestServer.failure(put) == nil)
    }

    @Test func bindingsAreForNamesByTheirBytes() throws {
        let test = try SecureServer()
        // The same letter in two spellings is two users.
        try test.bind("system:kube-dns", to: SecureServer.subject("User", "jos\u{E9}"))
        func can(_ name: String) -> Bool {
            test.server.authorizer.decide(RequestAttributes(SecureServer.user(name), verb: "list", .service)).isAllowed
        }
        #expect(can("jos\u{E9}"))
        #expect(!can("jose\u{301}"))
    }
}
