import KubeAPI
import KubeAPIServer
import Testing

/// Upstream's tables of slices of devices.
@Suite struct ResourceSliceStrategyTests {
    private static let label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    private static let subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    private static let identifier =
        "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric "
        + "characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is "
        + "'[A-Za-z_][A-Za-z0-9_]*')"

    private static let device =
        #"{"name":"d","attributes":{"int":{"int":42},"string":{"string":"hello world"},"version":{"version":"1.2.3"},"#
        + #""bool":{"bool":true},"dra.example.com/x":{"string":""}},"capacity":{"memory":{"value":"1Gi"}}}"#

    private func slice(
        _ more: String = "", pool: String = #"{"name":"p","resourceSliceCount":1,"generation":0}"#,
        driver: String = "test.example.com", nodes: String = #""nodeName":"n""#
    ) -> ResourceSlice {
        Fixtures.read(
            ResourceSlice.self,
            #"{"metadata":{"name":"s"},"spec":{"driver":"\#(driver)","pool":\#(pool),\#(nodes)"#
                + #"\#(more.isEmpty ? "" : ",\(more)")}}"#)
    }

    private func errors(_ devices: String) -> [String] { Fixtures.createErrors(slice(#""devices":[\#(devices)]"#)) }

    // MARK: The slice

    @Test func pools() {
        #expect(Fixtures.createErrors(slice(#""devices":[\#(ResourceSliceStrategyTests.device)]"#)) == [])
        let wrong = slice(pool: #"{"name":"a/!b","resourceSliceCount":0,"generation":-1}"#, driver: "!")
        #expect(
            Fixtures.createErrors(wrong) == [
                #"spec.driver: Invalid value: "!": \#(ResourceSliceStrategyTests.subdomain)"#,
                #"spec.pool.name: Invalid value: "!b": \#(ResourceSliceStrategyTests.subdomain)"#,
                "spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero",
                "spec.pool.generation: Invalid value: -1: must be greater than or equal to zero",
            ])
        let long = String(repeating: "x/", count: 126) + "xy"
        #expect(
            Fixtures.createErrors(slice(pool: #"{"name":"\#(long)","resourceSliceCount":1,"generation":0}"#)) == [
                "spec.pool.name: Too long: may not be more than 253 bytes"
            ])
        #expect(
            Fixtures.createErrors(slice(pool: #"{"name":"","resourceSliceCount":1,"generation":0}"#)) == [
                "spec.pool.name: Required value"
            ])
    }

    private static let exactlyOne =
        "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"

    @Test(
        arguments: [
            (#""allNodes":true"#, []),
            (#""perDeviceNodeSelection":true"#, []),
            (#""nodeSelector":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"Exists"}]}]}"#, []),
            (
                #""nodeSelector":{"nodeSelectorTerms":[]}"#,
                [
                    "spec.nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term",
                    "spec.nodeSelector.nodeSelectorTerms: Invalid value: null: must have exactly one node selector term",
                ]
            ),
            (
                #""nodeName":"n","allNodes":true"#,
                [
                    "spec: Invalid value: \"{`nodeName`, `allNodes`}\": \(exactlyOne), but multiple fields are set"
                ]
            ),
            (
                #""nodeName":"","allNodes":false,"perDeviceNodeSelection":false"#,
                [
                    #"spec.nodeName: Invalid value: "": must be either unset or set to a non-empty string"#,
                    "spec.allNodes: Invalid value: false: must be either unset or set to true",
                    "spec.perDeviceNodeSelection: Invalid value: false: must be either unset or set to true",
                    "spec: Required value: \(exactlyOne)",
                ]
            ),
        ] as [(String, [String])])
    func nodes(_ row: (nodes: String, expected: [String])) {
        #expect(Fixtures.createErrors(slice(nodes: row.nodes)) == row.expected)
    }

    @Test func devicesAreNamedOnceAndNotTooMany() {
        let device = #"{"name":"d"}"#
        #expect(errors("\(device),\(device)") == [#"spec.devices[1]: Duplicate value: "d""#])
        #expect(
            errors(#"{"name":"D"}"#) == [
                #"spec.devices[0].name: Invalid value: "D": \#(ResourceSliceStrategyTests.label)"#
            ])
        func many(_ count: Int, _ first: String = "") -> String {
            (0..<count).map { #"{"name":"d\#($0)"\#($0 == 0 ? first : "")}"# }.joined(separator: ",")
        }
        #expect(errors(many(128)) == [])
        #expect(errors(many(129)) == ["spec.devices: Too many: 129: must have at most 128 items"])
        let taint = #","taints":[{"key":"example.com/taint","effect":"NoExecute"}]"#
        #expect(errors(many(64, taint)) == [])
        #expect(errors(many(65, taint)) == ["spec.devices: Too many: 65: must have at most 64 items"])
    }

    @Test func whatIsSharedIsInASliceOfItsOwn() {
        let counters = #""sharedCounters":[{"name":"a","counters":{"memory":{"value":"1Gi"}}}]"#
        #expect(Fixtures.createErrors(slice(counters)) == [])
        #expect(
            Fixtures.createErrors(slice(counters + #","devices":[\#(ResourceSliceStrategyTests.device)]"#)) == [
                #"spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed"#
            ])
        #expect(
            Fixtures.createErrors(
                slice(#""sharedCounters":[{},{"name":"B","counters":{"M":{"value":"1"}}},{"name":"B","counters":{}}]"#))
                == [
                    "spec.sharedCounters[0].name: Required value",
                    "spec.sharedCounters[0].counters: Required value",
                    #"spec.sharedCounters[1].name: Invalid value: "B": \#(ResourceSliceStrategyTests.label)"#,
                    #"spec.sharedCounters[1].counters: Invalid value: "M": \#(ResourceSliceStrategyTests.label)"#,
                    #"spec.sharedCounters[2].name: Invalid value: "B": \#(ResourceSliceStrategyTests.label)"#,
                    "spec.sharedCounters[2].counters: Required value",
                    #"spec.sharedCounters[2]: Duplicate value: "B""#,
                ])
    }

    @Test func whereDevicesAreFromDoesNotChange() {
        let old = slice()
        #expect(Fixtures.updateErrors(old) { $0.spec.pool.generation = 1 } == [])
        #expect(
            Fixtures.updateErrors(old) { slice in
                slice.spec.driver = "other"
                slice.spec.pool.name = "other"
                slice.spec.nodeName = "other"
            } == [
                #"spec.pool.name: Invalid value: "other": field is immutable"#,
                #"spec.driver: Invalid value: "other": field is immutable"#,
                #"spec.nodeName: Invalid value: "other": field is immutable"#,
            ])
    }

    @Test func driversAreInLowerCase() {
        let strategy = Strategies.strategy(for: .resourceSlice)
        #expect(strategy.warnings(Boxed(slice()), old: nil) == [])
        #expect(
            strategy.warnings(Boxed(slice(driver: "A.example.com")), old: nil) == [
                #"spec.driver: driver names should be lowercase; "A.example.com" contains uppercase characters"#
            ])
    }

    // MARK: Devices

    @Test(
        arguments: [
            (
                #""!":{}"#,
                [
                    #"spec.devices[0].attributes: Invalid value: "!": \#(identifier)"#,
                    #"spec.devices[0].attributes[!]: Invalid value: "": exactly one value must be specified"#,
                ]
            ),
            (
                #""a":{"version":"1.2"},"b":{"version":"01.2.3"},"c":{"version":"1.2.3-0a.-1+01"}"#,
                ["a", "b"].map { name in
                    "spec.devices[0].attributes[\(name)].version: Invalid value: \(name == "a" ? "\"1.2\"" : "\"01.2.3\""): "
                        + "must be a string compatible with semver.org spec 2.0.0"
                }
            ),
            (
                #""a":{"string":"\#(String(repeating: "x", count: 65))"}"#,
                ["spec.devices[0].attributes[a].string: Too long: may not be more than 64 bytes"]
            ),
            (
                #""\#(String(repeating: "x", count: 33))":{"int":1}"#,
                ["spec.devices[0].attributes: Too long: may not be more than 32 bytes"]
            ),
            (
                #""\#(String(repeating: "x", count: 64))/y":{"int":1}"#,
                ["spec.devices[0].attributes: Too long: may not be more than 63 bytes"]
            ),
            (
                #""/":{"int":1}"#,
                [
                    #"spec.devices[0].attributes: Invalid value: "": the domain must not be empty"#,
                    #"spec.devices[0].attributes: Invalid value: "": the name must not be empty"#,
                ]
            ),
            // Lists of values are not taken yet.
            (
                #""a":{"ints":[1]}"#,
                [#"spec.devices[0].attributes[a]: Invalid value: "": exactly one value must be specified"#]
            ),
        ] as [(String, [String])])
    func attributes(_ row: (attributes: String, expected: [String])) {
        #expect(errors(#"{"name":"d","attributes":{\#(row.attributes)}}"#) == row.expected)
    }

    @Test func attributesAndCapacitiesAreCountedTogether() {
        let attributes = (0..<32).map { #""a\#($0)":{"int":1}"# }.joined(separator: ",")
        #expect(errors(#"{"name":"d","attributes":{\#(attributes)}}"#) == [])
        #expect(
            errors(#"{"name":"d","attributes":{\#(attributes)},"capacity":{"c":{"value":"1"}}}"#) == [
                "spec.devices[0]: Invalid value: 33: the total number of attributes and capacities must not exceed 32"
            ])
    }

    @Test func taints() {
        let wrong = errors(#"{"name":"d","taints":[{"key":"","effect":""},{"key":"a","value":"b c","effect":"Some"}]}"#)
        let expected = [
            "spec.devices[0].taints[0].key: Invalid value: \"\": name part must be non-empty",
            "spec.devices[0].taints[0].key: Invalid value: \"\": name part must consist of",
            "spec.devices[0].taints[0].effect: Required value",
            "spec.devices[0].taints[1].value: Invalid value: \"b c\": a valid label must be an",
            "spec.devices[0].taints[1].effect: Unsupported value: \"Some\": supported values: ",
        ]
        #expect(wrong.count == expected.count && zip(wrong, expected).allSatisfy { $0.hasPrefix($1) }, "\(wrong)")
        let tainted = slice(#""devices":[{"name":"d","taints":[{"key":"a","effect":"None"}]}]"#)
        let created = Fixtures.created(tainted)
        #expect(created.spec.devices[0].taints[0].timeAdded == Fixtures.now)
    }

    @Test(
        arguments: [
            (#""nodeName":"n""#, []),
            (#""allNodes":true"#, []),
            ("", ["spec.devices[0]: Required value: \(perDevice)"]),
            (
                #""nodeName":"","allNodes":false"#,
                [
                    #"spec.devices[0].nodeName: Invalid value: "": must not be empty"#,
                    "spec.devices[0].allNodes: Invalid value: false: must be either unset or set to true",
                    "spec.devices[0]: Required value: \(perDevice)",
                ]
            ),
            (
                #""nodeName":"n","allNodes":true"#,
                ["spec.devices[0]: Invalid value: \"{`nodeName`, `allNodes`}\": \(perDevice)"]
            ),
        ] as [(String, [String])])
    func nodesOfDevices(_ row: (nodes: String, expected: [String])) {
        let device = #"{"name":"d"\#(row.nodes.isEmpty ? "" : ",\(row.nodes)")}"#
        #expect(
            Fixtures.createErrors(slice(#""devices":[\#(device)]"#, nodes: #""perDeviceNodeSelection":true"#))
                == row.expected)
        let misplaced =
            "spec.devices[0]: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if "
            + "`perDeviceNodeSelection` is set to true in the ResourceSlice spec"
        #expect(errors(device) == (row.nodes.isEmpty ? [] : [misplaced]))
    }

    private static let perDevice =
        "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to "
        + "true in the ResourceSlice spec"

    @Test(
        arguments: [
            (#""bindingConditions":["a"],"bindingFailureConditions":["b"]"#, []),
            (
                #""bindingConditions":["a"]"#,
                [
                    "spec.devices[0].bindingFailureConditions: Invalid value: null: bindingFailureConditions are required "
                        + "to use bindingConditions"
                ]
            ),
            (
                #""bindingConditions":["a","a","b","c","d"],"bindingFailureConditions":["a"]"#,
                [
                    "spec.devices[0].bindingConditions: Too many: 5: must have at most 4 items",
                    #"spec.devices[0].bindingConditions[1]: Duplicate value: "a""#,
                    #"spec.devices[0].bindingFailureConditions[0]: Invalid value: "a": bindingFailureConditions must not "#
                        + "overlap with bindingConditions",
                ]
            ),
        ] as [(String, [String])])
    func conditions(_ row: (conditions: String, expected: [String])) {
        #expect(errors(#"{"name":"d",\#(row.conditions)}"#) == row.expected)
    }

    @Test func counters() {
        let one = #"{"counterSet":"a","counters":{"m":{"value":"1"}}}"#
        #expect(errors(#"{"name":"d","consumesCounters":[\#(one)]}"#) == [])
        #expect(
            errors(#"{"name":"d","consumesCounters":[\#(one),\#(one)]}"#) == [
                #"spec.devices[0].consumesCounters[1]: Duplicate value: "a""#
            ])
        #expect(
            errors(#"{"name":"d","consumesCounters":[{}]}"#) == [
                "spec.devices[0].consumesCounters[0].counterSet: Required value",
                "spec.devices[0].consumesCounters[0].counters: Required value",
            ])
        #expect(
            errors(#"{"name":"d","consumesCounters":[\#(one),\#(one),\#(one)]}"#) == [
                "spec.devices[0].consumesCounters: Too many: 3: must have at most 2 items"
            ])
    }
}
