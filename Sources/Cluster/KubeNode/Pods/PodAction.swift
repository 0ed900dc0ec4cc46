import ClusterCore
import KubeAPI
import KubeClient

/// What happens to a pod on its node.
package enum PodEvent {
    /// The node takes the pod.
    case admitted
    /// The node does not take the pod.
    case rejected(reason: String, message: String)
    /// The kubelet takes the node's room from the pod; `disruption` is what its condition says of that.
    case evicted(reason: String, message: String, disruption: String)
    /// The kubelet turns to nothing that it hears of until it has made room for a critical pod.
    case heldUp
    /// It hears again.
    case released
    /// The API server has a newer version.
    case changed(Pod)
    /// The API server has a version that asks for other resources, or the node looks at them again; nil if it gives
    /// them.
    case resized(Pod, ResizeRefusal?)
    /// The API server has the pod no more.
    case vanished
    /// The answer to `mountVolumes`, by place in the spec.
    case volumes([(volume: Int, outcome: VolumeOutcome)])
    /// The answer to `allocateAddress`; nil when the range is used up.
    case address(String?)
    /// The answer to `allocateAddress` when the sandbox cannot be made.
    case sandboxFailed(SandboxError)
    /// The pull of a container's image begins.
    case pullStarted(container: Int)
    /// The answer to `pullImage`.
    case image(container: Int, ImageOutcome)
    /// The answer to `resolveEnvironment`; nil when all that it names is there.
    case environment(container: Int, error: String?)
    /// Time has come to `nextDeadline`.
    case time
}

/// Why there is no sandbox.
package enum SandboxError: Equatable {
    /// The kubelet does not know how to ask for it.
    case kubelet(String)
    /// The runtime refuses: what it failed to do for the sandbox, which it names, and why.
    case runtime(String, String)
}

/// What the kubelet is to do for a pod.
package enum PodAction: Equatable {
    /// Mount these volumes of the spec, as far as what they are filled from is there.
    case mountVolumes([Int])
    case allocateAddress
    case pullImage(container: Int)
    /// Look up what a container's environment refers to.
    case resolveEnvironment(container: Int)
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
        case .mountVolumes(let volumes): "mount \(volumes.map(String.init).joined(separator: " "))"
        case .allocateAddress: "allocate address"
        case .pullImage(let container): "pull \(container)"
        case .resolveEnvironment(let container): "resolve environment \(container)"
        case .record(_, let reason, let message, _): "\(reason): \(message)"
        case .writeStatus: "write status"
        case .release: "release"
        case .removePod: "remove pod"
        case .forget: "forget"
        }
    }
}
