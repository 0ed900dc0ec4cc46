import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import KubeStore
import Testing

/// Quotas: what admission charges and refuses, and what the controller takes back.
@Suite struct ResourceQuotaTests {
    private func cluster(_ hard: StringMap<Quantity>, _ change: (inout ResourceQuota) -> Void = { _ in }) throws
        -> ControllerCluster
    {
        let cluster = try ControllerCluster()
        let controller = ResourceQuotaController(cluster.context(ResourceQuotaController.component))
        controller.start()
        cluster.keep(controller)
        var quota = ResourceQuota(name: "q", namespace: "default")
        quota.spec.hard = hard
        change(&quota)
        try cluster.user.create(quota)
        cluster.settle()
        return cluster
    }

    private func quota(_ cluster: ControllerCluster) -> ResourceQuotaStatus? {
        cluster.user.get(ResourceQuota.self, namespace: "default", name: "q")?.status
    }

    private func pod(_ name: String, cpu: Quantity? = nil, memory: Quantity? = nil, limit: Quantity? = nil) -> Pod {
        var container = Container()
        container.name = "main"
        container.image = "nginx:1.29"
        var resources = ResourceRequirements()
        resources.requests["cpu"] = cpu
        resources.requests["memory"] = memory
        resources.limits["cpu"] = limit
        container.resources = resources
        var pod = Pod(name: name, namespace: "default")
        pod.spec.containers = [container]
        return pod
    }

    private func refusal(_ cluster: ControllerCluster, _ object: some Resource) -> String? {
        do throws(StatusError) {
            try cluster.user.create(object)
            return nil
        } catch {
            return error.message
        }
    }

    /// A name by which no kind is counted has a limit, and no use.
    @Test func whatNothingIsCountedByIsNotUsed() throws {
        let cluster = try cluster(["pods": "2", "count/widgets.example.com": "5"])
        #expect(quota(cluster)?.hard == ["pods": "2", "count/widgets.example.com": "5"])
        #expect(quota(cluster)?.used == ["pods": "0"])
        #expect(cluster.isQuiet(ResourceQuotaController.component))
    }

    @Test func theStatusFollowsTheSpec() throws {
        let cluster = try cluster(["pods": "2", "count/configmaps": "5"])
        #expect(quota(cluster)?.hard == ["pods": "2", "count/configmaps": "5"])
        #expect(quota(cluster)?.used == ["pods": "0", "count/configmaps": "0"])
        #expect(cluster.actions(by: ResourceQuotaController.component).count == 1)
        try cluster.user.create(ConfigMap(name: "a", namespace: "default"))
        #expect(quota(cluster)?.used["count/configmaps"] == "1")
        try cluster.user.mutate(ResourceQuota.self, ObjectKey(.resourceQuota, namespace: "default", name: "q")) {
            $0.spec.hard = ["configmaps": "9", "secrets": "1"]
        }
        cluster.settle()
        #expect(quota(cluster)?.hard == ["configmaps": "9", "secrets": "1"])
        #expect(quota(cluster)?.used == ["configmaps": "1", "secrets": "0"])
    }

    @Test func whatExceedsIsRefusedInUpstreamsWords() throws {
        let cluster = try cluster(["pods": "2", "requests.cpu": "1", "limits.cpu": "2"])
        #expect(
            refusal(cluster, pod("a"))
                == "pods \"a\" is forbidden: failed quota: q: must specify limits.cpu for: main; requests.cpu for: main"
        )
        #expect(refusal(cluster, pod("a", cpu: "300m", limit: "500m")) == nil)
        #expect(refusal(cluster, pod("b", cpu: "300m", limit: "500m")) == nil)
        #expect(
            refusal(cluster, pod("c", cpu: "300m", limit: "500m"))
                == "pods \"c\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2")
        #expect(
            refusal(cluster, pod("c", cpu: "500m", limit: "1500m"))
                == "pods \"c\" is forbidden: exceeded quota: q, requested: limits.cpu=1500m,pods=1,requests.cpu=500m, used: "
                + "limits.cpu=1,pods=2,requests.cpu=600m, limited: limits.cpu=2,pods=2,requests.cpu=1")
        // A name that is taken costs nothing.
        #expect(refusal(cluster, pod("a", cpu: "300m", limit: "500m")) == "pods \"a\" already exists")
        #expect(quota(cluster)?.used == ["limits.cpu": "1", "pods": "2", "requests.cpu": "600m"])
    }

    @Test func whatGoesIsGivenBack() throws {
        let cluster = try cluster(["pods": "1", "count/pods": "3", "services": "2", "services.nodeports": "3"])
        let first = try cluster.user.create(pod("a"))
        #expect(refusal(cluster, pod("b")) != nil)
        // A pod that has ended is no pod any more, though it is there.
        try cluster.user.mutate(Pod.self, first.key, .status) { $0.status.phase = "Succeeded" }
        cluster.settle()
        #expect(quota(cluster)?.used["pods"] == "0" && quota(cluster)?.used["count/pods"] == "1")
        #expect(refusal(cluster, pod("b")) == nil)
        _ = try cluster.user.delete(first.key, DeleteOptions(gracePeriodSeconds: 0))
        cluster.settle()
        #expect(quota(cluster)?.used["count/pods"] == "1")

        var port = ServicePort()
        port.port = 80
        var other = ServicePort()
        other.port = 81
        port.name = "a"
        other.name = "b"
        var service = Service(name: "web", namespace: "default")
        service.spec.ports = [port, other]
        try cluster.user.create(service)
        try cluster.user.mutate(Service.self, service.key) { $0.spec.type = "NodePort" }
        #expect(quota(cluster)?.used["services.nodeports"] == "2")
        service.metadata.name = "more"
        service.spec.type = "NodePort"
        #expect(
            refusal(cluster, service)
                == "services \"more\" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: "
                + "services.nodeports=2, limited: services.nodeports=3")
        try cluster.user.mutate(Service.self, ObjectKey(.service, namespace: "default", name: "web")) {
            $0.spec.type = "ClusterIP"
        }
        cluster.settle()
        #expect(quota(cluster)?.used["services.nodeports"] == "0")
    }

    /// A pod that hangs on a node that is gone is not charged once its grace is over.
    @Test func podsThatHangAreGivenBackToo() throws {
        let cluster = try cluster(["pods": "1"])
        var hanging = pod("a")
        hanging.spec.nodeName = "node-1"
        try cluster.user.create(hanging)
        _ = try cluster.user.delete(hanging.key, DeleteOptions(gracePeriodSeconds: 30))
        cluster.settle()
        #expect(quota(cluster)?.used["pods"] == "1")
        cluster.advance(.minutes(6))
        #expect(cluster.user.object(hanging.key) != nil)
        #expect(quota(cluster)?.used["pods"] == "0")
    }

    @Test func claimsCountByTheirClass() throws {
        let cluster = try cluster([
            "requests.storage": "10Gi", "gold.storageclass.storage.k8s.io/requests.storage": "3Gi",
            "gold.storageclass.storage.k8s.io/persistentvolumeclaims": "5",
        ])
        func claim(_ name: String, _ size: Quantity, _ storageClass: String) -> PersistentVolumeClaim {
            var claim = PersistentVolumeClaim(name: name, namespace: "default")
            claim.spec.accessModes = ["ReadWriteOnce"]
            claim.spec.storageClassName = storageClass
            claim.spec.resources = VolumeResourceRequirements()
            claim.spec.resources?.requests["storage"] = size
            return claim
        }
        #expect(refusal(cluster, claim("a", "2Gi", "gold")) == nil)
        #expect(refusal(cluster, claim("b", "2Gi", "silver")) == nil)
        #expect(
            refusal(cluster, claim("c", "2Gi", "gold"))
                == "persistentvolumeclaims \"c\" is forbidden: exceeded quota: q, requested: "
                + "gold.storageclass.storage.k8s.io/requests.storage=2Gi, used: "
                + "gold.storageclass.storage.k8s.io/requests.storage=2Gi, limited: "
                + "gold.storageclass.storage.k8s.io/requests.storage=3Gi")
        #expect(quota(cluster)?.used["requests.storage"] == "4Gi")
    }

    @Test func quotasMayBeForSomePodsOnly() throws {
        let cluster = try cluster(["pods": "0"]) { quota in
            var requirement = ScopedResourceSelectorRequirement()
            requirement.scopeName = "PriorityClass"
            requirement.operator = "In"
            requirement.values = ["high"]
            quota.spec.scopeSelector = ScopeSelector()
            quota.spec.scopeSelector?.matchExpressions = [requirement]
        }
        var high = PriorityClass(name: "high")
        high.value = 10
        try cluster.user.create(high)
        #expect(refusal(cluster, pod("low")) == nil)
        var important = pod("important")
        important.spec.priorityClassName = "high"
        #expect(refusal(cluster, important)?.hasSuffix("requested: pods=1, used: pods=0, limited: pods=0") == true)
        let bestEffort = try self.cluster(["pods": "1"]) { $0.spec.scopes = ["BestEffort"] }
        #expect(refusal(bestEffort, pod("a", cpu: "1")) == nil)
        #expect(refusal(bestEffort, pod("b")) == nil)
        #expect(refusal(bestEffort, pod("c")) != nil)
        #expect(refusal(bestEffort, pod("d", cpu: "1")) == nil)
    }

    @Test func dryRunsCostNothing() throws {
        let cluster = try cluster(["configmaps": "1"])
        var options = WriteOptions()
        options.isDryRun = true
        for name in ["a", "b"] {
            _ = try cluster.user.create(ConfigMap(name: name, namespace: "default"), options)
        }
        #expect(quota(cluster)?.used["configmaps"] == "0")
    }

    /// However a workload's pods come and go, no more are there than the quota allows, and none is forgotten.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func quotasHoldUnderManyWrites(seed: UInt64) throws {
        let cluster = try cluster(["pods": "7", "requests.cpu": "2", "configmaps": "4"])
        var random = SeededRandom(seed: seed)
        for step in 0..<300 {
            let name = "x\(random.below(12))"
            switch random.below(5) {
            case 0, 1:
                let cpu = Quantity(milli: 100 * (1 + random.below(6)))
                _ = refusal(cluster, pod(name, cpu: cpu))
            case 2:
                _ = refusal(cluster, ConfigMap(name: name, namespace: "default"))
            case 3:
                let kind = random.below(2) == 0 ? ResourceKind.pod : .configMap
                let key = ObjectKey(kind, namespace: "default", name: name)
                if cluster.user.object(key) != nil { _ = try cluster.user.delete(key, DeleteOptions()) }
            default: cluster.settle()
            }
            let pods = cluster.user.list(Pod.self, namespace: "default")
            let maps = cluster.user.count(.configMap, namespace: "default")
            let cpu = pods.reduce(Quantity(0)) {
                $0 + ($1.spec.containers[0].resources?.requests["cpu"] ?? Quantity(0))
            }
            #expect(pods.count <= 7 && maps <= 4 && cpu <= "2", "seed \(seed), step \(step)")
            if step % 20 == 19 {
                cluster.settle()
                let used = try #require(quota(cluster)?.used)
                #expect(
                    used == ["pods": Quantity(pods.count), "requests.cpu": cpu, "configmaps": Quantity(maps)],
                    "seed \(seed), step \(step)")
            }
        }
    }
}
