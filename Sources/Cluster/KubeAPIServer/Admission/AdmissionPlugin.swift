import ClusterCore
import KubeAPI
import KubeClient
import KubeStore

package enum AdmissionOperation: Int, CaseIterable { case create, update, delete }

/// What admission knows of a request besides the object.
package struct AdmissionAttributes {
    package let operation: AdmissionOperation
    package let key: ObjectKey
    package let subresource: Subresource?
    /// The stored object; nil on create.
    package let old: KubeObject?
    package let request: Request

    init(
        _ operation: AdmissionOperation, _ key: ObjectKey, _ subresource: Subresource?, old: KubeObject?,
        _ request: Request
    ) {
        self.operation = operation
        self.key = key
        self.subresource = subresource
        self.old = old
        self.request = request
    }

    package var kind: ResourceKind { key.kind }

    /// What upstream's `admission.NewForbidden` says. A name that is still to be generated reads as its prefix does.
    func forbidden(_ message: String, _ object: KubeObject? = nil) -> StatusError {
        var name = key.name
        if name.isEmpty { name = object?.metadata.generateName ?? "" }
        return .forbidden(kind: kind, name: name, message: message)
    }
}

/// What plugins may look at.
package struct AdmissionContext {
    package let store: ObjectStore
    let access: AccessState
}

/// One rule on writes beyond a kind's own: it may change an object before it is validated, and refuse it after.
///
/// Follows apiserver pkg/admission `MutationInterface` and `ValidationInterface`.
package protocol AdmissionPlugin: AnyObject {
    /// As upstream names it: `NamespaceLifecycle`.
    var name: String { get }
    /// Asked once for every operation and kind; what is not handled costs nothing.
    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool
    /// Whether, for a pod, the outcome depends on nothing but its spec, its annotations, its namespace, its service
    /// account, and the limit ranges, priority classes and runtime classes: then pods of one template share it.
    var isSharedByPodTemplate: Bool { get }
    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError)
    /// `object` is nil on delete.
    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError)
}

extension AdmissionPlugin {
    package var isSharedByPodTemplate: Bool { false }
    package func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {}
    package func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {}
}
