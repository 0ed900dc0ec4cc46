import KubeAPI

/// Finds the shape of a pod: the one that its siblings have, or a new one.
package struct ShapeRegistry {
    /// Narrows the search down: pods of one template agree in all of it.
    private struct TemplateKey: Hashable {
        let namespace: String
        let owner: String
        let image: String
        let node: String
        /// Of daemons' pods, the one with the service account's token is named differently on each node.
        let lastVolume: String

        init(namespace: String, owner: OwnerReference?, spec: PodSpec) {
            self.namespace = namespace
            self.owner = owner?.uid ?? ""
            image = spec.containers.first?.image ?? ""
            let terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
            node = terms?.first?.matchFields.first?.values.first ?? ""
            lastVolume = spec.volumes.last?.name ?? ""
        }
    }

    private var shapesByTemplate: [TemplateKey: [PodShape]] = [:]
    private var identitiesByNamespace: [String: [PodIdentity]] = [:]
    private var nextNumber = 1
    private var lastTaken: PodShape?
    /// Identities that have rules about other pods; few, so that they are looked through.
    private(set) var identitiesWithAffinity: [PodIdentity] = []

    package init() {}

    /// The identities of a namespace, in the order in which they were first seen.
    func identities(in namespace: String) -> [PodIdentity] { identitiesByNamespace[namespace] ?? [] }

    /// All identities, for rules that reach into other namespaces.
    var allIdentities: [PodIdentity] {
        identitiesByNamespace.keys.sorted().flatMap { identitiesByNamespace[$0] ?? [] }
    }

    /// The pod's shape, which counts the pod from now on. O(shapes of its owner with its image), usually one.
    package mutating func take(_ pod: Pod) -> PodShape {
        // Pods of one template come one after the other.
        if let last = lastTaken, last.podCount > 0, last.fits(pod) {
            last.podCount += 1
            return last
        }
        let owner = pod.metadata.controllerReference
        let key = TemplateKey(namespace: pod.namespace, owner: owner, spec: pod.spec)
        if let shape = shapesByTemplate[key]?.last(where: { $0.fits(pod) }) {
            shape.podCount += 1
            lastTaken = shape
            return shape
        }
        let shape = PodShape(number: nextNumber, identity: identity(of: pod), pod)
        nextNumber += 1
        shape.podCount = 1
        shape.identity.shapeCount += 1
        shapesByTemplate[key, default: []].append(shape)
        lastTaken = shape
        return shape
    }

    /// Takes back one `take`.
    package mutating func release(_ shape: PodShape) {
        shape.podCount -= 1
        guard shape.podCount == 0 else { return }
        let key = TemplateKey(namespace: shape.namespace, owner: shape.owner, spec: shape.spec)
        shapesByTemplate[key]?.removeAll { $0 === shape }
        if shapesByTemplate[key]?.isEmpty == true { shapesByTemplate[key] = nil }
        let identity = shape.identity
        identity.shapeCount -= 1
        guard identity.shapeCount == 0 else { return }
        identitiesByNamespace[identity.namespace]?.removeAll { $0 === identity }
        if identitiesByNamespace[identity.namespace]?.isEmpty == true {
            identitiesByNamespace[identity.namespace] = nil
        }
        if identity.hasAffinity { identitiesWithAffinity.removeAll { $0 === identity } }
    }

    private mutating func identity(of pod: Pod) -> PodIdentity {
        let new = PodIdentity(number: nextNumber, pod)
        if let old = identitiesByNamespace[pod.namespace]?.first(where: { $0.isAlike(new) }) { return old }
        nextNumber += 1
        identitiesByNamespace[pod.namespace, default: []].append(new)
        if new.hasAffinity { identitiesWithAffinity.append(new) }
        return new
    }
}

extension PodIdentity {
    fileprivate func isAlike(_ other: PodIdentity) -> Bool {
        labels == other.labels && requiredAffinity == other.requiredAffinity
            && requiredAntiAffinity == other.requiredAntiAffinity && preferredAffinity == other.preferredAffinity
            && preferredAntiAffinity == other.preferredAntiAffinity
    }
}
