import KubeAPI
import KubeStore

/// Pods that name a runtime class get its overhead and what it says of nodes.
///
/// Follows kubernetes plugin/pkg/admission/runtimeclass/admission.go.
final class RuntimeClassAdmission: AdmissionPlugin {
    let name = "RuntimeClass"
    /// The memo of templates looks at the revision of the runtime classes.
    let isSharedByPodTemplate = true
    private let store: ObjectStore

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .create && kind == .pod
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard var pod = object.as(Pod.self), let runtimeClass = try runtimeClass(of: pod, attributes) else { return }
        if let overhead = runtimeClass.overhead {
            if !pod.spec.overhead.isEmpty, pod.spec.overhead != overhead.podFixed {
                throw attributes.forbidden(
                    "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead", object)
            }
            pod.spec.overhead = overhead.podFixed
        }
        if let scheduling = runtimeClass.scheduling {
            for (key, value) in scheduling.nodeSelector {
                if let given = pod.spec.nodeSelector[key], given != value {
                    throw attributes.forbidden(
                        "conflict: runtimeClass.scheduling.nodeSelector[\(key)] = \(value); "
                            + "pod.spec.nodeSelector[\(key)] = \(given)", object)
                }
                pod.spec.nodeSelector[key] = value
            }
            for toleration in scheduling.tolerations where !pod.spec.tolerations.contains(toleration) {
                pod.spec.tolerations.append(toleration)
            }
        }
        object = pod.boxed
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard let pod = object?.as(Pod.self), !pod.spec.overhead.isEmpty else { return }
        let overhead = try runtimeClass(of: pod, attributes)?.overhead
        if overhead == nil {
            throw attributes.forbidden(
                "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead", object)
        }
        if overhead?.podFixed != pod.spec.overhead {
            throw attributes.forbidden(
                "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead", object)
        }
    }

    /// Nil for a pod that names none.
    private func runtimeClass(
        of pod: Pod, _ attributes: AdmissionAttributes
    ) throws(StatusError) -> RuntimeClass? {
        guard let name = pod.spec.runtimeClassName, !name.isEmpty else { return nil }
        if let found = store.object(ObjectKey(.runtimeClass, name: name))?.as(RuntimeClass.self) { return found }
        throw attributes.forbidden("pod rejected: RuntimeClass \(GoText.quoted(name)) not found", pod.boxed)
    }
}
