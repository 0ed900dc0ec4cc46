import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient

/// The tables that the API server prints, for readers of snapshots: pure functions over an object.
package enum ClusterTables {
    package struct Column: Hashable, Sendable {
        /// As `kubectl get` heads it: `READY`.
        package var title: String
        /// Shown only in the wide form.
        package var isWide: Bool

        package init(_ title: String, isWide: Bool = false) {
            self.title = title
            self.isWide = isWide
        }
    }

    /// The columns of a kind, the wide ones included, without the namespace.
    package static func columns(_ kind: ResourceKind) -> [Column] {
        switch kind {
        case .pod:
            [
                Column("NAME"), Column("READY"), Column("STATUS"), Column("RESTARTS"), Column("AGE"),
                Column("IP", isWide: true), Column("NODE", isWide: true),
            ]
        case .node: [Column("NAME"), Column("STATUS"), Column("ROLES"), Column("AGE"), Column("VERSION")]
        case .deployment:
            [Column("NAME"), Column("READY"), Column("UP-TO-DATE"), Column("AVAILABLE"), Column("AGE")]
        default: [Column("NAME"), Column("AGE")]
        }
    }

    /// The cells of an object, as many as its kind has columns.
    package static func cells(_ object: KubeObject, now: Instant) -> [String] {
        let age = object.metadata.creationTimestamp.map { (now - $0.instant).humanDuration } ?? "<unknown>"
        if let pod = object.as(Pod.self) {
            let statuses = pod.status.containerStatuses
            let restarts = statuses.reduce(0) { $0 + $1.restartCount }
            return [
                pod.name, "\(statuses.filter(\.ready).count)/\(pod.spec.containers.count)", status(of: object, now: now),
                "\(restarts)", age, pod.status.podIP ?? "<none>", pod.spec.nodeName ?? "<none>",
            ]
        }
        if let node = object.as(Node.self) {
            let roles = node.labels.filter { $0.key.hasPrefix("node-role.kubernetes.io/") }
                .map { String($0.key.dropFirst("node-role.kubernetes.io/".count)) }
            return [
                node.name, status(of: object, now: now), roles.isEmpty ? "<none>" : roles.joined(separator: ","), age,
                node.status.nodeInfo?.kubeletVersion ?? "",
            ]
        }
        if let deployment = object.as(Deployment.self) {
            return [
                deployment.name, "\(deployment.status.readyReplicas ?? 0)/\(deployment.spec.replicas ?? 1)",
                "\(deployment.status.updatedReplicas ?? 0)", "\(deployment.status.availableReplicas ?? 0)", age,
            ]
        }
        return [object.name, age]
    }

    /// The STATUS that `kubectl get` prints; empty for kinds without that column.
    package static func status(of object: KubeObject, now: Instant) -> String {
        if let pod = object.as(Pod.self) {
            if pod.metadata.deletionTimestamp != nil { return "Terminating" }
            let waiting = pod.status.containerStatuses.lazy.compactMap { $0.state?.waiting?.reason }.first
            return waiting ?? pod.status.reason ?? pod.status.phase ?? ""
        }
        if let node = object.as(Node.self) {
            let isReady = node.status.conditions.contains { $0.type == "Ready" && $0.status == "True" }
            return (isReady ? "Ready" : "NotReady") + (node.spec.unschedulable == true ? ",SchedulingDisabled" : "")
        }
        return ""
    }

    /// For a kind that nothing acts on yet, what is said about it; nil for the others.
    package static func missingController(_ kind: ResourceKind) -> String? { UnattendedKinds.warning(for: kind) }
}
