import ClusterCore
import KubeAPI

/// Writes Events for one component, joining repeated ones as client-go's correlator does: the same event again counts
/// up the one that is there; more than ten similar ones within ten minutes are joined under
/// "(combined from similar events)"; and a source may write 25 events about one object at once, then one every five
/// minutes. Follows client-go `tools/record/events_cache.go`.
package final class EventRecorder {
    package enum EventType: String { case normal = "Normal", warning = "Warning" }

    private struct Identity: Hashable {
        var object: String
        /// Empty for events that are joined: those of all places of an object count together.
        var fieldPath: String
        var type: String
        var reason: String
        var message: String
    }

    private struct Seen {
        /// Nil until the event is written.
        var key: ObjectKey?
        /// How often it came, those times included that were not written.
        var count = 0
        let first: Instant
    }

    private struct Similar {
        var messages: Set<String>
        var last: Instant
    }

    private let client: any KubeClient
    private let loop: EventLoop
    /// As in `source.component` of core events: `kubelet`, `deployment-controller`.
    private let component: String
    private let host: String?
    private var seen: [Identity: Seen] = [:]
    private var similar: [Identity: Similar] = [:]
    private var spam: [String: TokenBucket] = [:]
    /// The most remembered of each; all is forgotten beyond, as upstream's caches of 4096 forget their oldest.
    private static let capacity = 4096

    package init(client: any KubeClient, loop: EventLoop, component: String, host: String? = nil) {
        self.client = client
        self.loop = loop
        self.component = component
        self.host = host
    }

    /// Records an event about an object of a generated kind.
    package func event<Value: Resource>(
        _ object: Value, _ type: EventType, _ reason: String, _ message: String, fieldPath: String? = nil
    ) {
        var reference = ObjectReference()
        let info = Value.kind.info
        reference.kind = info.name
        reference.apiVersion = info.apiVersion
        reference.namespace = info.isNamespaced ? object.namespace : nil
        reference.name = object.name
        reference.uid = object.metadata.uid
        reference.resourceVersion = object.metadata.resourceVersion
        reference.fieldPath = fieldPath
        event(about: reference, type, reason, message)
    }

    /// Records an event about anything that a reference names.
    package func event(about reference: ObjectReference, _ type: EventType, _ reason: String, _ message: String) {
        let now = loop.now
        let about = [
            reference.kind ?? "", reference.namespace ?? "", reference.name ?? "", reference.uid ?? "",
        ]
        .joined(separator: "/")
        trim()
        let (identity, text) = aggregate(
            Identity(
                object: about, fieldPath: reference.fieldPath ?? "", type: type.rawValue, reason: reason,
                message: message), message, now)
        var record = seen[identity] ?? Seen(key: nil, first: now)
        record.count += 1
        // What is held back is counted all the same.
        if spam[about, default: TokenBucket(ratePerSecond: 1.0 / 300, burst: 25)].tryAccept(now),
            !count(record, text, now)
        {
            record.key = write(reference, type, reason, text, record, now)
        }
        seen[identity] = record
    }

    private func trim() {
        if seen.count > EventRecorder.capacity { seen.removeAll() }
        if similar.count > EventRecorder.capacity { similar.removeAll() }
        if spam.count > EventRecorder.capacity { spam.removeAll() }
    }

    /// The identity under which the event counts, and the text to write.
    private func aggregate(_ identity: Identity, _ message: String, _ now: Instant) -> (Identity, String) {
        var group = identity
        group.message = ""
        group.fieldPath = ""
        var record = similar[group] ?? Similar(messages: [], last: now)
        if now - record.last > .minutes(10) { record.messages.removeAll() }
        record.messages.insert(message)
        record.last = now
        if record.messages.count < 10 {
            similar[group] = record
            return (identity, message)
        }
        // Upstream keeps the set from growing: any one of it goes. The smallest, so that runs are alike.
        if let smallest = record.messages.min() { record.messages.remove(smallest) }
        similar[group] = record
        return (group, "(combined from similar events): " + message)
    }

    /// Brings an event that is there up to date. False if it is there no more, or never was.
    private func count(_ record: Seen, _ message: String, _ now: Instant) -> Bool {
        guard let key = record.key else { return false }
        do throws(StatusError) {
            let written = try client.mutate(Event.self, key) { event in
                event.count = record.count
                event.lastTimestamp = now.time
                event.message = message
            }
            return written != nil
        } catch {
            return false
        }
    }

    private func write(
        _ reference: ObjectReference, _ type: EventType, _ reason: String, _ message: String, _ record: Seen,
        _ now: Instant
    ) -> ObjectKey? {
        var event = Event()
        let namespace = reference.namespace ?? "default"
        // As upstream names events: the object's name and the time in nanoseconds, in hexadecimal. Several events of
        // one instant are told apart by counting up.
        var stamp = UInt64(bitPattern: Int64(now.nanoseconds))
        var name = "\(reference.name ?? "").\(String(stamp, radix: 16))"
        while client.object(ObjectKey(.event, namespace: namespace, name: name)) != nil {
            stamp += 1
            name = "\(reference.name ?? "").\(String(stamp, radix: 16))"
        }
        event.metadata.name = name
        event.metadata.namespace = namespace
        event.involvedObject = reference
        event.reason = reason
        event.message = message
        event.type = type.rawValue
        event.count = record.count
        event.firstTimestamp = record.first.time
        event.lastTimestamp = now.time
        var source = EventSource()
        source.component = component
        source.host = host
        event.source = source
        event.reportingComponent = component
        event.reportingInstance = host ?? ""
        do throws(StatusError) {
            return try client.create(event).key
        } catch {
            // Events are best effort: a namespace that is going away takes none.
            return nil
        }
    }
}
