import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// What the filter bar says: `web` (any cell has it, without regard to case), `web|db` (one of them), `!web` (none has
/// it), `-l app=web,tier!=db` (a label selector).
struct RowFilter: Equatable {
    private enum Condition: Equatable {
        case words([[UInt8]], isInverse: Bool)
        case labels(Selector)
    }

    let text: String
    private let condition: Condition

    /// Nil for a text that filters nothing, such as an empty one.
    /// Throws what is wrong with a label selector.
    init?(_ text: String) throws(StatusError) {
        var rest = text.drop { $0 == " " }
        self.text = text
        if rest.hasPrefix("-l") {
            rest = rest.dropFirst(2)
            let selector = try Selector(parsing: String(rest))
            if selector.requirements.isEmpty { return nil }
            condition = .labels(selector)
            return
        }
        let isInverse = rest.hasPrefix("!")
        if isInverse { rest = rest.dropFirst() }
        let words = rest.split(separator: "|").map { Array($0.utf8.map(RowFilter.lowercased)) }
        if words.isEmpty { return nil }
        condition = .words(words, isInverse: isInverse)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }

    func matches(_ object: KubeObject, now: Instant) -> Bool {
        switch condition {
        case .labels(let selector): return selector.matches(object.metadata.labels)
        case .words(let words, let isInverse):
            // The name is the first thing to look at: printing costs more than all comparisons.
            var found = RowFilter.contains(words, object.name) || RowFilter.contains(words, object.namespace)
            if !found { found = ClusterTables.cells(object, now: now).contains { RowFilter.contains(words, $0) } }
            return found != isInverse
        }
    }

    /// Whether only the labels count, so that no cell is printed.
    var isCheap: Bool { if case .labels = condition { true } else { false } }

    private static func contains(_ words: [[UInt8]], _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            words.contains { word in
                guard word.count <= bytes.count else { return false }
                for start in 0...bytes.count - word.count {
                    var length = 0
                    while length < word.count, lowercased(bytes[start + length]) == word[length] { length += 1 }
                    if length == word.count { return true }
                }
                return false
            }
        }
    }
}

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
        case .slices(let service): object.metadata.labels["kubernetes.io/service-name"] == service
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
