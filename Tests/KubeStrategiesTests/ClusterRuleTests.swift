import KubeAPI
import KubeAPIServer
import Testing

/// Rules of nodes, limits, classes and whatever else belongs to the cluster, compared with upstream's functions one by
/// one.
@Suite struct ClusterRuleTests {
    private func read<Value: Resource>(_: Value.Type, _ fields: String) -> Value {
        Fixtures.read(Value.self, #"{"metadata":{"name":"a","namespace":"default"},\#(fields)}"#)
    }

    private func statusErrors<Value: Resource>(_ value: Value, _ change: (inout Value) -> Void) -> [String] {
        var new = value
        change(&new)
        return Strategies.strategy(for: Value.kind).validateStatusUpdate(Boxed(new), old: Boxed(value))
            .map(\.description)
    }

    // MARK: Nodes

    private static let badFeature =
        "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or "
        + "MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"

    @Test(
        arguments: [
            (["A", "B1", "MyFeature/mySubFeature"], []),
            (["a"], [#"[0]: Invalid value: "a": invalid feature name "a": \#(badFeature)"#]),
            (["A/"], [#"[0]: Invalid value: "A/": invalid feature name "A/": \#(badFeature)"#]),
            (["A-b"], [#"[0]: Invalid value: "A-b": invalid feature name "A-b": \#(badFeature)"#]),
            (["A", "A"], [#"[1]: Duplicate value: "A""#]),
            (["B", "A", "C"], [#"[1]: Invalid value: "A": list must be sorted alphabetically"#]),
        ] as [([String], [String])])
    func featuresOfNodes(_ row: (features: [String], expected: [String])) {
        let node = Fixtures.read(Node.self, #"{"metadata":{"name":"n"}}"#)
        let expected = row.expected.map { "status.declaredFeatures" + $0 }
        #expect(statusErrors(node) { $0.status.declaredFeatures = row.features } == expected)
        var declaring = node
        declaring.status.declaredFeatures = row.features
        #expect(Fixtures.createErrors(declaring) == expected)
    }

    @Test func taintsOfNodesAreDistinct() {
        let node = Fixtures.read(
            Node.self,
            #"""
            {"metadata":{"name":"n"},"spec":{"taints":[{"key":"a","effect":"NoSchedule"},
            {"key":"a","value":"b","effect":"NoSchedule"}]}}
            """#)
        let errors = Fixtures.createErrors(node)
        #expect(errors.count == 1)
        #expect(errors.first?.hasPrefix("metadata.taints[1]: Duplicate value: ") == true)
        #expect(errors.first?.hasSuffix(": taints must be unique by key and effect pair") == true)
        // An update is looked at as a new node is, and as an update.
        #expect(Fixtures.updateErrors(node) { $0.spec.unschedulable = true } == errors + errors)
    }

    @Test func whatStaysOfNodes() {
        let node = Fixtures.read(
            Node.self,
            #"""
            {"metadata":{"name":"n"},"spec":{"podCIDRs":["10.0.0.0/24","fd00::/64"],"externalID":"e"}}
            """#)
        let block = #"spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid"#
        #expect(
            Fixtures.updateErrors(node) {
                $0.spec.podCIDR = "10.0.1.0/24"
                $0.spec.podCIDRs = ["10.0.1.0/24", "fd01::/64"]
                $0.spec.externalID = nil
            } == [block, block, "spec.externalID: Forbidden: may not be updated"])
        #expect(
            Fixtures.updateErrors(node) {
                $0.spec.podCIDR = "x"
                $0.spec.podCIDRs = ["x"]
            }.contains(block))
    }

    /// Kubelets once read their configuration from where their node said.
    @Test func whereNodesTakeTheirConfigurationFrom() throws {
        let node = Fixtures.created(Fixtures.read(Node.self, #"{"metadata":{"name":"n"}}"#))
        var changed = node
        changed.spec.configSource = NodeConfigSource()
        changed.status.config = NodeConfigStatus()
        let strategy = Strategies.strategy(for: .node)
        let updated = try #require(strategy.prepareForUpdate(Boxed(changed), old: Boxed(node)).as(Node.self))
        #expect(updated.spec.configSource == nil)
        let status = strategy.prepareForStatusUpdate(Boxed(changed), old: Boxed(node), now: Fixtures.now)
        let reported = try #require(status.as(Node.self))
        #expect(reported.status.config == nil)
    }

    @Test func swapOfNodes() {
        let node = Fixtures.read(
            Node.self, #"{"metadata":{"name":"n"},"status":{"nodeInfo":{"swap":{"capacity":-1}}}}"#)
        #expect(
            Fixtures.createErrors(node) == [
                "metadata.nodeSwapStatus.capacity: Invalid value: -1: must be greater than zero"
            ])
    }

    // MARK: Limits and quotas

    @Test(
        arguments: [
            ("1", []), ("2", []),
            (
                "3",
                [
                    #"spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.500000"#
                ]
            ),
            (
                "500m",
                [
                    #"spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1"#
                ]
            ),
        ] as [(String, [String])])
    func ratiosOfLimits(_ row: (ratio: String, expected: [String])) {
        let range = read(
            LimitRange.self,
            #"""
            "spec":{"limits":[{"type":"Pod","max":{"cpu":"500m"},"min":{"cpu":"200m"},
            "maxLimitRequestRatio":{"cpu":"\#(row.ratio)"}}]}
            """#)
        #expect(Fixtures.createErrors(range) == row.expected)
    }

    @Test func scopesOfQuotas() {
        let quota = read(ResourceQuota.self, #""spec":{"scopes":["BestEffort"],"hard":{"pods":"1"}}"#)
        #expect(
            Fixtures.updateErrors(quota) { $0.spec.scopes = [] } == [
                "spec.scopes: Invalid value: null: field is immutable"
            ])
        #expect(
            Fixtures.updateErrors(quota) { $0.spec.scopes = ["NotBestEffort"] } == [
                #"spec.scopes: Invalid value: ["NotBestEffort"]: field is immutable"#
            ])
        let selecting = read(
            ResourceQuota.self,
            #"""
            "spec":{"scopeSelector":{"matchExpressions":[{"scopeName":"Terminating","operator":"Exists"},
            {"scopeName":"NotTerminating","operator":"Exists"}]}}
            """#)
        #expect(
            Fixtures.createErrors(selecting) == [
                "spec.scopeSelector.matchExpressions: Invalid value: null: conflicting scopes"
            ])
    }

    // MARK: Classes

    @Test func runtimeClasses() {
        func runtimeClass(_ fields: String) -> RuntimeClass {
            Fixtures.read(RuntimeClass.self, #"{"metadata":{"name":"a"},\#(fields)}"#)
        }
        #expect(Fixtures.createErrors(runtimeClass(#""handler":"""#)) == ["handler: Required value"])
        #expect(
            Fixtures.createErrors(runtimeClass(#""handler":"h","overhead":{"podFixed":{"cpu":"-1"}}"#)) == [
                #"overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0"#
            ])
        let tolerations = #"[{"key":"a","operator":"Exists"},{"key":"b"},{"key":"a","operator":"Exists"}]"#
        let errors = Fixtures.createErrors(
            runtimeClass(#""handler":"h","scheduling":{"tolerations":\#(tolerations)}"#))
        #expect(errors.count == 1)
        #expect(errors.first?.hasPrefix("scheduling.tolerations[2]: Duplicate value: ") == true)
    }

    @Test func preemptionOfPriorityClasses() {
        let priorityClass = Fixtures.read(
            PriorityClass.self, #"{"metadata":{"name":"a"},"value":1,"preemptionPolicy":""}"#)
        #expect(Fixtures.createErrors(priorityClass) == ["preemptionPolicy: Required value"])
    }

    // MARK: Secrets

    @Test(arguments: [
        ("", "unexpected end of JSON input"), ("bad", "invalid character 'b' looking for beginning of value"),
        ("{\"a\":}", "invalid character '}' looking for beginning of value"),
        ("[]", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        (#""a""#, "json: cannot unmarshal string into Go value of type map[string]interface {}"),
        ("123", "json: cannot unmarshal number into Go value of type map[string]interface {}"),
        ("true", "json: cannot unmarshal bool into Go value of type map[string]interface {}"),
    ])
    func credentialsOfRegistries(_ row: (text: String, message: String)) {
        for (type, key) in [("dockercfg", ".dockercfg"), ("dockerconfigjson", ".dockerconfigjson")] {
            var secret = Secret(name: "a", namespace: "default")
            secret.type = "kubernetes.io/" + type
            secret.data[key] = Base64Data(Array(row.text.utf8))
            #expect(
                Fixtures.createErrors(secret) == [
                    #"data[\#(key)]: Invalid value: "<secret contents redacted>": \#(row.message)"#
                ])
        }
    }

    // MARK: Access

    @Test func selectorsOfRolesThatAreGathered() {
        let role = Fixtures.read(
            ClusterRole.self,
            #"""
            {"metadata":{"name":"a"},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}},
            {"matchExpressions":[{"key":"a","operator":"In"}]},{"matchExpressions":[{"key":"a","operator":"X"}]}]}}
            """#)
        let path = "aggregationRule.clusterRoleSelectors"
        #expect(
            Fixtures.createErrors(role) == [
                path + "[1].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or "
                    + "'NotIn'",
                path + "[1]: Invalid value: null: invalid label selector.",
                path + #"[2].matchExpressions[0].operator: Invalid value: "X": not a valid selector operator"#,
                path + "[2]: Invalid value: null: invalid label selector.",
            ])
    }

    @Test(
        arguments: [
            ("example.com/a", []), ("", ["Required value"]),
            (
                "example/a",
                [#"Invalid value: "example": should be a domain with at least two segments separated by dots"#]
            ),
            (
                "a..b/c",
                [
                    #"Invalid value: "a..b": validating label "": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"#
                ]
            ),
            (
                "example.com/a.B",
                [
                    #"Invalid value: "a.B": validating label "B": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#
                ]
            ),
            (
                "kubernetes.io/legacy-unknown",
                [
                    #"Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version"#
                ]
            ),
        ] as [(String, [String])])
    func namesOfSigners(_ row: (name: String, expected: [String])) {
        var request = CertificateSigningRequest(name: "a")
        request.spec.signerName = row.name
        let errors = Fixtures.createErrors(request).filter { $0.hasPrefix("spec.signerName") }
        #expect(errors == row.expected.map { "spec.signerName: " + $0 })
        #expect(Fixtures.createErrors(request).contains("spec.usages: Required value"))
    }

    // MARK: Fairness

    @Test func conditionsOfFlowControl() {
        var schema = FlowSchema(name: "a")
        var level = PriorityLevelConfiguration(name: "a")
        let types = ["Dangling", "", "Dangling"]
        let expected = [
            "status.conditions[1].type: Required value: must not be empty",
            #"status.conditions[2].type: Duplicate value: "Dangling""#,
        ]
        schema.status.conditions = types.map { type in
            var condition = FlowSchemaCondition()
            condition.type = type
            return condition
        }
        level.status.conditions = types.map { type in
            var condition = PriorityLevelConfigurationCondition()
            condition.type = type
            return condition
        }
        #expect(statusErrors(schema) { _ in } == expected)
        #expect(statusErrors(level) { _ in } == expected)
    }

    // MARK: Namespaces

    @Test func finalizersOfNamespaces() {
        let namespace = Fixtures.read(Namespace.self, #"{"metadata":{"name":"a"},"spec":{"finalizers":["own"]}}"#)
        #expect(
            Fixtures.createErrors(namespace) == [
                #"spec.finalizers: Invalid value: "own": name is neither a standard finalizer name nor is it fully qualified"#
            ])
    }
}
