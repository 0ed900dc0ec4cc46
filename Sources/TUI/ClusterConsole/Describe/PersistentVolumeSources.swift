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
        if let disk = spec.iscsi { return disk.described }
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
        if let disk = spec.rbd { return disk.described }
        if let disk = spec.cinder { return disk.described }
        if let disk = spec.scaleIO {
            let secret: SecretReference? = disk.secretRef
            return disk.described(secret: [
                ("SecretName", secret?.name ?? ""), ("SecretNamespace", secret?.namespace ?? ""),
            ])
        }
        if let share = spec.cephfs { return share.described }
        if let disk = spec.storageos { return disk.described }
        if let plugin = spec.flexVolume { return plugin.described }
        return nil
    }
}
