import KubeAPI

/// CustomResourceDefinitions. Follows kubernetes
/// staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go and validation/validation.go.
enum CustomResourceDefinitionStrategy: Strategy {
    static func setDefaults(_ definition: inout CustomResourceDefinition) {
        if definition.spec.names.singular.isEmptyOrNil {
            definition.spec.names.singular = definition.spec.names.kind.lowercased()
        }
        if definition.spec.names.listKind.isEmptyOrNil, !definition.spec.names.kind.isEmpty {
            definition.spec.names.listKind = definition.spec.names.kind + "List"
        }
        if definition.spec.conversion == nil {
            definition.spec.conversion = CustomResourceConversion()
            definition.spec.conversion?.strategy = "None"
        }
    }

    /// The version that is stored is remembered as one that objects may be stored in.
    static func prepareForCreate(_ definition: inout CustomResourceDefinition) {
        definition.status = CustomResourceDefinitionStatus()
        definition.status.storedVersions = definition.spec.versions.filter(\.storage).map(\.name)
    }

    static func prepareForUpdate(_ definition: inout CustomResourceDefinition, old: CustomResourceDefinition) {
        definition.status = old.status
        for version in definition.spec.versions where version.storage {
            if !definition.status.storedVersions.contains(version.name) {
                definition.status.storedVersions.append(version.name)
            }
        }
    }

    static func prepareForStatusUpdate(_ definition: inout CustomResourceDefinition, old: CustomResourceDefinition) {
        definition.spec = old.spec
    }

    static func validate(_ definition: CustomResourceDefinition) -> [FieldError] {
        let spec = definition.spec
        return Validator.errors { validator in
            let name = spec.names.plural + "." + spec.group
            if definition.name != name {
                validator.invalid(
                    .grandchild("metadata", "name"), definition.name, "must be spec.names.plural+\".\"+spec.group")
            }
            validator.field("spec") { $0.customResource(spec) }
        }
    }

    static func validateUpdate(_ definition: CustomResourceDefinition, old: CustomResourceDefinition) -> [FieldError] {
        if definition.spec == old.spec { return [] }
        let isEstablished = old.status.conditions.contains { $0.type == "Established" && $0.status == "True" }
        return validate(definition)
            + Validator.errors { validator in
                guard isEstablished else { return }
                validator.field("spec") { validator in
                    validator.immutable("scope", definition.spec.scope, old: old.spec.scope)
                    validator.field("names") { validator in
                        validator.immutable("kind", definition.spec.names.kind, old: old.spec.names.kind)
                    }
                }
            }
    }

    static var allowsUnconditionalUpdate: Bool { false }
}

extension Validator {
    fileprivate mutating func customResource(_ spec: CustomResourceDefinitionSpec) {
        if spec.group.isEmpty {
            required("group")
        } else {
            let messages = Validation.dns1123Subdomain(spec.group)
            if !messages.isEmpty {
                invalid("group", spec.group, messages.joined(separator: ","))
            } else if !spec.group.contains(".") {
                invalid("group", spec.group, "should be a domain with at least one dot")
            }
        }
        oneOf("scope", spec.scope, ["Cluster", "Namespaced"])
        var names: [String] = []
        each("versions", spec.versions) { validator, version, _ in
            validator.check("name", version.name, Validation.dns1035Label(version.name))
            names.append(version.name)
            if version.schema?.openAPIV3Schema == nil {
                validator.required(.grandchild("schema", "openAPIV3Schema"), "schemas are required")
            }
        }
        if Set(names).count != names.count { invalid("versions", spec.versions, "must contain unique version names") }
        if spec.versions.filter(\.storage).count != 1 {
            invalid("versions", spec.versions, "must have exactly one version marked as storage version")
        }
        field("names") { validator in
            for (name, value) in [
                ("plural", spec.names.plural), ("singular", spec.names.singular.text), ("kind", spec.names.kind),
                ("listKind", spec.names.listKind.text),
            ] {
                if value.isEmpty {
                    validator.required(.child(name))
                } else {
                    let messages = Validation.dns1035Label(value.lowercased())
                    if !messages.isEmpty { validator.invalid(.child(name), value, messages.joined(separator: ",")) }
                }
            }
            if spec.names.kind == spec.names.listKind, !spec.names.kind.isEmpty {
                validator.invalid("listKind", spec.names.listKind.text, "kind and listKind may not be the same")
            }
        }
    }
}
