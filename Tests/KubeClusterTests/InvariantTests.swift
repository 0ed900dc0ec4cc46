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
            let end = cluster.loop.now + random.interval(in: .milliseconds(1) ... .seconds(90))
            while let next = cluster.loop.nextEventTime, next <= end {
                _ = cluster.loop.step()
                safety.check()
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
