import KubeAPI

// What a PersistentVolume says of itself, also where an attachment has one inline.
// Follows kubernetes pkg/apis/core/validation/validation.go `ValidatePersistentVolumeSpec`.

extension Validator {
    mutating func persistentVolume(_ spec: PersistentVolumeSpec, name: String) {
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
        persistentVolumeSource(spec, name: name)
        if let name = spec.storageClassName, !name.isEmpty {
            check("storageClassName", name, Validation.dns1123Subdomain(name))
        }
        oneOf("volumeMode", spec.volumeMode, ["Block", "Filesystem"], isRequired: false)
        volumeAttributesClass(spec)
    }

    /// A volume that is told where it is attached, and has no object of its own.
    mutating func inlinePersistentVolume(_ spec: PersistentVolumeSpec) {
        let nothing = "may not be specified in the context of inline volumes"
        if spec.claimRef != nil { forbidden("claimRef", nothing) }
        if !spec.capacity.isEmpty { forbidden("capacity", nothing) }
        if spec.csi == nil { required("csi", "has to be specified in the context of inline volumes") }
        if spec.accessModes.isEmpty { required("accessModes") }
        accessModes(spec.accessModes)
        if !["", "Retain"].contains(spec.persistentVolumeReclaimPolicy.text) {
            forbidden("persistentVolumeReclaimPolicy", "may only be Retain in the context of inline volumes")
        }
        if spec.nodeAffinity != nil { forbidden("nodeAffinity", nothing) }
        persistentVolumeSource(spec, name: "")
        if !spec.storageClassName.isEmptyOrNil { forbidden("storageClassName", nothing) }
        if let mode = spec.volumeMode, mode != "Filesystem" {
            forbidden("volumeMode", "may not specify volumeMode other than Filesystem in the context of inline volumes")
        }
    }

    private mutating func volumeAttributesClass(_ spec: PersistentVolumeSpec) {
        guard let name = spec.volumeAttributesClassName else { return }
        if name.isEmpty {
            required("volumeAttributesClassName", "an empty string is disallowed")
        } else {
            check("volumeAttributesClassName", name, Validation.dns1123Subdomain(name))
        }
        if spec.csi == nil { required("csi", "has to be specified when using volumeAttributesClassName") }
    }

    // MARK: Sources

    private mutating func persistentVolumeSource(_ spec: PersistentVolumeSpec, name: String) {
        var count = 0
        source("hostPath", spec.hostPath, &count) { $0.hostPath($1) }
        source("gcePersistentDisk", spec.gcePersistentDisk, &count, at: "persistentDisk") { $0.gcePersistentDisk($1) }
        source("awsElasticBlockStore", spec.awsElasticBlockStore, &count) { $0.awsElasticBlockStore($1) }
        source("glusterfs", spec.glusterfs, &count) { validator, source in
            validator.present(("endpoints", source.endpoints), ("path", source.path))
            guard let namespace = source.endpointsNamespace else { return }
            if namespace.isEmpty {
                validator.invalid(
                    "endpointsNamespace", namespace,
                    "if the endpointnamespace is set, it must be a valid namespace name")
            } else {
                validator.check("endpointsNamespace", namespace, Validation.dns1123Label(namespace))
            }
        }
        source("flocker", spec.flocker, &count) { $0.flocker($1) }
        source("nfs", spec.nfs, &count) { $0.nfs($1) }
        source("rbd", spec.rbd, &count) { $0.rbd($1.monitors, $1.image) }
        source("quobyte", spec.quobyte, &count) { $0.quobyte($1) }
        source("cephFS", spec.cephfs, &count, at: "cephfs") { validator, source in
            if source.monitors.isEmpty { validator.required("monitors") }
        }
        source("iscsi", spec.iscsi, &count) { $0.iscsi($1, volume: name) }
        source("cinder", spec.cinder, &count) { validator, source in
            validator.present(("volumeID", source.volumeID))
            if let secret = source.secretRef { validator.secret(secret.name, secret.namespace) }
        }
        source("fc", spec.fc, &count) { $0.fibreChannel($1) }
        // Upstream looks into this one even if it is not the first.
        if let flex = spec.flexVolume {
            count += 1
            field("flexVolume") { $0.flexVolume(flex.driver, flex.options) }
        }
        source("azureFile", spec.azureFile, &count) { validator, source in
            validator.present(("secretName", source.secretName), ("shareName", source.shareName))
            if source.secretNamespace == "" { validator.required("secretNamespace") }
        }
        source("vsphereVolume", spec.vsphereVolume, &count) { $0.present(("volumePath", $1.volumePath)) }
        source("photonPersistentDisk", spec.photonPersistentDisk, &count) { $0.present(("pdID", $1.pdID)) }
        source("portworxVolume", spec.portworxVolume, &count) { $0.present(("volumeID", $1.volumeID)) }
        source("azureDisk", spec.azureDisk, &count) { $0.azureDisk($1) }
        source("scaleIO", spec.scaleIO, &count) { validator, source in
            validator.present(
                ("gateway", source.gateway), ("system", source.system), ("volumeName", source.volumeName.text))
        }
        let isLocal = count == 0 && spec.local != nil
        source("local", spec.local, &count) { validator, source in
            validator.present(("path", source.path))
            validator.pathWithoutBacksteps("path", source.path)
        }
        if isLocal, spec.nodeAffinity == nil { required("nodeAffinity", "Local volume requires node affinity") }
        source("storageos", spec.storageos, &count) { validator, source in
            validator.storageOS(source.volumeName, source.volumeNamespace)
            if let secret = source.secretRef { validator.secret(secret.name, secret.namespace) }
        }
        source("csi", spec.csi, &count) { $0.csi($1) }
        if count == 0 { required(.here, "must specify a volume type") }
        if let path = spec.hostPath?.path, FilePaths.isRoot(path), spec.persistentVolumeReclaimPolicy == "Recycle" {
            forbidden("persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'")
        }
    }

    private mutating func csi(_ source: CSIPersistentVolumeSource) {
        csiDriverName("driver", source.driver)
        present(("volumeHandle", source.volumeHandle))
        secretReference("controllerPublishSecretRef", source.controllerPublishSecretRef)
        secretReference("controllerExpandSecretRef", source.controllerExpandSecretRef)
        secretReference("nodePublishSecretRef", source.nodePublishSecretRef)
        secretReference("nodeExpandSecretRef", source.nodeExpandSecretRef)
    }

    private mutating func secret(_ name: String?, _ namespace: String?) {
        field("secretRef") { $0.present(("name", name.text), ("namespace", namespace.text)) }
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
}
