import ClusterCore
import KubeAPI
import KubeClient

/// Says of each ServiceCIDR that it is ready, and keeps one that is being deleted for as long as an address is in it
/// that no other range covers.
///
/// Follows kubernetes pkg/controller/servicecidrs/servicecidrs_controller.go.
package final class ServiceCIDRController: Controller, Reconciler, ChangeHandler {
    package static let component = "service-cidrs-controller"
    private static let finalizer = "networking.k8s.io/service-cidr-finalizer"
    /// How long a range that nobody needs is kept, until no API server gives addresses of it any more.
    private static let deletionGracePeriod = Interval.seconds(10)
    private static let maximumRetries = 15

    private let context: ComponentContext
    private lazy var worker: Worker<ServiceCIDRController> = Worker(
        self, client: context.client, loop: context.loop, maximumRetries: Self.maximumRetries)
    /// The ranges that are being deleted.
    private var leaving: Set<ObjectKey> = []

    package init(_ context: ComponentContext) { self.context = context }

    package func start() {
        context.client.watch(ServiceCIDR.self, .all, self)
        context.client.watch(IPAddress.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.kind == .serviceCIDR {
            if change.new?.metadata.deletionTimestamp != nil {
                leaving.insert(change.key)
            } else {
                leaving.remove(change.key)
            }
            worker.add(change.key, cause: change.revision)
        }
        // Another range, or an address that came or went, may hold those that leave, or let them go.
        if change.verb == .update { return }
        for key in leaving.sorted() { worker.add(key, cause: change.revision) }
    }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let range = context.client.get(ServiceCIDR.self, key) else { return }
        guard let deletion = range.metadata.deletionTimestamp else {
            try context.client.setFinalizer(Self.finalizer, true, key)
            return try setReady(key, "True", "", "Kubernetes Service CIDR is ready")
        }
        if isNeeded(range) {
            let message =
                "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR"
            return try setReady(key, "False", "Terminating", message)
        }
        let due = deletion.instant + Self.deletionGracePeriod
        if context.now < due { return worker.add(key, after: due - context.now) }
        try context.client.setFinalizer(Self.finalizer, false, key)
    }

    /// Whether an address would be in no range at all without this one. O(ServiceCIDRs × IPAddresses).
    private func isNeeded(_ range: ServiceCIDR) -> Bool {
        let others = context.client.list(ServiceCIDR.self).filter { $0.name != range.name }.flatMap(Self.blocks)
        let alone = Self.blocks(of: range).filter { block in
            !others.contains { $0.prefixLength <= block.prefixLength && $0.contains(block.network) }
        }
        if alone.isEmpty { return false }
        return context.client.list(IPAddress.self).contains { object in
            guard object.labels["ipaddress.kubernetes.io/managed-by"] == "ipallocator.k8s.io",
                let address = IPAddressValue(object.name)
            else { return false }
            return alone.contains { $0.contains(address) } && !others.contains { $0.contains(address) }
        }
    }

    private static func blocks(of range: ServiceCIDR) -> [CIDRValue] { range.spec.cidrs.compactMap(CIDRValue.init) }

    /// Sets the condition, unless it has that status already.
    private func setReady(
        _ key: ObjectKey, _ status: String, _ reason: String, _ message: String
    ) throws(StatusError) {
        let now = context.now.time
        try context.client.mutate(ServiceCIDR.self, key, .status) { range in
            if range.status.conditions.first(where: { $0.type == "Ready" })?.status == status { return }
            range.status.conditions.removeAll { $0.type == "Ready" }
            var condition = Condition()
            condition.type = "Ready"
            condition.status = status
            condition.reason = reason
            condition.message = message
            condition.lastTransitionTime = now
            range.status.conditions.append(condition)
        }
    }
}
