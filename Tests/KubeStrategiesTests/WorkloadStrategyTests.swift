import KubeAPI
import KubeAPIServer
import Testing

@Suite struct WorkloadStrategyTests {
    private static let template =
        #"{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx:1"}]}}"#

    private func deployment(_ fields: String = "") -> Deployment {
        Fixtures.read(
            Deployment.self,
            #"{"metadata":{"name":"a","namespace":"default"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":\#(Self.template)\#(fields)}}"#
        )
    }

    @Test func deploymentDefaults() {
        let spec = Fixtures.created(deployment()).spec
        #expect(spec.replicas == 1)
        #expect(spec.strategy?.type == "RollingUpdate")
        #expect(spec.strategy?.rollingUpdate?.maxSurge == "25%")
        #expect(spec.strategy?.rollingUpdate?.maxUnavailable == "25%")
        #expect(spec.revisionHistoryLimit == 10)
        #expect(spec.progressDeadlineSeconds == 600)
        #expect(spec.template.spec.restartPolicy == "Always")
        #expect(spec.template.spec.enableServiceLinks == nil)
        #expect(Fixtures.createErrors(deployment()) == [])
    }

    @Test(arguments: [
        (#","replicas":-1"#, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        (
            #","strategy":{"type":"Recreate","rollingUpdate":{}}"#,
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"
        ),
        (
            #","strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":0}}"#,
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"
        ),
        (
            #","strategy":{"rollingUpdate":{"maxUnavailable":"101%"}}"#,
            #"spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%"#
        ),
        (
            #","strategy":{"rollingUpdate":{"maxSurge":"x"}}"#,
            #"spec.strategy.rollingUpdate.maxSurge: Invalid value: "x": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"#
        ),
        (
            #","progressDeadlineSeconds":5,"minReadySeconds":5"#,
            "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds"
        ),
    ])
    func deploymentErrors(fields: String, error: String) {
        #expect(Fixtures.createErrors(deployment(fields)) == [error])
    }

    @Test func aSelectorMustMatchItsTemplate() {
        var deployment = deployment()
        deployment.spec.selector = LabelSelector(matchLabels: ["app": "b"])
        #expect(
            Fixtures.createErrors(deployment) == [
                #"spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`"#
            ])
    }

    private static let mismatch =
        #"spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`"#

    private func workload(_ kind: String, selector: String) -> [String] {
        let text = #"{"metadata":{"name":"a","namespace":"default"},"spec":{\#(selector)"template":\#(Self.template)}}"#
        switch kind {
        case "Deployment": return Fixtures.createErrors(Fixtures.read(Deployment.self, text))
        case "ReplicaSet": return Fixtures.createErrors(Fixtures.read(ReplicaSet.self, text))
        case "StatefulSet": return Fixtures.createErrors(Fixtures.read(StatefulSet.self, text))
        default: return Fixtures.createErrors(Fixtures.read(DaemonSet.self, text))
        }
    }

    /// No selector matches no labels, which is told as well; an empty one matches all, and is refused for that.
    @Test(arguments: [
        ("Deployment", ["spec.selector: Required value", mismatch], "deployment"),
        ("ReplicaSet", ["spec.selector: Required value", mismatch], "deployment"),
        ("StatefulSet", ["spec.selector: Required value", mismatch], "statefulset"),
        ("DaemonSet", [mismatch], "daemonset"),
    ])
    func noSelectorIsNotAnEmptyOne(kind: String, absent: [String], name: String) {
        #expect(workload(kind, selector: "") == absent)
        #expect(workload(kind, selector: #""selector":null,"#) == absent)
        #expect(
            workload(kind, selector: #""selector":{},"#)
                == ["spec.selector: Invalid value: {}: empty selector is invalid for \(name)"])
    }

    /// What is no selector at all is told, and then the template of a Deployment is not looked into.
    @Test func aSelectorWithoutSenseHidesTheTemplate() {
        let selector = #""selector":{"matchExpressions":[{"key":"app","operator":"Is"}]},"#
        let value = #"{"matchExpressions":[{"key":"app","operator":"Is"}]}"#
        let inside =
            #"spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator"#
        #expect(
            workload("Deployment", selector: selector)
                == [inside, "spec.selector: Invalid value: \(value): invalid label selector"])
        #expect(
            workload("StatefulSet", selector: selector) == [inside, "spec.selector: Invalid value: \(value)"])
        #expect(workload("DaemonSet", selector: selector) == [inside])
    }

    @Test func aSelectorCannotBeTakenAway() {
        let errors = Fixtures.updateErrors(deployment()) { $0.spec.selector = nil }
        #expect(
            errors == [
                "spec.selector: Required value", Self.mismatch,
                "spec.selector: Invalid value: null: field is immutable",
            ])
    }

    /// Labels that are not there are told as `null`; no selector of a job matches nothing, that of a
    /// ReplicationController everything.
    @Test func templatesWithoutLabels() {
        let mismatch =
            "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`"
        var deployment = deployment()
        deployment.spec.template.metadata.labels = [:]
        #expect(Fixtures.createErrors(deployment) == [mismatch])
        #expect(
            Fixtures.createErrors(job(#","manualSelector":true"#)) == ["spec.selector: Required value", mismatch])
        let controller = Fixtures.read(
            ReplicationController.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"spec":{"template":{"spec":{\
            "containers":[{"name":"c","image":"i"}]}}}}
            """)
        #expect(Fixtures.createErrors(controller) == ["spec.selector: Required value"])
    }

    @Test func selectorsAreImmutable() {
        let errors = Fixtures.updateErrors(deployment()) { deployment in
            deployment.spec.selector?.matchLabels["tier"] = "b"
            deployment.spec.template.metadata.labels["tier"] = "b"
        }
        #expect(
            errors == [#"spec.selector: Invalid value: {"matchLabels":{"app":"a","tier":"b"}}: field is immutable"#])
    }

    @Test func templatesThatRestartAtWillAreNotForDeployments() {
        var deployment = deployment()
        deployment.spec.template.spec.restartPolicy = "Never"
        #expect(
            Fixtures.createErrors(deployment) == [
                #"spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always""#
            ])
    }

    @Test func aDeploymentsStatusUpdateKeepsLabels() {
        let strategy = Strategies.strategy(for: .deployment)
        let old = Fixtures.created(deployment())
        var new = old
        new.metadata.labels = ["x": "y"]
        new.metadata.annotations = ["x": "y"]
        new.spec.replicas = 9
        new.status.replicas = 3
        let result = strategy.prepareForStatusUpdate(Boxed(new), old: Boxed(old), now: Fixtures.now).as(Deployment.self)
        #expect(result?.labels == [:])
        #expect(result?.annotations == ["x": "y"])
        #expect(result?.spec.replicas == 1)
        #expect(result?.status.replicas == 3)
    }

    @Test func statusCountsMustAgree() {
        var deployment = Fixtures.created(deployment())
        deployment.metadata.resourceVersion = "1"
        var new = deployment
        new.status.replicas = 1
        new.status.readyReplicas = 1
        new.status.availableReplicas = 2
        let errors = Strategies.strategy(for: .deployment).validateStatusUpdate(Boxed(new), old: Boxed(deployment))
        #expect(
            errors.map(\.description) == [
                "status.availableReplicas: Invalid value: 2: cannot be greater than status.replicas",
                "status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas",
            ])
    }

    // MARK: DaemonSets and StatefulSets

    @Test func daemonSetsCountTheirTemplates() {
        let daemonSet = Fixtures.read(
            DaemonSet.self,
            #"{"metadata":{"name":"a","namespace":"default"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":\#(Self.template)}}"#
        )
        let old = Fixtures.created(daemonSet)
        #expect(old.annotations["deprecated.daemonset.template.generation"] == "1")
        #expect(old.spec.updateStrategy?.rollingUpdate?.maxUnavailable == 1)
        #expect(old.spec.updateStrategy?.rollingUpdate?.maxSurge == 0)
        #expect(Fixtures.createErrors(daemonSet) == [])
        var new = old
        new.spec.template.spec.containers[0].image = "nginx:2"
        let updated = Strategies.strategy(for: .daemonSet).prepareForUpdate(Boxed(new), old: Boxed(old))
        #expect(updated.metadata.annotations["deprecated.daemonset.template.generation"] == "2")
        let errors = Fixtures.updateErrors(daemonSet) { $0.spec.updateStrategy?.rollingUpdate?.maxSurge = 1 }
        #expect(
            errors == [
                "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero"
            ])
    }

    @Test func statefulSets() {
        let statefulSet = Fixtures.read(
            StatefulSet.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"spec":{"selector":{"matchLabels":{"app":"a"}},\
            "template":\(Self.template),"volumeClaimTemplates":[{"metadata":{"name":"d"},"spec":{}}]}}
            """)
        let spec = Fixtures.created(statefulSet).spec
        #expect(spec.podManagementPolicy == "OrderedReady")
        #expect(spec.updateStrategy?.rollingUpdate?.partition == 0)
        #expect(spec.persistentVolumeClaimRetentionPolicy?.whenDeleted == "Retain")
        #expect(spec.volumeClaimTemplates[0].spec.volumeMode == "Filesystem")
        #expect(Fixtures.createErrors(statefulSet) == [])
        #expect(Fixtures.updateErrors(statefulSet) { $0.spec.replicas = 3 } == [])
        #expect(
            Fixtures.updateErrors(statefulSet) { $0.spec.serviceName = "b" } == [
                """
                spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', \
                'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' \
                are forbidden
                """
            ])
    }

    /// The template is checked as the controller makes pods of it, where each claim is a volume.
    @Test func templatesOfStatefulSets() {
        func statefulSet(_ container: String, _ fields: String = "") -> StatefulSet {
            Fixtures.read(
                StatefulSet.self,
                """
                {"metadata":{"name":"a","namespace":"default"},"spec":{"selector":{"matchLabels":{"app":"a"}},\
                "template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c"\(container)}]}},\
                "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{}}]\(fields)}}
                """)
        }
        let mounts = #","image":"i","volumeMounts":[{"name":"data","mountPath":"/d"}]"#
        #expect(Fixtures.createErrors(statefulSet(mounts)) == [])
        let broken = statefulSet("")
        #expect(Fixtures.createErrors(broken) == ["spec.template.spec.containers[0].image: Required value"])
        // What is stored already may still be scaled.
        #expect(Fixtures.updateErrors(broken) { $0.spec.replicas = 3 } == [])
        var dotted = statefulSet(mounts)
        dotted.metadata.name = "a.b"
        #expect(
            Fixtures.createErrors(dotted).map { $0.prefix(35) } == [#"metadata.name: Invalid value: "a.b""#])
        #expect(Fixtures.updateErrors(dotted) { $0.spec.replicas = 3 } == [])
        let named = statefulSet(mounts, #","serviceName":"A""#)
        #expect(
            Fixtures.createErrors(named).map { $0.prefix(35) } == [#"spec.serviceName: Invalid value: "A"#])
        #expect(Fixtures.updateErrors(named) { $0.spec.replicas = 3 } == [])
    }

    /// What is counted is never less than nothing.
    @Test func countsOfStatuses() {
        func errors<Value: Resource>(_: Value.Type, _ status: String) -> [String] {
            let meta = #""metadata":{"name":"a","namespace":"default","resourceVersion":"1"}"#
            let old = Fixtures.read(Value.self, "{\(meta)}")
            let new = Fixtures.read(Value.self, #"{\#(meta),"status":\#(status)}"#)
            return Strategies.strategy(for: Value.kind).validateStatusUpdate(Boxed(new), old: Boxed(old))
                .map(\.description)
        }
        let reason = "Invalid value: -1: must be greater than or equal to 0"
        #expect(
            errors(Deployment.self, #"{"collisionCount":-1,"terminatingReplicas":-1,"unavailableReplicas":-1}"#) == [
                "status.unavailableReplicas: " + reason, "status.terminatingReplicas: " + reason,
                "status.collisionCount: " + reason,
            ])
        #expect(
            errors(ReplicaSet.self, #"{"replicas":0,"terminatingReplicas":-1,"observedGeneration":-1}"#) == [
                "status.terminatingReplicas: " + reason, "status.observedGeneration: " + reason,
            ])
        #expect(errors(DaemonSet.self, #"{"collisionCount":-1}"#) == ["status.collisionCount: " + reason])
    }

    // MARK: Jobs

    private func job(_ fields: String = "") -> Job {
        Fixtures.read(
            Job.self,
            """
            {"metadata":{"name":"j","namespace":"default","uid":"u"},"spec":{"template":{"spec":{"restartPolicy":"Never",\
            "containers":[{"name":"c","image":"i"}]}}\(fields)}}
            """)
    }

    @Test func aJobsSelectorComesFromItsUID() {
        let job = Fixtures.created(job())
        #expect(job.spec.selector?.matchLabels == ["batch.kubernetes.io/controller-uid": "u"])
        #expect(
            job.spec.template.metadata.labels == [
                "batch.kubernetes.io/controller-uid": "u", "batch.kubernetes.io/job-name": "j", "controller-uid": "u",
                "job-name": "j",
            ])
        #expect(job.spec.parallelism == 1)
        #expect(job.spec.completions == 1)
        #expect(job.spec.backoffLimit == 6)
        #expect(job.spec.completionMode == "NonIndexed")
        #expect(job.spec.podReplacementPolicy == "TerminatingOrFailed")
        #expect(Fixtures.createErrors(self.job()) == [])
    }

    /// A selector that was given is joined by the label of the job's own; whether it fits is validation's to say.
    @Test func aJobsOwnLabelJoinsASelectorThatWasGiven() {
        let own: StringMap<String> = ["batch.kubernetes.io/controller-uid": "u"]
        #expect(Fixtures.created(job(#","selector":{}"#)).spec.selector?.matchLabels == own)
        #expect(Fixtures.createErrors(job(#","selector":{}"#)) == [])
        let given = Fixtures.created(job(#","selector":{"matchLabels":{"app":"a"}}"#)).spec.selector?.matchLabels
        #expect(given == ["app": "a", "batch.kubernetes.io/controller-uid": "u"])
        let other = #","selector":{"matchLabels":{"batch.kubernetes.io/controller-uid":"x"}}"#
        #expect(
            Fixtures.created(job(other)).spec.selector?.matchLabels == ["batch.kubernetes.io/controller-uid": "x"])
    }

    /// Who sees to the selector must give one; an empty one matches the pods, and all others.
    @Test func aJobWhoseSelectorIsTheAuthorsNeedsOne() {
        #expect(
            Fixtures.createErrors(job(#","manualSelector":true"#)) == [
                "spec.selector: Required value",
                "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`",
            ])
        #expect(Fixtures.createErrors(job(#","manualSelector":true,"selector":{}"#)) == [])
    }

    @Test(arguments: [
        (
            #","completionMode":"Indexed","parallelism":2"#,
            "spec.completions: Required value: when completion mode is Indexed"
        ),
        (#","backoffLimit":-1"#, "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0"),
        (
            #","completionMode":"X""#,
            #"spec.completionMode: Unsupported value: "X": supported values: "NonIndexed", "Indexed""#
        ),
        (
            #","podFailurePolicy":{"rules":[{"action":"FailJob","onExitCodes":{"operator":"In","values":[0]}}]}"#,
            "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator"
        ),
        (
            #","podFailurePolicy":{"rules":[{"action":"FailJob"}]}"#,
            "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required"
        ),
    ])
    func jobErrors(fields: String, error: String) {
        #expect(Fixtures.createErrors(job(fields)) == [error])
    }

    /// Rows of upstream's `TestValidateJob`.
    @Test(
        arguments: [
            (
                #""maxFailedIndexes":3,"backoffLimitPerIndex":1,"completions":2"#,
                ["spec.maxFailedIndexes: Invalid value: 3: must be less than or equal to completions"]
            ),
            (
                #""backoffLimitPerIndex":1,"completions":100001,"parallelism":10001"#,
                [
                    "spec.maxFailedIndexes: Required value: must be specified when completions is above 100000",
                    "spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index",
                ]
            ),
            (
                #""completions":10,"successPolicy":{"rules":[{"succeededIndexes":"1,3-5","succeededCount":5}]}"#,
                [
                    "spec.successPolicy.rules[0].succeededCount: Invalid value: 5: must be less than or equal to 4 (the number of indexes in the specified succeededIndexes field)"
                ]
            ),
            (
                #""completions":10,"successPolicy":{"rules":[{"succeededIndexes":"1,3-2"}]}"#,
                [
                    #"spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1,3-2": error parsing succeededIndexes: non-increasing order, previous: 3, current: 2"#
                ]
            ),
            (
                #""completions":2,"podFailurePolicy":{"rules":[{"action":"","onExitCodes":{"operator":"In","values":[]}},{"action":"Count","onExitCodes":{"operator":"","values":[3,2,2,1]}}]}"#,
                [
                    #"spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]"#,
                    "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []: at least one value is required",
                    #"spec.podFailurePolicy.rules[1].onExitCodes.operator: Required value: valid values: ["In" "NotIn"]"#,
                    "spec.podFailurePolicy.rules[1].onExitCodes.values[2]: Duplicate value: 2",
                    "spec.podFailurePolicy.rules[1].onExitCodes.values: Invalid value: [3,2,2,1]: must be ordered",
                ]
            ),
        ] as [(String, [String])])
    func indexedJobErrors(_ row: (fields: String, expected: [String])) {
        #expect(
            Fixtures.createErrors(job(#","completionMode":"Indexed",\#(row.fields)"#)) == row.expected)
    }

    @Test func theLastPodOfAnIndexedJobHasAHostName() {
        var job = job(#","completionMode":"Indexed","completions":11"#)
        job.metadata.name = String(repeating: "j", count: 61)
        #expect(
            Fixtures.createErrors(job) == [
                #"metadata.name: Invalid value: "\#(job.name)": will not able to create pod with invalid DNS label: "#
                    + job.name + "-10"
            ])
        job.spec.completions = 10
        job.spec.parallelism = 10
        #expect(
            Fixtures.updateErrors(job) {
                $0.spec.completions = 11
                $0.spec.parallelism = 11
            } == [
                #"metadata.name: Invalid value: "\#(job.name)": will not able to create pod with invalid DNS label: "#
                    + job.name + "-10"
            ])
    }

    @Test func whatASuspendedJobMayChange() {
        let suspended = job(#","suspend":true"#)
        #expect(
            Fixtures.updateErrors(suspended) {
                $0.spec.template.spec.nodeSelector["a"] = "b"
                var affinity = Affinity()
                affinity.nodeAffinity = NodeAffinity()
                $0.spec.template.spec.affinity = affinity
            } == [])
        let errors = Fixtures.updateErrors(suspended) {
            var affinity = Affinity()
            affinity.podAffinity = PodAffinity()
            $0.spec.template.spec.affinity = affinity
        }
        #expect(errors.count == 1 && errors[0].hasSuffix("field is immutable"))
    }

    /// What a suspended job's pods get may change while it has none: it never started, or they have been stopped.
    @Test(
        arguments: [
            ("{}", true), (#"{"startTime":"2026-01-01T00:00:00Z"}"#, false),
            (#"{"active":1,"conditions":[{"type":"Suspended","status":"True"}]}"#, false),
            (
                #"{"startTime":"2026-01-01T00:00:00Z","conditions":[{"type":"Suspended","status":"True"}]}"#,
                true
            ),
            (
                #"{"startTime":"2026-01-01T00:00:00Z","conditions":[{"type":"Suspended","status":"False"}]}"#,
                false
            ),
        ])
    func whatPodsOfASuspendedJobGet(_ row: (status: String, isAllowed: Bool)) throws {
        let strategy = Strategies.strategy(for: .job)
        var old = Fixtures.created(job(#","suspend":true"#))
        old.status = try JobStatus.decode(row.status)
        var new = old
        new.spec.template.spec.containers[0].resources = try ResourceRequirements.decode(
            #"{"requests":{"cpu":"1"}}"#)
        new.spec.template.spec.nodeSelector["a"] = "b"
        let errors = strategy.validateUpdate(Boxed(new), old: Boxed(old)).map(\.description)
        #expect(errors.map { $0.hasSuffix("field is immutable") } == (row.isAllowed ? [] : [true]))
        new.spec.template.spec.containers[0].image = "other"
        let more = strategy.validateUpdate(Boxed(new), old: Boxed(old)).map(\.description)
        #expect(more.map { $0.hasPrefix("spec.template: Invalid value: ") } == [true])
    }

    /// The labels of a job's pods are its own to give; what was stored before they had a prefix may go on without.
    @Test func labelsOfAJobsPods() {
        var old = Fixtures.created(job())
        let strategy = Strategies.strategy(for: .job)
        func errors(_ change: (inout Job) -> Void) -> [String] {
            var new = old
            new.spec.parallelism = 3
            change(&new)
            return strategy.validateUpdate(Boxed(new), old: Boxed(old)).map(\.description)
        }
        let missing = errors { $0.spec.template.metadata.labels["batch.kubernetes.io/job-name"] = nil }
        #expect(
            missing.first == "spec.template.metadata.labels[batch.kubernetes.io/job-name]: Required value: must be 'j'")
        old.spec.selector?.matchLabels = ["controller-uid": "u"]
        old.spec.template.metadata.labels = ["controller-uid": "u", "job-name": "j"]
        #expect(errors { _ in } == [])
        old.spec.template.metadata.labels["job-name"] = "k"
        #expect(
            errors { _ in } == [
                "spec.template.metadata.labels[job-name]: Invalid value: "
                    + #"{"controller-uid":"u","job-name":"k"}: must be 'j'"#
            ])
    }

    /// The policy for pods that are replaced is one of those that are known, and one alone where failures are told
    /// apart.
    @Test func whenPodsOfAJobAreReplaced() {
        #expect(
            Fixtures.createErrors(job(#","podReplacementPolicy":"""#)) == [
                #"spec.podReplacementPolicy: Unsupported value: "": supported values: "Failed", "TerminatingOrFailed""#
            ])
    }

    @Test func aJobNeedsARestartPolicy() {
        var job = job()
        job.spec.template.spec.restartPolicy = nil
        #expect(
            Fixtures.createErrors(job) == [
                #"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#
            ])
    }

    @Test func aJobsTemplateIsImmutable() {
        let errors = Fixtures.updateErrors(job()) { $0.spec.template.spec.containers[0].image = "other" }
        #expect(errors.count == 1)
        #expect(errors[0].hasPrefix("spec.template: Invalid value: "))
        #expect(errors[0].hasSuffix(": field is immutable"))
        #expect(Fixtures.updateErrors(job()) { $0.spec.parallelism = 4 } == [])
    }

    @Test("A Job that is written anew without what its creation filled in is told all that is missing")
    func aJobKeepsItsSelector() {
        let errors = Fixtures.updateErrors(job()) { job in
            job.spec.selector = nil
            job.spec.template.metadata.labels = [:]
        }
        #expect(
            errors.dropLast() == [
                "spec.selector: Required value",
                "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`",
                "spec.selector: Invalid value: null: field is immutable",
            ])
        #expect(errors.last?.hasPrefix("spec.template: Invalid value: ") == true)
    }

    @Test(
        arguments: [
            ("UTC", []), ("Europe/Berlin", []), ("America/Argentina/Buenos_Aires", []), ("Etc/GMT+12", []),
            ("", ["timeZone must be nil or non-empty string"]),
            ("Local", ["timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"]),
            ("Mars/Olympus_Mons", ["unknown time zone Mars/Olympus_Mons"]),
            ("europe/berlin", ["unknown time zone europe/berlin"]), ("../UTC", ["unknown time zone ../UTC"]),
        ] as [(String, [String])])
    func timeZones(zone: String, messages: [String]) {
        let cronJob = Fixtures.read(
            CronJob.self,
            """
            {"metadata":{"name":"c","namespace":"default"},"spec":{"schedule":"@daily","timeZone":"\(zone)",\
            "jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c",\
            "image":"i"}]}}}}}}
            """)
        #expect(
            Fixtures.createErrors(cronJob) == messages.map { "spec.timeZone: Invalid value: \"\(zone)\": \($0)" })
        #expect(Fixtures.updateErrors(cronJob) { $0.spec.suspend = true } == [])
    }

    @Test(
        arguments: [
            ("*/5 * * * *", nil), ("@hourly", nil), ("0 0 1 jan mon-fri", nil),
            ("* * *", "expected exactly 5 fields, found 3: [* * *]"),
            ("60 * * * *", "end of range (60) above maximum (59): 60"),
            ("x * * * *", #"failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax"#),
            ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
            ("*/0 * * * *", "step of range should be a positive number: */0"),
            ("@never", "unrecognized descriptor: @never"),
        ] as [(String, String?)])
    func schedules(schedule: String, error: String?) {
        let cronJob = Fixtures.read(
            CronJob.self,
            """
            {"metadata":{"name":"c","namespace":"default"},"spec":{"schedule":"\(schedule)","jobTemplate":{"spec":\
            {"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}
            """)
        let expected = error.map { "spec.schedule: Invalid value: \"\(schedule)\": \($0)" }
        #expect(Fixtures.createErrors(cronJob) == (expected.map { [$0] } ?? []))
    }

    /// A zone in the schedule stays if it was there, unless it is told where it belongs as well.
    @Test func zonesInSchedules() {
        func cronJob(_ schedule: String) -> CronJob {
            Fixtures.read(
                CronJob.self,
                """
                {"metadata":{"name":"c","namespace":"default"},"spec":{"schedule":"\(schedule)","jobTemplate":{"spec":\
                {"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}
                """)
        }
        let zoned = "CRON_TZ=UTC 0 0 * * *"
        let refused =
            #"spec.schedule: Invalid value: "\#(zoned)": cannot use TZ or CRON_TZ in schedule, use timeZone field instead"#
        #expect(Fixtures.createErrors(cronJob(zoned)) == [refused])
        #expect(Fixtures.updateErrors(cronJob("0 0 * * *")) { $0.spec.schedule = zoned } == [refused])
        #expect(Fixtures.updateErrors(cronJob(zoned)) { $0.spec.suspend = true } == [])
        #expect(
            Fixtures.updateErrors(cronJob(zoned)) { $0.spec.timeZone = "Etc/UTC" } == [
                #"spec.schedule: Invalid value: "\#(zoned)": cannot use both timeZone field and TZ or CRON_TZ in schedule"#
            ])
        #expect(
            Fixtures.createErrors(cronJob("TZ=Mars 0 0 * * *")).first
                == #"spec.schedule: Invalid value: "TZ=Mars 0 0 * * *": provided bad location Mars: unknown time zone Mars"#
        )
    }
}
