import ClusterCore
import KubeAPI
import KubeClient

/// What an operator can ask of a cluster. The console, a script or a schedule hands these in; each is carried out
/// between two events, through the API server where Kubernetes has a verb for it.
package enum ClusterCommand: Sendable {
    // Objects.
    /// Creates what does not exist and updates what does; what others need is written first. `written` are the
    /// manifests of the objects, in their order: of what exists, only what they say is changed. Without them all that
    /// the objects have is.
    case apply([KubeObject], written: [JSONValue] = [])
    case create([KubeObject])
    /// Replaces an object that was edited; its resourceVersion guards against other writers.
    case update(KubeObject)
    /// Writes what was changed in an edited object, as `kubectl edit` does: what others changed meanwhile stays.
    case edit(from: KubeObject, to: KubeObject)
    case delete([ObjectKey], options: DeleteOptions)
    case scale(ObjectKey, replicas: Int)
    /// As `kubectl rollout restart`: stamps the pod template.
    case restart(ObjectKey)
    /// As `kubectl rollout undo`: the template of the revision before, or of one that is named.
    case rollBack(ObjectKey, toRevision: Int?)
    case setPaused(ObjectKey, Bool)

    // Nodes.
    case powerOff(String)
    case powerOn(String)
    case setCordoned(String, Bool)
    /// Cordons and evicts, as `kubectl drain --ignore-daemonsets --delete-emptydir-data --force`.
    case drain(String)
    /// Tries no more to evict what is still on a node that is being drained; it stays cordoned, as after ctrl-c in
    /// `kubectl drain`.
    case stopDrain(String)

    // Time.
    case setClockPaused(Bool)
    case step
    /// Virtual seconds a real second; infinity for as fast as it goes.
    case setSpeed(Double)
}

/// What came of a command.
package struct CommandOutcome: Sendable {
    /// The number that the sender gave it.
    package let id: Int
    /// What was done, as kubectl says it: `deployment.apps/web scaled`.
    package var messages: [String]
    /// What the API server warned of, and what is held back for now.
    package var warnings: [String]
    package var errors: [StatusError]

    package init(id: Int, messages: [String] = [], warnings: [String] = [], errors: [StatusError] = []) {
        self.id = id
        self.messages = messages
        self.warnings = warnings
        self.errors = errors
    }
}
