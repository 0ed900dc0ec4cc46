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
                    validator.notSupported(
                        .grandchild("distinguisherMethod", "type"), method, ["ByNamespace", "ByUser"])
                }
                let level = schema.spec.priorityLevelConfiguration.name
                if level.isEmpty {
                    validator.required(
                        .grandchild("priorityLevelConfiguration", "name"), "must reference a priority level")
                } else {
                    validator.check(
                        .grandchild("priorityLevelConfiguration", "name"), level, Validation.dns1123Subdomain(level))
                }
                validator.each("rules", schema.spec.rules) { validator, rules, _ in validator.flowRules(rules) }
            }
            // The mandatory ones are fixed.
            if FlowControlDefaults.isMandatory(schema.name),
                let fixed = FlowControlDefaults.byKey[schema.key]?.as(FlowSchema.self), fixed.spec != schema.spec
            {
                validator.invalid("spec", schema.spec, "spec of '\(schema.name)' must equal the fixed value")
            }
        }
    }

    static func validateStatusUpdate(_ schema: FlowSchema, old: FlowSchema) -> [FieldError] {
        Validator.errors { $0.conditionTypes(schema.status.conditions.map { $0.type ?? "" }) }
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
                if (level.name == "exempt") != (level.spec.type == "Exempt") {
                    validator.invalid("type", level.spec.type, "type must be 'Exempt' if and only if name is 'exempt'")
                }
                if !["Exempt", "Limited"].contains(level.spec.type) {
                    validator.notSupported("type", level.spec.type, ["Exempt", "Limited"])
                }
                if level.spec.type == "Exempt" {
                    if level.spec.limited != nil {
                        validator.forbidden("limited", "must be nil if the type is not Limited")
                    }
                    if let exempt = level.spec.exempt { validator.field("exempt") { $0.exempt(exempt) } }
                }
                guard level.spec.type == "Limited" else { return }
                if level.spec.exempt != nil { validator.forbidden("exempt", "must be nil if the type is Limited") }
                guard let limited = level.spec.limited else {
                    return validator.required("limited", "must not be empty when type is Limited")
                }
                validator.field("limited") { $0.limited(limited) }
            }
            validator.fixedSpec(of: level)
        }
    }

    static func validateStatusUpdate(
        _ level: PriorityLevelConfiguration, old: PriorityLevelConfiguration
    ) -> [FieldError] {
        Validator.errors { $0.conditionTypes(level.status.conditions.map { $0.type ?? "" }) }
    }
}

extension Validator {
    /// Conditions have types, and each its own.
    fileprivate mutating func conditionTypes(_ types: [String]) {
        field("status") { validator in
            validator.each("conditions", types) { validator, type, index in
                if types[..<index].contains(type) { validator.duplicate("type", type) }
                if type.isEmpty { validator.required("type", "must not be empty") }
            }
        }
    }

    /// The mandatory levels are fixed, but for what the exempt one takes part in.
    fileprivate mutating func fixedSpec(of level: PriorityLevelConfiguration) {
        guard FlowControlDefaults.isMandatory(level.name),
            var wanted = FlowControlDefaults.byKey[level.key]?.as(PriorityLevelConfiguration.self)?.spec
        else { return }
        let isExempt = level.name == "exempt"
        if isExempt { wanted.exempt = level.spec.exempt }
        if wanted == level.spec { return }
        let exception = isExempt ? " except the 'spec.exempt' field" : ""
        invalid("spec", level.spec, "spec of '\(level.name)'\(exception) must equal the fixed value")
    }

    fileprivate mutating func exempt(_ exempt: ExemptPriorityLevelConfiguration) {
        shares(exempt.nominalConcurrencyShares, exempt.lendablePercent)
    }

    private mutating func shares(_ shares: Int?, _ lendablePercent: Int?) {
        if let shares, shares < 0 {
            invalid("nominalConcurrencyShares", shares, "must be a non-negative integer")
        }
        if let lendablePercent, !(0...100).contains(lendablePercent) {
            invalid("lendablePercent", lendablePercent, "must be between 0 and 100, inclusive")
        }
    }

    fileprivate mutating func limited(_ limited: LimitedPriorityLevelConfiguration) {
        shares(limited.nominalConcurrencyShares, limited.lendablePercent)
        if let percent = limited.borrowingLimitPercent, percent < 0 {
            invalid("borrowingLimitPercent", percent, "if specified, must be a non-negative integer")
        }
        let response = limited.limitResponse ?? LimitResponse()
        field("limitResponse") { validator in
            if !["Queue", "Reject"].contains(response.type) {
                validator.notSupported("type", response.type, ["Queue", "Reject"])
            }
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
                if queues > Validator.mostQueues {
                    validator.invalid("queues", queues, "must not be greater than \(Validator.mostQueues)")
                }
                if handSize <= 0 {
                    validator.invalid("handSize", handSize, "must be positive")
                } else if handSize > queues {
                    validator.invalid("handSize", handSize, "should not be greater than queues (\(queues))")
                } else if !Validator.canDeal(handSize, of: queues) {
                    validator.invalid(
                        "handSize", handSize,
                        "required entropy bits of deckSize \(queues) and handSize \(handSize) should not be greater "
                            + "than 60")
                }
            }
        }
    }

    private static let mostQueues = 10_000_000

    /// Whether 60 bits tell all hands apart that can be dealt: `queues` · (`queues` − 1) · … of them.
    ///
    /// Follows apiserver pkg/util/shufflesharding/dealer.go `RequiredEntropyBits`.
    private static func canDeal(_ handSize: Int, of queues: Int) -> Bool {
        var hands = 1
        for left in (queues - handSize + 1)...queues {
            let (product, isTooLarge) = hands.multipliedReportingOverflow(by: left)
            if isTooLarge || product > 1 << 60 { return false }
            hands = product
        }
        return true
    }
}
