import ClusterCore
import KubeAPI
import KubeClient

/// The leases by which the control plane's components say that they are there: the controller manager's and the
/// scheduler's leadership, renewed every 2 s, and the API server's identity, renewed every 10 s.
///
/// Follows client-go tools/leaderelection and kubernetes pkg/controlplane/server.go.
final class ComponentLeases: EventTarget {
    private struct Holder {
        let client: LocalClient
        let key: ObjectKey
        let lease: Lease
        let period: Interval
    }

    private let server: APIServer
    private let loop: EventLoop
    private let holders: [Holder]

    init(_ server: APIServer, node: String) {
        self.server = server
        loop = server.loop
        let leaders = ["kube-controller-manager", "kube-scheduler"].map { component in
            var lease = Lease(name: component, namespace: "kube-system")
            lease.spec.holderIdentity = "\(node)_\(server.nextUID())"
            lease.spec.leaseDurationSeconds = 15
            lease.spec.leaseTransitions = 0
            return Holder(
                client: LocalClient(server, component: component), key: lease.key, lease: lease, period: .seconds(2))
        }
        // As upstream derives an API server's identity: from its host's name.
        let hash = Base32.encode(Array(SHA256.hash("\(node)\n").prefix(16))).lowercased().filter { $0 != "=" }
        var identity = Lease(name: "apiserver-\(hash)", namespace: "kube-system")
        identity.metadata.labels = [
            "apiserver.kubernetes.io/identity": "kube-apiserver", WellKnownLabel.hostname: node,
        ]
        identity.spec.holderIdentity = "apiserver-\(hash)_\(server.nextUID())"
        identity.spec.leaseDurationSeconds = 3600
        let apiServer = Holder(
            client: LocalClient(server, component: "apiserver"), key: identity.key, lease: identity,
            period: .seconds(10))
        holders = leaders + [apiServer]
    }

    /// Takes all leases, and renews them from then on. The event loop keeps this object alive.
    func start() {
        for (index, holder) in holders.enumerated() {
            var lease = holder.lease
            lease.spec.acquireTime = index == holders.count - 1 ? nil : loop.now.microTime
            lease.spec.renewTime = loop.now.microTime
            do throws(StatusError) {
                if let last = server.store.object(holder.key)?.as(Lease.self) {
                    // Of the process before this one, which is gone: a leader changes.
                    lease.spec.leaseTransitions =
                        lease.spec.leaseTransitions == nil
                        ? nil : (last.spec.leaseTransitions ?? 0) + 1
                    try holder.client.mutate(Lease.self, holder.key) { $0.spec = lease.spec }
                } else {
                    try holder.client.create(lease)
                }
            } catch {
                preconditionFailure("a lease cannot be taken: \(error.message)")
            }
            loop.schedule(after: holder.period, self, UInt64(index))
        }
    }

    func fire(_ token: UInt64) {
        let holder = holders[Int(token)]
        do throws(StatusError) {
            try holder.client.mutate(Lease.self, holder.key) { $0.spec.renewTime = loop.now.microTime }
        } catch {
            // Somebody deleted it; leaders take a new one at their next turn.
            retake(holder)
        }
        loop.schedule(after: holder.period, self, token)
    }

    private func retake(_ holder: Holder) {
        var lease = holder.lease
        lease.spec.acquireTime = loop.now.microTime
        lease.spec.renewTime = loop.now.microTime
        do throws(StatusError) { try holder.client.create(lease) } catch {
            // The namespace may be going away with the cluster; the next turn tries again.
        }
    }
}
