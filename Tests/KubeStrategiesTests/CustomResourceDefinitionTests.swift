import KubeAPI
import KubeAPIServer
import Testing

/// Rows of upstream's tables of CustomResourceDefinitions, but for their schemas.
@Suite struct CustomResourceDefinitionTests {
    static let object = #""schema":{"openAPIV3Schema":{"type":"object"}}"#

    /// A valid definition with some of it replaced.
    static func definition(
        names: String = #""plural":"as","singular":"a","kind":"A","listKind":"AList""#,
        versions: String = #"{"name":"v1","served":true,"storage":true,\#(object)}"#, group: String = "example.com",
        more: String = "", annotations: String = "{}"
    ) -> CustomResourceDefinition {
        Fixtures.read(
            CustomResourceDefinition.self,
            #"{"metadata":{"name":"as.\#(group)","annotations":\#(annotations)},"spec":{"group":"\#(group)","#
                + #""scope":"Namespaced","names":{\#(names)},"versions":[\#(versions)]\#(more)}}"#)
    }

    private static let label =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
        + "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
        + "'[a-z]([-a-z0-9]*[a-z0-9])?')"

    private static func version(_ more: String, name: String = "v1", isStored: Bool = true) -> String {
        #"{"name":"\#(name)","served":true,"storage":\#(isStored),\#(more)}"#
    }

    @Test func names() {
        #expect(Fixtures.createErrors(Self.definition()) == [])
        let wrong = Self.definition(
            names: #""plural":"as","singular":"A","kind":"A_","listKind":"A_","shortNames":["!"],"categories":["?"]"#)
        #expect(
            Fixtures.createErrors(wrong) == [
                #"spec.names.singular: Invalid value: "A": \#(Self.label)"#,
                #"spec.names.kind: Invalid value: "A_": may have mixed case, but should otherwise match: \#(Self.label)"#,
                #"spec.names.listKind: Invalid value: "A_": may have mixed case, but should otherwise match: \#(Self.label)"#,
                #"spec.names.shortNames[0]: Invalid value: "!": \#(Self.label)"#,
                #"spec.names.listKind: Invalid value: "A_": kind and listKind may not be the same"#,
                #"spec.names.categories[0]: Invalid value: "?": \#(Self.label)"#,
            ])
    }

    @Test func versions() {
        let errors = Fixtures.createErrors(Self.definition(versions: Self.version(#""deprecationWarning":"x""#)))
        #expect(
            errors == [
                "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required",
                #"spec.versions[0].deprecationWarning: Invalid value: "x": can only be set for deprecated versions"#,
            ])
        let two = Self.version(Self.object) + "," + Self.version(Self.object, isStored: false)
        let repeated = Fixtures.createErrors(Self.definition(versions: two))
        #expect(repeated.count == 1 && repeated[0].hasSuffix(": must contain unique version names"), "\(repeated)")
        let none = Fixtures.createErrors(Self.definition(versions: Self.version(Self.object, isStored: false)))
        #expect(none.first?.hasSuffix(": must have exactly one version marked as storage version") == true, "\(none)")
    }

    /// What all versions have alike is told where upstream keeps it, what differs where it stands.
    @Test func columnsAndScale() {
        let columns = #""additionalPrinterColumns":[{"name":"","type":"text","format":"x","jsonPath":"spec"}]"#
        let scale =
            #""subresources":{"scale":{"specReplicasPath":".status.a","statusReplicasPath":"","labelSelectorPath":".a"}}"#
        let one = Self.version("\(Self.object),\(columns),\(scale)")
        func expected(_ path: String) -> [String] {
            [
                "\(path)subresources.scale.specReplicasPath: Invalid value: \".status.a\": should be a json path under .spec",
                "\(path)subresources.scale.statusReplicasPath: Required value",
                "\(path)subresources.scale.labelSelectorPath: Invalid value: \".a\": should be a json path under either .spec "
                    + "or .status",
                "\(path)additionalPrinterColumns[0].name: Required value",
                "\(path)additionalPrinterColumns[0].type: Invalid value: \"text\": must be one of "
                    + "boolean,date,integer,number,string",
                "\(path)additionalPrinterColumns[0].format: Invalid value: \"x\": must be one of "
                    + "byte,date,date-time,double,float,int32,int64,password",
                "\(path)additionalPrinterColumns[0].JSONPath: Invalid value: \"spec\": must be a simple json path starting "
                    + "with .",
            ]
        }
        #expect(Fixtures.createErrors(Self.definition(versions: one)) == expected("spec."))
        let two = one + "," + Self.version(Self.object, name: "v2", isStored: false)
        #expect(Fixtures.createErrors(Self.definition(versions: two)) == expected("spec.versions[0]."))
    }

    @Test func conversions() {
        func errors(_ conversion: String) -> [String] {
            Fixtures.createErrors(Self.definition(more: #","conversion":{\#(conversion)}"#))
        }
        #expect(errors(#""strategy":"None""#) == [])
        #expect(
            errors(
                #""strategy":"Webhook","webhook":{"clientConfig":{"service":{"namespace":"n","name":"s"}},"#
                    + #""conversionReviewVersions":["v1"]}"#) == [])
        #expect(
            errors(
                #""strategy":"None","webhook":{"clientConfig":{"url":"https://a"},"conversionReviewVersions":["v1"]}"#)
                == [
                    "spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook",
                    "spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to "
                        + "Webhook",
                ])
        #expect(
            errors(#""strategy":"Webhook","webhook":{"conversionReviewVersions":["v2","v2"]}"#) == [
                "spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook",
                #"spec.conversion.conversionReviewVersions[1]: Invalid value: "v2": duplicate version"#,
                #"spec.conversion.conversionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, "#
                    + "v1beta1",
            ])
    }

    @Test func groupsOfTheCommunityAreApproved() {
        let annotation = "metadata.annotations[api-approved.kubernetes.io]"
        let whole = #"protected groups must have approval annotation "api-approved.kubernetes.io""#
        let see = "see https://github.com/kubernetes/enhancements/pull/1111"
        func errors(_ annotations: String) -> [String] {
            Fixtures.createErrors(Self.definition(group: "x.k8s.io", annotations: annotations))
        }
        #expect(errors("{}") == ["\(annotation): Required value: \(whole), \(see)"])
        #expect(
            errors(#"{"api-approved.kubernetes.io":"yes"}"#) == [
                "\(annotation): Invalid value: \"yes\": \(whole) with either a URL or a reason starting with \"unapproved\", "
                    + see
            ])
        #expect(errors(#"{"api-approved.kubernetes.io":"unapproved, a test"}"#) == [])
        #expect(errors(#"{"api-approved.kubernetes.io":"https://github.com/kubernetes/pull/1"}"#) == [])
    }

    @Test func aStoredVersionStays() {
        let versions = Self.version(Self.object) + "," + Self.version(Self.object, name: "v2", isStored: false)
        let errors = Fixtures.updateErrors(Self.definition(versions: versions)) { definition in
            definition.spec.versions.removeFirst()
            definition.spec.versions[0].storage = true
        }
        #expect(errors == [#"status.storedVersions[0]: Invalid value: "v1": must appear in spec.versions"#])
        let moved = Fixtures.updateErrors(Self.definition()) { $0.spec.names.plural = "bs" }
        #expect(moved == [#"spec.names.plural: Invalid value: "bs": field is immutable"#])
    }

    @Test func selectableFields() {
        func errors(_ fields: String) -> [String] {
            let schema =
                #""schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"a":"#
                + #"{"type":"string"},"b":{"type":"object"}}}}}}"#
            return Fixtures.createErrors(
                Self.definition(versions: Self.version(schema + #","selectableFields":[\#(fields)]"#)))
        }
        #expect(errors(#"{"jsonPath":".spec.a"}"#) == [])
        #expect(
            errors(#"{"jsonPath":".spec.b"},{"jsonPath":".spec.c"},{"jsonPath":".spec.a"},{"jsonPath":".spec.a"}"#) == [
                #"spec.selectableFields[0]: Invalid value: ".spec.b": must point to a field of type string, boolean or "#
                    + "integer. Enum string fields and strings with formats are allowed.",
                #"spec.selectableFields[1].jsonPath: Invalid value: ".spec.c": is an invalid path: does not refer to a "#
                    + "valid field",
                #"spec.selectableFields[3]: Duplicate value: ".spec.a""#,
            ])
    }
}
