import ClusterConsole
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// What is saved to a file makes the same again in another cluster.
@Suite struct SavedClusterTests {
    private static let manifests = """
        {apiVersion: v1, kind: Service, metadata: {name: web, namespace: default},
          spec: {selector: {app: web}, ports: [{port: 80}]}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: door, namespace: default},
          spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: heads, namespace: default},
          spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}}
        ---
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: default},
          spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}},
            spec: {containers: [{name: c, image: "nginx:1.27"}]}}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: solo, namespace: default},
          spec: {containers: [{name: c, image: "nginx:1.27"}]}}
        ---
        {apiVersion: batch/v1, kind: Job, metadata: {name: once, namespace: default},
          spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1"}]}}}}
        ---
        {apiVersion: batch/v1, kind: Job, metadata: {name: chosen, namespace: default},
          spec: {manualSelector: true, selector: {matchLabels: {job: mine}}, template: {metadata: {labels: {job: mine}},
            spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1"}]}}}}
        """

    /// Cordons, labels, taints, scaling and edits of what every cluster has come back with the file.
    @Test func whatWasChangedInANewClusterIsChangedAgain() throws {
        let desk = LiveDesk(nodes: 3)
        desk.press(":nodes<enter>jC")
        let kubectl = desk.cluster.client("kubectl")
        _ = try kubectl.mutate(Node.self, ObjectKey(.node, name: "node-3")) { node in
            node.metadata.labels["disk"] = "ssd"
            node.metadata.labels["kubernetes.io/arch"] = nil
            var taint = Taint()
            taint.key = "for"
            taint.value = "batch"
            taint.effect = "NoSchedule"
            node.spec.taints = [taint]
        }
        let dns = ObjectKey(.deployment, namespace: "kube-system", name: "coredns")
        #expect(desk.cluster.perform(.scale(dns, replicas: 3), id: 1).errors.isEmpty)
        _ = try kubectl.mutate(
            ConfigMap.self, ObjectKey(.configMap, namespace: "kube-system", name: "coredns")
        ) { $0.data["extra"] = "true" }
        _ = try kubectl.mutate(Namespace.self, ObjectKey(.namespace, name: "default")) {
            $0.metadata.labels["team"] = "a"
        }
        desk.update()
        desk.answers = [.done]
        desk.press("<wait 5s>q")
        let list = "changes of 1 ConfigMap, changes of 1 Namespace, changes of 2 Nodes, changes of 1 Deployment"
        for part in list.split(separator: ", ") { #expect(desk.text.contains(String(part)), "\(desk.text)") }
        desk.press("s<enter><enter>")
        guard case .writeFile(_, let text)? = desk.requests.last else {
            Issue.record("nothing is saved")
            return
        }
        let saved = try YAMLReading.written(text)
        #expect(saved.count == 5, "\(text)")

        let other = LiveDesk(nodes: 3)
        let outcome = other.cluster.perform(
            .apply(saved.map(\.object), written: saved.map(\.written)), id: 1)
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        other.press("<wait 10s>")
        let (before, after) = (desk.cluster.snapshot().objects, other.cluster.snapshot().objects)
        for name in ["node-1", "node-2", "node-3"] {
            let (old, new) = (before.get(Node.self, name: name), after.get(Node.self, name: name))
            #expect(old != nil && old?.labels == new?.labels, "\(name)")
            #expect(old?.spec.unschedulable == new?.spec.unschedulable, "\(name)")
            #expect(old?.spec.taints.map(\.key) == new?.spec.taints.map(\.key), "\(name)")
        }
        #expect(after.get(Node.self, name: "node-3")?.labels["kubernetes.io/arch"] == nil)
        #expect(after.get(Deployment.self, namespace: "kube-system", name: "coredns")?.spec.replicas == 3)
        let settings = after.get(ConfigMap.self, namespace: "kube-system", name: "coredns")
        #expect(settings?.data["extra"] == "true" && (settings?.data.count ?? 0) > 1)
        #expect(after.get(Namespace.self, name: "default")?.labels["team"] == "a")
    }

    /// A Node that somebody made is theirs; what the cluster says of it is not.
    @Test func aNodeWithoutAMachineComesBack() throws {
        let desk = LiveDesk(nodes: 2)
        var node = Node(name: "ghost")
        node.metadata.labels["rack"] = "7"
        var taint = Taint()
        taint.key = "for"
        taint.effect = "NoSchedule"
        node.spec.taints = [taint]
        _ = try desk.cluster.client("kubectl").create(node)
        desk.answers = [.done]
        desk.press("<wait 2m>q")
        #expect(desk.text.contains("Not saved: 1 Node."), "\(desk.text)")
        let ghost = try #require(desk.cluster.snapshot().objects.get(Node.self, name: "ghost"))
        #expect(ghost.spec.taints.contains { $0.key.hasPrefix("node.kubernetes.io/") } && ghost.spec.podCIDR != nil)
        desk.press("s<enter><enter>")
        guard case .writeFile(_, let text)? = desk.requests.last else {
            Issue.record("nothing is saved")
            return
        }
        let saved = try #require(try YAMLReading.objects(text).first?.as(Node.self))
        #expect(saved.spec.taints == [taint] && saved.spec.podCIDR == nil && saved.labels["rack"] == "7", "\(text)")
    }

    @Test func aSavedClusterComesUpAgain() throws {
        let desk = LiveDesk(nodes: 2)
        let made = desk.cluster.perform(.apply(try YAMLReading.objects(Self.manifests)), id: 1)
        #expect(made.errors.isEmpty, "\(made.errors)")
        desk.answers = [.done]
        desk.press("<wait 10s>q")
        // The addresses of the Services are theirs, and nobody's to lose.
        #expect(desk.text.contains("Not saved: 1 Pod, 3 Services, 1 Deployment, 2 Jobs."), "\(desk.text)")
        desk.press("s<enter><enter>")
        guard case .writeFile(_, let text)? = desk.requests.last else {
            Issue.record("nothing is saved")
            return
        }
        let saved = try YAMLReading.objects(text)
        #expect(saved.map(\.key.name).sorted() == ["chosen", "door", "heads", "once", "solo", "web", "web"])
        let once = try #require(saved.first { $0.name == "once" }?.as(Job.self))
        #expect(once.spec.selector == nil && once.spec.template.metadata.labels.isEmpty)
        let chosen = try #require(saved.first { $0.name == "chosen" }?.as(Job.self))
        #expect(chosen.spec.selector?.matchLabels == ["job": "mine"])

        let other = LiveDesk(nodes: 2)
        let again = other.cluster.perform(.apply(saved), id: 1)
        #expect(again.errors.isEmpty, "\(again.errors)")
        other.press("<wait 10s>")
        let pods = other.cluster.snapshot().objects.list(Pod.self, namespace: "default")
        #expect(pods.filter { $0.name == "solo" || $0.name.hasPrefix("web-") }.count == 3)
    }
}
