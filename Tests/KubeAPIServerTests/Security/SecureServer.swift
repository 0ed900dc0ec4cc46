import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeStore

/// A server with all that a new cluster holds, the default roles among it, as remote clients see it.
struct SecureServer {
    let loop = EventLoop(start: .simulationStart)
    let server: APIServer
    /// Whom nobody holds to anything.
    let client: LocalClient

    init() throws {
        server = APIServer(loop: loop)
        BootstrapObjects.install(on: server, nodes: [], certificateAuthority: "CA")
        client = LocalClient(server, component: "tester")
        try client.create(ServiceAccount(name: "default", namespace: "default"))
    }

    var now: Time { loop.now.time }

    static func user(_ name: String, _ groups: String...) -> UserInfo {
        var user = UserInfo()
        user.username = name
        user.groups = groups + ["system:authenticated"]
        return user
    }

    static func node(_ name: String) -> UserInfo { user("system:node:" + name, "system:nodes") }

    static func request(_ user: UserInfo, warnings: Warnings? = nil) -> Request {
        var options = WriteOptions()
        options.warnings = warnings
        return Request(Requester(author: user.username ?? "", user: user), options: options)
    }

    /// Creates as a remote user does, once it is authorized.
    @discardableResult
    func create<Value: Resource>(_ value: Value, as user: UserInfo) throws(StatusError) -> Value {
        let stored = try server.create(value.boxed, SecureServer.request(user))
        guard let typed = stored.as(Value.self) else { preconditionFailure("another kind came back") }
        return typed
    }

    /// Whether a user may, as `allow`, or the reason why not.
    func decision(_ attributes: RequestAttributes) -> String {
        let decision = server.authorizer.decide(attributes)
        return decision.isAllowed ? "allow" : "deny " + decision.reason
    }

    func bind(_ role: String, to subject: Subject, in namespace: String? = nil, name: String? = nil) throws {
        var reference = RoleRef()
        reference.kind = "ClusterRole"
        reference.name = role
        if let namespace {
            var binding = RoleBinding(name: name ?? role, namespace: namespace)
            binding.roleRef = reference
            binding.subjects = [subject]
            try client.create(binding)
        } else {
            var binding = ClusterRoleBinding(name: name ?? role + "-extra")
            binding.roleRef = reference
            binding.subjects = [subject]
            try client.create(binding)
        }
    }

    static func subject(_ kind: String, _ name: String, namespace: String? = nil) -> Subject {
        var subject = Subject()
        subject.kind = kind
        subject.name = name
        subject.namespace = namespace
        return subject
    }

    static func rule(
        _ verbs: [String], _ resources: [String], _ groups: [String] = [""], names: [String] = []
    ) -> PolicyRule {
        var rule = PolicyRule()
        rule.verbs = verbs
        rule.resources = resources
        rule.apiGroups = groups
        rule.resourceNames = names
        return rule
    }

    func role(_ name: String, _ rules: PolicyRule..., namespace: String = "default") throws {
        var role = Role(name: name, namespace: namespace)
        role.rules = rules
        try client.create(role)
    }

    func clusterRole(_ name: String, _ rules: PolicyRule...) throws {
        var role = ClusterRole(name: name)
        role.rules = rules
        try client.create(role)
    }
}
