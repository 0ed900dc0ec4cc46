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
        if let service = definition.spec.conversion?.webhook?.clientConfig?.service, service.port == nil {
            definition.spec.conversion?.webhook?.clientConfig?.service?.port = 443
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
        Validator.errors { validator in
            let name = definition.spec.names.plural + "." + definition.spec.group
            if definition.name != name {
                validator.invalid(
                    .grandchild("metadata", "name"), definition.name, "must be spec.names.plural+\".\"+spec.group")
            }
            validator.customResourceDefinition(definition, old: nil)
        }
    }

    static func validateUpdate(_ definition: CustomResourceDefinition, old: CustomResourceDefinition) -> [FieldError] {
        if definition.spec == old.spec, definition.metadata.annotations == old.metadata.annotations { return [] }
        return Validator.errors { $0.customResourceDefinition(definition, old: old) }
    }

    static func validateStatusUpdate(
        _ definition: CustomResourceDefinition, old: CustomResourceDefinition
    ) -> [FieldError] {
        Validator.errors { $0.acceptedNames(definition.status) }
    }

    static var allowsUnconditionalUpdate: Bool { false }
}

extension Validator {
    fileprivate mutating func customResourceDefinition(
        _ definition: CustomResourceDefinition, old: CustomResourceDefinition?
    ) {
        let spec = definition.spec
        field("spec") { validator in
            validator.customResource(spec)
            guard let old else { return }
            if old.status.conditions.contains(where: { $0.type == "Established" && $0.status == "True" }) {
                validator.immutable("scope", spec.scope, old: old.spec.scope)
                validator.immutable(.grandchild("names", "kind"), spec.names.kind, old: old.spec.names.kind)
            }
            validator.immutable("group", spec.group, old: old.spec.group)
            validator.immutable(.grandchild("names", "plural"), spec.names.plural, old: old.spec.names.plural)
        }
        acceptedNames(definition.status)
        storedVersions(definition.status.storedVersions, of: spec.versions)
        approval(definition, old: old)
        if spec.preserveUnknownFields == true, old?.spec.preserveUnknownFields != true {
            invalid(
                .grandchild("spec", "preserveUnknownFields"), true,
                "cannot set to true, set x-preserve-unknown-fields to true in spec.versions[*].schema instead")
        }
    }

    fileprivate mutating func acceptedNames(_ status: CustomResourceDefinitionStatus) {
        guard let names = status.acceptedNames else { return }
        field("status", "acceptedNames") { $0.customResourceNames(names) }
    }

    /// A version stays as long as objects may be stored in it.
    private mutating func storedVersions(_ stored: [String], of versions: [CustomResourceDefinitionVersion]) {
        field("status") { validator in
            if stored.isEmpty {
                return validator.invalid("storedVersions", stored, "must have at least one stored version")
            }
            for version in versions where version.storage && !stored.contains(version.name) {
                validator.invalid("storedVersions", version, "must have the storage version " + version.name)
            }
            for (index, name) in stored.enumerated() where !versions.contains(where: { $0.name == name }) {
                validator.invalid(.element("storedVersions", index), name, "must appear in spec.versions")
            }
        }
    }

    /// Groups of the Kubernetes community tell where they were approved, or that they were not.
    ///
    /// Follows apiextensions-apiserver pkg/apihelpers/helpers.go `GetAPIApprovalState`.
    private mutating func approval(_ definition: CustomResourceDefinition, old: CustomResourceDefinition?) {
        let group = "." + definition.spec.group
        guard group.hasSuffix(".k8s.io") || group.hasSuffix(".kubernetes.io") else { return }
        let annotation = "api-approved.kubernetes.io"
        let text = definition.metadata.annotations[annotation] ?? ""
        let state = ApprovalState(text)
        if let old, state == ApprovalState(old.metadata.annotations[annotation] ?? "") { return }
        let place = Place.entry("annotations", annotation)
        let whole = "protected groups must have approval annotation \"\(annotation)\""
        let reason = "see https://github.com/kubernetes/enhancements/pull/1111"
        field("metadata") { validator in
            switch state {
            case .missing: validator.required(place, "\(whole), \(reason)")
            case .invalid:
                validator.invalid(
                    place, text, "\(whole) with either a URL or a reason starting with \"unapproved\", \(reason)")
            case .approved, .bypassed: break
            }
        }
    }

    private enum ApprovalState {
        case missing, bypassed, approved, invalid

        init(_ annotation: String) {
            let url = WebhookURL(annotation)
            if annotation.isEmpty {
                self = .missing
            } else if annotation.hasPrefix("unapproved") {
                self = .bypassed
            } else {
                self = url.scheme.isEmpty || url.host.isEmpty ? .invalid : .approved
            }
        }
    }
}
