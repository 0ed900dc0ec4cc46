import KubeAPI
import KubeAPIServer
import Testing

/// What webhooks are asked about, and where they are.
@Suite struct WebhookStrategyTests {
    private func errors(
        client: String = #"{"url":"https://example.com/a"}"#, _ name: String = "", _ value: String = "",
        versions: String = #"["v1"]"#
    ) -> [String] {
        let usual = [
            ("operations", #"["CREATE"]"#), ("apiGroups", #"[""]"#), ("apiVersions", #"["v1"]"#),
            ("resources", #"["pods"]"#),
        ]
        let rule = usual.map { #""\#($0.0)":\#($0.0 == name ? value : $0.1)"# }.joined(separator: ",")
        let text =
            #"{"metadata":{"name":"w"},"webhooks":[{"name":"a.example.com","sideEffects":"None","clientConfig":\#(client),"#
            + #""admissionReviewVersions":\#(versions),"rules":[{\#(rule)}]}]}"#
        let validating = Fixtures.createErrors(Fixtures.read(ValidatingWebhookConfiguration.self, text))
        let mutating = Fixtures.createErrors(Fixtures.read(MutatingWebhookConfiguration.self, text))
        #expect(validating == mutating)
        return validating
    }

    @Test(
        arguments: [
            ("https://example.com:8443/a?", []),
            (
                "http://example.com",
                [#""http": 'https' is the only allowed URL scheme; desired format: https://host[/path]"#]
            ),
            ("https://u:p@example.com", [#""u:p": user information is not permitted in the URL"#]),
            ("https://example.com/#f", [#""f": fragments are not permitted in the URL"#]),
            ("https://example.com/?q=1", [#""q=1": query parameters are not permitted in the URL"#]),
            (
                "example.com/a",
                [
                    #""": 'https' is the only allowed URL scheme; desired format: https://host[/path]"#,
                    #""": host must be provided; desired format: https://host[/path]"#,
                ]
            ),
        ] as [(String, [String])])
    func urls(url: String, messages: [String]) {
        #expect(
            errors(client: #"{"url":"\#(url)"}"#)
                == messages.map { "webhooks[0].clientConfig.url: Invalid value: " + $0 })
    }

    @Test func servicesHaveAPath() {
        func messages(_ path: String) -> [String] {
            errors(client: #"{"service":{"name":"s","namespace":"n","path":"\#(path)"}}"#)
        }
        let place = "webhooks[0].clientConfig.service.path: Invalid value: "
        #expect(messages("/a/b.c/") == [])
        #expect(messages("//") == [place + #""//": segment[0] may not be empty"#])
        #expect(messages("/a//b") == [place + #""/a//b": segment[1] may not be empty"#])
        #expect(messages("/A").first?.hasPrefix(place + #""/A": segment[0]: a lowercase RFC 1123 subdomain "#) == true)
    }

    @Test(
        arguments: [
            ("operations", #"["*"]"#, []),
            (
                "operations", #"["*","CREATE"]"#,
                [#"operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations"#]
            ),
            (
                "apiGroups", #"["*","apps"]"#,
                [#"apiGroups: Invalid value: ["*","apps"]: if '*' is present, must not specify other API groups"#]
            ),
            (
                "apiVersions", #"["*","v1",""]"#,
                [
                    #"apiVersions: Invalid value: ["*","v1",""]: if '*' is present, must not specify other API versions"#,
                    "apiVersions[2]: Required value",
                ]
            ),
            ("resources", #"["*","pods/log","*/scale"]"#, []),
            (
                "resources", #"["*","pods"]"#,
                [
                    #"resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources "#
                        + "without subresources"
                ]
            ),
            (
                "resources", #"["*/*","pods"]"#,
                [#"resources: Invalid value: ["*/*","pods"]: if '*/*' is present, must not specify other resources"#]
            ),
            (
                "resources", #"["pods/*","pods/log","*/scale","a/scale",""]"#,
                [
                    #"resources[1]: Invalid value: "pods/log": if 'pods/*' is present, must not specify pods/log"#,
                    #"resources[3]: Invalid value: "a/scale": if '*/scale' is present, must not specify a/scale"#,
                    "resources[4]: Required value",
                ]
            ),
        ] as [(String, String, [String])])
    func rules(field: String, value: String, messages: [String]) {
        #expect(errors(field, value) == messages.map { "webhooks[0].rules[0]." + $0 })
    }

    @Test func versionsOfReviews() {
        #expect(
            errors(versions: #"["v2","v2"]"#) == [
                #"webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version"#,
                #"webhooks[0].admissionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1"#,
            ])
    }

    @Test func policiesMatchTheirEquivalents() {
        let rule = #"{"operations":["*"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}"#
        let policy = Fixtures.created(
            Fixtures.read(
                ValidatingAdmissionPolicy.self,
                #"{"metadata":{"name":"p"},"spec":{"matchConstraints":{"resourceRules":[\#(rule)]}}}"#))
        #expect(policy.spec.failurePolicy == "Fail")
        let constraints = policy.spec.matchConstraints
        #expect(constraints?.matchPolicy == "Equivalent")
        #expect(constraints?.namespaceSelector == LabelSelector())
        #expect(constraints?.objectSelector == LabelSelector())
        #expect(constraints?.resourceRules.first?.scope == "*")
        let binding = Fixtures.created(
            Fixtures.read(
                ValidatingAdmissionPolicyBinding.self,
                #"{"metadata":{"name":"b"},"spec":{"policyName":"p","matchResources":{"excludeResourceRules":[\#(rule)]}}}"#
            ))
        #expect(binding.spec.matchResources?.matchPolicy == "Equivalent")
        #expect(binding.spec.matchResources?.excludeResourceRules.first?.scope == "*")
    }
}
