import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

@Suite struct DeterminismTests {
    private func digest(seed: UInt64) -> String {
        let cluster = Fixtures.cluster(seed: seed, keepsDigest: true)
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 12)), Boxed(Fixtures.service("web"))]))
        cluster.run(for: .minutes(1))
        _ = cluster.perform(.powerOff("node-2"))
        cluster.run(for: .minutes(8))
        _ = cluster.perform(.powerOn("node-2"))
        cluster.run(for: .minutes(2))
        return cluster.digest
    }

    @Test func theSameSeedGivesTheSameHistory() {
        let first = digest(seed: 7)
        #expect(!first.isEmpty)
        #expect(digest(seed: 7) == first)
        #expect(digest(seed: 8) != first)
    }

    /// However far the clock is moved at a time, the events are the same.
    @Test func theSizeOfStepsDoesNotMatter() {
        let stepped = Fixtures.cluster(seed: 3, keepsDigest: true)
        let ran = Fixtures.cluster(seed: 3, keepsDigest: true)
        for cluster in [stepped, ran] { _ = cluster.perform(.create([Boxed(Fixtures.deployment("web"))])) }
        let end = ran.loop.now + .minutes(3)
        ran.run(until: end)
        while let next = stepped.loop.nextEventTime, next <= end { _ = stepped.loop.step() }
        #expect(stepped.digest == ran.digest)
    }
}
