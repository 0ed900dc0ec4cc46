import KubeAPI

/// kube-proxy as kubeadm installs it: a DaemonSet and its configuration.
///
/// Follows kubernetes cmd/kubeadm/app/phases/addons/proxy/manifests.go.
enum KubeProxyObjects {
    static var objects: [KubeObject] { [configMap.boxed, daemonSet.boxed] }

    /// The DaemonSet's pod on a node, as its controller makes it.
    static func pod(of daemonSet: DaemonSet, on node: String) -> Pod {
        var pod = Pod()
        pod.metadata.generateName = "kube-proxy-"
        pod.metadata.namespace = daemonSet.namespace
        pod.metadata.labels = daemonSet.spec.template.metadata.labels
        pod.metadata.labels["pod-template-generation"] =
            daemonSet.annotations["deprecated.daemonset.template.generation"] ?? "1"
        pod.metadata.ownerReferences = [OwnerReference(controller: daemonSet)]
        pod.spec = daemonSet.spec.template.spec
        pod.spec.nodeName = node
        for key in ["not-ready", "unreachable"] {
            pod.spec.tolerations.append(toleration(key, "NoExecute"))
        }
        for key in ["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable", "network-unavailable"] {
            pod.spec.tolerations.append(toleration(key, "NoSchedule"))
        }
        return pod
    }

    private static func toleration(_ key: String, _ effect: String) -> Toleration {
        var toleration = Toleration()
        toleration.key = "node.kubernetes.io/" + key
        toleration.operator = "Exists"
        toleration.effect = effect
        return toleration
    }

    private static var configMap: ConfigMap {
        var map = ConfigMap(name: "kube-proxy", namespace: "kube-system")
        map.metadata.labels = ["app": "kube-proxy"]
        map.data["config.conf"] = """
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            bindAddress: 0.0.0.0
            clientConnection:
              kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
            clusterCIDR: \(BootstrapNames.podRange)
            iptables:
              masqueradeAll: false
              masqueradeBit: 14
              minSyncPeriod: 1s
              syncPeriod: 30s
            kind: KubeProxyConfiguration
            mode: iptables

            """
        map.data["kubeconfig.conf"] = """
            apiVersion: v1
            kind: Config
            clusters:
            - cluster:
                certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
                server: https://\(BootstrapNames.controlPlaneAddress):\(BootstrapNames.controlPlanePort)
              name: default
            contexts:
            - context:
                cluster: default
                namespace: default
                user: default
              name: default
            current-context: default
            users:
            - name: default
              user:
                tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token

            """
        return map
    }

    private static var daemonSet: DaemonSet {
        Manifest.object(
            DaemonSet.self,
            """
            {"metadata": {"name": "kube-proxy", "namespace": "kube-system", "labels": {"k8s-app": "kube-proxy"}},
             "spec": {"selector": {"matchLabels": {"k8s-app": "kube-proxy"}}, "updateStrategy": {"type": "RollingUpdate"},
                "template": {"metadata": {"labels": {"k8s-app": "kube-proxy"}}, "spec": {
                    "priorityClassName": "system-node-critical", "serviceAccountName": "kube-proxy",
                    "hostNetwork": true, "nodeSelector": {"kubernetes.io/os": "linux"},
                    "tolerations": [{"operator": "Exists"}],
                    "containers": [{"name": "kube-proxy", "image": "\(BootstrapNames.image("kube-proxy"))",
                        "imagePullPolicy": "IfNotPresent",
                        "command": ["/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf",
                            "--hostname-override=$(NODE_NAME)"],
                        "securityContext": {"privileged": true},
                        "env": [{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
                        "volumeMounts": [{"mountPath": "/var/lib/kube-proxy", "name": "kube-proxy"},
                            {"mountPath": "/run/xtables.lock", "name": "xtables-lock"},
                            {"mountPath": "/lib/modules", "name": "lib-modules", "readOnly": true}]}],
                    "volumes": [{"name": "kube-proxy", "configMap": {"name": "kube-proxy"}},
                        {"name": "xtables-lock", "hostPath": {"path": "/run/xtables.lock", "type": "FileOrCreate"}},
                        {"name": "lib-modules", "hostPath": {"path": "/lib/modules"}}]}}}}
            """)
    }
}
