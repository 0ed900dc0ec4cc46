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
        let needsGroup = autoscaler.spec.scaleTargetRef.kind != "ReplicationController"
        return errors(of: autoscaler.spec, leastReplicas: 1, needsGroup ? .withGroup : .any, metrics: .any)
    }

    /// Who scaled to zero while that was allowed goes on doing so, and a version that was not looked at before stays.
    /// Follows upstream `validationOptionsForHorizontalPodAutoscaler`.
    static func validateUpdate(_ autoscaler: HorizontalPodAutoscaler, old: HorizontalPodAutoscaler) -> [FieldError] {
        let (target, before) = (autoscaler.spec.scaleTargetRef, old.spec.scaleTargetRef)
        let isSame = target.kind == before.kind && target.apiVersion.text == before.apiVersion.text
        let targets: TargetVersions =
            isSame ? .unchecked : target.kind == "ReplicationController" ? .any : .withGroup
        let hadBroken = old.spec.metrics.contains { metric in
            guard metric.type == "Object", let source = metric.object else { return false }
            return TargetVersions.any.error(source.describedObject.apiVersion.text) != nil
        }
        return errors(
            of: autoscaler.spec, leastReplicas: old.spec.minReplicas == 0 ? 0 : 1, targets,
            metrics: hadBroken ? .unchecked : .any)
    }

    /// What the version of a thing that is named may be.
    fileprivate enum TargetVersions {
        case unchecked
        case any
        /// All that can be scaled, but one, is in a group.
        case withGroup

        /// What is wrong with a version such as `apps/v1`. Follows upstream `ValidateAPIVersion`.
        func error(_ version: String) -> String? {
            if self == .unchecked { return nil }
            let slashes = version.utf8.count { $0 == UInt8(ascii: "/") }
            if version == "/" || slashes == 0 || version.hasPrefix("/") && slashes == 1 {
                return self == .withGroup ? "apiVersion must specify API group" : nil
            }
            return slashes > 1 ? "unexpected GroupVersion string: \(version)" : nil
        }
    }

    private static func errors(
        of spec: HorizontalPodAutoscalerSpec, leastReplicas: Int, _ targets: TargetVersions, metrics: TargetVersions
    ) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                validator.replicaBounds(spec, least: leastReplicas)
                validator.field("scaleTargetRef") { $0.scaleTarget(spec.scaleTargetRef, targets) }
                validator.each("metrics", spec.metrics) { validator, metric, _ in validator.metric(metric, metrics) }
                if spec.minReplicas == 0, !spec.metrics.contains(where: { ["Object", "External"].contains($0.type) }) {
                    validator.forbidden(
                        "metrics",
                        "must specify at least one Object or External metric to support scaling to zero replicas")
                }
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
    fileprivate mutating func replicaBounds(_ spec: HorizontalPodAutoscalerSpec, least: Int) {
        let minimum = spec.minReplicas ?? 1
        if minimum < least { invalid("minReplicas", minimum, "must be greater than or equal to \(least)") }
        if spec.maxReplicas == 0 {
            required("maxReplicas", "must be set and greater than 0")
        } else if spec.maxReplicas < 1 {
            invalid("maxReplicas", spec.maxReplicas, "must be greater than or equal to 1")
        }
        if spec.maxReplicas < minimum {
            invalid("maxReplicas", spec.maxReplicas, "must be greater than or equal to `minReplicas`")
        }
    }

    fileprivate mutating func scaleTarget(
        _ target: CrossVersionObjectReference, _ versions: HorizontalPodAutoscalerStrategy.TargetVersions
    ) {
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
        if let message = versions.error(target.apiVersion.text) {
            invalid("apiVersion", target.apiVersion.text, message)
        }
    }

    /// Of several sources the first alone is looked into; those that are not of the metric's type are too many.
    fileprivate mutating func metric(
        _ metric: MetricSpec, _ versions: HorizontalPodAutoscalerStrategy.TargetVersions
    ) {
        let types = ["ContainerResource", "External", "Object", "Pods", "Resource"]
        if metric.type.isEmpty { required("type", "must specify a metric source type") }
        // Upstream tells it twice.
        let isKnown = types.contains(metric.type)
        if !isKnown { notSupported("type", metric.type, types) }
        let sources: [(type: String, field: String, isPresent: Bool)] = [
            ("Object", "object", metric.object != nil), ("External", "external", metric.external != nil),
            ("Pods", "pods", metric.pods != nil), ("Resource", "resource", metric.resource != nil),
            ("ContainerResource", "containerResource", metric.containerResource != nil),
        ]
        let present = sources.filter(\.isPresent)
        if let first = present.first { field(first.field) { $0.metricSource(metric, versions) } }
        if let expected = sources.first(where: { $0.type == metric.type }) {
            if !expected.isPresent {
                required(.child(expected.field), "must populate information for the given metric source")
            }
        } else {
            notSupported("type", metric.type, types)
        }
        guard present.count > 1 else { return }
        for source in present where source.type != metric.type {
            forbidden(.child(source.field), "must populate the given metric source only")
        }
    }

    /// The first source that a metric has. Standing on it.
    private mutating func metricSource(
        _ metric: MetricSpec, _ versions: HorizontalPodAutoscalerStrategy.TargetVersions
    ) {
        let value = Place.grandchild("target", "averageValue")
        if let source = metric.object {
            field("describedObject") { $0.scaleTarget(source.describedObject, versions) }
            metricIdentifier(source.metric)
            metricTarget(source.target)
            if source.target.value == nil, source.target.averageValue == nil {
                required(value, "must set either a target value or averageValue")
            }
        } else if let source = metric.external {
            metricIdentifier(source.metric)
            metricTarget(source.target)
            if source.target.value == nil, source.target.averageValue == nil {
                required(value, "must set either a target value for metric or a per-pod target")
            } else if source.target.value != nil, source.target.averageValue != nil {
                forbidden(
                    .grandchild("target", "value"),
                    "may not set both a target value for metric and a per-pod target")
            }
        } else if let source = metric.pods {
            metricIdentifier(source.metric)
            metricTarget(source.target)
            if source.target.averageValue == nil { required(value, "must specify a positive target averageValue") }
        } else if let source = metric.resource {
            if source.name.isEmpty { required("name", "must specify a resource name") }
            resourceTarget(source.target)
        } else if let source = metric.containerResource {
            if source.name.isEmpty {
                required("name", "must specify a resource name")
            } else {
                containerResourceName("name", source.name)
            }
            if source.container.isEmpty {
                required("container", "must specify a container")
            } else {
                check("container", source.container, Validation.dns1123Label(source.container))
            }
            resourceTarget(source.target)
        }
    }

    private mutating func metricIdentifier(_ metric: MetricIdentifier) {
        if metric.name.isEmpty {
            required(.grandchild("metric", "name"), "must specify a metric name")
        } else {
            check(.grandchild("metric", "name"), metric.name, Validation.pathSegmentName(metric.name))
        }
    }

    private mutating func resourceTarget(_ target: MetricTarget) {
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
            if target.type.isEmpty { validator.required("type", "must specify a metric target type") }
            if !types.contains(target.type) {
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
            if seconds < 0 {
                invalid("stabilizationWindowSeconds", seconds, "must be greater than or equal to zero")
            }
            if seconds > 3600 {
                invalid("stabilizationWindowSeconds", seconds, "must be less than or equal to 3600")
            }
        }
        let choices = ["Disabled", "Max", "Min"]
        if let choice = rules.selectPolicy, !choices.contains(choice) { notSupported("selectPolicy", choice, choices) }
        if rules.policies.isEmpty { required("policies", "must specify at least one Policy") }
        each("policies", rules.policies) { validator, policy, _ in
            if !["Percent", "Pods"].contains(policy.type) {
                validator.notSupported("type", policy.type, ["Percent", "Pods"])
            }
            if policy.value <= 0 { validator.invalid("value", policy.value, "must be greater than zero") }
            if policy.periodSeconds <= 0 {
                validator.invalid("periodSeconds", policy.periodSeconds, "must be greater than zero")
            } else if policy.periodSeconds > 1800 {
                validator.invalid("periodSeconds", policy.periodSeconds, "must be less than or equal to 1800")
            }
        }
        if let tolerance = rules.tolerance, tolerance.isNegative {
            invalid("tolerance", tolerance.text, "must be greater than or equal to 0")
        }
    }
}
