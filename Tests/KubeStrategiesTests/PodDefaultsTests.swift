import KubeAPI
import Testing

@Suite struct PodDefaultsTests {
    @Test func aPodGetsEveryDefault() {
        let text = Fixtures.defaulted(
            Pod.self, #"{"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"nginx"}]}}"#)
        #expect(
            text == """
                {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{"containers":[{"name":"c",\
                "image":"nginx","resources":{},"terminationMessagePath":"/dev/termination-log",\
                "terminationMessagePolicy":"File","imagePullPolicy":"Always"}],"restartPolicy":"Always",\
                "terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","securityContext":{},\
                "schedulerName":"default-scheduler","enableServiceLinks":true},"status":{}}
                """)
    }

    @Test(arguments: [
        ("nginx", "Always"), ("nginx:latest", "Always"), ("nginx:1.27", "IfNotPresent"),
        ("registry:5000/nginx", "Always"), ("registry:5000/nginx:1", "IfNotPresent"),
        ("nginx@sha256:0000", "IfNotPresent"), ("nginx:latest@sha256:0000", "Always"), ("", "IfNotPresent"),
    ])
    func thePullPolicyFollowsTheTag(image: String, policy: String) {
        var pod = Fixtures.pod(container: "")
        pod.spec.containers[0].image = image
        #expect(Fixtures.created(pod).spec.containers[0].imagePullPolicy == policy)
    }

    @Test(arguments: [(-5, 1), (-1, 1), (0, 0), (7, 7)])
    func aNegativeGracePeriodIsOneSecond(written: Int, expected: Int) {
        let pod = Fixtures.pod(container: "", spec: #","terminationGracePeriodSeconds":\#(written)"#)
        #expect(Fixtures.created(pod).spec.terminationGracePeriodSeconds == expected)
    }

    @Test(arguments: [
        ("12345678901234567.12345", "12345678901234567124m"), ("0.0001", "1m"), ("1.250", "1.250"),
        ("861.73598Ti", "947488730082946581m"),
    ])
    func amountsAreRoundedUpToThousandths(written: String, expected: String) {
        let pod = Fixtures.created(
            Fixtures.pod(container: #","resources":{"requests":{"memory":"\#(written)"}}"#))
        #expect(pod.spec.containers[0].resources?.requests["memory"]?.text == expected)
    }

    @Test func requestsComeFromLimits() {
        let pod = Fixtures.created(
            Fixtures.pod(
                container: #","resources":{"limits":{"cpu":"1","memory":"64Mi"},"requests":{"cpu":"250m"}}"#))
        #expect(pod.spec.containers[0].resources?.requests == ["cpu": "250m", "memory": "64Mi"])
        #expect(pod.status.qosClass == "Burstable")
    }

    @Test(arguments: [
        (#"{"limits":{"cpu":"1","memory":"64Mi"}}"#, "Guaranteed"), (#"{"requests":{"cpu":"1"}}"#, "Burstable"),
        (#"{"limits":{"cpu":"1"}}"#, "Burstable"),
        (#"{"requests":{"example.com/gpu":"1"},"limits":{"example.com/gpu":"1"}}"#, "BestEffort"),
        ("{}", "BestEffort"),
    ])
    func theClassOfServiceFollowsFromRequests(resources: String, expected: String) {
        let pod = Fixtures.created(Fixtures.pod(container: #","resources":\#(resources)"#))
        #expect(pod.status.qosClass == expected)
        #expect(pod.status.phase == "Pending")
    }

    /// `IsPodLevelResourcesSet` of kubernetes component-helpers `resource/helpers.go`: nothing at all is not set.
    @Test func emptyResourcesOfAPodLeaveTheClassToItsContainers() {
        let pod = Fixtures.created(
            Fixtures.pod(container: #","resources":{"requests":{"cpu":"1"}}"#, spec: #","resources":{}"#))
        #expect(pod.status.qosClass == "Burstable")
        #expect(QualityOfService.of(pod.spec) == "Burstable")
    }

    @Test func hugePagesOfAPodAreThoseOfItsContainers() {
        let pod = Fixtures.created(
            Fixtures.pod(
                container: #","resources":{"limits":{"hugepages-2Mi":"4Mi"},"requests":{"cpu":"1","memory":"1Gi"}}"#,
                spec: #","resources":{"requests":{"cpu":"2"}}"#))
        #expect(pod.spec.resources?.limits == ["hugepages-2Mi": "4Mi"])
        // And the requests follow: of what may not be overcommitted from the limits.
        #expect(pod.spec.resources?.requests == ["cpu": "2", "memory": "1Gi", "hugepages-2Mi": "4Mi"])
        let alone = Fixtures.created(
            Fixtures.pod(container: #","resources":{"limits":{"hugepages-2Mi":"4Mi"},"requests":{"cpu":"1"}}"#))
        #expect(alone.spec.resources == nil)
    }

    @Test func probesGetTheirTimes() {
        let pod = Fixtures.created(
            Fixtures.pod(container: #","livenessProbe":{"httpGet":{"port":80}},"readinessProbe":{"grpc":{"port":1}}"#))
        let liveness = pod.spec.containers[0].livenessProbe
        #expect(liveness?.timeoutSeconds == 1)
        #expect(liveness?.periodSeconds == 10)
        #expect(liveness?.successThreshold == 1)
        #expect(liveness?.failureThreshold == 3)
        #expect(liveness?.httpGet?.path == "/")
        #expect(liveness?.httpGet?.scheme == "HTTP")
        #expect(pod.spec.containers[0].readinessProbe?.grpc?.service == "")
    }

    @Test func volumesGetTheirModes() {
        let pod = Fixtures.created(
            Fixtures.pod(
                container: "",
                spec: """
                    ,"volumes":[{"name":"a"},{"name":"b","secret":{"secretName":"s"}},\
                    {"name":"c","configMap":{"name":"m"}},{"name":"d","hostPath":{"path":"/"}},\
                    {"name":"e","projected":{"sources":[{"serviceAccountToken":{"path":"t"}},\
                    {"downwardAPI":{"items":[{"path":"n","fieldRef":{"fieldPath":"metadata.namespace"}}]}}]}}]
                    """))
        #expect(pod.spec.volumes[0].emptyDir == EmptyDirVolumeSource())
        #expect(pod.spec.volumes[1].secret?.defaultMode == 0o644)
        #expect(pod.spec.volumes[2].configMap?.defaultMode == 420)
        #expect(pod.spec.volumes[3].hostPath?.type == "")
        let projected = pod.spec.volumes[4].projected
        #expect(projected?.defaultMode == 420)
        #expect(projected?.sources[0].serviceAccountToken?.expirationSeconds == 3600)
        #expect(projected?.sources[1].downwardAPI?.items[0].fieldRef?.apiVersion == "v1")
    }

    @Test func keysOfFilesAreNotOptional() {
        let pod = Fixtures.created(
            Fixtures.pod(
                container: """
                    ,"env":[{"name":"A","valueFrom":{"fileKeyRef":{"volumeName":"v","path":"p","key":"k"}}},\
                    {"name":"B","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}},{"name":"C","value":"c"}]
                    """))
        let env = pod.spec.containers[0].env
        #expect(env[0].valueFrom?.fileKeyRef?.optional == false)
        #expect(env[1].valueFrom?.fieldRef?.apiVersion == "v1")
        #expect(env[2].valueFrom == nil)
    }

    @Test func hostPortsFollowTheHostNetwork() {
        let pod = Fixtures.created(
            Fixtures.pod(container: #","ports":[{"containerPort":80}]"#, spec: #","hostNetwork":true"#))
        #expect(pod.spec.containers[0].ports[0].hostPort == 80)
        #expect(pod.spec.containers[0].ports[0].protocol == "TCP")
    }

    @Test func aTemplateWithItsDefaultsKeepsSharingMemory() {
        var replicaSet = ReplicaSet(name: "a", namespace: "default")
        var template = PodTemplateSpec()
        template.spec = Fixtures.pod(container: #","resources":{"limits":{"cpu":"1"},"requests":{"cpu":"1"}}"#).spec
        replicaSet.spec.template = template
        let once = Fixtures.created(replicaSet)
        let twice = Fixtures.created(once)
        guard let first = once.spec.template?.spec, let second = twice.spec.template?.spec else {
            Issue.record("no template")
            return
        }
        #expect(first.isIdentical(to: second))
        var pod = Pod(name: "a", namespace: "default")
        pod.spec = first
        #expect(Fixtures.created(pod).spec.containers[0].isIdentical(to: first.containers[0]))
    }

    @Test func defaultsAreIdempotent() {
        let once = Fixtures.created(
            Fixtures.pod(
                container:
                    #","livenessProbe":{"tcpSocket":{"port":"http"}},"env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]"#
            ))
        #expect(Fixtures.created(once) == once)
    }

    @Test func aGatedPodSaysSo() {
        let pod = Fixtures.created(Fixtures.pod(container: "", spec: #","schedulingGates":[{"name":"example.com/a"}]"#))
        #expect(pod.status.conditions.map(\.reason) == ["SchedulingGated"])
        #expect(pod.status.conditions[0].message == "Scheduling is blocked due to non-empty scheduling gates")
    }

    @Test func matchLabelKeysJoinTheSelector() {
        var pod = Fixtures.pod(
            container: "",
            spec: """
                ,"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule",\
                "labelSelector":{"matchLabels":{"app":"a"}},"matchLabelKeys":["pod-template-hash"]}]
                """)
        pod.metadata.labels = ["app": "a", "pod-template-hash": "123"]
        let selector = Fixtures.created(pod).spec.topologySpreadConstraints[0].labelSelector
        #expect(LabelSelector.format(selector) == "app=a,pod-template-hash in (123)")
    }
}
