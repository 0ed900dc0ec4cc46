import KubeAPI

// Which parts of a device's capacity may be asked for. Follows kubernetes
// pkg/apis/resource/validation/validation.go `validateRequestPolicy`.

extension Validator {
    private static let mostValues = 10

    mutating func requestPolicy(_ policy: CapacityRequestPolicy, of capacity: Quantity) {
        if !policy.validValues.isEmpty, policy.validRange != nil {
            return forbidden(
                .here,
                #"exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time"#)
        }
        if !policy.validValues.isEmpty {
            guard let usual = policy.default else { return required("default", "required when validValues is defined") }
            validValues(policy.validValues, usual: usual, of: capacity)
        } else if let range = policy.validRange {
            guard let usual = policy.default else { return required("default", "required when validRange is defined") }
            field("validRange") { $0.validRange(range, usual: usual, of: capacity) }
        }
    }

    private mutating func validValues(_ values: [Quantity], usual: Quantity, of capacity: Quantity) {
        for index in values.indices.dropFirst() where values[index] < values[index - 1] {
            invalid(.element("validValues", index), values[index].text, "values must be sorted in ascending order")
        }
        // Whole numbers are compared, and told.
        unique("validValues", values, maximum: Validator.mostValues, key: { String($0.value) }) { validator, value, _ in
            if value > capacity {
                validator.invalid(.here, value.text, "option is larger than capacity value: \(capacity.text)")
            }
        }
        if values.count > Validator.mostValues || !values.contains(usual) {
            invalid("validValues", usual.text, "default value is not valid according to the requestPolicy")
        }
    }

    private mutating func validRange(_ range: CapacityRequestPolicyRange, usual: Quantity, of capacity: Quantity) {
        let least = range.min
        if least > capacity {
            invalid("min", least.text, "min is larger than capacity value: \(capacity.text)")
        }
        if usual < least { invalid("min", usual.text, "default is less than min: \(least.text)") }
        if let most = range.max {
            if least > most { invalid("max", least.text, "min is larger than max: \(most.text)") }
            if most > capacity { invalid("max", most.text, "max is larger than capacity value: \(capacity.text)") }
            if usual > most { invalid("max", usual.text, "default is more than max: \(most.text)") }
        }
        guard let step = range.step else { return }
        // Upstream's 1.36 divides by it.
        if step <= Quantity() { return invalid("step", step.text, "must be greater than zero") }
        let added = least + step
        if added > capacity {
            invalid("step", step.text, "one step \(added.text) is larger than capacity value: \(capacity.text)")
        }
        for value in [usual, range.max].compactMap({ $0 }) where (value.value &- least.value) % step.value != 0 {
            invalid(
                "step", value.text,
                "value is not a multiple of a given step (\(step.text)) from (\(least.text))")
        }
    }
}
