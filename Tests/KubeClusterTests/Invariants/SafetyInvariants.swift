import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// What must hold after every event. Looks at each change once, so that it costs no more than the run itself.
final class SafetyInvariants {
    private let cluster: Cluster
    private var checked: Revision = 0
    private var podAddresses: [String: String] = [:]
    private var clusterIPs: [String: ObjectKey] = [:]
    private var nodePorts: [Int: ObjectKey] = [:]
    private var requested: [String: PodRequests] = [:]
    private var hostPorts: [String: [HostPort: String]] = [:]
    private(set) var violations: [String] = []

    init(_ cluster: Cluster) { self.cluster = cluster }

    func check() {
        let store = cluster.server.store
        store.forEachChange(after: checked) { change in
            if change.revision != checked + 1 {
                violate(change, "revision \(checked) is followed by \(change.revision)")
            }
            checked = change.revision
            look(at: change)
            return true
        }
    }

    private func violate(_ change: Change, _ what: String) {
        violations.append(
            "\(change.time.rfc3339) \(change.revision) \(change.key.namespacedName) by \(change.author): \(what)")
    }

    private func look(at change: Change) {
        if change.cause >= change.revision { violate(change, "caused by the later revision \(change.cause)") }
        if let old = change.old, change.new == nil, !old.metadata.finalizers.isEmpty {
            // The last finalizer goes with the object itself.
            if old.metadata.deletionTimestamp == nil || old.metadata.finalizers.count > 1 {
                violate(change, "removed in spite of its finalizers")
            }
        }
        if let old = change.old(Namespace.self), change.new == nil, old.spec.finalizers.count > 1 {
            violate(change, "removed in spite of its finalizers")
        }
        switch change.kind {
        case .pod: look(atPod: change)
        case .service: look(atService: change)
        default: break
        }
    }

    private func look(atPod change: Change) {
        let old = change.old(Pod.self)
        let new = change.new(Pod.self)
        if let before = old?.spec.nodeName, let after = new?.spec.nodeName, before != after {
            violate(change, "bound to \(after) after \(before)")
        }
        // A change of place in the history is a new pod when the UID differs.
        if let old, let new, old.uid != new.uid { violate(change, "its UID changed") }
        if let old { release(old) }
        if let new { take(new, change) }
        // Scheduler and kubelet count alike: nothing is sent to a node that has no room for it.
        if let new, new.status.phase == "Failed", old?.status.phase != "Failed",
            new.status.message?.hasPrefix("Pod was rejected") == true
        {
            violate(change, "turned away by \(new.spec.nodeName ?? ""): \(new.status.message ?? "")")
        }
    }

    private static func isActive(_ pod: Pod) -> Bool { pod.status.phase != "Succeeded" && pod.status.phase != "Failed" }

    private func release(_ pod: Pod) {
        if let ip = pod.status.podIP, podAddresses[ip] == pod.uid { podAddresses[ip] = nil }
        guard let node = pod.spec.nodeName, SafetyInvariants.isActive(pod) else { return }
        for port in HostPort.ports(of: pod) where hostPorts[node]?[port] == pod.uid { hostPorts[node]?[port] = nil }
        let requests = PodRequests(pod.spec)
        requested[node]?.milliCPU -= requests.milliCPU
        requested[node]?.memory -= requests.memory
    }

    private func take(_ pod: Pod, _ change: Change) {
        guard SafetyInvariants.isActive(pod) else { return }
        if let ip = pod.status.podIP, pod.spec.hostNetwork != true {
            if let other = podAddresses[ip], other != pod.uid {
                violate(change, "shares the address \(ip) with \(other)")
            }
            podAddresses[ip] = pod.uid
        }
        guard let node = pod.spec.nodeName else { return }
        let requests = PodRequests(pod.spec)
        var sum = requested[node] ?? PodRequests(PodSpec())
        sum.milliCPU += requests.milliCPU
        sum.memory += requests.memory
        requested[node] = sum
        takePorts(pod, node, change)
        guard change.old(Pod.self)?.spec.nodeName == nil,
            let allocatable = cluster.server.store.object(ObjectKey(.node, name: node))?.as(Node.self)?.status
                .allocatable
        else { return }
        if sum.milliCPU > allocatable["cpu"]?.milliValue ?? 0 || sum.memory > allocatable["memory"]?.value ?? 0 {
            violate(change, "\(node) is over its allocatable")
        }
    }

    /// A port of a node belongs to one pod.
    private func takePorts(_ pod: Pod, _ node: String, _ change: Change) {
        for port in HostPort.ports(of: pod) where pod.spec.hostNetwork != true {
            if let other = hostPorts[node, default: [:]][port], other != pod.uid {
                violate(change, "shares port \(port.port) of \(node) with \(other)")
            }
            hostPorts[node, default: [:]][port] = pod.uid
        }
    }

    private func look(atService change: Change) {
        if let old = change.old(Service.self) {
            for address in old.spec.clusterIPs where clusterIPs[address] == change.key { clusterIPs[address] = nil }
            for port in old.spec.ports {
                if let number = port.nodePort, nodePorts[number] == change.key { nodePorts[number] = nil }
            }
        }
        guard let service = change.new(Service.self) else { return }
        for address in service.spec.clusterIPs where address != "None" {
            if let other = clusterIPs[address] { violate(change, "shares \(address) with \(other.namespacedName)") }
            clusterIPs[address] = change.key
        }
        for port in service.spec.ports {
            guard let number = port.nodePort, number != 0 else { continue }
            if !(30000...32767).contains(number) { violate(change, "node port \(number) is out of range") }
            if let other = nodePorts[number], other != change.key {
                violate(change, "shares node port \(number) with \(other.namespacedName)")
            }
            nodePorts[number] = change.key
        }
    }
}
