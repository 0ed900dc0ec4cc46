import KubeAPI
import KubeClient

/// What some informers all watch: one scope of one kind, with the changes that they are still to be told of.
final class WatchTopic {
    let kind: ResourceKind
    let scope: WatchScope
    /// In the order in which they came.
    var informers: [StoreInformer] = []
    /// The changes since the last round.
    var log: [Change] = []
    /// The changes that this round delivers.
    var news: [Change] = []
    var isDirty = false

    init(kind: ResourceKind, scope: WatchScope) {
        self.kind = kind
        self.scope = scope
    }

    /// The change as this topic's informers see it, nil if it does not concern them: an object that comes into the
    /// scope appears, one that leaves it is deleted. Only pods do either, by being bound.
    func view(of change: Change) -> Change? {
        guard case .node(let name) = scope, kind == .pod else {
            return change.kind == kind && contains(change.key) ? change : nil
        }
        guard change.kind == kind else { return nil }
        let wasIn = change.old.map { KindTopics.nodeName(of: $0) == name } ?? false
        let isIn = change.new.map { KindTopics.nodeName(of: $0) == name } ?? false
        if wasIn == isIn { return isIn ? change : nil }
        return isIn ? change.appearing : change.disappearing
    }

    /// Whether objects of this key are in the scope; for kinds other than pods.
    private func contains(_ key: ObjectKey) -> Bool {
        switch scope {
        case .all: true
        case .namespace(let namespace): key.namespace == namespace
        case .node(let name): key.name == name && KindTopics.isOfNode(key)
        case .object(let namespace, let name): key.name == name && key.namespace == namespace
        }
    }
}

extension Change {
    /// The same change for those who did not see the object before.
    fileprivate var appearing: Change {
        if old == nil { return self }
        return Change(
            revision: revision, time: time, key: key, verb: .create, old: nil, new: new, author: author, cause: cause)
    }

    /// The same change for those who see the object no longer.
    fileprivate var disappearing: Change {
        if new == nil { return self }
        return Change(
            revision: revision, time: time, key: key, verb: .delete, old: old, new: nil, author: author, cause: cause)
    }
}

/// The topics of one kind that somebody watches.
final class KindTopics {
    private let kind: ResourceKind
    private var all: WatchTopic?
    private var byNamespace: [String: WatchTopic] = [:]
    private var byNode: [String: WatchTopic] = [:]
    private var byObject: [ObjectKey: WatchTopic] = [:]

    init(_ kind: ResourceKind) { self.kind = kind }

    /// The topic of a scope, made if need be.
    func topic(_ scope: WatchScope) -> WatchTopic {
        if let topic = existing(scope) { return topic }
        let topic = WatchTopic(kind: kind, scope: scope)
        set(scope, topic)
        return topic
    }

    func remove(_ topic: WatchTopic) { set(topic.scope, nil) }

    private func existing(_ scope: WatchScope) -> WatchTopic? {
        switch scope {
        case .all: all
        case .namespace(let namespace): byNamespace[namespace]
        case .node(let name): byNode[name]
        case .object(let namespace, let name): byObject[ObjectKey(kind, namespace: namespace, name: name)]
        }
    }

    private func set(_ scope: WatchScope, _ topic: WatchTopic?) {
        switch scope {
        case .all: all = topic
        case .namespace(let namespace): byNamespace[namespace] = topic
        case .node(let name): byNode[name] = topic
        case .object(let namespace, let name): byObject[ObjectKey(kind, namespace: namespace, name: name)] = topic
        }
    }

    /// Calls `deliver` for each topic that the change concerns, with the change as the topic sees it.
    func route(_ change: Change, _ deliver: (WatchTopic, Change) -> Void) {
        if let all { deliver(all, change) }
        if !byNamespace.isEmpty, let topic = byNamespace[change.key.namespace] { deliver(topic, change) }
        if !byObject.isEmpty, let topic = byObject[change.key] { deliver(topic, change) }
        if byNode.isEmpty { return }
        guard kind == .pod else {
            if KindTopics.isOfNode(change.key), let topic = byNode[change.key.name] { deliver(topic, change) }
            return
        }
        let oldName = change.old.map(KindTopics.nodeName)
        let newName = change.new.map(KindTopics.nodeName)
        if let oldName, let topic = byNode[oldName], let seen = topic.view(of: change) { deliver(topic, seen) }
        if let newName, newName != oldName, let topic = byNode[newName], let seen = topic.view(of: change) {
            deliver(topic, seen)
        }
    }

    /// Nodes, their Leases, and other objects without a namespace are a node's by having its name.
    static func isOfNode(_ key: ObjectKey) -> Bool {
        key.kind == .lease ? key.namespace == "kube-node-lease" : !key.kind.info.isNamespaced
    }

    static func nodeName(of object: KubeObject) -> String { object.as(Pod.self)?.spec.nodeName ?? "" }
}
