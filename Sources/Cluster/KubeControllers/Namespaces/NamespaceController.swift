import ClusterCore
import KubeAPI
import KubeClient

/// Empties namespaces that are being deleted, pods first, and lets them go.
///
/// Follows kubernetes `pkg/controller/namespace`.
package final class NamespaceController: Controller, Reconciler, ChangeHandler {
    package static let component = "namespace-controller"
    /// How long a namespace waits after each change, so that late creations in it are over.
    package static let gracePeriod = Interval.seconds(5)
    /// How long objects with finalizers are thought to take.
    private static let finalizerEstimate = 15
    private static let finalizer = "kubernetes"

    private let context: ComponentContext
    private lazy var worker: Worker<NamespaceController> = Worker(
        self, client: context.client, loop: context.loop,
        queue: WorkQueue(
            loop: context.loop, backoff: ExponentialBackoff(base: .milliseconds(5), cap: .seconds(60))))
    private let contentKinds = CollectableKinds.kinds { $0.isNamespaced && $0.supports(verb: "delete") }

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        context.client.watch(Namespace.self, .all, self)
    }

    package func handle(_ change: Change) {
        guard let namespace = change.new, namespace.metadata.isBeingDeleted else { return }
        worker.add(change.key, after: NamespaceController.gracePeriod)
    }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard var namespace = context.client.get(Namespace.self, key), namespace.metadata.isBeingDeleted else { return }
        if namespace.status.phase != "Terminating" {
            namespace.status.phase = "Terminating"
            namespace = try context.client.updateStatus(namespace)
        }
        if namespace.spec.finalizers.isEmpty { return }
        let (contents, estimate) = deleteContents(of: namespace)
        var status = namespace.status
        status.set(contents.conditions(now: context.now))
        if status != namespace.status {
            namespace.status = status
            namespace = try context.client.updateStatus(namespace)
        }
        if !contents.failures.isEmpty {
            throw .internalError(FailureList(contents.failures).text)
        }
        if estimate > 0 { return worker.add(key, after: .seconds(estimate / 2 + 1)) }
        try finalize(namespace)
    }

    private func finalize(_ namespace: Namespace) throws(StatusError) {
        var finalized = namespace
        finalized.spec.finalizers.removeAll { $0 == NamespaceController.finalizer }
        do throws(StatusError) {
            try context.client.update(finalized, .finalize)
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    // MARK: Contents

    /// Deletes what is in the namespace: all else waits until no pod is left. Returns what remains, and an estimate of
    /// the seconds until it is gone.
    private func deleteContents(of namespace: Namespace) -> (NamespaceContents, estimate: Int) {
        var contents = NamespaceContents()
        var estimate = deleteContents(of: .pod, namespace, &contents)
        if !contents.remaining.isEmpty { return (contents, estimate) }
        for kind in contentKinds where kind != .pod {
            estimate = max(estimate, deleteContents(of: kind, namespace, &contents))
        }
        return (contents, estimate)
    }

    private func deleteContents(
        of kind: ResourceKind, _ namespace: Namespace, _ contents: inout NamespaceContents
    ) -> Int {
        if context.client.count(kind, namespace: namespace.name) == 0 { return 0 }
        let estimate = kind == .pod ? gracefulEstimate(namespace) : 0
        if let failure = deleteAll(of: kind, namespace) {
            contents.failures.append(failure.message)
            return estimate
        }
        var count = 0
        var hasFinalizers = false
        context.client.forEach(kind, namespace: namespace.name) { object in
            count += 1
            for finalizer in object.metadata.finalizers {
                contents.finalizers[finalizer, default: 0] += 1
                hasFinalizers = true
            }
            return true
        }
        if count == 0 { return 0 }
        contents.remaining.append((kind, count))
        if estimate > 0 { return estimate }
        if hasFinalizers { return NamespaceController.finalizerEstimate }
        let info = kind.info
        contents.failures.append(
            "unexpected items still remain in namespace: \(namespace.name) for gvr: "
                + "\(info.group)/\(info.version), Resource=\(info.plural)")
        return 0
    }

    /// Deletes every object of a kind that isn't being deleted already. Returns the first failure.
    private func deleteAll(of kind: ResourceKind, _ namespace: Namespace) -> StatusError? {
        var keys: [ObjectKey] = []
        context.client.forEach(kind, namespace: namespace.name) { object in
            if !object.metadata.isBeingDeleted { keys.append(object.key) }
            return true
        }
        var options = DeleteOptions()
        options.propagationPolicy = "Background"
        var failure: StatusError?
        for key in keys {
            do throws(StatusError) {
                _ = try context.client.delete(key, options)
            } catch {
                if !error.isNotFound { failure = failure ?? error }
            }
        }
        return failure
    }

    /// The longest grace period among the pods that still run, in seconds; 0 once that long has passed since the
    /// namespace was deleted.
    private func gracefulEstimate(_ namespace: Namespace) -> Int {
        var estimate = 0
        context.client.forEach(.pod, namespace: namespace.name) { object in
            if let pod = object.as(Pod.self), !pod.isTerminal {
                estimate = max(estimate, pod.spec.terminationGracePeriodSeconds ?? 0)
            }
            return true
        }
        guard let deleted = namespace.metadata.deletionTimestamp else { return estimate }
        return context.now - deleted.instant >= .seconds(estimate) ? 0 : estimate
    }
}

/// Several failures in one line. Follows apimachinery `pkg/util/errors` `aggregate.Error`.
struct FailureList {
    let text: String

    init(_ messages: [String]) {
        var unique: [String] = []
        for message in messages where !unique.contains(message) { unique.append(message) }
        text = unique.count == 1 ? unique[0] : "[" + unique.joined(separator: ", ") + "]"
    }
}
