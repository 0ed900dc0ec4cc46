import KubeAPI
import KubeAPIServer
import Testing

/// Rows of upstream's tables in pkg/apis/core/validation/validation_test.go, each with all of its errors.
@Suite struct PodTableTests {
    private static let subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + #"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#

    /// More of the spec, and what is wrong with it.
    @Test(
        arguments: [
            (
                #","hostUsers":false,"hostIPC":true"#, ["spec.HostIPC: Forbidden: when `hostUsers` is false"]
            ),
            (
                #","hostnameOverride":"a_b","setHostnameAsFQDN":true"#,
                [
                    "spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true",
                    #"spec.hostnameOverride: Invalid value: "a_b": \#(Self.subdomain)"#,
                ]
            ),
            (
                #","hostnameOverride":"a","hostNetwork":true"#,
                ["spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true"]
            ),
            (
                #","initContainers":[{"name":"i","image":"i","resizePolicy":[{"resourceName":"cpu","restartPolicy":"NotRequired"},{"resourceName":"memory","restartPolicy":"RestartContainer"}]}]"#,
                [
                    #"spec.initContainers[0].resizePolicy[1].restartPolicy: Invalid value: "RestartContainer": must not be set to 'RestartContainer' for non-sidecar initContainers"#
                ]
            ),
            (
                #","topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"a","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"x":"1"},"matchExpressions":[{"key":"x","operator":"Exists"}]},"matchLabelKeys":["y","x"]}]"#,
                [
                    #"spec.topologySpreadConstraints[0][1]: Invalid value: "x": exists in both matchLabelKeys and labelSelector"#
                ]
            ),
            (
                #","affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"a","labelSelector":{"matchExpressions":[{"key":"x","operator":"Exists"},{"key":"x","operator":"In","values":["1"]}]},"matchLabelKeys":["x"]}]}}"#,
                [
                    #"spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0][0]: Invalid value: "x": exists in both matchLabelKeys and labelSelector"#
                ]
            ),
            (
                #","nodeSelector":{"a":"-"}"#,
                [
                    #"spec.nodeSelector: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"#
                ]
            ),
            (
                #","os":{"name":"windows"},"resources":{"limits":{"cpu":"1"}}"#,
                ["spec.resources: Forbidden: may not be set for a windows pod"]
            ),
            (#","os":{"name":""}"#, ["spec.os.name: Required value"]),
            (
                #","securityContext":{"windowsOptions":{"hostProcess":true}}"#,
                [
                    "spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers"
                ]
            ),
            (
                #","securityContext":{"windowsOptions":{"gmsaCredentialSpec":"","runAsUserName":".a\\b:"}}"#,
                [
                    #"spec.securityContext.windowsOptions.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string"#,
                    #"spec.securityContext.windowsOptions.runAsUserName: Invalid value: ".a\\b:": runAsUserName's Domain doesn't match the NetBios nor the DNS format"#,
                    #"spec.securityContext.windowsOptions.runAsUserName: Invalid value: ".a\\b:": runAsUserName's User cannot contain the following characters: "/\:;|=,+*?<>@[]"#,
                ]
            ),
        ] as [(String, [String])])
    func specs(_ row: (spec: String, expected: [String])) {
        #expect(Fixtures.createErrors(Fixtures.pod(container: "", spec: row.spec)) == row.expected)
    }

    /// More of the container, more of the spec, and what is wrong with them.
    @Test(
        arguments: [
            (
                #","volumeDevices":[{"name":"v","devicePath":"/d"}]"#,
                #","hostUsers":false,"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"a"}}]"#,
                ["spec.containers[0].volumeDevices: Forbidden: when `hostUsers` is false"]
            ),
            (
                #","env":[{"name":"a","valueFrom":{"fieldRef":{"apiVersion":"v2","fieldPath":"metadata.name"}}}]"#, "",
                [
                    #"spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name": error converting fieldPath: unsupported pod version: v2"#
                ]
            ),
            (
                #","env":[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"metadata.name['a']"}}},{"name":"b","valueFrom":{"fieldRef":{"fieldPath":"spec.host"}}}]"#,
                "",
                [
                    #"spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name['a']": error converting fieldPath: field label does not support subscript: metadata.name['a']"#
                ]
            ),
            (
                #","env":[{"name":"a","valueFrom":{"fileKeyRef":{"volumeName":"v","path":"a","key":"K"}}}]"#,
                #","volumes":[{"name":"v","emptyDir":{}}]"#, []
            ),
            (
                #","env":[{"name":"a","valueFrom":{"fileKeyRef":{"volumeName":"v","path":"../a","key":""}}},{"name":"b","valueFrom":{"fileKeyRef":{"volumeName":"w","path":"a","key":"K"}}}]"#,
                #","volumes":[{"name":"v","configMap":{"name":"a"}}]"#,
                [
                    "spec.containers[0].env[0].valueFrom.fileKeyRef.key: Required value",
                    #"spec.containers[0].env[0].valueFrom.fileKeyRef.path: Invalid value: "../a": must not contain '..'"#,
                    #"spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Invalid value: "v": referenced volume must be of type emptyDir"#,
                    #"spec.containers[0].env[1].valueFrom.fileKeyRef.volumeName: Not found: "w""#,
                ]
            ),
            (
                #","resources":{"requests":{"memory":"1Gi","cpu":"2"}}"#, #","resources":{"requests":{"cpu":"1"}}"#,
                [
                    #"spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2"#
                ]
            ),
        ] as [(String, String, [String])])
    func containers(_ row: (container: String, spec: String, expected: [String])) {
        #expect(Fixtures.createErrors(Fixtures.pod(container: row.container, spec: row.spec)) == row.expected)
    }

    @Test func staticPodsHaveNoResourceClaims() {
        let pod = Fixtures.pod(
            #"{"nodeName":"n","containers":[{"name":"c","image":"i"}],"resourceClaims":[{"name":"r","resourceClaimName":"x"}]}"#,
            metadata: #","annotations":{"kubernetes.io/config.mirror":""}"#)
        #expect(Fixtures.createErrors(pod) == ["[]: Forbidden: static pods do not support resource claims"])
    }

    /// A pod's own warnings come first; changes warn of nothing.
    @Test func warnings() {
        let strategy = Strategies.strategy(for: .pod)
        let selector = #","nodeSelector":{"beta.kubernetes.io/os":"linux"}"#
        var pod = Fixtures.created(Fixtures.pod(container: "", spec: selector))
        pod.metadata.name = "a.b"
        let warnings = strategy.warnings(Boxed(pod), old: nil)
        #expect(warnings.map { $0.prefix(13) } == ["metadata.name", "spec.nodeSele"])
        var changed = pod
        changed.spec.containers[0].image = "j"
        #expect(strategy.warnings(Boxed(changed), old: Boxed(pod)) == [])
    }
}
