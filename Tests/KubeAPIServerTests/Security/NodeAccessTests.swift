import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeStore
import Testing

/// What nodes may do: the node authorizer and the NodeRestriction admission.
@Suite struct NodeAccessTests {
    private let node = SecureServer.node("node-1")

    /// Two nodes, each with a pod that refers to one of everything.
    private func cluster() throws -> SecureServer {
        let test = try SecureServer()
        for number in 1...2 {
            try test.client.create(Node(name: "node-\(number)"))
            var pod = TestServer.pod("pod-\(number)")
            pod.spec.serviceAccountName = "account-\(number)"
            try test.client.create(ServiceAccount(name: "account-\(number)", namespace: "default"))
            var secret = Volume()
            secret.name = "secret"
            secret.secret = SecretVolumeSource()
            secret.secret?.secretName = "secret-\(number)"
            var claim = Volume()
            claim.name = "claim"
            claim.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
            claim.persistentVolumeClaim?.claimName = "claim-\(number)"
            pod.spec.volumes = [secret, claim]
            var variable = EnvVar()
            variable.name = "X"
            variable.valueFrom = EnvVarSource()
            variable.valueFrom?.configMapKeyRef = ConfigMapKeySelector()
            variable.valueFrom?.configMapKeyRef?.name = "map-\(number)"
            variable.valueFrom?.configMapKeyRef?.key = "x"
            pod.spec.containers[0].env = [variable]
            let stored = try test.client.create(pod)
            try test.client.bind(pod: stored.key, uid: stored.uid, to: "node-\(number)")
        }
        return test
    }

    @Test func aNodeReadsWhatItsPodsReferTo() throws {
        let test = try cluster()
        let none = "deny no relationship found between node 'node-1' and this object"
        func get(
            _ kind: ResourceKind, _ name: String, _ verb: String = "get", _ namespace: String = "default"
        ) -> String {
            test.decision(
                RequestAttributes(
                    node, verb: verb, kind, namespace: kind.info.isNamespaced ? namespace : "", name: name))
        }
        #expect(get(.secret, "secret-1") == "allow")
        #expect(get(.secret, "secret-1", "watch") == "allow")
        #expect(get(.secret, "secret-2") == none)
        #expect(get(.secret, "secret-1", "get", "kube-system") == none)
        #expect(get(.secret, "") == "deny No Object name found")
        #expect(get(.secret, "secret-1", "update") == "deny can only read resources of this type")
        #expect(get(.configMap, "map-1") == "allow")
        #expect(get(.configMap, "map-2") == none)
        // What the token volume of every pod needs.
        #expect(get(.configMap, "kube-root-ca.crt") == "allow")
        #expect(get(.persistentVolumeClaim, "claim-1") == "allow")
        #expect(get(.persistentVolumeClaim, "claim-1", "list") == "deny can only get individual resources of this type")
        #expect(get(.pod, "pod-1") == "allow")
        #expect(get(.pod, "pod-2") == none)
        #expect(get(.node, "node-1") == "allow")
        #expect(get(.node, "node-2") == "deny node 'node-1' cannot read 'node-2', only its own Node object")
        #expect(get(.node, "", "list") == "deny node 'node-1' cannot read all nodes, only its own Node object")
        #expect(get(.lease, "node-1", "update", "kube-node-lease") == "allow")
        #expect(
            get(.lease, "node-2", "update", "kube-node-lease")
                == "deny can only access node lease with the same name as the requesting node")
        #expect(
            get(.lease, "node-1", "update", "default")
                == "deny can only access leases in the \"kube-node-lease\" system namespace")
        #expect(get(.csiNode, "node-2") == "deny can only access CSINode with the same name as the requesting node")
        #expect(get(.service, "", "list", "") == "allow")
        #expect(get(.deployment, "", "list", "") == "deny ")
    }

    /// The same over a snapshot, which has no index of nodes.
    @Test func aSnapshotDecidesTheSame() throws {
        let test = try cluster()
        let snapshot = test.server.snapshot()
        let policy = AccessPolicy().updated(to: snapshot)
        let authorizer = Authorizer(policy: policy, view: snapshot)
        let indexed = Authorizer(policy: policy, view: IndexedSnapshot(snapshot) { NodePods($0) })
        for kind in [ResourceKind.secret, .configMap, .persistentVolumeClaim, .pod] {
            for name in ["secret-1", "map-1", "claim-1", "pod-1", "secret-2", "map-2", "claim-2", "pod-2"] {
                let asked = RequestAttributes(node, verb: "get", kind, namespace: "default", name: name)
                #expect(authorizer.decide(asked) == test.server.authorizer.decide(asked), "\(name)")
                #expect(indexed.decide(asked) == test.server.authorizer.decide(asked), "\(name)")
            }
        }
    }

    /// An index that goes from snapshot to snapshot, forth and back, against the pods themselves.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func theIndexFollowsTheSnapshots(seed: UInt64) throws {
        let test = try SecureServer()
        let nodes = ["node-1", "node-10", "node-2"]
        for node in nodes { try test.client.create(Node(name: node)) }
        var other = Namespace(name: "shop")
        other.spec.finalizers = ["kubernetes"]
        try test.client.create(other)
        try test.client.create(ServiceAccount(name: "default", namespace: "shop"))
        var random = SeededRandom(seed: seed)
        var snapshots = [test.server.snapshot()]
        var index = NodePods(snapshots[0])
        for step in 0..<60 {
            let pods = test.client.list(Pod.self, namespace: nil).filter { $0.namespace != "kube-system" }
            if pods.count > 8, let pod = pods.randomElement(using: &random) {
                _ = try test.client.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
            } else {
                var pod = TestServer.pod("pod-\(step)")
                pod.metadata.namespace = step % 3 == 0 ? "shop" : "default"
                let stored = try test.client.create(pod)
                if step % 4 > 0, let node = nodes.randomElement(using: &random) {
                    try test.client.bind(pod: stored.key, uid: stored.uid, to: node)
                }
            }
            snapshots.append(test.server.snapshot())
            guard let snapshot = snapshots.randomElement(using: &random) else { continue }
            index = index.updated(to: snapshot)
            for node in nodes + ["node-3", ""] {
                for namespace in [nil, "default", "shop", "sho"] {
                    var found: [String] = []
                    var expected: [String] = []
                    index.forEach(on: node, namespace: namespace) { pod in
                        found.append(pod.key.namespacedName)
                        return true
                    }
                    if !node.isEmpty {
                        snapshot.forEachPod(on: node, namespace: namespace) { pod in
                            expected.append(pod.key.namespacedName)
                            return true
                        }
                    }
                    #expect(found == expected, "seed \(seed), step \(step), \(node)")
                }
            }
        }
    }

    @Test func listsOfPodsAreNarrowed() throws {
        let test = try cluster()
        var asked = RequestAttributes(node, verb: "list", .pod)
        #expect(test.decision(asked) == "deny can only list/watch pods with spec.nodeName field selector")
        asked.fieldSelector = RequestAttributes.requirements("spec.nodeName=node-1")
        #expect(test.decision(asked) == "allow")
        asked.fieldSelector = RequestAttributes.requirements("spec.nodeName=node-2")
        #expect(test.decision(asked) == "deny can only list/watch pods with spec.nodeName field selector")
        asked.fieldSelector = RequestAttributes.requirements("spec.nodeName!=node-1")
        #expect(!test.server.authorizer.decide(asked).isAllowed)
    }

    @Test func volumesAndTheirSecretsFollowTheClaim() throws {
        let test = try cluster()
        var volume = PersistentVolume(name: "volume")
        volume.spec.capacity = ["storage": "1Gi"]
        volume.spec.accessModes = ["ReadWriteOnce"]
        volume.spec.csi = CSIPersistentVolumeSource()
        volume.spec.csi?.driver = "csi.example.com"
        volume.spec.csi?.volumeHandle = "x"
        volume.spec.csi?.nodeStageSecretRef = SecretReference()
        volume.spec.csi?.nodeStageSecretRef?.name = "stage"
        volume.spec.csi?.nodeStageSecretRef?.namespace = "default"
        volume.spec.claimRef = ObjectReference()
        volume.spec.claimRef?.namespace = "default"
        volume.spec.claimRef?.name = "claim-1"
        try test.client.create(volume)
        let reads = [
            RequestAttributes(node, verb: "get", .persistentVolume, name: "volume"),
            RequestAttributes(node, verb: "get", .secret, namespace: "default", name: "stage"),
        ]
        for read in reads { #expect(!test.server.authorizer.decide(read).isAllowed) }
        var claim = PersistentVolumeClaim(name: "claim-1", namespace: "default")
        claim.spec.accessModes = ["ReadWriteOnce"]
        claim.spec.volumeName = "volume"
        claim.spec.resources = VolumeResourceRequirements()
        claim.spec.resources?.requests["storage"] = "1Gi"
        try test.client.create(claim)
        for read in reads { #expect(test.server.authorizer.decide(read).isAllowed) }
    }

    @Test func aNodeWritesOnlyItself() throws {
        let test = try cluster()
        let request = SecureServer.request(node)
        func refusal(_ body: () throws(StatusError) -> Void) -> String? { TestServer.failure(body)?.message }
        let other = ObjectKey(.node, name: "node-2")
        #expect(
            refusal { () throws(StatusError) in
                _ = try test.server.mutate(other, .status, request) { object in
                    guard var node = object.as(Node.self) else { return nil }
                    node.status.phase = "Running"
                    return node.boxed
                }
            } == "nodes \"node-2\" is forbidden: node \"node-1\" is not allowed to modify node \"node-2\"")
        let own = ObjectKey(.node, name: "node-1")
        func change(_ body: @escaping (inout Node) -> Void) -> String? {
            refusal { () throws(StatusError) in
                _ = try test.server.mutate(own, nil, request) { object in
                    guard var node = object.as(Node.self) else { return nil }
                    body(&node)
                    return node.boxed
                }
            }
        }
        #expect(
            change { $0.spec.taints = [] }
                == "nodes \"node-1\" is forbidden: node \"node-1\" is not allowed to modify taints")
        #expect(
            change { $0.metadata.labels["node-role.kubernetes.io/control-plane"] = "" }
                == "nodes \"node-1\" is forbidden: is not allowed to modify labels: "
                + "node-role.kubernetes.io/control-plane")
        #expect(
            change { $0.metadata.labels["node-restriction.kubernetes.io/x"] = "y" }
                == "nodes \"node-1\" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/x")
        #expect(change { $0.metadata.labels["topology.kubernetes.io/zone"] = "zone-b" } == nil)
        #expect(change { $0.metadata.labels["example.com/x"] = "y" } == nil)
        #expect(
            refusal { () throws(StatusError) in
                _ = try test.server.delete(
                    ObjectKey(.pod, namespace: "default", name: "pod-2"), DeleteOptions(), request)
            } == "pods \"pod-2\" is forbidden: node \"node-1\" can only delete pods with spec.nodeName set to itself")
        #expect(
            refusal { () throws(StatusError) in try test.create(TestServer.pod("mine"), as: node) }
                == "pods \"mine\" is forbidden: pod does not have \"kubernetes.io/config.mirror\" annotation, node "
                + "\"node-1\" can only create mirror pods")
        var lease = Lease(name: "node-2", namespace: "kube-node-lease")
        lease.spec.holderIdentity = "node-1"
        #expect(
            refusal { () throws(StatusError) in try test.create(lease, as: node) }
                == "leases.coordination.k8s.io \"node-2\" is forbidden: can only access node lease with the same name as "
                + "the requesting node")
    }

    @Test func aNodeGetsTokensForItsPodsAlone() throws {
        let test = try cluster()
        let request = SecureServer.request(node)
        func ask(_ number: Int, uid: String? = nil) -> String? {
            var token = TokenRequest()
            token.spec.boundObjectRef = BoundObjectReference()
            token.spec.boundObjectRef?.apiVersion = "v1"
            token.spec.boundObjectRef?.kind = "Pod"
            token.spec.boundObjectRef?.name = "pod-\(number)"
            token.spec.boundObjectRef?.uid =
                uid ?? test.client.object(ObjectKey(.pod, namespace: "default", name: "pod-\(number)"))?.uid
            let account = ObjectKey(.serviceAccount, namespace: "default", name: "account-\(number)")
            return TestServer.failure { () throws(StatusError) in
                _ = try test.server.createToken(token, for: account, request)
            }?.message
        }
        #expect(ask(1) == nil)
        #expect(
            ask(2)
                == "serviceaccounts \"account-2\" is forbidden: node requested token bound to a pod scheduled on a "
                + "different node")
        #expect(
            ask(1, uid: "other")
                == "serviceaccounts \"account-1\" is forbidden: the UID in the bound object reference (other) does not "
                + "match the UID in record. The object might have been deleted and then recreated")
    }
}
