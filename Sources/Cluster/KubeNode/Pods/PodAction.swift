import ClusterCore
import KubeAPI
import KubeClient

/// What happens to a pod on its node.
package enum PodEvent {
    /// The node takes the pod.
    case admitted
    /// The node does not take the pod.
    case rejected(reason: String, message: String)
    /// The API server has a newer version.
    case changed(Pod)
    /// The API server has the pod no more.
    case vanished
    /// The answer to `allocateAddress`; nil when the range is used up.
    case address(String?)
    /// The pull of a container's image begins.
    case pullStarted(container: Int)
    /// The answer to `pullImage`.
    case image(container: Int, ImageOutcome)
    /// Time has come to `nextDeadline`.
    case time
}

/// What the kubelet is to do for a pod.
package enum PodAction: Equatable {
    case allocateAddress
    case pullImage(container: Int)
    /// An Event about the pod, or about one container of it.
    case record(EventRecorder.EventType, reason: String, message: String, container: Int?)
    /// Bring the pod's status up to date.
    case writeStatus
    /// Nothing runs any more: address and resources are free.
    case release
    /// Remove the pod from the API server, with grace period 0.
    case removePod
    /// The pod is gone from both sides.
    case forget
}

extension PodAction: CustomStringConvertible {
    /// As tests read it.
    package var description: String {
        switch self {
        case .allocateAddress: "allocate address"
        case .pullImage(let container): "pull \(container)"
        case .record(_, let reason, let message, _): "\(reason): \(message)"
        case .writeStatus: "write status"
        case .release: "release"
        case .removePod: "remove pod"
        case .forget: "forget"
        }
    }
}
