import Testing

/// Descriptions of quotas, as `kubectl describe` prints them.
@Suite struct QuotaDescriptionTests {
    @Test func resourceQuota() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: limits, namespace: default}
                spec: {hard: {pods: "10", requests.memory: 8Gi, limits.cpu: "4"}, scopes: [NotTerminating,
                  BestEffort]}
                status: {hard: {pods: "10", requests.memory: 8Gi, limits.cpu: "4"}, used: {pods: "3",
                  requests.memory: "1073741824"}}
                """,
            """
            Name:       limits
            Namespace:  default
            Scopes:     BestEffort, NotTerminating
             * Matches all pods that do not have resource requirements set. These pods have a best effort \
            quality of service.
             * Matches all pods that do not have an active deadline. These pods usually include long running \
            pods whose container command is not expected to terminate.
            Resource         Used  Hard
            --------         ----  ----
            limits.cpu       0     4
            pods             3     10
            requests.memory  1Gi   8Gi
            """)
    }

    @Test func limitRange() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: LimitRange
                metadata: {name: bounds, namespace: default}
                spec:
                  limits:
                  - {type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 250m}, max: {cpu: "2"},
                      min: {cpu: 100m}}
                  - {type: Pod, maxLimitRequestRatio: {memory: "2"}}
                """,
            """
            Name:       bounds
            Namespace:  default
            Type        Resource  Min   Max  Default Request  Default Limit  Max Limit/Request Ratio
            ----        --------  ---   ---  ---------------  -------------  -----------------------
            Container   cpu       100m  2    250m             500m           -
            Pod         memory    -     -    -                -              2
            """)
    }

    @Test func namespace() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: Namespace
                metadata: {name: team, labels: {kubernetes.io/metadata.name: team}}
                status: {phase: Terminating, conditions: [{type: NamespaceContentRemaining, status: "True",
                  lastTransitionTime: "2026-01-01T00:00:05Z", reason: SomeResourcesRemain,
                  message: Some resources are remaining}]}
                ---
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: limits, namespace: team}
                spec: {hard: {pods: "10"}, scopes: [Terminating]}
                status: {hard: {pods: "10"}, used: {pods: "3"}}
                ---
                apiVersion: v1
                kind: LimitRange
                metadata: {name: bounds, namespace: team}
                spec: {limits: [{type: Container, default: {cpu: 500m}, max: {memory: 2Gi}}]}
                """,
            """
            Name:         team
            Labels:       kubernetes.io/metadata.name=team
            Annotations:  <none>
            Status:       Terminating
            Conditions:
              Type                       Status  LastTransitionTime               Reason               Message
              ----                       ------  ------------------               ------               -------
              NamespaceContentRemaining  True    Thu, 01 Jan 2026 00:00:05 +0000  SomeResourcesRemain  Some \
            resources are remaining

            Resource Quotas
              Name:    limits
              Scopes:  Terminating
              * Matches all pods that have an active deadline. These pods have a limited lifespan on a node \
            before being actively terminated by the system.
              Resource  Used  Hard
              --------  ---   ---
              pods      3     10

            Resource Limits
             Type       Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio
             ----       --------  ---  ---  ---------------  -------------  -----------------------
             Container  cpu       -    -    -                500m           -
             Container  memory    -    2Gi  -                -              -
            """)
    }
}
