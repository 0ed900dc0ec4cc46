import KubeAPI
import KubeStore

/// Gives every new pod the number and the preemption policy of its priority class, which it keeps when an update leaves
/// them out, and keeps the default class the only one.
///
/// Follows kubernetes plugin/pkg/admission/priority/admission.go.
final class PriorityAdmission: AdmissionPlugin {
    let name = "Priority"
    let isSharedByPodTemplate = true
    private let store: ObjectStore

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        switch kind {
        case .pod, .priorityClass: operation != .delete
        default: false
        }
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard attributes.subresource == nil, var pod = object.as(Pod.self) else { return }
        if let old = attributes.old?.as(Pod.self) {
            // Whatever else an update makes of them, the validation refuses.
            if pod.spec.priority != nil, pod.spec.preemptionPolicy != nil { return }
            pod.spec.priority = pod.spec.priority ?? old.spec.priority
            pod.spec.preemptionPolicy = pod.spec.preemptionPolicy ?? old.spec.preemptionPolicy
            object = pod.boxed
            return
        }
        var priority = 0
        var policy = "PreemptLowerPriority"
        let className = pod.spec.priorityClassName ?? ""
        if className.isEmpty {
            if let standard = defaultClass() {
                pod.spec.priorityClassName = standard.name
                priority = standard.value ?? 0
                policy = standard.preemptionPolicy ?? policy
            }
        } else {
            let key = ObjectKey(.priorityClass, name: className)
            guard let found = store.object(key)?.as(PriorityClass.self) else {
                throw attributes.forbidden("no PriorityClass with name \(className) was found", object)
            }
            priority = found.value ?? 0
            policy = found.preemptionPolicy ?? policy
        }
        if let given = pod.spec.priority, given != priority {
            throw attributes.forbidden(
                "the integer value of priority (\(given)) must not be provided in pod spec; priority admission "
                    + "controller computed \(priority) from the given PriorityClass name", object)
        }
        if let given = pod.spec.preemptionPolicy, given != policy {
            throw attributes.forbidden(
                "the string value of PreemptionPolicy (\(given)) must not be provided in pod spec; priority admission "
                    + "controller computed \(policy) from the given PriorityClass name", object)
        }
        pod.spec.priority = priority
        pod.spec.preemptionPolicy = policy
        object = pod.boxed
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard let priorityClass = object?.as(PriorityClass.self), priorityClass.globalDefault == true,
            let standard = defaultClass(), attributes.operation == .create || standard.name != priorityClass.name
        else { return }
        throw attributes.forbidden(
            "PriorityClass \(standard.name) is already marked as default. Only one default can exist")
    }

    /// The class of pods that name none; the one of the lowest value, should there be several.
    private func defaultClass() -> PriorityClass? {
        var standard: PriorityClass?
        store.forEach(.priorityClass, namespace: nil) { object in
            if let candidate = object.as(PriorityClass.self), candidate.globalDefault == true {
                if standard.map({ ($0.value ?? 0) > (candidate.value ?? 0) }) ?? true { standard = candidate }
            }
            return true
        }
        return standard
    }
}
