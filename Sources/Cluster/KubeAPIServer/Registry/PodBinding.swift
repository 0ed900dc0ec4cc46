import KubeAPI
import KubeClient
import KubeStore

extension APIServer {
    /// Binds a pod to a node: sets `spec.nodeName`, once, and the PodScheduled condition, and takes over the
    /// annotations and labels of the binding.
    ///
    /// Follows kubernetes pkg/registry/core/pod/storage/storage.go `setPodNodeAndMetadata`.
    ///
    /// - Throws: `invalid` when the target is none; `notFound`, `conflict` (bound already, being deleted, gated,
    ///   another UID).
    package func bind(_ binding: Binding, _ request: Request) throws(StatusError) {
        let key = ObjectKey(.pod, namespace: binding.namespace, name: binding.name)
        try APIServer.validateTarget(of: binding)
        guard let old = store.object(key), var pod = old.as(Pod.self) else {
            throw .notFound(kind: .pod, name: key.name)
        }
        let node = binding.target.name ?? ""
        if let uid = binding.metadata.uid, !uid.isEmpty, uid != pod.uid {
            throw .uidPrecondition(key, wanted: uid, found: pod.uid)
        }
        if let problem = bindingProblem(pod) {
            throw .conflict(resource: GroupResource(resource: "pods/binding"), name: key.name, message: problem)
        }
        pod.spec = bindings.spec(pod.spec, on: node)
        pod.status = bindings.scheduled(pod.status, at: now, generation: pod.metadata.generation)
        if !binding.annotations.isEmpty { pod.metadata.annotations.merge(binding.annotations) }
        var labels = bindings.topology.labels(of: node, store)
        if !binding.labels.isEmpty { labels = bindings.labels(binding.labels, adding: labels) }
        if !labels.isEmpty { pod.metadata.labels = bindings.labels(pod.metadata.labels, adding: labels) }
        if request.options.isDryRun { return }
        do throws(StoreError) {
            try store.update(pod.boxed, expecting: old.revision, author: request.author, cause: request.cause)
        } catch {
            throw StatusError(error, of: key)
        }
    }

    /// Upstream answers a target that is none with 500; here it is an invalid object.
    /// Follows kubernetes pkg/apis/core/validation/validation.go `ValidatePodBinding`.
    private static func validateTarget(of binding: Binding) throws(StatusError) {
        let path = FieldPath("target")
        var errors: [FieldError] = []
        if let kind = binding.target.kind, !kind.isEmpty, kind != "Node" {
            errors.append(.notSupported(path.child("kind"), kind, supported: ["Node", "<empty>"]))
        }
        if binding.target.name.isEmptyOrNil { errors.append(.required(path.child("name"))) }
        if !errors.isEmpty { throw .invalid(kind: .binding, name: binding.name, errors: errors) }
    }

    private func bindingProblem(_ pod: Pod) -> String? {
        if pod.metadata.deletionTimestamp != nil {
            return "pod \(pod.name) is being deleted, cannot be assigned to a host"
        }
        if let node = pod.spec.nodeName, !node.isEmpty {
            return "pod \(pod.name) is already assigned to node \(GoText.quoted(node))"
        }
        if !pod.spec.schedulingGates.isEmpty { return "pod \(pod.name) has non-empty .spec.schedulingGates" }
        return nil
    }
}
