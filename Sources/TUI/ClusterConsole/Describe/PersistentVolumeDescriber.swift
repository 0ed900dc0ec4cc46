import KubeAPI

extension DescribeWriter {
    mutating func describe(_ volume: PersistentVolume) {
        let spec = volume.spec
        identity(volume, isNamespaced: false)
        labels("Labels", volume.labels)
        annotations(volume.annotations)
        field("Finalizers", DescribeWriter.list(volume.metadata.finalizers))
        let storageClass = volume.annotations["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName
        field("StorageClass", storageClass ?? "")
        phase(volume.status.phase, volume.metadata)
        field("Claim", spec.claimRef.map { "\($0.namespace ?? "")/\($0.name ?? "")" } ?? "")
        field("Reclaim Policy", spec.persistentVolumeReclaimPolicy ?? "")
        field("Access Modes", DescribeWriter.accessModes(spec.accessModes))
        if let mode = spec.volumeMode { field("VolumeMode", mode) }
        field("Capacity", spec.capacity["storage"]?.text ?? "0")
        affinity(spec.nodeAffinity)
        field("Message", volume.status.message ?? "")
        line("Source:")
        guard let source = PersistentVolumeSource(spec) else { return line("<unknown>", indent: 1) }
        field("Type", source.type, indent: 2)
        for (label, value) in source.fields { field(label, value, indent: 2) }
        if let csi = spec.csi { volumeAttributes(csi.volumeAttributes) }
    }

    private mutating func affinity(_ affinity: VolumeNodeAffinity?) {
        guard let required = affinity?.required else { return field("Node Affinity", "<none>") }
        field("Node Affinity", "")
        field("Required Terms", required.nodeSelectorTerms.isEmpty ? "<none>" : "", indent: 1)
        for (index, term) in required.nodeSelectorTerms.enumerated() {
            let texts = term.matchExpressions.map { requirement in
                DescribeWriter.condition(requirement.key, requirement.operator.lowercased(), requirement.values)
            }
            pairs("Term \(index)", texts, indent: 2)
        }
    }
}

/// What is behind a volume, for the kinds of storage that are still served.
private struct PersistentVolumeSource {
    var type: String
    var fields: [(label: String, value: String)]

    init?(_ spec: PersistentVolumeSpec) {
        func flag(_ value: Bool?) -> String { "\(value ?? false)" }
        if let path = spec.hostPath {
            type = "HostPath (bare host directory volume)"
            fields = [("Path", path.path), ("HostPathType", path.type ?? "<none>")]
        } else if let disk = spec.gcePersistentDisk {
            type = "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)"
            fields = [
                ("PDName", disk.pdName), ("FSType", disk.fsType ?? ""), ("Partition", "\(disk.partition ?? 0)"),
                ("ReadOnly", flag(disk.readOnly)),
            ]
        } else if let disk = spec.awsElasticBlockStore {
            type = "AWSElasticBlockStore (a Persistent Disk resource in AWS)"
            fields = [
                ("VolumeID", disk.volumeID), ("FSType", disk.fsType ?? ""), ("Partition", "\(disk.partition ?? 0)"),
                ("ReadOnly", flag(disk.readOnly)),
            ]
        } else if let share = spec.nfs {
            type = "NFS (an NFS mount that lasts the lifetime of a pod)"
            fields = [("Server", share.server), ("Path", share.path), ("ReadOnly", flag(share.readOnly))]
        } else if let disk = spec.vsphereVolume {
            type = "vSphereVolume (a Persistent Disk resource in vSphere)"
            fields = [
                ("VolumePath", disk.volumePath), ("FSType", disk.fsType ?? ""),
                ("StoragePolicyName", disk.storagePolicyName ?? ""),
            ]
        } else if let disk = spec.azureDisk {
            type = "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)"
            fields = [
                ("DiskName", disk.diskName), ("DiskURI", disk.diskURI), ("Kind", disk.kind ?? ""),
                ("FSType", disk.fsType ?? ""), ("CachingMode", disk.cachingMode ?? ""),
                ("ReadOnly", flag(disk.readOnly)),
            ]
        } else if let disk = spec.portworxVolume {
            type = "PortworxVolume (a Portworx Volume resource)"
            fields = [("VolumeID", disk.volumeID)]
        } else if let directory = spec.local {
            type = "LocalVolume (a persistent volume backed by local storage on a node)"
            fields = [("Path", directory.path)]
        } else if let disk = spec.fc {
            type = "FC (a Fibre Channel disk)"
            fields = [
                ("TargetWWNs", disk.targetWWNs.joined(separator: ", ")),
                ("LUN", disk.lun.map { "\($0)" } ?? "<none>"), ("FSType", disk.fsType ?? ""),
                ("ReadOnly", flag(disk.readOnly)),
            ]
        } else if let share = spec.azureFile {
            type = "AzureFile (an Azure File Service mount on the host and bind mount to the pod)"
            fields = [
                ("SecretName", share.secretName), ("SecretNamespace", share.secretNamespace ?? ""),
                ("ShareName", share.shareName), ("ReadOnly", flag(share.readOnly)),
            ]
        } else if let disk = spec.csi {
            type = "CSI (a Container Storage Interface (CSI) volume source)"
            fields = [
                ("Driver", disk.driver), ("FSType", disk.fsType ?? ""), ("VolumeHandle", disk.volumeHandle),
                ("ReadOnly", flag(disk.readOnly)),
            ]
        } else {
            return nil
        }
    }
}
