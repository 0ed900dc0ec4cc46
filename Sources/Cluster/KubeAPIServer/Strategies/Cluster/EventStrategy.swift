import KubeAPI

/// Events. Follows kubernetes pkg/registry/core/event/strategy.go and pkg/apis/core/validation/events.go.
enum EventStrategy: Strategy {
    static func validate(_ event: Event) -> [FieldError] {
        Validator.errors { validator in
            let about = event.involvedObject
            if let namespace = about.namespace, !namespace.isEmpty {
                if event.namespace != namespace {
                    validator.invalid(
                        .grandchild("involvedObject", "namespace"), namespace, "does not match event.namespace")
                }
            } else if !event.namespace.isEmpty, event.namespace != "default", event.namespace != "kube-system" {
                // Events about what has no namespace are kept in the default one.
                validator.invalid(
                    .grandchild("involvedObject", "namespace"), "", "does not match event.namespace")
            }
            guard event.eventTime != nil else { return }
            if event.reportingComponent.isEmptyOrNil { validator.required("reportingController") }
            if event.reportingInstance.isEmptyOrNil { validator.required("reportingInstance") }
            if event.action.isEmptyOrNil { validator.required("action") }
            if event.reason.isEmptyOrNil { validator.required("reason") }
            if let message = event.message, message.utf8.count > 1024 {
                validator.invalid("message", "", "can have at most 1024 characters")
            }
            if let series = event.series {
                validator.field("series") { validator in
                    if series.count ?? 0 < 2 { validator.invalid("count", series.count ?? 0, "should be at least 2") }
                    if series.lastObservedTime == nil { validator.required("lastObservedTime") }
                }
            }
        }
    }

    static func validateUpdate(_ event: Event, old: Event) -> [FieldError] { validate(event) }

    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsPathSegment(name, isPrefix)
    }
    static var allowsCreateOnUpdate: Bool { true }
}

/// The same events by the name of their own group.
enum EventsEventStrategy: Strategy {
    static func validate(_ event: EventsEvent) -> [FieldError] {
        Validator.errors { validator in
            if event.eventTime == MicroTime() { validator.required("eventTime") }
            if event.reportingController.isEmptyOrNil { validator.required("reportingController") }
            if event.reportingInstance.isEmptyOrNil { validator.required("reportingInstance") }
            if event.action.isEmptyOrNil { validator.required("action") }
            if event.reason.isEmptyOrNil { validator.required("reason") }
            validator.oneOf("type", event.type, ["Normal", "Warning"], isRequired: false)
        }
    }

    static func validateUpdate(_ event: EventsEvent, old: EventsEvent) -> [FieldError] { [] }

    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsPathSegment(name, isPrefix)
    }
    static var allowsCreateOnUpdate: Bool { true }
}
