import ClusterCore
import KubeAPI
import KubeClient

/// Pods: the STATUS column tells the most that can be said in one word.
/// Follows kubernetes pkg/printers/internalversion/printers.go `printPod`.
enum PodPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Ready"), TableColumn("Status"), TableColumn("Restarts"), .age, .wide("IP"), .wide("Node"),
        .wide("Nominated Node"), .wide("Readiness Gates"),
    ]

    static func cells(_ pod: Pod) -> [Cell] {
        let summary = PodSummary(pod)
        return [
            pod.nameCell, .ratio(summary.readyContainers, summary.totalContainers), .text(summary.status),
            .restarts(summary.restarts, last: summary.lastRestart), pod.ageCell,
            .text(pod.status.podIPs.first?.ip, or: PrinterTexts.none), .text(pod.spec.nodeName, or: PrinterTexts.none),
            .text(pod.status.nominatedNodeName, or: PrinterTexts.none), readinessGates(pod),
        ]
    }

    private static func readinessGates(_ pod: Pod) -> Cell {
        let gates = pod.spec.readinessGates
        if gates.isEmpty { return .text(PrinterTexts.none) }
        let open = gates.filter { gate in
            pod.status.conditions.first { $0.type == gate.conditionType }?.status == "True"
        }
        return .ratio(open.count, gates.count)
    }
}

/// What a pod's row says of it.
package struct PodSummary: Equatable, Sendable {
    /// As in `Running`, `Init:0/1`, `CrashLoopBackOff`, `Terminating`.
    package private(set) var status: String
    package private(set) var readyContainers = 0
    /// Sidecars count too.
    package private(set) var totalContainers: Int
    package private(set) var restarts = 0
    /// When a container that was restarted last ended.
    package private(set) var lastRestart: Instant?

    /// O(containers).
    package init(_ pod: Pod) {
        status = pod.status.reason.isEmptyOrNil ? pod.status.phase.text : pod.status.reason.text
        totalContainers = pod.spec.containers.count
        for container in pod.spec.initContainers where container.restartPolicy == "Always" { totalContainers += 1 }
        if pod.status.conditions.contains(where: { $0.type == "PodScheduled" && $0.reason == "SchedulingGated" }) {
            status = "SchedulingGated"
        }
        let sidecars = countSidecars(pod)
        let isInitializing = initialize(pod)
        if !isInitializing || Self.hasCondition(pod, "Initialized") {
            restarts = sidecars.restarts
            lastRestart = sidecars.last
            run(pod)
        }
        guard pod.metadata.deletionTimestamp != nil else { return }
        if pod.status.reason == "NodeLost" {
            status = "Unknown"
        } else if pod.status.phase != "Succeeded", pod.status.phase != "Failed" {
            status = "Terminating"
        }
    }

    private static func hasCondition(_ pod: Pod, _ type: String) -> Bool {
        pod.status.conditions.contains { $0.type == type && $0.status == "True" }
    }

    private static func isSidecar(_ name: String, _ pod: Pod) -> Bool {
        pod.spec.initContainers.first { $0.name == name }?.restartPolicy == "Always"
    }

    private static func later(_ first: Instant?, _ status: ContainerStatus) -> Instant? {
        guard let end = status.lastState?.terminated?.finishedAt?.instant else { return first }
        guard let first else { return end }
        return max(first, end)
    }

    /// The restarts of sidecars, which go on counting once the pod is initialized.
    private func countSidecars(_ pod: Pod) -> (restarts: Int, last: Instant?) {
        var restarts = 0
        var last: Instant?
        for status in pod.status.initContainerStatuses {
            if Self.isSidecar(status.name, pod) {
                restarts += status.restartCount
                last = Self.later(last, status)
            }
            if Self.isPast(status, pod) == nil { break }
        }
        return (restarts, last)
    }

    /// Whether the pod has got past an init container: it ended well, or it is a sidecar that started. Nil if not.
    private static func isPast(_ status: ContainerStatus, _ pod: Pod) -> Bool? {
        if let end = status.state?.terminated, end.exitCode == 0 { return false }
        if isSidecar(status.name, pod), status.started == true { return status.ready }
        return nil
    }

    /// Looks at the init containers up to the first that is not done; true if there is one.
    private mutating func initialize(_ pod: Pod) -> Bool {
        for (index, container) in pod.status.initContainerStatuses.enumerated() {
            restarts += container.restartCount
            lastRestart = Self.later(lastRestart, container)
            if let isReady = Self.isPast(container, pod) {
                if isReady { readyContainers += 1 }
                continue
            }
            if let end = container.state?.terminated {
                status = "Init:" + Self.ending(end)
            } else if let reason = container.state?.waiting?.reason, !reason.isEmpty, reason != "PodInitializing" {
                status = "Init:" + reason
            } else {
                status = "Init:\(index)/\(pod.spec.initContainers.count)"
            }
            return true
        }
        return false
    }

    private static func ending(_ end: ContainerStateTerminated) -> String {
        if let reason = end.reason, !reason.isEmpty { return reason }
        if let signal = end.signal, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(end.exitCode)"
    }

    /// Looks at the containers proper; of several that have something to say, the first is heard.
    private mutating func run(_ pod: Pod) {
        var hasRunning = false
        for container in pod.status.containerStatuses.reversed() {
            restarts += container.restartCount
            lastRestart = Self.later(lastRestart, container)
            if let reason = container.state?.waiting?.reason, !reason.isEmpty {
                status = reason
            } else if let end = container.state?.terminated {
                status = Self.ending(end)
            } else if container.ready, container.state?.running != nil {
                hasRunning = true
                readyContainers += 1
            }
        }
        // One container may be done while another still runs.
        if status == "Completed", hasRunning { status = Self.hasCondition(pod, "Ready") ? "Running" : "NotReady" }
    }
}
