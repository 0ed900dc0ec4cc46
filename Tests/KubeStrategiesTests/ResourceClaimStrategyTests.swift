import KubeAPI
import KubeAPIServer
import Testing

/// Claims of devices, and what is written of the devices that they get.
@Suite struct ResourceClaimStrategyTests {
    private let strategy = Strategies.strategy(for: .resourceResourceClaim)

    private func claim(_ requests: String, more: String = "", status: String = "") -> ResourceResourceClaim {
        Fixtures.read(
            ResourceResourceClaim.self,
            #"{"metadata":{"name":"c","namespace":"n"},"spec":{"devices":{"requests":[\#(requests)]\#(more)}}"#
                + #"\#(status.isEmpty ? "" : #","status":"# + status)}"#)
    }

    private func errors(_ requests: String, more: String = "") -> [String] {
        Fixtures.createErrors(claim(requests, more: more))
    }

    private static let request = #"{"name":"r","exactly":{"deviceClassName":"gpu"}}"#

    @Test func oneDeviceIsAskedForUnlessItIsSaidHowMany() {
        #expect(
            Fixtures.defaulted(
                ResourceClaimTemplate.self,
                #"{"metadata":{"name":"t"},"spec":{"spec":{"devices":{"requests":["#
                    + #"{"name":"a","firstAvailable":[{"name":"b","deviceClassName":"d"}]},"#
                    + #"{"name":"e","exactly":{"deviceClassName":"d","allocationMode":"All"}}]}}}}"#
            ).contains(
                #"[{"name":"a","firstAvailable":[{"name":"b","deviceClassName":"d","allocationMode":"ExactCount","count":1}]},"#
                    + #"{"name":"e","exactly":{"deviceClassName":"d","allocationMode":"All"}}]"#))
    }

    @Test func requests() {
        #expect(errors(Self.request) == [])
        #expect(
            errors(#"{"name":"A"},{"name":"x","exactly":{"allocationMode":"Some","count":1}}"#) == [
                "spec.devices.requests[0].name: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case "
                    + "alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. "
                    + "'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
                "spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required",
                "spec.devices.requests[1].exactly.deviceClassName: Required value",
                "spec.devices.requests[1].exactly.allocationMode: Unsupported value: \"Some\": supported values: "
                    + "\"All\", \"ExactCount\"",
            ])
        #expect(
            errors(Self.request + "," + Self.request) == [
                "spec.devices.requests[1]: Duplicate value: \"r\""
            ])
        let nameless =
            "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
        #expect(
            errors(
                Self.request,
                more: #","constraints":[{"requests":["r","q"],"matchAttribute":"a.example.com/b"}],"config":[{}]"#)
                == [
                    "spec.devices.constraints[0].requests[1]: Invalid value: \"q\": \(nameless)",
                    "spec.devices.config[0].opaque: Required value",
                ])
    }

    private static let label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

    @Test func constraintsNameAttributesWithTheirDomains() {
        let constraints = #""constraints":[{"requests":["r","!"],"matchAttribute":"domainless"},{}]"#
        #expect(
            errors(Self.request, more: "," + constraints) == [
                #"spec.devices.constraints[0].requests[1]: Invalid value: "!": \#(Self.label)"#,
                #"spec.devices.constraints[0].requests[1]: Invalid value: "!": must be the name of a request in the claim or "#
                    + "the name of a request and a subrequest separated by '/'",
                #"spec.devices.constraints[0].matchAttribute: Invalid value: "domainless": a fully qualified name must be a "#
                    + "domain and a name separated by a slash",
                "spec.devices.constraints[1]: Required value: exactly one of \"matchAttribute\" or \"distinctAttribute\" is "
                    + "required, but multiple fields are set",
            ])
        #expect(errors(Self.request, more: #","constraints":[{"distinctAttribute":"a.example.com/b"}]"#) == [])
    }

    @Test func alternatives() {
        func alternatives(_ count: Int) -> String {
            let all = (0..<count).map { #"{"name":"a\#($0)","deviceClassName":"c"}"# }
            return #"{"name":"r","firstAvailable":[\#(all.joined(separator: ","))]}"#
        }
        let configuration = #","config":[{"requests":["r/a1"],"opaque":{"driver":"d","parameters":{}}}]"#
        #expect(errors(alternatives(8), more: configuration) == [])
        #expect(
            errors(alternatives(9)) == [
                "spec.devices.requests[0].firstAvailable: Too many: 9: must have at most 8 items"
            ])
        #expect(
            errors(alternatives(1), more: configuration) == [
                #"spec.devices.config[0].requests[0]: Invalid value: "r/a1": must be the name of a request in the claim or the "#
                    + "name of a request and a subrequest separated by '/'"
            ])
    }

    @Test func tolerations() {
        func request(_ tolerations: String) -> String {
            #"{"name":"r","exactly":{"deviceClassName":"gpu","tolerations":[\#(tolerations)]}}"#
        }
        #expect(errors(request(#"{"key":"a","value":"b"},{"operator":"Exists","effect":"NoExecute"}"#)) == [])
        #expect(
            errors(request(#"{"operator":"Exists","value":"b"},{"operator":"Like","effect":"Some"}"#)) == [
                #"spec.devices.requests[0].exactly.tolerations[0].value: Invalid value: "b": must be empty for operator "#
                    + "`Exists`",
                #"spec.devices.requests[0].exactly.tolerations[1].operator: Unsupported value: "Like": supported values: "#
                    + #""Equal", "Exists""#,
                #"spec.devices.requests[0].exactly.tolerations[1].effect: Unsupported value: "Some": supported values: "#
                    + #""NoExecute", "NoSchedule", "None""#,
            ])
    }

    @Test func templatesHaveMetadata() {
        let template = Fixtures.read(
            ResourceClaimTemplate.self,
            #"{"metadata":{"name":"t","namespace":"n"},"spec":{"metadata":{"labels":{"a":"b c"}},"spec":{}}}"#)
        #expect(Fixtures.createErrors(template).count == 1)
        #expect(Fixtures.createErrors(template).first?.hasPrefix("spec.metadata.labels: Invalid value: ") == true)
    }

    @Test func whatIsClaimedNeverChanges() {
        let old = claim(Self.request)
        let errors = Fixtures.updateErrors(old) { $0.spec.devices?.requests[0].exactly?.deviceClassName = "cpu" }
        #expect(errors.count == 1)
        #expect(errors.first?.hasPrefix("spec: Invalid value: ") == true)
        #expect(errors.first?.hasSuffix(": field is immutable") == true)
    }

    /// What a status update comes to, and its errors.
    private func update(_ old: String, _ new: String) -> (status: String, errors: [String]) {
        func stored(_ status: String) -> KubeObject {
            var value = claim(Self.request, status: status)
            value.metadata.resourceVersion = "1"
            return strategy.setDefaults(Boxed(value), now: Fixtures.now)
        }
        let before = stored(old)
        var wanted = stored(new)
        var metadata = wanted.metadata
        metadata.annotations["a"] = "b"
        wanted = wanted.with(metadata: metadata)
        let after = strategy.prepareForStatusUpdate(wanted, old: before, now: Fixtures.now)
        #expect(after.metadata.annotations.isEmpty)
        let status = after.as(ResourceResourceClaim.self)?.status.jsonText ?? ""
        return (status, strategy.validateStatusUpdate(after, old: before).map(\.description))
    }

    private static func device(_ name: String) -> String { #""driver":"d.example.com","pool":"p","device":"\#(name)""# }
    private static let allocation =
        #""allocation":{"devices":{"results":[{"request":"r",\#(device("a"))},{"request":"r",\#(device("b"))}]}}"#

    @Test func aDriverWritesOfTheDevicesThatAreAllocated() {
        let network = #""networkData":{"ips":["10.9.8.0/24","2001:db8::/64"]}"#
        let fine = update("{}", #"{\#(Self.allocation),"devices":[{\#(Self.device("a")),\#(network)}]}"#)
        #expect(fine.errors == [])
        let wrong = update(
            "{\(Self.allocation)}",
            #"{\#(Self.allocation),"devices":[{\#(Self.device("z")),"data":1,"networkData":{"ips":["10.9.8.7","#
                + #""2001:DB8::1/64"]}}]}"#)
        #expect(
            wrong.errors == [
                "status.devices[0]: Invalid value: \"d.example.com/p/z\": must be an allocated device in the claim",
                "status.devices[0].data: Invalid value: \"<value omitted>\": must be a valid JSON object",
                "status.devices[0].networkData.ips[0]: Invalid value: \"10.9.8.7\": must be a valid address in CIDR form, "
                    + "(e.g. 10.9.8.7/24 or 2001:db8::1/64)",
                "status.devices[0].networkData.ips[1]: Invalid value: \"2001:DB8::1/64\": must be in canonical form "
                    + "(\"2001:db8::1/64\")",
            ])
    }

    @Test func anAllocationStaysOrGoesAsAWhole() {
        let devices = #""devices":[{\#(Self.device("a"))}]"#
        let gone = update("{\(Self.allocation),\(devices)}", "{\(devices)}")
        #expect(gone.status == "{}" && gone.errors == [])
        let other = update("{\(Self.allocation)}", #"{"allocation":{"devices":{"results":[]}}}"#)
        #expect(other.errors.count == 1)
        #expect(other.errors.first?.hasPrefix("status.allocation: Invalid value: ") == true)
        let consumer = #""reservedFor":[{"resource":"pods","name":"p","uid":"1"}]"#
        #expect(
            update("{}", "{\(consumer)}").errors == [
                "status.reservedFor: Forbidden: may not be specified when `allocated` is not set"
            ])
        #expect(update("{}", "{\(Self.allocation),\(consumer)}").errors == [])
        let unknown = #"{"allocation":{"devices":{"results":[{"request":"q",\#(Self.device("a"))}]}}}"#
        #expect(update("{}", unknown).errors.first?.hasPrefix("status.allocation.devices.results[0].request: ") == true)
    }

    @Test func conditionsOfDevices() {
        let time = #""lastTransitionTime":"2026-01-01T00:00:00Z""#
        let conditions = [
            #"{"type":"Ready","status":"True","reason":"Fine",\#(time)}"#,
            #"{"type":"Ready","status":"Yes","reason":"not fine"}"#,
        ].joined(separator: ",")
        let status = #"{\#(Self.allocation),"devices":[{\#(Self.device("a")),"conditions":[\#(conditions)]}]}"#
        let errors = update("{\(Self.allocation)}", status).errors
        let expected = [
            #"status.devices[0].conditions[1].type: Duplicate value: "Ready""#,
            #"status.devices[0].conditions[1].status: Unsupported value: "Yes": supported values: "False", "True""#,
            "status.devices[0].conditions[1].lastTransitionTime: Required value: must be set",
            #"status.devices[0].conditions[1].reason: Invalid value: "not fine": a condition reason must start with"#,
        ]
        #expect(errors.count == expected.count && zip(errors, expected).allSatisfy { $0.hasPrefix($1) }, "\(errors)")
    }

    @Test(
        arguments: [
            ("c6bd0d9a-0bb8-4a5e-9c4b-6e7c9b9a3a11", nil),
            ("a", "error validating uid: invalid UUID length: 1"),
            ("c6bd0d9ax0bb8-4a5e-9c4b-6e7c9b9a3a11", "error validating uid: invalid UUID format"),
            (
                "C6bd0d9a-0bb8-4a5e-9c4b-6e7c9b9a3a11",
                "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal "
                    + "characters"
            ),
        ] as [(String, String?)])
    func shares(_ row: (share: String, complaint: String?)) {
        let result = #"{"request":"r",\#(Self.device("a")),"shareID":"\#(row.share)","tolerations":[{"key":"k"}]}"#
        let updated = update("{}", #"{"allocation":{"devices":{"results":[\#(result)]}}}"#)
        #expect(
            updated.errors
                == (row.complaint.map {
                    ["status.allocation.devices.results[0].shareID: Invalid value: \"\(row.share)\": \($0)"]
                } ?? []))
        #expect(updated.status.contains(#"[{"key":"k","operator":"Equal"}]"#))
    }
}
