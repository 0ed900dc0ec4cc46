import KubeAPI
import KubeClient

/// Who asks: the name that the history keeps, and the user that access control judges.
package final class Requester {
    /// As recorded in the history: `deployment-controller`, `kubelet`.
    package let author: String
    package let user: UserInfo
    /// Whether it is a component within the process, which need not be held to what its user may do.
    package let isTrusted: Bool
    /// The node that the user is, if it is one, and is to be held to its own objects; empty if it does not say which.
    let nodeName: String?

    package init(author: String, user: UserInfo, isTrusted: Bool = false) {
        self.author = author
        self.user = user
        self.isTrusted = isTrusted
        nodeName = isTrusted ? nil : user.nodeName
    }

    /// What is created while a cluster is made, which nobody is warned about.
    package static let bootstrapAuthor = "kubeadm"
}

/// What comes with a write besides the object.
package struct Request {
    package let requester: Requester
    /// The revision that the requester was reacting to.
    package var cause: Revision
    package var options: WriteOptions
    /// The kind by whose name the client speaks of the object, if it is not the one as which it is stored.
    var spoken: ResourceKind?
    /// Whether the requester was only asked for the right to update or patch, so that a write which makes its object
    /// needs the right to create as well.
    package var checksCreation = false
    /// Whether what is written may be too large to be kept, and is to be measured.
    package var checksSize = false
    /// The time by the client's clock, where it matters: for tokens. Nil: the cluster's.
    package var wallTime: Time?

    package init(_ requester: Requester, cause: Revision = 0, options: WriteOptions = WriteOptions()) {
        self.requester = requester
        self.cause = cause
        self.options = options
    }

    var author: String { requester.author }
    var isBootstrap: Bool { author == Requester.bootstrapAuthor }

    /// The same request, about an object that the client names as this kind.
    func speaking(of kind: ResourceKind) -> Request {
        var request = self
        request.spoken = kind
        return request
    }

    func warn(_ text: String) { options.warnings?.add(text) }
}

extension Requester {
    /// The user that a component of the control plane is, by the names that kubeadm gives them.
    package static func user(of component: String, node: String? = nil) -> UserInfo {
        var user = UserInfo()
        user.groups = ["system:authenticated"]
        switch component {
        case "kubelet":
            user.username = "system:node:" + (node ?? "")
            user.groups = ["system:nodes", "system:authenticated"]
        case "kube-proxy":
            user = serviceAccount("kube-proxy")
        case "kube-scheduler": user.username = "system:kube-scheduler"
        case "kube-controller-manager", "serviceaccount-token-controller":
            user.username = "system:kube-controller-manager"
        case "node-lifecycle-controller", "taint-eviction-controller", "node-ipam-controller":
            // They share one account.
            user = serviceAccount("node-controller")
        case _ where component.hasPrefix("certificatesigningrequest-"):
            user = serviceAccount("certificate-controller")
        case "endpoints-controller": user = serviceAccount("endpoint-controller")
        case "daemonset-controller": user = serviceAccount("daemon-set-controller")
        case "root-ca-cert-publisher", "horizontal-pod-autoscaler", "persistent-volume-binder",
            "legacy-service-account-token-cleaner":
            user = serviceAccount(component)
        case "apiserver", "kube-apiserver", "legacy-token-tracking-controller",
            "api-priority-and-fairness-config-producer-v1", "api-priority-and-fairness-config-consumer-v1":
            user.username = "system:apiserver"
            user.groups = ["system:authenticated", "system:masters"]
        case _ where component.hasSuffix("-controller") || component.hasSuffix("-collector"):
            user = serviceAccount(component)
        default:
            user.username = "kubernetes-admin"
            user.groups = ["kubeadm:cluster-admins", "system:authenticated"]
        }
        return user
    }

    private static func serviceAccount(_ name: String) -> UserInfo {
        var user = UserInfo()
        user.username = "system:serviceaccount:kube-system:" + name
        user.groups = ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"]
        return user
    }
}
