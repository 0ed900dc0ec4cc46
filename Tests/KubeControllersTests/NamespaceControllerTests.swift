import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

@Suite("Namespaces and what every one of them has")
struct NamespaceControllerTests {
    private static func cluster() throws -> ControllerCluster {
        let cluster = try ControllerCluster()
        let controller = NamespaceController(cluster.context(NamespaceController.component))
        controller.start()
        cluster.keep(controller)
        try cluster.createNamespace("shop")
        return cluster
    }

    private static func configMap(_ name: String, finalizers: [String] = []) -> ConfigMap {
        var map = ConfigMap(name: name, namespace: "shop")
        map.metadata.finalizers = finalizers
        return map
    }

    private static func conditions(_ cluster: ControllerCluster) throws -> [String] {
        try cluster.get(Namespace.self, "shop").status.conditions.map {
            "\($0.type)=\($0.status) \($0.reason ?? ""): \($0.message ?? "")"
        }
    }

    @Test func emptiesANamespaceAfterAGracePeriodAndLetsItGo() throws {
        let cluster = try Self.cluster()
        try cluster.user.create(Self.configMap("a"))
        try cluster.user.create(Secret(name: "b", namespace: "shop"))
        cluster.settle()
        try cluster.user.delete(ObjectKey(.namespace, name: "shop"))
        cluster.advance(.milliseconds(4_999))
        #expect(cluster.actions(by: NamespaceController.component).isEmpty)
        #expect(try cluster.get(Namespace.self, "shop").status.phase == "Terminating")
        cluster.advance(.milliseconds(1))
        #expect(cluster.user.get(Namespace.self, name: "shop") == nil)
        #expect(
            cluster.actions(by: NamespaceController.component) == [
                "delete ConfigMap a", "delete Secret b", "delete ServiceAccount default",
                "update Namespace shop status",
                "delete Namespace shop",
            ])
        cluster.advance(.seconds(30))
        #expect(cluster.loop.pendingCount == 0)
    }

    @Test func waitsForPodsBeforeAnythingElse() throws {
        let cluster = try Self.cluster()
        let runner = cluster.startPodRunner(graceful: .seconds(8))
        defer { withExtendedLifetime(runner) {} }
        try cluster.user.create(Self.configMap("a"))
        var pod = Pod(name: "pod", namespace: "shop")
        pod.spec = ReplicaSetControllerTests.template.spec
        try cluster.user.create(pod)
        cluster.advance(.seconds(5))
        try cluster.user.delete(ObjectKey(.namespace, name: "shop"))
        cluster.advance(.seconds(6))
        #expect(
            try Self.conditions(cluster) == [
                "NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered",
                "NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: "
                    + "All legacy kube types successfully parsed",
                "NamespaceDeletionContentFailure=False ContentDeleted: "
                    + "All content successfully deleted, may be waiting on finalization",
                "NamespaceContentRemaining=True SomeResourcesRemain: "
                    + "Some resources are remaining: pods. has 1 resource instances",
                "NamespaceFinalizersRemaining=False ContentHasNoFinalizers: "
                    + "All content-preserving finalizers finished",
            ])
        #expect(cluster.user.get(ConfigMap.self, namespace: "shop", name: "a") != nil)
        // Looked at again 5 s after the conditions changed, and then half of the pod's grace period later.
        cluster.advance(.milliseconds(19_999))
        #expect(cluster.user.get(Namespace.self, name: "shop") != nil)
        cluster.advance(.milliseconds(1))
        #expect(cluster.user.get(Namespace.self, name: "shop") == nil)
    }

    @Test func tellsWhichFinalizersHoldItUp() throws {
        let cluster = try Self.cluster()
        let held = try cluster.user.create(Self.configMap("a", finalizers: ["example.com/hold", "example.com/keep"]))
        try cluster.user.create(Self.configMap("b", finalizers: ["example.com/hold"]))
        try cluster.user.delete(ObjectKey(.namespace, name: "shop"))
        cluster.advance(.seconds(6))
        let conditions = try Self.conditions(cluster)
        let expected: [String] = [
            "NamespaceContentRemaining=True SomeResourcesRemain: "
                + "Some resources are remaining: configmaps. has 2 resource instances",
            "NamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers "
                + "remaining: example.com/hold in 2 resource instances, example.com/keep in 1 resource instances",
        ]
        #expect(conditions.suffix(2) == expected)
        for name in ["a", "b"] {
            try cluster.user.mutate(
                ConfigMap.self, ObjectKey(.configMap, namespace: "shop", name: name)
            ) { $0.metadata.finalizers = [] }
        }
        #expect(cluster.user.object(held.key) == nil)
        cluster.advance(.seconds(9))
        #expect(cluster.user.get(Namespace.self, name: "shop") == nil)
    }

    @Test func leavesTheFinalizersOfOthersAlone() throws {
        let cluster = try Self.cluster()
        try cluster.user.mutate(Namespace.self, ObjectKey(.namespace, name: "shop")) {
            $0.metadata.finalizers = ["example.com/own"]
        }
        try cluster.user.delete(ObjectKey(.namespace, name: "shop"))
        cluster.advance(.seconds(20))
        let namespace = try cluster.get(Namespace.self, "shop")
        #expect(namespace.spec.finalizers == [] && namespace.metadata.finalizers == ["example.com/own"])
        let before = cluster.revision
        cluster.advance(.minutes(5))
        #expect(cluster.revision == before)
    }

    @Test func everyNamespaceHasItsServiceAccount() throws {
        let cluster = try ControllerCluster()
        let controller = ServiceAccountController(cluster.context(ServiceAccountController.component))
        controller.start()
        cluster.keep(controller)
        try cluster.createNamespace("shop", withServiceAccount: false)
        cluster.settle()
        let author = ServiceAccountController.component
        #expect(cluster.actions(by: author) == ["create ServiceAccount default"])
        let account = ObjectKey(.serviceAccount, namespace: "shop", name: "default")
        try cluster.user.delete(account)
        try cluster.user.create(ServiceAccount(name: "other", namespace: "shop"))
        try cluster.user.delete(ObjectKey(.serviceAccount, namespace: "shop", name: "other"))
        cluster.settle()
        #expect(
            cluster.actions(by: author) == ["create ServiceAccount default", "create ServiceAccount default"])
        try cluster.user.delete(ObjectKey(.namespace, name: "shop"))
        try cluster.user.delete(account)
        cluster.advance(.seconds(1))
        #expect(cluster.user.object(account) == nil)
    }

    @Test func everyNamespaceHasTheRootCertificate() throws {
        let cluster = try ControllerCluster()
        let author = RootCACertPublisher.component
        let publisher = RootCACertPublisher(cluster.context(author), certificate: "-----BEGIN")
        publisher.start()
        cluster.keep(publisher)
        try cluster.createNamespace("shop")
        cluster.settle()
        let key = ObjectKey(.configMap, namespace: "shop", name: "kube-root-ca.crt")
        let map = try #require(cluster.user.get(ConfigMap.self, key))
        #expect(map.data == ["ca.crt": "-----BEGIN"])
        #expect(
            map.metadata.annotations["kubernetes.io/description"]?.hasPrefix("Contains a CA bundle that can be used")
                == true)
        var before = cluster.revision
        try cluster.user.mutate(ConfigMap.self, key) { $0.data["ca.crt"] = "mine" }
        cluster.settle()
        #expect(cluster.actions(by: author, after: before) == ["update ConfigMap kube-root-ca.crt"])
        #expect(cluster.user.get(ConfigMap.self, key)?.data == ["ca.crt": "-----BEGIN"])
        before = cluster.revision
        try cluster.user.delete(key)
        try cluster.user.create(ConfigMap(name: "other", namespace: "shop"))
        cluster.settle()
        #expect(cluster.actions(by: author, after: before) == ["create ConfigMap kube-root-ca.crt"])
    }
}
