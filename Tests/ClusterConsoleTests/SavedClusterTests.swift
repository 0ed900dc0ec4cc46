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
