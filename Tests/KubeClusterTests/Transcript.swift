import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// Plays a transcript: commands after `> `, and under each what came of it. `run` shows the history of what was written
/// meanwhile, a line a revision: since when, by whom, what.
struct Transcript {
    private let cluster: Cluster
    private var start: Instant
    private var shown: Revision

    init(nodes: Int) {
        cluster = Fixtures.cluster(nodes: nodes, zones: 3)
        cluster.run(for: .minutes(1))
        start = cluster.loop.now
        shown = cluster.server.store.revision
    }

    /// The transcript with its results written anew.
    static func replay(_ text: String) -> String {
        var transcript = Transcript(nodes: 3)
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") || line.isEmpty { lines.append(String(line)) }
            if line.hasPrefix("> ") {
                lines.append(String(line))
                lines += transcript.perform(line.dropFirst(2).split(separator: " ").map(String.init))
            }
        }
        return lines.joined(separator: "\n")
    }

    private mutating func perform(_ words: [String]) -> [String] {
        func word(_ index: Int) -> String { index < words.count ? words[index] : "" }
        let deployment = ObjectKey(.deployment, namespace: "default", name: word(2))
        switch (word(0), word(1)) {
        case ("create", "deployment"):
            return tell(
                .create([Boxed(Fixtures.deployment(word(2), image: word(3), replicas: Int(word(4)) ?? 1))]))
        case ("create", "service"): return tell(.create([Boxed(Fixtures.service(word(2)))]))
        case ("create", "namespace"): return tell(.create([Boxed(Namespace(name: word(2)))]))
        case ("create", "configmap"):
            return tell(.create([Boxed(ConfigMap(name: word(3), namespace: word(2)))]))
        case ("image", _):
            guard var changed = cluster.server.snapshot().get(Deployment.self, namespace: "default", name: word(1))
            else {
                return ["no such deployment"]
            }
            changed.spec.template.spec.containers[0].image = word(2)
            return tell(.update(Boxed(changed)))
        case ("scale", _): return tell(.scale(deployment, replicas: Int(word(1)) ?? 0))
        case ("undo", _): return tell(.rollBack(deployment, toRevision: nil))
        case ("poweroff", let node): return tell(.powerOff(node))
        case ("poweron", let node): return tell(.powerOn(node))
        case ("delete", "namespace"):
            return tell(.delete([ObjectKey(.namespace, name: word(2))], options: DeleteOptions()))
        case ("run", let duration):
            cluster.run(for: Interval(goDuration: duration) ?? .zero)
            return history(of: Set(words.dropFirst(2)))
        default: return ["unknown command"]
        }
    }

    private mutating func tell(_ command: ClusterCommand) -> [String] {
        let outcome = cluster.perform(command)
        return outcome.messages + outcome.warnings.map { "Warning: \($0)" } + outcome.errors.map(\.message)
    }

    /// What was written since the last look, of these kinds.
    private mutating func history(of kinds: Set<String>) -> [String] {
        var lines: [String] = []
        cluster.server.store.forEachChange(after: shown) { change in
            let plural = change.kind.info.plural
            guard kinds.contains(plural), change.key.namespace != "kube-system" else { return true }
            let what = Transcript.summary(change)
            if !what.isEmpty {
                let since = (change.time - start).description
                lines.append(
                    "+\(since) \(change.author) \(change.verb.rawValue)s \(plural) \(change.key.namespacedName)\(what)")
            }
            return true
        }
        shown = cluster.server.store.revision
        return lines
    }

    /// What a change changed, as far as it matters to the story; empty for what does not.
    private static func summary(_ change: Change) -> String {
        let before = change.old.map(describe)
        guard let new = change.new else { return before.map { ": was \($0)" } ?? ":" }
        let after = describe(new)
        return before == after ? "" : ": \(after)"
    }

    private static func describe(_ object: KubeObject) -> String {
        let leaving = object.metadata.deletionTimestamp == nil ? "" : ", deleting"
        if let pod = object.as(Pod.self) {
            let ready = pod.status.conditions.contains { $0.type == "Ready" && $0.status == "True" }
            return "\(pod.status.phase ?? "") on \(pod.spec.nodeName ?? "no node")\(ready ? ", ready" : "")\(leaving)"
        }
        if let set = object.as(ReplicaSet.self) {
            let status = set.status
            return
                "wants \(set.spec.replicas ?? 1), has \(status.replicas), ready \(status.readyReplicas ?? 0)\(leaving)"
        }
        if let deployment = object.as(Deployment.self) {
            let status = deployment.status
            return "wants \(deployment.spec.replicas ?? 1), updated \(status.updatedReplicas ?? 0), "
                + "available \(status.availableReplicas ?? 0)\(leaving)"
        }
        if let slice = object.as(EndpointSlice.self) {
            return "ready "
                + slice.endpoints.filter { $0.conditions?.ready == true }.flatMap(\.addresses).sorted()
                .joined(separator: " ")
        }
        if let node = object.as(Node.self) {
            let ready = node.status.conditions.first { $0.type == "Ready" }?.status ?? "unknown"
            let taints = node.spec.taints.map { "\($0.key.split(separator: "/").last ?? ""):\($0.effect)" }
            return "Ready \(ready), taints [\(taints.joined(separator: " "))]"
        }
        if let namespace = object.as(Namespace.self) {
            let conditions = namespace.status.conditions.filter { $0.status == "True" }.map(\.type)
            return "\(namespace.status.phase ?? ""), finalizers \(namespace.spec.finalizers), \(conditions)"
        }
        return object.name + leaving
    }
}
