import KubeAPI
import KubeClient

/// What a component does to an object, as far as rights tell it apart.
enum ComponentAct {
    case create, change, delete

    /// One of these must be allowed: changes within the process are updates for some components, patches for others.
    var verbs: [String] {
        switch self {
        case .create: ["create"]
        case .change: ["update", "patch"]
        case .delete: ["delete"]
        }
    }
}

/// Components within the process held to what their upstream identities may do.
extension APIServer {
    /// - Throws: `forbidden`, which is also noted in `componentDenials`.
    func authorize(
        _ requester: Requester, _ act: ComponentAct, _ key: ObjectKey, _ subresource: String
    ) throws(StatusError) {
        var refusal: StatusError?
        for verb in act.verbs {
            // A create is about no name; the path of a subresource has one.
            let name = verb == "create" && subresource.isEmpty ? "" : key.name
            let attributes = RequestAttributes(
                requester.user, verb: verb, key.kind, subresource: subresource, namespace: key.namespace, name: name)
            let decision = authorizer.decide(attributes)
            if decision.isAllowed { return }
            if refusal == nil { refusal = attributes.forbidden(decision.reason) }
        }
        guard let refusal else { return }
        note(refusal)
        throw refusal
    }

    /// Reads of components come from informers, which list and watch, or are single gets. They cannot fail, so that one
    /// that is not allowed is only noted.
    func noteRead(_ requester: Requester, _ kind: ResourceKind, namespace: String) {
        // Nodes watch what their pods refer to, object by object; recorders know what they wrote.
        if requester.nodeName != nil || kind == .event { return }
        var attributes = RequestAttributes(requester.user, verb: "list", kind, namespace: namespace)
        if ServiceAccountNames.isController(requester.user) {
            // kube-controller-manager's controllers share its informers.
            attributes.user = Requester.user(of: "kube-controller-manager")
        }
        if authorizer.decide(attributes).isAllowed { return }
        attributes.verb = "get"
        let decision = authorizer.decide(attributes)
        if !decision.isAllowed { note(attributes.forbidden(decision.reason)) }
    }

    private func note(_ refusal: StatusError) {
        if !componentDenials.contains(refusal.message) { componentDenials.append(refusal.message) }
    }
}
