import ClusterCore
import KubeAPI

/// Writes Events for one component, joining repeated ones as client-go's correlator does: the same event again counts
/// up the one that is there; more than ten similar ones within ten minutes are joined under
/// "(combined from similar events)"; and a source may write 25 events about one object at once, then one every five
/// minutes. Follows client-go `tools/record/events_cache.go`.
public final class EventRecorder {
    public enum EventType: String { case normal = "Normal", warning = "Warning" }

    private struct Seen {
        /// In which the event's name ends; nil until it is written.
        var stamp: UInt64?
        /// How often it came, those times included that were not written.
        var count = 0
        let first: Instant
    }

    /// The texts of one reason about one object, most often a single one.
    private struct Similar {
        var message: String
        var others: [String] = []
        var last: Instant

        var count: Int { others.count + 1 }

        mutating func insert(_ text: String) {
            if text != message, !others.contains(text) { others.append(text) }
        }

        /// Forgets the smallest text.
        mutating func removeSmallest() {
            for index in others.indices where precedesUTF8(others[index], message) { swap(&others[index], &message) }
            if let last = others.popLast() { message = last }
        }
    }

    private let client: any KubeClient
    private let loop: EventLoop
    /// As in `source.component` of core events: `kubelet`, `deployment-controller`.
    private let component: String
    private let host: String?
    private let source: EventSource
    private var lastReference: (reference: ObjectReference, fingerprint: Fingerprint)?
    /// The last event that was written anew: about whom, and what its name ends in.
    private var lastWritten: (about: Fingerprint, stamp: UInt64)?
    /// By the fingerprint of object, type, reason, place in the object and text; of events that are joined, those of
    /// all places and texts count together.
    private var seen: [Fingerprint: Seen] = [:]
    /// By the fingerprint of object, type and reason.
    private var similar: [Fingerprint: Similar] = [:]
    /// By the fingerprint of the object.
    private var spam: [Fingerprint: TokenBucket] = [:]
    /// The most remembered of each; all is forgotten beyond, as upstream's caches of 4096 forget their oldest.
    private static let capacity = 4096

    public init(client: any KubeClient, loop: EventLoop, component: String, host: String? = nil) {
        self.client = client
        self.loop = loop
        self.component = component
        self.host = host
        var source = EventSource()
        source.component = component
        source.host = host
        self.source = source
    }

    /// Records an event about an object of a generated kind.
    public func event<Value: Resource>(
        _ object: Value, _ type: EventType, _ reason: String, _ message: String, fieldPath: String? = nil
    ) {
        let about = reference(to: object, fieldPath)
        event(about.reference, about.fingerprint, type, reason, message)
    }

    /// Events that follow each other about one version of an object share the reference to it.
    private func reference<Value: Resource>(
        to object: Value, _ fieldPath: String?
    ) -> (reference: ObjectReference, fingerprint: Fingerprint) {
        let metadata = object.metadata
        let info = Value.kind.info
        if let last = lastReference, last.reference.uid == metadata.uid,
            last.reference.resourceVersion == metadata.resourceVersion, last.reference.fieldPath == fieldPath,
            last.reference.name == metadata.name, last.reference.kind == info.name
        {
            return last
        }
        var reference = ObjectReference(to: object)
        reference.fieldPath = fieldPath
        let known = (reference, EventRecorder.fingerprint(of: reference))
        lastReference = known
        return known
    }

    /// Records an event about anything that a reference names.
    public func event(about reference: ObjectReference, _ type: EventType, _ reason: String, _ message: String) {
        event(reference, EventRecorder.fingerprint(of: reference), type, reason, message)
    }

    private func event(
        _ reference: ObjectReference, _ about: Fingerprint, _ type: EventType, _ reason: String, _ message: String
    ) {
        let now = loop.now
        trim()
        var group = about
        group.combine(type.rawValue)
        group.combine(reason)
        var identity = group
        var text = message
        let isCombined = aggregate(group, message, now)
        if isCombined {
            text = "(combined from similar events): " + message
        } else {
            identity.combine(reference.fieldPath ?? "")
            identity.combine(message)
        }
        var record = seen[identity] ?? Seen(first: now)
        record.count += 1
        // What is held back is counted all the same.
        if spam[about, default: TokenBucket(ratePerSecond: 1.0 / 300, burst: 25)].tryAccept(now),
            !count(record, reference, text, now)
        {
            record.stamp = write(reference, about, type, reason, text, isCombined: isCombined, record, now)
        }
        seen[identity] = record
    }

    private static func fingerprint(of reference: ObjectReference) -> Fingerprint {
        var fingerprint = Fingerprint()
        fingerprint.combine(reference.kind ?? "")
        fingerprint.combine(reference.namespace ?? "")
        fingerprint.combine(reference.name ?? "")
        fingerprint.combine(reference.uid ?? "")
        return fingerprint
    }

    private func trim() {
        if seen.count > EventRecorder.capacity { seen.removeAll() }
        if similar.count > EventRecorder.capacity { similar.removeAll() }
        if spam.count > EventRecorder.capacity { spam.removeAll() }
    }

    /// Notes the text of an event of a group. Whether so many differ lately that they count as one.
    private func aggregate(_ group: Fingerprint, _ message: String, _ now: Instant) -> Bool {
        guard var record = similar.removeValue(forKey: group), now - record.last <= .minutes(10) else {
            similar[group] = Similar(message: message, last: now)
            return false
        }
        record.insert(message)
        record.last = now
        let isCombined = record.count >= 10
        // Upstream keeps the set from growing: any one of it goes. The smallest, so that runs are alike.
        if isCombined { record.removeSmallest() }
        similar[group] = record
        return isCombined
    }

    /// Brings an event that is there up to date. False if it is there no more, or never was.
    private func count(_ record: Seen, _ reference: ObjectReference, _ message: String, _ now: Instant) -> Bool {
        guard let stamp = record.stamp else { return false }
        do throws(StatusError) {
            let written = try client.mutate(Event.self, EventRecorder.key(reference, stamp)) { event in
                event.count = record.count
                event.lastTimestamp = now.time
                event.message = message
            }
            return written != nil
        } catch {
            return false
        }
    }

    /// As upstream names events: the object's name and the time in nanoseconds, in hexadecimal.
    private static func key(_ reference: ObjectReference, _ stamp: UInt64) -> ObjectKey {
        let about = reference.name ?? ""
        let length = about.utf8.count
        let name = String(unsafeUninitializedCapacity: length + 17) { buffer in
            _ = buffer.initialize(from: about.utf8)
            buffer.initializeElement(at: length, to: UInt8(ascii: "."))
            let digits = max(1, (67 - stamp.leadingZeroBitCount) / 4)
            for place in 0..<digits {
                let digit = UInt8(truncatingIfNeeded: stamp >> UInt64(4 * (digits - 1 - place))) & 15
                let character = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                buffer.initializeElement(at: length + 1 + place, to: character)
            }
            return length + 1 + digits
        }
        return ObjectKey(.event, namespace: reference.namespace ?? "default", name: name)
    }

    /// The stamp in the name of the new event; nil if it could not be written. One that combines others does not say
    /// who reports it, only where it comes from.
    private func write(
        _ reference: ObjectReference, _ about: Fingerprint, _ type: EventType, _ reason: String, _ message: String,
        isCombined: Bool, _ record: Seen, _ now: Instant
    ) -> UInt64? {
        var event = Event()
        event.involvedObject = reference
        event.reason = reason
        event.message = message
        event.type = type.rawValue
        event.count = record.count
        event.firstTimestamp = record.first.time
        event.lastTimestamp = now.time
        event.source = source
        if !isCombined {
            event.reportingComponent = component
            event.reportingInstance = host ?? ""
        }
        // Several events of one instant are told apart by counting up.
        var stamp = UInt64(bitPattern: Int64(now.nanoseconds))
        if let last = lastWritten, last.about == about, last.stamp >= stamp { stamp = last.stamp + 1 }
        guard let written = EventRecorder.create(&event, from: stamp, client) else { return nil }
        lastWritten = (about, written)
        return written
    }

    /// Creates an event under the first name that is free, from a stamp on, and leaves it named so. The stamp that it
    /// got; nil if it could not be written.
    static func create(_ event: inout Event, from stamp: UInt64, _ client: any KubeClient) -> UInt64? {
        var stamp = stamp
        while true {
            let key = EventRecorder.key(event.involvedObject, stamp)
            event.metadata.name = key.name
            event.metadata.namespace = key.namespace
            do throws(StatusError) {
                _ = try client.create(event.boxed, WriteOptions())
                return stamp
            } catch {
                // Events are best effort: a namespace that is going away takes none.
                guard error.reason == .alreadyExists else { return nil }
                stamp += 1
            }
        }
    }
}
