// Reading the annotations of autoscaling/v1. What cannot be read, or is of another shape, counts as absent.

extension AutoscalerAnnotations {
    static func readMetrics(_ annotations: StringMap<String>) -> [MetricSpec]? {
        list(annotations[metrics])?.map { value in
            var metric = MetricSpec()
            metric.type = value["type"]?.stringValue ?? ""
            if let part = value["object"] {
                var object = ObjectMetricSource()
                object.describedObject = reference(part["target"])
                object.metric = identifier(part, selector: "selector")
                let average = quantity(part["averageValue"])
                object.target = target(average == nil ? quantity(part["targetValue"]) : nil, average)
                metric.object = object
            }
            if let part = value["pods"] {
                var pods = PodsMetricSource()
                pods.metric = identifier(part, selector: "selector")
                pods.target = target(nil, quantity(part["targetAverageValue"]) ?? Quantity())
                metric.pods = pods
            }
            if let part = value["resource"] {
                var resource = ResourceMetricSource()
                resource.name = part["name"]?.stringValue ?? ""
                resource.target = resourceTarget(part)
                metric.resource = resource
            }
            if let part = value["containerResource"] {
                var resource = ContainerResourceMetricSource()
                resource.name = part["name"]?.stringValue ?? ""
                resource.container = part["container"]?.stringValue ?? ""
                resource.target = resourceTarget(part)
                metric.containerResource = resource
            }
            if let part = value["external"] {
                var external = ExternalMetricSource()
                external.metric = identifier(part, selector: "metricSelector")
                external.target = target(quantity(part["targetValue"]), quantity(part["targetAverageValue"]))
                metric.external = external
            }
            return metric
        }
    }

    static func readCurrentMetrics(_ annotations: StringMap<String>) -> [MetricStatus]? {
        list(annotations[currentMetrics])?.map { value in
            var metric = MetricStatus()
            metric.type = value["type"]?.stringValue ?? ""
            if let part = value["object"] {
                var object = ObjectMetricStatus()
                object.describedObject = reference(part["target"])
                object.metric = identifier(part, selector: "selector")
                object.current.value = quantity(part["currentValue"])
                object.current.averageValue = quantity(part["averageValue"])
                metric.object = object
            }
            if let part = value["pods"] {
                var pods = PodsMetricStatus()
                pods.metric = identifier(part, selector: "selector")
                pods.current.averageValue = quantity(part["currentAverageValue"])
                metric.pods = pods
            }
            if let part = value["resource"] {
                var resource = ResourceMetricStatus()
                resource.name = part["name"]?.stringValue ?? ""
                resource.current = resourceValue(part)
                metric.resource = resource
            }
            if let part = value["containerResource"] {
                var resource = ContainerResourceMetricStatus()
                resource.name = part["name"]?.stringValue ?? ""
                resource.container = part["container"]?.stringValue ?? ""
                resource.current = resourceValue(part)
                metric.containerResource = resource
            }
            if let part = value["external"] {
                var external = ExternalMetricStatus()
                external.metric = identifier(part, selector: "metricSelector")
                external.current.value = quantity(part["currentValue"])
                external.current.averageValue = quantity(part["currentAverageValue"])
                metric.external = external
            }
            return metric
        }
    }

    static func readConditions(_ annotations: StringMap<String>) -> [HorizontalPodAutoscalerCondition]? {
        list(annotations[conditions])?.map { value in
            var condition = HorizontalPodAutoscalerCondition()
            condition.type = value["type"]?.stringValue ?? ""
            condition.status = value["status"]?.stringValue ?? ""
            condition.lastTransitionTime = value["lastTransitionTime"]?.stringValue.flatMap { Time(rfc3339: $0) }
            condition.reason = value["reason"]?.stringValue
            condition.message = value["message"]?.stringValue
            return condition
        }
    }

    static func readBehavior(_ annotations: StringMap<String>) -> HorizontalPodAutoscalerBehavior? {
        guard let value = annotations[behavior].flatMap(parsed), value.objectValue != nil else { return nil }
        var result = HorizontalPodAutoscalerBehavior()
        result.scaleUp = rules(value["ScaleUp"] ?? value["scaleUp"])
        result.scaleDown = rules(value["ScaleDown"] ?? value["scaleDown"])
        return result == HorizontalPodAutoscalerBehavior() ? nil : result
    }

    /// Go reads members whatever their case: users write them as v2 spells them.
    private static func rules(_ value: JSONValue?) -> HPAScalingRules? {
        guard let value, value.objectValue != nil else { return nil }
        var rules = HPAScalingRules()
        rules.stabilizationWindowSeconds =
            (value["StabilizationWindowSeconds"] ?? value["stabilizationWindowSeconds"])?.intValue
        rules.selectPolicy = (value["SelectPolicy"] ?? value["selectPolicy"])?.stringValue
        rules.tolerance = quantity(value["Tolerance"] ?? value["tolerance"])
        rules.policies = ((value["Policies"] ?? value["policies"])?.arrayValue ?? []).map { value in
            var policy = HPAScalingPolicy()
            policy.type = (value["Type"] ?? value["type"])?.stringValue ?? ""
            policy.value = (value["Value"] ?? value["value"])?.intValue ?? 0
            policy.periodSeconds = (value["PeriodSeconds"] ?? value["periodSeconds"])?.intValue ?? 0
            return policy
        }
        return rules
    }

    // MARK: Parts

    private static func parsed(_ text: String) -> JSONValue? {
        do throws(JSONFailure) { return try JSONValue.decode(Array(text.utf8)) } catch { return nil }
    }

    private static func list(_ text: String?) -> [JSONValue]? { text.flatMap(parsed)?.arrayValue }

    private static func quantity(_ value: JSONValue?) -> Quantity? {
        switch value {
        case .string(let text): Quantity(text)
        case .int(let number): Quantity("\(number)")
        default: nil
        }
    }

    private static func reference(_ value: JSONValue?) -> CrossVersionObjectReference {
        var reference = CrossVersionObjectReference()
        reference.kind = value?["kind"]?.stringValue ?? ""
        reference.name = value?["name"]?.stringValue ?? ""
        reference.apiVersion = value?["apiVersion"]?.stringValue
        return reference
    }

    private static func identifier(_ part: JSONValue, selector: String) -> MetricIdentifier {
        var identifier = MetricIdentifier()
        identifier.name = part["metricName"]?.stringValue ?? ""
        if let value = part[selector], value.objectValue != nil {
            do throws(JSONFailure) { identifier.selector = try LabelSelector.decode(value.json) } catch {
                identifier.selector = nil
            }
        }
        return identifier
    }

    private static func target(_ value: Quantity?, _ average: Quantity?) -> MetricTarget {
        var target = MetricTarget()
        target.type = value == nil ? "AverageValue" : "Value"
        target.value = value
        target.averageValue = average
        return target
    }

    private static func resourceValue(_ part: JSONValue) -> MetricValueStatus {
        var current = MetricValueStatus()
        current.averageUtilization = part["currentAverageUtilization"]?.intValue
        current.averageValue = quantity(part["currentAverageValue"])
        return current
    }

    private static func resourceTarget(_ part: JSONValue) -> MetricTarget {
        var target = MetricTarget()
        target.averageUtilization = part["targetAverageUtilization"]?.intValue
        target.averageValue = quantity(part["targetAverageValue"])
        target.type = target.averageUtilization == nil ? "AverageValue" : "Utilization"
        return target
    }
}
