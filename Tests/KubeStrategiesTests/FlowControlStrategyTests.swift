import KubeAPI
import KubeAPIServer
import Testing

@Suite struct FlowControlStrategyTests {
    @Test func rulesOfASchema() {
        let schema = Fixtures.read(
            FlowSchema.self,
            """
            {"metadata":{"name":"a"},"spec":{"priorityLevelConfiguration":{"name":"b"},"matchingPrecedence":1,\
            "distinguisherMethod":{"type":"ByMood"},"rules":[{},{"subjects":[{"kind":"User","group":{"name":"g"}},\
            {"kind":"ServiceAccount","serviceAccount":{"name":"*"}},{"kind":"Robot"}],\
            "resourceRules":[{"verbs":["get","*"],"resources":["pods"],"namespaces":["A"]},\
            {"verbs":["eat"],"apiGroups":["*"],"resources":["pods"]}],\
            "nonResourceRules":[{"verbs":["get"],"nonResourceURLs":["x","/a*","/a/*","//"]}]}]}}
            """)
        #expect(
            Fixtures.createErrors(schema) == [
                "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
                #"spec.distinguisherMethod.type: Unsupported value: {"Type":"ByMood"}: supported values: "ByNamespace", "ByUser""#,
                "spec.rules[0].subjects: Required value: subjects must contain at least one value",
                "spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty",
                "spec.rules[1].subjects[0].user: Required value: user is required when subject kind is 'User'",
                "spec.rules[1].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
                "spec.rules[1].subjects[1].serviceAccount.namespace: Required value: "
                    + "must specify namespace for service account",
                #"spec.rules[1].subjects[2].kind: Unsupported value: "Robot": "#
                    + #"supported values: "Group", "ServiceAccount", "User""#,
                #"spec.rules[1].resourceRules[0].verbs: Invalid value: ["get","*"]: "#
                    + "if '*' is present, must not specify other verbs",
                "spec.rules[1].resourceRules[0].apiGroups: Required value: "
                    + "resource rules must supply at least one api group",
                #"spec.rules[1].resourceRules[0].namespaces[0]: Invalid value: "A": "#
                    + "each member of this list must be '*' or a DNS-1123 label; "
                    + Validation.dns1123Label("A").joined(),
                #"spec.rules[1].resourceRules[1].verbs: Unsupported value: ["eat"]: supported values: "create", "#
                    + #""delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch""#,
                "spec.rules[1].resourceRules[1].namespaces: Required value: "
                    + "resource rules that are not cluster scoped must supply at least one namespace",
                #"spec.rules[1].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "x": must start with slash"#,
                #"spec.rules[1].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a*": "#
                    + "wildcard can only do suffix matching",
                #"spec.rules[1].nonResourceRules[0].nonResourceURLs[3]: Invalid value: "//": "#
                    + "must not contain double slash",
            ])
    }

    private func errors(_ name: String, _ spec: String) -> [String] {
        Fixtures.createErrors(
            Fixtures.read(
                PriorityLevelConfiguration.self, #"{"metadata":{"name":"\#(name)"},"spec":\#(spec)}"#)
        ).map { $0.replacing(#/Invalid value: \{.*\}: /#, with: "") }
    }

    @Test func levels() {
        #expect(
            errors("a", #"{"type":"Exempt"}"#) == [
                #"spec.type: Invalid value: "Exempt": type must be 'Exempt' if and only if name is 'exempt'"#
            ])
        #expect(
            errors("a", #"{"type":"Limited","limited":{"limitResponse":{"type":"Reject"},"lendablePercent":101}}"#)
                == ["spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive"])
        let queues = #"{"queues":64,"handSize":20,"queueLengthLimit":5}"#
        #expect(
            errors("a", #"{"type":"Limited","limited":{"limitResponse":{"type":"Queue","queuing":\#(queues)}}}"#) == [
                "spec.limited.limitResponse.queuing.handSize: Invalid value: 20: "
                    + "required entropy bits of deckSize 64 and handSize 20 should not be greater than 60"
            ])
        #expect(
            errors("catch-all", #"{"type":"Limited","limited":{"limitResponse":{"type":"Reject"}}}"#)
                == ["spec: spec of 'catch-all' must equal the fixed value"])
        #expect(errors("exempt", #"{"type":"Exempt","exempt":{"nominalConcurrencyShares":10}}"#).isEmpty)
        #expect(
            FlowControlDefaults.objects.allSatisfy { Strategies.strategy(for: $0.kind).validate($0).isEmpty })
    }
}
