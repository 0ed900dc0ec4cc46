import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import KubeJournal
import TestSupport
import Testing

@Suite struct DurableClusterTests {
    private func start(_ folder: TemporaryFolder, capacity: Int? = nil) throws -> (Cluster, SQLiteJournal) {
        var options = SQLiteJournal.Options()
        options.capacity = capacity
        let journal = try SQLiteJournal(DataDirectory(folder.path), options)
        var configuration = Cluster.Configuration()
        configuration.nodes = 3
        configuration.journal = journal
        configuration.restored = journal.contents.isEmpty ? nil : journal.contents
        let cluster = Cluster(configuration)
        cluster.boot()
        return (cluster, journal)
    }

    private func bootIDs(_ cluster: Cluster) -> [String] {
        cluster.server.snapshot().list(Node.self).map { $0.status.nodeInfo?.bootID ?? "" }
    }

    @Test func machinesBootAnewInEachLife() throws {
        let folder = try TemporaryFolder()
        var boots: [[String]] = []
        for life in 0..<3 {
            let (cluster, journal) = try start(folder)
            cluster.run(for: .seconds(1))
            boots.append(bootIDs(cluster))
            let reboots = cluster.server.snapshot().list(Event.self).filter { $0.reason == "Rebooted" }
            #expect(reboots.count == 3 * life)
            for (name, boot) in zip(cluster.nodeNames, bootIDs(cluster)) where life > 0 {
                let text = "Node \(name) has been rebooted, boot id: \(boot)"
                #expect(reboots.contains { $0.message == text })
            }
            journal.close()
        }
        #expect(Set(boots.flatMap { $0 }).count == 9)
    }

    @Test func aClusterGoesOnAfterARestart() throws {
        let folder = try TemporaryFolder()
        let (cluster, journal) = try start(folder)
        var deployment = Deployment(name: "web", namespace: "default")
        deployment.spec.replicas = 4
        deployment.spec.selector = LabelSelector(matchLabels: ["app": "web"])
        deployment.spec.template.metadata.labels = ["app": "web"]
        var container = Container()
        container.name = "web"
        container.image = "nginx:1.29"
        deployment.spec.template.spec.containers = [container]
        #expect(cluster.perform(.apply([deployment.boxed])).errors.isEmpty)
        cluster.run(for: .minutes(1))
        let before = cluster.server.snapshot()
        let uids = Set(before.list(Pod.self, namespace: "default").map(\.uid))
        #expect(uids.count == 4)
        journal.close()
        #expect(journal.state.durableRevision == before.revision)

        let (again, second) = try start(folder)
        #expect(again.server.snapshot().revision > before.revision)
        #expect(again.loop.now >= before.time)
        again.run(for: .minutes(2))
        let after = again.server.snapshot()
        // The same pods, started again on machines that were switched off and on.
        let pods = after.list(Pod.self, namespace: "default")
        #expect(Set(pods.map(\.uid)) == uids)
        for pod in pods {
            #expect(pod.status.phase == "Running")
            #expect(pod.status.containerStatuses.first?.ready == true)
            #expect(pod.status.containerStatuses.first?.restartCount == 1)
        }
        #expect(Set(pods.compactMap(\.status.podIP)).count == 4)
        #expect(after.get(Deployment.self, namespace: "default", name: "web")?.status.readyReplicas == 4)
        #expect(after.list(Node.self).count == 3)

        // What is made now has names and UIDs that were not given out before.
        #expect(again.perform(.scale(deployment.key, replicas: 8)).errors.isEmpty)
        again.run(for: .minutes(1))
        let all = again.server.snapshot().list(Pod.self)
        #expect(Set(all.map(\.uid)).count == all.count)
        #expect(all.filter { $0.namespace == "default" }.count == 8)
        second.close()
    }

    /// Nothing of a cluster is started whose journal is damaged: it stays at what could be proved.
    @Test func aClusterStandsStillAtWhatWasRestored() throws {
        let folder = try TemporaryFolder()
        let (cluster, journal) = try start(folder)
        cluster.run(for: .minutes(1))
        let before = cluster.server.snapshot()
        journal.close()
        var configuration = Cluster.Configuration()
        configuration.nodes = 3
        configuration.restored = try SQLiteJournal.contents(of: folder.path)
        let still = Cluster(configuration)
        still.standStill()
        #expect(still.server.store.revision == before.revision)
        #expect(still.statisticsNow.nodesReady == 3)
        #expect(still.snapshot().statistics.podsRunning == cluster.statisticsNow.podsRunning)
        // Watches go on from what the journal kept.
        #expect(still.changes(after: before.revision - 10).changes.map(\.revision).last == before.revision)
    }

    /// A start on a full disk goes on in memory; what is shown is what is kept.
    @Test func aStartOnAFullDiskShowsWhatIsKept() throws {
        let folder = try TemporaryFolder()
        let (cluster, journal) = try start(folder)
        cluster.run(for: .minutes(1))
        journal.close()
        let before = cluster.server.snapshot()
        let (again, second) = try start(folder, capacity: 1)
        let state = second.settle()
        #expect(state.failure?.kind == .full)
        #expect(state.durableRevision < again.server.store.revision)
        let shown = try #require(again.snapshot(at: state.durableRevision))
        #expect(shown.revision == state.durableRevision && shown.revision >= before.revision)
        #expect(shown.statistics.nodes == 3 && shown.statistics.podsRunning == cluster.statisticsNow.podsRunning)
        #expect(shown.objects.list(Node.self).map(\.uid) == before.list(Node.self).map(\.uid))
        // What came after it is told when it is kept.
        let (changes, isReset) = again.takeChanges()
        #expect(changes.first?.revision == shown.revision + 1 && !isReset)
        second.close()
    }
}
