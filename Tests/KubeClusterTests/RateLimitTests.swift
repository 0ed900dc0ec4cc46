import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

/// `--client-qps upstream`: the same cluster, whose components may not ask more than Kubernetes' do.
@Suite struct RateLimitTests {
    /// When the last of a rollout's pods was created, bound and running, in seconds from its start.
    private func rollout(_ replicas: Int, isLimited: Bool) -> (created: Double, bound: Double, running: Double) {
        var configuration = Cluster.Configuration()
        configuration.nodes = 20
        configuration.hasUpstreamRateLimits = isLimited
        let cluster = Cluster(configuration)
        cluster.boot()
        cluster.run(for: .seconds(60))
        let start = cluster.loop.now
        let before = cluster.server.store.revision
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: replicas))]))
        cluster.run(for: .minutes(5))
        var created = start
        var bound = start
        var running = start
        cluster.server.store.forEachChange(after: before) { change in
            guard change.kind == .pod, let pod = change.new(Pod.self), pod.labels["app"] == "web" else { return true }
            let old = change.old(Pod.self)
            if old == nil { created = change.time }
            if old?.spec.nodeName == nil, pod.spec.nodeName != nil { bound = change.time }
            if old?.status.phase == "Pending", pod.status.phase == "Running" { running = change.time }
            return true
        }
        let web = cluster.server.snapshot().get(Deployment.self, namespace: "default", name: "web")
        #expect(web?.status.readyReplicas == replicas)
        return ((created - start).seconds, (bound - start).seconds, (running - start).seconds)
    }

    @Test func aRolloutOf500PodsTakesWhat20RequestsASecondTake() {
        let times = rollout(500, isLimited: true)
        // The burst of 30 is free. The rest is 470 pods, 25 events about them, and a few writes of status.
        #expect(times.created > 23.5 && times.created < 27, "created after \(times.created) s")
        #expect(times.bound >= times.created && times.bound < 28, "bound after \(times.bound) s")
        #expect(times.running > times.bound)
    }

    @Test func withoutLimitsNothingWaits() {
        let times = rollout(500, isLimited: false)
        #expect(times.created < 1 && times.bound < 1, "created after \(times.created) s, bound after \(times.bound) s")
    }

    @Test func aDebtIsPaidBeforeTheNextTurn() {
        let limiter = ClientRateLimiter(queriesPerSecond: 20, burst: 30)
        let start = Instant.simulationStart
        #expect(limiter.allowance(start) == 30)
        for _ in 0..<32 { limiter.spend(start) }
        #expect(limiter.nextTurn(start) == start + .milliseconds(150))
        #expect(limiter.allowance(start) == 1, "whoever's turn it is may make a request")
        #expect(limiter.nextTurn(start + .seconds(2)) == start + .seconds(2))
        #expect(limiter.allowance(start + .hours(1)) == 30)
    }
}
