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
    /// As Go prints a list, a map, and a pointer to a reference.
    static func list(_ values: [String]) -> String { "[" + values.joined(separator: " ") + "]" }
    private static func reference(_ secret: LocalObjectReference?) -> String {
        secret.map { "&LocalObjectReference{Name:\($0.name ?? ""),}" } ?? "nil"
    }

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
        if let disk = volume.cinder {
            return PluginVolume(
                "Cinder (a Persistent Disk resource in OpenStack)",
                [
                    ("VolumeID", disk.volumeID), ("FSType", disk.fsType ?? ""), ("ReadOnly", flag(disk.readOnly)),
                    ("SecretRef", reference(disk.secretRef)),
                ])
        }
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
        if let disk = volume.rbd {
            return PluginVolume(
                "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
                [
                    ("CephMonitors", list(disk.monitors)), ("RBDImage", disk.image), ("FSType", disk.fsType ?? ""),
                    ("RBDPool", disk.pool ?? ""), ("RadosUser", disk.user ?? ""), ("Keyring", disk.keyring ?? ""),
                    ("SecretRef", reference(disk.secretRef)), ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        if let share = volume.cephfs {
            return PluginVolume(
                "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
                [
                    ("Monitors", list(share.monitors)), ("Path", share.path ?? ""), ("User", share.user ?? ""),
                    ("SecretFile", share.secretFile ?? ""), ("SecretRef", reference(share.secretRef)),
                    ("ReadOnly", flag(share.readOnly)),
                ])
        }
        if let share = volume.quobyte {
            return PluginVolume(
                "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
                [("Registry", share.registry), ("Volume", share.volume), ("ReadOnly", flag(share.readOnly))])
        }
        if let disk = volume.scaleIO {
            return PluginVolume(
                "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
                [
                    ("Gateway", disk.gateway), ("System", disk.system),
                    ("Protection Domain", disk.protectionDomain ?? ""), ("Storage Pool", disk.storagePool ?? ""),
                    ("Storage Mode", disk.storageMode ?? ""), ("VolumeName", disk.volumeName ?? ""),
                    ("FSType", disk.fsType ?? ""), ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        if let disk = volume.storageos {
            return PluginVolume(
                "StorageOS (a StorageOS Persistent Disk resource)",
                [
                    ("VolumeName", disk.volumeName ?? ""), ("VolumeNamespace", disk.volumeNamespace ?? ""),
                    ("FSType", disk.fsType ?? ""), ("ReadOnly", flag(disk.readOnly)),
                ])
        }
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
        if let plugin = volume.flexVolume {
            let options = plugin.options.map { "\($0.key):\($0.value)" }
            return PluginVolume(
                "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
                [
                    ("Driver", plugin.driver), ("FSType", plugin.fsType ?? ""),
                    ("SecretRef", reference(plugin.secretRef)), ("ReadOnly", flag(plugin.readOnly)),
                    ("Options", "map" + list(options)),
                ])
        }
        if let set = volume.flocker {
            return PluginVolume(
                "Flocker (a Flocker volume mounted by the Flocker agent)",
                [("DatasetName", set.datasetName ?? ""), ("DatasetUUID", set.datasetUUID ?? "")])
        }
        if let disk = volume.iscsi {
            return PluginVolume(
                "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
                [
                    ("TargetPortal", disk.targetPortal), ("IQN", disk.iqn), ("Lun", "\(disk.lun)"),
                    ("ISCSIInterface", disk.iscsiInterface ?? ""), ("FSType", disk.fsType ?? ""),
                    ("ReadOnly", flag(disk.readOnly)), ("Portals", list(disk.portals)),
                    ("DiscoveryCHAPAuth", flag(disk.chapAuthDiscovery)),
                    ("SessionCHAPAuth", flag(disk.chapAuthSession)), ("SecretRef", reference(disk.secretRef)),
                    ("InitiatorName", disk.initiatorName ?? "<none>"),
                ])
        }
        return nil
    }
}
