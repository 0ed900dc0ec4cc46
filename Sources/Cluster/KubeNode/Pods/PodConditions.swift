import ClusterCore
import KubeAPI
import KubeClient

// The conditions that the kubelet owns, in the order in which it writes them.
// Follows kubernetes `pkg/kubelet/status/generate.go`.

extension PodLifecycle {
    static let owned = [
        "PodResizePending", "PodResizeInProgress", "PodReadyToStartContainers", "Initialized", "Ready",
        "ContainersReady", "PodScheduled", "AllContainersRestarting",
    ]

    static func owns(_ type: String) -> Bool { owned.contains { equalUTF8($0, type) } }

    func conditions(of current: Pod, phase: String, _ now: Instant) -> [PodCondition] {
        let before = current.status.conditions
        var conditions: [PodCondition] = []
        // To the place what most pods have: as long as a pod is there, so is this array.
        conditions.reserveCapacity(max(before.count, 5))
        for index in before.indices where !PodLifecycle.owns(before[index].type) { conditions.append(before[index]) }
        if resize != nil { tellResize(&conditions) }
        tellDisruption(current, phase, &conditions, now)
        func add(_ type: String, _ value: Value, hasGeneration: Bool = true) {
            var condition = PodCondition()
            condition.type = type
            condition.status = value.isTrue ? "True" : "False"
            condition.reason = value.reason
            condition.message = value.message
            if hasGeneration { condition.observedGeneration = current.metadata.generation }
            let old = before.indices.first { equalUTF8(before[$0].type, type) && before[$0].status == condition.status }
            condition.lastTransitionTime = old.map { before[$0].lastTransitionTime } ?? now.time
            conditions.append(condition)
        }
        add("PodReadyToStartContainers", Value(isTrue: hasSandbox))
        add("Initialized", initialized(phase))
        let containersReady = containersReady(phase)
        add("Ready", containersReady.isTrue ? gatesReady(current, before) : containersReady)
        add("ContainersReady", containersReady)
        add("PodScheduled", Value(isTrue: true))
        if current.spec.allContainersCouldRestart {
            add("AllContainersRestarting", allRestarting(phase), hasGeneration: false)
        }
        return conditions
    }

    /// Adds why the kubelet disrupted the pod, with the write that tells of its end and no sooner.
    /// Follows kubernetes `pkg/kubelet/status/status_manager.go` (`mergePodStatus`).
    private func tellDisruption(
        _ current: Pod, _ phase: String, _ conditions: inout [PodCondition], _ now: Instant
    ) {
        guard let disruption, stage == .terminated, isTerminal(phase), !current.isTerminal else { return }
        var condition = PodCondition()
        condition.type = "DisruptionTarget"
        condition.status = "True"
        condition.reason = "TerminationByKubelet"
        condition.message = disruption.message
        condition.observedGeneration = disruption.generation
        condition.lastTransitionTime = now.time
        if let place = conditions.firstIndex(where: { $0.type == condition.type }) {
            let old = conditions[place]
            if old.status == condition.status { condition.lastTransitionTime = old.lastTransitionTime }
            conditions[place] = condition
        } else {
            conditions.append(condition)
        }
    }

    private struct Value {
        var isTrue: Bool
        var reason: String?
        var message: String?
    }

    private func allRestarting(_ phase: String) -> Value {
        if phase == "Succeeded" { return Value(isTrue: false, reason: "PodCompleted") }
        if phase == "Failed" { return Value(isTrue: false, reason: "PodFailed") }
        if !isRestartingAll { return Value(isTrue: false) }
        return Value(
            isTrue: true, reason: "RestartAllContainersStarted", message: "container exited with restart policy rule")
    }

    /// Once regular containers have come to run, sidecars may be started again as they will; but this is read off what
    /// is told of the regular ones, and while all of them wait, it is the sidecars that count again.
    private func initialized(_ phase: String) -> Value {
        if phase == "Succeeded" { return Value(isTrue: true, reason: "PodCompleted") }
        if containers.contains(where: { $0.role == .regular && $0.isShownStarted }) { return Value(isTrue: true) }
        let incomplete = (0..<initCount).filter { index in
            containers[index].role == .sidecar ? !containers[index].isStarted : !containers[index].isReady
        }
        if incomplete.isEmpty { return Value(isTrue: true) }
        return Value(
            isTrue: false, reason: "ContainersNotInitialized",
            message: "containers with incomplete status: \(names(incomplete))")
    }

    private func containersReady(_ phase: String) -> Value {
        if phase == "Succeeded" { return Value(isTrue: false, reason: "PodCompleted") }
        if phase == "Failed" { return Value(isTrue: false, reason: "PodFailed") }
        let unready = containers.indices.filter { containers[$0].countsForReadiness && !containers[$0].isReady }
        if unready.isEmpty { return Value(isTrue: true) }
        return Value(
            isTrue: false, reason: "ContainersNotReady", message: "containers with unready status: \(names(unready))")
    }

    private func gatesReady(_ current: Pod, _ conditions: [PodCondition]) -> Value {
        let messages = current.spec.readinessGates.compactMap { gate -> String? in
            guard let condition = conditions.first(where: { $0.type == gate.conditionType }) else {
                return "corresponding condition of pod readiness gate \"\(gate.conditionType)\" does not exist."
            }
            return condition.status == "True"
                ? nil
                : "the status of pod readiness gate \"\(gate.conditionType)\" is not \"True\", but \(condition.status)"
        }
        if messages.isEmpty { return Value(isTrue: true) }
        return Value(isTrue: false, reason: "ReadinessGatesNotReady", message: messages.joined(separator: ", "))
    }

    /// As Go prints a list of names.
    private func names(_ indices: [Int]) -> String {
        "[" + indices.map { spec($0).name }.joined(separator: " ") + "]"
    }
}
