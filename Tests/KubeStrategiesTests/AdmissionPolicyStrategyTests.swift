import KubeAPI
import KubeAPIServer
import Testing

/// Which selectors admission policies get when they have none, and what is said of those that make no sense.
@Suite struct AdmissionPolicyStrategyTests {
    private static let rule = #"{"operations":["*"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}"#
    private static let filledRule =
        #"{"operations":["*"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"],"scope":"*"}"#

    @Test func absentSelectorsSelectEverything() {
        let text =
            #"{"metadata":{"name":"p"},"spec":{"matchConstraints":{"resourceRules":[\#(Self.rule)]}}}"#
        let expected =
            #""matchConstraints":{"namespaceSelector":{},"objectSelector":{},"resourceRules":[\#(Self.filledRule)],"#
            + #""matchPolicy":"Equivalent"}"#
        let validating = Fixtures.defaulted(ValidatingAdmissionPolicy.self, text)
        #expect(validating.contains(expected))
        #expect(validating.contains(#""failurePolicy":"Fail""#))
        let mutating = Fixtures.defaulted(MutatingAdmissionPolicy.self, text)
        #expect(mutating.contains(expected))
        #expect(mutating.contains(#""failurePolicy":"Fail""#))
    }

    /// A binding that narrows nothing stays without resources; one that says so by an empty struct is filled in.
    @Test func aBindingWithoutResourcesStaysSo() {
        let bare = #"{"metadata":{"name":"b"},"spec":{"policyName":"p"}}"#
        #expect(!Fixtures.defaulted(ValidatingAdmissionPolicyBinding.self, bare).contains("matchResources"))
        #expect(!Fixtures.defaulted(MutatingAdmissionPolicyBinding.self, bare).contains("matchResources"))
        let empty = #"{"metadata":{"name":"b"},"spec":{"policyName":"p","matchResources":{}}}"#
        let filled =
            #""matchResources":{"namespaceSelector":{},"objectSelector":{},"matchPolicy":"Equivalent"}"#
        #expect(Fixtures.defaulted(ValidatingAdmissionPolicyBinding.self, empty).contains(filled))
        #expect(Fixtures.defaulted(MutatingAdmissionPolicyBinding.self, empty).contains(filled))
    }

    @Test func selectorsMustBeWellFormed() {
        let selector = #"{"matchExpressions":[{"key":"a","operator":"In"}]}"#
        let policy = #"{"metadata":{"name":"p"},"spec":{"matchConstraints":{"objectSelector":\#(selector)}}}"#
        let detail = "values: Required value: must be specified when `operator` is 'In' or 'NotIn'"
        #expect(
            Fixtures.createErrors(Fixtures.read(ValidatingAdmissionPolicy.self, policy))
                == ["spec.matchConstraints.objectSelector.matchExpressions[0].\(detail)"])
        let binding = #"{"metadata":{"name":"b"},"spec":{"policyName":"p","paramRef":{"selector":\#(selector)}}}"#
        #expect(
            Fixtures.createErrors(Fixtures.read(MutatingAdmissionPolicyBinding.self, binding))
                == ["spec.paramRef.selector.matchExpressions[0].\(detail)"])
    }
}
