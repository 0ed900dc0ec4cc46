import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

/// Who owns the fields of what a new cluster holds, as `kubectl get --show-managed-fields` shows it.
@Suite struct BootstrapAccountsTests {
    private static func server() -> APIServer {
        let server = APIServer(loop: EventLoop(start: .simulationStart))
        BootstrapObjects.install(on: server, nodes: ["node-1"], certificateAuthority: "CA")
        return server
    }

    private let client = LocalClient(server(), component: "tester")

    /// A line an entry.
    private func accounts<Value: Resource>(
        _ type: Value.Type, _ name: String, namespace: String = ""
    ) throws -> [String] {
        let object = try #require(client.get(type, namespace: namespace, name: name))
        return object.metadata.managedFields.map { entry in
            let fields = String(decoding: entry.fieldsV1?.json ?? [], as: UTF8.self)
            #expect(entry.time == object.metadata.creationTimestamp && entry.fieldsType == "FieldsV1")
            return [entry.manager, entry.operation, entry.apiVersion, entry.subresource].compactMap { $0 }
                .joined(separator: " ") + " " + fields
        }
    }

    private static let reconciled =
        "{\"f:metadata\":{\"f:annotations\":{\".\":{},\"f:rbac.authorization.kubernetes.io/autoupdate\":{}},"
        + "\"f:labels\":{\".\":{},\"f:kubernetes.io/bootstrapping\":{}}},"

    @Test func whatTheServerMakes() throws {
        #expect(
            try accounts(ClusterRole.self, "system:node") == [
                "kube-apiserver Update rbac.authorization.k8s.io/v1 \(Self.reconciled)\"f:rules\":{}}"
            ])
        #expect(
            try accounts(ClusterRoleBinding.self, "system:node") == [
                "kube-apiserver Update rbac.authorization.k8s.io/v1 \(Self.reconciled)\"f:roleRef\":{}}"
            ])
        #expect(
            try accounts(Namespace.self, "kube-system") == [
                "kube-apiserver Update v1 "
                    + "{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:kubernetes.io/metadata.name\":{}}}}"
            ])
        #expect(
            try accounts(PriorityClass.self, "system-node-critical") == [
                "kube-apiserver Update scheduling.k8s.io/v1 "
                    + "{\"f:description\":{},\"f:preemptionPolicy\":{},\"f:value\":{}}"
            ])
        #expect(
            try accounts(Service.self, "kubernetes", namespace: "default") == [
                "kube-apiserver Update v1 "
                    + "{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:component\":{},\"f:provider\":{}}},"
                    + "\"f:spec\":{\"f:clusterIP\":{},\"f:internalTrafficPolicy\":{},\"f:ipFamilyPolicy\":{},"
                    + "\"f:ports\":{\".\":{},\"k:{\\\"port\\\":443,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},"
                    + "\"f:name\":{},\"f:port\":{},\"f:protocol\":{},\"f:targetPort\":{}}},"
                    + "\"f:sessionAffinity\":{},\"f:type\":{}}}"
            ])
        #expect(
            try accounts(APIService.self, "v1.apps") == [
                "kube-apiserver Update apiregistration.k8s.io/v1 "
                    + "{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:kube-aggregator.kubernetes.io/automanaged\":{}}},"
                    + "\"f:spec\":{\"f:group\":{},\"f:groupPriorityMinimum\":{},\"f:version\":{},"
                    + "\"f:versionPriority\":{}}}"
            ])
    }

    /// What components apply to the server's own objects: the rules of roles that are made of others, and the status of
    /// FlowSchemas.
    @Test func whatIsApplied() throws {
        #expect(
            try accounts(ClusterRole.self, "admin") == [
                "clusterrole-aggregation-controller Apply rbac.authorization.k8s.io/v1 {\"f:rules\":{}}",
                "kube-apiserver Update rbac.authorization.k8s.io/v1 "
                    + "{\"f:aggregationRule\":{\".\":{},\"f:clusterRoleSelectors\":{}},"
                    + "\"f:metadata\":{\"f:annotations\":{\".\":{},"
                    + "\"f:rbac.authorization.kubernetes.io/autoupdate\":{}},"
                    + "\"f:labels\":{\".\":{},\"f:kubernetes.io/bootstrapping\":{}}}}",
            ])
        #expect(
            try accounts(FlowSchema.self, "catch-all") == [
                "api-priority-and-fairness-config-consumer-v1 Apply flowcontrol.apiserver.k8s.io/v1 status "
                    + "{\"f:status\":{\"f:conditions\":{\"k:{\\\"type\\\":\\\"Dangling\\\"}\":{\".\":{},"
                    + "\"f:lastTransitionTime\":{},\"f:message\":{},\"f:reason\":{},\"f:status\":{},\"f:type\":{}}}}}",
                "api-priority-and-fairness-config-producer-v1 Update flowcontrol.apiserver.k8s.io/v1 "
                    + "{\"f:metadata\":{\"f:annotations\":{\".\":{},\"f:apf.kubernetes.io/autoupdate-spec\":{}}},"
                    + "\"f:spec\":{\"f:distinguisherMethod\":{\".\":{},\"f:type\":{}},\"f:matchingPrecedence\":{},"
                    + "\"f:priorityLevelConfiguration\":{\"f:name\":{}},\"f:rules\":{}}}",
            ])
        let schemas = client.list(FlowSchema.self)
        #expect(schemas.count == 13)
        for schema in schemas {
            let level = schema.spec.priorityLevelConfiguration.name
            #expect(client.get(PriorityLevelConfiguration.self, name: level) != nil)
            #expect(schema.status.conditions.map(\.reason) == ["Found"])
        }
    }

    @Test func whatKubeadmMakes() throws {
        #expect(
            try accounts(ClusterRoleBinding.self, "kubeadm:cluster-admins") == [
                "kubeadm Update rbac.authorization.k8s.io/v1 {\"f:roleRef\":{},\"f:subjects\":{}}"
            ])
        #expect(
            try accounts(ConfigMap.self, "kubeadm-config", namespace: "kube-system") == [
                "kubeadm Update v1 {\"f:data\":{\".\":{},\"f:ClusterConfiguration\":{}}}"
            ])
        let dns = try accounts(Service.self, "kube-dns", namespace: "kube-system")
        #expect(dns.count == 1 && dns[0].hasPrefix("kubeadm Update v1 {\"f:metadata\":{\"f:annotations\":{"))
        #expect(dns[0].hasSuffix("\"f:selector\":{},\"f:sessionAffinity\":{},\"f:type\":{}}}"))
    }

    /// What is written down is what the field manager makes of the objects. Of services, namespaces and what is bound
    /// by others, more is set in the creation than anybody owns.
    @Test func accountsAreThoseOfTheFieldManager() throws {
        var count = 0
        for kind in [
            ResourceKind.clusterRole, .clusterRoleBinding, .role, .roleBinding, .configMap, .priorityClass, .endpoints,
            .endpointSlice, .priorityLevelConfiguration, .flowSchema, .apiService, .serviceAccount,
        ] {
            let manager = FieldManager(kind)
            client.forEach(kind, namespace: nil) { object in
                let entries = object.metadata.managedFields.filter { $0.operation == "Update" && $0.subresource == nil }
                var metadata = object.metadata
                metadata.managedFields = []
                let coder = kind.info.coder
                var new = coder.settingStatus(object.with(metadata: metadata), of: coder.make(metadata: ObjectMeta()))
                // Roles that are made of others are created without rules.
                if var role = new.as(ClusterRole.self), role.aggregationRule != nil {
                    role.rules = []
                    new = role.boxed
                }
                let worked = manager.update(
                    live: nil, new: new, manager: entries.first?.manager ?? "",
                    now: object.metadata.creationTimestamp ?? EventLoop(start: .simulationStart).now.time)
                #expect(entries == worked, "\(object.key.namespacedName)")
                count += 1
                return true
            }
        }
        #expect(count > 200)
    }

    /// From its creation on, each write of such an object is accounted for.
    @Test func laterWritesAreAccountedFor() throws {
        let server = Self.server()
        var options = WriteOptions()
        options.fieldManager = "edit"
        let request = Request(
            Requester(author: "jane", user: Requester.user(of: "jane")), options: options)
        let key = ObjectKey(.priorityClass, name: "system-node-critical")
        let stored = try server.mutate(key, nil, request) { object in
            var metadata = object.metadata
            metadata.labels["a"] = "b"
            return object.with(metadata: metadata)
        }
        let managers = (stored?.metadata.managedFields ?? []).compactMap(\.manager)
        #expect(managers == ["edit", "kube-apiserver"])
    }
}
