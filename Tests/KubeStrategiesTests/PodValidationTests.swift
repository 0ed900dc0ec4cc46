import KubeAPI
import Testing

/// Upstream's own messages, every cause at once.
@Suite struct PodValidationTests {
    private static let label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

    @Test func aValidPodHasNoErrors() {
        #expect(Fixtures.createErrors(Fixtures.pod(container: "")) == [])
    }

    @Test func anEmptyPodNeedsContainers() {
        #expect(Fixtures.createErrors(Fixtures.pod("{}")) == ["spec.containers: Required value"])
    }

    @Test func everyCauseIsTold() {
        let pod = Fixtures.pod(
            #"{"containers":[{"name":"A","image":""},{"name":"c","image":"i","ports":[{"containerPort":0},{"containerPort":70000}]}],"restartPolicy":"Sometimes"}"#
        )
        #expect(
            Fixtures.createErrors(pod) == [
                #"spec.containers[0].name: Invalid value: "A": \#(Self.label)"#,
                "spec.containers[0].image: Required value",
                "spec.containers[1].ports[0].containerPort: Required value",
                "spec.containers[1].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
                #"spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never""#,
            ])
    }

    @Test(arguments: [
        (
            #","imagePullPolicy":"Now""#,
            #"spec.containers[0].imagePullPolicy: Unsupported value: "Now": supported values: "Always", "IfNotPresent", "Never""#
        ),
        (
            #","terminationMessagePolicy":"X""#,
            #"spec.containers[0].terminationMessagePolicy: Unsupported value: "X": supported values: "File", "FallbackToLogsOnError""#
        ),
        (
            #","ports":[{"containerPort":80,"protocol":"HTTP"}]"#,
            #"spec.containers[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP""#
        ),
        (
            #","ports":[{"containerPort":80,"name":"a"},{"containerPort":81,"name":"a"}]"#,
            #"spec.containers[0].ports[1].name: Duplicate value: "a""#
        ),
        (
            #","ports":[{"containerPort":80,"hostPort":8},{"containerPort":81,"hostPort":8}]"#,
            #"spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//8""#
        ),
        (
            #","env":[{"name":"A=B"}]"#,
            #"spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='"#
        ),
        (
            #","env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"spec.priority"}}}]"#,
            #"spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.priority": error converting fieldPath: field label not supported: spec.priority"#
        ),
        (
            #","env":[{"name":"A","value":"b","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]"#,
            #"spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty"#
        ),
        (
            #","volumeMounts":[{"name":"v","mountPath":"/a"}]"#,
            #"spec.containers[0].volumeMounts[0].name: Not found: "v""#
        ),
        (#","livenessProbe":{}"#, "spec.containers[0].livenessProbe: Required value: must specify a handler type"),
        (
            #","livenessProbe":{"exec":{"command":["a"]},"successThreshold":2}"#,
            "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"
        ),
        (
            #","readinessProbe":{"tcpSocket":{"port":0}}"#,
            "spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive"
        ),
        (
            #","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}"#,
            #"spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1"#
        ),
        (
            #","resources":{"requests":{"cpu":"-1"}}"#,
            #"spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0"#
        ),
        (
            #","resources":{"requests":{"example.com/gpu":"1"}}"#,
            "spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources"
        ),
        (
            #","lifecycle":{"preStop":{"sleep":{"seconds":60}}}"#,
            "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less than terminationGracePeriodSeconds (30)"
        ),
        (
            #","restartPolicy":"Perhaps""#,
            #"spec.containers[0].restartPolicy: Unsupported value: "Perhaps": supported values: "Always", "Never", "OnFailure""#
        ),
        (
            #","securityContext":{"runAsUser":-1}"#,
            "spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 4294967295, inclusive"
        ),
    ])
    func containers(fields: String, error: String) {
        #expect(Fixtures.createErrors(Fixtures.pod(container: fields)) == [error])
    }

    @Test(arguments: [
        (
            #","dnsPolicy":"X""#,
            #"spec.dnsPolicy: Unsupported value: "X": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None""#
        ),
        (#","dnsPolicy":"None""#, "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
        (#","volumes":[{"name":"a"},{"name":"a"}]"#, #"spec.volumes[1].name: Duplicate value: "a""#),
        (
            #","volumes":[{"name":"a","emptyDir":{},"hostPath":{"path":"/"}}]"#,
            "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"
        ),
        (
            #","volumes":[{"name":"a","hostPath":{"path":"/a/../b"}}]"#,
            #"spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain '..'"#
        ),
        (
            #","volumes":[{"name":"a","configMap":{"name":"m","defaultMode":512}}]"#,
            "spec.volumes[0].configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive"
        ),
        (
            #","tolerations":[{"key":"a","operator":"Exists","value":"b"}]"#,
            #"spec.tolerations[0].operator: Invalid value: "b": value must be empty when `operator` is 'Exists'"#
        ),
        (
            #","tolerations":[{"operator":"Exists","tolerationSeconds":5}]"#,
            #"spec.tolerations[0].effect: Invalid value: "": effect must be 'NoExecute' when `tolerationSeconds` is set"#
        ),
        (
            #","affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[]}}}"#,
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term"
        ),
        (
            #","affinity":{"podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":0,"podAffinityTerm":{"topologyKey":"zone"}}]}}"#,
            "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100"
        ),
        (
            #","topologySpreadConstraints":[{"maxSkew":0,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}]"#,
            "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero"
        ),
        (
            #","activeDeadlineSeconds":0"#,
            "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"
        ),
        (#","hostUsers":false,"hostPID":true"#, "spec.HostPID: Forbidden: when `hostUsers` is false"),
        (#","os":{"name":"plan9"}"#, #"spec.os: Unsupported value: "plan9": supported values: "linux", "windows""#),
        (#","initContainers":[{"name":"c","image":"i"}]"#, #"spec.initContainers[0].name: Duplicate value: "c""#),
        (
            #","initContainers":[{"name":"d","image":"i","readinessProbe":{"tcpSocket":{"port":1}}}]"#,
            "spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always"
        ),
        (
            #","nodeName":"n","schedulingGates":[{"name":"a"}]"#,
            "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"
        ),
        (
            #","hostAliases":[{"ip":"1.2.3"}]"#,
            #"spec.hostAliases[0].ip: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"#
        ),
    ])
    func specs(fields: String, error: String) {
        #expect(Fixtures.createErrors(Fixtures.pod(container: "", spec: fields)) == [error])
    }

    @Test func namesAreSubdomains() {
        var pod = Fixtures.pod(container: "")
        pod.metadata.name = "A b"
        let errors = Fixtures.createErrors(pod)
        #expect(errors.count == 1)
        #expect(errors[0].hasPrefix(#"metadata.name: Invalid value: "A b": a lowercase RFC 1123 subdomain must"#))
    }
}
