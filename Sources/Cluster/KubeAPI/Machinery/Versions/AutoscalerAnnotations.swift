/// The annotations in which autoscaling/v1 keeps what only v2 has fields for, as JSON.
///
/// Metrics and conditions are spelled as k8s.io/api `autoscaling/v1/types.go` spells them, a behaviour as Go spells the
/// internal type, without JSON names. Follows kubernetes `pkg/apis/autoscaling/annotations.go` and
/// `pkg/apis/autoscaling/v1/conversion.go`.
enum AutoscalerAnnotations {
    static let metrics = "autoscaling.alpha.kubernetes.io/metrics"
    static let currentMetrics = "autoscaling.alpha.kubernetes.io/current-metrics"
    static let conditions = "autoscaling.alpha.kubernetes.io/conditions"
    static let behavior = "autoscaling.alpha.kubernetes.io/behavior"
    static let names = [metrics, currentMetrics, conditions, behavior]

    // MARK: Writing

    static func text(_ metrics: [MetricSpec]) -> String {
        list(metrics) { metric, writer in
            writer.key("\"type\":")
            writer.string(metric.type)
            if let object = metric.object {
                writer.key("\"object\":")
                writer.beginObject()
                member("target", object.describedObject, &writer)
                member("metricName", object.metric.name, &writer)
                member("targetValue", object.target.value ?? Quantity(), &writer)
                member("selector", object.metric.selector, &writer)
                member("averageValue", object.target.averageValue, &writer)
                writer.endObject()
            }
            if let pods = metric.pods {
                writer.key("\"pods\":")
                writer.beginObject()
                member("metricName", pods.metric.name, &writer)
                member("targetAverageValue", pods.target.averageValue ?? Quantity(), &writer)
                member("selector", pods.metric.selector, &writer)
                writer.endObject()
            }
            if let resource = metric.resource {
                writer.key("\"resource\":")
                writer.beginObject()
                member("name", resource.name, &writer)
                member("targetAverageUtilization", resource.target.averageUtilization, &writer)
                member("targetAverageValue", resource.target.averageValue, &writer)
                writer.endObject()
            }
            if let resource = metric.containerResource {
                writer.key("\"containerResource\":")
                writer.beginObject()
                member("name", resource.name, &writer)
                member("targetAverageUtilization", resource.target.averageUtilization, &writer)
                member("targetAverageValue", resource.target.averageValue, &writer)
                member("container", resource.container, &writer)
                writer.endObject()
            }
            if let external = metric.external {
                writer.key("\"external\":")
                writer.beginObject()
                member("metricName", external.metric.name, &writer)
                member("metricSelector", external.metric.selector, &writer)
                member("targetValue", external.target.value, &writer)
                member("targetAverageValue", external.target.averageValue, &writer)
                writer.endObject()
            }
        }
    }

    static func text(_ metrics: [MetricStatus]) -> String {
        list(metrics) { metric, writer in
            writer.key("\"type\":")
            writer.string(metric.type)
            if let object = metric.object {
                writer.key("\"object\":")
                writer.beginObject()
                member("target", object.describedObject, &writer)
                member("metricName", object.metric.name, &writer)
                member("currentValue", object.current.value ?? Quantity(), &writer)
                member("selector", object.metric.selector, &writer)
                member("averageValue", object.current.averageValue, &writer)
                writer.endObject()
            }
            if let pods = metric.pods {
                writer.key("\"pods\":")
                writer.beginObject()
                member("metricName", pods.metric.name, &writer)
                member("currentAverageValue", pods.current.averageValue ?? Quantity(), &writer)
                member("selector", pods.metric.selector, &writer)
                writer.endObject()
            }
            if let resource = metric.resource {
                writer.key("\"resource\":")
                writer.beginObject()
                member("name", resource.name, &writer)
                member("currentAverageUtilization", resource.current.averageUtilization, &writer)
                member("currentAverageValue", resource.current.averageValue ?? Quantity(), &writer)
                writer.endObject()
            }
            if let resource = metric.containerResource {
                writer.key("\"containerResource\":")
                writer.beginObject()
                member("name", resource.name, &writer)
                member("currentAverageUtilization", resource.current.averageUtilization, &writer)
                member("currentAverageValue", resource.current.averageValue ?? Quantity(), &writer)
                member("container", resource.container, &writer)
                writer.endObject()
            }
            if let external = metric.external {
                writer.key("\"external\":")
                writer.beginObject()
                member("metricName", external.metric.name, &writer)
                member("metricSelector", external.metric.selector, &writer)
                member("currentValue", external.current.value ?? Quantity(), &writer)
                member("currentAverageValue", external.current.averageValue, &writer)
                writer.endObject()
            }
        }
    }

    static func text(_ conditions: [HorizontalPodAutoscalerCondition]) -> String {
        list(conditions) { condition, writer in
            member("type", condition.type, &writer)
            member("status", condition.status, &writer)
            member("lastTransitionTime", condition.lastTransitionTime, &writer)
            member("reason", condition.reason, &writer)
            member("message", condition.message, &writer)
        }
    }

    static func text(_ behavior: HorizontalPodAutoscalerBehavior) -> String {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        for (name, rules) in [("ScaleUp", behavior.scaleUp), ("ScaleDown", behavior.scaleDown)] {
            writer.key(named: name)
            guard let rules else {
                writer.null()
                continue
            }
            writer.beginObject()
            memberOrNull("StabilizationWindowSeconds", rules.stabilizationWindowSeconds, &writer)
            memberOrNull("SelectPolicy", rules.selectPolicy, &writer)
            writer.key("\"Policies\":")
            writer.beginArray()
            for policy in rules.policies {
                writer.element()
                writer.beginObject()
                member("Type", policy.type, &writer)
                member("Value", policy.value, &writer)
                member("PeriodSeconds", policy.periodSeconds, &writer)
                writer.endObject()
            }
            writer.endArray()
            memberOrNull("Tolerance", rules.tolerance, &writer)
            writer.endObject()
        }
        writer.endObject()
        return writer.text
    }

    private static func list<Element>(_ elements: [Element], _ members: (Element, inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 512)
        writer.beginArray()
        for element in elements {
            writer.element()
            writer.beginObject()
            members(element, &writer)
            writer.endObject()
        }
        writer.endArray()
        return writer.text
    }

    /// Writes nothing for an absent value.
    private static func member(_ name: String, _ value: (some JSONCodable)?, _ writer: inout JSONWriter) {
        guard let value else { return }
        writer.key(named: name)
        value.encode(into: &writer)
    }

    private static func memberOrNull(_ name: String, _ value: (some JSONCodable)?, _ writer: inout JSONWriter) {
        writer.key(named: name)
        if let value { value.encode(into: &writer) } else { writer.null() }
    }
}
