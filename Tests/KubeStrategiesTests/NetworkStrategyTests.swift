import KubeAPI
import KubeAPIServer
import Testing

/// Upstream's tables of addresses, hints and what else small kinds are refused for.
@Suite struct NetworkStrategyTests {
    /// Rows of upstream's `TestValidateIPAddress`: the name is the address in its one form.
    @Test(
        arguments: [
            ("192.168.1.1", []), ("2001:4860:4860::8888", []),
            ("300.168.1.1", ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]),
            ("10.096.0.1", ["must not have leading 0s"]),
            ("::ffff:1.2.3.4", ["must not be an IPv4-mapped IPv6 address"]),
            ("::ffff:01.2.3.4", ["must not have leading 0s"]),
            ("2001:4860:4860:0::8888", [#"must be in canonical form ("2001:4860:4860::8888")"#]),
        ] as [(String, [String])])
    func namesOfAddresses(_ row: (name: String, expected: [String])) {
        let address = Fixtures.read(
            IPAddress.self,
            #"{"metadata":{"name":"\#(row.name)"},"spec":{"parentRef":{"resource":"services","name":"a"}}}"#)
        let expected = row.expected.map { #"metadata.name: Invalid value: "\#(row.name)": "# + $0 }
        #expect(Fixtures.createErrors(address) == expected)
    }

    /// Rows of upstream's `TestValidateServiceCIDR`.
    @Test(
        arguments: [
            (#"["192.168.0.0/24"]"#, []),
            (#"["192.168.0.0/24","fd00:1234::/64"]"#, []),
            ("[]", ["spec.cidrs: Required value: at least one CIDR required"]),
            (
                #"["192.168.0.0/24","fd00::/64","10.0.0.0/24"]"#,
                [
                    #"spec.cidrs: Invalid value: {"CIDRs":["192.168.0.0/24","fd00::/64","10.0.0.0/24"]}: "#
                        + "may only hold up to 2 values"
                ]
            ),
            (
                #"["192.168.0.0/24","10.0.0.0/24"]"#,
                [
                    #"spec.cidrs: Invalid value: {"CIDRs":["192.168.0.0/24","10.0.0.0/24"]}: may specify no more than "#
                        + "one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"
                ]
            ),
            (
                #"["sadasdsad"]"#,
                [
                    #"spec.cidrs[0]: Invalid value: "sadasdsad": must be a valid CIDR value, "#
                        + "(e.g. 10.9.8.0/24 or 2001:db8::/64)"
                ]
            ),
            (
                #"["192.168.000.0/24"]"#,
                [
                    #"spec.cidrs[0]: Invalid value: "192.168.000.0/24": must not have leading 0s in IP or prefix length"#
                ]
            ),
            (
                #"["192.168.0.1/24"]"#,
                [
                    #"spec.cidrs[0]: Invalid value: "192.168.0.1/24": must not have bits set beyond the prefix length"#
                ]
            ),
            (
                #"["FD00:1234::/64"]"#,
                [#"spec.cidrs[0]: Invalid value: "FD00:1234::/64": must be in canonical form ("fd00:1234::/64")"#]
            ),
        ] as [(String, [String])])
    func ranges(_ row: (blocks: String, expected: [String])) {
        let range = Fixtures.read(ServiceCIDR.self, #"{"metadata":{"name":"a"},"spec":{"cidrs":\#(row.blocks)}}"#)
        #expect(Fixtures.createErrors(range) == row.expected)
    }

    private func slice(_ type: String, _ endpoint: String) -> EndpointSlice {
        Fixtures.read(
            EndpointSlice.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"addressType":"\(type)","endpoints":[{\(endpoint)}],\
            "ports":[]}
            """)
    }

    /// Rows of upstream's `TestValidateEndpointSlice`.
    @Test(
        arguments: [
            ("FQDN", #""addresses":["foo.example.com"]"#, []),
            ("FQDN", #""addresses":["foo.example.com."]"#, []),
            (
                "FQDN", #""addresses":["foo"]"#,
                [
                    #"endpoints[0].addresses[0]: Invalid value: "foo": should be a domain with at least two segments "#
                        + "separated by dots"
                ]
            ),
            (
                "IPv4",
                #""addresses":["10.0.0.1"],"hints":{"forZones":[{"name":"zone-a"}],"forNodes":[{"name":"node-a"}]}"#,
                []
            ),
            (
                "IPv4",
                #""addresses":["10.0.0.1"],"hints":{"forZones":[{"name":"a"},{"name":"a"}],"forNodes":[{"name":"n"},{"name":"n"}]}"#,
                [
                    #"endpoints[0].hints.forZones[1].name: Duplicate value: "a""#,
                    #"endpoints[0].hints.forNodes[1].name: Duplicate value: "n""#,
                ]
            ),
        ] as [(String, String, [String])])
    func endpoints(_ row: (type: String, endpoint: String, expected: [String])) {
        #expect(Fixtures.createErrors(slice(row.type, row.endpoint)) == row.expected)
    }

    @Test(arguments: ["forZones", "forNodes"])
    func tooManyHints(_ list: String) {
        let names = (0..<9).map { #"{"name":"n\#($0)"}"# }.joined(separator: ",")
        let wrong = slice("IPv4", #""addresses":["10.0.0.1"],"hints":{"\#(list)":[\#(names)]}"#)
        #expect(
            Fixtures.createErrors(wrong) == [
                "endpoints[0].hints.\(list): Too many: 9: must have at most 8 items"
            ])
    }

    @Test func labelsOfOldTopologies() {
        let labels = (0..<17).map { #""k\#($0)":"v""# }.joined(separator: ",")
        let wrong = slice("IPv4", #""addresses":["10.0.0.1"],"deprecatedTopology":{\#(labels)}"#)
        #expect(
            Fixtures.createErrors(wrong) == [
                "endpoints[0].deprecatedTopology: Too many: 17: must have at most 16 items"
            ])
    }

    /// Rows of upstream's `TestValidateNetworkPolicy`, of ports.
    @Test(
        arguments: [
            (#"{"port":32000,"endPort":32768}"#, []),
            (#"{"port":32000,"endPort":32000}"#, []),
            (
                #"{"port":"dns","endPort":32768}"#,
                ["endPort: Invalid value: 32768: may not be specified when `port` is non-numeric"]
            ),
            (
                #"{"endPort":32768}"#,
                ["endPort: Invalid value: 32768: may not be specified when `port` is not specified"]
            ),
            (
                #"{"port":32768,"endPort":32000}"#,
                ["endPort: Invalid value: 32768: must be greater than or equal to `port`"]
            ),
            (
                #"{"port":32000,"endPort":65537}"#,
                ["endPort: Invalid value: 65537: must be between 1 and 65535, inclusive"]
            ),
        ] as [(String, [String])])
    func ports(_ row: (port: String, expected: [String])) {
        let policy = Fixtures.read(
            NetworkPolicy.self,
            """
            {"metadata":{"name":"a","namespace":"default"},\
            "spec":{"podSelector":{},"ingress":[{"ports":[\(row.port)]}]}}
            """)
        #expect(Fixtures.createErrors(policy) == row.expected.map { "spec.ingress[0].ports[0]." + $0 })
    }

    @Test func whatIsWrongWithASelectorIsToldWithItsPlace() {
        let policy = Fixtures.read(
            NetworkPolicy.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"spec":{"podSelector":{"matchLabels":{"-":"x"},\
            "matchExpressions":[{"key":"a","operator":"In"}]}}}
            """)
        let errors = Fixtures.createErrors(policy)
        #expect(errors.count == 2 && errors[0].hasPrefix(#"spec.podSelector.matchLabels: Invalid value: "-": "#))
        #expect(
            errors.last == "spec.podSelector.matchExpressions[0].values: Required value: must be specified when "
                + "`operator` is 'In' or 'NotIn'")
    }

    @Test func controllersOfClassesStay() {
        let old = Fixtures.read(IngressClass.self, #"{"metadata":{"name":"a"},"spec":{"controller":"a.b/c"}}"#)
        #expect(
            Fixtures.updateErrors(old) { $0.spec.controller = "" } == [
                #"spec.controller: Invalid value: "": field is immutable"#, "spec.controller: Required value",
            ])
    }

    /// Coordinated leader election is off.
    @Test func leasesNeverHaveStrategies() {
        let lease = Fixtures.read(
            Lease.self,
            """
            {"metadata":{"name":"a","namespace":"default"},\
            "spec":{"holderIdentity":"h","strategy":"OldestEmulationVersion","preferredHolder":"b"}}
            """)
        let spec = Fixtures.created(lease).spec
        #expect(spec.holderIdentity == "h")
        #expect(spec.strategy == nil && spec.preferredHolder == nil)
        #expect(Fixtures.createErrors(lease) == [])
    }

    @Test func policiesAndConditionsOfBudgets() {
        var budget = Fixtures.read(
            PodDisruptionBudget.self,
            #"{"metadata":{"name":"a","namespace":"default"},"spec":{"unhealthyPodEvictionPolicy":""}}"#)
        #expect(
            Fixtures.createErrors(budget) == [
                #"spec.unhealthyPodEvictionPolicy: Unsupported value: "": supported values: "AlwaysAllow", "#
                    + #""IfHealthyBudget""#
            ])
        budget.spec.unhealthyPodEvictionPolicy = nil
        var new = budget
        var condition = Condition()
        condition.type = "DisruptionAllowed"
        new.status.conditions = [condition]
        new.status.expectedPods = -1
        let strategy = Strategies.strategy(for: .podDisruptionBudget)
        #expect(
            strategy.validateStatusUpdate(Boxed(new), old: Boxed(budget)).map(\.description) == [
                #"status.conditions[0].status: Unsupported value: "": supported values: "False", "True", "Unknown""#,
                "status.conditions[0].lastTransitionTime: Required value: must be set",
                "status.conditions[0].reason: Required value: must be set",
                "status.expectedPods: Invalid value: -1: must be greater than or equal to 0",
            ])
    }
}
