import KubeAPI
import KubeClient

/// What nodes may do: of secrets, config maps, volumes, claims and service accounts only what pods bound to them refer
/// to; of nodes, leases, CSI nodes and resource slices only their own; of the rest what the role `system:node` says.
///
/// Follows kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go. Upstream keeps a graph of all references;
/// here a node's pods are looked at, which an index finds: the store's, or off the core `NodePods`.
struct NodeAuthorizer<View: ObjectView> {
    let view: View

    func decide(_ attributes: RequestAttributes) -> AuthorizationDecision {
        guard let node = attributes.user.nodeName else { return .noOpinion() }
        if node.isEmpty {
            return .noOpinion("unknown node for user \(GoText.quoted(attributes.user.username ?? ""))")
        }
        if attributes.isResourceRequest {
            switch (attributes.apiGroup, attributes.resource) {
            case ("", "secrets"): return readOne(.secret, node, attributes)
            case ("", "configmaps"): return readOne(.configMap, node, attributes)
            case ("", "persistentvolumeclaims"):
                return attributes.subresource == "status"
                    ? updateStatus(node, attributes) : get(.persistentVolumeClaim, node, attributes)
            case ("", "persistentvolumes"): return get(.persistentVolume, node, attributes)
            case ("resource.k8s.io", "resourceclaims"): return get(.resourceClaim, node, attributes)
            case ("storage.k8s.io", "volumeattachments"): return get(.volumeAttachment, node, attributes)
            case ("", "serviceaccounts"): return createToken(node, attributes)
            case ("coordination.k8s.io", "leases"): return lease(node, attributes)
            case ("storage.k8s.io", "csinodes"): return csiNode(node, attributes)
            case ("resource.k8s.io", "resourceslices"): return resourceSlice(node, attributes)
            case ("", "nodes"): return ownNode(node, attributes)
            case ("", "pods"): return pod(node, attributes)
            default: break
            }
        }
        return AccessDefaults.nodeRules.contains { $0.allows(attributes) } ? .allowed() : .noOpinion()
    }

    // MARK: What pods refer to

    private func related(
        _ target: NodeReferences.Target, _ node: String, _ attributes: RequestAttributes
    ) -> AuthorizationDecision {
        if attributes.name.isEmpty { return .noOpinion("No Object name found") }
        let references = NodeReferences(node: node, view: view)
        if references.contains(target, namespace: attributes.namespace, name: attributes.name) { return .allowed() }
        return .noOpinion("no relationship found between node '\(node)' and this object")
    }

    private func readOne(
        _ target: NodeReferences.Target, _ node: String, _ attributes: RequestAttributes
    ) -> AuthorizationDecision {
        guard ["get", "list", "watch"].contains(attributes.verb) else {
            return .noOpinion("can only read resources of this type")
        }
        if !attributes.subresource.isEmpty { return .noOpinion("cannot read subresource") }
        if attributes.namespace.isEmpty { return .noOpinion("can only read namespaced object of this type") }
        return related(target, node, attributes)
    }

    private func get(
        _ target: NodeReferences.Target, _ node: String, _ attributes: RequestAttributes
    ) -> AuthorizationDecision {
        if attributes.verb != "get" { return .noOpinion("can only get individual resources of this type") }
        if !attributes.subresource.isEmpty { return .noOpinion("cannot get subresource") }
        return related(target, node, attributes)
    }

    private func updateStatus(_ node: String, _ attributes: RequestAttributes) -> AuthorizationDecision {
        guard ["update", "patch"].contains(attributes.verb) else {
            return .noOpinion("can only get/update/patch this type")
        }
        return related(.persistentVolumeClaim, node, attributes)
    }

    private func createToken(_ node: String, _ attributes: RequestAttributes) -> AuthorizationDecision {
        // The kubelet reads service accounts for image credential providers.
        if attributes.verb == "get", attributes.subresource.isEmpty {
            return related(.serviceAccount, node, attributes)
        }
        if attributes.verb != "create" || attributes.name.isEmpty {
            return .noOpinion("can only create tokens for individual service accounts")
        }
        if attributes.subresource != "token" {
            return .noOpinion("can only create token subresource of serviceaccount")
        }
        return related(.serviceAccount, node, attributes)
    }

    // MARK: A node's own objects

    private func lease(_ node: String, _ attributes: RequestAttributes) -> AuthorizationDecision {
        guard ["get", "create", "update", "patch", "delete"].contains(attributes.verb) else {
            return .noOpinion("can only get, create, update, patch, or delete a node lease")
        }
        if attributes.namespace != "kube-node-lease" {
            return .noOpinion("can only access leases in the \"kube-node-lease\" system namespace")
        }
        // A create names nothing yet; NodeRestriction looks at the object.
        if attributes.verb != "create", !equalUTF8(attributes.name, node) {
            return .noOpinion("can only access node lease with the same name as the requesting node")
        }
        return .allowed()
    }

    private func csiNode(_ node: String, _ attributes: RequestAttributes) -> AuthorizationDecision {
        guard ["get", "create", "update", "patch", "delete"].contains(attributes.verb) else {
            return .noOpinion("can only get, create, update, patch, or delete a CSINode")
        }
        if !attributes.subresource.isEmpty { return .noOpinion("cannot authorize CSINode subresources") }
        if attributes.verb != "create", !equalUTF8(attributes.name, node) {
            return .noOpinion("can only access CSINode with the same name as the requesting node")
        }
        return .allowed()
    }

    private func resourceSlice(_ node: String, _ attributes: RequestAttributes) -> AuthorizationDecision {
        if !attributes.subresource.isEmpty { return .noOpinion("cannot authorize ResourceSlice subresources") }
        switch attributes.verb {
        case "create": return .allowed()
        case "get", "update", "patch", "delete": return related(.resourceSlice, node, attributes)
        case "watch", "list", "deletecollection":
            if attributes.selects("spec.nodeName", node) { return .allowed() }
            return .noOpinion("can only list/watch/deletecollection resourceslices with nodeName field selector")
        default:
            return .noOpinion(
                "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, "
                    + "delete, deletecollection")
        }
    }

    private func ownNode(_ node: String, _ attributes: RequestAttributes) -> AuthorizationDecision {
        switch (attributes.subresource, attributes.verb) {
        case ("", "create"), ("", "update"), ("", "patch"), ("status", "update"), ("status", "patch"):
            // NodeRestriction keeps a node to itself.
            return .allowed()
        case ("", "get"), ("", "list"), ("", "watch"):
            if equalUTF8(attributes.name, node) { return .allowed() }
            let name = attributes.name
            return .noOpinion(
                name.isEmpty
                    ? "node '\(node)' cannot read all nodes, only its own Node object"
                    : "node '\(node)' cannot read '\(name)', only its own Node object")
        default: return .noOpinion()
        }
    }

    private func pod(_ node: String, _ attributes: RequestAttributes) -> AuthorizationDecision {
        switch (attributes.subresource, attributes.verb) {
        case ("", "get"): return get(.pod, node, attributes)
        case ("", "list"), ("", "watch"):
            if attributes.selects("spec.nodeName", node) { return .allowed() }
            if !attributes.name.isEmpty { return related(.pod, node, attributes) }
            return .noOpinion("can only list/watch pods with spec.nodeName field selector")
        case ("", "create"), ("", "delete"), ("status", "update"), ("status", "patch"), ("eviction", "create"):
            return .allowed()
        default: return .noOpinion()
        }
    }
}

extension RequestAttributes {
    /// Whether the request is narrowed to objects with one value of a field.
    fileprivate func selects(_ field: String, _ value: String) -> Bool {
        fieldSelector.contains { requirement in
            equalUTF8(requirement.key, field) && requirement.operator == "In" && requirement.values.count == 1
                && equalUTF8(requirement.values[0], value)
        }
    }
}
