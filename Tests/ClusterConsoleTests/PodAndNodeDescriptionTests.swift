import Testing

/// Descriptions of pods and nodes, as `kubectl describe` prints them.
@Suite struct PodAndNodeDescriptionTests {
    @Test func pod() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: Pod
                metadata: {name: p1, namespace: default, labels: {app: a},
                  annotations: {long: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\
                    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\
                    aaaaaaaaaaaa", lines: "one\\ntwo\\n"}}
                spec:
                  nodeName: node-1
                  serviceAccountName: default
                  priority: 0
                  securityContext: {seccompProfile: {type: Localhost, localhostProfile: p.json}}
                  initContainers: [{name: i, image: i, restartPolicy: Always}]
                  containers:
                  - name: x
                    image: x
                    args: ["a\\nb", ""]
                    ports: [{containerPort: 80, protocol: TCP, name: web}, {containerPort: 81, protocol: TCP}]
                    livenessProbe: {httpGet: {path: /h, port: 80, scheme: HTTP}, initialDelaySeconds: 1,
                      timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3}
                    readinessProbe: {grpc: {port: 9, service: ""}, timeoutSeconds: 1, periodSeconds: 10,
                      successThreshold: 1, failureThreshold: 3}
                    env: [{name: A, value: "1"}, {name: B, valueFrom: {fieldRef: {apiVersion: v1,
                      fieldPath: metadata.name}}}, {name: C,
                      valueFrom: {resourceFieldRef: {resource: limits.cpu}}}, {name: D,
                      valueFrom: {secretKeyRef: {name: s, key: k}}}, {name: E,
                      valueFrom: {fieldRef: {apiVersion: v1, fieldPath: "metadata.labels['app']"}}}]
                    envFrom: [{configMapRef: {name: c}}, {prefix: P_, secretRef: {name: s, optional: true}}]
                    volumeMounts: [{name: v, mountPath: /v}, {name: t, mountPath: /a, readOnly: true, subPath: q}]
                    volumeDevices: [{name: blk, devicePath: /dev/x}]
                  ephemeralContainers: [{name: dbg, image: busybox}]
                  volumes:
                  - {name: v, emptyDir: {}}
                  - {name: t, projected: {sources: [{serviceAccountToken: {expirationSeconds: 3607, path: token}},
                      {configMap: {name: kube-root-ca.crt}}, {downwardAPI: {}}]}}
                  - {name: d, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}},
                      {path: cpu, resourceFieldRef: {containerName: x, resource: limits.cpu}}]}}
                  - {name: n, nfs: {server: s, path: /p}}
                  - {name: c, csi: {driver: d}}
                  - {name: e, ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b}},
                      spec: {accessModes: [ReadWriteOnce], storageClassName: fast, volumeMode: Filesystem,
                      resources: {requests: {storage: 1Gi}}}}}}
                  - {name: im, image: {reference: quay.io/x, pullPolicy: Always}}
                  - {name: pvc, persistentVolumeClaim: {claimName: data}}
                  - {name: hp, hostPath: {path: /h, type: ""}}
                  tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute,
                    tolerationSeconds: 300}, {key: a, operator: Equal, value: v, effect: NoSchedule}]
                status:
                  phase: Running
                  podIP: 10.0.0.1
                  podIPs: [{ip: 10.0.0.1}]
                  hostIP: 192.168.0.1
                  qosClass: BestEffort
                  startTime: "2026-01-01T00:00:05Z"
                  conditions: [{type: Ready, status: "True"}]
                  containerStatuses: [{name: x, ready: true, restartCount: 2, image: x, imageID: x@1,
                    containerID: "c://1", state: {running: {startedAt: "2026-01-01T00:00:05Z"}},
                    lastState: {terminated: {exitCode: 1, reason: Error, startedAt: "2026-01-01T00:00:05Z",
                    finishedAt: "2026-01-01T00:00:06Z"}}}]
                """,
            """
            Name:              p1
            Namespace:         default
            Priority:          0
            Service Account:   default
            Node:              node-1/192.168.0.1
            Start Time:        Thu, 01 Jan 2026 00:00:05 +0000
            Labels:            app=a
            Annotations:       lines:
                                 one
                                 two
                               long:
                                 \
            aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
            aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...
            Status:            Running
            SeccompProfile:    Localhost
            LocalhostProfile:  p.json
            IP:                10.0.0.1
            IPs:
              IP:  10.0.0.1
            Init Containers:
              i:
                Image:        i
                Port:         <none>
                Host Port:    <none>
                Environment:  <none>
                Mounts:       <none>
            Containers:
              x:
                Container ID:  c://1
                Image:         x
                Image ID:      x@1
                Ports:         80/TCP (web), 81/TCP
                Host Ports:    0/TCP (web), 0/TCP
                Args:
                  a
                  b

                State:          Running
                  Started:      Thu, 01 Jan 2026 00:00:05 +0000
                Last State:     Terminated
                  Reason:       Error
                  Exit Code:    1
                  Started:      Thu, 01 Jan 2026 00:00:05 +0000
                  Finished:     Thu, 01 Jan 2026 00:00:06 +0000
                Ready:          True
                Restart Count:  2
                Liveness:       http-get http://:80/h delay=1s timeout=1s period=10s #success=1 #failure=3
                Readiness:      grpc <pod>:9  delay=0s timeout=1s period=10s #success=1 #failure=3
                Environment Variables from:
                  c  ConfigMap                Optional: false
                  s  Secret with prefix 'P_'  Optional: true
                Environment:
                  A:  1
                  B:  p1 (v1:metadata.name)
                  C:  node allocatable (limits.cpu)
                  D:  <set to the key 'k' in secret 's'>  Optional: false
                  E:   (v1:metadata.labels['app'])
                Mounts:
                  /a from t (ro,path="q")
                  /v from v (rw)
                Devices:
                  /dev/x from blk
            Ephemeral Containers:
              dbg:
                Image:        busybox
                Port:         <none>
                Host Port:    <none>
                Environment:  <none>
                Mounts:       <none>
            Conditions:
              Type    Status
              Ready   True
            Volumes:
              v:
                Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
                Medium:
                SizeLimit:  <unset>
              t:
                Type:                    Projected (a volume that contains injected data from multiple sources)
                TokenExpirationSeconds:  3607
                ConfigMapName:           kube-root-ca.crt
                Optional:                false
                DownwardAPI:             true
              d:
                Type:  DownwardAPI (a volume populated by information about the pod)
                Items:
                  metadata.labels -> labels
                  limits.cpu -> cpu
              n:
                Type:      NFS (an NFS mount that lasts the lifetime of a pod)
                Server:    s
                Path:      /p
                ReadOnly:  false
              c:
                Type:              CSI (a Container Storage Interface (CSI) volume source)
                Driver:            d
                FSType:
                ReadOnly:          false
                VolumeAttributes:  <none>
              e:
                Type:          EphemeralVolume (an inline specification for a volume that gets created and \
            deleted with the pod)
                StorageClass:  fast
                Volume:
                Labels:            a=b
                Annotations:       <none>
                Capacity:
                Access Modes:
                VolumeMode:    Filesystem
              im:
                Type:        Image (a container image or OCI artifact)
                Reference:   quay.io/x
                PullPolicy:  Always
              pvc:
                Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
                ClaimName:  data
                ReadOnly:   false
              hp:
                Type:          HostPath (bare host directory volume)
                Path:          /h
                HostPathType:
            QoS Class:         BestEffort
            Node-Selectors:    <none>
            Tolerations:       a=v:NoSchedule
                               node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
            Events:            <none>
            """)
    }

    @Test func node() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: Node
                metadata: {name: node-1, creationTimestamp: "2026-01-01T00:00:05Z",
                  labels: {node-role.kubernetes.io/worker: "", zone: a}}
                spec: {podCIDR: 10.244.1.0/24, podCIDRs: [10.244.1.0/24], providerID: "sim://node-1",
                  taints: [{key: b, value: x, effect: NoSchedule}, {key: a, effect: NoExecute}]}
                status:
                  addresses: [{type: InternalIP, address: 192.168.0.1}]
                  capacity: {cpu: "4", memory: 16Gi, pods: "110", ephemeral-storage: 100Gi, hugepages-2Mi: "0"}
                  allocatable: {cpu: "4", memory: 16Gi, pods: "110", ephemeral-storage: 100Gi, hugepages-2Mi: "0"}
                  nodeInfo: {machineID: m, systemUUID: s, bootID: b, kernelVersion: k, osImage: o,
                    operatingSystem: linux, architecture: amd64, containerRuntimeVersion: "c://1",
                    kubeletVersion: v1.36.0, kubeProxyVersion: ""}
                  conditions: [{type: Ready, status: "True", lastHeartbeatTime: "2026-01-01T00:00:05Z",
                    lastTransitionTime: "2026-01-01T00:00:05Z", reason: KubeletReady, message: ready}]
                ---
                apiVersion: coordination.k8s.io/v1
                kind: Lease
                metadata: {name: node-1, namespace: kube-node-lease}
                spec: {holderIdentity: node-1, renewTime: "2026-01-01T00:00:05.000000Z"}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: p1, namespace: default, creationTimestamp: "2026-01-01T00:00:05Z"}
                spec: {nodeName: node-1, containers: [{name: x, image: x, resources: {requests: {cpu: 100m,
                  memory: 70Mi}, limits: {memory: 170Mi}}}]}
                status: {phase: Running}
                """,
            """
            Name:               node-1
            Roles:              worker
            Labels:             node-role.kubernetes.io/worker=
                                zone=a
            Annotations:        <none>
            CreationTimestamp:  Thu, 01 Jan 2026 00:00:05 +0000
            Taints:             a:NoExecute
                                b=x:NoSchedule
            Unschedulable:      false
            Lease:
              HolderIdentity:  node-1
              AcquireTime:     <unset>
              RenewTime:       Thu, 01 Jan 2026 00:00:05 +0000
            Conditions:
              Type    Status  LastHeartbeatTime                 LastTransitionTime                Reason        \
             Message
              ----    ------  -----------------                 ------------------                ------        \
             -------
              Ready   True    Thu, 01 Jan 2026 00:00:05 +0000   Thu, 01 Jan 2026 00:00:05 +0000   KubeletReady  \
             ready
            Addresses:
              InternalIP:  192.168.0.1
            Capacity:
              cpu:                4
              ephemeral-storage:  100Gi
              hugepages-2Mi:      0
              memory:             16Gi
              pods:               110
            Allocatable:
              cpu:                4
              ephemeral-storage:  100Gi
              hugepages-2Mi:      0
              memory:             16Gi
              pods:               110
            System Info:
              Machine ID:                 m
              System UUID:                s
              Boot ID:                    b
              Kernel Version:             k
              OS Image:                   o
              Operating System:           linux
              Architecture:               amd64
              Container Runtime Version:  c://1
              Kubelet Version:            v1.36.0
            PodCIDR:                      10.244.1.0/24
            PodCIDRs:                     10.244.1.0/24
            ProviderID:                   sim://node-1
            Non-terminated Pods:          (1 in total)
              Namespace                   Name    CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
              ---------                   ----    ------------  ----------  ---------------  -------------  ---
              default                     p1      100m (2%)     0 (0%)      70Mi (0%)        170Mi (1%)     \
            9m55s
            Allocated resources:
              (Total limits may be over 100 percent, i.e., overcommitted.)
              Resource           Requests   Limits
              --------           --------   ------
              cpu                100m (2%)  0 (0%)
              memory             70Mi (0%)  170Mi (1%)
              ephemeral-storage  0 (0%)     0 (0%)
              hugepages-2Mi      0 (0%)     0 (0%)
            Events:              <none>
            """)
    }
}
