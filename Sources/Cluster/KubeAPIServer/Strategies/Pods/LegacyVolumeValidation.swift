import KubeAPI

// Volumes of the storage systems that Kubernetes once knew itself; the API still takes them, in pods and as
// PersistentVolumes. Follows kubernetes pkg/apis/core/validation/validation.go.

extension Validator {
    mutating func cloudDiskSources(_ volume: Volume, _ count: inout Int) {
        source("gcePersistentDisk", volume.gcePersistentDisk, &count, at: "persistentDisk") {
            $0.gcePersistentDisk($1)
        }
        source("awsElasticBlockStore", volume.awsElasticBlockStore, &count) { $0.awsElasticBlockStore($1) }
    }

    mutating func fileSystemSources(_ volume: Volume, _ count: inout Int) {
        source("glusterfs", volume.glusterfs, &count) { validator, source in
            validator.present(("endpoints", source.endpoints), ("path", source.path))
        }
        source("flocker", volume.flocker, &count) { $0.flocker($1) }
    }

    mutating func storageClusterSources(_ volume: Volume, _ count: inout Int) {
        source("rbd", volume.rbd, &count) { $0.rbd($1.monitors, $1.image) }
        source("cinder", volume.cinder, &count) { validator, source in
            validator.present(("volumeID", source.volumeID))
            validator.secretName(source.secretRef.map { $0.name })
        }
        source("cephFS", volume.cephfs, &count, at: "cephfs") { validator, source in
            if source.monitors.isEmpty { validator.required("monitors") }
        }
        source("quobyte", volume.quobyte, &count) { $0.quobyte($1) }
    }

    mutating func channelSources(_ volume: Volume, _ count: inout Int) {
        source("fc", volume.fc, &count) { $0.fibreChannel($1) }
        source("flexVolume", volume.flexVolume, &count) { $0.flexVolume($1.driver, $1.options) }
    }

    mutating func vendorSources(_ volume: Volume, _ count: inout Int) {
        source("azureFile", volume.azureFile, &count) { validator, source in
            validator.present(("secretName", source.secretName), ("shareName", source.shareName))
        }
        source("vsphereVolume", volume.vsphereVolume, &count) { $0.present(("volumePath", $1.volumePath)) }
        source("photonPersistentDisk", volume.photonPersistentDisk, &count) { $0.present(("pdID", $1.pdID)) }
        source("portworxVolume", volume.portworxVolume, &count) { $0.present(("volumeID", $1.volumeID)) }
        source("azureDisk", volume.azureDisk, &count) { $0.azureDisk($1) }
        source("storageos", volume.storageos, &count) { validator, source in
            validator.storageOS(source.volumeName, source.volumeNamespace)
            validator.secretName(source.secretRef.map { $0.name })
        }
    }

    // MARK: What pods and PersistentVolumes have in common

    /// Texts that may not be empty.
    mutating func present(_ fields: (name: String, value: String)...) {
        for field in fields where field.value.isEmpty { required(.child(field.name)) }
    }

    /// The name in a reference to a secret; nil without a reference, or with one that has no name.
    mutating func secretName(_ name: String??) {
        if let name, name.isEmptyOrNil { required(.grandchild("secretRef", "name")) }
    }

    mutating func gcePersistentDisk(_ source: GCEPersistentDiskVolumeSource) {
        present(("pdName", source.pdName))
        partition(source.partition)
    }

    mutating func awsElasticBlockStore(_ source: AWSElasticBlockStoreVolumeSource) {
        present(("volumeID", source.volumeID))
        partition(source.partition)
    }

    private mutating func partition(_ partition: Int?) {
        if let partition, !(0...255).contains(partition) {
            invalid("partition", partition, Validation.rangeError(1, 255))
        }
    }

    mutating func azureDisk(_ source: AzureDiskVolumeSource) {
        present(("diskName", source.diskName), ("diskURI", source.diskURI))
        let modes = ["None", "ReadOnly", "ReadWrite"]
        if let mode = source.cachingMode, !modes.contains(mode) { notSupported("cachingMode", mode, modes) }
        guard let kind = source.kind else { return }
        let kinds = ["Dedicated", "Managed", "Shared"]
        if !kinds.contains(kind) { notSupported("kind", kind, kinds) }
        if kind == "Managed" {
            if source.diskURI.hasPrefix("/subscriptions/") { return }
            notSupported(
                "diskURI", source.diskURI,
                [
                    "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
                ])
        } else if !source.diskURI.hasPrefix("https://") {
            notSupported(
                "diskURI", source.diskURI,
                ["https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"])
        }
    }

    mutating func fibreChannel(_ source: FCVolumeSource) {
        if source.targetWWNs.isEmpty, source.wwids.isEmpty {
            required("targetWWNs", "must specify either targetWWNs or wwids, but not both")
        }
        if source.targetWWNs.isEmpty { return }
        if !source.wwids.isEmpty {
            invalid("targetWWNs", source.targetWWNs, "targetWWNs and wwids can not be specified simultaneously")
        }
        if let unit = source.lun {
            unitNumber(unit)
        } else {
            required("lun", "lun is required if targetWWNs is specified")
        }
    }

    mutating func flocker(_ source: FlockerVolumeSource) {
        switch (source.datasetName.isEmptyOrNil, source.datasetUUID.isEmptyOrNil) {
        case (true, true): required(.here, "one of datasetName and datasetUUID is required")
        case (false, false):
            invalid(.here, "resource", "datasetName and datasetUUID can not be specified simultaneously")
        default: break
        }
        if let name = source.datasetName, name.contains("/") { invalid("datasetName", name, "must not contain '/'") }
    }

    mutating func rbd(_ monitors: [String], _ image: String) {
        if monitors.isEmpty { required("monitors") }
        present(("image", image))
    }

    mutating func quobyte(_ source: QuobyteVolumeSource) {
        let pairs = "must be a host:port pair or multiple pairs separated by commas"
        if source.registry.isEmpty {
            required("registry", pairs)
        } else if source.tenant.text.utf8.count >= 65 {
            required("tenant", "must be a UUID and may not exceed a length of 64 characters")
        } else {
            for pair in source.registry.split(separator: ",", omittingEmptySubsequences: false)
            where !Validator.isHostAndPort(pair) {
                invalid("registry", source.registry, pairs)
            }
        }
        present(("volume", source.volume))
    }

    /// As Go's `net.SplitHostPort` takes it: `host:port` or `[address]:port`.
    private static func isHostAndPort(_ text: Substring) -> Bool {
        guard let colon = text.lastIndex(of: ":") else { return false }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            return !host.dropFirst().dropLast().contains { "[]".contains($0) }
        }
        return !host.contains { ":[]".contains($0) } && !text[colon...].contains { "[]".contains($0) }
    }

    mutating func flexVolume(_ driver: String, _ options: StringMap<String>) {
        present(("driver", driver))
        for (key, _) in options {
            let domain = "." + key.prefix { $0 != "/" }.lowercased()
            if domain.hasSuffix(".kubernetes.io") || domain.hasSuffix(".k8s.io") {
                invalid(.entry("options", key), key, "kubernetes.io and k8s.io namespaces are reserved")
            }
        }
    }

    mutating func storageOS(_ name: String?, _ namespace: String?) {
        if name.isEmptyOrNil {
            required("volumeName")
        } else {
            check("volumeName", name.text, Validation.dns1123Label(name.text))
        }
        if let namespace, !namespace.isEmpty {
            check("volumeNamespace", namespace, Validation.dns1123Label(namespace))
        }
    }

    /// The number of a disk behind its target.
    mutating func unitNumber(_ unit: Int) {
        if !(0...255).contains(unit) { invalid("lun", unit, Validation.rangeError(0, 255)) }
    }
}
