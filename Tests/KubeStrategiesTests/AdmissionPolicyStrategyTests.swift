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
        let policy =
            #"{"metadata":{"name":"p"},"spec":{"validations":[{"expression":"true"}],"matchConstraints":{"#
            + #""objectSelector":\#(selector),"resourceRules":[\#(Self.rule)]}}}"#
        let detail = "values: Required value: must be specified when `operator` is 'In' or 'NotIn'"
        #expect(
            Fixtures.createErrors(Fixtures.read(ValidatingAdmissionPolicy.self, policy))
                == ["spec.matchConstraints.objectSelector.matchExpressions[0].\(detail)"])
        let binding =
            #"{"metadata":{"name":"b"},"spec":{"policyName":"p","paramRef":{"selector":\#(selector),"#
            + #""parameterNotFoundAction":"Deny"}}}"#
        #expect(
            Fixtures.createErrors(Fixtures.read(MutatingAdmissionPolicyBinding.self, binding))
                == ["spec.paramRef.selector.matchExpressions[0].\(detail)"])
    }

    /// What is said of a policy with these fields; one that asks nothing is given something to ask.
    private func policy(_ fields: String) -> [String] {
        let matched = #""matchConstraints":{"resourceRules":[\#(Self.rule)]}"#
        let asked = fields.contains("validations") ? "" : #","validations":[{"expression":"true"}]"#
        let text = #"{"metadata":{"name":"p"},"spec":{\#(matched)\#(asked),\#(fields)}}"#
        return Fixtures.createErrors(Fixtures.read(ValidatingAdmissionPolicy.self, text))
    }

    private func binding(_ fields: String) -> [String] {
        let text = #"{"metadata":{"name":"b"},"spec":{"policyName":"p"\#(fields)}}"#
        return Fixtures.createErrors(Fixtures.read(ValidatingAdmissionPolicyBinding.self, text))
    }

    @Test func aPolicyMatchesAndAsksSomething() {
        let bare = Fixtures.read(ValidatingAdmissionPolicy.self, #"{"metadata":{"name":"p"},"spec":{}}"#)
        let nothing = "Required value: validations or auditAnnotations must contain at least one item"
        #expect(
            Fixtures.createErrors(bare) == [
                "spec.matchConstraints: Required value", "spec.validations: \(nothing)",
                "spec.auditAnnotations: \(nothing)",
            ])
        #expect(policy(#""failurePolicy":"Fail""#) == [])
        #expect(
            policy(#""failurePolicy":"Maybe""#)
                == [#"spec.failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore""#])
    }

    @Test(arguments: [
        (#"{"apiVersion":"v1","kind":"ConfigMap"}"#, []),
        (#"{"apiVersion":"rules.example.com/v1","kind":"ReplicaLimit"}"#, []),
        (#"{"kind":"ConfigMap"}"#, ["apiVersion: Required value"]),
        (
            #"{"apiVersion":"a/b/c","kind":"X"}"#,
            [#"apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c"#]
        ),
        (#"{"apiVersion":"a/","kind":"X"}"#, [#"apiVersion: Invalid value: "a/": version must be specified"#]),
        (#"{"apiVersion":"v1"}"#, ["kind: Required value"]),
    ])
    func parameters(kind: String, errors: [String]) {
        #expect(policy(#""paramKind":\#(kind)"#) == errors.map { "spec.paramKind." + $0 })
    }

    @Test(arguments: [
        (
            #""matchConditions":[{"name":"a","expression":"true"},{"name":"a","expression":" "}]"#,
            ["matchConditions[1].expression: Required value", #"matchConditions[1].name: Duplicate value: "a""#]
        ),
        (
            #""variables":[{"name":"in","expression":"1"},{"name":"","expression":"1"},{"name":"_x1","expression":""}]"#,
            [
                #"variables[0].name: Invalid value: "in": name is not a valid CEL identifier"#,
                "variables[1].name: Required value: name is not specified",
                "variables[2].expression: Required value: expression is not specified",
            ]
        ),
        (
            #""validations":[{"expression":"1","message":"a\nb","reason":"NotFound","messageExpression":" "}]"#,
            [
                #"validations[0].messageExpression: Invalid value: " ": must be non-empty if specified"#,
                #"validations[0].message: Invalid value: "a\nb": message must not contain line breaks"#,
                #"validations[0].reason: Unsupported value: "NotFound": supported values: "Forbidden", "Invalid", "#
                    + #""RequestEntityTooLarge", "Unauthorized""#,
            ]
        ),
        (
            #""auditAnnotations":[{"key":"k","valueExpression":"1"},{"key":"k","valueExpression":""}]"#,
            [
                "auditAnnotations[1].valueExpression: Required value: valueExpression is not specified",
                #"auditAnnotations[1].key: Duplicate value: "k""#,
            ]
        ),
    ])
    func whatIsAsked(fields: String, errors: [String]) {
        #expect(policy(fields) == errors.map { "spec." + $0 })
    }

    @Test(
        arguments: [
            (#","validationActions":["Deny","Audit"]"#, []),
            ("", ["validationActions: Required value: at least one validation action is required"]),
            (
                #","validationActions":["Deny","Deny","Scold"]"#,
                [
                    #"validationActions[1]: Duplicate value: "Deny""#,
                    #"validationActions[2]: Unsupported value: "Scold": supported values: "Audit", "Deny", "Warn""#,
                ]
            ),
            (
                #","validationActions":["Deny","Warn"]"#,
                [
                    #"validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the "#
                        + "same validation failure information in the API response and headers serves no purpose)"
                ]
            ),
            (
                #","validationActions":["Deny"],"paramRef":{"name":"a","selector":{},"parameterNotFoundAction":"Deny"}"#,
                [
                    "paramRef.name: Forbidden: name and selector are mutually exclusive",
                    "paramRef.selector: Forbidden: name and selector are mutually exclusive",
                ]
            ),
            (
                #","validationActions":["Deny"],"paramRef":{}"#,
                [
                    "paramRef: Required value: one of name or selector must be specified",
                    "paramRef.parameterNotFoundAction: Required value",
                ]
            ),
            (
                #","validationActions":["Deny"],"matchResources":{"resourceRules":[{"resourceNames":["a","a"]}]}"#,
                [
                    #"matchResouces.resourceRules[0].resourceNames[1]: Duplicate value: "a""#,
                    "matchResouces.resourceRules[0].operations: Required value",
                    "matchResouces.resourceRules[0].apiGroups: Required value",
                    "matchResouces.resourceRules[0].apiVersions: Required value",
                    "matchResouces.resourceRules[0].resources: Required value",
                ]
            ),
        ] as [(String, [String])])
    func bindings(fields: String, errors: [String]) {
        #expect(binding(fields) == errors.map { "spec." + $0 })
    }

    // MARK: Mutating policies

    /// What is said of a mutating policy with these fields, its other ones being well.
    private func mutating(_ fields: String) -> [String] {
        var spec: JSONValue = [
            "matchConstraints": [
                "resourceRules": [
                    ["operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]]
                ]
            ],
            "mutations": [["patchType": "ApplyConfiguration", "applyConfiguration": ["expression": "Object{}"]]],
            "reinvocationPolicy": "Never",
        ]
        let other = Fixtures.read(MutatingAdmissionPolicy.self, #"{"spec":{\#(fields)}}"#).boxed.jsonValue["spec"]
        for (name, value) in other?.objectValue ?? [:] { spec[name] = value }
        let policy: JSONValue = ["metadata": ["name": "p"], "spec": spec]
        return Fixtures.createErrors(Fixtures.read(MutatingAdmissionPolicy.self, policy.jsonText))
    }

    @Test func aMutatingPolicyMatchesAndMutatesSomething() {
        let bare = Fixtures.read(MutatingAdmissionPolicy.self, #"{"metadata":{"name":"p"},"spec":{}}"#)
        #expect(
            Fixtures.createErrors(bare) == [
                "spec.matchConstraints: Required value",
                "spec.mutations: Required value: mutations must contain at least one item",
                "spec.reinvocationPolicy: Required value",
            ])
        #expect(mutating("") == [])
    }

    /// Rows of upstream's `TestValidateMutatingAdmissionPolicy`.
    @Test(
        arguments: [
            (
                #""failurePolicy":"other""#,
                [#"failurePolicy: Unsupported value: "other": supported values: "Fail", "Ignore""#]
            ),
            (
                #""reinvocationPolicy":"other""#,
                [#"reinvocationPolicy: Unsupported value: "other": supported values: "IfNeeded", "Never""#]
            ),
            (#""paramKind":{"apiVersion":"v1"}"#, ["paramKind.kind: Required value"]),
            (#""matchConstraints":{}"#, ["matchConstraints.resourceRules: Required value"]),
            (
                #""matchConstraints":{"resourceRules":[{"operations":["CREATE","DELETE"],"apiGroups":[""],"#
                    + #""apiVersions":["v1"],"resources":["pods"]}]}"#,
                [
                    #"matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "#
                        + #""CONNECT", "CREATE", "UPDATE""#
                ]
            ),
            (#""matchConditions":[{"name":"","expression":"true"}]"#, ["matchConditions[0].name: Required value"]),
            (
                #""variables":[{"name":"in","expression":"1"}]"#,
                [#"variables[0].name: Invalid value: "in": name is not a valid CEL identifier"#]
            ),
            (
                #""mutations":[{"applyConfiguration":{"expression":"Object{}"}},{"patchType":"other"}]"#,
                [
                    "mutations[0].patchType: Required value",
                    #"mutations[1].patchType: Unsupported value: "other": supported values: "ApplyConfiguration", "#
                        + #""JSONPatch""#,
                ]
            ),
            (
                #""mutations":[{"patchType":"JSONPatch","applyConfiguration":{"expression":"Object{}"}},"#
                    + #"{"patchType":"ApplyConfiguration","jsonPatch":{"expression":"[]"}}]"#,
                [
                    "mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch",
                    #"mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified "#
                        + "when patchType is JSONPatch",
                    "mutations[1].applyConfiguration: Required value: must be specified when patchType is "
                        + "ApplyConfiguration",
                    #"mutations[1].jsonPatch: Invalid value: "{jsonPatch}": must not be specified when patchType is "#
                        + "ApplyConfiguration",
                ]
            ),
            (
                #""mutations":[{"patchType":"JSONPatch","jsonPatch":{"expression":" "}},"#
                    + #"{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":""}}]"#,
                [
                    "mutations[0].jsonPatch.expression: Required value",
                    "mutations[1].applyConfiguration.expression: Required value",
                ]
            ),
        ] as [(String, [String])])
    func mutatingPolicies(fields: String, errors: [String]) {
        #expect(mutating(fields) == errors.map { "spec." + $0 })
    }

    @Test(
        arguments: [
            (#""policyName":"p","paramRef":{"name":"x","parameterNotFoundAction":"Deny"}"#, []),
            ("", ["policyName: Required value"]),
            (
                #""policyName":"p","paramRef":{"name":"x"}"#, ["paramRef.parameterNotFoundAction: Required value"]
            ),
            (#""policyName":"p","matchResources":{}"#, []),
            (
                #""policyName":"p","matchResources":{"resourceRules":[{"operations":["DELETE"],"apiGroups":[""],"#
                    + #""apiVersions":["v1"],"resources":["pods"]}]}"#,
                [
                    #"matchResources.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "#
                        + #""CONNECT", "CREATE", "UPDATE""#
                ]
            ),
        ] as [(String, [String])])
    func mutatingBindings(fields: String, errors: [String]) {
        let text = #"{"metadata":{"name":"b"},"spec":{\#(fields)}}"#
        #expect(
            Fixtures.createErrors(Fixtures.read(MutatingAdmissionPolicyBinding.self, text))
                == errors.map { "spec." + $0 })
    }
}
