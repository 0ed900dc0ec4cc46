import KubeAPI

// Fairness between clients. Follows kubernetes pkg/apis/flowcontrol/v1/defaults.go and
// pkg/apis/flowcontrol/validation/validation.go.

enum FlowSchemaStrategy: Strategy {
    static func setDefaults(_ schema: inout FlowSchema) {
        if schema.spec.matchingPrecedence.isZeroOrNil { schema.spec.matchingPrecedence = 1000 }
    }

    static func validate(_ schema: FlowSchema) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                let precedence = schema.spec.matchingPrecedence ?? 0
                if precedence <= 0 { validator.invalid("matchingPrecedence", precedence, "must be a positive value") }
                if precedence > 10000 {
                    validator.invalid("matchingPrecedence", precedence, "must not be greater than 10000")
                }
                if precedence == 1, schema.name != "exempt" {
                    validator.invalid(
                        "matchingPrecedence", precedence, "only the schema named 'exempt' may have matchingPrecedence 1"
                    )
                }
                if let method = schema.spec.distinguisherMethod, !["ByNamespace", "ByUser"].contains(method.type) {
                    validator.notSupported("distinguisherMethod", method, ["ByNamespace", "ByUser"])
                }
                let level = schema.spec.priorityLevelConfiguration.name
                if level.isEmpty {
                    validator.required(
                        .grandchild("priorityLevelConfiguration", "name"), "must reference a priority level")
                } else {
                    validator.check(
                        .grandchild("priorityLevelConfiguration", "name"), level, Validation.dns1123Subdomain(level))
                }
                validator.each("rules", schema.spec.rules) { validator, rule, _ in
                    if rule.subjects.isEmpty {
                        validator.required("subjects", "subjects must contain at least one value")
                    }
                    if rule.resourceRules.isEmpty, rule.nonResourceRules.isEmpty {
                        validator.required(
                            .here, "at least one of resourceRules and nonResourceRules has to be non-empty")
                    }
                }
            }
        }
    }
}

enum PriorityLevelConfigurationStrategy: Strategy {
    static func setDefaults(_ level: inout PriorityLevelConfiguration) {
        if level.spec.type == "Exempt", level.spec.exempt == nil {
            level.spec.exempt = ExemptPriorityLevelConfiguration()
        }
        if let exempt = level.spec.exempt {
            if exempt.nominalConcurrencyShares == nil { level.spec.exempt?.nominalConcurrencyShares = 0 }
            if exempt.lendablePercent == nil { level.spec.exempt?.lendablePercent = 0 }
        }
        if let limited = level.spec.limited {
            if limited.nominalConcurrencyShares == nil { level.spec.limited?.nominalConcurrencyShares = 30 }
            if limited.lendablePercent == nil { level.spec.limited?.lendablePercent = 0 }
            if let queuing = limited.limitResponse?.queuing {
                var queuing = queuing
                if queuing.queues.isZeroOrNil { queuing.queues = 64 }
                if queuing.handSize.isZeroOrNil { queuing.handSize = 8 }
                if queuing.queueLengthLimit.isZeroOrNil { queuing.queueLengthLimit = 50 }
                if limited.limitResponse?.queuing != queuing { level.spec.limited?.limitResponse?.queuing = queuing }
            }
        }
    }

    static func validate(_ level: PriorityLevelConfiguration) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                validator.oneOf("type", level.spec.type, ["Exempt", "Limited"])
                if level.spec.type == "Exempt", level.spec.limited != nil {
                    validator.forbidden("limited", "must be nil if the type is not Limited")
                }
                guard level.spec.type == "Limited" else { return }
                if level.spec.exempt != nil { validator.forbidden("exempt", "must be nil if the type is Limited") }
                guard let limited = level.spec.limited else {
                    return validator.required("limited", "must not be empty when type is Limited")
                }
                validator.field("limited") { $0.limited(limited) }
            }
        }
    }
}

extension Validator {
    fileprivate mutating func limited(_ limited: LimitedPriorityLevelConfiguration) {
        nonnegative("nominalConcurrencyShares", limited.nominalConcurrencyShares)
        if let percent = limited.lendablePercent, !(0...100).contains(percent) {
            invalid("lendablePercent", percent, "must be between 0 and 100, inclusive")
        }
        nonnegative("borrowingLimitPercent", limited.borrowingLimitPercent)
        guard let response = limited.limitResponse else { return }
        field("limitResponse") { validator in
            validator.oneOf("type", response.type, ["Queue", "Reject"])
            if response.type == "Reject", response.queuing != nil {
                validator.forbidden("queuing", "must be nil if limited.limitResponse.type is not Limited")
            }
            guard response.type == "Queue" else { return }
            guard let queuing = response.queuing else {
                return validator.required("queuing", "must not be empty if limited.limitResponse.type is Limited")
            }
            validator.field("queuing") { validator in
                let queues = queuing.queues ?? 0
                let handSize = queuing.handSize ?? 0
                if queuing.queueLengthLimit ?? 0 <= 0 {
                    validator.invalid("queueLengthLimit", queuing.queueLengthLimit ?? 0, "must be positive")
                }
                if queues <= 0 { validator.invalid("queues", queues, "must be positive") }
                if handSize <= 0 { validator.invalid("handSize", handSize, "must be positive") }
                if handSize > queues {
                    validator.invalid("handSize", handSize, "should not be greater than queues (\(queues))")
                }
            }
        }
    }
}
