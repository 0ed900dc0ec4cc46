import KubeAPI
import KubeClient

/// Whether the kubelet takes a pod that was bound to its node. The scheduler has looked before, but a pod may have been
/// bound by hand, or two at once.
/// Follows kubernetes `pkg/kubelet/lifecycle/predicate.go`.
package struct PodAdmission {
    package struct Rejection: Equatable {
        package var reason: String
        package var message: String

        package init(reason: String, message: String) {
            self.reason = reason
            self.message = message
        }
    }

    let allocatable: PodRequests
    private let allocatablePods: Int
    /// What the admitted pods that still run ask for.
    package private(set) var used = PodRequests()
    package private(set) var usedPods = 0
    private var usedPorts: [HostPort] = []

    package init(allocatable: StringMap<Quantity>) {
        self.allocatable = PodRequests(allocatable)
        allocatablePods = allocatable["pods"]?.value ?? 0
    }

    /// Nil if the pod fits. Static pods are taken whatever they ask for.
    package func rejection(of pod: Pod, requests: PodRequests, ports: [HostPort] = [], node: Node) -> Rejection? {
        if PodAdmission.isStatic(pod) { return nil }
        if let os = pod.labels["kubernetes.io/os"], os != "linux" {
            return Rejection(
                reason: "PodOSSelectorNodeLabelDoesNotMatch",
                message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label")
        }
        if let os = pod.spec.os, os.name != "linux" {
            return Rejection(
                reason: "PodOSNotSupported", message: "Failed to admit pod as the OS field doesn't match node OS")
        }
        if usedPods + 1 > allocatablePods { return insufficient("pods", 1, usedPods, allocatablePods) }
        if requests.milliCPU > 0, requests.milliCPU > allocatable.milliCPU - used.milliCPU {
            return insufficient("cpu", requests.milliCPU, used.milliCPU, allocatable.milliCPU)
        }
        if requests.memory > 0, requests.memory > allocatable.memory - used.memory {
            return insufficient("memory", requests.memory, used.memory, allocatable.memory)
        }
        if requests.ephemeralStorage > 0,
            requests.ephemeralStorage > allocatable.ephemeralStorage - used.ephemeralStorage
        {
            return insufficient(
                "ephemeral-storage", requests.ephemeralStorage, used.ephemeralStorage, allocatable.ephemeralStorage)
        }
        if !NodeAffinityMatch.matches(pod.spec, node: node) {
            return Rejection(
                reason: "NodeAffinity",
                message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")
        }
        if ports.contains(where: { port in usedPorts.contains(where: port.conflicts) }) {
            return Rejection(
                reason: "NodePorts",
                message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports")
        }
        if node.spec.taints.contains(where: { $0.effect == "NoExecute" && !isTolerated($0, pod.spec.tolerations) }) {
            return Rejection(
                reason: "TaintToleration",
                message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate")
        }
        return nil
    }

    package mutating func add(_ requests: PodRequests, ports: [HostPort] = []) {
        used.add(requests)
        usedPods += 1
        usedPorts += ports
    }

    package mutating func remove(_ requests: PodRequests, ports: [HostPort] = []) {
        used.subtract(requests)
        usedPods -= 1
        for port in ports {
            if let place = usedPorts.firstIndex(of: port) { usedPorts.remove(at: place) }
        }
    }

    /// Whether the pod mirrors one that the node runs from a file. Follows kubernetes
    /// `pkg/kubelet/types/pod_update.go`.
    package static func isStatic(_ pod: Pod) -> Bool { pod.annotations["kubernetes.io/config.mirror"] != nil }

    private func insufficient(_ name: String, _ requested: Int, _ used: Int, _ capacity: Int) -> Rejection {
        Rejection(
            reason: "OutOf\(name)",
            message: "Node didn't have enough resource: \(name), requested: \(requested), used: \(used), "
                + "capacity: \(capacity)")
    }

    private func isTolerated(_ taint: Taint, _ tolerations: [Toleration]) -> Bool {
        tolerations.contains { toleration in
            if let effect = toleration.effect, !effect.isEmpty, effect != taint.effect { return false }
            if let key = toleration.key, !key.isEmpty, key != taint.key { return false }
            if toleration.operator == "Exists" { return true }
            guard let key = toleration.key, !key.isEmpty else { return false }
            return (toleration.value ?? "") == (taint.value ?? "")
        }
    }
}

/// Node selectors and required node affinity.
/// Follows kubernetes component-helpers `scheduling/corev1/nodeaffinity`.
enum NodeAffinityMatch {
    static func matches(_ spec: PodSpec, node: Node) -> Bool {
        for (key, value) in spec.nodeSelector where node.labels[key] != value { return false }
        guard let required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution else {
            return true
        }
        return required.nodeSelectorTerms.contains { term in
            if term.matchExpressions.isEmpty, term.matchFields.isEmpty { return false }
            return term.matchExpressions.allSatisfy { matches($0, node.labels[$0.key]) }
                && term.matchFields.allSatisfy { matches($0, $0.key == "metadata.name" ? node.name : nil) }
        }
    }

    private static func matches(_ requirement: NodeSelectorRequirement, _ value: String?) -> Bool {
        switch requirement.operator {
        case "In": return value.map(requirement.values.contains) ?? false
        case "NotIn": return !(value.map(requirement.values.contains) ?? false)
        case "Exists": return value != nil
        case "DoesNotExist": return value == nil
        case "Gt", "Lt":
            guard let number = value.flatMap({ Int($0) }), let bound = requirement.values.first.flatMap({ Int($0) })
            else { return false }
            return requirement.operator == "Gt" ? number > bound : number < bound
        default: return false
        }
    }
}
