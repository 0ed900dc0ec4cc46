import KubeAPI

/// HorizontalPodAutoscalers, with what each metric is and should be.
/// Follows kubernetes pkg/printers/internalversion/printers.go `printHorizontalPodAutoscaler`.
enum HorizontalPodAutoscalerPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Reference"), TableColumn("Targets"), TableColumn("MinPods"),
        TableColumn("MaxPods", .integer),
        TableColumn("Replicas", .integer), .age,
    ]

    static func cells(_ autoscaler: HorizontalPodAutoscaler) -> [Cell] {
        let target = autoscaler.spec.scaleTargetRef
        return [
            autoscaler.nameCell, .text("\(target.kind)/\(target.name)"), .text(metrics(autoscaler)),
            .text(autoscaler.spec.minReplicas.map { String($0) }, or: PrinterTexts.unset),
            .int(autoscaler.spec.maxReplicas), .int(autoscaler.status.currentReplicas ?? 0), autoscaler.ageCell,
        ]
    }

    private static func metrics(_ autoscaler: HorizontalPodAutoscaler) -> String {
        let current = autoscaler.status.currentMetrics
        let texts = autoscaler.spec.metrics.enumerated().map { index, metric in
            text(metric, index < current.count ? current[index] : nil)
        }
        if texts.isEmpty { return PrinterTexts.none }
        let shown = texts.prefix(2).joined(separator: ", ")
        return texts.count > 2 ? "\(shown) + \(texts.count - 2) more..." : shown
    }

    private static func text(_ metric: MetricSpec, _ status: MetricStatus?) -> String {
        switch metric.type {
        case "External": return value(metric.external?.target, status?.external?.current)
        case "Pods":
            return average(status?.pods?.current) + "/" + (metric.pods?.target.averageValue?.text ?? "")
        case "Object": return value(metric.object?.target, status?.object?.current)
        case "Resource":
            return (metric.resource?.name ?? "") + ": " + usage(metric.resource?.target, status?.resource?.current)
        case "ContainerResource":
            return (metric.containerResource?.name ?? "") + ": "
                + usage(metric.containerResource?.target, status?.containerResource?.current)
        default: return "<unknown type>"
        }
    }

    private static func average(_ current: MetricValueStatus?) -> String {
        current?.averageValue?.text ?? "<unknown>"
    }

    /// As in `5/10`, or `5/10 (avg)`.
    private static func value(_ target: MetricTarget?, _ current: MetricValueStatus?) -> String {
        if let wanted = target?.averageValue { return "\(average(current))/\(wanted.text) (avg)" }
        return "\(current?.value?.text ?? "<unknown>")/\(target?.value?.text ?? "")"
    }

    /// As in `10%/80%`.
    private static func usage(_ target: MetricTarget?, _ current: MetricValueStatus?) -> String {
        if let wanted = target?.averageValue { return "\(average(current))/\(wanted.text)" }
        let now = current?.averageUtilization.map { "\($0)%" } ?? "<unknown>"
        let wanted = target?.averageUtilization.map { "\($0)%" } ?? "<auto>"
        return "\(now)/\(wanted)"
    }
}
