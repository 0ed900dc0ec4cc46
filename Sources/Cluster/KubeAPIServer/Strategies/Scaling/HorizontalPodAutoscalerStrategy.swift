import KubeAPI

/// HorizontalPodAutoscalers. Follows kubernetes pkg/apis/autoscaling/v2/defaults.go and
/// pkg/apis/autoscaling/validation/validation.go.
enum HorizontalPodAutoscalerStrategy: Strategy {
    static func setDefaults(_ autoscaler: inout HorizontalPodAutoscaler) {
        if autoscaler.spec.minReplicas == nil { autoscaler.spec.minReplicas = 1 }
        if autoscaler.spec.metrics.isEmpty {
            var source = ResourceMetricSource()
            source.name = "cpu"
            source.target.type = "Utilization"
            source.target.averageUtilization = 80
            var metric = MetricSpec()
            metric.type = "Resource"
            metric.resource = source
            autoscaler.spec.metrics = [metric]
        }
        guard var behavior = autoscaler.spec.behavior else { return }
        let up = [policy("Pods", 4), policy("Percent", 100)]
        behavior.scaleUp = rules(behavior.scaleUp, up, stabilizationWindowSeconds: 0)
        behavior.scaleDown = rules(behavior.scaleDown, [policy("Percent", 100)], stabilizationWindowSeconds: nil)
        if behavior != autoscaler.spec.behavior { autoscaler.spec.behavior = behavior }
    }

    private static func policy(_ type: String, _ value: Int) -> HPAScalingPolicy {
        var policy = HPAScalingPolicy()
        policy.type = type
        policy.value = value
        policy.periodSeconds = 15
        return policy
    }

    private static func rules(
        _ rules: HPAScalingRules?, _ policies: [HPAScalingPolicy], stabilizationWindowSeconds: Int?
    ) -> HPAScalingRules {
        var rules = rules ?? HPAScalingRules()
        if rules.selectPolicy == nil { rules.selectPolicy = "Max" }
        if rules.stabilizationWindowSeconds == nil { rules.stabilizationWindowSeconds = stabilizationWindowSeconds }
        if rules.policies.isEmpty { rules.policies = policies }
        return rules
    }

    static func prepareForStatusUpdate(_ autoscaler: inout HorizontalPodAutoscaler, old: HorizontalPodAutoscaler) {
        autoscaler.spec = old.spec
    }

    static func validate(_ autoscaler: HorizontalPodAutoscaler) -> [FieldError] {
        let spec = autoscaler.spec
        return Validator.errors { validator in
            validator.field("spec") { validator in
                validator.replicaBounds(spec)
                validator.field("scaleTargetRef") { $0.scaleTarget(spec.scaleTargetRef) }
                validator.each("metrics", spec.metrics) { validator, metric, _ in validator.metric(metric) }
                if let behavior = spec.behavior {
                    validator.field("behavior") { validator in
                        if let rules = behavior.scaleUp { validator.field("scaleUp") { $0.scalingRules(rules) } }
                        if let rules = behavior.scaleDown { validator.field("scaleDown") { $0.scalingRules(rules) } }
                    }
                }
            }
        }
    }

    static func validateStatusUpdate(
        _ autoscaler: HorizontalPodAutoscaler, old: HorizontalPodAutoscaler
    ) -> [FieldError] {
        Validator.errors { validator in
            validator.field("status") { validator in
                validator.nonnegative("currentReplicas", autoscaler.status.currentReplicas)
                validator.nonnegative("desiredReplicas", autoscaler.status.desiredReplicas)
            }
        }
    }
}

extension Validator {
    fileprivate mutating func replicaBounds(_ spec: HorizontalPodAutoscalerSpec) {
        let minimum = spec.minReplicas ?? 1
        if minimum < 1 { invalid("minReplicas", minimum, "must be greater than or equal to 1") }
        if spec.maxReplicas < 1 { invalid("maxReplicas", spec.maxReplicas, "must be greater than 0") }
        if spec.maxReplicas < minimum {
            invalid("maxReplicas", spec.maxReplicas, "must be greater than or equal to `minReplicas`")
        }
    }

    fileprivate mutating func scaleTarget(_ target: CrossVersionObjectReference) {
        if target.kind.isEmpty {
            required("kind")
        } else {
            check("kind", target.kind, Validation.pathSegmentName(target.kind))
        }
        if target.name.isEmpty {
            required("name")
        } else {
            check("name", target.name, Validation.pathSegmentName(target.name))
        }
    }

    fileprivate mutating func metric(_ metric: MetricSpec) {
        let types = ["ContainerResource", "External", "Object", "Pods", "Resource"]
        if metric.type.isEmpty {
            required("type", "must specify a metric source type")
        } else if !types.contains(metric.type) {
            notSupported("type", metric.type, types)
        }
        let sources: [(type: String, field: String, isPresent: Bool)] = [
            ("Object", "object", metric.object != nil), ("External", "external", metric.external != nil),
            ("Pods", "pods", metric.pods != nil), ("Resource", "resource", metric.resource != nil),
            ("ContainerResource", "containerResource", metric.containerResource != nil),
        ]
        guard let expected = sources.first(where: { $0.type == metric.type }) else { return }
        if !expected.isPresent {
            required(.child(expected.field), "must populate information for the given metric source")
        }
        for source in sources where source.isPresent && source.type != metric.type {
            forbidden(.child(source.field), "must populate the given metric source only")
        }
        if let source = metric.resource { field("resource") { $0.resourceMetric(source.name, source.target) } }
        if let source = metric.containerResource {
            field("containerResource") { validator in
                validator.resourceMetric(source.name, source.target)
                if source.container.isEmpty { validator.required("container", "must specify a container") }
            }
        }
        if let source = metric.pods { field("pods") { $0.namedMetric(source.metric, source.target) } }
        if let source = metric.object {
            field("object") { validator in
                validator.field("describedObject") { $0.scaleTarget(source.describedObject) }
                validator.namedMetric(source.metric, source.target)
            }
        }
        if let source = metric.external { field("external") { $0.namedMetric(source.metric, source.target) } }
    }

    private mutating func namedMetric(_ metric: MetricIdentifier, _ target: MetricTarget) {
        if metric.name.isEmpty {
            required(.grandchild("metric", "name"))
        } else {
            check(.grandchild("metric", "name"), metric.name, Validation.pathSegmentName(metric.name))
        }
        metricTarget(target)
        if target.value == nil, target.averageValue == nil {
            required(.grandchild("target", "averageValue"), "must specify a positive target averageValue")
        }
    }

    private mutating func resourceMetric(_ name: String, _ target: MetricTarget) {
        if name.isEmpty { required("name", "must specify a resource name") }
        metricTarget(target)
        if target.averageUtilization == nil, target.averageValue == nil {
            required(
                .grandchild("target", "averageUtilization"),
                "must set either a target raw value or a target utilization")
        } else if target.averageUtilization != nil, target.averageValue != nil {
            forbidden(
                .grandchild("target", "averageValue"),
                "may not set both a target raw value and a target utilization")
        }
    }

    private mutating func metricTarget(_ target: MetricTarget) {
        field("target") { validator in
            let types = ["AverageValue", "Utilization", "Value"]
            if target.type.isEmpty {
                validator.required("type", "must specify a metric target type")
            } else if !types.contains(target.type) {
                validator.invalid(
                    "type", target.type, "must be either Utilization, Value, or AverageValue")
            }
            if let value = target.value, value <= Quantity(0) { validator.invalid("value", value, "must be positive") }
            if let value = target.averageValue, value <= Quantity(0) {
                validator.invalid("averageValue", value, "must be positive")
            }
            if let percent = target.averageUtilization, percent < 1 {
                validator.invalid("averageUtilization", percent, "must be greater than 0")
            }
        }
    }

    fileprivate mutating func scalingRules(_ rules: HPAScalingRules) {
        if let seconds = rules.stabilizationWindowSeconds {
            nonnegative("stabilizationWindowSeconds", seconds)
            if seconds > 3600 {
                invalid("stabilizationWindowSeconds", seconds, "must be less than or equal to 3600")
            }
        }
        oneOf("selectPolicy", rules.selectPolicy, ["Disabled", "Max", "Min"], isRequired: false)
        if rules.policies.isEmpty { required("policies", "must specify at least one Policy") }
        each("policies", rules.policies) { validator, policy, _ in
            validator.oneOf("type", policy.type, ["Percent", "Pods"])
            if policy.value <= 0 { validator.invalid("value", policy.value, "must be greater than zero") }
            if policy.periodSeconds <= 0 {
                validator.invalid("periodSeconds", policy.periodSeconds, "must be greater than zero")
            } else if policy.periodSeconds > 1800 {
                validator.invalid("periodSeconds", policy.periodSeconds, "must be less than or equal to 1800")
            }
        }
    }
}
