import Testing

/// Descriptions of storage, as `kubectl describe` prints them.
@Suite struct StorageDescriptionTests {
    @Test func persistentVolumeClaim() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data-db-0, namespace: default, finalizers: [kubernetes.io/pvc-protection],
                  annotations: {pv.kubernetes.io/bind-completed: "yes"}}
                spec: {accessModes: [ReadWriteOnce, ReadWriteMany], storageClassName: fast, volumeName: pv-1,
                  volumeMode: Filesystem, resources: {requests: {storage: 5Gi}},
                  dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: monday}}
                status:
                  phase: Bound
                  accessModes: [ReadWriteMany, ReadWriteOnce]
                  capacity: {storage: 10Gi}
                  conditions: [{type: FileSystemResizePending, status: "True",
                    lastProbeTime: "2026-01-01T00:00:05Z", lastTransitionTime: "2026-01-01T00:00:06Z",
                    reason: Waiting, message: waits for a pod}]
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: db-1, namespace: default}
                spec: {containers: [{name: x, image: x}], volumes: [{name: data,
                  persistentVolumeClaim: {claimName: data-db-0}}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: db-0, namespace: default}
                spec: {containers: [{name: x, image: x}], volumes: [{name: data,
                  persistentVolumeClaim: {claimName: data-db-0}}]}
                """,
            """
            Name:          data-db-0
            Namespace:     default
            StorageClass:  fast
            Status:        Bound
            Volume:        pv-1
            Labels:        <none>
            Annotations:   pv.kubernetes.io/bind-completed: yes
            Finalizers:    [kubernetes.io/pvc-protection]
            Capacity:      10Gi
            Access Modes:  RWO,RWX
            VolumeMode:    Filesystem
            DataSource:
              APIGroup:  snapshot.storage.k8s.io
              Kind:      VolumeSnapshot
              Name:      monday
            Used By:     db-0
                         db-1
            Conditions:
              Type                      Status  LastProbeTime                     LastTransitionTime            \
                Reason    Message
              ----                      ------  -----------------                 ------------------            \
                ------    -------
              FileSystemResizePending   True    Thu, 01 Jan 2026 00:00:05 +0000   Thu, 01 Jan 2026 00:00:06 \
            +0000   Waiting   waits for a pod
            Events:                     <none>
            """)
    }

    @Test func pendingClaim() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: waiting, namespace: default}
                spec: {accessModes: [ReadWriteOnce], volumeMode: Block, resources: {requests: {storage: 5Gi}}}
                status: {phase: Pending}
                """,
            """
            Name:          waiting
            Namespace:     default
            StorageClass:
            Status:        Pending
            Volume:
            Labels:        <none>
            Annotations:   <none>
            Finalizers:    []
            Capacity:
            Access Modes:
            VolumeMode:    Block
            Used By:       <none>
            Events:        <none>
            """)
    }

    @Test func persistentVolume() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: pv-1, labels: {type: local}, finalizers: [kubernetes.io/pv-protection]}
                spec:
                  capacity: {storage: 10Gi}
                  accessModes: [ReadWriteOnce]
                  persistentVolumeReclaimPolicy: Retain
                  storageClassName: fast
                  volumeMode: Filesystem
                  claimRef: {kind: PersistentVolumeClaim, namespace: default, name: data-db-0}
                  local: {path: /mnt/disk}
                  nodeAffinity:
                    required:
                      nodeSelectorTerms:
                      - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-1, node-2]},
                          {key: disk, operator: Exists}]
                      - matchExpressions: [{key: zone, operator: NotIn, values: [a]}]
                status: {phase: Bound}
                """,
            """
            Name:              pv-1
            Labels:            type=local
            Annotations:       <none>
            Finalizers:        [kubernetes.io/pv-protection]
            StorageClass:      fast
            Status:            Bound
            Claim:             default/data-db-0
            Reclaim Policy:    Retain
            Access Modes:      RWO
            VolumeMode:        Filesystem
            Capacity:          10Gi
            Node Affinity:
              Required Terms:
                Term 0:        kubernetes.io/hostname in [node-1, node-2]
                               disk exists
                Term 1:        zone notin [a]
            Message:
            Source:
                Type:  LocalVolume (a persistent volume backed by local storage on a node)
                Path:  /mnt/disk
            Events:    <none>
            """)
    }

    @Test func containerStorageVolume() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: pv-2}
                spec:
                  capacity: {storage: 1Ti}
                  accessModes: [ReadOnlyMany, ReadWriteOncePod]
                  persistentVolumeReclaimPolicy: Delete
                  csi: {driver: disk.example.com, volumeHandle: disk-7, fsType: ext4, readOnly: true,
                    volumeAttributes: {pool: b, kind: ssd}}
                status: {phase: Failed, message: no such disk}
                """,
            """
            Name:            pv-2
            Labels:          <none>
            Annotations:     <none>
            Finalizers:      []
            StorageClass:
            Status:          Failed
            Claim:
            Reclaim Policy:  Delete
            Access Modes:    ROX,RWOP
            Capacity:        1Ti
            Node Affinity:   <none>
            Message:         no such disk
            Source:
                Type:              CSI (a Container Storage Interface (CSI) volume source)
                Driver:            disk.example.com
                FSType:            ext4
                VolumeHandle:      disk-7
                ReadOnly:          true
                VolumeAttributes:      kind=ssd
                                       pool=b
            Events:                <none>
            """)
    }

    @Test func networkVolume() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: pv-3, annotations: {volume.beta.kubernetes.io/storage-class: slow}}
                spec: {capacity: {storage: 500M}, accessModes: [ReadWriteMany],
                  persistentVolumeReclaimPolicy: Retain, nfs: {server: files.example.com, path: /exports}}
                status: {phase: Available}
                """,
            """
            Name:            pv-3
            Labels:          <none>
            Annotations:     volume.beta.kubernetes.io/storage-class: slow
            Finalizers:      []
            StorageClass:    slow
            Status:          Available
            Claim:
            Reclaim Policy:  Retain
            Access Modes:    RWX
            Capacity:        500M
            Node Affinity:   <none>
            Message:
            Source:
                Type:      NFS (an NFS mount that lasts the lifetime of a pod)
                Server:    files.example.com
                Path:      /exports
                ReadOnly:  false
            Events:        <none>
            """)
    }

    @Test func hostPathVolume() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: pv-4}
                spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce],
                  persistentVolumeReclaimPolicy: Retain, hostPath: {path: /tmp/data, type: DirectoryOrCreate},
                  nodeAffinity: {required: {nodeSelectorTerms: []}}}
                status: {phase: Available}
                """,
            """
            Name:              pv-4
            Labels:            <none>
            Annotations:       <none>
            Finalizers:        []
            StorageClass:
            Status:            Available
            Claim:
            Reclaim Policy:    Retain
            Access Modes:      RWO
            Capacity:          1Gi
            Node Affinity:
              Required Terms:  <none>
            Message:
            Source:
                Type:          HostPath (bare host directory volume)
                Path:          /tmp/data
                HostPathType:  DirectoryOrCreate
            Events:            <none>
            """)
    }

    @Test func storageClass() throws {
        try expectDescription(
            of: """
                apiVersion: storage.k8s.io/v1
                kind: StorageClass
                metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true",
                  note: quick}}
                provisioner: disk.example.com
                parameters: {type: ssd, fsType: ext4}
                allowVolumeExpansion: true
                reclaimPolicy: Delete
                volumeBindingMode: WaitForFirstConsumer
                mountOptions: [noatime, discard]
                allowedTopologies:
                - matchLabelExpressions: [{key: zone, values: [a, b]}, {key: rack, values: ["1"]}]
                - {}
                """,
            """
            Name:                  fast
            IsDefaultClass:        Yes
            Annotations:           note=quick,storageclass.kubernetes.io/is-default-class=true
            Provisioner:           disk.example.com
            Parameters:            fsType=ext4,type=ssd
            AllowVolumeExpansion:  True
            MountOptions:
              noatime
              discard
            ReclaimPolicy:      Delete
            VolumeBindingMode:  WaitForFirstConsumer
            AllowedTopologies:
              Term 0:           zone in [a, b]
                                rack in [1]
              Term 1:           <none>
            Events:             <none>
            """)
    }

    @Test func plainStorageClass() throws {
        try expectDescription(
            of: """
                apiVersion: storage.k8s.io/v1
                kind: StorageClass
                metadata: {name: plain}
                provisioner: kubernetes.io/no-provisioner
                """,
            """
            Name:                  plain
            IsDefaultClass:        No
            Annotations:           <none>
            Provisioner:           kubernetes.io/no-provisioner
            Parameters:            <none>
            AllowVolumeExpansion:  <unset>
            MountOptions:          <none>
            Events:                <none>
            """)
    }

    @Test func volumeAttributesClass() throws {
        try expectDescription(
            of: """
                apiVersion: storage.k8s.io/v1
                kind: VolumeAttributesClass
                metadata: {name: gold}
                driverName: disk.example.com
                parameters: {iops: "5000", throughput: "50"}
                """,
            """
            Name:         gold
            Annotations:  <none>
            DriverName:   disk.example.com
            Parameters:   iops=5000,throughput=50
            Events:       <none>
            """)
    }

    @Test func csiNode() throws {
        try expectDescription(
            of: """
                apiVersion: storage.k8s.io/v1
                kind: CSINode
                metadata: {name: node-1, creationTimestamp: "2026-01-01T00:00:05Z"}
                spec:
                  drivers:
                  - {name: disk.example.com, nodeID: n-1, topologyKeys: [zone, rack], allocatable: {count: 25}}
                  - {name: file.example.com, nodeID: n-2, topologyKeys: null}
                """,
            """
            Name:               node-1
            Labels:             <none>
            Annotations:        <none>
            CreationTimestamp:  Thu, 01 Jan 2026 00:00:05 +0000
            Spec:
              Drivers:
                disk.example.com:
                  Node ID:  n-1
                  Allocatables:
                    Count:        25
                  Topology Keys:  [zone rack]
                file.example.com:
                  Node ID:  n-2
            Events:         <none>
            """)
    }
}
