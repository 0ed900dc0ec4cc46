import KubeAPI

/// LimitRanges. Follows kubernetes pkg/registry/core/limitrange/strategy.go and `ValidateLimitRange`.
enum LimitRangeStrategy: Strategy {
    /// For containers, what is left out follows from what is there: limits from the maximum, requests from the limits
    /// and then from the minimum.
    static func setDefaults(_ range: inout LimitRange) {
        for index in range.spec.limits.indices {
            var item = range.spec.limits[index]
            if item.type == "Container" {
                fill(&item.default, from: item.max)
                fill(&item.defaultRequest, from: item.default)
                fill(&item.defaultRequest, from: item.min)
            }
            PodSpecDefaults.roundUp(&item.max)
            PodSpecDefaults.roundUp(&item.min)
            PodSpecDefaults.roundUp(&item.default)
            PodSpecDefaults.roundUp(&item.defaultRequest)
            PodSpecDefaults.roundUp(&item.maxLimitRequestRatio)
            if item != range.spec.limits[index] { range.spec.limits[index] = item }
        }
    }

    private static func fill(_ amounts: inout StringMap<Quantity>, from others: StringMap<Quantity>) {
        for (name, amount) in others where !amounts.contains(name) { amounts[name] = amount }
    }

    static func validate(_ range: LimitRange) -> [FieldError] {
        Validator.errors { validator in
            var types: [String] = []
            validator.field("spec") { validator in
                validator.each("limits", range.spec.limits) { validator, item, _ in
                    validator.limitType(item.type)
                    if types.contains(item.type) { validator.duplicate("type", item.type) }
                    types.append(item.type)
                    validator.limitRangeItem(item)
                }
            }
        }
    }

    static var allowsCreateOnUpdate: Bool { true }
}

extension Validator {
    fileprivate mutating func limitType(_ type: String) {
        let messages = Validation.qualifiedName(type)
        if !messages.isEmpty { return check("type", type, messages) }
        if !type.contains("/"), !["Container", "PersistentVolumeClaim", "Pod"].contains(type) {
            invalid("type", type, "must be a standard limit type or fully qualified")
        }
    }

    private mutating func limitNames(_ field: String, _ type: String, _ amounts: StringMap<Quantity>) {
        each(field, amounts) { validator, name, _ in
            if type == "Pod" || type == "Container" {
                validator.containerResourceName(.here, name)
            } else {
                _ = validator.resourceName(.here, name)
            }
        }
    }

    fileprivate mutating func limitRangeItem(_ item: LimitRangeItem) {
        limitNames("max", item.type, item.max)
        limitNames("min", item.type, item.min)
        if item.type == "Pod" {
            let reason = "may not be specified when `type` is 'Pod'"
            if !item.default.isEmpty { forbidden("default", reason) }
            if !item.defaultRequest.isEmpty { forbidden("defaultRequest", reason) }
        } else {
            limitNames("default", item.type, item.default)
            limitNames("defaultRequest", item.type, item.defaultRequest)
        }
        if item.type == "PersistentVolumeClaim", item.min["storage"] == nil, item.max["storage"] == nil {
            required("limits", "either minimum or maximum storage value is required, but neither was provided")
        }
        limitNames("maxLimitRequestRatio", item.type, item.maxLimitRequestRatio)
        var names = item.max
        names.merge(item.min)
        names.merge(item.default)
        names.merge(item.defaultRequest)
        names.merge(item.maxLimitRequestRatio)
        for (name, _) in names { limitOrder(item, name) }
    }

    /// The least, the defaults and the most of one resource must come in this order.
    private mutating func limitOrder(_ item: LimitRangeItem, _ name: String) {
        let bounds = (low: item.min[name], high: item.max[name])
        let limit = item.type == "Pod" ? nil : item.default[name]
        let request = item.type == "Pod" ? nil : item.defaultRequest[name]
        if let low = bounds.low, let high = bounds.high, low > high {
            invalid(.entry("min", name), low, "min value \(low.text) is greater than max value \(high.text)")
        }
        if let request, let low = bounds.low, low > request {
            invalid(
                .entry("defaultRequest", name), request,
                "min value \(low.text) is greater than default request value \(request.text)")
        }
        if let request, let high = bounds.high, request > high {
            invalid(
                .entry("defaultRequest", name), request,
                "default request value \(request.text) is greater than max value \(high.text)")
        }
        if let request, let limit, request > limit {
            invalid(
                .entry("defaultRequest", name), request,
                "default request value \(request.text) is greater than default limit value \(limit.text)")
        }
        if let limit, let low = bounds.low, low > limit {
            invalid(.entry("default", name), low, "min value \(low.text) is greater than default value \(limit.text)")
        }
        if let limit, let high = bounds.high, limit > high {
            invalid(
                .entry("default", name), high, "default value \(limit.text) is greater than max value \(high.text)")
        }
        if let ratio = item.maxLimitRequestRatio[name], ratio < Quantity(1) {
            invalid(.entry("maxLimitRequestRatio", name), ratio, "ratio \(ratio.text) is less than 1")
        }
        if let ratio = item.maxLimitRequestRatio[name], let low = bounds.low, let high = bounds.high {
            ratioLimit(ratio, low, high, name)
        }
        if let limit, let request, limit != request, !ResourceNames.isOvercommitAllowed(name) {
            invalid(
                .entry("defaultRequest", name), request,
                "default value \(limit.text) must equal to defaultRequest value \(request.text) in \(name)")
        }
    }

    /// No limit may be as many times a request as the most is not of the least.
    private mutating func ratioLimit(_ ratio: Quantity, _ low: Quantity, _ high: Quantity, _ name: String) {
        // In thousandths, unless one of them has no room for that.
        let mostMilli = Int.max / 1000
        let isFine = ratio.value < mostMilli && low.value < mostMilli && high.value < mostMilli
        let bound = isFine ? Double(high.milliValue) / Double(low.milliValue) : Double(high.value) / Double(low.value)
        if (isFine ? Double(ratio.milliValue) / 1000 : Double(ratio.value)) <= bound { return }
        // Amounts of less than nothing are of no use to anyone, and still told of.
        let text = bound < 0 ? "-" + (-bound).sixDecimals : bound.sixDecimals
        invalid(
            .entry("maxLimitRequestRatio", name), ratio, "ratio \(ratio.text) is greater than max/min = \(text)")
    }
}
