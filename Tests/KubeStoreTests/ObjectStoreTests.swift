import ClusterCore
import KubeAPI
import KubeClient
import KubeStore
import Testing

@Suite struct ObjectStoreTests {
    static let seeds: [UInt64] = Array(1...20)

    @Test(arguments: seeds) func agreesWithAPlainModel(seed: UInt64) {
        var fixture = StoreFixture(seed: seed)
        for number in 0..<600 {
            if let problem = fixture.step() { Issue.record("seed \(seed), step \(number): \(problem)") }
        }
        for kind in [ResourceKind.pod, .configMap] {
            var all: [KubeObject] = []
            fixture.store.forEach(kind, namespace: nil) {
                all.append($0); return true
            }
            #expect(all.isSame(as: fixture.expected(kind) { _ in true }), "seed \(seed)")
            for namespace in StoreFixture.namespaces {
                var some: [KubeObject] = []
                fixture.store.forEach(kind, namespace: namespace) {
                    some.append($0); return true
                }
                #expect(some.isSame(as: fixture.expected(kind) { $0.namespace == namespace }), "seed \(seed)")
                #expect(fixture.store.count(kind, namespace: namespace) == some.count, "seed \(seed)")
            }
        }
        #expect(fixture.store.objectCount == fixture.objects.count, "seed \(seed)")
    }

    @Test(arguments: seeds) func indexesEqualAFullScan(seed: UInt64) {
        var fixture = StoreFixture(seed: seed)
        for number in 0..<400 {
            _ = fixture.step()
            // Label indexes come into being in the middle, when they are first asked for.
            guard number > 150, number % 10 == 0 else { continue }
            for kind in [ResourceKind.pod, .configMap] {
                for uid in StoreFixture.owners {
                    let scan = fixture.expected(kind) { $0.metadata.ownerReferences.contains { $0.uid == uid } }
                    #expect(fixture.found(kind, .owner(uid: uid)).isSame(as: scan), "seed \(seed), step \(number)")
                }
                for namespace in StoreFixture.namespaces {
                    for app in StoreFixture.apps {
                        let scan = fixture.expected(kind) {
                            $0.namespace == namespace && $0.metadata.labels["app"] == app
                        }
                        let index = ObjectIndex.label(namespace: namespace, key: "app", value: app)
                        #expect(fixture.found(kind, index).isSame(as: scan), "seed \(seed), step \(number)")
                    }
                }
            }
            for node in StoreFixture.nodes {
                let scan = fixture.expected(.pod) { $0.as(Pod.self)?.spec.nodeName ?? "" == node }
                #expect(fixture.found(.pod, .node(node)).isSame(as: scan), "seed \(seed), step \(number)")
            }
        }
    }

    @Test(arguments: seeds) func olderReadsFindWhatWasThere(seed: UInt64) throws {
        var fixture = StoreFixture(seed: seed)
        for _ in 0..<300 { _ = fixture.step() }
        let compacted = fixture.store.revision / 3
        for _ in 0..<60 {
            let revision = fixture.random.below(fixture.store.revision + 1)
            let snapshot = try fixture.store.snapshot(at: revision)
            #expect(snapshot.revision == revision)
            let then = fixture.past[revision]
            #expect(snapshot.objects.count == then.count, "seed \(seed), revision \(revision)")
            for (key, object) in then { #expect(snapshot.object(key) === object, "seed \(seed), revision \(revision)") }
        }
        fixture.store.compact(through: compacted)
        #expect(fixture.store.history.first == compacted + 1)
        #expect(throws: StoreError.compacted(oldest: compacted + 1)) {
            try fixture.store.snapshot(at: compacted - 1)
        }
        #expect(throws: StoreError.future(current: fixture.store.revision)) {
            try fixture.store.snapshot(at: fixture.store.revision + 1)
        }
        // The state that the oldest change began from can still be told.
        #expect(try fixture.store.snapshot(at: compacted).objects.count == fixture.past[compacted].count)
    }

    @Test(arguments: seeds) func snapshotsStayAsTheyWere(seed: UInt64) {
        var fixture = StoreFixture(seed: seed)
        var kept: [(Snapshot, [ObjectKey: KubeObject])] = []
        for number in 0..<300 {
            _ = fixture.step()
            if number % 37 == 0 { kept.append((fixture.store.snapshot(), fixture.objects)) }
        }
        for (snapshot, objects) in kept {
            #expect(snapshot.objects.count == objects.count, "seed \(seed)")
            for (key, object) in objects { #expect(snapshot.object(key) === object, "seed \(seed)") }
        }
    }

    @Test func historyKeepsToItsBudget() {
        var options = ObjectStore.Options()
        options.historyBudget = 20_000
        var fixture = StoreFixture(seed: 3, options: options)
        for _ in 0..<2000 { _ = fixture.step() }
        let history = fixture.store.history
        #expect(history.bytes <= 20_000)
        #expect(history.last == fixture.store.revision)
        #expect(history.count > 5)
        #expect(history.first == history.last - history.count + 1)
        var revisions: [Revision] = []
        fixture.store.forEachChange(after: 0) {
            revisions.append($0.revision); return true
        }
        #expect(revisions == Array(history.first...history.last))
    }

    @Test func theHistorySaysWhoWroteWhatAndWhy() throws {
        let loop = EventLoop(start: .simulationStart)
        let store = ObjectStore(loop: loop)
        let map = ConfigMap(name: "settings", namespace: "default")
        try store.create(map.boxed, author: "somebody", cause: 0)
        loop.run(until: loop.now + .seconds(3))
        try store.delete(map.key, expecting: 1, author: "somebody-else", cause: 1)
        let first = store.history[1]
        let second = store.history[2]
        #expect(first.verb == .create && first.author == "somebody" && first.cause == 0 && first.old == nil)
        #expect(second.verb == .delete && second.author == "somebody-else" && second.cause == 1 && second.new == nil)
        #expect(second.time - first.time == .seconds(3))
        #expect(second.old === first.new)
    }

    @Test func theDigestFollowsTheContent() throws {
        func digest(_ value: String, author: String = "a") throws -> String? {
            var options = ObjectStore.Options()
            options.keepsDigest = true
            let store = ObjectStore(loop: EventLoop(start: .simulationStart), options: options)
            var map = ConfigMap(name: "settings", namespace: "default")
            map.data["key"] = value
            try store.create(map.boxed, author: author, cause: 0)
            return store.digest?.text
        }
        let one = try #require(try digest("1"))
        #expect(one.count == 64)
        #expect(try digest("1") == one)
        #expect(try digest("2") != one)
        #expect(try digest("1", author: "b") != one)
        #expect(ObjectStore(loop: EventLoop(start: .simulationStart)).digest == nil)
    }

    @Test func aJournalGetsEveryChangeOnceAndARestoredStoreGoesOn() throws {
        final class Memory: Journal {
            var changes: [Change] = []
            func append(_ batch: [Change]) { changes += batch }
        }
        let loop = EventLoop(start: .simulationStart)
        let journal = Memory()
        let store = ObjectStore(loop: loop, journal: journal)
        try store.create(ConfigMap(name: "a", namespace: "default").boxed, author: "x", cause: 0)
        try store.create(ConfigMap(name: "b", namespace: "default").boxed, author: "x", cause: 0)
        #expect(journal.changes.isEmpty)
        loop.step()
        #expect(journal.changes.map(\.revision) == [1, 2])
        store.pump()
        #expect(journal.changes.count == 2)

        let restored = ObjectStore(loop: loop)
        var contents = JournalContents(base: 1)
        contents.objects = journal.changes.prefix(1).compactMap(\.new)
        contents.changes = Array(journal.changes.dropFirst())
        restored.restore(contents)
        let third = try restored.create(ConfigMap(name: "c", namespace: "default").boxed, author: "x", cause: 0)
        #expect(third.revision == 3)
        #expect(restored.count(.configMap, namespace: "default") == 3)
        #expect(try restored.snapshot(at: 1).count(.configMap) == 1)
        #expect(throws: StoreError.compacted(oldest: 2)) { try restored.snapshot(at: 0) }
    }
}
