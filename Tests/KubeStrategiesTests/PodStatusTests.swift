import KubeAPI
import KubeAPIServer
import Testing

/// What may be written of a pod's status. The rows follow upstream's `TestValidatePodStatusUpdate`.
@Suite struct PodStatusTests {
    private func errors(_ spec: String, _ old: String, _ new: String) -> [String] {
        func status(_ json: String) -> PodStatus { Fixtures.read(Pod.self, #"{"status":\#(json)}"#).status }
        var before = Fixtures.created(Fixtures.pod(spec))
        before.metadata.resourceVersion = "1"
        let qosClass = before.status.qosClass
        before.status = status(old)
        before.status.qosClass = qosClass
        var after = before
        after.status = status(new)
        after.status.qosClass = qosClass
        return Strategies.strategy(for: .pod).validateStatusUpdate(Boxed(after), old: Boxed(before)).map(\.description)
    }

    private static let forbidden = [
        "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"
    ]

    private static func rules(_ action: String) -> String {
        #"{"name":"c","image":"i","restartPolicy":"Never","restartPolicyRules":[{"action":"\#(action)","exitCodes":{"operator":"In","values":[42]}}]}"#
    }

    @Test(
        "A container that ended runs again if its rules, its policy or its pod's let it",
        arguments: [
            (#"{"name":"c","image":"i"}"#, 1, []),
            (#"{"name":"c","image":"i","restartPolicy":"Never"}"#, 1, forbidden),
            (#"{"name":"c","image":"i","restartPolicy":"OnFailure"}"#, 1, []),
            (#"{"name":"c","image":"i","restartPolicy":"OnFailure"}"#, 0, forbidden),
            (rules("Restart"), 42, []), (rules("Restart"), 1, forbidden), (rules("RestartAllContainers"), 1, []),
            (#"{"name":"d","image":"i"}"#, 1, forbidden),
        ] as [(String, Int, [String])])
    func transitions(_ row: (container: String, exitCode: Int, expected: [String])) {
        let old = #"{"containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":\#(row.exitCode)}}}]}"#
        let new = #"{"containerStatuses":[{"name":"c","state":{"waiting":{}}}]}"#
        #expect(errors(#"{"containers":[\#(row.container)]}"#, old, new) == row.expected)
    }

    @Test(
        arguments: [
            (
                #"{"observedGeneration":-1,"conditions":[{"type":"Ready","status":"True","observedGeneration":-2}]}"#,
                [
                    "status.conditions[0].observedGeneration: Invalid value: -2: must be a non-negative integer",
                    "status.observedGeneration: Invalid value: -1: must be a non-negative integer",
                ]
            ),
            (
                #"{"resourceClaimStatuses":[{"name":"g"},{"name":"g"},{"name":"x"}]}"#,
                [
                    #"status.resourceClaimStatuses[1].name: Duplicate value: "g""#,
                    #"status.resourceClaimStatuses[2].name: Invalid value: "x": must match the name of an entry in `spec.resourceClaims`"#,
                ]
            ),
            (
                #"{"extendedResourceClaimStatus":{"requestMappings":[]}}"#,
                [
                    "status.extendedResourceClaimStatus.requestMappings: Required value: at least one request mapping is required",
                    "status.extendedResourceClaimStatus.resourceClaimName: Required value",
                ]
            ),
            (
                """
                {"extendedResourceClaimStatus":{"resourceClaimName":"r","requestMappings":[\
                {"containerName":"c","resourceName":"example.com/gpu","requestName":"a"},\
                {"containerName":"d","resourceName":"example.com/gpu","requestName":"a"}]}}
                """,
                [
                    #"status.extendedResourceClaimStatus.requestMappings[0].resourceName: Invalid value: "example.com/gpu": must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests"#,
                    #"status.extendedResourceClaimStatus.requestMappings[1].containerName: Invalid value: "d": must match the name of an entry in spec.initContainers.name or spec.containers.name"#,
                ]
            ),
            (
                #"{"containerStatuses":[{"name":"c","user":{"linux":{"uid":-1,"gid":0,"supplementalGroups":[-2]}}}]}"#,
                [
                    "status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 4294967295, inclusive",
                    "status.containerStatuses[0].user.linux.supplementalGroups[0]: Invalid value: -2: must be between 0 and 4294967295, inclusive",
                ]
            ),
            (
                """
                {"containerStatuses":[{"name":"c","allocatedResourcesStatus":[{"name":"example.com/gpu",\
                "resources":[{"resourceID":"a","health":"Odd"},{"resourceID":"a","health":"Healthy"}]}]}]}
                """,
                [
                    #"status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: "example.com/gpu": must match one of the container's resource requests"#,
                    #"status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].health: Unsupported value: "Odd": supported values: "Healthy", "Unhealthy", "Unknown""#,
                    #"status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID: Duplicate value: "a""#,
                ]
            ),
            (
                #"{"ephemeralContainerStatuses":[{"name":"e","allocatedResourcesStatus":[{"name":"cpu"}]}]}"#,
                [
                    "status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be specified in container status"
                ]
            ),
        ] as [(String, [String])])
    func reports(_ row: (status: String, expected: [String])) {
        let spec =
            #"{"containers":[{"name":"c","image":"i"}],"resourceClaims":[{"name":"g","resourceClaimName":"r"}]}"#
        #expect(errors(spec, "{}", row.status) == row.expected)
    }

    /// As upstream's `TestPodStrategyPreservesObservedGeneration` has it.
    @Test func generationsThatAreNotToldStay() {
        func pod(_ status: String) -> Pod { Fixtures.read(Pod.self, #"{"status":\#(status)}"#) }
        let old = pod(
            """
            {"observedGeneration":3,"conditions":[{"type":"Ready","status":"False","observedGeneration":1},\
            {"type":"Ready","status":"False","observedGeneration":2},{"type":"Initialized","status":"True"}]}
            """)
        let new = pod(
            """
            {"conditions":[{"type":"Ready","status":"True"},{"type":"Initialized","status":"True"},\
            {"type":"Ready","status":"True"},{"type":"Ready","status":"True"},\
            {"type":"Initialized","status":"True","observedGeneration":4}]}
            """)
        let strategy = Strategies.strategy(for: .pod)
        let result = strategy.prepareForStatusUpdate(Boxed(new), old: Boxed(old), now: Fixtures.now).as(Pod.self)
        #expect(result?.status.observedGeneration == 3)
        #expect(result?.status.conditions.map(\.observedGeneration) == [1, nil, 2, nil, 4])
    }
}
