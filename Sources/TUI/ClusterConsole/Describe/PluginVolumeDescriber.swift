import KubeAPI

/// What is behind a volume, as kubectl tells it: of a pod's, those of plugins that are not in the kubelet any more.
struct PluginVolume {
    let type: String
    let fields: [(label: String, value: String)]

    init(_ type: String, _ fields: [(label: String, value: String)]) {
        self.type = type
        self.fields = fields
    }

    static func flag(_ value: Bool?) -> String { "\(value ?? false)" }
    /// As Go prints a list.
    static func list(_ values: [String]) -> String { "[" + values.joined(separator: " ") + "]" }

    /// Nil for a volume of no such plugin. Follows kubectl `pkg/describe/describe.go` `describeVolumes`.
    init?(_ volume: Volume) {
        guard let plugin = PluginVolume.disk(volume) ?? PluginVolume.cluster(volume) ?? PluginVolume.other(volume)
        else { return nil }
        self = plugin
    }

    /// Disks of a cloud or of a storage network.
    private static func disk(_ volume: Volume) -> PluginVolume? {
        if let disk = volume.gcePersistentDisk {
            return PluginVolume(
                "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
                [
                    ("PDName", disk.pdName), ("FSType", disk.fsType ?? ""), ("Partition", "\(disk.partition ?? 0)"),
                    ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        if let disk = volume.awsElasticBlockStore {
            return PluginVolume(
                "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
                [
                    ("VolumeID", disk.volumeID), ("FSType", disk.fsType ?? ""),
                    ("Partition", "\(disk.partition ?? 0)"), ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        if let disk = volume.azureDisk {
            return PluginVolume(
                "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
                [
                    ("DiskName", disk.diskName), ("DiskURI", disk.diskURI), ("Kind", disk.kind ?? ""),
                    ("FSType", disk.fsType ?? ""), ("CachingMode", disk.cachingMode ?? ""),
                    ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        if let disk = volume.vsphereVolume {
            return PluginVolume(
                "vSphereVolume (a Persistent Disk resource in vSphere)",
                [
                    ("VolumePath", disk.volumePath), ("FSType", disk.fsType ?? ""),
                    ("StoragePolicyName", disk.storagePolicyName ?? ""),
                ])
        }
        if let disk = volume.cinder { return disk.described }
        if let disk = volume.photonPersistentDisk {
            return PluginVolume(
                "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
                [("PdID", disk.pdID), ("FSType", disk.fsType ?? "")])
        }
        if let disk = volume.portworxVolume {
            return PluginVolume("PortworxVolume (a Portworx Volume resource)", [("VolumeID", disk.volumeID)])
        }
        if let disk = volume.fc {
            return PluginVolume(
                "FC (a Fibre Channel disk)",
                [
                    ("TargetWWNs", disk.targetWWNs.joined(separator: ", ")),
                    ("LUN", disk.lun.map { "\($0)" } ?? "<none>"), ("FSType", disk.fsType ?? ""),
                    ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        return nil
    }

    /// File systems and disks that a cluster of machines serves.
    private static func cluster(_ volume: Volume) -> PluginVolume? {
        if let share = volume.glusterfs {
            return PluginVolume(
                "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
                [("EndpointsName", share.endpoints), ("Path", share.path), ("ReadOnly", flag(share.readOnly))])
        }
        if let disk = volume.rbd { return disk.described }
        if let share = volume.cephfs { return share.described }
        if let share = volume.quobyte {
            return PluginVolume(
                "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
                [("Registry", share.registry), ("Volume", share.volume), ("ReadOnly", flag(share.readOnly))])
        }
        if let disk = volume.scaleIO { return disk.described() }
        if let disk = volume.storageos { return disk.described }
        return nil
    }

    private static func other(_ volume: Volume) -> PluginVolume? {
        if let repository = volume.gitRepo {
            return PluginVolume(
                "GitRepo (a volume that is pulled from git when the pod is created)",
                [("Repository", repository.repository), ("Revision", repository.revision ?? "")])
        }
        if let share = volume.azureFile {
            return PluginVolume(
                "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
                [
                    ("SecretName", share.secretName), ("ShareName", share.shareName),
                    ("ReadOnly", flag(share.readOnly)),
                ])
        }
        if let plugin = volume.flexVolume { return plugin.described }
        if let set = volume.flocker {
            return PluginVolume(
                "Flocker (a Flocker volume mounted by the Flocker agent)",
                [("DatasetName", set.datasetName ?? ""), ("DatasetUUID", set.datasetUUID ?? "")])
        }
        if let disk = volume.iscsi { return disk.described }
        return nil
    }
}
