import KubeAPI
import KubeAPIServer
import Testing

/// Upstream's table of what may be asked of a device that several claims share.
@Suite struct DeviceCapacityTests {
    private static let policy = "spec.devices[0].capacity[c].requestPolicy"

    private func errors(_ policy: String, value: String = "10Gi", isShared: Bool = true) -> [String] {
        Fixtures.createErrors(
            Fixtures.read(
                ResourceSlice.self,
                #"{"metadata":{"name":"s"},"spec":{"driver":"d","pool":{"name":"p","resourceSliceCount":1},"#
                    + #""allNodes":true,"devices":[{"name":"d","allowMultipleAllocations":\#(isShared),"#
                    + #""capacity":{"c":{"value":"\#(value)","requestPolicy":\#(policy)}}}]}}"#))
    }

    @Test(
        arguments: [
            "{}", #"{"default":"1Gi"}"#, #"{"default":"1Gi","validValues":["1Gi","10Gi"]}"#,
            #"{"default":"1Gi","validRange":{"min":"1Gi"}}"#,
            #"{"default":"1Gi","validRange":{"min":"1Gi","max":"10Gi","step":"1Gi"}}"#,
        ])
    func accepted(_ policy: String) {
        #expect(errors(policy) == [])
        #expect(
            errors(policy, isShared: false) == [
                "\(DeviceCapacityTests.policy): Forbidden: allowMultipleAllocations must be true"
            ])
    }

    @Test(
        arguments: [
            (
                #"{"validValues":["1Gi"]}"#, [".default: Required value: required when validValues is defined"]
            ),
            (
                #"{"validRange":{"min":"1Gi"}}"#, [".default: Required value: required when validRange is defined"]
            ),
            (
                #"{"default":"1Gi","validValues":["1Gi"],"validRange":{"min":"1Gi"}}"#,
                [
                    #": Forbidden: exactly one policy can be specified, cannot specify "validValues" and "validRange" at "#
                        + "the same time"
                ]
            ),
            (
                #"{"default":"1Gi","validValues":["20Gi"]}"#,
                [
                    #".validValues[0]: Invalid value: "20Gi": option is larger than capacity value: 10Gi"#,
                    #".validValues: Invalid value: "1Gi": default value is not valid according to the requestPolicy"#,
                ]
            ),
            (
                #"{"default":"1Ki","validValues":["1Ki","1024"]}"#,
                [#".validValues[1]: Duplicate value: "1024""#]
            ),
            (
                #"{"default":"1Gi","validValues":["2Gi","1Gi"]}"#,
                [#".validValues[1]: Invalid value: "1Gi": values must be sorted in ascending order"#]
            ),
            (
                #"{"default":"2Gi","validRange":{"min":"20Gi","max":"1Gi"}}"#,
                [
                    #".validRange.min: Invalid value: "20Gi": min is larger than capacity value: 10Gi"#,
                    #".validRange.min: Invalid value: "2Gi": default is less than min: 20Gi"#,
                    #".validRange.max: Invalid value: "20Gi": min is larger than max: 1Gi"#,
                    #".validRange.max: Invalid value: "2Gi": default is more than max: 1Gi"#,
                ]
            ),
            (
                #"{"default":"1Gi","validRange":{"min":"1Gi","max":"20Gi"}}"#,
                [#".validRange.max: Invalid value: "20Gi": max is larger than capacity value: 10Gi"#]
            ),
            (
                #"{"default":"2Gi","validRange":{"min":"1Gi","max":"10Gi","step":"2Gi"}}"#,
                [
                    #".validRange.step: Invalid value: "2Gi": value is not a multiple of a given step (2Gi) from (1Gi)"#,
                    #".validRange.step: Invalid value: "10Gi": value is not a multiple of a given step (2Gi) from (1Gi)"#,
                ]
            ),
            (
                #"{"default":"1Gi","validRange":{"min":"1Gi","step":"10Gi"}}"#,
                [#".validRange.step: Invalid value: "10Gi": one step 11Gi is larger than capacity value: 10Gi"#]
            ),
            (
                #"{"default":"1Gi","validRange":{"min":"1Gi","step":"0"}}"#,
                [#".validRange.step: Invalid value: "0": must be greater than zero"#]
            ),
        ] as [(String, [String])])
    func refused(_ row: (policy: String, expected: [String])) {
        #expect(errors(row.policy) == row.expected.map { DeviceCapacityTests.policy + $0 })
    }

    @Test func notTooManyValues() {
        let values = (1...11).map { #""\#($0)""# }.joined(separator: ",")
        #expect(
            errors(#"{"default":"1","validValues":[\#(values)]}"#) == [
                "\(DeviceCapacityTests.policy).validValues: Too many: 11: must have at most 10 items",
                #"\#(DeviceCapacityTests.policy).validValues: Invalid value: "1": default value is not valid according to the "#
                    + "requestPolicy",
            ])
    }
}
