/// Objects in another version of their kind, as far as the ownership of fields needs it. One kind is served in two
/// versions: `autoscaling` v1 has one number for the target where v2 has a list of metrics.
///
/// Follows kubernetes `pkg/apis/autoscaling/v1/conversion.go`.
enum VersionConversion {
    static func convert(_ object: JSONValue, from kind: ResourceKind, to other: ResourceKind) -> JSONValue {
        if kind == other { return object }
        var result = object
        result["apiVersion"] = object["apiVersion"].map { _ in .string(other.info.apiVersion) }
        if kind == .autoscalingV1HorizontalPodAutoscaler, other == .horizontalPodAutoscaler {
            move(&result, "spec", utilization: "targetCPUUtilizationPercentage", metrics: "metrics", "target") {
                ["averageUtilization": $0, "type": "Utilization"]
            }
            move(
                &result, "status", utilization: "currentCPUUtilizationPercentage", metrics: "currentMetrics", "current"
            ) { ["averageUtilization": $0] }
        } else if kind == .horizontalPodAutoscaler, other == .autoscalingV1HorizontalPodAutoscaler {
            pick(&result, "spec", metrics: "metrics", "target", utilization: "targetCPUUtilizationPercentage")
            pick(
                &result, "status", metrics: "currentMetrics", "current", utilization: "currentCPUUtilizationPercentage")
            result["spec"]?["behavior"] = nil
            result["status"]?["conditions"] = nil
        }
        return result
    }

    /// The one number of v1 becomes a metric of v2.
    private static func move(
        _ object: inout JSONValue, _ part: String, utilization: String, metrics: String, _ member: String,
        _ value: (JSONValue) -> JSONValue
    ) {
        guard let number = object[part]?[utilization] else { return }
        object[part]?[utilization] = nil
        let metric: JSONValue = ["type": "Resource", "resource": ["name": "cpu"]]
        var named = metric
        named["resource"]?[member] = value(number)
        object[part]?[metrics] = .array([named])
    }

    /// The metrics of v2 become one number; v1 has no place for the others.
    private static func pick(
        _ object: inout JSONValue, _ part: String, metrics: String, _ member: String, utilization: String
    ) {
        guard let list = object[part]?[metrics]?.arrayValue else { return }
        object[part]?[metrics] = nil
        for metric in list where metric["resource"]?["name"]?.stringValue == "cpu" {
            if let number = metric["resource"]?[member]?["averageUtilization"] { object[part]?[utilization] = number }
        }
    }
}
