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
            member("type", metric.type, &writer)
            if let source = metric.object {
                object(source.describedObject, source.metric, Amounts(source.target), &writer)
            }
            if let source = metric.pods { pods(source.metric, Amounts(source.target), &writer) }
            if let source = metric.resource { resource(source.name, Amounts(source.target), &writer) }
            if let source = metric.containerResource {
                resource(source.name, of: source.container, Amounts(source.target), &writer)
            }
            if let source = metric.external { external(source.metric, Amounts(source.target), &writer) }
        }
    }

    static func text(_ metrics: [MetricStatus]) -> String {
        list(metrics) { metric, writer in
            member("type", metric.type, &writer)
            if let source = metric.object {
                object(source.describedObject, source.metric, Amounts(source.current), &writer)
            }
            if let source = metric.pods { pods(source.metric, Amounts(source.current), &writer) }
            // Here amounts are no pointers.
            if let source = metric.resource {
                resource(source.name, Amounts(source.current, ifNoAverage: Quantity()), &writer)
            }
            if let source = metric.containerResource {
                resource(source.name, of: source.container, Amounts(source.current, ifNoAverage: Quantity()), &writer)
            }
            if let source = metric.external {
                external(source.metric, Amounts(source.current, ifNoValue: Quantity()), &writer)
            }
        }
    }

    /// What a metric should be, or is; the members that say so begin with `target` or with `current`.
    private struct Amounts {
        let prefix: String
        let value: Quantity?
        let averageValue: Quantity?
        let averageUtilization: Int?

        init(_ target: MetricTarget) {
            prefix = "target"
            value = target.value
            averageValue = target.averageValue
            averageUtilization = target.averageUtilization
        }

        /// - Parameters:
        ///   - ifNoValue: what stands for a value that is absent.
        ///   - ifNoAverage: what stands for an absent average.
        init(_ current: MetricValueStatus, ifNoValue: Quantity? = nil, ifNoAverage: Quantity? = nil) {
            prefix = "current"
            value = current.value ?? ifNoValue
            averageValue = current.averageValue ?? ifNoAverage
            averageUtilization = current.averageUtilization
        }
    }

    private static func object(
        _ target: CrossVersionObjectReference, _ metric: MetricIdentifier, _ amounts: Amounts,
        _ writer: inout JSONWriter
    ) {
        part("object", &writer) { writer in
            member("target", target, &writer)
            member("metricName", metric.name, &writer)
            member(amounts.prefix + "Value", amounts.value ?? Quantity(), &writer)
            member("selector", metric.selector, &writer)
            member("averageValue", amounts.averageValue, &writer)
        }
    }

    private static func pods(_ metric: MetricIdentifier, _ amounts: Amounts, _ writer: inout JSONWriter) {
        part("pods", &writer) { writer in
            member("metricName", metric.name, &writer)
            member(amounts.prefix + "AverageValue", amounts.averageValue ?? Quantity(), &writer)
            member("selector", metric.selector, &writer)
        }
    }

    private static func resource(
        _ name: String, of container: String? = nil, _ amounts: Amounts, _ writer: inout JSONWriter
    ) {
        part(container == nil ? "resource" : "containerResource", &writer) { writer in
            member("name", name, &writer)
            member(amounts.prefix + "AverageUtilization", amounts.averageUtilization, &writer)
            member(amounts.prefix + "AverageValue", amounts.averageValue, &writer)
            member("container", container, &writer)
        }
    }

    private static func external(_ metric: MetricIdentifier, _ amounts: Amounts, _ writer: inout JSONWriter) {
        part("external", &writer) { writer in
            member("metricName", metric.name, &writer)
            member("metricSelector", metric.selector, &writer)
            member(amounts.prefix + "Value", amounts.value, &writer)
            member(amounts.prefix + "AverageValue", amounts.averageValue, &writer)
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

    private static func part(_ name: String, _ writer: inout JSONWriter, _ members: (inout JSONWriter) -> Void) {
        writer.key(named: name)
        writer.beginObject()
        members(&writer)
        writer.endObject()
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
