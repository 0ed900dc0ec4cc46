import ClusterCore
import KubeAPI
import KubeClient

/// How deletions go: at once, after a grace period, or when finalizers are done.
///
/// Follows kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go `BeforeDelete` and
/// pkg/registry/generic/registry/store.go `Delete`; for pods pkg/registry/core/pod/strategy.go `CheckGracefulDelete`.
enum Deletions {
    static let orphanFinalizer = "orphan"
    static let foregroundFinalizer = "foregroundDeletion"

    enum Plan {
        /// The object is on its way already, and nothing about that changes.
        case alreadyPending
        /// Nothing holds it.
        case removal
        /// It is to be stored as being deleted, and, if `isFinal`, removed right after.
        case update(KubeObject, isFinal: Bool)
    }

    /// Whether an object that is being deleted has nothing left that holds it.
    static func isDue(_ object: KubeObject) -> Bool {
        let metadata = object.metadata
        guard metadata.deletionTimestamp != nil, metadata.finalizers.isEmpty,
            metadata.deletionGracePeriodSeconds ?? 0 == 0
        else { return false }
        if let namespace = object.as(Namespace.self) { return namespace.spec.finalizers.isEmpty }
        return true
    }

    static func plan(_ object: KubeObject, _ options: DeleteOptions, now: Time) -> Plan {
        var metadata = object.metadata
        var isGraceful = false
        var grace = 0
        if let pod = object.as(Pod.self) {
            switch gracefulDeletion(pod, options, now: now, &metadata) {
            case .pending: return .alreadyPending
            case .ended: break
            case .begun(let seconds):
                isGraceful = true
                grace = seconds
            }
        }
        setFinalizers(&metadata, object.kind, options)
        if !isGraceful {
            if metadata.finalizers.isEmpty { return .removal }
            markDeleting(&metadata, now: now)
        }
        let isFinal = isGraceful && grace == 0 && metadata.finalizers.isEmpty
        if !isFinal, metadata == object.metadata { return .alreadyPending }
        return .update(object.with(metadata: metadata), isFinal: isFinal)
    }

    private enum Grace {
        /// No grace is left, or none was ever meant.
        case ended
        /// The object has grace left, and the request gives it no less.
        case pending
        /// The object now has this many seconds.
        case begun(Int)
    }

    private static func gracefulDeletion(
        _ pod: Pod, _ options: DeleteOptions, now: Time, _ metadata: inout ObjectMeta
    ) -> Grace {
        // A negative period reads as one second.
        let asked = options.gracePeriodSeconds.map { $0 < 0 ? 1 : $0 }
        if let deletion = metadata.deletionTimestamp {
            guard let left = metadata.deletionGracePeriodSeconds, left != 0 else { return .ended }
            guard let asked, asked < left else { return .pending }
            metadata.deletionTimestamp = Time(seconds: deletion.seconds - left + asked)
            metadata.deletionGracePeriodSeconds = asked
            return .begun(asked)
        }
        var period = asked ?? pod.spec.terminationGracePeriodSeconds ?? 0
        if period < 0 { period = 1 }
        // A pod that runs nowhere has nothing to end gracefully.
        let phase = pod.status.phase
        if pod.spec.nodeName?.isEmpty ?? true || phase == "Failed" || phase == "Succeeded" { period = 0 }
        metadata.deletionTimestamp = Time(seconds: now.seconds + period)
        metadata.deletionGracePeriodSeconds = period
        if let generation = metadata.generation, generation > 0 { metadata.generation = generation + 1 }
        return .begun(period)
    }

    private static func markDeleting(_ metadata: inout ObjectMeta, now: Time) {
        if metadata.deletionTimestamp == nil, let generation = metadata.generation, generation > 0 {
            metadata.generation = generation + 1
        }
        if let deletion = metadata.deletionTimestamp, deletion <= now {
            // It counts from the first time.
        } else {
            metadata.deletionTimestamp = now
        }
        metadata.deletionGracePeriodSeconds = 0
    }

    // MARK: Finalizers of the garbage collector

    private static func setFinalizers(_ metadata: inout ObjectMeta, _ kind: ResourceKind, _ options: DeleteOptions) {
        // Events are not collected.
        if kind == .event { return }
        let old = metadata.finalizers
        var new = old.filter { $0 != orphanFinalizer && $0 != foregroundFinalizer }
        if isOrphaning(old, kind, options) { new.append(orphanFinalizer) }
        if isForeground(old, options) { new.append(foregroundFinalizer) }
        if Set(old) != Set(new) { metadata.finalizers = new }
    }

    private static func isOrphaning(_ finalizers: [String], _ kind: ResourceKind, _ options: DeleteOptions) -> Bool {
        if let orphans = options.orphanDependents { return orphans }
        if let policy = options.propagationPolicy { return policy == "Orphan" }
        for finalizer in finalizers where finalizer == orphanFinalizer || finalizer == foregroundFinalizer {
            return finalizer == orphanFinalizer
        }
        // The oldest of the workload kinds still leave their pods behind unless told otherwise.
        return kind == .replicationController || kind == .job
    }

    private static func isForeground(_ finalizers: [String], _ options: DeleteOptions) -> Bool {
        if options.orphanDependents != nil { return false }
        if let policy = options.propagationPolicy { return policy == "Foreground" }
        for finalizer in finalizers where finalizer == orphanFinalizer || finalizer == foregroundFinalizer {
            return finalizer == foregroundFinalizer
        }
        return false
    }

    // MARK: Checks

    /// Follows apimachinery pkg/apis/meta/v1/validation `ValidateDeleteOptions`.
    static func validate(_ options: DeleteOptions) throws(StatusError) {
        let errors = Validation.deleteOptions(options)
        if !errors.isEmpty {
            throw .invalid(
                kind: GroupResource(group: "meta.k8s.io", resource: "DeleteOptions"), name: "", errors: errors)
        }
    }

    static func checkPreconditions(_ options: DeleteOptions, _ object: KubeObject) throws(StatusError) {
        guard let preconditions = options.preconditions else { return }
        let info = object.kind.info
        let resource = GroupResource(group: info.group, resource: info.name)
        if let wanted = preconditions.uid, wanted != object.uid {
            throw .conflict(
                resource: resource, name: object.name,
                message: "the UID in the precondition (\(wanted)) does not match the UID in record (\(object.uid)). "
                    + "The object might have been deleted and then recreated")
        }
        let version = object.metadata.resourceVersion ?? ""
        if let wanted = preconditions.resourceVersion, wanted != version {
            throw .conflict(
                resource: resource, name: object.name,
                message: "the ResourceVersion in the precondition (\(wanted)) does not match the ResourceVersion in "
                    + "record (\(version)). The object might have been modified")
        }
    }
}
