import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

@Suite struct InvariantTests {
    /// Operations and outages at random: safety after every event, convergence once all is mended and quiet.
    @Test(arguments: UInt64(1)...24)
    func randomOperationsAndOutages(seed: UInt64) {
        let cluster = Fixtures.cluster(nodes: 6, seed: seed)
        let safety = SafetyInvariants(cluster)
        var rules = RulesFollowTheirView(cluster)
        var operations = RandomOperations(cluster, seed: seed)
        var random = SeededRandom(seed: seed).fork("pauses")
        for _ in 0..<60 {
            operations.next()
            var broken = rules.violations()
            if broken.isEmpty {
                // Most often a moment, so that operations meet what the ones before have set going; at times minutes.
                let pause = random.below(8) == 0 ? Interval.minutes(6) : .seconds(40)
                broken = run(cluster, for: random.interval(in: .milliseconds(1)...pause), safety)
            }
            if broken.isEmpty { broken = rules.violations() }
            #expect(broken.isEmpty, "seed \(seed): \(broken.prefix(3)), after \(operations.log)")
            if !broken.isEmpty { return }
        }
        operations.mend()
        cluster.run(for: .minutes(20))
        safety.check()
        let broken = safety.violations + rules.violations() + ConvergenceInvariants(cluster: cluster).violations()
        #expect(broken.isEmpty, "seed \(seed): \(broken.prefix(5)), after \(operations.log)")
    }

    /// Runs event by event and returns what was broken on the way.
    private func run(_ cluster: Cluster, for pause: Interval, _ safety: SafetyInvariants) -> [String] {
        let end = cluster.loop.now + pause
        var events = 0
        while let next = cluster.loop.nextEventTime, next <= end {
            _ = cluster.loop.step()
            safety.check()
            events += 1
            if !safety.violations.isEmpty { return safety.violations }
            // No quarter of an hour of six nodes has so many: something goes round and round.
            if events > 200_000 {
                let store = cluster.server.store
                let last = (max(1, store.revision - 12)...store.revision).map { revision in
                    let change = store.history[revision]
                    let what = change.new(Pod.self)?.status.reason ?? change.new(Event.self)?.message ?? ""
                    return "\(change.author) \(change.verb) \(change.key.namespacedName) \(what)"
                }
                return ["no end of events at \(cluster.loop.now.rfc3339): \(last)"]
            }
        }
        cluster.run(until: end)
        safety.check()
        return safety.violations
    }
}
