import ClusterCore
import KubeAPI
import KubeClient

/// Holds the Lease by which a component of the control plane shows that it leads, and renews it for as long as it
/// reaches the API server.
///
/// Follows client-go `tools/leaderelection` with the settings that `kube-controller-manager` and `kube-scheduler` have.
package final class LeaderElectionLease: EventTarget {
    /// How often the Lease is renewed.
    package static let retryPeriod = Interval.seconds(2)
    /// How long another candidate waits after the last renewal before it takes over.
    package static let leaseDuration = Interval.seconds(15)

    private let context: ComponentContext
    private let key: ObjectKey
    private let identity: String
    private let period: Interval
    private var timer: Timer?
    /// Whether the last try to acquire or renew the Lease succeeded.
    package private(set) var isLeader = false

    /// - Parameters:
    ///   - name: Of the Lease in `kube-system`, such as `kube-scheduler`.
    ///   - identity: Of this candidate: the host's name and a UUID, joined by an underscore.
    ///   - period: How often to renew. Longer periods make an idle cluster cheaper, but they must be shorter than
    ///     `leaseDuration`.
    package init(
        _ context: ComponentContext, name: String, identity: String, period: Interval = LeaderElectionLease.retryPeriod
    ) {
        precondition(period > .zero && period < Self.leaseDuration, "a lease is renewed before it ends")
        self.context = context
        key = ObjectKey(.lease, namespace: "kube-system", name: name)
        self.identity = identity
        self.period = period
    }

    package func start() {
        if timer == nil { timer = context.loop.schedule(at: context.now, self) }
    }

    package func stop() {
        if let timer { context.loop.cancel(timer) }
        timer = nil
        isLeader = false
    }

    package func fire(_ token: UInt64) {
        let wasLeader = isLeader
        do throws(StatusError) { isLeader = try acquireOrRenew() } catch { isLeader = false }
        if isLeader, !wasLeader, let lease = context.client.get(Lease.self, key) {
            context.recorder.event(lease, .normal, "LeaderElection", "\(identity) became leader")
        }
        timer = context.loop.schedule(after: period, self)
    }

    /// Whether the Lease is this candidate's now.
    private func acquireOrRenew() throws(StatusError) -> Bool {
        guard let lease = context.client.get(Lease.self, key) else {
            var lease = Lease(name: key.name, namespace: key.namespace)
            lease.spec = renewed(LeaseSpec(), isNew: true)
            try context.client.create(lease)
            return true
        }
        var updated = lease
        let isHeld = lease.spec.holderIdentity == identity
        if !isHeld, !hasExpired(lease.spec) { return false }
        updated.spec = renewed(lease.spec, isNew: !isHeld)
        if !isHeld { updated.spec.leaseTransitions = (lease.spec.leaseTransitions ?? 0) + 1 }
        try context.client.update(updated)
        return true
    }

    private func hasExpired(_ spec: LeaseSpec) -> Bool {
        if spec.holderIdentity?.isEmpty ?? true { return true }
        guard let renewed = spec.renewTime else { return true }
        return renewed.instant + .seconds(spec.leaseDurationSeconds ?? 0) < context.now
    }

    private func renewed(_ spec: LeaseSpec, isNew: Bool) -> LeaseSpec {
        var spec = spec
        spec.holderIdentity = identity
        spec.leaseDurationSeconds = Int(Self.leaseDuration.seconds)
        spec.renewTime = context.now.microTime
        if isNew { spec.acquireTime = context.now.microTime }
        if spec.leaseTransitions == nil { spec.leaseTransitions = 0 }
        return spec
    }
}
