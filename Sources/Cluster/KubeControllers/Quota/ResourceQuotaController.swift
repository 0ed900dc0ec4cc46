import ClusterCore
import KubeAPI
import KubeClient

/// Keeps the status of quotas: their limits as the spec has them, and what is used, which goes down as objects go.
/// Admission charges what is created before it is stored; here it is found again, or not.
///
/// Upstream counts a namespace anew whenever something of it goes; here each change moves the sums. Kinds are watched
/// from when the first quota appears.
///
/// Follows kubernetes pkg/controller/resourcequota/resource_quota_controller.go.
package final class ResourceQuotaController: Controller, Reconciler, ChangeHandler {
    package static let component = "resourcequota-controller"
    /// How often pods that hang after their grace are looked at again.
    private static let resyncPeriod = Interval.minutes(5)

    private let context: ComponentContext
    private lazy var worker: Worker<ResourceQuotaController> = Worker(
        self, client: context.client, loop: context.loop)
    /// By namespace, then name.
    private var ledgers: [String: [String: QuotaLedger]] = [:]
    private var isWatching = false

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        context.client.watch(ResourceQuota.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.kind == .resourceQuota { follow(change) }
        if QuotaUsage.isCounted(change.kind) { charge(change.key, change.new, cause: change.revision) }
    }

    /// Charges an object to all quotas of its namespace.
    private func charge(_ key: ObjectKey, _ object: KubeObject?, cause: Revision) {
        guard let names = ledgers[key.namespace]?.keys else { return }
        for name in names.sorted(by: precedesUTF8) {
            if ledgers[key.namespace]?[name]?.charge(key, object, now: context.now.time) == true {
                worker.add(ObjectKey(.resourceQuota, namespace: key.namespace, name: name), cause: cause)
            }
        }
    }

    /// For pods whose grace ends while nothing else happens to them.
    private func resync() {
        context.loop.schedule(at: context.now + Self.resyncPeriod) { [unowned self] in
            var leaving: Set<ObjectKey> = []
            for quotas in ledgers.values {
                for ledger in quotas.values { leaving.formUnion(ledger.leaving) }
            }
            for pod in leaving.sorted() { charge(pod, context.client.object(pod), cause: 0) }
            resync()
        }
    }

    /// A quota appears, changes or goes.
    private func follow(_ change: Change) {
        let (namespace, name) = (change.key.namespace, change.key.name)
        guard let quota = change.new(ResourceQuota.self) else {
            ledgers[namespace]?[name] = nil
            if ledgers[namespace]?.isEmpty == true { ledgers[namespace] = nil }
            return
        }
        if ledgers[namespace]?[name]?.spec != quota.spec {
            ledgers[namespace, default: [:]][name] = count(quota)
            worker.add(change.key, cause: change.revision)
        } else if quota.status.hard != quota.spec.hard {
            worker.add(change.key, cause: change.revision)
        }
        if isWatching { return }
        isWatching = true
        resync()
        for info in Catalogue.kinds where QuotaUsage.isCounted(info.kind) && info.kind != .resourceQuota {
            _ = context.client.watch(info.kind, .all, self)
        }
    }

    /// Counts all that is there. O(objects of the namespace).
    private func count(_ quota: ResourceQuota) -> QuotaLedger {
        var ledger = QuotaLedger(quota.spec)
        for info in Catalogue.kinds where QuotaUsage.isCounted(info.kind) {
            if QuotaUsage.names(about: info.kind, in: quota.spec.hard).isEmpty { continue }
            context.client.forEach(info.kind, namespace: quota.namespace) { object in
                _ = ledger.charge(object.key, object, now: context.now.time)
                return true
            }
        }
        return ledger
    }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let ledger = ledgers[key.namespace]?[key.name], let quota = context.client.get(ResourceQuota.self, key),
            quota.spec == ledger.spec
        else { return }
        var status = ResourceQuotaStatus()
        status.hard = quota.spec.hard
        status.used = ledger.used
        if quota.status == status { return }
        do throws(StatusError) {
            _ = try context.client.mutate(ResourceQuota.self, key, .status) { $0.status = status }
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}
