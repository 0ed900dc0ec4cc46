import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

@Suite struct InvariantTests {
    /// Operations and outages at random: safety after every event, convergence once all is mended and quiet.
    @Test(arguments: UInt64(1)...12)
    func randomOperationsAndOutages(seed: UInt64) {
        let cluster = Fixtures.cluster(nodes: 6, seed: seed)
        let safety = SafetyInvariants(cluster)
        var operations = RandomOperations(cluster, seed: seed)
        var random = SeededRandom(seed: seed).fork("pauses")
        for _ in 0..<60 {
            operations.next()
            var events = 0
            let end = cluster.loop.now + random.interval(in: .milliseconds(1) ... .seconds(90))
            while let next = cluster.loop.nextEventTime, next <= end {
                _ = cluster.loop.step()
                safety.check()
                events += 1
                // No quarter of an hour of six nodes has so many: something goes round and round.
                if events > 200_000 {
                    let store = cluster.server.store
                    let last = (max(1, store.revision - 12)...store.revision).map { revision in
                        let change = store.history[revision]
                        let what = change.new(Pod.self)?.status.reason ?? change.new(Event.self)?.message ?? ""
                        return "\(change.author) \(change.verb) \(change.key.namespacedName) \(what)"
                    }
                    let when = cluster.loop.now.rfc3339
                    Issue.record("seed \(seed): no end of events at \(when): \(last), after \(operations.log)")
                    return
                }
                if !safety.violations.isEmpty { break }
            }
            cluster.run(until: end)
            #expect(safety.violations.isEmpty, "seed \(seed): \(safety.violations.prefix(3)), after \(operations.log)")
            if !safety.violations.isEmpty { return }
        }
        operations.mend()
        cluster.run(for: .minutes(20))
        safety.check()
        #expect(safety.violations.isEmpty, "seed \(seed): \(safety.violations.prefix(3))")
        let violations = ConvergenceInvariants(cluster: cluster).violations()
        #expect(violations.isEmpty, "seed \(seed): \(violations.prefix(5)), after \(operations.log)")
    }
}
