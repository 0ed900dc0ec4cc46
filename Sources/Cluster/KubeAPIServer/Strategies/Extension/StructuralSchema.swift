import KubeAPI

/// Whether a schema is structural: it tells the type of everything that it names, and what it adds by `allOf`, `anyOf`,
/// `oneOf` and `not` checks values only. For example, `properties: {a: {}}` lacks a type, and
/// `anyOf: [{properties: {b: …}}]` needs `b` among the properties outside too.
///
/// Follows apiextensions-apiserver pkg/apiserver/schema/validation.go and complete.go.
enum StructuralSchema {
    private enum Level { case root, item, field }

    /// In the order of their text, as upstream sorts them.
    static func errors(_ schema: JSONSchemaProps, _ path: FieldPath) -> [FieldError] {
        let errors = invariants(schema, .root, path) + completeness(schema, in: schema, path, path)
        return errors.map { ($0.description, $0) }.sorted { precedesUTF8($0.0, $1.0) }.map(\.1)
    }

    // MARK: Outside of value validation

    private static func invariants(_ schema: JSONSchemaProps, _ level: Level, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let type = schema.type.text
        let isEmbedded = schema.xKubernetesEmbeddedResource == true
        let keepsUnknown = schema.xKubernetesPreserveUnknownFields == true
        let isIntOrString = schema.xKubernetesIntOrString == true
        if type == "array", schema.items?.schema == nil {
            errors.append(.required(path.child("items"), "must be specified"))
        }
        if let items = schema.items?.schema { errors += invariants(items, .item, path.child("items")) }
        for (name, property) in schema.properties {
            errors += invariants(property, .field, path.child("properties").key(name))
        }
        if let additional = schema.additionalProperties {
            let place = path.child("additionalProperties")
            if level == .root { errors.append(.forbidden(place, "must not be used at the root")) }
            if let schema = additional.schema { errors += invariants(schema, .field, place) }
            if isEmbedded {
                errors.append(
                    .forbidden(place, "must not be used if x-kubernetes-embedded-resource is set"))
            }
        }
        if isIntOrString, keepsUnknown {
            errors.append(
                .invalid(
                    path.child("x-kubernetes-preserve-unknown-fields"), true,
                    "must be false if x-kubernetes-int-or-string is true"))
        }
        if isIntOrString, isEmbedded {
            errors.append(
                .invalid(
                    path.child("x-kubernetes-embedded-resource"), true,
                    "must be false if x-kubernetes-int-or-string is true"))
        }
        let anyOf = isIntOrStringPattern(schema.anyOf)
        let firstAllOf = schema.allOf.first.map { isIntOrStringPattern($0.anyOf) } ?? false
        errors += junctors(schema, skipsAnyOf: anyOf, skipsFirstAllOf: firstAllOf, path)
        errors += types(schema, level, path)
        if isEmbedded, !keepsUnknown, schema.properties.isEmpty {
            errors.append(
                .required(
                    path.child("properties"),
                    "must not be empty if x-kubernetes-embedded-resource is true without "
                        + "x-kubernetes-preserve-unknown-fields"))
        }
        return errors
    }

    private static func types(_ schema: JSONSchemaProps, _ level: Level, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let type = schema.type.text
        let isEmbedded = schema.xKubernetesEmbeddedResource == true
        let isOpen = schema.xKubernetesPreserveUnknownFields == true || schema.xKubernetesIntOrString == true
        if isEmbedded, type != "object" {
            let detail = "must be object if x-kubernetes-embedded-resource is true"
            errors.append(
                type.isEmpty ? .required(path.child("type"), detail) : .invalid(path.child("type"), type, detail))
        } else if type.isEmpty, !isOpen {
            let place =
                switch level {
                case .root: "at the root"
                case .item: "for specified array items"
                case .field: "for specified object fields"
                }
            errors.append(.required(path.child("type"), "must not be empty " + place))
        }
        if level == .root, !type.isEmpty, type != "object" {
            errors.append(.invalid(path.child("type"), type, "must be object at the root"))
        }
        let isResource = level == .root || isEmbedded
        for name in ["kind", "apiVersion"] where isResource {
            guard let property = schema.properties[name], property.type != "string" else { continue }
            errors.append(
                .invalid(
                    path.child("properties").key(name).child("type"), property.type.text, "must be string"))
        }
        if let metadata = schema.properties["metadata"] {
            let place = path.child("properties").key("metadata")
            if isResource, metadata.type != "object" {
                errors.append(.invalid(place.child("type"), metadata.type.text, "must be object"))
            }
            if level == .root, !namesOnly(metadata) {
                errors.append(
                    .forbidden(
                        place,
                        "must not specify anything other than name and generateName, but metadata is implicitly "
                            + "specified"))
            }
        }
        return errors
    }

    private static func namesOnly(_ metadata: JSONSchemaProps) -> Bool {
        var rest = metadata
        rest.type = nil
        rest.default = nil
        if rest.properties.allSatisfy({ ["name", "generateName"].contains($0.key) }) { rest.properties = [:] }
        return rest == JSONSchemaProps()
    }

    private static func isIntOrStringPattern(_ schemas: [JSONSchemaProps]) -> Bool {
        guard schemas.count == 2 else { return false }
        var integer = JSONSchemaProps()
        integer.type = "integer"
        var string = JSONSchemaProps()
        string.type = "string"
        return schemas == [integer, string]
    }

    // MARK: Value validation

    private static func junctors(
        _ schema: JSONSchemaProps, skipsAnyOf: Bool = false, skipsFirstAllOf: Bool = false, _ path: FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, inner) in schema.anyOf.enumerated() where !skipsAnyOf {
            errors += nested(inner, path.child("anyOf").index(index))
        }
        for (index, inner) in schema.allOf.enumerated() {
            errors += nested(
                inner, skipsAnyOf: skipsFirstAllOf && index == 0, path.child("allOf").index(index))
        }
        for (index, inner) in schema.oneOf.enumerated() { errors += nested(inner, path.child("oneOf").index(index)) }
        if let not = schema.not { errors += nested(not, path.child("not")) }
        return errors
    }

    private static func nested(
        _ schema: JSONSchemaProps, skipsAnyOf: Bool = false, _ path: FieldPath
    ) -> [FieldError] {
        var errors = junctors(schema, skipsAnyOf: skipsAnyOf, path)
        if let items = schema.items?.schema { errors += nested(items, path.child("items")) }
        for (name, property) in schema.properties { errors += nested(property, path.child("properties").key(name)) }
        func forbid(_ name: String, _ state: String, _ isThere: Bool) {
            if isThere { errors.append(.forbidden(path.child(name), "must be \(state) to be structural")) }
        }
        forbid("type", "empty", !schema.type.isEmptyOrNil)
        forbid("additionalProperties", "undefined", schema.additionalProperties != nil)
        forbid("default", "undefined", schema.default != nil)
        forbid("title", "empty", !schema.title.isEmptyOrNil)
        forbid("description", "empty", !schema.description.isEmptyOrNil)
        forbid("nullable", "false", schema.nullable == true)
        forbid("externalDocs", "undefined", schema.externalDocs != nil)
        forbid("x-kubernetes-preserve-unknown-fields", "false", schema.xKubernetesPreserveUnknownFields == true)
        forbid("x-kubernetes-embedded-resource", "false", schema.xKubernetesEmbeddedResource == true)
        forbid("x-kubernetes-int-or-string", "false", schema.xKubernetesIntOrString == true)
        forbid("x-kubernetes-list-map-keys", "empty", !schema.xKubernetesListMapKeys.isEmpty)
        forbid("x-kubernetes-list-type", "undefined", schema.xKubernetesListType != nil)
        forbid("x-kubernetes-map-type", "undefined", schema.xKubernetesMapType != nil)
        forbid("x-kubernetes-validations", "empty", !schema.xKubernetesValidations.isEmpty)
        if schema.properties["metadata"] != nil {
            errors.append(
                .forbidden(
                    path.child("properties").key("metadata"), "must not be specified in a nested context"))
        }
        return errors
    }

    // MARK: Completeness

    /// What a schema checks by its junctors has to be in the structure outside.
    private static func completeness(
        _ schema: JSONSchemaProps, in structure: JSONSchemaProps, _ place: FieldPath, _ path: FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        if let not = schema.not { errors += inner(not, in: structure, place, path.child("not")) }
        for (name, schemas) in [("allOf", schema.allOf), ("anyOf", schema.anyOf), ("oneOf", schema.oneOf)] {
            for (index, schema) in schemas.enumerated() {
                errors += inner(schema, in: structure, place, path.child(name).index(index))
            }
        }
        return errors
    }

    private static func inner(
        _ schema: JSONSchemaProps, in structure: JSONSchemaProps, _ place: FieldPath, _ path: FieldPath
    ) -> [FieldError] {
        var errors = completeness(schema, in: structure, place, path)
        func look(_ schema: JSONSchemaProps, in structure: JSONSchemaProps?, _ place: FieldPath, _ path: FieldPath) {
            if let structure {
                errors += inner(schema, in: structure, place, path)
            } else {
                errors.append(.required(place, "because it is defined in \(path)"))
            }
        }
        if let items = schema.items?.schema {
            look(items, in: structure.items?.schema, place.child("items"), path.child("items"))
        }
        for (name, property) in schema.properties {
            look(
                property, in: structure.properties[name], place.child("properties").key(name),
                path.child("properties").key(name))
        }
        return errors
    }
}
