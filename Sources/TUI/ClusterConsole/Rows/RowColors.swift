import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// What the state of an object means, as the colour of its row: nothing for what is well.
enum RowColors {
    /// The role of a row by its cells. `cell` gives a cell by its column's title.
    static func role(_ kind: ResourceKind, cell: (String) -> String) -> Role? {
        switch kind {
        case .pod: return pod(status: cell("STATUS"), ready: cell("READY"))
        case .node:
            let status = cell("STATUS")
            if status.hasPrefix("NotReady") || status.hasPrefix("Unknown") { return .error }
            if cell("POWER") == "off" { return .error }
            return status.contains("SchedulingDisabled") ? .warning : nil
        case .event, .eventsEvent: return cell("TYPE") == "Warning" ? .warning : nil
        case .namespace, .persistentVolume, .persistentVolumeClaim:
            switch cell("STATUS") {
            case "Terminating", "Released": return .pending
            case "Pending": return .warning
            case "Lost", "Failed": return .error
            default: return nil
            }
        case .deployment, .statefulSet: return isShort(cell("READY")) ? .warning : nil
        case .replicaSet, .replicationController, .daemonSet:
            guard let desired = Int(cell("DESIRED")), let ready = Int(cell("READY")) else { return nil }
            if desired == 0 { return .dim }
            return ready < desired ? .warning : nil
        default: return nil
        }
    }

    /// Whether rows of a kind tell when something is not well.
    static func tellsFaults(_ kind: ResourceKind) -> Bool {
        switch kind {
        case .pod, .node, .event, .eventsEvent, .namespace, .persistentVolume, .persistentVolumeClaim, .deployment,
            .statefulSet, .replicaSet, .replicationController, .daemonSet:
            true
        default: false
        }
    }

    /// Whether an object's row says that something is not well. As costly as printing it.
    static func isFaulty(_ object: KubeObject) -> Bool {
        let cells = ClusterTables.cells(object, now: Instant(nanoseconds: 0))
        let columns = ClusterTables.columns(object.kind)
        let role = role(object.kind) { title in
            columns.firstIndex { $0.title == title }.map { cells[$0] } ?? ""
        }
        return role == .error || role == .warning || role == .pending
    }

    private static func pod(status: String, ready: String) -> Role? {
        switch status {
        case "Running": return isShort(ready) ? .warning : nil
        case "Completed", "Succeeded": return .dim
        case "Pending", "ContainerCreating", "PodInitializing", "SchedulingGated": return .warning
        case "Terminating": return .pending
        case "NotReady", "Unknown", "NodeLost": return .warning
        default:
            // Init:0/2 goes on by itself; Init:Error and the like do not.
            if status.hasPrefix("Init:"), status.dropFirst(5).first?.isNumber == true { return .warning }
            return .error
        }
    }

    /// Whether `2/3` is less than it should be.
    private static func isShort(_ ready: String) -> Bool {
        let parts = ready.split(separator: "/")
        guard parts.count == 2, let part = Int(parts[0]), let whole = Int(parts[1]) else { return false }
        return part < whole
    }

    /// The role of one cell in a row that is well.
    static func cellRole(_ title: String, _ text: String) -> Role? {
        switch title {
        case "NAMESPACE": return .dim
        case "STATUS":
            switch text {
            case "Running", "Ready", "Active", "Bound", "Available": return .ok
            default: return nil
            }
        case "POWER": return text == "on" ? .ok : text == "off" ? .error : .dim
        case "TYPE": return text == "Normal" ? .ok : nil
        case "AGE", "LAST SEEN", "FIRST SEEN": return .dim
        case "NODE", "OBJECT", "CLUSTER-IP": return .info
        case "REASON": return .accent
        default: return text == "<none>" || text == "<unset>" ? .dim : nil
        }
    }
}
