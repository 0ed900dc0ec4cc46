import KubeAPI
import KubeAPIServer
import Testing

/// Upstream's tables of device classes, but for what takes expressions apart.
@Suite struct DeviceClassStrategyTests {
    private func deviceClass(_ spec: String) -> DeviceClass {
        Fixtures.read(DeviceClass.self, #"{"metadata":{"name":"c"},"spec":{\#(spec)}}"#)
    }

    private static func configuration(_ parameters: String) -> String {
        #"{"opaque":{"driver":"foo","parameters":\#(parameters)}}"#
    }

    private static func object(bytes: Int) -> String {
        #"{"str":"\#(String(repeating: "x", count: bytes - 10))"}"#
    }

    @Test(
        arguments: [
            ("", []),
            (#""extendedResourceName":"example.com/gpu""#, []),
            (
                #""extendedResourceName":"example.com""#,
                [
                    #"spec.extendedResourceName: Invalid value: "example.com": must be a valid extended resource name"#
                ]
            ),
            (
                #""selectors":[{"cel":{"expression":"true"}},{}]"#, ["spec.selectors[1].cel: Required value"]
            ),
            (
                #""selectors":[{"cel":{"expression":"\#(String(repeating: "x", count: 10241))"}}]"#,
                ["spec.selectors[0].cel.expression: Too long: may not be more than 10240 bytes"]
            ),
            (
                #""config":[\#(configuration(#"{"foo":42}"#)),{"opaque":{}},\#(configuration(#""hello-world""#)),"#
                    + #"\#(configuration("null")),{},\#(configuration(object(bytes: 10240))),"#
                    + #"\#(configuration(object(bytes: 10241)))]"#,
                [
                    "spec.config[1].opaque.driver: Required value",
                    "spec.config[1].opaque.parameters: Required value",
                    #"spec.config[2].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object"#,
                    "spec.config[3].opaque.parameters: Required value",
                    "spec.config[4].opaque: Required value",
                    "spec.config[6].opaque.parameters: Too long: may not be more than 10240 bytes",
                ]
            ),
        ] as [(String, [String])])
    func classes(_ row: (spec: String, expected: [String])) {
        #expect(Fixtures.createErrors(deviceClass(row.spec)) == row.expected)
    }

    @Test func thereAreNoMoreThan32() {
        let selectors = Array(repeating: #"{"cel":{"expression":"true"}}"#, count: 33).joined(separator: ",")
        let configurations = Array(repeating: DeviceClassStrategyTests.configuration("{}"), count: 33)
        #expect(
            Fixtures.createErrors(
                deviceClass(#""selectors":[\#(selectors)],"config":[\#(configurations.joined(separator: ","))]"#)) == [
                    "spec.selectors: Too many: 33: must have at most 32 items",
                    "spec.config: Too many: 33: must have at most 32 items",
                ])
    }

    @Test func whatWasStoredBeforeThereWereLimitsStays() {
        let large = DeviceClassStrategyTests.configuration(DeviceClassStrategyTests.object(bytes: 10241))
        let old = deviceClass(#""config":[\#(large)]"#)
        #expect(Fixtures.updateErrors(old) { $0.metadata.labels["a"] = "b" } == [])
        #expect(
            Fixtures.updateErrors(old) { $0.spec.config.append($0.spec.config[0]) } == [
                "spec.config[0].opaque.parameters: Too long: may not be more than 10240 bytes",
                "spec.config[1].opaque.parameters: Too long: may not be more than 10240 bytes",
            ])
    }
}
