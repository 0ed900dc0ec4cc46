import Testing

/// Descriptions of workloads, as `kubectl describe` prints them.
@Suite struct WorkloadDescriptionTests {
    @Test func daemonSet() throws {
        try expectDescription(
            of: """
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: agent, namespace: default, uid: daemon-1, labels: {app: agent},
                  annotations: {deprecated.daemonset.template.generation: "1"}}
                spec:
                  selector: {matchLabels: {app: agent}}
                  template:
                    metadata: {labels: {app: agent}}
                    spec:
                      nodeSelector: {disk: ssd, zone: a}
                      containers:
                      - {name: agent, image: "agent:1.0", ports: [{containerPort: 9100, hostPort: 9100,
                          protocol: TCP}]}
                      tolerations: [{operator: Exists}]
                status: {desiredNumberScheduled: 3, currentNumberScheduled: 2, updatedNumberScheduled: 2,
                  numberAvailable: 1, numberMisscheduled: 0, numberReady: 1}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: agent-a, namespace: default, labels: {app: agent},
                  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: daemon-1,
                  controller: true}]}
                status: {phase: Running}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: agent-b, namespace: default, labels: {app: agent},
                  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: daemon-1,
                  controller: true}]}
                status: {phase: Pending}
                """,
            """
            Name:           agent
            Namespace:      default
            Selector:       app=agent
            Node-Selector:  disk=ssd,zone=a
            Labels:         app=agent
            Annotations:    deprecated.daemonset.template.generation: 1
            Desired Number of Nodes Scheduled: 3
            Current Number of Nodes Scheduled: 2
            Number of Nodes Scheduled with Up-to-date Pods: 2
            Number of Nodes Scheduled with Available Pods: 1
            Number of Nodes Misscheduled: 0
            Pods Status:  1 Running / 1 Waiting / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  app=agent
              Containers:
               agent:
                Image:         agent:1.0
                Port:          9100/TCP
                Host Port:     9100/TCP
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  disk=ssd
                               zone=a
              Tolerations:     op=Exists
            Events:            <none>
            """)
    }

    @Test func statefulSet() throws {
        try expectDescription(
            of: """
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db, namespace: default, uid: set-1, creationTimestamp: "2026-01-01T00:00:05Z"}
                spec:
                  replicas: 2
                  serviceName: db
                  selector: {matchLabels: {app: db}}
                  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1, maxUnavailable: 25%}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      containers:
                      - {name: db, image: "postgres:17", volumeMounts: [{name: data, mountPath: /data}]}
                  volumeClaimTemplates:
                  - metadata: {name: data, labels: {app: db}}
                    spec: {accessModes: [ReadWriteOnce], storageClassName: fast,
                      resources: {requests: {storage: 10Gi}}}
                  - metadata: {name: logs}
                    spec: {accessModes: [ReadWriteOnce, ReadOnlyMany]}
                status: {replicas: 2}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: db-0, namespace: default, labels: {app: db},
                  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: set-1,
                  controller: true}]}
                status: {phase: Running}
                """,
            """
            Name:               db
            Namespace:          default
            CreationTimestamp:  Thu, 01 Jan 2026 00:00:05 +0000
            Selector:           app=db
            Labels:             <none>
            Annotations:        <none>
            Replicas:           2 desired | 2 total
            Update Strategy:    RollingUpdate
              Partition:        1
              MaxUnavailable:   25%
            Pods Status:        1 Running / 0 Waiting / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  app=db
              Containers:
               db:
                Image:        postgres:17
                Port:         <none>
                Host Port:    <none>
                Environment:  <none>
                Mounts:
                  /data from data (rw)
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            Volume Claims:
              Name:          data
              StorageClass:  fast
              Labels:        app=db
              Annotations:   <none>
              Capacity:      10Gi
              Access Modes:  [ReadWriteOnce]
              Name:          logs
              StorageClass:
              Labels:        <none>
              Annotations:   <none>
              Capacity:      <default>
              Access Modes:  [ReadWriteOnce ReadOnlyMany]
            Events:          <none>
            """)
    }

    @Test func job() throws {
        try expectDescription(
            of: """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: sum, namespace: default, labels: {app: sum},
                  ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: nightly, uid: cron-1,
                  controller: true}]}
                spec:
                  parallelism: 2
                  completions: 5
                  completionMode: Indexed
                  suspend: false
                  backoffLimit: 6
                  ttlSecondsAfterFinished: 100
                  activeDeadlineSeconds: 600
                  selector: {matchLabels: {batch.kubernetes.io/controller-uid: job-1}}
                  template:
                    metadata: {labels: {batch.kubernetes.io/controller-uid: job-1, job-name: sum}}
                    spec:
                      restartPolicy: Never
                      containers:
                      - {name: sum, image: "busybox:1.36", command: [sh, -c, echo 1]}
                status: {startTime: "2026-01-01T00:00:05Z", completionTime: "2026-01-01T00:02:35Z", ready: 0,
                  succeeded: 5, failed: 1, completedIndexes: 0-4}
                """,
            """
            Name:                        sum
            Namespace:                   default
            Selector:                    batch.kubernetes.io/controller-uid=job-1
            Labels:                      app=sum
            Annotations:                 <none>
            Controlled By:               CronJob/nightly
            Parallelism:                 2
            Completions:                 5
            Completion Mode:             Indexed
            Suspend:                     false
            Backoff Limit:               6
            TTL Seconds After Finished:  100
            Start Time:                  Thu, 01 Jan 2026 00:00:05 +0000
            Completed At:                Thu, 01 Jan 2026 00:02:35 +0000
            Duration:                    2m30s
            Active Deadline Seconds:     600s
            Pods Statuses:               0 Active (0 Ready) / 5 Succeeded / 1 Failed
            Completed Indexes:           0-4
            Pod Template:
              Labels:  batch.kubernetes.io/controller-uid=job-1
                       job-name=sum
              Containers:
               sum:
                Image:      busybox:1.36
                Port:       <none>
                Host Port:  <none>
                Command:
                  sh
                  -c
                  echo 1
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            Events:            <none>
            """)
    }

    @Test func runningJob() throws {
        try expectDescription(
            of: """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: once, namespace: default}
                spec:
                  parallelism: 1
                  completionMode: NonIndexed
                  selector: {matchLabels: {batch.kubernetes.io/controller-uid: job-2}}
                  template:
                    metadata: {labels: {job-name: once}}
                    spec:
                      containers: [{name: once, image: "busybox:1.36"}]
                status: {active: 1}
                """,
            """
            Name:             once
            Namespace:        default
            Selector:         batch.kubernetes.io/controller-uid=job-2
            Labels:           <none>
            Annotations:      <none>
            Parallelism:      1
            Completions:      <unset>
            Completion Mode:  NonIndexed
            Pods Statuses:    1 Active / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  job-name=once
              Containers:
               once:
                Image:         busybox:1.36
                Port:          <none>
                Host Port:     <none>
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            Events:            <none>
            """)
    }

    @Test func cronJob() throws {
        try expectDescription(
            of: """
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: nightly, namespace: default, uid: cron-1}
                spec:
                  schedule: 0 3 * * *
                  timeZone: Europe/Paris
                  concurrencyPolicy: Forbid
                  suspend: false
                  successfulJobsHistoryLimit: 3
                  failedJobsHistoryLimit: 1
                  startingDeadlineSeconds: 60
                  jobTemplate:
                    spec:
                      parallelism: 2
                      activeDeadlineSeconds: 30
                      template:
                        metadata: {labels: {app: sum}}
                        spec:
                          restartPolicy: OnFailure
                          containers: [{name: sum, image: "busybox:1.36"}]
                status: {lastScheduleTime: "2026-01-01T03:00:00Z", active: [{apiVersion: batch/v1, kind: Job,
                  name: nightly-1, namespace: default}, {apiVersion: batch/v1, kind: Job, name: nightly-2,
                  namespace: default}]}
                """,
            """
            Name:                          nightly
            Namespace:                     default
            Labels:                        <none>
            Annotations:                   <none>
            Schedule:                      0 3 * * *
            Concurrency Policy:            Forbid
            Suspend:                       False
            Time Zone:                     Europe/Paris
            Successful Job History Limit:  3
            Failed Job History Limit:      1
            Starting Deadline Seconds:     60s
            Selector:                      <unset>
            Parallelism:                   2
            Completions:                   <unset>
            Active Deadline Seconds:       30s
            Pod Template:
              Labels:  app=sum
              Containers:
               sum:
                Image:           busybox:1.36
                Port:            <none>
                Host Port:       <none>
                Environment:     <none>
                Mounts:          <none>
              Volumes:           <none>
              Node-Selectors:    <none>
              Tolerations:       <none>
            Last Schedule Time:  Thu, 01 Jan 2026 03:00:00 +0000
            Active Jobs:         nightly-1, nightly-2
            Events:              <none>
            """)
    }

    @Test func emptyCronJob() throws {
        try expectDescription(
            of: """
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: bare, namespace: default}
                spec:
                  schedule: "@hourly"
                  concurrencyPolicy: Allow
                  jobTemplate:
                    spec:
                      completions: 1
                      template:
                        spec:
                          containers: [{name: sum, image: "busybox:1.36"}]
                """,
            """
            Name:                          bare
            Namespace:                     default
            Labels:                        <none>
            Annotations:                   <none>
            Schedule:                      @hourly
            Concurrency Policy:            Allow
            Suspend:                       <unset>
            Time Zone:                     <unset>
            Successful Job History Limit:  <unset>
            Failed Job History Limit:      <unset>
            Starting Deadline Seconds:     <unset>
            Selector:                      <unset>
            Parallelism:                   <unset>
            Completions:                   1
            Pod Template:
              Labels:  <none>
              Containers:
               sum:
                Image:           busybox:1.36
                Port:            <none>
                Host Port:       <none>
                Environment:     <none>
                Mounts:          <none>
              Volumes:           <none>
              Node-Selectors:    <none>
              Tolerations:       <none>
            Last Schedule Time:  <unset>
            Active Jobs:         <none>
            Events:              <none>
            """)
    }

    @Test func podDisruptionBudget() throws {
        try expectDescription(
            of: """
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: web, namespace: default}
                spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
                status: {disruptionsAllowed: 1, currentHealthy: 4, desiredHealthy: 3, expectedPods: 5}
                """,
            """
            Name:           web
            Namespace:      default
            Min available:  50%
            Selector:       app=web
            Status:
                Allowed disruptions:  1
                Current:              4
                Desired:              3
                Total:                5
            Events:                   <none>
            """)
    }

    @Test func unavailableBudget() throws {
        try expectDescription(
            of: """
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: db, namespace: default}
                spec: {maxUnavailable: 1}
                """,
            """
            Name:             db
            Namespace:        default
            Max unavailable:  1
            Selector:         <unset>
            Status:
                Allowed disruptions:  0
                Current:              0
                Desired:              0
                Total:                0
            Events:                   <none>
            """)
    }

    @Test func priorityClass() throws {
        try expectDescription(
            of: """
                apiVersion: scheduling.k8s.io/v1
                kind: PriorityClass
                metadata: {name: urgent}
                value: 1000000
                description: Goes before all else.
                preemptionPolicy: PreemptLowerPriority
                """,
            """
            Name:              urgent
            Value:             1000000
            GlobalDefault:     false
            PreemptionPolicy:  PreemptLowerPriority
            Description:       Goes before all else.
            Annotations:       <none>
            Events:            <none>
            """)
    }
}
