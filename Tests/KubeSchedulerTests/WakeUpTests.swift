import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

/// A pod that can't be placed is tried again when something changes that may help it, and not before.
@Suite struct WakeUpTests {
    private let node = ObjectKey(.node, name: "node-1")

    private func waiting(_ cluster: TestCluster, _ pod: Pod) throws {
        try cluster.add(pod)
        cluster.settle()
        #expect(cluster.node(of: pod.name).isEmpty)
        #expect(cluster.decision(pod.name)?.attempt == 1)
    }

    @Test func aPodThatLeavesMakesRoom() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1", cpu: "1"))
        try cluster.add(Pod.make("first", cpu: "1"))
        cluster.settle()
        try waiting(cluster, Pod.make("second", cpu: "1"))
        let revision = cluster.client.revision
        _ = try cluster.client.delete(
            ObjectKey(.pod, namespace: "default", name: "first"), DeleteOptions(gracePeriodSeconds: 0))
        cluster.settle()
        #expect(cluster.node(of: "second") == "node-1")
        let cause = try #require(cluster.decision("second")?.cause)
        #expect(cause > revision)
    }

    // MARK: Claims

    private func claim(_ name: String, namespace: String = "default") -> PersistentVolumeClaim {
        var claim = PersistentVolumeClaim(name: name, namespace: namespace)
        claim.spec.accessModes = ["ReadWriteOnce"]
        var resources = VolumeResourceRequirements()
        resources.requests = ["storage": "1Gi"]
        claim.spec.resources = resources
        return claim
    }

    private func pod(_ name: String, claim: String) -> Pod {
        Pod.make(name).with { pod in
            var volume = Volume()
            volume.name = "data"
            var source = PersistentVolumeClaimVolumeSource()
            source.claimName = claim
            volume.persistentVolumeClaim = source
            pod.spec.volumes = [volume]
        }
    }

    @Test func aPodWaitsForAClaimThatIsMissing() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        try cluster.add(Node.make("node-2"))
        try waiting(cluster, pod("web", claim: "nope"))
        #expect(
            cluster.messages("FailedScheduling", about: "web") == [
                #"0/2 nodes are available: persistentvolumeclaim "nope" not found. not found"#
            ])
        // Neither another claim nor another namespace's helps.
        try cluster.client.create(claim("other"))
        try cluster.client.create(claim("nope", namespace: "other"))
        cluster.settle()
        #expect(cluster.decision("web")?.attempt == 1)
        try cluster.client.create(claim("nope"))
        cluster.settle()
        #expect(cluster.node(of: "web").isEmpty == false)
        #expect(cluster.decision("web")?.attempt == 2)
    }

    /// A pod with an ephemeral volume for each name.
    private func pod(_ name: String, ephemeral volumes: String...) -> Pod {
        Pod.make(name).with { pod in
            pod.spec.volumes = volumes.map { name in
                var template = PersistentVolumeClaimTemplate()
                template.spec = claim("").spec
                var source = EphemeralVolumeSource()
                source.volumeClaimTemplate = template
                var volume = Volume()
                volume.name = name
                volume.ephemeral = source
                return volume
            }
        }
    }

    /// A claim made for a pod that exists, as by the ephemeral volume controller.
    private func claim(_ name: String, for pod: String, _ cluster: TestCluster) throws -> PersistentVolumeClaim {
        let owner = try #require(cluster.pod(pod))
        var reference = OwnerReference()
        reference.apiVersion = "v1"
        reference.kind = "Pod"
        reference.name = owner.name
        reference.uid = owner.uid
        reference.controller = true
        var claim = claim(name)
        claim.metadata.ownerReferences = [reference]
        return claim
    }

    @Test func aPodWaitsForTheClaimOfItsEphemeralVolume() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        try waiting(cluster, pod("web", ephemeral: "scratch"))
        let message = cluster.messages("FailedScheduling", about: "web").first ?? ""
        #expect(
            message.hasPrefix(
                "0/1 nodes are available: waiting for ephemeral volume controller to create the "
                    + #"persistentvolumeclaim "web-scratch". "#))
        try cluster.client.create(claim("web-scratch", for: "web", cluster))
        cluster.settle()
        #expect(cluster.node(of: "web") == "node-1")
    }

    @Test func theClaimOfAnEphemeralVolumeMustBeThePodsOwn() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        let stray = try cluster.client.create(claim("web-scratch"))
        try waiting(cluster, pod("web", ephemeral: "scratch"))
        let message = cluster.messages("FailedScheduling", about: "web").first ?? ""
        #expect(
            message.hasPrefix(
                "0/1 nodes are available: PVC default/web-scratch was not created for pod default/web "
                    + "(pod is not owner). "))
        // An owner of another identity is no better, and the news of it wakes the pod.
        let own = try claim("web-scratch", for: "web", cluster).metadata.ownerReferences
        try cluster.client.mutate(PersistentVolumeClaim.self, stray.key) { claim in
            claim.metadata.ownerReferences = own
            claim.metadata.ownerReferences[0].uid = "another"
        }
        cluster.settle()
        #expect(cluster.node(of: "web").isEmpty)
        #expect(cluster.decision("web")?.attempt == 2)
        try cluster.client.mutate(PersistentVolumeClaim.self, stray.key) { $0.metadata.ownerReferences = own }
        cluster.settle()
        #expect(cluster.node(of: "web") == "node-1")
    }

    /// Pods of one template wait in one group; a claim of one of them leaves the others where they are.
    @Test func aClaimWakesTheOnePodThatItIsFor() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        for number in 0..<5 { try waiting(cluster, pod("web-\(number)", ephemeral: "data")) }
        for number in [3, 1] {
            try cluster.client.create(claim("web-\(number)-data", for: "web-\(number)", cluster))
            cluster.settle()
        }
        let names = (0..<5).map { "web-\($0)" }
        #expect(names.map { cluster.decision($0)?.attempt } == [1, 2, 1, 2, 1])
        #expect(names.map(cluster.node) == ["", "node-1", "", "node-1", ""])
    }

    /// Where hyphens leave open which part is the pod's name, all are tried that it may be.
    @Test func namesWithHyphensAreTakenApartEveryWay() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        try waiting(cluster, pod("web", ephemeral: "my-data"))
        try waiting(cluster, pod("web-my", ephemeral: "cache", "data"))
        try waiting(cluster, pod("web-my-data", ephemeral: "data"))
        try cluster.client.create(claim("web-my-data", for: "web", cluster))
        cluster.settle()
        #expect(cluster.node(of: "web") == "node-1")
        #expect(cluster.decision("web-my")?.attempt == 2)
        #expect(cluster.decision("web-my-data")?.attempt == 1)
    }

    /// A claim with its own name is for all pods that name it.
    @Test func aClaimThatIsSharedWakesAll() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        for number in 0..<3 { try waiting(cluster, pod("web-\(number)", claim: "shared")) }
        try cluster.client.create(claim("shared"))
        cluster.settle()
        #expect((0..<3).map { cluster.node(of: "web-\($0)") } == ["node-1", "node-1", "node-1"])
    }

    @Test func anUncordonedNodeIsTried() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1").with { $0.spec.unschedulable = true })
        try waiting(cluster, Pod.make("web"))
        try cluster.client.mutate(Node.self, node) { $0.spec.unschedulable = nil }
        cluster.settle()
        #expect(cluster.node(of: "web") == "node-1")
    }

    @Test func aTaintThatGoesLetsPodsIn() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1", taints: [Taint.make("key"), Taint.make("other")]))
        try waiting(cluster, Pod.make("web"))
        try cluster.client.mutate(Node.self, node) { $0.spec.taints = [Taint.make("other")] }
        cluster.settle()
        #expect(cluster.decision("web")?.attempt == 1)
        try cluster.client.mutate(Node.self, node) { $0.spec.taints = [] }
        cluster.settle()
        #expect(cluster.node(of: "web") == "node-1")
    }

    @Test func aLabelThatMatchesIsNoticed() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        try waiting(cluster, Pod.make("web").with { $0.spec.nodeSelector = ["disk": "ssd"] })
        try cluster.client.mutate(Node.self, node) { $0.metadata.labels["disk"] = "hdd" }
        cluster.settle()
        #expect(cluster.decision("web")?.attempt == 1)
        try cluster.client.mutate(Node.self, node) { $0.metadata.labels["disk"] = "ssd" }
        cluster.settle()
        #expect(cluster.node(of: "web") == "node-1")
    }

    @Test func aPodThatIsWantedForCompanyArrives() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1", zone: "a"))
        try cluster.add(Node.make("node-2", zone: "b"))
        var term = PodAffinityTerm()
        term.topologyKey = "topology.kubernetes.io/zone"
        term.labelSelector = .labels(["app": "database"])
        var podAffinity = PodAffinity()
        podAffinity.requiredDuringSchedulingIgnoredDuringExecution = [term]
        var affinity = Affinity()
        affinity.podAffinity = podAffinity
        try waiting(cluster, Pod.make("web").with { $0.spec.affinity = affinity })
        #expect(
            cluster.messages("FailedScheduling", about: "web") == [
                "0/2 nodes are available: 2 node(s) didn't match pod affinity rules. no new claims to deallocate, "
                    + "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."
            ])
        try cluster.add(Pod.make("cache", labels: ["app": "cache"]))
        cluster.settle()
        #expect(cluster.decision("web")?.attempt == 1)
        try cluster.add(Pod.make("database", labels: ["app": "database"]))
        cluster.settle()
        #expect(cluster.node(of: "web") == cluster.node(of: "database"))
    }

    @Test func antiAffinityKeepsPodsApartUntilOneLeaves() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        var term = PodAffinityTerm()
        term.topologyKey = "kubernetes.io/hostname"
        term.labelSelector = .labels(["app": "web"])
        var antiAffinity = PodAntiAffinity()
        antiAffinity.requiredDuringSchedulingIgnoredDuringExecution = [term]
        var affinity = Affinity()
        affinity.podAntiAffinity = antiAffinity
        let template = Pod.make("web-1", labels: ["app": "web"]).with { $0.spec.affinity = affinity }
        try cluster.add(template)
        cluster.settle()
        try waiting(cluster, template.with { $0.metadata.name = "web-2" })
        #expect(
            cluster.messages("FailedScheduling", about: "web-2") == [
                "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, "
                    + "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
            ])
        // A stranger whom the pod that is there does not want either.
        try waiting(cluster, Pod.make("stranger", labels: ["app": "web"]))
        #expect(
            cluster.messages("FailedScheduling", about: "stranger").first?
                .hasPrefix("0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules. ")
                == true)
        _ = try cluster.client.delete(template.key, DeleteOptions(gracePeriodSeconds: 0))
        cluster.settle()
        #expect(cluster.node(of: "web-2") == "node-1")
    }

    @Test func gatedPodsWaitForTheirGates() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        var gate = PodSchedulingGate()
        gate.name = "example.com/hold"
        let pod = try cluster.add(Pod.make("web").with { $0.spec.schedulingGates = [gate] })
        cluster.settle()
        #expect(cluster.node(of: "web").isEmpty)
        #expect(cluster.decision("web") == nil)
        #expect(cluster.scheduler.waiting(pod.key)?.isGated == true)
        #expect(cluster.messages("FailedScheduling", about: "web").isEmpty)
        try cluster.client.mutate(Pod.self, pod.key) { $0.spec.schedulingGates = [] }
        cluster.settle()
        #expect(cluster.node(of: "web") == "node-1")
    }
}
