/// HorizontalPodAutoscalers of autoscaling/v1, stored as those of v2. What v1 has no fields for travels in its
/// annotations, so that nothing is lost to a client that reads and writes v1.
///
/// Follows kubernetes `pkg/apis/autoscaling/v1/conversion.go`.
enum HorizontalPodAutoscalerConversion: KindConversion {
    /// What v1 means where no metric is named, in percent. Follows `autoscaling.DefaultCPUUtilization`.
    private static let defaultCPUUtilization = 80

    // MARK: To v2

    static func stored(_ served: AutoscalingV1HorizontalPodAutoscaler) -> HorizontalPodAutoscaler {
        var autoscaler = HorizontalPodAutoscaler()
        autoscaler.metadata = served.metadata
        let target = served.spec.scaleTargetRef
        autoscaler.spec.scaleTargetRef.kind = target.kind
        autoscaler.spec.scaleTargetRef.name = target.name
        autoscaler.spec.scaleTargetRef.apiVersion = target.apiVersion
        autoscaler.spec.minReplicas = served.spec.minReplicas
        autoscaler.spec.maxReplicas = served.spec.maxReplicas
        var status = HorizontalPodAutoscalerStatus()
        status.observedGeneration = served.status.observedGeneration
        status.lastScaleTime = served.status.lastScaleTime
        status.currentReplicas = served.status.currentReplicas
        status.desiredReplicas = served.status.desiredReplicas
        if let utilization = served.status.currentCPUUtilizationPercentage {
            var metric = MetricStatus()
            metric.type = "Resource"
            var resource = ResourceMetricStatus()
            resource.name = "cpu"
            resource.current.averageUtilization = utilization
            metric.resource = resource
            status.currentMetrics = [metric]
        }
        // A text that cannot be read counts as none.
        let annotations = served.annotations
        let others = AutoscalerAnnotations.readMetrics(annotations) ?? []
        autoscaler.spec.metrics = others + (served.spec.targetCPUUtilizationPercentage.map { [cpu($0)] } ?? [])
        if autoscaler.spec.metrics.isEmpty { autoscaler.spec.metrics = [cpu(defaultCPUUtilization)] }
        autoscaler.spec.behavior = AutoscalerAnnotations.readBehavior(annotations)
        if let metrics = AutoscalerAnnotations.readCurrentMetrics(annotations) { status.currentMetrics = metrics }
        if let conditions = AutoscalerAnnotations.readConditions(annotations) { status.conditions = conditions }
        autoscaler.status = status
        for name in AutoscalerAnnotations.names where annotations[name] != nil {
            autoscaler.metadata.annotations[name] = nil
        }
        return autoscaler
    }

    private static func cpu(_ utilization: Int) -> MetricSpec {
        var metric = MetricSpec()
        metric.type = "Resource"
        var resource = ResourceMetricSource()
        resource.name = "cpu"
        resource.target.type = "Utilization"
        resource.target.averageUtilization = utilization
        metric.resource = resource
        return metric
    }

    // MARK: To v1

    static func served(_ stored: HorizontalPodAutoscaler) -> AutoscalingV1HorizontalPodAutoscaler {
        var autoscaler = AutoscalingV1HorizontalPodAutoscaler()
        autoscaler.metadata = stored.metadata
        let target = stored.spec.scaleTargetRef
        autoscaler.spec.scaleTargetRef.kind = target.kind
        autoscaler.spec.scaleTargetRef.name = target.name
        autoscaler.spec.scaleTargetRef.apiVersion = target.apiVersion
        autoscaler.spec.minReplicas = stored.spec.minReplicas
        autoscaler.spec.maxReplicas = stored.spec.maxReplicas
        autoscaler.spec.targetCPUUtilizationPercentage =
            stored.spec.metrics.first { isCPU($0) }?.resource?.target.averageUtilization
        autoscaler.status.observedGeneration = stored.status.observedGeneration
        autoscaler.status.lastScaleTime = stored.status.lastScaleTime
        autoscaler.status.currentReplicas = stored.status.currentReplicas ?? 0
        autoscaler.status.desiredReplicas = stored.status.desiredReplicas
        for metric in stored.status.currentMetrics where metric.type == "Resource" && metric.resource?.name == "cpu" {
            guard let utilization = metric.resource?.current.averageUtilization else { continue }
            autoscaler.status.currentCPUUtilizationPercentage = utilization
        }
        let others = stored.spec.metrics.filter { !(isCPU($0) && $0.resource?.target.averageUtilization != nil) }
        if !others.isEmpty {
            autoscaler.metadata.annotations[AutoscalerAnnotations.metrics] = AutoscalerAnnotations.text(others)
        }
        if !stored.status.currentMetrics.isEmpty {
            autoscaler.metadata.annotations[AutoscalerAnnotations.currentMetrics] = AutoscalerAnnotations.text(
                stored.status.currentMetrics)
        }
        if !stored.status.conditions.isEmpty {
            autoscaler.metadata.annotations[AutoscalerAnnotations.conditions] = AutoscalerAnnotations.text(
                stored.status.conditions)
        }
        if let behavior = stored.spec.behavior {
            autoscaler.metadata.annotations[AutoscalerAnnotations.behavior] = AutoscalerAnnotations.text(behavior)
        }
        return autoscaler
    }

    private static func isCPU(_ metric: MetricSpec) -> Bool {
        metric.type == "Resource" && metric.resource?.name == "cpu"
    }
}
