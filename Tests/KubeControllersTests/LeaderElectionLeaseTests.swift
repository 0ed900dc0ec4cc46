import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

@Suite("Leases of leaders")
struct LeaderElectionLeaseTests {
    private static func cluster() throws -> ControllerCluster {
        let cluster = try ControllerCluster()
        if cluster.user.get(Namespace.self, name: "kube-system") == nil { try cluster.createNamespace("kube-system") }
        return cluster
    }

    private static func lease(_ cluster: ControllerCluster) throws -> LeaseSpec {
        try cluster.get(Lease.self, "kube-scheduler", namespace: "kube-system").spec
    }

    @Test func isRenewedEveryTwoSeconds() throws {
        let cluster = try Self.cluster()
        let holder = LeaderElectionLease(cluster.context("kube-scheduler"), name: "kube-scheduler", identity: "a_1")
        holder.start()
        cluster.settle()
        #expect(holder.isLeader)
        #expect(
            cluster.actions(by: "kube-scheduler") == [
                "create Lease kube-scheduler", "event LeaderElection: a_1 became leader",
            ])
        let before = cluster.revision
        cluster.advance(.seconds(5))
        #expect(
            cluster.actions(by: "kube-scheduler", after: before) == [
                "update Lease kube-scheduler", "update Lease kube-scheduler",
            ])
        let spec = try Self.lease(cluster)
        #expect(spec.holderIdentity == "a_1" && spec.leaseDurationSeconds == 15 && spec.leaseTransitions == 0)
        #expect(spec.acquireTime == Instant.simulationStart.microTime)
        #expect(spec.renewTime == (Instant.simulationStart + .seconds(4)).microTime)
    }

    @Test func anotherTakesOverOnlyWhenItHasRunOut() throws {
        let cluster = try Self.cluster()
        let client = LocalClient(cluster.server, component: "first")
        let context = ComponentContext(
            client: client, loop: cluster.loop, random: SeededRandom(seed: 1),
            recorder: EventRecorder(client: client, loop: cluster.loop, component: "first"))
        let first = LeaderElectionLease(context, name: "kube-scheduler", identity: "a_1")
        let second = LeaderElectionLease(cluster.context("second"), name: "kube-scheduler", identity: "b_2")
        first.start()
        second.start()
        cluster.advance(.seconds(9))
        #expect(first.isLeader && !second.isLeader)
        client.partition()
        cluster.advance(.seconds(13))
        #expect(!first.isLeader && !second.isLeader)
        cluster.advance(.seconds(3))
        #expect(second.isLeader)
        client.reconnect()
        cluster.advance(.seconds(10))
        #expect(!first.isLeader)
        let spec = try Self.lease(cluster)
        #expect(spec.holderIdentity == "b_2" && spec.leaseTransitions == 1)
    }
}
