import KubeAPI

/// What is behind a volume of the cluster.
extension PluginVolume {
    /// Nil for a volume of a kind that kubectl does not know. Follows kubectl `pkg/describe/describe.go`
    /// `describePersistentVolume`.
    init?(_ spec: PersistentVolumeSpec) {
        guard let source = PluginVolume.served(spec) ?? PluginVolume.gone(spec) ?? PluginVolume(PluginVolume.pod(spec))
        else { return nil }
        self = source
    }

    /// The volumes that a pod names in the same words.
    private static func pod(_ spec: PersistentVolumeSpec) -> Volume {
        var volume = Volume()
        volume.gcePersistentDisk = spec.gcePersistentDisk
        volume.awsElasticBlockStore = spec.awsElasticBlockStore
        volume.azureDisk = spec.azureDisk
        volume.vsphereVolume = spec.vsphereVolume
        volume.photonPersistentDisk = spec.photonPersistentDisk
        volume.portworxVolume = spec.portworxVolume
        volume.fc = spec.fc
        volume.quobyte = spec.quobyte
        volume.flocker = spec.flocker
        return volume
    }

    private static func reference(_ secret: SecretReference?) -> String {
        secret.map { "&SecretReference{Name:\($0.name ?? ""),Namespace:\($0.namespace ?? ""),}" } ?? "nil"
    }

    private static func served(_ spec: PersistentVolumeSpec) -> PluginVolume? {
        if let path = spec.hostPath {
            return PluginVolume(
                "HostPath (bare host directory volume)",
                [("Path", path.path), ("HostPathType", path.type ?? "<none>")])
        }
        if let share = spec.nfs {
            return PluginVolume(
                "NFS (an NFS mount that lasts the lifetime of a pod)",
                [("Server", share.server), ("Path", share.path), ("ReadOnly", flag(share.readOnly))])
        }
        if let directory = spec.local {
            return PluginVolume(
                "LocalVolume (a persistent volume backed by local storage on a node)", [("Path", directory.path)])
        }
        if let disk = spec.csi {
            return PluginVolume(
                "CSI (a Container Storage Interface (CSI) volume source)",
                [
                    ("Driver", disk.driver), ("FSType", disk.fsType ?? ""), ("VolumeHandle", disk.volumeHandle),
                    ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        if let share = spec.azureFile {
            return PluginVolume(
                "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
                [
                    ("SecretName", share.secretName), ("SecretNamespace", share.secretNamespace ?? ""),
                    ("ShareName", share.shareName), ("ReadOnly", flag(share.readOnly)),
                ])
        }
        if let disk = spec.iscsi {
            return PluginVolume(
                "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the "
                    + "pod)",
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

    /// Of plugins that are not in the kubelet any more, those whose secrets are in a namespace that they name.
    private static func gone(_ spec: PersistentVolumeSpec) -> PluginVolume? {
        if let share = spec.glusterfs {
            return PluginVolume(
                "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
                [
                    ("EndpointsName", share.endpoints), ("EndpointsNamespace", share.endpointsNamespace ?? "<unset>"),
                    ("Path", share.path), ("ReadOnly", flag(share.readOnly)),
                ])
        }
        if let disk = spec.rbd {
            return PluginVolume(
                "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
                [
                    ("CephMonitors", list(disk.monitors)), ("RBDImage", disk.image), ("FSType", disk.fsType ?? ""),
                    ("RBDPool", disk.pool ?? ""), ("RadosUser", disk.user ?? ""), ("Keyring", disk.keyring ?? ""),
                    ("SecretRef", reference(disk.secretRef)), ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        if let disk = spec.cinder {
            return PluginVolume(
                "Cinder (a Persistent Disk resource in OpenStack)",
                [
                    ("VolumeID", disk.volumeID), ("FSType", disk.fsType ?? ""), ("ReadOnly", flag(disk.readOnly)),
                    ("SecretRef", reference(disk.secretRef)),
                ])
        }
        if let disk = spec.scaleIO {
            let secret: SecretReference? = disk.secretRef
            return PluginVolume(
                "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
                [
                    ("Gateway", disk.gateway), ("System", disk.system),
                    ("Protection Domain", disk.protectionDomain ?? ""), ("Storage Pool", disk.storagePool ?? ""),
                    ("Storage Mode", disk.storageMode ?? ""), ("VolumeName", disk.volumeName ?? ""),
                    ("SecretName", secret?.name ?? ""), ("SecretNamespace", secret?.namespace ?? ""),
                    ("FSType", disk.fsType ?? ""), ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        if let share = spec.cephfs {
            return PluginVolume(
                "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
                [
                    ("Monitors", list(share.monitors)), ("Path", share.path ?? ""), ("User", share.user ?? ""),
                    ("SecretFile", share.secretFile ?? ""), ("SecretRef", reference(share.secretRef)),
                    ("ReadOnly", flag(share.readOnly)),
                ])
        }
        if let disk = spec.storageos {
            return PluginVolume(
                "StorageOS (a StorageOS Persistent Disk resource)",
                [
                    ("VolumeName", disk.volumeName ?? ""), ("VolumeNamespace", disk.volumeNamespace ?? ""),
                    ("FSType", disk.fsType ?? ""), ("ReadOnly", flag(disk.readOnly)),
                ])
        }
        if let plugin = spec.flexVolume {
            let options = plugin.options.map { "\($0.key):\($0.value)" }
            return PluginVolume(
                "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
                [
                    ("Driver", plugin.driver), ("FSType", plugin.fsType ?? ""),
                    ("SecretRef", reference(plugin.secretRef)), ("ReadOnly", flag(plugin.readOnly)),
                    ("Options", "map" + list(options)),
                ])
        }
        return nil
    }
}
