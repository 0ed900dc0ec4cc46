import KubeAPI
import KubeAPIServer
import Testing

/// Rules of pods that tell of several things at once, in upstream's order and with its paths.
/// The rows follow upstream's `TestValidatePodSpec`, `TestValidateVolumes` and their neighbours.
@Suite struct PodRuleTests {
    @Test(
        "Init containers are looked at one by one, and upstream's path of a port says that each is the first",
        arguments: [
            (
                """
                {"name":"a","image":"i"},{"name":"b","image":"i","ports":[{"containerPort":1,"hostPort":8},\
                {"containerPort":2,"hostPort":8}],"lifecycle":{"postStart":{"exec":{"command":["x"]}}}}
                """,
                [
                    #"spec.initContainers[0].ports[1].hostPort: Duplicate value: "TCP//8""#,
                    "spec.initContainers[1].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always",
                ]
            ),
            (
                #"{"name":"a","image":"i","restartPolicyRules":[{"action":"Leap"}]}"#,
                [
                    "spec.initContainers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used"
                ]
            ),
        ] as [(String, [String])])
    func initContainers(_ row: (containers: String, expected: [String])) {
        let pod = Fixtures.pod(container: "", spec: #","initContainers":[\#(row.containers)]"#)
        #expect(Fixtures.createErrors(pod) == row.expected)
    }

    @Test(
        arguments: [
            (
                #","restartPolicyRules":[{"action":"Leap"}]"#,
                [
                    "restartPolicy: Required value: must specify restartPolicy when restart rules are used",
                    #"restartPolicyRules[0].action: Unsupported value: "Leap": supported values: "Restart", "RestartAllContainers""#,
                    "restartPolicyRules[0].exitCodes: Required value: must be specified",
                ]
            ),
            (
                #","resources":{"limits":{"cpu":"1","hugepages-big":"1"}}"#,
                [
                    #"resources.limits[hugepages-big]: Invalid value: "1": 1 is not positive integer multiple of hugepages-big"#,
                    #"resources.requests[hugepages-big]: Invalid value: "1": 1 is not positive integer multiple of hugepages-big"#,
                ]
            ),
            (
                #","resources":{"claims":[{"name":"x"}]}"#,
                [
                    #"resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims: a, b"#
                ]
            ),
            (
                #","resources":{"claims":[{"name":"a","request":"r"},{"name":"a","request":"s"},{"name":"a"}]}"#,
                [#"resources.claims[2]: Duplicate value: "a""#, #"resources.claims[2]: Duplicate value: "a""#]
            ),
            (
                #","securityContext":{"procMount":""}"#,
                [
                    #"securityContext.procMount: Unsupported value: "": supported values: "Default", "Unmasked""#
                ]
            ),
        ] as [(String, [String])])
    func containers(_ row: (fields: String, expected: [String])) {
        let claims = #","resourceClaims":[{"name":"b","resourceClaimName":"c"},{"name":"a","resourceClaimName":"c"}]"#
        let pod = Fixtures.pod(container: row.fields, spec: claims)
        #expect(Fixtures.createErrors(pod) == row.expected.map { "spec.containers[0]." + $0 })
    }

    @Test func aClaimOfAPodWithoutAny() {
        let pod = Fixtures.pod(container: #","resources":{"claims":[{"name":"x"}]}"#)
        #expect(
            Fixtures.createErrors(pod) == [
                #"spec.containers[0].resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty"#
            ])
    }

    @Test("Each mount is told of in full before the next")
    func mounts() {
        let pod = Fixtures.pod(
            container: """
                ,"volumeMounts":[{"name":"v","mountPath":"/a","subPath":"/x","subPathExpr":"/y"},\
                {"name":"w","mountPath":"/a"}]
                """,
            spec: #","volumes":[{"name":"v","emptyDir":{}}]"#)
        #expect(
            Fixtures.createErrors(pod) == [
                #"spec.containers[0].volumeMounts.subPath: Invalid value: "/x": must be a relative path"#,
                #"spec.containers[0].volumeMounts[0].subPathExpr: Invalid value: "/y": subPathExpr and subPath are mutually exclusive"#,
                #"spec.containers[0].volumeMounts.subPathExpr: Invalid value: "/y": must be a relative path"#,
                #"spec.containers[0].volumeMounts[1].name: Not found: "w""#,
                #"spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique"#,
            ])
    }

    private static let longName = String(repeating: "a", count: 50)

    @Test(
        arguments: [
            (
                #""name":"a","azureFile":{"secretName":"","shareName":""},"downwardAPI":{},"secret":{"secretName":"s"}"#,
                [
                    "downwarAPI: Forbidden: may not specify more than 1 volume type",
                    "azureFile: Forbidden: may not specify more than 1 volume type",
                ]
            ),
            (
                """
                "name":"\(longName)","iscsi":{"targetPortal":"10.0.0.10:3260","iqn":"iqn.2015-02.example.com:test",\
                "lun":0,"initiatorName":"iqn.2015-02.example.com:init"}
                """,
                [
                    #"name: Invalid value: "\#(longName)": Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified."#
                ]
            ),
            (
                """
                "name":"a","projected":{"sources":[{"secret":{"name":"s","items":[{"key":"","path":"f"},\
                {"key":"k","path":"f"}]},"configMap":{}}]}
                """,
                [
                    "projected.sources[0].secret.items[0].key: Required value",
                    #"projected: Invalid value: "s": conflicting duplicate paths"#,
                    "projected.sources[0].configMap.name: Required value",
                    "projected.sources[0]: Forbidden: may not specify more than 1 volume type per source",
                ]
            ),
        ] as [(String, [String])])
    func volumes(_ row: (volume: String, expected: [String])) {
        let pod = Fixtures.pod(container: "", spec: #","volumes":[{\#(row.volume)}]"#)
        #expect(Fixtures.createErrors(pod) == row.expected.map { "spec.volumes[0]." + $0 })
    }

    @Test(
        arguments: [
            (
                """
                ,"os":{"name":"windows"},"hostPID":true,\
                "securityContext":{"runAsUser":1,"seLinuxOptions":{"level":"s0"},"fsGroup":1}
                """,
                [
                    "spec.securityContext.seLinuxOptions: Forbidden: cannot be set for a windows pod",
                    "spec.hostPID: Forbidden: cannot be set for a windows pod",
                    "spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod",
                    "spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod",
                ]
            ),
            (
                #","ephemeralContainers":[{"name":"e","image":"i","restartPolicyRules":[{"action":"Restart"}]}]"#,
                [
                    "spec.ephemeralContainers[0].restartPolicyRules: Forbidden: cannot be set for an Ephemeral Container",
                    "spec.ephemeralContainers: Forbidden: cannot be set on create",
                ]
            ),
            (
                #","tolerations":[{"key":"a","operator":"Lt","value":"5"},{"key":"a","operator":"Is","value":"5"}]"#,
                [
                    #"spec.tolerations[0].operator: Unsupported value: "Lt": supported values: "Equal", "Exists", "Lt", "Gt""#,
                    #"spec.tolerations[1].operator: Unsupported value: "Is": supported values: "Equal", "Exists""#,
                ]
            ),
            (
                #","securityContext":{"fsGroupChangePolicy":"","supplementalGroupsPolicy":""}"#,
                [
                    #"spec.securityContext.fsGroupChangePolicy: Unsupported value: "": supported values: "Always", "OnRootMismatch""#,
                    #"spec.securityContext.supplementalGroupsPolicy: Unsupported value: "": supported values: "Merge", "Strict""#,
                ]
            ),
        ] as [(String, [String])])
    func specs(_ row: (fields: String, expected: [String])) {
        #expect(Fixtures.createErrors(Fixtures.pod(container: "", spec: row.fields)) == row.expected)
    }

    @Test("A key that stands in the selector already is told of, be its value the pod's own")
    func matchLabelKeys() {
        let pod = Fixtures.pod(
            """
            {"containers":[{"name":"c","image":"i"}],"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone",\
            "whenUnsatisfiable":"ScheduleAnyway","matchLabelKeys":["x"],\
            "labelSelector":{"matchExpressions":[{"key":"x","operator":"In","values":["1"]}]}}]}
            """,
            metadata: #","labels":{"x":"1"}"#)
        #expect(
            Fixtures.createErrors(pod) == [
                #"spec.topologySpreadConstraints[0][0]: Invalid value: "x": exists in both matchLabelKeys and labelSelector"#
            ])
    }

    @Test(arguments: [
        ("0", true), ("-5", true), ("-05", true), ("7", true), ("+5", false), ("05", false), ("x", false),
    ])
    func deletionCosts(cost: String, isValid: Bool) {
        let pod = Fixtures.pod(
            #"{"containers":[{"name":"c","image":"i"}]}"#,
            metadata: #","annotations":{"controller.kubernetes.io/pod-deletion-cost":"\#(cost)"}"#)
        #expect(Fixtures.createErrors(pod).isEmpty == isValid)
    }
}
