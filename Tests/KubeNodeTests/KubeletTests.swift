import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeNode
import KubeStore
import Testing

/// Kubelets on the real API server.
@Suite struct KubeletTests {
    @Test func aPodCostsFewWritesAndTimers() throws {
        let fleet = try TestFleet(nodes: 1) { $0.images = ["nginx:1.27"] }
        try fleet.place(makePod(), on: 0)
        let revision = fleet.server.store.revision
        fleet.run(.seconds(5))
        var kinds: [String: Int] = [:]
        fleet.server.store.forEachChange(after: revision) { change in
            kinds[change.kind.info.name, default: 0] += 1
            return true
        }
        #expect(kinds["Pod"] == 2, "Pending, Running")
        #expect(kinds["Event"] == 3, "Pulled, Created, Started")
        #expect(fleet.pod("web")?.status.phase == "Running")
        let pending = fleet.loop.pendingCount
        try fleet.client.delete(Pod.self, namespace: "default", name: "web", DeleteOptions(gracePeriodSeconds: 0))
        fleet.run(.seconds(2))
        #expect(fleet.loop.pendingCount == pending, "a pod that only runs has no timer")
    }

    @Test func writesKnowTheirCause() throws {
        let fleet = try TestFleet(nodes: 1) { $0.images = ["nginx:1.27"] }
        try fleet.place(makePod(), on: 0)
        let binding = fleet.server.store.revision
        fleet.run(.seconds(5))
        var causes: Set<Revision> = []
        fleet.server.store.forEachChange(after: binding) { change in
            if change.kind == .pod { causes.insert(change.cause) }
            return true
        }
        #expect(causes == [binding])
    }

    @Test func hostNetworkPodsHaveTheNodesAddress() throws {
        let fleet = try TestFleet(nodes: 1)
        try fleet.place(makePod { $0.spec.hostNetwork = true }, on: 0)
        fleet.run(.seconds(10))
        #expect(fleet.pod("web")?.status.podIP == fleet.kubelets[0].configuration.internalIP)
        #expect(fleet.kubelets[0].addressCount == 0)
    }

    @Test func aDeletedMirrorIsMadeAgain() throws {
        let fleet = try TestFleet(nodes: 1)
        let annotation = "kubernetes.io/config.mirror"
        let mirror = makePod("kube-apiserver-node-1") { pod in
            pod.metadata.annotations[annotation] = "hash"
            pod.spec.hostNetwork = true
        }
        try fleet.client.create(mirror)
        fleet.run(.seconds(10))
        let first = fleet.pod("kube-apiserver-node-1")
        let id = first?.status.containerStatuses.first?.containerID
        #expect(first?.status.phase == "Running" && id != nil)
        for grace in [nil, 0] {
            var options = DeleteOptions()
            options.gracePeriodSeconds = grace
            let before = fleet.pod("kube-apiserver-node-1")?.uid
            try fleet.client.delete(Pod.self, namespace: "default", name: "kube-apiserver-node-1", options)
            fleet.run(.seconds(1))
            let again = fleet.pod("kube-apiserver-node-1")
            #expect(again?.uid != nil && again?.uid != before)
            #expect(again?.status.phase == "Running")
            #expect(again?.status.containerStatuses.first?.containerID == id, "its containers ran on")
        }
    }

    /// As `kubectl describe` looks for them: under the hash that the mirror carries.
    @Test func eventsOfAStaticPodNameThePodOnItsNode() throws {
        let fleet = try TestFleet(nodes: 1)
        let mirror = makePod("etcd-node-1") { pod in
            pod.metadata.annotations[Pod.mirrorAnnotation] = "f5d658a151ab2628"
            pod.spec.hostNetwork = true
        }
        try fleet.client.create(mirror)
        try fleet.place(makePod(), on: 0)
        fleet.run(.seconds(10))
        func about(_ name: String) -> [ObjectReference] {
            fleet.client.list(Event.self, namespace: "default").map(\.involvedObject).filter { $0.name == name }
        }
        let own = about("etcd-node-1")
        #expect(own.count == 4, "pulling, pulled, created, started")
        #expect(own.allSatisfy { $0.uid == "f5d658a151ab2628" && $0.resourceVersion == nil })
        #expect(own.allSatisfy { $0.fieldPath?.hasPrefix("spec.containers{") == true })
        let pod = try #require(fleet.pod("web"))
        #expect(about("web").count >= 3)
        #expect(about("web").allSatisfy { $0.uid == pod.uid && $0.resourceVersion != nil })
    }

    @Test func resizingCountsAnew() throws {
        let node = TestNode()
        node.boot()
        var requirements = ResourceRequirements()
        requirements.requests = ["cpu": "1"]
        try node.create(makePod { $0.spec.containers[0].resources = requirements })
        node.run(.seconds(10))
        #expect(node.kubelet.requests.milliCPU == 1000)
        try node.client.asUser { () throws(StatusError) in
            _ = try node.client.mutate(Pod.self, ObjectKey(.pod, namespace: "default", name: "web"), .resize) { pod in
                pod.spec.containers[0].resources?.requests["cpu"] = "2"
                pod.metadata.generation = 2
            }
        }
        node.run(.seconds(1))
        #expect(node.kubelet.requests.milliCPU == 2000)
        #expect(node.pod()?.status.containerStatuses.first?.allocatedResources["cpu"] == "2")
        #expect(node.pod()?.status.observedGeneration == 2)
    }

    @Test func aPartitionedKubeletRunsOnAndSetsThingsRight() throws {
        let fleet = try TestFleet(nodes: 1) { $0.images = ["nginx:1.27"] }
        try fleet.place(makePod(), on: 0)
        fleet.run(.seconds(5))
        let id = fleet.pod("web")?.status.containerStatuses.first?.containerID
        fleet.clients[0].partition()
        // What the node lifecycle controller does meanwhile.
        try fleet.client.mutate(Pod.self, ObjectKey(.pod, namespace: "default", name: "web"), .status) { pod in
            for index in pod.status.conditions.indices where pod.status.conditions[index].type == "Ready" {
                pod.status.conditions[index].status = "False"
            }
        }
        fleet.run(.minutes(2))
        #expect(fleet.pod("web")?.status.conditions.first { $0.type == "Ready" }?.status == "False")
        fleet.clients[0].reconnect()
        fleet.run(.seconds(1))
        #expect(fleet.pod("web")?.status.conditions.first { $0.type == "Ready" }?.status == "True")
        #expect(fleet.pod("web")?.status.containerStatuses.first?.containerID == id)
    }

    @Test func manyPods() throws {
        let nodes = 20
        let fleet = try TestFleet(nodes: nodes) { $0.images = ["nginx:1.27"] }
        let template = makePod().spec
        for number in 0..<nodes * 30 {
            try fleet.place(makePod("pod-\(number)") { $0.spec = template }, on: number % nodes)
        }
        fleet.run(.seconds(30))
        #expect(fleet.pods.allSatisfy { $0.status.phase == "Running" })
        let addresses = fleet.pods.compactMap(\.status.podIP)
        #expect(Set(addresses).count == nodes * 30)
        #expect(fleet.loop.pendingCount <= nodes + 20, "pods that only run have no timers")
    }
}
