import KubeAPI

/// Claims to storage. Follows kubernetes pkg/registry/core/persistentvolumeclaim/strategy.go.
enum PersistentVolumeClaimStrategy: Strategy {
    static func setDefaults(_ claim: inout PersistentVolumeClaim) {
        if claim.status.phase.isEmptyOrNil { claim.status.phase = "Pending" }
        if PodSpecDefaults.needsRounding(claim.status.capacity) { PodSpecDefaults.roundUp(&claim.status.capacity) }
        setDefaults(&claim.spec)
    }

    static func setDefaults(_ spec: inout PersistentVolumeClaimSpec) {
        if spec.volumeMode == nil { spec.volumeMode = "Filesystem" }
        if let resources = PodSpecDefaults.rounded(spec.resources) { spec.resources = resources }
        // The old and the new field for what a volume is made from follow each other.
        if let source = spec.dataSource, spec.dataSourceRef == nil {
            var reference = TypedObjectReference()
            reference.apiGroup = source.apiGroup
            reference.kind = source.kind
            reference.name = source.name
            spec.dataSourceRef = reference
        } else if let reference = spec.dataSourceRef, spec.dataSource == nil, reference.namespace.isEmptyOrNil {
            var source = TypedLocalObjectReference()
            source.apiGroup = reference.apiGroup
            source.kind = reference.kind
            source.name = reference.name
            spec.dataSource = source
        }
    }

    static func warnings(_ claim: PersistentVolumeClaim, old: PersistentVolumeClaim?) -> [String] {
        VolumeAnnotations.warnings(claim.metadata) + warnings(claim.spec, "spec")
    }

    /// Follows kubernetes pkg/api/persistentvolumeclaim/util.go `GetWarningsForPersistentVolumeClaimSpec`.
    static func warnings(_ spec: PersistentVolumeClaimSpec, _ path: String) -> [String] {
        var warnings: [String] = []
        PodWarnings.fractions(
            spec.resources?.requests ?? [:], path + ".resources.requests", names: ["storage"], &warnings)
        PodWarnings.fractions(spec.resources?.limits ?? [:], path + ".resources.limits", names: ["storage"], &warnings)
        return warnings
    }

    static func prepareForCreate(_ claim: inout PersistentVolumeClaim) {
        claim.status = PersistentVolumeClaimStatus()
        claim.status.phase = "Pending"
    }

    static func prepareForStatusUpdate(_ claim: inout PersistentVolumeClaim, old: PersistentVolumeClaim) {
        claim.spec = old.spec
    }

    static func validate(_ claim: PersistentVolumeClaim) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.persistentVolumeClaimSpec(claim.spec) }
        }
    }

    /// A claim's spec does not change once made, but for its size, its class of attributes, and its volume once.
    static func validateUpdate(_ claim: PersistentVolumeClaim, old: PersistentVolumeClaim) -> [FieldError] {
        if claim.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.field("spec") { validator in
                validator.persistentVolumeClaimSpec(claim.spec)
                validator.claimSpecUpdate(claim, old: old)
            }
            // Upstream's path has no "spec" here.
            validator.immutable("volumeMode", claim.spec.volumeMode, old: old.spec.volumeMode)
        }
    }

    static func validateStatusUpdate(_ claim: PersistentVolumeClaim, old: PersistentVolumeClaim) -> [FieldError] {
        Validator.errors { validator in
            validator.field("status") { validator in
                validator.each("capacity", claim.status.capacity) { validator, _, amount in
                    if amount.isNegative {
                        validator.invalid(.here, amount.value, "must be a valid resource quantity")
                    }
                }
            }
        }
    }
}

extension Validator {
    /// Follows kubernetes pkg/apis/core/validation/validation.go `ValidatePersistentVolumeClaimSpec`.
    mutating func persistentVolumeClaimSpec(_ spec: PersistentVolumeClaimSpec) {
        if spec.accessModes.isEmpty { required("accessModes", "at least 1 access mode is required") }
        labelSelector("selector", spec.selector)
        accessModes(spec.accessModes)
        if let storage = spec.resources?.requests["storage"] {
            // Upstream's path has no "requests" here.
            if storage <= Quantity(0) {
                invalid(.entry("resources", "storage"), storage.text, "must be greater than zero")
            }
        } else {
            required(.entry("resources", "storage"))
        }
        if let name = spec.storageClassName, !name.isEmpty {
            check("storageClassName", name, Validation.dns1123Subdomain(name))
        }
        oneOf("volumeMode", spec.volumeMode, ["Block", "Filesystem"], isRequired: false)
        if let source = spec.dataSource {
            field("dataSource") { validator in
                if source.name.isEmpty { validator.required("name") }
                if source.kind.isEmpty { validator.required("kind") }
                validator.sourceKind(source.apiGroup.text, source.kind)
            }
        }
        if let source = spec.dataSourceRef {
            field("dataSourceRef") { validator in
                if source.name.isEmpty { validator.required("name") }
                if source.kind.isEmpty { validator.required("kind") }
                validator.sourceKind(source.apiGroup.text, source.kind)
                if let name = source.namespace, !name.isEmpty {
                    validator.check("namespace", name, Validation.dns1123Label(name))
                }
            }
        }
        sourceAgreement(spec)
        if let name = spec.volumeAttributesClassName, !name.isEmpty {
            check("volumeAttributesClassName", name, Validation.dns1123Subdomain(name))
        }
    }

    private mutating func sourceKind(_ group: String, _ kind: String) {
        if group.isEmpty {
            if kind != "PersistentVolumeClaim" {
                invalid(.here, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
            }
        } else {
            check("apiGroup", group, Validation.dns1123Subdomain(group))
        }
    }

    /// The old and the new field for what a volume is made from. Upstream tells an empty object as the value.
    private mutating func sourceAgreement(_ spec: PersistentVolumeClaimSpec) {
        guard let source = spec.dataSource, let reference = spec.dataSourceRef else { return }
        let nothing = JSONValue.object([:])
        if !reference.namespace.isEmptyOrNil {
            invalid(.here, nothing, "may not be specified when dataSourceRef.namespace is specified")
        } else if source.apiGroup != reference.apiGroup || source.kind != reference.kind
            || source.name != reference.name
        {
            invalid(.here, nothing, "must match dataSourceRef")
        }
    }

    mutating func accessModes(_ modes: [String]) {
        let supported = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
        for mode in modes where !supported.contains(mode) { notSupported("accessModes", mode, supported) }
        let isShared = modes.contains { $0 != "ReadWriteOncePod" && supported.contains($0) }
        if modes.contains("ReadWriteOncePod"), isShared {
            forbidden("accessModes", "may not use ReadWriteOncePod with other access modes")
        }
    }

    fileprivate mutating func claimSpecUpdate(_ claim: PersistentVolumeClaim, old: PersistentVolumeClaim) {
        var comparable = claim.spec
        if old.spec.volumeName.isEmptyOrNil { comparable.volumeName = old.spec.volumeName }
        if old.spec.storageClassName == nil { comparable.storageClassName = old.spec.storageClassName }
        let isBound = old.status.phase == "Bound"
        if isBound { comparable.volumeAttributesClassName = old.spec.volumeAttributesClassName }
        let before = old.spec.resources?.requests["storage"]
        let after = claim.spec.resources?.requests["storage"]
        if isBound, let before {
            comparable.resources?.requests["storage"] = before
        }
        if comparable != old.spec {
            forbidden(
                .here,
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n"
                    + GoDiff.text("core.PersistentVolumeClaimSpec", old.spec, comparable))
        }
        if let before, let after, after < before {
            let size = old.status.capacity["storage"]
            if size == nil {
                forbidden("resources.requests.storage", "field can not be less than status.capacity")
            } else if let size, after <= size {
                forbidden("resources.requests.storage", "field can not be less than status.capacity")
            }
        }
        if claim.spec.volumeAttributesClassName != old.spec.volumeAttributesClassName,
            old.status.currentVolumeAttributesClassName != nil, claim.spec.volumeAttributesClassName.isEmptyOrNil
        {
            let what = claim.spec.volumeAttributesClassName == nil ? "nil" : "empty string"
            forbidden(
                "volumeAttributesClassName",
                "update to \(what) is forbidden when status.currentVolumeAttributesClassName is not nil")
        }
    }
}
