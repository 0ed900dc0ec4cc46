import KubeAPI
import KubeClient

/// What other pods' rules can see of a pod: its namespace, its labels and its own rules about others. All pods that
/// are alike in this share one, which counts how many of them are on each node.
package final class PodIdentity {
    package let number: Int
    package let namespace: String
    package let labels: StringMap<String>
    package let requiredAffinity: [AffinityTerm]
    package let requiredAntiAffinity: [AffinityTerm]
    package let preferredAffinity: [AffinityTerm]
    package let preferredAntiAffinity: [AffinityTerm]

    struct Count {
        var pods = 0
        var terminating = 0
    }
    /// By the node's slot. Sums over it don't depend on its order.
    private(set) var counts: [Int: Count] = [:]
    /// How many shapes have this identity.
    var shapeCount = 0

    init(number: Int, _ pod: Pod) {
        self.number = number
        namespace = pod.namespace
        labels = pod.labels
        let affinity = pod.spec.affinity
        func terms(_ terms: [PodAffinityTerm]?) -> [AffinityTerm] {
            (terms ?? []).map { AffinityTerm($0, namespace: pod.namespace, labels: pod.labels) }
        }
        func weighted(_ terms: [WeightedPodAffinityTerm]?) -> [AffinityTerm] {
            (terms ?? []).map {
                AffinityTerm($0.podAffinityTerm, namespace: pod.namespace, labels: pod.labels, weight: $0.weight)
            }
        }
        requiredAffinity = terms(affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution)
        requiredAntiAffinity = terms(affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution)
        preferredAffinity = weighted(affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution)
        preferredAntiAffinity = weighted(affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution)
    }

    package var hasAffinity: Bool {
        !requiredAffinity.isEmpty || !requiredAntiAffinity.isEmpty || !preferredAffinity.isEmpty
            || !preferredAntiAffinity.isEmpty
    }

    func count(on node: Int, pods: Int, terminating: Int) {
        var count = counts[node] ?? Count()
        count.pods += pods
        count.terminating += terminating
        counts[node] = count.pods == 0 ? nil : count
    }
}

/// All that the scheduler looks at in a pod before it is bound. Pods made of one template share one shape, and with it
/// everything that was worked out about where such a pod can go.
package final class PodShape {
    package let number: Int
    package let identity: PodIdentity
    package let requests: AccountedRequests
    package let hostPorts: [HostPort]
    package let tolerations: [Toleration]
    package let nodeSelector: StringMap<String>
    /// Terms of the required node affinity, any of which is enough; nil when there is none.
    package let requiredNodeTerms: [NodeQuery]?
    package let preferredNodeTerms: [(weight: Int, query: NodeQuery)]
    /// The only nodes that the affinity allows, where every term names them by `metadata.name`. Daemon pods do.
    package let nodeNames: [String]?
    /// What the pod itself asks for; its defaults depend on the services that select it.
    package let ownConstraints: [SpreadConstraint]
    package let owner: OwnerReference?
    /// Images of all containers, with their tags, one for each container.
    package let images: [String]

    /// Those of its volumes.
    package let claims: [VolumeBinding.Claim]

    let spec: PodSpec
    /// Pods of this shape that the scheduler knows.
    var podCount = 0

    init(number: Int, identity: PodIdentity, _ pod: Pod) {
        self.number = number
        self.identity = identity
        spec = pod.spec
        requests = AccountedRequests(pod)
        hostPorts = HostPort.ports(of: pod)
        tolerations = pod.spec.tolerations
        nodeSelector = pod.spec.nodeSelector
        let affinity = pod.spec.affinity?.nodeAffinity
        let terms = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms.map { NodeQuery($0) }
        requiredNodeTerms = terms
        preferredNodeTerms = (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map {
            ($0.weight, NodeQuery($0.preference))
        }
        nodeNames = NodeAffinityPlugin.names(of: terms)
        ownConstraints = pod.spec.topologySpreadConstraints.map { SpreadConstraint($0, labels: pod.labels) }
        owner = pod.metadata.controllerReference
        images = ImageLocality.images(of: pod)
        claims = VolumeBinding.claims(of: pod.spec)
    }

    package var namespace: String { identity.namespace }
    package var labels: StringMap<String> { identity.labels }

    /// Whether a pod has this shape. Cheap for pods of one template: shared parts are equal at a glance.
    func fits(_ pod: Pod) -> Bool {
        guard identity.namespace == pod.namespace, identity.labels == pod.labels else { return false }
        guard owner?.uid == pod.metadata.controllerReference?.uid else {
            return false
        }
        let other = pod.spec
        guard spec.isIdentical(to: other) || spec.schedulesLike(other) else { return false }
        return pod.metadata.generation ?? 1 <= 1 || AccountedRequests(pod) == requests
    }
}

extension PodSpec {
    /// Whether all that bears on where a pod goes is equal.
    fileprivate func schedulesLike(_ other: PodSpec) -> Bool {
        containers == other.containers && initContainers == other.initContainers && tolerations == other.tolerations
            && nodeSelector == other.nodeSelector && affinity == other.affinity && overhead == other.overhead
            && topologySpreadConstraints == other.topologySpreadConstraints && resources == other.resources
            && volumes == other.volumes
    }
}
