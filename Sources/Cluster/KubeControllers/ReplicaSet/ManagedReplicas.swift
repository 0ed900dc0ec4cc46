import KubeAPI
import KubeClient

/// What a `ReplicaController` knows of one owner. A class of its own: within the generic controller it would be a type
/// that is looked up at every use.
final class ManagedReplicas {
    let key: ObjectKey
    var selector: Selector { didSet { lastLabels = nil } }
    var templateLabels: Selector { didSet { lastLabels = nil } }
    /// The labels that were matched last, and what came of it: an owner's pods share theirs.
    private var lastLabels: (labels: StringMap<String>, flags: ReplicaMark.Flags)?
    var tally = ReplicaTally()
    /// Pods without a controller that the selector matched when last looked at.
    var adoptable: Set<String> = []

    init(key: ObjectKey, selector: Selector, templateLabels: Selector) {
        self.key = key
        self.selector = selector
        self.templateLabels = templateLabels
    }

    func mark(_ pod: Pod) -> ReplicaMark {
        let labels = pod.labels
        if let lastLabels, lastLabels.labels == labels { return ReplicaMark(pod, labelFlags: lastLabels.flags) }
        let flags = ReplicaMark.flags(of: labels, selector: selector, templateLabels: templateLabels)
        lastLabels = (labels, flags)
        return ReplicaMark(pod, labelFlags: flags)
    }
}
