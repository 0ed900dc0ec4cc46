import KubeAPI

/// Schemas of custom resources, as far as OpenAPI v3 goes: what may stand in them, and how lists and maps are told.
/// Simpler than upstream: rules are not compiled, patterns neither, and defaults are not held against their schema.
///
/// Follows apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
/// `ValidateCustomResourceDefinitionOpenAPISchema`.
extension Validator {
    mutating func customResourceSchema(_ name: String, _ validation: CustomResourceValidation, hasStatus: Bool) {
        guard let schema = validation.openAPIV3Schema else { return }
        field(name) { validator in
            if hasStatus { validator.rootBesideStatus(schema) }
            if schema.nullable == true {
                validator.forbidden(.grandchild("openAPIV3Schema", "nullable"), "nullable cannot be true at the root")
            }
            validator.field("openAPIV3Schema") { validator in
                validator.schema(schema, isRoot: true, SchemaContext())
                validator.append(StructuralSchema.errors(schema, validator.path(.here)))
            }
        }
    }

    /// The status is taken out of a root that has one of its own, so the root may not say much else.
    private mutating func rootBesideStatus(_ schema: JSONSchemaProps) {
        let type = schema.type.text
        if !type.isEmpty, type != "object" {
            return invalid(
                .grandchild("openAPIV3Schema", "type"), type,
                #"only "object" is allowed as the type at the root of the schema if the status subresource is enabled"#)
        }
        let isPlain =
            schema.id == nil && schema.schema == nil && schema.ref == nil && schema.default == nil
            && schema.enum.isEmpty && schema.maxProperties == nil && schema.minProperties == nil
            && schema.allOf.isEmpty && schema.oneOf.isEmpty && schema.anyOf.isEmpty && schema.not == nil
            && schema.additionalProperties == nil && schema.patternProperties.isEmpty
            && schema.dependencies.isEmpty && schema.additionalItems == nil && schema.definitions.isEmpty
            && schema.nullable != true && schema.xKubernetesEmbeddedResource != true
            && schema.xKubernetesIntOrString != true && schema.xKubernetesListMapKeys.isEmpty
            && schema.xKubernetesListType == nil && schema.xKubernetesMapType == nil
        if isPlain { return }
        invalid(
            "openAPIV3Schema", schema,
            "only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength "
                + "Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example "
                + "XPreserveUnknownFields XValidations] fields are allowed at the root of the schema if the status "
                + "subresource is enabled")
    }

    /// What holds of the place that a schema stands in.
    private struct SchemaContext {
        /// Why there may be no default; nil where there may be one.
        var forbidsDefaults: String?
        var isInMetadata = false
    }

    private mutating func schema(_ schema: JSONSchemaProps, isRoot: Bool, _ context: SchemaContext) {
        unsupported(schema, context)
        if schema.uniqueItems == true {
            forbidden(
                "uniqueItems",
                "uniqueItems cannot be set to true since the runtime complexity becomes quadratic")
        }
        if let additional = schema.additionalProperties {
            if !schema.properties.isEmpty, !additional.allows || additional.schema != nil {
                forbidden("additionalProperties", "additionalProperties and properties are mutual exclusive")
            }
            var inner = context
            if context.isInMetadata {
                inner.forbidsDefaults = "inside additionalProperties applying to object metadata"
            }
            if let schema = additional.schema {
                field("additionalProperties") { $0.schema(schema, isRoot: false, inner) }
            }
        }
        let hasMetadata = isRoot || schema.xKubernetesEmbeddedResource == true
        each("properties", schema.properties) { validator, name, property in
            var inner = context
            if hasMetadata, ["metadata", "kind", "apiVersion"].contains(name) {
                inner.isInMetadata = true
                if isRoot { inner.forbidsDefaults = "in top-level " + name }
            }
            validator.schema(property, isRoot: false, inner)
        }
        if let not = schema.not { field("not") { $0.schema(not, isRoot: false, context) } }
        for (name, schemas) in [("allOf", schema.allOf), ("oneOf", schema.oneOf), ("anyOf", schema.anyOf)] {
            each(name, schemas) { validator, schema, _ in validator.schema(schema, isRoot: false, context) }
        }
        each("definitions", schema.definitions) { validator, _, schema in
            validator.schema(schema, isRoot: false, context)
        }
        if let items = schema.items?.schema { field("items") { $0.schema(items, isRoot: false, context) } }
        each("items", schema.items?.list ?? []) { validator, schema, _ in
            validator.schema(schema, isRoot: false, context)
        }
        each("dependencies", schema.dependencies) { validator, _, dependency in
            if let schema = dependency.schema { validator.schema(schema, isRoot: false, context) }
        }
        if schema.xKubernetesPreserveUnknownFields == false {
            invalid("x-kubernetes-preserve-unknown-fields", false, "must be true or undefined")
        }
        mapType(schema)
        listType(schema)
        rules(schema.xKubernetesValidations)
        listItems(schema)
    }

    /// What OpenAPI has and custom resources have not.
    private mutating func unsupported(_ schema: JSONSchemaProps, _ context: SchemaContext) {
        let types = ["array", "boolean", "integer", "number", "object", "string"]
        if let type = schema.type, !type.isEmpty, !types.contains(type) { notSupported("type", type, types) }
        if schema.default != nil, let reason = context.forbidsDefaults {
            forbidden("default", "must not be set " + reason)
        }
        if !schema.id.isEmptyOrNil { forbidden("id", "id is not supported") }
        if schema.additionalItems != nil { forbidden("additionalItems", "additionalItems is not supported") }
        if !schema.patternProperties.isEmpty { forbidden("patternProperties", "patternProperties is not supported") }
        if !schema.definitions.isEmpty { forbidden("definitions", "definitions is not supported") }
        if !schema.dependencies.isEmpty { forbidden("dependencies", "dependencies is not supported") }
        if schema.ref != nil { forbidden("$ref", "$ref is not supported") }
        if schema.type == "null" {
            forbidden("type", "type cannot be set to null, use nullable as an alternative")
        }
        if schema.items?.list.isEmpty == false {
            forbidden("items", "items must be a schema object and not an array")
        }
        if context.isInMetadata, schema.xKubernetesEmbeddedResource == true {
            forbidden("x-kubernetes-embedded-resource", "must not be used inside of resource meta")
        }
    }

    // MARK: Lists and maps

    private mutating func mapType(_ schema: JSONSchemaProps) {
        guard let mapType = schema.xKubernetesMapType else { return }
        needsType(schema, "object", because: "x-kubernetes-map-type is specified")
        if !["atomic", "granular"].contains(mapType) {
            notSupported("x-kubernetes-map-type", mapType, ["atomic", "granular"])
        }
    }

    private mutating func needsType(_ schema: JSONSchemaProps, _ type: String, because reason: String) {
        if schema.type == type { return }
        let detail = "must be \(type) if \(reason)"
        if let other = schema.type, !other.isEmpty {
            invalid("type", other, detail)
        } else {
            required("type", detail)
        }
    }

    private mutating func listType(_ schema: JSONSchemaProps) {
        let listType = schema.xKubernetesListType
        if listType != nil, schema.type != "array" {
            needsType(schema, "array", because: "x-kubernetes-list-type is specified")
        } else if listType == "set", let items = schema.items?.schema {
            let detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
            if items.type == "array", let type = items.xKubernetesListType, type != "atomic" {
                invalid(.grandchild("items", "x-kubernetes-list-type"), type, detail)
            }
            if items.type == "object", items.xKubernetesMapType != "atomic" {
                // Upstream tells the type of the list here.
                let place = Place.grandchild("items", "x-kubernetes-map-type")
                if let type = items.xKubernetesListType {
                    invalid(place, type, detail)
                } else {
                    invalidNull(place, detail)
                }
            }
        }
        if let listType, !["atomic", "set", "map"].contains(listType) {
            notSupported("x-kubernetes-list-type", listType, ["atomic", "set", "map"])
        }
        if !schema.xKubernetesListMapKeys.isEmpty, listType != "map" {
            let detail = "must be map if x-kubernetes-list-map-keys is non-empty"
            if let listType {
                invalid("x-kubernetes-list-type", listType, detail)
            } else {
                required("x-kubernetes-list-type", detail)
            }
        }
        if listType == "map" { listMap(schema) }
    }

    private mutating func listMap(_ schema: JSONSchemaProps) {
        let keys = schema.xKubernetesListMapKeys
        if keys.isEmpty {
            required("x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map")
        }
        guard let items = schema.items else {
            return required("items", "must have a schema if x-kubernetes-list-type is map")
        }
        guard let item = items.schema else {
            return invalid("items", items, "must only have a single schema if x-kubernetes-list-type is map")
        }
        guard item.type == "object" else {
            return invalid(
                .grandchild("items", "type"), item.type.text,
                "must be object if parent array's x-kubernetes-list-type is map")
        }
        for (index, key) in keys.enumerated() {
            if let property = item.properties[key] {
                if property.type == "array" || property.type == "object" {
                    field("items", "properties") { validator in
                        validator.key(key) {
                            // Upstream tells the type of the item here.
                            $0.invalid(
                                "type", "object",
                                "must be a scalar type if parent array's x-kubernetes-list-type is map")
                        }
                    }
                }
            } else {
                invalid("x-kubernetes-list-map-keys", keys, "entries must all be names of item properties")
            }
            if keys[..<index].contains(key) {
                invalid("x-kubernetes-list-map-keys", keys, "must not contain duplicate entries")
            }
        }
    }

    /// Items of sets and maps are there, and their keys too.
    private mutating func listItems(_ schema: JSONSchemaProps) {
        guard let item = schema.items?.schema, let listType = schema.xKubernetesListType,
            ["set", "map"].contains(listType)
        else { return }
        if item.nullable == true {
            forbidden(
                .grandchild("items", "nullable"), "cannot be nullable when x-kubernetes-list-type is " + listType)
        }
        if listType == "set" { return }
        for key in schema.xKubernetesListMapKeys {
            guard let property = item.properties[key] else { continue }
            field("items", "properties") { validator in
                validator.key(key) { validator in
                    if !item.required.contains(key), property.default == nil {
                        validator.required(
                            "default",
                            "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required "
                                + "property")
                    }
                    if property.nullable == true {
                        validator.forbidden(
                            "nullable", "this property is in x-kubernetes-list-map-keys, so it cannot be nullable")
                    }
                }
            }
        }
    }

    // MARK: Rules

    private mutating func rules(_ rules: [ValidationRule]) {
        let reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"]
        each("x-kubernetes-validations", rules) { validator, rule, _ in
            let message = rule.message.text
            if rule.rule.isBlank {
                validator.required("rule", "rule is not specified")
            } else if !message.isEmpty, message.isBlank {
                validator.invalid("message", message, "message must be non-empty if specified")
            } else if message.trimmed.hasLineBreak {
                validator.invalid("message", message, "message must not contain line breaks")
            } else if rule.rule.trimmed.hasLineBreak, message.isEmpty {
                validator.required("message", "message must be specified if rule contains line breaks")
            }
            if let expression = rule.messageExpression, !expression.isEmpty, expression.isBlank {
                validator.required("messageExpression", "messageExpression must be non-empty if specified")
            }
            if let reason = rule.reason, !reasons.contains(reason) { validator.notSupported("reason", reason, reasons) }
            guard let path = rule.fieldPath, !path.isEmpty else { return }
            if path.isBlank {
                validator.invalid("fieldPath", path, "fieldPath must be non-empty if specified")
            } else if path.hasLineBreak {
                validator.invalid("fieldPath", path, "fieldPath must not contain line breaks")
            }
        }
    }
}
