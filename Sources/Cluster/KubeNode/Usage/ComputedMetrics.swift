import ClusterCore
import KubeAPI
import KubeClient

// metrics.k8s.io: what nodes and pods use, for whoever asks the API, as metrics-server serves it from what kubelets
// measure. A node that answers nobody is not listed, nor are its pods; asked for one by name, the metrics are what is
// not found, and of what does not exist the pod or the node itself.
// Follows kubernetes-sigs/metrics-server `pkg/api/node.go` and `pkg/api/pod.go`.

/// `nodes.metrics.k8s.io`.
package struct ComputedNodeMetrics: ComputedResource {
    package init() {}

    package var kind: ResourceKind { .nodeMetrics }

    /// O(pods).
    package func object(namespace: String, name: String, in snapshot: Snapshot) -> KubeObject? {
        guard let node = snapshot.get(Node.self, name: name), AnsweringNodes.answers(name, in: snapshot) else {
            return nil
        }
        var pods: [Pod] = []
        snapshot.forEach(.pod) { object in
            if let pod = object.as(Pod.self), pod.spec.nodeName == name { pods.append(pod) }
            return true
        }
        return UsageModel.nodeMetrics(of: node, pods: pods, at: snapshot.time).boxed
    }

    package func absence(namespace: String, name: String, in snapshot: Snapshot) -> StatusError {
        // The lister that is asked first calls nodes by their singular.
        if snapshot.get(Node.self, name: name) == nil {
            return .notFound(resource: GroupResource(resource: "node"), name: name)
        }
        return .notFound(resource: GroupResource(group: kind.info.group, resource: kind.info.singular), name: name)
    }

    /// O(nodes + pods).
    package func forEach(namespace: String?, in snapshot: Snapshot, _ body: (KubeObject) -> Bool) {
        var pods: [String: [Pod]] = [:]
        snapshot.forEach(.pod) { object in
            if let pod = object.as(Pod.self), let name = pod.spec.nodeName { pods[name, default: []].append(pod) }
            return true
        }
        snapshot.forEach(.node) { object in
            guard let node = object.as(Node.self), AnsweringNodes.answers(node.name, in: snapshot) else { return true }
            return body(
                UsageModel.nodeMetrics(of: node, pods: pods[node.name] ?? [], at: snapshot.time).boxed)
        }
    }
}

/// `pods.metrics.k8s.io`.
package struct ComputedPodMetrics: ComputedResource {
    package init() {}

    package var kind: ResourceKind { .podMetrics }

    package func object(namespace: String, name: String, in snapshot: Snapshot) -> KubeObject? {
        guard let pod = snapshot.get(Pod.self, namespace: namespace, name: name),
            AnsweringNodes.answers(pod.spec.nodeName ?? "", in: snapshot)
        else { return nil }
        return UsageModel.podMetrics(of: pod, at: snapshot.time)?.boxed
    }

    package func absence(namespace: String, name: String, in snapshot: Snapshot) -> StatusError {
        if snapshot.get(Pod.self, namespace: namespace, name: name) == nil { return .notFound(kind: .pod, name: name) }
        return .notFound(
            resource: GroupResource(group: kind.info.group, resource: kind.info.singular), name: "\(namespace)/\(name)")
    }

    /// O(pods).
    package func forEach(namespace: String?, in snapshot: Snapshot, _ body: (KubeObject) -> Bool) {
        var answers: [String: Bool] = [:]
        snapshot.forEach(.pod, namespace: namespace) { object in
            guard let pod = object.as(Pod.self), let node = pod.spec.nodeName, !node.isEmpty else { return true }
            let isThere = answers[node] ?? AnsweringNodes.answers(node, in: snapshot)
            answers[node] = isThere
            guard isThere, let metrics = UsageModel.podMetrics(of: pod, at: snapshot.time) else { return true }
            return body(metrics.boxed)
        }
    }
}

/// Which machines can be asked what they use.
private enum AnsweringNodes {
    /// A kubelet renews its lease every ten seconds; one that has missed two does not answer either.
    private static let patience = Kubelet.heartbeatPeriod * 2 + .seconds(5)

    static func answers(_ node: String, in snapshot: Snapshot) -> Bool {
        let lease = snapshot.get(Lease.self, namespace: Kubelet.leaseNamespace, name: node)
        guard let renewed = lease?.spec.renewTime?.instant else { return false }
        return snapshot.time - renewed <= patience
    }
}
