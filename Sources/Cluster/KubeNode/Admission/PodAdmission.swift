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
        allocatablePods = allocatable["pods"]?.accountedValue ?? 0
    }

    /// What becomes of a pod that was bound to the node.
    package enum Decision: Equatable {
        case admitted
        case rejected(Rejection)
        /// A critical pod lacks nothing but room: others have to make it.
        case short([Shortage])
    }

    /// A resource of which the node has less left than a pod asks for.
    package struct Shortage: Equatable {
        package var resource: NodeResource
        package var requested: Int
        package var used: Int
        package var capacity: Int

        package init(_ resource: NodeResource, requested: Int, used: Int, capacity: Int) {
            self.resource = resource
            self.requested = requested
            self.used = used
            self.capacity = capacity
        }

        /// What others must give back for the pod to fit.
        package var missing: Int { requested - (capacity - used) }

        var rejection: Rejection {
            Rejection(
                reason: "OutOf\(resource.rawValue)",
                message: "Node didn't have enough resource: \(resource.rawValue), requested: \(requested), "
                    + "used: \(used), capacity: \(capacity)")
        }
    }

    /// Whether the pod is taken. Of what stands against an ordinary pod the first is told; a critical pod is refused
    /// only for what room would not mend. Taints do not concern static pods.
    ///
    /// The cost does not depend on how many pods the node runs, ports of the node aside.
    package func decision(of pod: Pod, requests: PodRequests, ports: [HostPort] = [], node: Node) -> Decision {
        if let rejection = Sysctls.rejection(of: pod.spec) { return .rejected(rejection) }
        if let os = pod.labels["kubernetes.io/os"], os != "linux" {
            return .rejected(
                Rejection(
                    reason: "PodOSSelectorNodeLabelDoesNotMatch",
                    message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"))
        }
        if let os = pod.spec.os, os.name != "linux" {
            return .rejected(
                Rejection(
                    reason: "PodOSNotSupported", message: "Failed to admit pod as the OS field doesn't match node OS"))
        }
        let shortages = shortages(requests)
        if let first = shortages.first, !PodRank(pod).isCritical { return .rejected(first.rejection) }
        if !NodeAffinityMatch.matches(pod.spec, node: node) {
            return .rejected(
                Rejection(
                    reason: "NodeAffinity",
                    message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"))
        }
        if ports.contains(where: { port in usedPorts.contains(where: port.conflicts) }) {
            return .rejected(
                Rejection(
                    reason: "NodePorts",
                    message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"))
        }
        let isRepelled = node.spec.taints.contains { taint in
            taint.effect == "NoExecute" && !pod.spec.tolerations.contains { $0.tolerates(taint) }
        }
        if isRepelled, !pod.isMirror {
            return .rejected(
                Rejection(
                    reason: "TaintToleration",
                    message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate"))
        }
        return shortages.isEmpty ? .admitted : .short(shortages)
    }

    /// What the node lacks for a pod, in the order in which it is told.
    private func shortages(_ requests: PodRequests) -> [Shortage] {
        var shortages: [Shortage] = []
        if usedPods + 1 > allocatablePods {
            shortages.append(Shortage(.pods, requested: 1, used: usedPods, capacity: allocatablePods))
        }
        func compare(_ resource: NodeResource, _ requested: Int, _ used: Int, _ capacity: Int) {
            guard requested > 0, requested > capacity &- used else { return }
            shortages.append(Shortage(resource, requested: requested, used: used, capacity: capacity))
        }
        compare(.cpu, requests.milliCPU, used.milliCPU, allocatable.milliCPU)
        compare(.memory, requests.memory, used.memory, allocatable.memory)
        compare(
            .ephemeralStorage, requests.ephemeralStorage, used.ephemeralStorage, allocatable.ephemeralStorage)
        return shortages
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
}

/// Node selectors and required node affinity.
/// Follows kubernetes component-helpers `scheduling/corev1/nodeaffinity`.
enum NodeAffinityMatch {
    static func matches(_ spec: PodSpec, node: Node) -> Bool {
        for (key, value) in spec.nodeSelector where node.labels[key] != value { return false }
        guard let required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution else {
            return true
        }
        return required.nodeSelectorTerms.contains { NodeQuery($0).matches(node.labels, name: node.name) }
    }
}
