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
            return strategy.setDefaults(Boxed(value))
        }
        let before = stored(old)
        var wanted = stored(new)
        var metadata = wanted.metadata
        metadata.annotations["a"] = "b"
        wanted = wanted.with(metadata: metadata)
        let after = strategy.prepareForStatusUpdate(wanted, old: before)
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
}
