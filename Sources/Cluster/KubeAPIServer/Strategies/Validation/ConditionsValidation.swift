import KubeAPI

extension Validator {
    private static let longestReason = 1024
    private static let longestMessage = 32 * 1024

    /// Conditions as most kinds have them: one of a type, each with its time and its reason.
    ///
    /// Follows apimachinery pkg/apis/meta/v1/validation/validation.go `ValidateConditions`.
    mutating func conditions(_ conditions: [Condition]) {
        each("conditions", conditions) { validator, condition, index in
            if conditions[..<index].contains(where: { $0.type == condition.type }) {
                validator.duplicate("type", condition.type)
            }
            validator.condition(condition)
        }
    }

    private mutating func condition(_ condition: Condition) {
        check("type", condition.type, Validation.labelKey(condition.type))
        let statuses = ["False", "True", "Unknown"]
        if !statuses.contains(condition.status) { notSupported("status", condition.status, statuses) }
        if let generation = condition.observedGeneration, generation < 0 {
            invalid("observedGeneration", generation, "must be greater than or equal to zero")
        }
        if condition.lastTransitionTime.isZero { required("lastTransitionTime", "must be set") }
        if condition.reason.isEmpty {
            required("reason", "must be set")
        } else {
            check("reason", condition.reason, Validation.conditionReason(condition.reason))
            if condition.reason.utf8.count > Validator.longestReason {
                tooLong("reason", maximum: Validator.longestReason)
            }
        }
        if condition.message.utf8.count > Validator.longestMessage {
            tooLong("message", maximum: Validator.longestMessage)
        }
    }
}
