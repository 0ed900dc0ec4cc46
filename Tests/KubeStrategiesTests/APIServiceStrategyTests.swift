import KubeAPI
import KubeAPIServer
import Testing

/// Upstream's tables of API services.
@Suite struct APIServiceStrategyTests {
    private func service(_ name: String, _ spec: String) -> APIService {
        Fixtures.read(APIService.self, #"{"metadata":{"name":"\#(name)"},"spec":{\#(spec)}}"#)
    }

    private static let priorities = #""groupPriorityMinimum":1000,"versionPriority":10"#

    @Test(
        arguments: [
            ("v1.g", #""group":"g","version":"v1",\#(priorities)"#, []),
            ("v1.", #""version":"v1",\#(priorities)"#, []),
            (
                "v1.g", #""group":"g","version":"v1","service":{"namespace":"n","name":"s"},\#(priorities)"#, []
            ),
            (
                "a.b", #""group":"g","version":"v1",\#(priorities)"#,
                [#"metadata.name: Invalid value: "a.b": must be `spec.version+"."+spec.group`: "v1.g""#]
            ),
            (
                "v2.", #""version":"v2","groupPriorityMinimum":20001"#,
                [
                    "spec.group: Required value: only v1 may have an empty group and it better be legacy kube",
                    "spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000",
                    "spec.versionPriority: Invalid value: 0: must be positive and less than 1000",
                ]
            ),
            (
                "v1.g", #""group":"g","version":"v1","insecureSkipTLSVerify":true,"caBundle":"AAAA",\#(priorities)"#,
                [
                    #"spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle"#,
                    "spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have "
                        + "insecureSkipTLSVerify",
                ]
            ),
            (
                "v1.g",
                #""group":"g","version":"v1","service":{"port":65536},"insecureSkipTLSVerify":true,"caBundle":"AAAA",\#(priorities)"#,
                [
                    "spec.service.namespace: Required value", "spec.service.name: Required value",
                    "spec.service.port: Invalid value: 65536: port is not valid: must be between 1 and 65535, inclusive",
                    "spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present",
                ]
            ),
        ] as [(String, String, [String])])
    func services(_ row: (name: String, spec: String, expected: [String])) {
        #expect(Fixtures.createErrors(service(row.name, row.spec)) == row.expected)
    }

    @Test func whatIsServedHereIsAvailableAtOnce() {
        let here = Fixtures.created(service("v1.g", #""group":"g","version":"v1",\#(Self.priorities)"#))
        #expect(here.status.conditions.map(\.type) == ["Available"])
        #expect(here.status.conditions.first?.lastTransitionTime == Fixtures.now)
        let there = Fixtures.created(
            service("v1.g", #""group":"g","version":"v1","service":{"namespace":"n","name":"s"},\#(Self.priorities)"#))
        #expect(there.status.conditions.isEmpty)
        #expect(there.spec.service?.port == 443)
    }

    @Test func conditionsHaveAKnownStatus() {
        var new = service("v1.g", #""group":"g","version":"v1",\#(Self.priorities)"#)
        let old = new
        var condition = APIServiceCondition()
        condition.status = "Yes"
        new.status.conditions = [condition]
        #expect(
            Strategies.strategy(for: .apiService).validateStatusUpdate(Boxed(new), old: Boxed(old)).map(\.description)
                == [
                    #"status.conditions[0].status: Unsupported value: "Yes": supported values: "True", "False", "Unknown""#
                ])
    }
}
