import ClusterCore
import KubeAPI
import KubeClient
import KubeNode
import Testing

@Suite struct NodeAgentTests {
    private func condition(_ node: Node?, _ type: String) -> NodeCondition? {
        node?.status.conditions.first { $0.type == type }
    }

    private func lease(_ node: TestNode) -> Lease? {
        node.client.get(Lease.self, namespace: "kube-node-lease", name: "node-1")
    }

    @Test func registration() {
        let test = TestNode()
        test.kubelet.start()
        let first = test.node
        #expect(first?.labels["kubernetes.io/hostname"] == "node-1")
        #expect(first?.labels["kubernetes.io/arch"] == "amd64")
        #expect(first?.labels["topology.kubernetes.io/zone"] == "zone-a")
        #expect(first?.spec.podCIDRs == ["10.244.1.0/24"])
        #expect(condition(first, "Ready")?.status == "False")
        #expect(condition(first, "Ready")?.reason == "KubeletNotReady")
        test.run(.seconds(1))
        let node = test.node
        #expect(condition(node, "Ready")?.status == "True")
        #expect(condition(node, "Ready")?.message == "kubelet is posting ready status")
        #expect(
            node?.status.conditions.map(\.type) == ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"])
        #expect(node?.status.capacity["memory"]?.text == "16Gi")
        #expect(node?.status.allocatable["memory"]?.text == "16284Mi")
        #expect(node?.status.allocatable["pods"]?.value == 110)
        #expect(node?.status.allocatable["hugepages-2Mi"]?.isZero == true)
        #expect(node?.status.addresses.map(\.address) == ["192.168.0.11", "node-1"])
        #expect(node?.status.daemonEndpoints?.kubeletEndpoint?.Port == 10250)
        #expect(node?.status.nodeInfo?.kubeletVersion == "v1.36.0")
        #expect(node?.status.images.first?.names.last == "docker.io/library/nginx:1.27")
    }

    @Test func publishesItsStorageForItsNode() throws {
        let test = TestNode()
        test.boot()
        let node = try #require(test.client.get(Node.self, name: "node-1"))
        let storage = try #require(test.client.get(CSINode.self, name: "node-1"))
        #expect(storage.metadata.ownerReferences.map(\.uid) == [node.uid])
        #expect(storage.metadata.ownerReferences.allSatisfy { $0.controller == nil && $0.kind == "Node" })
        #expect(storage.spec.drivers.isEmpty)
        let plugins = storage.annotations["storage.alpha.kubernetes.io/migrated-plugins"]
        #expect(plugins?.hasPrefix("kubernetes.io/aws-ebs,kubernetes.io/azure-disk,") == true)
    }

    @Test func leaseIsRenewedEveryTenSeconds() {
        let test = TestNode()
        test.boot()
        let spec = lease(test)?.spec
        #expect(spec?.holderIdentity == "node-1")
        #expect(spec?.leaseDurationSeconds == 40)
        #expect(lease(test)?.metadata.ownerReferences.map(\.name) == ["node-1"])
        let before = test.client.history.count
        test.run(.minutes(4))
        let writes = test.client.history[before...]
        #expect(writes.count == 24, "nothing but leases is written")
        let times = writes.compactMap { $0.new(Lease.self)?.spec.renewTime?.instant }
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == .seconds(10) })
    }

    @Test func statusIsReportedEveryFiveMinutes() {
        let test = TestNode()
        test.boot()
        let transition = condition(test.node, "Ready")?.lastTransitionTime
        let before = test.client.history.count
        test.run(.minutes(21))
        #expect(test.client.history[before...].filter { $0.kind == .node }.count == 4)
        #expect(condition(test.node, "Ready")?.lastTransitionTime == transition)
        let heartbeat = condition(test.node, "Ready")?.lastHeartbeatTime
        #expect((heartbeat?.seconds ?? 0) - (transition?.seconds ?? 0) > 1190)
    }

    /// In the order of their names, as upstream's kubelet has them: KEP-5328.
    @Test func aNodeDeclaresItsFeatures() {
        let test = TestNode()
        test.boot()
        let features = test.node?.status.declaredFeatures
        #expect(features?.contains("RestartAllContainersOnContainerExits") == true)
        #expect(features == features?.sorted())
    }

    @Test func conditionsOfOthersAreContradicted() throws {
        let test = TestNode()
        test.boot()
        try test.client.asUser { () throws(StatusError) in
            _ = try test.client.mutate(Node.self, ObjectKey(.node, name: "node-1"), .status) { node in
                for index in node.status.conditions.indices { node.status.conditions[index].status = "Unknown" }
            }
        }
        test.run(.seconds(11))
        #expect(test.node?.status.conditions.map(\.status) == ["False", "False", "False", "True"])
    }

    /// As e2e tests and operators do who have a node offer what only they know of.
    @Test func whatOthersAddToTheCapacityCanBeAskedFor() throws {
        let test = TestNode()
        test.boot()
        func edit(_ change: (inout NodeStatus) -> Void) throws {
            try test.client.asUser { () throws(StatusError) in
                _ = try test.client.mutate(Node.self, ObjectKey(.node, name: "node-1"), .status) { node in
                    change(&node.status)
                }
            }
            test.run(.seconds(11))
        }
        try edit { $0.capacity["example.com/dongle"] = "3" }
        #expect(test.node?.status.capacity["example.com/dongle"] == "3")
        #expect(test.node?.status.allocatable["example.com/dongle"] == "3")
        try edit { $0.capacity.removeValue(forKey: "example.com/dongle") }
        #expect(test.node?.status.allocatable["example.com/dongle"] == nil)
        // What is the machine's own is put right, and then nothing is left to write.
        try edit { $0.allocatable["memory"] = "1Ti" }
        #expect(test.node?.status.allocatable["memory"]?.text == "16284Mi")
        let before = test.client.history.count
        test.run(.minutes(4))
        #expect(test.client.history[before...].allSatisfy { $0.kind == .lease })
    }

    @Test func aPulledImageIsReported() throws {
        let test = TestNode()
        test.boot()
        try test.create(makePod(image: "redis:8"))
        test.run(.seconds(20))
        #expect(
            test.node?.status.images.compactMap(\.names.last)
                == ["docker.io/library/nginx:1.27", "docker.io/library/redis:8"])
    }

    @Test func aDeletedNodeStaysAwayUntilTheKubeletStarts() throws {
        let test = TestNode()
        test.boot()
        _ = try test.client.delete(ObjectKey(.node, name: "node-1"), DeleteOptions())
        test.run(.minutes(6))
        #expect(test.node == nil)
        test.kubelet.powerOff()
        test.kubelet.powerOn()
        test.run(.seconds(8))
        #expect(condition(test.node, "Ready")?.status == "True")
    }

    @Test func aNodeThatIsOffWritesNothing() throws {
        let test = TestNode()
        test.boot()
        try test.create(makePod())
        test.run(.milliseconds(300))
        test.kubelet.powerOff()
        let before = test.client.history.count
        test.run(.minutes(30))
        #expect(test.client.history.count == before)
        #expect(test.kubelet.power == .off)
        // The button pressed twice, and the plug pulled while it boots.
        test.kubelet.powerOn()
        test.kubelet.powerOn()
        test.run(.seconds(3))
        test.kubelet.powerOff()
        test.run(.minutes(1))
        #expect(test.client.history.count == before)
        test.kubelet.powerOn()
        test.run(.seconds(10))
        #expect(test.pod()?.status.phase == "Running")
    }

    @Test func aNodeWithoutARangeWaitsForOne() throws {
        let test = TestNode { $0.podCIDR = nil }
        test.boot()
        try test.create(makePod())
        test.run(.seconds(30))
        #expect(condition(test.node, "Ready")?.status == "False")
        #expect(test.pod()?.status.phase == "Pending")
        try test.client.asUser { () throws(StatusError) in
            _ = try test.client.mutate(Node.self, ObjectKey(.node, name: "node-1")) { $0.spec.podCIDR = "10.9.8.0/24" }
        }
        test.run(.seconds(2))
        #expect(condition(test.node, "Ready")?.status == "True")
        #expect(test.pod()?.status.podIP == "10.9.8.2")
    }

    /// The range of a Node that was deleted is free for others; the one that is registered in its place gets its own.
    @Test func aNodeThatIsRegisteredAnewTakesItsNewRange() throws {
        let test = TestNode { $0.podCIDR = nil }
        func give(_ range: String) throws {
            try test.client.asUser { () throws(StatusError) in
                _ = try test.client.mutate(Node.self, ObjectKey(.node, name: "node-1")) { $0.spec.podCIDR = range }
            }
            test.run(.seconds(2))
        }
        test.boot()
        try give("10.9.8.0/24")
        test.kubelet.powerOff()
        _ = try test.client.delete(ObjectKey(.node, name: "node-1"), DeleteOptions())
        test.kubelet.powerOn()
        test.run(.seconds(20))
        #expect(condition(test.node, "Ready")?.status == "False")
        try give("10.9.9.0/24")
        #expect(condition(test.node, "Ready")?.status == "True")
        try test.create(makePod())
        test.run(.seconds(30))
        #expect(test.pod()?.status.podIP == "10.9.9.2")
        // One that is found again keeps what it has.
        test.kubelet.powerOff()
        test.kubelet.powerOn()
        test.run(.seconds(20))
        #expect(condition(test.node, "Ready")?.status == "True")
        #expect(test.pod()?.status.podIP?.hasPrefix("10.9.9.") == true)
    }

    /// `TestUpdateDefaultLabels` and `TestReconcileCMADAnnotationWithExistingNode` of kubernetes
    /// `pkg/kubelet/kubelet_node_status_test.go`.
    @Test func aNodeThatIsFoundGetsItsDefaultLabelsBackAndNoOthers() throws {
        let test = TestNode { $0.labels = ["disk": "ssd", "node.kubernetes.io/instance-type": "m1"] }
        test.boot()
        #expect(test.node?.labels["disk"] == "ssd", "it is registered with all")
        let attach = "volumes.kubernetes.io/controller-managed-attach-detach"
        try test.client.asUser { () throws(StatusError) in
            _ = try test.client.mutate(Node.self, ObjectKey(.node, name: "node-1")) { node in
                node.metadata.labels["disk"] = nil
                node.metadata.labels["own"] = "kept"
                node.metadata.labels["kubernetes.io/hostname"] = "other"
                node.metadata.labels["topology.kubernetes.io/zone"] = nil
                node.metadata.labels["node.kubernetes.io/instance-type"] = "m2"
                node.metadata.annotations[attach] = nil
            }
        }
        test.kubelet.powerOff()
        test.kubelet.powerOn()
        test.run(.seconds(10))
        let labels = test.node?.labels ?? [:]
        #expect(labels["disk"] == nil, "what was taken away stays so")
        #expect(labels["own"] == "kept")
        #expect(labels["kubernetes.io/hostname"] == "node-1")
        #expect(labels["topology.kubernetes.io/zone"] == "zone-a")
        #expect(labels["node.kubernetes.io/instance-type"] == "m1")
        #expect(test.node?.annotations[attach] == "true")
    }

    @Test func anUnreachableServerAtTheStartIsTriedAgain() {
        let test = TestNode()
        test.client.isCutOff = true
        test.kubelet.start()
        test.run(.seconds(30))
        #expect(test.node == nil)
        test.client.isCutOff = false
        test.run(.seconds(21))
        #expect(condition(test.node, "Ready")?.status == "True")
        #expect(lease(test) != nil)
    }
}
