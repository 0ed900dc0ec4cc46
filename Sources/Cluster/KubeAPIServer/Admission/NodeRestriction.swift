import KubeAPI
import KubeClient
import KubeStore

/// Keeps a node to itself: it writes only its own Node, Lease and CSINode, and only pods that are bound to it.
///
/// Follows kubernetes plugin/pkg/admission/noderestriction/admission.go.
final class NodeRestriction: AdmissionPlugin {
    let name = "NodeRestriction"
    private let store: ObjectStore
    private static let leaseNamespace = "kube-node-lease"

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        switch kind {
        case .pod, .node, .persistentVolumeClaim, .lease, .csiNode, .resourceSlice: true
        default: false
        }
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        if attributes.request.requester.nodeName != nil { try check(object, attributes) }
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        // A delete is not admitted, only validated; all else was checked before.
        if attributes.operation == .delete, attributes.request.requester.nodeName != nil {
            try check(nil, attributes)
        }
    }

    private func check(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        let requester = attributes.request.requester
        guard let node = requester.nodeName else { return }
        if node.isEmpty {
            let user = GoText.quoted(requester.user.username ?? "")
            throw attributes.forbidden("could not determine node from user \(user)", object)
        }
        let problem: String?
        switch attributes.kind {
        case .pod: problem = try podProblem(object, node, attributes)
        case .node: problem = nodeProblem(object, node, attributes)
        case .persistentVolumeClaim:
            problem =
                attributes.subresource == .status
                ? claimProblem(object, node, attributes) : "may only update PVC status"
        case .lease: problem = leaseProblem(node, attributes)
        case .csiNode:
            problem =
                equalUTF8(attributes.key.name, node)
                ? nil : "can only access CSINode with the same name as the requesting node"
        case .resourceSlice: problem = sliceProblem(object, node, attributes)
        default: problem = nil
        }
        if let problem { throw attributes.forbidden(problem, object) }
    }

    // MARK: Pods

    private func podProblem(
        _ object: KubeObject?, _ node: String, _ attributes: AdmissionAttributes
    ) throws(StatusError) -> String? {
        let quoted = GoText.quoted(node)
        let old = attributes.old?.as(Pod.self)
        switch (attributes.subresource, attributes.operation) {
        case (nil, .create):
            guard let pod = object?.as(Pod.self) else { return nil }
            return try creationProblem(pod, node, quoted)
        case (nil, .delete):
            return equalUTF8(old?.spec.nodeName ?? "", node)
                ? nil : "node \(quoted) can only delete pods with spec.nodeName set to itself"
        case (nil, .update):
            return "unexpected operation \"UPDATE\", node \(quoted) can only create and delete mirror pods"
        case (.status, _):
            guard let old, let pod = object?.as(Pod.self) else { return nil }
            if !equalUTF8(old.spec.nodeName ?? "", node) {
                return "node \(quoted) can only update pod status for pods with spec.nodeName set to itself"
            }
            if old.labels != pod.labels { return "node \(quoted) cannot update labels through pod status" }
            if old.status.resourceClaimStatuses != pod.status.resourceClaimStatuses {
                return "node \(quoted) cannot update resource claim statues"
            }
            return nil
        case (.eviction, _):
            return equalUTF8(old?.spec.nodeName ?? "", node)
                ? nil : "node \(node) can only evict pods with spec.nodeName set to itself"
        case (let other?, _):
            return
                "unexpected pod subresource \(GoText.quoted(other.rawValue)), only 'status' and 'eviction' are allowed"
        }
    }

    private func creationProblem(_ pod: Pod, _ node: String, _ quoted: String) throws(StatusError) -> String? {
        if !pod.isMirror {
            return "pod does not have \"\(Pod.mirrorAnnotation)\" annotation, node \(quoted) can only "
                + "create mirror pods"
        }
        if !equalUTF8(pod.spec.nodeName ?? "", node) {
            return "node \(quoted) can only create pods with spec.nodeName set to itself"
        }
        let owners = pod.metadata.ownerReferences
        if owners.count > 1 {
            return "node \(quoted) can only create pods with a single owner reference set to itself"
        }
        guard let owner = owners.first, owner.apiVersion == "v1", owner.kind == "Node", equalUTF8(owner.name, node)
        else { return "node \(quoted) can only create pods with an owner reference set to itself" }
        if owner.controller != true {
            return "node \(quoted) can only create pods with a controller owner reference set to itself"
        }
        if owner.blockOwnerDeletion == true {
            return "node \(quoted) must not set blockOwnerDeletion on an owner reference"
        }
        guard let own = store.object(ObjectKey(.node, name: node)) else { throw .notFound(kind: .node, name: node) }
        if !equalUTF8(own.uid, owner.uid) {
            return "node \(node) UID mismatch: expected \(owner.uid) got \(own.uid)"
        }
        if pod.spec.serviceAccountName?.isEmpty == false {
            return "node \(quoted) can not create pods that reference a service account"
        }
        if PodReferences.refersToSecrets(pod.spec) {
            return "node \(quoted) can not create pods that reference secrets"
        }
        if PodReferences.refersToConfigMaps(pod.spec) {
            return "node \(quoted) can not create pods that reference configmaps"
        }
        for volume in pod.spec.volumes {
            if volume.projected?.sources.contains(where: { $0.clusterTrustBundle != nil }) == true {
                return "node \(quoted) can not create pods that reference clustertrustbundles"
            }
        }
        if pod.spec.volumes.contains(where: { $0.persistentVolumeClaim != nil }) {
            return "node \(quoted) can not create pods that reference persistentvolumeclaims"
        }
        if !pod.spec.resourceClaims.isEmpty {
            return "node \(quoted) can not create pods that reference resourceclaims"
        }
        return nil
    }

    // MARK: Nodes

    private func nodeProblem(_ object: KubeObject?, _ node: String, _ attributes: AdmissionAttributes) -> String? {
        let quoted = GoText.quoted(node)
        if !equalUTF8(attributes.key.name, node) {
            return "node \(quoted) is not allowed to modify node \(GoText.quoted(attributes.key.name))"
        }
        guard let new = object?.as(Node.self) else { return nil }
        guard let old = attributes.old?.as(Node.self) else {
            if new.spec.configSource != nil {
                return "node \(quoted) is not allowed to create pods with a non-nil configSource"
            }
            let forbidden = NodeLabels.forbidden(new.labels, old: [:])
            return forbidden.isEmpty
                ? nil
                : "node \(quoted) is not allowed to set the following labels: \(forbidden.joined(separator: ", "))"
        }
        if new.spec.configSource != nil, new.spec.configSource != old.spec.configSource {
            return "node \(quoted) is not allowed to update configSource to a new non-nil configSource"
        }
        if new.spec.taints != old.spec.taints { return "node \(quoted) is not allowed to modify taints" }
        if new.metadata.ownerReferences != old.metadata.ownerReferences {
            return "node \(quoted) is not allowed to modify ownerReferences"
        }
        let forbidden = NodeLabels.forbidden(new.labels, old: old.labels)
        return forbidden.isEmpty ? nil : "is not allowed to modify labels: \(forbidden.joined(separator: ", "))"
    }

    // MARK: Others

    private func claimProblem(_ object: KubeObject?, _ node: String, _ attributes: AdmissionAttributes) -> String? {
        guard var old = attributes.old?.as(PersistentVolumeClaim.self), var new = object?.as(PersistentVolumeClaim.self)
        else { return nil }
        // What a node may tell of a claim's volume.
        func clear(_ claim: inout PersistentVolumeClaim) {
            claim.status.capacity = [:]
            claim.status.conditions = []
            claim.status.allocatedResources = [:]
            claim.status.allocatedResourceStatuses = [:]
            claim.metadata.resourceVersion = nil
            claim.metadata.managedFields = []
        }
        clear(&old)
        clear(&new)
        return old == new
            ? nil
            : "node \(GoText.quoted(node)) is not allowed to update fields other than status.capacity and "
                + "status.conditions"
    }

    private func leaseProblem(_ node: String, _ attributes: AdmissionAttributes) -> String? {
        if attributes.key.namespace != NodeRestriction.leaseNamespace {
            return "can only access leases in the \"\(NodeRestriction.leaseNamespace)\" system namespace"
        }
        return equalUTF8(attributes.key.name, node)
            ? nil : "can only access node lease with the same name as the requesting node"
    }

    private func sliceProblem(_ object: KubeObject?, _ node: String, _ attributes: AdmissionAttributes) -> String? {
        let slice = (object ?? attributes.old)?.as(ResourceSlice.self)
        if equalUTF8(slice?.spec.nodeName ?? "", node) { return nil }
        return attributes.operation == .create
            ? "can only create ResourceSlice with the same NodeName as the requesting node"
            : "can only delete ResourceSlice with the same NodeName as the requesting node"
    }

    /// A node asks for tokens only of its pods, and binds them to the pod.
    static func checkToken(
        _ tokenRequest: TokenRequest, _ account: ObjectKey, _ store: ObjectStore, _ request: Request
    ) throws(StatusError) {
        guard let node = request.requester.nodeName else { return }
        func forbidden(_ message: String) -> StatusError {
            .forbidden(kind: .serviceAccount, name: account.name, message: message)
        }
        guard let reference = tokenRequest.spec.boundObjectRef, reference.apiVersion == "v1", reference.kind == "Pod",
            let name = reference.name, !name.isEmpty
        else { throw forbidden("node requested token not bound to a pod") }
        guard let uid = reference.uid, !uid.isEmpty else {
            throw forbidden("node requested token with a pod binding without a uid")
        }
        guard let pod = store.object(ObjectKey(.pod, namespace: account.namespace, name: name))?.as(Pod.self) else {
            throw .notFound(kind: .pod, name: name)
        }
        if !equalUTF8(pod.uid, uid) {
            throw forbidden(
                "the UID in the bound object reference (\(uid)) does not match the UID in record. The object might "
                    + "have been deleted and then recreated")
        }
        if !equalUTF8(pod.spec.nodeName ?? "", node) {
            throw forbidden("node requested token bound to a pod scheduled on a different node")
        }
    }
}

/// The labels that a node may not give itself: they would draw pods that are not meant for it.
///
/// Follows kubernetes staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go.
enum NodeLabels {
    private static let allowed: Set<String> = [
        WellKnownLabel.hostname, WellKnownLabel.zone, WellKnownLabel.region,
        "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
        "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type", "kubernetes.io/os",
        "beta.kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/arch",
    ]
    private static let allowedNamespaces = ["kubelet.kubernetes.io", "node.kubernetes.io"]
    private static let restricted = "node-restriction.kubernetes.io"

    /// The changed labels that are not a node's to change, in order. O(labels).
    static func forbidden(_ new: StringMap<String>, old: StringMap<String>) -> [String] {
        if new == old { return [] }
        var changed: [String] = []
        for (key, value) in new where old[key] != value { changed.append(key) }
        for (key, _) in old where new[key] == nil { changed.append(key) }
        return changed.filter(isForbidden).sorted(by: precedesUTF8)
    }

    private static func isForbidden(_ label: String) -> Bool {
        guard let slash = label.firstIndex(of: "/") else { return false }
        let namespace = String(label[..<slash])
        if isWithin(namespace, restricted) { return true }
        guard isWithin(namespace, "kubernetes.io") || isWithin(namespace, "k8s.io") else { return false }
        return !allowed.contains(label) && !allowedNamespaces.contains { isWithin(namespace, $0) }
    }

    private static func isWithin(_ namespace: String, _ domain: String) -> Bool {
        namespace == domain || namespace.hasSuffix("." + domain)
    }
}
