import KubeAPI

extension DescribeWriter {
    mutating func describe(_ autoscaler: HorizontalPodAutoscaler) {
        let (spec, status) = (autoscaler.spec, autoscaler.status)
        identity(autoscaler)
        labels("Labels", autoscaler.labels)
        annotations(autoscaler.annotations)
        field("CreationTimestamp", autoscaler.metadata.creationTimestamp?.rfc1123 ?? "")
        field("Reference", "\(spec.scaleTargetRef.kind)/\(spec.scaleTargetRef.name)")
        field("Metrics", "( current / target )")
        for (index, metric) in spec.metrics.enumerated() {
            let current = index < status.currentMetrics.count ? status.currentMetrics[index] : nil
            line(DescribeWriter.text(metric, current), indent: 1)
        }
        field("Min replicas", spec.minReplicas.map { "\($0)" } ?? "<unset>")
        field("Max replicas", "\(spec.maxReplicas)")
        if let behavior = spec.behavior {
            line("Behavior:")
            scaling("Scale Up", behavior.scaleUp)
            scaling("Scale Down", behavior.scaleDown)
        }
        field(
            "\(spec.scaleTargetRef.kind) pods",
            "\(status.currentReplicas ?? 0) current / \(status.desiredReplicas) desired")
        if status.conditions.isEmpty { return }
        line("Conditions:")
        line("Type\tStatus\tReason\tMessage", indent: 1)
        line("----\t------\t------\t-------", indent: 1)
        for condition in status.conditions {
            let columns = [condition.type, condition.status, condition.reason ?? "", condition.message ?? ""]
            line(columns.joined(separator: "\t"), indent: 1)
        }
    }

    private static func text(_ metric: MetricSpec, _ current: MetricStatus?) -> String {
        switch metric.type {
        case "External":
            guard let external = metric.external else { break }
            let name = GoText.quoted(external.metric.name)
            if let target = external.target.averageValue {
                let value = current?.external?.current.averageValue?.text ?? "<unknown>"
                return "\(name) (target average value):\t\(value) / \(target.text)"
            }
            return "\(name) (target value):\t\(whole(current?.external?.current)) / "
                + (external.target.value?.text ?? "<nil>")
        case "Pods":
            guard let pods = metric.pods else { break }
            return "\(GoText.quoted(pods.metric.name)) on pods:\t\(average(current?.pods?.current)) / "
                + (pods.target.averageValue?.text ?? "<nil>")
        case "Object":
            guard let object = metric.object else { break }
            let target = object.describedObject
            let subject = "\"\(object.metric.name)\" on \(target.kind)/\(target.name)"
            if object.target.type == "AverageValue" {
                return "\(subject) (target average value):\t\(average(current?.object?.current)) / "
                    + (object.target.averageValue?.text ?? "<nil>")
            }
            return "\(subject) (target value):\t\(whole(current?.object?.current)) / "
                + (object.target.value?.text ?? "<nil>")
        case "Resource":
            guard let resource = metric.resource else { break }
            return "resource \(resource.name) on pods" + text(resource.target, current?.resource?.current)
        case "ContainerResource":
            guard let resource = metric.containerResource else { break }
            return "resource \(resource.name) of container \"\(resource.container)\" on pods"
                + text(resource.target, current?.containerResource?.current)
        default: break
        }
        return "<unknown metric type \(GoText.quoted(metric.type))>"
    }

    /// What a resource's usage is and should be, in amounts or as a share of the requests.
    private static func text(_ target: MetricTarget, _ current: MetricValueStatus?) -> String {
        if let amount = target.averageValue { return ":\t\(average(current)) / \(amount.text)" }
        let share = current?.averageUtilization.map { "\($0)% (\(average(current)))" } ?? "<unknown>"
        let goal = target.averageUtilization.map { "\($0)%" } ?? "<auto>"
        return "  (as a percentage of request):\t\(share) / \(goal)"
    }

    private static func average(_ current: MetricValueStatus?) -> String {
        current.map { $0.averageValue?.text ?? "<nil>" } ?? "<unknown>"
    }

    private static func whole(_ current: MetricValueStatus?) -> String {
        current.map { $0.value?.text ?? "<nil>" } ?? "<unknown>"
    }

    private mutating func scaling(_ title: String, _ rules: HPAScalingRules?) {
        guard let rules else { return }
        line("\(title):", indent: 1)
        if let seconds = rules.stabilizationWindowSeconds {
            line("Stabilization Window: \(seconds) seconds", indent: 2)
        }
        if rules.policies.isEmpty { return }
        line("Select Policy: \(rules.selectPolicy ?? "Max")", indent: 2)
        line("Policies:", indent: 2)
        for policy in rules.policies {
            line(
                "- Type: \(policy.type)\tValue: \(policy.value)\tPeriod: \(policy.periodSeconds) seconds", indent: 3)
        }
    }
}
