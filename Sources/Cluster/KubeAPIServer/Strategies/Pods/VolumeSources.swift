import KubeAPI

/// Which sources a volume has; it should have exactly one.
enum VolumeSources {
    static func hasAny(_ volume: Volume) -> Bool {
        isCommon(volume) || volume.csi != nil || volume.ephemeral != nil || volume.nfs != nil || volume.image != nil
            || isLegacy(volume)
    }

    private static func isCommon(_ volume: Volume) -> Bool {
        volume.emptyDir != nil || volume.hostPath != nil || volume.secret != nil || volume.configMap != nil
            || volume.projected != nil || volume.persistentVolumeClaim != nil || volume.downwardAPI != nil
    }

    private static func isLegacy(_ volume: Volume) -> Bool {
        let disks =
            volume.gcePersistentDisk != nil || volume.awsElasticBlockStore != nil || volume.azureDisk != nil
            || volume.azureFile != nil || volume.vsphereVolume != nil || volume.photonPersistentDisk != nil
        let systems =
            volume.iscsi != nil || volume.glusterfs != nil || volume.rbd != nil || volume.cinder != nil
            || volume.cephfs != nil || volume.flocker != nil || volume.quobyte != nil || volume.portworxVolume != nil
            || volume.scaleIO != nil || volume.storageos != nil
        return disks || systems || volume.fc != nil || volume.flexVolume != nil || volume.gitRepo != nil
    }
}
