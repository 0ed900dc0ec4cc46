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
            validator.field("spec") { $0.persistentVolume(volume.spec) }
        }
    }

    static func validateUpdate(_ volume: PersistentVolume, old: PersistentVolume) -> [FieldError] {
        if volume.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.field("spec") { validator in
                validator.persistentVolume(volume.spec)
                if sources(volume.spec) != sources(old.spec) {
                    validator.forbidden(
                        "persistentvolumesource",
                        "spec.persistentvolumesource is immutable after creation\n"
                            + GoDiff.text("core.PersistentVolumeSource", sources(old.spec), sources(volume.spec)))
                }
            }
            // Upstream's paths have no "spec" here.
            validator.immutable("volumeMode", volume.spec.volumeMode, old: old.spec.volumeMode)
            if let before = old.spec.nodeAffinity, before != volume.spec.nodeAffinity {
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

extension Validator {
    fileprivate mutating func persistentVolume(_ spec: PersistentVolumeSpec) {
        if spec.accessModes.isEmpty { required("accessModes") }
        accessModes(spec.accessModes)
        if spec.capacity.isEmpty { required("capacity") }
        if spec.capacity["storage"] == nil || spec.capacity.count > 1 {
            notSupported("capacity", spec.capacity, ["storage"])
        }
        each("capacity", spec.capacity) { validator, _, amount in
            if amount.isNegative { validator.invalid(.here, amount.value, "must be a valid resource quantity") }
            if amount <= Quantity(0) { validator.invalid(.here, amount.text, "must be greater than zero") }
        }
        oneOf("persistentVolumeReclaimPolicy", spec.persistentVolumeReclaimPolicy, ["Delete", "Recycle", "Retain"])
        if let affinity = spec.nodeAffinity {
            if let selector = affinity.required {
                field("nodeAffinity", "required") { $0.nodeSelector(selector) }
            } else {
                required(.grandchild("nodeAffinity", "required"), "must specify required node constraints")
            }
        }
        volumeSource(spec)
        if let path = spec.hostPath?.path, FilePaths.isRoot(path), spec.persistentVolumeReclaimPolicy == "Recycle" {
            forbidden("persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'")
        }
        if let name = spec.storageClassName, !name.isEmpty {
            check("storageClassName", name, Validation.dns1123Subdomain(name))
        }
        oneOf("volumeMode", spec.volumeMode, ["Block", "Filesystem"], isRequired: false)
        guard let name = spec.volumeAttributesClassName else { return }
        if name.isEmpty {
            required("volumeAttributesClassName", "an empty string is disallowed")
        } else {
            check("volumeAttributesClassName", name, Validation.dns1123Subdomain(name))
        }
        if spec.csi == nil { required("csi", "has to be specified when using volumeAttributesClassName") }
    }

    private mutating func secretReference(_ name: String, _ reference: SecretReference?) {
        guard let reference else { return }
        field(name) { validator in
            if let name = reference.name, !name.isEmpty {
                validator.check("name", name, Validation.dns1123Subdomain(name))
            } else {
                validator.required("name")
            }
            if let namespace = reference.namespace, !namespace.isEmpty {
                validator.check("namespace", namespace, Validation.dns1123Label(namespace))
            } else {
                validator.required("namespace")
            }
        }
    }

    private mutating func volumeSource(_ spec: PersistentVolumeSpec) {
        var count = 0
        source("hostPath", spec.hostPath, &count) { $0.hostPath($1) }
        source("nfs", spec.nfs, &count) { $0.nfs($1) }
        source("local", spec.local, &count) { validator, source in
            if source.path.isEmpty { validator.required("path") }
            validator.pathWithoutBacksteps("path", source.path)
        }
        if spec.local != nil, spec.nodeAffinity == nil {
            required("nodeAffinity", "Local volume requires node affinity")
        }
        source("csi", spec.csi, &count) { validator, source in
            validator.csiDriverName("driver", source.driver)
            if source.volumeHandle.isEmpty { validator.required("volumeHandle") }
            validator.secretReference("controllerPublishSecretRef", source.controllerPublishSecretRef)
            validator.secretReference("controllerExpandSecretRef", source.controllerExpandSecretRef)
            validator.secretReference("nodePublishSecretRef", source.nodePublishSecretRef)
            validator.secretReference("nodeExpandSecretRef", source.nodeExpandSecretRef)
        }
        let others: [(String, Bool)] = [
            ("gcePersistentDisk", spec.gcePersistentDisk != nil),
            ("awsElasticBlockStore", spec.awsElasticBlockStore != nil), ("azureFile", spec.azureFile != nil),
            ("azureDisk", spec.azureDisk != nil), ("vsphereVolume", spec.vsphereVolume != nil),
            ("iscsi", spec.iscsi != nil), ("fc", spec.fc != nil), ("cephfs", spec.cephfs != nil),
            ("cinder", spec.cinder != nil), ("rbd", spec.rbd != nil), ("glusterfs", spec.glusterfs != nil),
            ("flexVolume", spec.flexVolume != nil), ("flocker", spec.flocker != nil), ("quobyte", spec.quobyte != nil),
            ("portworxVolume", spec.portworxVolume != nil), ("scaleIO", spec.scaleIO != nil),
            ("storageos", spec.storageos != nil), ("photonPersistentDisk", spec.photonPersistentDisk != nil),
        ]
        for (name, isPresent) in others where isPresent {
            count += 1
            if count > 1 { forbidden(.child(name), "may not specify more than 1 volume type") }
        }
        if count == 0 { required(.here, "must specify a volume type") }
    }
}
