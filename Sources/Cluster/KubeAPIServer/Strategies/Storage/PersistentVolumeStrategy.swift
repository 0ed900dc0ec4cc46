import KubeAPI

/// PersistentVolumes. Follows kubernetes pkg/registry/core/persistentvolume/strategy.go and
/// pkg/apis/core/validation/validation.go.
enum PersistentVolumeStrategy: Strategy {
    static func setDefaults(_ volume: inout PersistentVolume) {
        if volume.status.phase.isEmptyOrNil { volume.status.phase = "Pending" }
        if volume.spec.persistentVolumeReclaimPolicy.isEmptyOrNil {
            volume.spec.persistentVolumeReclaimPolicy = "Retain"
        }
        if volume.spec.volumeMode == nil { volume.spec.volumeMode = "Filesystem" }
        if volume.spec.hostPath != nil, volume.spec.hostPath?.type == nil { volume.spec.hostPath?.type = "" }
        PodSpecDefaults.roundUp(&volume.spec.capacity)
        setLegacySources(&volume.spec)
    }

    /// Sources of the storage systems that Kubernetes once knew itself.
    private static func setLegacySources(_ spec: inout PersistentVolumeSpec) {
        if spec.iscsi != nil, spec.iscsi?.iscsiInterface.isEmptyOrNil == true {
            spec.iscsi?.iscsiInterface = "default"
        }
        if let disk = spec.azureDisk {
            if disk.cachingMode == nil { spec.azureDisk?.cachingMode = "ReadWrite" }
            if disk.kind == nil { spec.azureDisk?.kind = "Shared" }
            if disk.fsType == nil { spec.azureDisk?.fsType = "ext4" }
            if disk.readOnly == nil { spec.azureDisk?.readOnly = false }
        }
        if let rbd = spec.rbd {
            if rbd.pool.isEmptyOrNil { spec.rbd?.pool = "rbd" }
            if rbd.user.isEmptyOrNil { spec.rbd?.user = "admin" }
            if rbd.keyring.isEmptyOrNil { spec.rbd?.keyring = "/etc/ceph/keyring" }
        }
        if let scaleIO = spec.scaleIO {
            if scaleIO.storageMode.isEmptyOrNil { spec.scaleIO?.storageMode = "ThinProvisioned" }
            if scaleIO.fsType.isEmptyOrNil { spec.scaleIO?.fsType = "xfs" }
        }
    }

    /// Follows kubernetes pkg/api/persistentvolume/util.go `GetWarningsForPersistentVolume`.
    static func warnings(_ volume: PersistentVolume, old: PersistentVolume?) -> [String] {
        var warnings = VolumeAnnotations.warnings(volume.metadata)
        if volume.spec.persistentVolumeReclaimPolicy == "Recycle" {
            warnings.append(
                "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the "
                    + "recommended approach is to use dynamic provisioning.")
        }
        let terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms ?? []
        for (index, term) in terms.enumerated() {
            PodWarnings.term(term, "spec.nodeAffinity.required.nodeSelectorTerms[\(index)]", &warnings)
        }
        return warnings
    }

    static func prepareForCreate(_ volume: inout PersistentVolume) {
        volume.status = PersistentVolumeStatus()
        volume.status.phase = "Pending"
    }

    static func prepareForStatusUpdate(_ volume: inout PersistentVolume, old: PersistentVolume) {
        volume.spec = old.spec
    }

    static func validate(_ volume: PersistentVolume) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.persistentVolume(volume.spec, name: volume.name) }
        }
    }

    static func validateUpdate(_ volume: PersistentVolume, old: PersistentVolume) -> [FieldError] {
        if volume.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.field("spec") { validator in
                validator.persistentVolume(volume.spec, name: volume.name)
                let before = sources(old.spec)
                var after = sources(volume.spec)
                // The secret for the expansion may come later.
                if before.csi != nil, before.csi?.controllerExpandSecretRef == nil {
                    after.csi?.controllerExpandSecretRef = nil
                }
                if after != before {
                    validator.forbidden(
                        "persistentvolumesource",
                        "spec.persistentvolumesource is immutable after creation\n"
                            + GoDiff.text("core.PersistentVolumeSource", before, after))
                }
            }
            // Upstream's paths have no "spec" here.
            validator.immutable("volumeMode", volume.spec.volumeMode, old: old.spec.volumeMode)
            if let before = old.spec.nodeAffinity,
                volume.spec.nodeAffinity.map({ withNewLabels(before, as: $0) != $0 }) ?? true
            {
                let detail = "field is immutable, except for updating from beta label to GA"
                if let after = volume.spec.nodeAffinity {
                    validator.invalid("nodeAffinity", after, detail)
                } else {
                    validator.invalidNull("nodeAffinity", detail)
                }
            }
            if old.spec.volumeAttributesClassName != nil, volume.spec.volumeAttributesClassName == nil {
                validator.forbidden(
                    .grandchild("spec", "volumeAttributesClassName"), "update from non-nil value to nil is forbidden")
            }
        }
    }

    /// The old rules with those labels renamed that have a new name in the new rules.
    /// Follows kubernetes pkg/apis/core/validation/validation.go `validatePvNodeAffinity`.
    private static func withNewLabels(_ old: VolumeNodeAffinity, as new: VolumeNodeAffinity) -> VolumeNodeAffinity {
        var result = old
        guard let terms = old.required?.nodeSelectorTerms, let wanted = new.required?.nodeSelectorTerms else {
            return result
        }
        for (index, (term, other)) in zip(terms, wanted).enumerated() {
            for (number, (expression, newer)) in zip(term.matchExpressions, other.matchExpressions).enumerated()
            where PodWarnings.renamedLabels[expression.key] == newer.key {
                result.required?.nodeSelectorTerms[index].matchExpressions[number].key = newer.key
            }
        }
        return result
    }

    /// The spec with nothing but where the volume is.
    private static func sources(_ spec: PersistentVolumeSpec) -> PersistentVolumeSpec {
        var sources = spec
        sources.capacity = [:]
        sources.accessModes = []
        sources.claimRef = nil
        sources.persistentVolumeReclaimPolicy = nil
        sources.storageClassName = nil
        sources.mountOptions = []
        sources.volumeMode = nil
        sources.nodeAffinity = nil
        sources.volumeAttributesClassName = nil
        return sources
    }
}
