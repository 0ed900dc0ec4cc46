import ClusterCore
import KubeAPI
import KubeClient
import KubeStore

/// A store under random operations, beside a plain model of what it must hold.
struct StoreFixture {
    let loop = EventLoop(start: .simulationStart)
    let store: ObjectStore
    var random: SeededRandom
    /// Every object by its key, as the model has it.
    var objects: [ObjectKey: KubeObject] = [:]
    /// What the model held at each revision.
    var past: [[ObjectKey: KubeObject]] = [[:]]

    static let namespaces = ["alpha", "beta"]
    static let nodes = ["", "node-1", "node-2"]
    static let apps = ["web", "db"]
    static let owners = ["uid-1", "uid-2", "uid-3"]

    init(seed: UInt64, options: ObjectStore.Options = ObjectStore.Options()) {
        store = ObjectStore(loop: loop, options: options)
        random = SeededRandom(seed: seed)
    }

    mutating func pick<T>(_ choices: [T]) -> T { choices[random.below(choices.count)] }

    mutating func randomKey() -> ObjectKey {
        let kind = random.below(4) == 0 ? ResourceKind.configMap : .pod
        return ObjectKey(kind, namespace: pick(Self.namespaces), name: "object-\(random.below(12))")
    }

    mutating func randomObject(_ key: ObjectKey) -> KubeObject {
        var metadata = ObjectMeta()
        metadata.namespace = key.namespace
        metadata.name = key.name
        if random.below(3) > 0 { metadata.labels["app"] = pick(Self.apps) }
        metadata.labels["draw"] = "\(random.below(1000))"
        for uid in Self.owners where random.below(3) == 0 {
            var owner = OwnerReference()
            owner.uid = uid
            metadata.ownerReferences.append(owner)
        }
        guard key.kind == .pod else { return key.kind.info.coder.make(metadata: metadata) }
        var pod = Pod()
        pod.metadata = metadata
        let node = pick(Self.nodes)
        if !node.isEmpty { pod.spec.nodeName = node }
        return pod.boxed
    }

    /// One random write; the store and the model must agree on whether it succeeds.
    mutating func step() -> String? {
        let key = randomKey()
        let old = objects[key]
        do throws(StoreError) {
            switch random.below(10) {
            case 0...3:
                let stored = try store.create(randomObject(key), author: "a", cause: 0)
                if old != nil { return "created \(key) twice" }
                objects[key] = stored
            case 4...7:
                let isStale = random.below(5) == 0
                let expected = isStale ? (old?.revision ?? 0) + 1 : old?.revision
                let stored = try store.update(randomObject(key), expecting: expected, author: "b", cause: 1)
                if old == nil || isStale { return "updated \(key) against the rules" }
                objects[key] = stored
            default:
                let removed = try store.delete(key, expecting: nil, author: "c", cause: 2)
                if removed !== old { return "deleted another \(key)" }
                objects[key] = nil
            }
        } catch {
            switch error {
            case .alreadyExists: if old == nil { return "\(key) does not exist yet" }
            case .notFound: if old != nil { return "\(key) exists" }
            case .conflict(let stored): if stored != old?.revision { return "a conflict with another revision" }
            default: return "an unexpected failure: \(error)"
            }
            return store.revision == past.count - 1 ? nil : "a failed write took a revision"
        }
        past.append(objects)
        if let object = store.object(key), object.revision != store.revision { return "\(key) has an old revision" }
        return store.revision == past.count - 1 ? nil : "revision \(store.revision) after \(past.count - 1) writes"
    }

    /// The model's objects of a kind that a condition holds for, in key order.
    func expected(_ kind: ResourceKind, where isMember: (KubeObject) -> Bool) -> [KubeObject] {
        objects.values.filter { $0.kind == kind && isMember($0) }.sorted { $0.key < $1.key }
    }

    func found(_ kind: ResourceKind, _ index: ObjectIndex) -> [KubeObject] {
        var found: [KubeObject] = []
        store.forEach(kind, index: index) { object in
            found.append(object)
            return true
        }
        return found
    }
}

extension [KubeObject] {
    /// Whether both are the same objects in the same order.
    func isSame(as other: [KubeObject]) -> Bool { count == other.count && zip(self, other).allSatisfy { $0 === $1 } }
}
