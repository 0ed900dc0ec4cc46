import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// What the hands of k9s users expect.
@Suite struct HabitTests {
    @Test(arguments: [
        ("dp", "deployments(all)[2]"), ("sec", "secrets(all)[0]"), ("jo", "jobs(all)[0]"), ("cr", "clusterroles[0]"),
        ("crb", "clusterrolebindings[0]"), ("ro", "roles(all)[0]"), ("rb", "rolebindings(all)[0]"),
        ("np", "networkpolicies(all)[0]"), ("dp default", "deployments(default)[2]"),
        ("po -n kube-system", "pods(kube-system)[2]"), ("po --namespace kube-public", "pods(kube-public)[0]"),
        ("po -n kube-system /dns", "pods(kube-system)[1] </dns>"), ("po -A", "pods(all)[12]"),
    ])
    func commandsAreThoseOfK9sAndKubectl(line: String, title: String) {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":\(line)<enter>")
        #expect(desk.row(3).contains(" " + title + " "), "\(desk.row(3))")
    }

    private static func live() -> LiveDesk {
        let desk = LiveDesk(nodes: 2)
        let deployment = SampleCluster.deployment("web", replicas: 2, ready: 0)
        #expect(desk.cluster.perform(.create([deployment.boxed]), id: 1).errors.isEmpty)
        desk.press("<wait 20s>")
        return desk
    }

    @Test func anObjectLeadsToItsOwner() {
        let desk = Self.live()
        desk.press(":pods default<enter>J")
        #expect(desk.text.contains("describe(replicaset/default/web-"), "\(desk.text)")
        desk.press("J")
        #expect(desk.text.contains("describe(deployment/default/web)"), "\(desk.text)")
        desk.press("J")
        #expect(desk.text.contains("pods › web-") && desk.text.contains("› web"), "nobody owns that")
        desk.press("<esc><esc>")
        #expect(desk.text.contains("pods(default)[2]"))
    }

    @Test func imagesAreSetByForm() {
        let desk = Self.live()
        func web() -> Deployment? {
            desk.cluster.snapshot().objects.get(Deployment.self, namespace: "default", name: "web")
        }
        desk.press(":deploy default<enter>i")
        #expect(desk.text.contains("Images of deployment web") && desk.text.contains("nginx:1.27"), "\(desk.text)")
        desk.press("<enter>")
        #expect(desk.text.contains("No image was changed."))
        desk.press("i<ctrl-u>NGINX<enter>")
        #expect(desk.text.contains("repository name must be lowercase"))
        desk.press("<ctrl-u>nginx:1.30<enter>")
        #expect(desk.text.contains("deployment.apps/web configured"), "\(desk.text)")
        #expect(web()?.spec.template.spec.containers.map(\.image) == ["nginx:1.30"])
        #expect(web()?.spec.replicas == 2 && web()?.spec.template.spec.containers.first?.resources?.requests.count == 2)
        desk.press("<wait 1m>")
        #expect(web()?.status.updatedReplicas == 2 && web()?.metadata.generation == 2)
        // Pods have none to be set, and neither has what nothing acts on.
        desk.press(":pods default<enter>i")
        #expect(!desk.text.contains("Images of"))
    }

    @Test func whatAWorkloadMadeCanBeLeft() {
        let desk = Self.live()
        desk.press(":deploy default<enter><ctrl-d>")
        #expect(desk.text.contains("Orphan leaves them without an owner."), "\(desk.text)")
        desk.press("o<wait 10s>")
        let objects = desk.cluster.snapshot().objects
        #expect(objects.count(.deployment, namespace: "default") == 0)
        let sets = objects.list(ReplicaSet.self, namespace: "default")
        #expect(sets.count == 1 && sets.allSatisfy { $0.metadata.ownerReferences.isEmpty })
        #expect(objects.count(.pod, namespace: "default") == 2)
        // A pod leaves nothing behind that could be left.
        desk.press(":pods default<enter><ctrl-d>")
        #expect(desk.text.contains("Delete pod default/web-") && !desk.text.contains("Orphan"))
    }

    @Test func onlyWhatIsNotWellIsShown() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press("F")
        #expect(desk.row(3).contains(" pods(all)[1] <faults> ") && desk.row(5).contains("web-7d4b9c6f5-8"))
        desk.change { $0.put(SampleCluster.pod("web-7d4b9c6f5-8", node: "node-3")) }
        desk.press("<wait 2s>")
        #expect(desk.text.contains("All pods here are well.") && desk.text.contains("F shows them all."))
        desk.change { $0.put(SampleCluster.pod("db-1", phase: "Failed", app: "db")) }
        #expect(desk.row(3).contains(" pods(all)[1] <faults> ") && desk.row(5).contains("db-1"), "\(desk.text)")
        desk.press("/web<enter>")
        #expect(desk.row(3).contains(" pods(all)[0] </web> <faults> "))
        desk.press("<esc>")
        #expect(desk.row(3).contains(" pods(all)[1] <faults> "))
        desk.press("<esc>")
        #expect(desk.row(3).contains(" pods(all)[12] ─"))
        // Of kinds whose rows tell nothing of it there is no such choice.
        desk.press(":svc<enter>F")
        #expect(!desk.row(3).contains("<faults>"))
    }

    /// In k9s and in pagers q leaves the text; nobody loses a cluster over reading.
    @Test func leavingATextIsNotLeavingTheConsole() {
        let desk = Desk(size: Size(width: 100, height: 30))
        for keys in ["d", "y", "?", "d?"] {
            desk.press(keys + "q")
            #expect(!desk.console.exitRequested && !desk.text.contains("Look "), "\(keys)")
            desk.press("<esc>")
        }
        desk.press("d/nginx<enter>q")
        #expect(desk.row(3).contains("pods(all)[12]"), "a search does not hold it")
        // A table of what something has is a table.
        for keys in [":nodes<enter><enter>q", ":pods<enter>dq<ctrl-c>", "d<ctrl-c>", "d:quit<enter>", "dqq"] {
            let other = Desk(size: Size(width: 100, height: 30))
            other.press(keys)
            #expect(other.console.exitRequested, "\(keys)")
        }
    }

    @Test func theViewsOfCommandsAreGoneBackTo() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press("[")
        #expect(desk.row(3).contains("pods(all)[12]"))
        desk.press("/web<enter>Sj:nodes<enter>:deploy default<enter>j<enter>[")
        #expect(desk.row(3).contains("nodes[3]"), "\(desk.row(3))")
        desk.change { $0.remove(ObjectKey(.pod, namespace: "default", name: "web-7d4b9c6f5-1")) }
        desk.press("[")
        // As they were left, with what has changed since.
        #expect(desk.row(3).contains("pods(all)[7] </web>"), "\(desk.row(3))")
        #expect(desk.row(4).contains("STATUS↑"))
        desk.press("]]")
        #expect(desk.row(3).contains("deployments(default)[2]"), "\(desk.row(3))")
        #expect(desk.row(28).contains(" deployments ") && !desk.row(28).contains("›"))
        desk.press("]")
        #expect(desk.row(3).contains("deployments(default)[2]"))
        // A command begins anew.
        desk.press("[:svc<enter>]")
        #expect(desk.row(3).contains("services("))
    }
}
