import ClusterCore
import KubeAPI
import KubeClient
import KubeStore
import Testing

/// Follows what it is told, and notices what cannot be.
private final class Mirror: ChangeHandler {
    var objects: [ObjectKey: KubeObject] = [:]
    var problems: [String] = []
    var told = 0
    private var last: Revision = 0

    func handle(_ change: Change) {
        told += 1
        if change.author.isEmpty {
            // What was there already, or a resynchronization.
        } else {
            if change.revision <= last { problems.append("\(change.revision) after \(last)") }
            last = change.revision
        }
        switch change.verb {
        case .create:
            if objects[change.key] != nil { problems.append("\(change.key) created twice") }
            if change.old != nil { problems.append("\(change.key) created from something") }
        case .update:
            if objects[change.key] !== change.old { problems.append("\(change.key) updated from another state") }
        case .delete:
            if objects[change.key] == nil { problems.append("\(change.key) deleted twice") }
        }
        objects[change.key] = change.new
    }
}

@Suite struct WatchTests {
    private static let scopes: [WatchScope] = [
        .all, .namespace("alpha"), .namespace("beta"), .node("node-1"), .node("node-2"),
        .object(namespace: "alpha", name: "object-3"),
    ]

    private static func isIn(_ scope: WatchScope, _ object: KubeObject) -> Bool {
        switch scope {
        case .all: true
        case .namespace(let namespace): object.namespace == namespace
        case .node(let name): object.as(Pod.self)?.spec.nodeName == name
        case .object(let namespace, let name): object.namespace == namespace && object.name == name
        }
    }

    /// Informers that come, go, stop and go on at random moments know in the end what there is in their scope, and were
    /// told of nothing twice.
    @Test(arguments: ObjectStoreTests.seeds) func everyInformerEndsUpKnowingItsScope(seed: UInt64) {
        var fixture = StoreFixture(seed: seed)
        var mirrors: [(scope: WatchScope, mirror: Mirror, informer: StoreInformer)] = []
        for _ in 0..<800 {
            switch fixture.random.below(20) {
            case 0:
                let scope = fixture.pick(Self.scopes)
                let mirror = Mirror()
                mirrors.append((scope, mirror, fixture.store.watches.watch(.pod, scope, mirror)))
            case 1 where !mirrors.isEmpty: fixture.pick(mirrors).informer.hold()
            case 2 where !mirrors.isEmpty: fixture.pick(mirrors).informer.release()
            case 3...5: fixture.store.pump()
            default: _ = fixture.step()
            }
        }
        for entry in mirrors { entry.informer.release() }
        fixture.store.pump()
        for (number, entry) in mirrors.enumerated() {
            let expected = fixture.expected(.pod) { Self.isIn(entry.scope, $0) }
            let known = entry.mirror.objects.values.sorted { $0.key < $1.key }
            #expect(known.isSame(as: expected), "seed \(seed), informer \(number) of \(entry.scope)")
            #expect(entry.mirror.problems.isEmpty, "seed \(seed), informer \(number) of \(entry.scope)")
        }
    }

    /// The same when the history is too short to go on from: then what differs is told.
    @Test(arguments: ObjectStoreTests.seeds) func aHeldInformerOutlivesTheHistory(seed: UInt64) {
        var options = ObjectStore.Options()
        options.historyBudget = 3000
        var fixture = StoreFixture(seed: seed, options: options)
        for _ in 0..<50 { _ = fixture.step() }
        let mirrors = Self.scopes.map { ($0, Mirror()) }
        let informers = mirrors.map { fixture.store.watches.watch(.pod, $0.0, $0.1) }
        fixture.store.pump()
        for informer in informers { informer.hold() }
        for _ in 0..<400 {
            _ = fixture.step()
            if fixture.random.below(4) == 0 { fixture.store.pump() }
        }
        #expect(fixture.store.history.first > informers[0].cursor + 1)
        for informer in informers { informer.release() }
        fixture.store.pump()
        for (scope, mirror) in mirrors {
            let known = mirror.objects.values.sorted { $0.key < $1.key }
            #expect(known.isSame(as: fixture.expected(.pod) { Self.isIn(scope, $0) }), "seed \(seed), \(scope)")
            #expect(mirror.problems.isEmpty, "seed \(seed), \(scope)")
        }
    }

    @Test func informersAreServedInTheOrderTheyCame() throws {
        final class Scribe: ChangeHandler {
            let name: String
            let log: (String) -> Void
            init(_ name: String, _ log: @escaping (String) -> Void) {
                self.name = name
                self.log = log
            }
            func handle(_ change: Change) { log("\(name)\(change.revision)") }
        }
        let loop = EventLoop(start: .simulationStart)
        let store = ObjectStore(loop: loop)
        var log: [String] = []
        let add: (String) -> Void = { log.append($0) }
        let handlers = ["a", "b", "c"].map { Scribe($0, add) }
        let namespaced = store.watches.watch(.pod, .namespace("n"), handlers[0])
        store.watches.watch(.configMap, .all, handlers[1])
        store.watches.watch(.pod, .all, handlers[2])
        store.pump()
        try store.create(ConfigMap(name: "x", namespace: "n").boxed, author: "t", cause: 0)
        try store.create(Pod(name: "x", namespace: "n").boxed, author: "t", cause: 0)
        try store.create(Pod(name: "y", namespace: "n").boxed, author: "t", cause: 0)
        #expect(log.isEmpty)
        store.pump()
        #expect(log == ["a2", "a3", "b1", "c2", "c3"])
        namespaced.stop()
        log = []
        try store.delete(ObjectKey(.pod, namespace: "n", name: "x"), expecting: nil, author: "t", cause: 0)
        store.pump()
        #expect(log == ["c4"])
    }

    @Test func whatHandlersWriteIsDeliveredInTheSamePump() throws {
        final class Echo: ChangeHandler {
            let store: ObjectStore
            var seen: [String] = []
            init(_ store: ObjectStore) { self.store = store }
            func handle(_ change: Change) {
                seen.append(change.key.name)
                guard change.key.name.count < 4 else { return }
                let map = ConfigMap(name: change.key.name + "x", namespace: "n")
                do { try store.create(map.boxed, author: "echo", cause: change.revision) } catch {
                    seen.append("\(error)")
                }
                // A pump within a pump changes nothing.
                store.pump()
            }
        }
        let store = ObjectStore(loop: EventLoop(start: .simulationStart))
        let echo = Echo(store)
        store.watches.watch(.configMap, .all, echo)
        try store.create(ConfigMap(name: "x", namespace: "n").boxed, author: "t", cause: 0)
        store.pump()
        #expect(echo.seen == ["x", "xx", "xxx", "xxxx"])
        #expect(store.history[4].cause == 3)
    }

    @Test func bindingAPodMakesItAppearOnItsNode() throws {
        let store = ObjectStore(loop: EventLoop(start: .simulationStart))
        let mirror = Mirror()
        let informer = store.watches.watch(.pod, .node("node-1"), mirror)
        var pod = Pod(name: "web", namespace: "n")
        try store.create(pod.boxed, author: "t", cause: 0)
        store.pump()
        #expect(mirror.told == 0)
        pod.spec.nodeName = "node-1"
        try store.update(pod.boxed, expecting: nil, author: "t", cause: 0)
        store.pump()
        #expect(mirror.objects.count == 1 && mirror.told == 1)
        #expect(informer.cursor == 2)
        pod.spec.nodeName = "node-2"
        try store.update(pod.boxed, expecting: nil, author: "t", cause: 0)
        store.pump()
        #expect(mirror.objects.isEmpty && mirror.told == 2)
        #expect(mirror.problems.isEmpty)
    }

    @Test func writesOutsideOfEventsAreDeliveredByTheNextOne() throws {
        let loop = EventLoop(start: .simulationStart)
        let store = ObjectStore(loop: loop)
        let mirror = Mirror()
        store.watches.watch(.pod, .all, mirror)
        try store.create(Pod(name: "web", namespace: "n").boxed, author: "t", cause: 0)
        #expect(loop.pendingCount == 1)
        #expect(loop.step())
        #expect(mirror.told == 1)
        // Whoever pumps first takes the wake-up's work away, and no empty event is left behind.
        try store.create(Pod(name: "db", namespace: "n").boxed, author: "t", cause: 0)
        store.pump()
        #expect(mirror.told == 2)
        #expect(loop.pendingCount == 0)
    }

    @Test func aWatchFromARevisionTellsWhatCameAfter() throws {
        let store = ObjectStore(loop: EventLoop(start: .simulationStart))
        for name in ["a", "b", "c"] {
            try store.create(Pod(name: name, namespace: "n").boxed, author: "t", cause: 0)
        }
        let mirror = Mirror()
        _ = try store.watches.watch(.pod, .all, after: 1, mirror)
        store.pump()
        #expect(mirror.objects.keys.map(\.name).sorted() == ["b", "c"])
        store.compact(through: 2)
        #expect(throws: StoreError.compacted(oldest: 3)) { try store.watches.watch(.pod, .all, after: 1, mirror) }
        #expect(throws: StoreError.future(current: 3)) { try store.watches.watch(.pod, .all, after: 4, mirror) }
    }
}
