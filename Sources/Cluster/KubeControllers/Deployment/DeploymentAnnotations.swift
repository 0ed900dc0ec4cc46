/// The annotations through which Deployments and their ReplicaSets keep count of revisions and sizes.
/// Follows kubernetes `pkg/controller/deployment/util/deployment_util.go`.
package enum DeploymentAnnotations {
    /// A ReplicaSet's place in the history of rollouts; a Deployment's current one.
    package static let revision = "deployment.kubernetes.io/revision"
    /// Earlier revisions of a ReplicaSet that was rolled back to, separated by commas.
    package static let revisionHistory = "deployment.kubernetes.io/revision-history"
    /// The Deployment's size when the ReplicaSet was last scaled.
    package static let desiredReplicas = "deployment.kubernetes.io/desired-replicas"
    /// That size and the surge.
    package static let maxReplicas = "deployment.kubernetes.io/max-replicas"
    package static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
    package static let rollbackTo = "deprecated.deployment.rollback.to"
    /// The label that tells the pods of one ReplicaSet from those of the next.
    package static let podTemplateHashLabel = "pod-template-hash"

    /// Whether an annotation belongs to its object alone, and isn't copied between a Deployment and its ReplicaSets.
    package static func isOwn(_ key: String) -> Bool {
        switch key {
        case revision, revisionHistory, desiredReplicas, maxReplicas, lastApplied, rollbackTo: true
        default: false
        }
    }

    /// The longest a revision history gets, in bytes.
    static let historyLimit = 2000
}
