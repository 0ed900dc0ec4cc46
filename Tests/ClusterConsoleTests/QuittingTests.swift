import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// Leaving, and what is asked before.
@Suite struct QuittingTests {
    /// A console after somebody created a ConfigMap at a client.
    private static func desk(author: String = "kubectl", isDurable: Bool = false) -> Desk {
        let desk = Desk(isDurable: isDurable)
        desk.change { cluster in
            cluster.author = author
            cluster.put(ConfigMap(name: "settings", namespace: "default"))
        }
        return desk
    }

    private static func save(_ desk: Desk, _ keys: String) -> String? {
        desk.press(keys)
        guard case .writeFile(_, let text)? = desk.console.takeExternalRequest() else { return nil }
        desk.console.externalResult(.done)
        desk.draw()
        return text
    }

    @Test func nothingIsAskedWhereNothingIsLost() {
        let calm = Desk()
        calm.press("q")
        #expect(calm.console.exitRequested)
        let durable = Self.desk(isDurable: true)
        durable.press("q")
        #expect(durable.console.exitRequested)
        let brought = Desk()
        brought.console.noteBrought([ObjectKey(.deployment, namespace: "default", name: "web")])
        brought.press("q")
        #expect(brought.console.exitRequested)
    }

    @Test(arguments: ["kubectl", "helm", "operator", "python-requests"])
    func whatUsersCreateAnywhereIsAskedAfter(author: String) {
        let desk = Self.desk(author: author)
        desk.press("q")
        #expect(!desk.console.exitRequested && desk.text.contains("Not saved: 1 ConfigMap."))
        desk.press("<esc>")
        desk.change { $0.remove(ObjectKey(.configMap, namespace: "default", name: "settings")) }
        desk.press("q")
        #expect(desk.console.exitRequested, "it is gone already")
    }

    @Test(arguments: ["deployment-controller", "kubelet", "root-ca-cert-publisher", "kubeadm", "kube-apiserver"])
    func whatComponentsCreateIsNot(author: String) {
        let desk = Self.desk(author: author)
        desk.press("q")
        #expect(desk.console.exitRequested)
    }

    @Test func whatOwnersMakeAndWhatPassesIsNot() {
        let desk = Desk()
        desk.change { cluster in
            cluster.author = "kubectl"
            var pod = SampleCluster.pod("owned")
            var owner = OwnerReference()
            owner.kind = "ReplicaSet"
            owner.name = "web"
            owner.uid = "rs"
            pod.metadata.ownerReferences = [owner]
            cluster.put(pod)
            cluster.put(
                SampleCluster.event(9, about: pod.boxed, reason: "Seen", message: "seen", at: cluster.time))
        }
        desk.press("q")
        #expect(desk.console.exitRequested)
    }

    /// With more changes than are kept for a console that waits for `$EDITOR`, say, it is given a snapshot instead.
    @Test func whatUsersCreateWhileChangesAreLostIsAskedAfter() {
        let desk = Self.desk()
        desk.lateChange { cluster in
            cluster.author = "kubectl"
            cluster.remove(ObjectKey(.configMap, namespace: "default", name: "settings"))
            cluster.put(ConfigMap(name: "changed", namespace: "default"))
            cluster.put(ConfigMap(name: "changed", namespace: "default"))
            cluster.put(ConfigMap(name: "passing", namespace: "default"))
            cluster.remove(ObjectKey(.configMap, namespace: "default", name: "passing"))
            cluster.author = "root-ca-cert-publisher"
            cluster.put(ConfigMap(name: "kube-root-ca.crt", namespace: "default"))
        }
        desk.press("q")
        #expect(!desk.console.exitRequested && desk.text.contains("Not saved: 1 ConfigMap."))
        let text = Self.save(desk, "s<enter><enter>") ?? ""
        #expect(text.contains("name: changed\n") && !text.contains("settings") && !text.contains("passing"), "\(text)")
    }

    /// A node as kubectl leaves it behind.
    private static func changeNode(_ desk: Desk, author: String = "kubectl", _ change: @escaping (inout Node) -> Void) {
        desk.change { cluster in
            cluster.author = author
            guard var node = cluster.snapshot.objects.get(Node.self, name: "node-2") else { return }
            change(&node)
            cluster.put(node)
        }
    }

    @Test func whatUsersChangeInWhatANewClusterHasIsSaved() throws {
        let desk = Desk()
        Self.changeNode(desk, author: "kubelet") { $0.metadata.labels["zone"] = "a" }
        desk.press("q")
        #expect(desk.console.exitRequested, "that is none of theirs")
        let changed = Desk()
        Self.changeNode(changed) { $0.spec.unschedulable = true }
        Self.changeNode(changed, author: "kubelet") { $0.metadata.labels["zone"] = "a" }
        Self.changeNode(changed) { $0.metadata.labels["disk"] = "ssd" }
        Self.changeNode(changed) { $0.metadata.labels["kubernetes.io/hostname"] = nil }
        Self.changeNode(changed) { $0.status.conditions = [] }
        changed.press("q")
        #expect(changed.text.contains("Not saved: changes of 1 Node."), "\(changed.text)")
        #expect(!changed.text.contains("No file keeps"))
        #expect(
            Self.save(changed, "s<enter><enter>") == """
                apiVersion: v1
                kind: Node
                metadata:
                  labels:
                    disk: ssd
                    kubernetes.io/hostname: null
                  name: node-2
                spec:
                  unschedulable: true

                """)
        #expect(changed.console.exitRequested)
    }

    @Test func whatIsChangedBackIsNot() {
        let desk = Desk()
        Self.changeNode(desk) { $0.spec.unschedulable = true }
        Self.changeNode(desk) { $0.spec.unschedulable = nil }
        desk.press("q")
        #expect(desk.console.exitRequested)
    }

    @Test func changesThatWereLostFromSightAreSaved() {
        let desk = Desk()
        desk.lateChange { cluster in
            cluster.author = "kubectl"
            var node = SampleCluster.node("node-2")
            node.metadata.labels["disk"] = "ssd"
            cluster.put(node)
            node.spec.unschedulable = true
            cluster.put(node)
        }
        let text = Self.save(desk, "qs<enter><enter>") ?? ""
        #expect(text.contains("disk: ssd") && text.contains("unschedulable: true"), "\(text)")
    }

    /// What no manifest can say is said, and is no reason to ask by itself.
    @Test func whatNoFileKeepsIsSaid() {
        let desk = Desk(size: Size(width: 120, height: 30))
        desk.change { cluster in
            cluster.poweredOff = ["node-1"]
            cluster.author = "kubectl"
            cluster.remove(ObjectKey(.node, name: "node-3"))
            cluster.author = "pod-garbage-collector"
            cluster.remove(ObjectKey(.pod, namespace: "kube-system", name: "coredns-1"))
        }
        desk.press("q")
        #expect(desk.console.exitRequested)
        let asked = Desk(size: Size(width: 120, height: 30))
        asked.change { cluster in
            cluster.poweredOff = ["node-1"]
            guard
                var web = cluster.snapshot.objects.get(Deployment.self, namespace: "default", name: "web")
            else { return }
            var second = Container()
            second.name = "second"
            web.spec.template.spec.containers.append(second)
            cluster.put(web)
            cluster.author = "kubectl"
            cluster.remove(ObjectKey(.node, name: "node-3"))
            web.spec.replicas = 2
            web.spec.template.spec.containers.removeLast()
            cluster.put(web)
        }
        asked.press("q")
        #expect(asked.text.contains("Not saved: changes of 1 Deployment."), "\(asked.text)")
        let lost = "No file keeps: 1 machine without power, 1 Node deleted, list entries taken out of 1 Deployment."
        #expect(asked.text.contains(lost), "\(asked.text)")
    }

    /// What came from a file and is deleted is still in the file.
    @Test func deletingWhatIsInAFileIsAskedAfter() throws {
        let desk = Desk()
        desk.console.noteBrought(["db", "web"].map { ObjectKey(.deployment, namespace: "default", name: $0) })
        desk.change { $0.remove(ObjectKey(.deployment, namespace: "default", name: "web")) }
        desk.press("q")
        #expect(desk.text.contains("Not saved: 1 Deployment deleted."), "\(desk.text)")
        let text = try #require(Self.save(desk, "s<enter><enter>"))
        #expect(text.contains("name: db\n") && !text.contains("name: web\n"))
    }

    @Test func savingWhileQuittingLeaves() throws {
        let desk = Self.desk()
        let text = try #require(Self.save(desk, "qs<enter><enter>"))
        #expect(text.hasPrefix("apiVersion: v1\nkind: ConfigMap\n") && !text.contains("uid:"))
        #expect(desk.console.exitRequested)
    }

    @Test func whatIsSavedIsNotAskedAfterUntilItChanges() throws {
        let desk = Self.desk()
        _ = try #require(Self.save(desk, ":save all.yaml<enter>"))
        #expect(desk.text.contains("1 object saved to all.yaml"))
        // What components write is not the user's.
        desk.change { cluster in
            cluster.author = "kube-controller-manager"
            cluster.put(ConfigMap(name: "settings", namespace: "default"))
        }
        desk.press("q")
        #expect(desk.console.exitRequested)

        let changed = Self.desk()
        _ = try #require(Self.save(changed, ":save all.yaml<enter>"))
        changed.change { cluster in
            cluster.author = "kubectl"
            cluster.put(ConfigMap(name: "settings", namespace: "default"))
            cluster.put(Service(name: "web", namespace: "default"))
        }
        changed.press("q")
        #expect(!changed.console.exitRequested && changed.text.contains("Not saved: 1 ConfigMap, 1 Service."))
    }

    @Test func whatWasBroughtAlongIsSavedWithTheRest() throws {
        let desk = Self.desk()
        desk.console.noteBrought([ObjectKey(.deployment, namespace: "default", name: "web")])
        desk.press("q")
        #expect(desk.text.contains("Not saved: 1 ConfigMap.") && !desk.text.contains("Deployment"))
        let text = try #require(Self.save(desk, "s<enter><enter>"))
        #expect(text.contains("kind: ConfigMap\n") && text.contains("kind: Deployment\n"))
    }

    @Test func aFileThatCannotBeWrittenKeepsTheQuestion() {
        let desk = Self.desk()
        desk.press("qs<enter>")
        #expect(desk.console.takeExternalRequest() != nil)
        desk.console.externalResult(.failed("drydock.yaml: Permission denied"))
        desk.draw()
        #expect(!desk.console.exitRequested && desk.text.contains("Permission denied"))
        desk.press("<esc>q")
        #expect(!desk.console.exitRequested && desk.text.contains("Not saved: 1 ConfigMap."))
    }

    @Test func interruptingTheQuestionLeavesAndOtherDialogsAreCancelled() {
        let desk = Self.desk()
        desk.press("<ctrl-c>")
        #expect(!desk.console.exitRequested && desk.text.contains("Not saved"))
        desk.press("<ctrl-c>")
        #expect(desk.console.exitRequested)
        for keys in ["<ctrl-d>", "c", "c1"] {
            let other = Desk()
            other.press(keys + "<ctrl-c>")
            #expect(!other.console.exitRequested && other.row(23).contains("? help"), "\(keys)")
        }
    }
}
