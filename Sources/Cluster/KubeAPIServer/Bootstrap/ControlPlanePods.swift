import ClusterCore
import KubeAPI
import KubeClient

/// The control plane's static pods, as their kubelet mirrors them into the API.
///
/// Follows kubernetes cmd/kubeadm/app/phases/controlplane/manifests.go and phases/etcd/local.go.
enum ControlPlanePods {
    private struct Component {
        let name: String
        let image: String
        let cpu: String
        let memory: String?
        let command: [String]
        let port: Int
        /// Paths of the host that it mounts, by volume.
        let paths: [(volume: String, path: String)]
    }

    /// The mirror pods of a node, whose UID they are owned by.
    static func pods(on node: Node, now: Instant) -> [Pod] { components.map { pod($0, on: node, now: now) } }

    private static func pod(_ component: Component, on node: Node, now: Instant) -> Pod {
        var pod = Pod(name: "\(component.name)-\(node.name)", namespace: "kube-system")
        pod.metadata.labels = ["component": component.name, "tier": "control-plane"]
        var owner = OwnerReference(to: node)
        owner.controller = true
        pod.metadata.ownerReferences = [owner]
        pod.spec = spec(component)
        pod.spec.nodeName = node.name
        let hash = SHA256.hexadecimal(SHA256.hash(pod.spec.jsonText)).prefix(32)
        pod.metadata.annotations = [
            "kubernetes.io/config.hash": String(hash),
            Pod.mirrorAnnotation: String(hash),
            "kubernetes.io/config.seen": now.time.rfc3339,
            "kubernetes.io/config.source": "file",
        ]
        return pod
    }

    private static func spec(_ component: Component) -> PodSpec {
        let pod = Manifest.object(
            Pod.self,
            """
            {"spec": {"hostNetwork": true, "priorityClassName": "system-node-critical",
                "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
                "tolerations": [{"effect": "NoExecute", "operator": "Exists"}],
                "containers": [{"name": "\(component.name)", "image": "\(component.image)",
                    "imagePullPolicy": "IfNotPresent",
                    "livenessProbe": \(probe("/livez", component.port, delay: 10, period: 10, failures: 8)),
                    "startupProbe": \(probe("/livez", component.port, delay: 10, period: 10, failures: 24))}]}}
            """)
        var spec = pod.spec
        spec.containers[0].command = component.command
        var resources = ResourceRequirements()
        resources.requests["cpu"] = Quantity(stringLiteral: component.cpu)
        if let memory = component.memory { resources.requests["memory"] = Quantity(stringLiteral: memory) }
        spec.containers[0].resources = resources
        for (name, path) in component.paths {
            var mount = VolumeMount()
            mount.name = name
            mount.mountPath = path
            mount.readOnly = name == "etcd-data" ? nil : true
            spec.containers[0].volumeMounts.append(mount)
            var source = HostPathVolumeSource()
            source.path = path
            source.type = path.hasSuffix(".conf") ? "FileOrCreate" : "DirectoryOrCreate"
            var volume = Volume()
            volume.name = name
            volume.hostPath = source
            spec.volumes.append(volume)
        }
        return spec
    }

    private static func probe(_ path: String, _ port: Int, delay: Int, period: Int, failures: Int) -> String {
        """
        {"httpGet": {"path": "\(path)", "port": \(port), "scheme": "HTTPS", "host": "127.0.0.1"},
         "initialDelaySeconds": \(delay), "periodSeconds": \(period), "timeoutSeconds": 15,
         "failureThreshold": \(failures)}
        """
    }

    private static let components: [Component] = [
        Component(
            name: "etcd", image: BootstrapNames.etcdImage, cpu: "100m", memory: "100Mi",
            command: ["etcd", "--data-dir=/var/lib/etcd", "--listen-metrics-urls=http://127.0.0.1:2381"], port: 2381,
            paths: [("etcd-data", "/var/lib/etcd"), ("etcd-certs", "/etc/kubernetes/pki/etcd")]),
        Component(
            name: "kube-apiserver", image: BootstrapNames.image("kube-apiserver"), cpu: "250m", memory: nil,
            command: [
                "kube-apiserver", "--advertise-address=\(BootstrapNames.controlPlaneAddress)",
                "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
                "--secure-port=\(BootstrapNames.controlPlanePort)",
                "--service-cluster-ip-range=\(ServiceAllocation.clusterRange)",
            ], port: BootstrapNames.controlPlanePort, paths: [("k8s-certs", "/etc/kubernetes/pki")]),
        Component(
            name: "kube-controller-manager", image: BootstrapNames.image("kube-controller-manager"), cpu: "200m",
            memory: nil,
            command: [
                "kube-controller-manager", "--allocate-node-cidrs=true", "--bind-address=127.0.0.1",
                "--cluster-cidr=\(BootstrapNames.podRange)", "--controllers=*,bootstrapsigner,tokencleaner",
                "--leader-elect=true", "--service-cluster-ip-range=\(ServiceAllocation.clusterRange)",
                "--use-service-account-credentials=true",
            ], port: 10257,
            paths: [
                ("k8s-certs", "/etc/kubernetes/pki"), ("kubeconfig", "/etc/kubernetes/controller-manager.conf"),
            ]),
        Component(
            name: "kube-scheduler", image: BootstrapNames.image("kube-scheduler"), cpu: "100m", memory: nil,
            command: ["kube-scheduler", "--bind-address=127.0.0.1", "--leader-elect=true"], port: 10259,
            paths: [("kubeconfig", "/etc/kubernetes/scheduler.conf")]),
    ]
}
