import ClusterCore
import KubeAPI

/// Writes Events in the form of their own group, as kube-scheduler does: each says what was done (`action`), to what
/// (`involvedObject`) and for whom (`related`), with the time in microseconds; count, source and the two times of
/// events of the core group are left out.
///
/// The same action for the same reason on the same version of an object makes a series, whatever the note says: its
/// second event writes the series into the first, with a count of two; those that follow only count. The count is
/// written every half an hour, and when the series has ended, which is looked at every six minutes.
///
/// Follows client-go `tools/events/event_broadcaster.go`.
public final class EventSeriesRecorder: EventTarget {
    private struct Series {
        /// As it was first written, to be written again if it is gone.
        let event: Event
        var count = 1
        var last: Instant
        /// Whether the event says less than is counted.
        var isBehind = false
    }

    private let client: any KubeClient
    private let loop: EventLoop
    private let controller: String
    private let instance: String
    private let start: Instant
    private var known: [Fingerprint: Series] = [:]
    /// Series that are behind, in the order in which they fell behind.
    private var behind: [Fingerprint] = []
    private var timer: Timer?

    private static let finishTime = Interval.minutes(6)
    private static let refreshTime = Interval.minutes(30)
    /// The most remembered; beyond, what is counted is written and all is forgotten.
    private static let capacity = 4096

    /// - Parameters:
    ///   - controller: As in `reportingComponent` of core events: `default-scheduler`.
    ///   - host: The name of the host that the controller runs on.
    public init(client: any KubeClient, loop: EventLoop, controller: String, host: String = "drydock") {
        self.client = client
        self.loop = loop
        self.controller = controller
        instance = controller + "-" + host
        start = loop.now
    }

    /// Records an event. `related`: the object on whose behalf something was done.
    public func event<Value: Resource>(
        _ object: Value, related: ObjectReference? = nil, _ type: EventRecorder.EventType, _ reason: String,
        action: String, _ note: String
    ) {
        var event = Event()
        event.involvedObject = ObjectReference(to: object)
        event.related = related
        event.type = type.rawValue
        event.reason = reason
        event.action = action
        event.message = note
        event.reportingComponent = controller
        event.reportingInstance = instance
        let key = EventSeriesRecorder.key(event)
        let now = loop.now
        if var series = known[key], !isFinished(series, at: now) {
            series.count += 1
            series.last = now
            if series.count == 2 {
                write(series)
            } else if !series.isBehind {
                series.isBehind = true
                behind.append(key)
                schedule()
            }
            known[key] = series
            return
        }
        if known.count >= EventSeriesRecorder.capacity { forget() }
        event.eventTime = now.microTime
        _ = EventRecorder.create(&event, from: UInt64(bitPattern: Int64(now.nanoseconds)), client)
        known[key] = Series(event: event, last: now)
    }

    private static func key(_ event: Event) -> Fingerprint {
        var key = Fingerprint()
        for text in [event.type, event.reason, event.action] { key.combine(text ?? "") }
        for reference in [event.involvedObject, event.related ?? ObjectReference()] {
            for text in [reference.kind, reference.namespace, reference.name, reference.uid, reference.resourceVersion]
            {
                key.combine(text ?? "")
            }
        }
        return key
    }

    // MARK: Writing

    private func write(_ series: Series) {
        var status = EventSeries()
        status.count = series.count
        status.lastObservedTime = series.last.microTime
        var event = series.event
        event.series = status
        do throws(StatusError) {
            _ = try client.mutate(Event.self, event.key, nil) { $0.series = status }
        } catch {
            // Events go after an hour, and then the series is written anew. Best effort, as above.
            if error.reason == .notFound { _ = try? client.create(event.boxed, WriteOptions()) }
        }
    }

    // MARK: The end of series

    /// The last time before or at `now` when ended series were looked for.
    private func lastLook(_ now: Instant) -> Instant {
        let passed = (now - start).nanoseconds / EventSeriesRecorder.finishTime.nanoseconds
        return start + EventSeriesRecorder.finishTime * Int(passed)
    }

    /// Whether a series was found to have ended by then, so that the same event again is another.
    private func isFinished(_ series: Series, at now: Instant) -> Bool {
        series.last < lastLook(now) - EventSeriesRecorder.finishTime
    }

    private func schedule() {
        guard timer == nil else { return }
        timer = loop.schedule(at: lastLook(loop.now) + EventSeriesRecorder.finishTime, self)
    }

    public func fire(_ token: UInt64) {
        timer = nil
        let now = loop.now
        let isRefresh = (now - start).nanoseconds % EventSeriesRecorder.refreshTime.nanoseconds == 0
        let keys = behind
        behind.removeAll()
        for key in keys {
            guard var series = known[key] else { continue }
            let isFinished = isFinished(series, at: now)
            guard isFinished || isRefresh else {
                behind.append(key)
                continue
            }
            write(series)
            series.isBehind = false
            known[key] = isFinished ? nil : series
        }
        if !behind.isEmpty { schedule() }
    }

    private func forget() {
        for key in behind { known[key].map(write) }
        behind.removeAll()
        known.removeAll()
    }
}

extension ObjectReference {
    /// A reference to an object of a generated kind, in the version that is at hand.
    public init<Value: Resource>(to object: Value) {
        self.init()
        let info = Value.kind.info
        kind = info.name
        apiVersion = info.apiVersion
        namespace = info.isNamespaced ? object.namespace : nil
        name = object.name
        uid = object.metadata.uid
        resourceVersion = object.metadata.resourceVersion
    }
}
