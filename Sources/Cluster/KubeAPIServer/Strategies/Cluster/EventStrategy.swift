import KubeAPI

/// Events. Follows kubernetes pkg/registry/core/event/strategy.go and pkg/apis/core/validation/events.go.
enum EventStrategy: Strategy {
    static func validate(_ event: Event) -> [FieldError] { Validator.errors { $0.event(event) } }

    static func validateUpdate(_ event: Event, old: Event) -> [FieldError] { validate(event) }

    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsPathSegment(name, isPrefix)
    }
    static var allowsCreateOnUpdate: Bool { true }
}

/// The same events by the name of their own group, which holds them to more: what only older clients write has to be
/// left out, and an update may add to the series alone. Errors name the fields as the core group does.
enum EventsEventStrategy: Strategy {
    static func validate(_ served: EventsEvent) -> [FieldError] {
        let event = stored(served)
        return Validator.errors { validator in
            validator.event(event)
            validator.check(
                .grandchild("metadata", "name"), event.name, Validation.nameIsDNSSubdomain(event.name, false))
            validator.eventSeries(event.series)
            if event.eventTime == nil { validator.required("eventTime") }
            let type = event.type ?? ""
            if type != "Normal", type != "Warning" { validator.invalid("type", "", "has invalid value: \(type)") }
            if event.firstTimestamp != nil { validator.invalid("firstTimestamp", "", "needs to be unset") }
            if event.lastTimestamp != nil { validator.invalid("lastTimestamp", "", "needs to be unset") }
            if !event.count.isZeroOrNil { validator.invalid("count", "", "needs to be unset") }
            if let source = event.source, source != EventSource() {
                validator.invalid("source", "", "needs to be unset")
            }
        }
    }

    static func validateUpdate(_ served: EventsEvent, old servedOld: EventsEvent) -> [FieldError] {
        let event = stored(served)
        let old = stored(servedOld)
        return Validator.errors { validator in
            validator.event(event)
            if event.series != old.series { validator.eventSeries(event.series) }
            validator.immutable("involvedObject", event.involvedObject, old: old.involvedObject)
            validator.immutable("reason", event.reason ?? "", old: old.reason ?? "")
            validator.immutable("message", event.message ?? "", old: old.message ?? "")
            validator.immutable("source", event.source ?? EventSource(), old: old.source ?? EventSource())
            validator.immutable("firstTimestamp", event.firstTimestamp, old: old.firstTimestamp)
            validator.immutable("lastTimestamp", event.lastTimestamp, old: old.lastTimestamp)
            validator.immutable("count", event.count ?? 0, old: old.count ?? 0)
            validator.immutable("type", event.type ?? "", old: old.type ?? "")
            validator.immutable("eventTime", event.eventTime, old: old.eventTime)
            validator.immutable("action", event.action ?? "", old: old.action ?? "")
            validator.immutable("related", event.related, old: old.related)
            validator.immutable(
                "reportingController", event.reportingComponent ?? "", old: old.reportingComponent ?? "")
            validator.immutable("reportingInstance", event.reportingInstance ?? "", old: old.reportingInstance ?? "")
        }
    }

    private static func stored(_ event: EventsEvent) -> Event {
        guard let stored = event.boxed.stored.as(Event.self) else { preconditionFailure("stored as another kind") }
        return stored
    }

    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsPathSegment(name, isPrefix)
    }
    static var allowsCreateOnUpdate: Bool { true }
}

extension Validator {
    /// What every event is held to, by whatever name it comes. Follows `legacyValidateEvent`.
    fileprivate mutating func event(_ event: Event) {
        let about = event.involvedObject.namespace ?? ""
        let isMisplaced: Bool
        if event.eventTime == nil {
            // Events about what has no namespace are kept in the default one.
            isMisplaced = about.isEmpty ? !["", "default"].contains(event.namespace) : about != event.namespace
        } else {
            isMisplaced = about.isEmpty && !["default", "kube-system"].contains(event.namespace)
        }
        if isMisplaced { invalid(.grandchild("involvedObject", "namespace"), about, "does not match event.namespace") }
        if event.eventTime != nil {
            let reporter = event.reportingComponent ?? ""
            if reporter.isEmpty { required("reportingController") }
            check("reportingController", reporter, Validation.qualifiedName(reporter))
            for (name, text) in [
                ("reportingInstance", event.reportingInstance), ("action", event.action), ("reason", event.reason),
            ] {
                if text.isEmptyOrNil { required(.child(name)) }
                atMost(128, .child(name), text)
            }
            atMost(1024, "message", event.message)
        }
        check("namespace", event.namespace, Validation.nameIsDNSSubdomain(event.namespace, false))
    }

    fileprivate mutating func eventSeries(_ series: EventSeries?) {
        guard let series else { return }
        if series.count ?? 0 < 2 { invalid("series.count", "", "should be at least 2") }
        if series.lastObservedTime?.isZero ?? true { required("series.lastObservedTime") }
    }

    private mutating func atMost(_ limit: Int, _ place: Place, _ text: String?) {
        if let text, text.utf8.count > limit { invalid(place, "", "can have at most \(limit) characters") }
    }
}
