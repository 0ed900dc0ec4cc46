import KubeAPI
import KubeClient
import KubeStore

/// What the pods of one template become before they are stored, remembered by the workload that makes them: the first
/// replica goes through defaults, admission, preparation and validation; the others that come with the same spec (the
/// same box) and the same labels share its outcome, in memory too.
final class PodTemplateMemo {
    struct Entry {
        /// As it came, with all else that the outcome depends on.
        let incoming: PodSpec
        let metadata: ObjectMeta
        let serviceAccount: KubeObject?
        /// The namespace, whose labels say how pods are held.
        let namespace: KubeObject?
        /// When what admission looks at besides was last changed.
        let policies: Revision
        /// As it is stored.
        let annotations: StringMap<String>
        let spec: PodSpec
        let status: PodStatus

        /// Whether everything in the metadata, but for a generated name, is what was found valid before. Labels and
        /// annotations are known to be.
        func hasValidated(_ other: ObjectMeta) -> Bool {
            metadata.generateName == other.generateName && metadata.namespace == other.namespace
                && metadata.ownerReferences == other.ownerReferences && metadata.finalizers == other.finalizers
                && other.managedFields.isEmpty
        }
    }

    private var entries: [String: Entry] = [:]
    /// Beyond this all is forgotten: remembering again costs little.
    private static let capacity = 4096

    func entry(_ owner: String) -> Entry? { entries[owner] }

    func remember(_ entry: Entry, _ owner: String) {
        if entries.count >= PodTemplateMemo.capacity { entries.removeAll() }
        entries[owner] = entry
    }
}

extension APIServer {
    /// Stores a new pod. Those of which account is kept are made one by one.
    func createPod(
        _ object: KubeObject, generateName isGenerated: Bool, _ request: Request, isAccounted: Bool
    ) throws(StatusError) -> KubeObject {
        guard let pod = object.as(Pod.self) else { preconditionFailure("not a pod") }
        let attributes = AdmissionAttributes(.create, object.key, nil, old: nil, request)
        let owner = isAccounted || request.options.fieldManager != nil ? nil : controllerUID(pod)
        if let owner, let known = podTemplates.entry(owner), isCurrent(known, for: pod) {
            return try createKnownPod(pod, known, isGenerated, attributes)
        }
        let strategy = Strategies.strategy(for: .pod)
        var object = strategy.setDefaults(object, now: now)
        if !isAccounted { object = accounted(object, old: nil, nil, request) }
        try admission.admit(&object, attributes)
        object = strategy.prepareForCreate(object, context(of: request))
        let metadata = newMetadata(object, isDryRun: request.options.isDryRun)
        let stored = try storeNew(object, metadata, isGenerated, request) { (object) throws(StatusError) in
            try StatusError.check(strategy.validate(object), of: object)
            if request.options.warnings != nil {
                for warning in strategy.warnings(object, old: nil) { request.warn(warning) }
            }
            try admission.validate(object, attributes)
        }
        // Whoever made the template of a workload's pods was told then.
        if owner == nil { warnIfUnattended(stored, request) }
        if let owner, let result = stored.as(Pod.self) {
            podTemplates.remember(
                PodTemplateMemo.Entry(
                    incoming: pod.spec, metadata: pod.metadata, serviceAccount: serviceAccount(of: result),
                    namespace: namespace(of: pod), policies: policyRevision, annotations: result.metadata.annotations,
                    spec: result.spec, status: result.status),
                owner)
        }
        return stored
    }

    private func createKnownPod(
        _ pod: Pod, _ known: PodTemplateMemo.Entry, _ isGenerated: Bool, _ attributes: AdmissionAttributes
    ) throws(StatusError) -> KubeObject {
        var pod = pod
        // Incoming ones are the same as those that these were made of.
        if known.annotations != pod.metadata.annotations { pod.metadata.annotations = known.annotations }
        pod.spec = known.spec
        pod.status = known.status
        var object: KubeObject = pod.boxed
        try admission.admitKnownPod(&object, attributes)
        let metadata = newMetadata(object, isDryRun: attributes.request.options.isDryRun)
        return try storeNew(object, metadata, isGenerated, attributes.request) {
            (object) throws(StatusError) in
            if !isGenerated || !known.hasValidated(object.metadata) {
                let errors = MetadataValidation.validate(
                    object.metadata, of: .pod, name: Strategies.strategy(for: .pod).validateName)
                try StatusError.check(errors, of: object)
            }
            try admission.validateKnownPod(object, attributes)
        }
    }

    private func controllerUID(_ pod: Pod) -> String? {
        pod.metadata.controllerReference?.uid
    }

    private func isCurrent(_ known: PodTemplateMemo.Entry, for pod: Pod) -> Bool {
        known.incoming.isIdentical(to: pod.spec) && known.metadata.labels == pod.labels
            && known.metadata.annotations == pod.annotations
            && known.policies == policyRevision && known.namespace === namespace(of: pod)
            && known.serviceAccount === serviceAccount(named: known.spec.serviceAccountName, pod.namespace)
    }

    private func namespace(of pod: Pod) -> KubeObject? { store.object(ObjectKey(.namespace, name: pod.namespace)) }

    /// The last change of what the admission of pods looks at besides their namespace and their service account.
    private var policyRevision: Revision {
        max(
            store.lastRevision(of: .priorityClass), store.lastRevision(of: .limitRange),
            store.lastRevision(of: .runtimeClass))
    }

    private func serviceAccount(of pod: Pod) -> KubeObject? {
        serviceAccount(named: pod.spec.serviceAccountName, pod.namespace)
    }

    private func serviceAccount(named name: String?, _ namespace: String) -> KubeObject? {
        store.object(ObjectKey(.serviceAccount, namespace: namespace, name: name ?? ""))
    }
}
