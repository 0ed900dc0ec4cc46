import Testing

/// Descriptions of autoscalers, as `kubectl describe` prints them.
@Suite struct AutoscalerDescriptionTests {
    @Test func horizontalPodAutoscaler() throws {
        try expectDescription(
            of: """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: web, namespace: default, creationTimestamp: "2026-01-01T00:00:05Z"}
                spec:
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
                  minReplicas: 2
                  maxReplicas: 10
                  metrics:
                  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}
                  - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 500Mi}}}
                  - {type: ContainerResource, containerResource: {name: cpu, container: nginx,
                      target: {type: Utilization, averageUtilization: 50}}}
                  - {type: Pods, pods: {metric: {name: packets}, target: {type: AverageValue, averageValue: 1k}}}
                  - {type: Object, object: {metric: {name: requests}, describedObject: {apiVersion: v1,
                      kind: Service, name: web}, target: {type: Value, value: 10k}}}
                  - {type: Object, object: {metric: {name: rate}, describedObject: {apiVersion: v1, kind: Service,
                      name: web}, target: {type: AverageValue, averageValue: "5"}}}
                  - {type: External, external: {metric: {name: queue}, target: {type: Value, value: "30"}}}
                  - {type: External, external: {metric: {name: depth}, target: {type: AverageValue,
                      averageValue: "40"}}}
                  - {type: ContainerResource, containerResource: {name: memory, container: nginx,
                      target: {type: AverageValue, averageValue: 100Mi}}}
                  behavior:
                    scaleUp: {stabilizationWindowSeconds: 0, selectPolicy: Max, policies: [{type: Pods, value: 4,
                      periodSeconds: 15}, {type: Percent, value: 100, periodSeconds: 15}]}
                    scaleDown: {stabilizationWindowSeconds: 300, policies: [{type: Percent, value: 10,
                      periodSeconds: 60}]}
                status:
                  currentReplicas: 3
                  desiredReplicas: 4
                  currentMetrics:
                  - {type: Resource, resource: {name: cpu, current: {averageUtilization: 95, averageValue: 237m}}}
                  - {type: Resource, resource: {name: memory, current: {averageValue: 300Mi}}}
                  - {type: ContainerResource, containerResource: {name: cpu, container: nginx,
                      current: {averageUtilization: 40, averageValue: 100m}}}
                  - {type: Pods, pods: {metric: {name: packets}, current: {averageValue: "900"}}}
                  - {type: Object, object: {metric: {name: requests}, describedObject: {kind: Service, name: web},
                      current: {value: 9k}}}
                  conditions:
                  - {type: AbleToScale, status: "True", reason: ReadyForNewScale,
                      message: recommended size matches current size}
                  - {type: ScalingActive, status: "True", reason: ValidMetricFound,
                      message: the HPA was able to compute the replica count}
                """,
            """
            Name:                                                                       web
            Namespace:                                                                  default
            Labels:                                                                     <none>
            Annotations:                                                                <none>
            CreationTimestamp:                                                          Thu, 01 Jan 2026 \
            00:00:05 +0000
            Reference:                                                                  Deployment/web
            Metrics:                                                                    ( current / target )
              resource cpu on pods  (as a percentage of request):                       95% (237m) / 80%
              resource memory on pods:                                                  300Mi / 500Mi
              resource cpu of container "nginx" on pods  (as a percentage of request):  40% (100m) / 50%
              "packets" on pods:                                                        900 / 1k
              "requests" on Service/web (target value):                                 9k / 10k
              "rate" on Service/web (target average value):                             <unknown> / 5
              "queue" (target value):                                                   <unknown> / 30
              "depth" (target average value):                                           <unknown> / 40
              resource memory of container "nginx" on pods:                             <unknown> / 100Mi
            Min replicas:                                                               2
            Max replicas:                                                               10
            Behavior:
              Scale Up:
                Stabilization Window: 0 seconds
                Select Policy: Max
                Policies:
                  - Type: Pods     Value: 4    Period: 15 seconds
                  - Type: Percent  Value: 100  Period: 15 seconds
              Scale Down:
                Stabilization Window: 300 seconds
                Select Policy: Max
                Policies:
                  - Type: Percent  Value: 10  Period: 60 seconds
            Deployment pods:       3 current / 4 desired
            Conditions:
              Type           Status  Reason            Message
              ----           ------  ------            -------
              AbleToScale    True    ReadyForNewScale  recommended size matches current size
              ScalingActive  True    ValidMetricFound  the HPA was able to compute the replica count
            Events:          <none>
            """)
    }

    @Test func newAutoscaler() throws {
        try expectDescription(
            of: """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: fresh, namespace: default, creationTimestamp: "2026-01-01T00:00:05Z"}
                spec:
                  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}
                  maxReplicas: 10
                  metrics:
                  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}
                status: {currentReplicas: 1, desiredReplicas: 0}
                """,
            """
            Name:                                                  fresh
            Namespace:                                             default
            Labels:                                                <none>
            Annotations:                                           <none>
            CreationTimestamp:                                     Thu, 01 Jan 2026 00:00:05 +0000
            Reference:                                             StatefulSet/db
            Metrics:                                               ( current / target )
              resource cpu on pods  (as a percentage of request):  <unknown> / 80%
            Min replicas:                                          <unset>
            Max replicas:                                          10
            StatefulSet pods:                                      1 current / 0 desired
            Events:                                                <none>
            """)
    }
}
