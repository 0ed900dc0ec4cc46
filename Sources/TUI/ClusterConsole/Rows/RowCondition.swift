import ClusterCore
import KubeAPI
import KubeClient

/// Which objects of a kind a view is about, besides their namespace.
enum RowCondition: Equatable {
    case all
    /// Objects with an owner reference to this UID.
    case owner(uid: String)
    /// Pods on a node.
    case node(String)
    /// Objects with these labels.
    case labels(Selector)
    /// Events about an object. Without UID, by name.
    case about(ObjectKey, uid: String)
    /// The slices of a Service.
    case slices(service: String)

    func contains(_ object: KubeObject) -> Bool {
        switch self {
        case .all: true
        case .owner(let uid): object.metadata.ownerReferences.contains { $0.uid == uid }
        case .node(let name): object.as(Pod.self)?.spec.nodeName == name
        case .labels(let selector): selector.matches(object.metadata.labels)
        case .about(let key, let uid):
            object.as(Event.self).map { EventLookup.isAbout(key, uid: uid, $0.involvedObject) } ?? false
        case .slices(let service): object.metadata.labels[WellKnownLabel.serviceName] == service
        }
    }
}

/// Finding the events about an object, as `kubectl describe` does.
enum EventLookup {
    static func isAbout(_ key: ObjectKey, uid: String, _ reference: ObjectReference) -> Bool {
        guard reference.name == key.name, reference.kind == key.kind.info.name else { return false }
        // Events about nodes carry the node's name where a UID belongs.
        return (reference.namespace ?? "") == key.namespace
            && (uid.isEmpty || reference.uid == nil || reference.uid == uid)
            || key.namespace.isEmpty
    }

    /// The UID that events about an object name.
    static func uid(of object: KubeObject) -> String { object.as(Pod.self)?.uidOnNode ?? object.uid }

    /// The namespace that the events about an object are in.
    static func namespace(of key: ObjectKey) -> String { key.namespace.isEmpty ? "default" : key.namespace }

    /// Events about an object, the oldest first. O(events of its namespace).
    static func events(about key: ObjectKey, uid: String, in snapshot: Snapshot) -> [Event] {
        var found: [Event] = []
        snapshot.forEach(.event, namespace: namespace(of: key)) { object in
            if let event = object.as(Event.self), isAbout(key, uid: uid, event.involvedObject) { found.append(event) }
            return true
        }
        return found.enumerated().sorted { ($0.element.lastSeen, $0.offset) < ($1.element.lastSeen, $1.offset) }
            .map(\.element)
    }
}
