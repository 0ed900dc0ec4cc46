/// Events by the name of their own group, stored as those of the core group.
///
/// Follows kubernetes `pkg/apis/events/v1/conversion.go`: the same fields under other names, those of before the group
/// marked as deprecated.
enum EventConversion: KindConversion {
    static func stored(_ served: EventsEvent) -> Event {
        var event = Event()
        event.metadata = served.metadata
        event.eventTime = served.eventTime.isZero ? nil : served.eventTime
        event.reportingComponent = served.reportingController
        event.reportingInstance = served.reportingInstance
        event.action = served.action
        event.reason = served.reason
        event.involvedObject = served.regarding ?? ObjectReference()
        event.related = served.related
        event.message = served.note
        event.type = served.type
        event.source = served.deprecatedSource
        event.firstTimestamp = served.deprecatedFirstTimestamp
        event.lastTimestamp = served.deprecatedLastTimestamp
        event.count = served.deprecatedCount
        if let series = served.series {
            var stored = EventSeries()
            stored.count = series.count
            stored.lastObservedTime = series.lastObservedTime.isZero ? nil : series.lastObservedTime
            event.series = stored
        }
        return event
    }

    static func served(_ stored: Event) -> EventsEvent {
        var event = EventsEvent()
        event.metadata = stored.metadata
        event.eventTime = stored.eventTime ?? MicroTime()
        event.reportingController = stored.reportingComponent
        event.reportingInstance = stored.reportingInstance
        event.action = stored.action
        event.reason = stored.reason
        event.regarding = stored.involvedObject
        event.related = stored.related
        event.note = stored.message
        event.type = stored.type
        event.deprecatedSource = stored.source
        event.deprecatedFirstTimestamp = stored.firstTimestamp
        event.deprecatedLastTimestamp = stored.lastTimestamp
        event.deprecatedCount = stored.count
        if let series = stored.series {
            var served = EventsEventSeries()
            served.count = series.count ?? 0
            served.lastObservedTime = series.lastObservedTime ?? MicroTime()
            event.series = served
        }
        return event
    }
}
