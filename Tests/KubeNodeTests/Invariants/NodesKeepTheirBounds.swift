import KubeAPI
import KubeNode

/// What must hold of pods and kubelets at any moment, whatever is done to them.
struct NodesKeepTheirBounds {
    private var phases: [String: String] = [:]
    private var restarts: [String: Int] = [:]

    init() {}

    /// What is broken now; empty when all is well.
    mutating func violations(_ fleet: TestFleet) -> [String] {
        var violations: [String] = []
        var addresses: [String: String] = [:]
        var used: [String: PodRequests] = [:]
        for pod in fleet.pods {
            let phase = pod.status.phase ?? ""
            let isOver = phase == "Succeeded" || phase == "Failed"
            if let before = phases[pod.uid] {
                if before == "Succeeded" || before == "Failed", phase != before {
                    violations.append("\(pod.name) went from \(before) to \(phase)")
                }
                if before == "Running", phase == "Pending", restarts[pod.uid] == nil {
                    violations.append("\(pod.name) went from Running back to Pending")
                }
            }
            phases[pod.uid] = phase
            let count = pod.status.containerStatuses.map(\.restartCount).reduce(0, +)
            if count < restarts[pod.uid, default: 0] { violations.append("\(pod.name) lost restarts") }
            restarts[pod.uid] = count
            if let address = pod.status.podIP, !isOver, pod.metadata.deletionTimestamp == nil {
                if let other = addresses.updateValue(pod.name, forKey: address) {
                    violations.append("\(pod.name) and \(other) have the address \(address)")
                }
            }
            if !isOver, let node = pod.spec.nodeName, !pod.status.containerStatuses.isEmpty {
                used[node, default: PodRequests()].add(PodRequests(pod.spec))
            }
            violations += statusViolations(pod, phase)
        }
        for kubelet in fleet.kubelets {
            let allocatable = PodRequests(kubelet.configuration.allocatable)
            if let sum = used[kubelet.configuration.name], sum.milliCPU > allocatable.milliCPU {
                violations.append("\(kubelet.configuration.name) runs more than fits")
            }
            if kubelet.requests.milliCPU < 0 || kubelet.requests.milliCPU > allocatable.milliCPU {
                violations.append("\(kubelet.configuration.name) counts \(kubelet.requests)")
            }
        }
        return violations
    }

    private func statusViolations(_ pod: Pod, _ phase: String) -> [String] {
        var violations: [String] = []
        let conditions = pod.status.conditions
        func isTrue(_ type: String) -> Bool { conditions.contains { $0.type == type && $0.status == "True" } }
        if isTrue("Ready"), !isTrue("ContainersReady") { violations.append("\(pod.name) is Ready, its containers not") }
        if isTrue("Ready"), phase != "Running" { violations.append("\(pod.name) is Ready and \(phase)") }
        for status in pod.status.containerStatuses {
            let state = status.state
            let states = [state?.waiting != nil, state?.running != nil, state?.terminated != nil].filter { $0 }.count
            if states != 1 { violations.append("\(pod.name)/\(status.name) has \(states) states") }
            if status.ready, state?.running == nil {
                violations.append("\(pod.name)/\(status.name) is ready, not running")
            }
            if state?.running != nil, status.containerID == nil {
                violations.append("\(pod.name)/\(status.name) runs without an ID")
            }
            if status.restartCount > 0, status.lastState?.terminated == nil, state?.running != nil {
                violations.append("\(pod.name)/\(status.name) has restarted from nothing")
            }
        }
        let types = conditions.map(\.type)
        if Set(types).count != types.count { violations.append("\(pod.name) has a condition twice") }
        return violations
    }
}
