import ClusterConsole
import KubeAPI
import KubeClient
import KubeCluster
import Testing

/// What kubectl tells of pods that few have: volumes of plugins that are gone, and resources of the pod as a whole.
@Suite struct PluginVolumeDescriptionTests {
    private func describe(_ change: (inout Pod) -> Void) -> String {
        var cluster = SampleCluster()
        var pod = SampleCluster.pod("web")
        change(&pod)
        cluster.put(pod)
        let snapshot = cluster.snapshot
        guard let object = snapshot.objects.object(ObjectKey(.pod, namespace: "default", name: "web")) else {
            return ""
        }
        return ObjectDescriber.lines(object, snapshot).joined(separator: "\n")
    }

    @Test func volumesOfPluginsThatAreGoneAreNamed() {
        let text = describe { pod in
            var cinder = CinderVolumeSource()
            cinder.volumeID = "disk-1"
            var secret = LocalObjectReference()
            secret.name = "keys"
            cinder.secretRef = secret
            var flex = FlexVolumeSource()
            flex.driver = "example.com/disk"
            flex.options = ["size": "1", "zone": "b"]
            var disk = Volume()
            disk.name = "disk"
            disk.cinder = cinder
            var other = Volume()
            other.name = "other"
            other.flexVolume = flex
            pod.spec.volumes = [disk, other]
        }
        for line in [
            "  disk:\n    Type:       Cinder (a Persistent Disk resource in OpenStack)\n    VolumeID:   disk-1\n",
            "    SecretRef:  &LocalObjectReference{Name:keys,}\n",
            "    Type:        FlexVolume (a generic volume resource that is provisioned/attached using an exec based "
                + "plugin)\n    Driver:      example.com/disk\n",
            "    SecretRef:   nil\n", "    Options:     map[size:1 zone:b]\n",
        ] { #expect(text.contains(line), "\(text)") }
        #expect(!text.contains("<unknown>"))
    }

    @Test(arguments: [
        (
            "iscsi: {targetPortal: 10.0.0.1, iqn: iqn.2001-04.example:disk, lun: 2, portals: [10.0.0.2]}",
            """
            Type: ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the \
            pod) TargetPortal: 10.0.0.1 IQN: iqn.2001-04.example:disk Lun: 2 ISCSIInterface: FSType: \
            ReadOnly: false Portals: [10.0.0.2] DiscoveryCHAPAuth: false SessionCHAPAuth: false SecretRef: nil \
            InitiatorName: <none>
            """
        ),
        (
            "glusterfs: {endpoints: nodes, path: /data}",
            """
            Type: Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime) EndpointsName: nodes \
            EndpointsNamespace: <unset> Path: /data ReadOnly: false
            """
        ),
        (
            "rbd: {monitors: [a, b], image: disk, secretRef: {name: ceph, namespace: storage}}",
            """
            Type: RBD (a Rados Block Device mount on the host that shares a pod's lifetime) CephMonitors: [a b] \
            RBDImage: disk FSType: RBDPool: RadosUser: Keyring: \
            SecretRef: &SecretReference{Name:ceph,Namespace:storage,} ReadOnly: false
            """
        ),
        (
            "cinder: {volumeID: disk-1, fsType: ext4}",
            """
            Type: Cinder (a Persistent Disk resource in OpenStack) VolumeID: disk-1 FSType: ext4 ReadOnly: false \
            SecretRef: nil
            """
        ),
        (
            "scaleIO: {gateway: g, system: s, secretRef: {name: key, namespace: io}, volumeName: v, fsType: xfs}",
            """
            Type: ScaleIO (a persistent volume backed by a block device in ScaleIO) Gateway: g System: s \
            Protection Domain: Storage Pool: Storage Mode: VolumeName: v SecretName: key \
            SecretNamespace: io FSType: xfs ReadOnly: false
            """
        ),
        (
            "cephfs: {monitors: [a], readOnly: true}",
            """
            Type: CephFS (a CephFS mount on the host that shares a pod's lifetime) Monitors: [a] Path: User: \
            SecretFile: SecretRef: nil ReadOnly: true
            """
        ),
        (
            "storageos: {volumeName: v, volumeNamespace: n}",
            """
            Type: StorageOS (a StorageOS Persistent Disk resource) VolumeName: v VolumeNamespace: n FSType: \
            ReadOnly: false
            """
        ),
        (
            "flexVolume: {driver: example.com/disk, options: {size: \"1\"}}",
            """
            Type: FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin) \
            Driver: example.com/disk FSType: SecretRef: nil ReadOnly: false Options: map[size:1]
            """
        ),
        (
            "quobyte: {registry: r, volume: v}",
            """
            Type: Quobyte (a Quobyte mount on the host that shares a pod's lifetime) Registry: r Volume: v \
            ReadOnly: false
            """
        ),
        (
            "flocker: {datasetName: data}",
            "Type: Flocker (a Flocker volume mounted by the Flocker agent) DatasetName: data DatasetUUID:"
        ),
        (
            "photonPersistentDisk: {pdID: disk}",
            "Type: PhotonPersistentDisk (a Persistent Disk resource in photon platform) PdID: disk FSType:"
        ),
    ])
    func volumesOfTheClusterAreNamed(source: String, expected: String) throws {
        let objects = try YAMLReading.objects(
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: disk}
            spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], \(source)}
            """)
        var cluster = SampleCluster()
        for object in objects { cluster.put(object) }
        let volume = try #require(cluster.objects[ObjectKey(.persistentVolume, name: "disk")])
        let text = ObjectDescriber.lines(volume, cluster.snapshot).joined(separator: "\n")
        let words = text.split { " \n".contains($0) }.joined(separator: " ")
        #expect(words.contains("Source: \(expected) Events: <none>"), "\(text)")
    }

    @Test func resourcesOfThePodStandBeforeItsContainers() {
        let text = describe { pod in
            var resources = ResourceRequirements()
            resources.limits["cpu"] = Quantity("2")
            resources.requests["memory"] = Quantity("1Gi")
            pod.spec.resources = resources
        }
        let words = text.split { " \n".contains($0) }.joined(separator: " ")
        #expect(words.contains("Resources: Limits: cpu: 2 Requests: memory: 1Gi Containers:"), "\(text)")
    }
}
