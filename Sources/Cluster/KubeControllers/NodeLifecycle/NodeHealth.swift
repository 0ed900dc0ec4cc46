import ClusterCore
import KubeAPI

/// When a node was last heard of, by its status or its lease.
struct NodeHealth {
    var ready: NodeCondition?
    var renewed: MicroTime?
    /// The last time that the controller saw a sign of life, by its own clock.
    var probed: Instant

    /// A changed Ready heartbeat or a renewed lease is a sign of life. With a new heartbeat the lease is forgotten if
    /// it was not renewed since the last look, so that it counts as a sign of life again at the next one, as
    /// upstream's.
    mutating func observe(_ condition: NodeCondition?, renewed lease: MicroTime?, now: Instant) {
        let known = renewed
        let isNewHeartbeat: Bool
        switch (ready, condition) {
        case (nil, nil): isNewHeartbeat = false
        case (nil, .some), (.some, nil): isNewHeartbeat = true
        case (.some(let before), .some(let after)): isNewHeartbeat = before.lastHeartbeatTime != after.lastHeartbeatTime
        }
        if isNewHeartbeat {
            probed = now
            renewed = nil
        }
        if let lease, known.map({ $0 < lease }) ?? true {
            renewed = lease
            probed = now
        }
        ready = condition
    }

    /// What the controller writes when a node is silent. `created`: when the node was, which is the last sign of life
    /// of one that never reported.
    static func setUnknown(_ conditions: inout [NodeCondition], created: Time?, now: Time) {
        for type in ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] {
            if let index = conditions.firstIndex(where: { $0.type == type }) {
                guard conditions[index].status != "Unknown" else { continue }
                conditions[index].status = "Unknown"
                conditions[index].reason = "NodeStatusUnknown"
                conditions[index].message = "Kubelet stopped posting node status."
                conditions[index].lastTransitionTime = now
            } else {
                var condition = NodeCondition()
                condition.type = type
                condition.status = "Unknown"
                condition.reason = "NodeStatusNeverUpdated"
                condition.message = "Kubelet never posted node status."
                condition.lastHeartbeatTime = created
                condition.lastTransitionTime = now
                conditions.append(condition)
            }
        }
    }
}

/// The taints that follow from a node's state.
enum NodeTaints {
    static let notReady = "node.kubernetes.io/not-ready"
    static let unreachable = "node.kubernetes.io/unreachable"
    static let unschedulable = "node.kubernetes.io/unschedulable"
    private static let memoryPressure = "node.kubernetes.io/memory-pressure"
    private static let diskPressure = "node.kubernetes.io/disk-pressure"
    private static let pidPressure = "node.kubernetes.io/pid-pressure"
    private static let networkUnavailable = "node.kubernetes.io/network-unavailable"

    /// The taints that evict.
    static let evicting: Set = [notReady, unreachable]

    /// The NoSchedule taints that the controller puts up and takes down; others it leaves alone.
    static let managed: Set = [
        notReady, unreachable, unschedulable, memoryPressure, diskPressure, pidPressure, networkUnavailable,
    ]

    /// The NoSchedule taint that a condition calls for.
    static func noSchedule(_ condition: String, _ status: String) -> String? {
        switch (condition, status) {
        case ("Ready", "False"): notReady
        case ("Ready", "Unknown"): unreachable
        case ("MemoryPressure", "True"): memoryPressure
        case ("DiskPressure", "True"): diskPressure
        case ("PIDPressure", "True"): pidPressure
        case ("NetworkUnavailable", "True"): networkUnavailable
        default: nil
        }
    }

    static func taint(_ key: String, _ effect: String, _ added: Time?) -> Taint {
        var taint = Taint()
        taint.key = key
        taint.effect = effect
        taint.timeAdded = added
        return taint
    }
}
