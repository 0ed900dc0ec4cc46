import KubeAPI
import KubeAPIServer
import Testing

/// Rows of upstream's tables of the schemas of custom resources.
@Suite struct CustomResourceSchemaTests {
    /// What is wrong with a schema, told from its root.
    private func errors(_ schema: String, more: String = "") -> [String] {
        let version = #"{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{\#(schema)}}\#(more)}"#
        let root = "spec.validation."
        return Fixtures.createErrors(CustomResourceDefinitionTests.definition(versions: version)).map { error in
            error.hasPrefix(root) ? String(error.dropFirst(root.count)) : error
        }
    }

    private static func property(_ schema: String) -> String { #""type":"object","properties":{"a":{\#(schema)}}"# }

    /// Where the schema of the only property stands.
    private static let place = "openAPIV3Schema.properties[a]"

    @Test(
        arguments: [
            #""type":"object""#, #""type":"object","x-kubernetes-preserve-unknown-fields":true"#,
            property(#""x-kubernetes-int-or-string":true"#),
            property(#""x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]"#),
            property(
                #""x-kubernetes-int-or-string":true,"allOf":[{"anyOf":[{"type":"integer"},{"type":"string"}]},{"pattern":"x"}]"#
            ),
            property(#""type":"object","additionalProperties":{"type":"string"}"#),
            property(#""type":"object","additionalProperties":true"#),
            property(#""type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set""#),
            property(
                #""type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","#
                    + #""required":["k"],"properties":{"k":{"type":"string"}}}"#),
            property(
                #""type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true"#),
            property(#""type":"string","default":"x","nullable":true,"enum":["x","y"],"pattern":"^x$""#),
            property(#""type":"integer","anyOf":[{"minimum":1},{"maximum":-1}]"#),
            #""type":"object","properties":{"metadata":{"type":"object","properties":{"name":{"type":"string","maxLength":3}}}}"#,
        ])
    func accepted(_ schema: String) {
        #expect(errors(schema) == [])
    }

    @Test(
        arguments: [
            (#""description":"x""#, ["openAPIV3Schema.type: Required value: must not be empty at the root"]),
            (
                #""type":"array","items":{"type":"string"}"#,
                [#"openAPIV3Schema.type: Invalid value: "array": must be object at the root"#]
            ),
            (property(""), ["\(place).type: Required value: must not be empty for specified object fields"]),
            (
                property(#""type":"array","items":{}"#),
                ["\(place).items.type: Required value: must not be empty for specified array items"]
            ),
            (property(#""type":"array""#), ["\(place).items: Required value: must be specified"]),
            (
                property(#""type":"text""#),
                [
                    #"\#(place).type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "#
                        + #""object", "string""#
                ]
            ),
            (
                #""type":"object","additionalProperties":{"type":"string"}"#,
                ["openAPIV3Schema.additionalProperties: Forbidden: must not be used at the root"]
            ),
            (
                property(
                    #""type":"object","properties":{"b":{"type":"string"}},"additionalProperties":{"type":"string"}"#),
                [
                    "\(place).additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"
                ]
            ),
            (
                property(#""type":"array","items":{"type":"string"},"uniqueItems":true"#),
                [
                    "\(place).uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes "
                        + "quadratic"
                ]
            ),
            (
                property(#""type":"object","$ref":"x","patternProperties":{"a":{"type":"string"}},"id":"i""#),
                [
                    "\(place).id: Forbidden: id is not supported",
                    "\(place).patternProperties: Forbidden: patternProperties is not supported",
                    "\(place).$ref: Forbidden: $ref is not supported",
                ]
            ),
            (
                property(#""type":"object","anyOf":[{"type":"object","properties":{"b":{"minimum":1}}}]"#),
                ["\(place).anyOf[0].type: Forbidden: must be empty to be structural"]
            ),
            (
                #""type":"object","anyOf":[{"properties":{"b":{"minimum":1}}}]"#,
                [
                    "openAPIV3Schema.properties[b]: Required value: because it is defined in "
                        + "spec.validation.openAPIV3Schema.anyOf[0].properties[b]"
                ]
            ),
            (
                property(#""type":"string","not":{"nullable":true,"description":"x"}"#),
                [
                    "\(place).not.description: Forbidden: must be empty to be structural",
                    "\(place).not.nullable: Forbidden: must be false to be structural",
                ]
            ),
            (
                #""type":"object","properties":{"metadata":{"type":"object","properties":{"labels":{"type":"object"}}}}"#,
                [
                    "openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and "
                        + "generateName, but metadata is implicitly specified"
                ]
            ),
            (
                #""type":"object","properties":{"kind":{"type":"integer","default":1}}"#,
                [
                    "openAPIV3Schema.properties[kind].default: Forbidden: must not be set in top-level kind",
                    #"openAPIV3Schema.properties[kind].type: Invalid value: "integer": must be string"#,
                ]
            ),
            (
                property(#""x-kubernetes-embedded-resource":true"#),
                [
                    "\(place).properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without "
                        + "x-kubernetes-preserve-unknown-fields",
                    "\(place).type: Required value: must be object if x-kubernetes-embedded-resource is true",
                ]
            ),
        ] as [(String, [String])])
    func refused(_ row: (schema: String, expected: [String])) {
        #expect(errors(row.schema) == row.expected)
    }

    @Test(
        arguments: [
            (
                #""type":"object","x-kubernetes-map-type":"other","x-kubernetes-list-type":"set""#,
                [
                    #".x-kubernetes-map-type: Unsupported value: "other": supported values: "atomic", "granular""#,
                    #".type: Invalid value: "object": must be array if x-kubernetes-list-type is specified"#,
                ]
            ),
            (
                #""type":"array","x-kubernetes-list-type":"set","items":{"type":"object","nullable":true}"#,
                [
                    ".items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with "
                        + "x-kubernetes-list-type=set",
                    ".items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is set",
                ]
            ),
            (
                #""type":"array","items":{"type":"string"},"x-kubernetes-list-map-keys":["k"]"#,
                [
                    ".x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty"
                ]
            ),
            (
                #""type":"array","items":{"type":"string"},"x-kubernetes-list-type":"map""#,
                [
                    ".x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map",
                    #".items.type: Invalid value: "string": must be object if parent array's x-kubernetes-list-type is map"#,
                ]
            ),
            (
                #""type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k","l"],"items":{"type":"object","#
                    + #""properties":{"k":{"type":"string","nullable":true}}}"#,
                [
                    #".x-kubernetes-list-map-keys: Invalid value: ["k","l"]: entries must all be names of item properties"#,
                    ".items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must "
                        + "have a default or be a required property",
                    ".items.properties[k].nullable: Forbidden: this property is in x-kubernetes-list-map-keys, so it cannot "
                        + "be nullable",
                ]
            ),
            (
                #""type":"string","x-kubernetes-validations":[{"rule":" "},{"rule":"true","message":"a\nb"},"#
                    + #"{"rule":"true","reason":"Bad"}]"#,
                [
                    ".x-kubernetes-validations[0].rule: Required value: rule is not specified",
                    #".x-kubernetes-validations[1].message: Invalid value: "a\nb": message must not contain line breaks"#,
                    #".x-kubernetes-validations[2].reason: Unsupported value: "Bad": supported values: "FieldValueDuplicate", "#
                        + #""FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired""#,
                ]
            ),
        ] as [(String, [String])])
    func extensions(_ row: (schema: String, expected: [String])) {
        #expect(errors(Self.property(row.schema)) == row.expected.map { Self.place + $0 })
    }

    @Test func aRootBesideAStatusSaysLittle() {
        let status = #","subresources":{"status":{}}"#
        #expect(errors(#""type":"object","required":["spec"],"description":"x""#, more: status) == [])
        let wrong = errors(#""type":"object","anyOf":[{"required":["spec"]}]"#, more: status)
        #expect(wrong.count == 1 && wrong[0].contains(": only [Description Type Format "), "\(wrong)")
    }
}
