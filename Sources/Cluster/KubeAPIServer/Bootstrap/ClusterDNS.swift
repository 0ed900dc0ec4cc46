import KubeAPI

/// CoreDNS as kubeadm installs it.
///
/// Follows kubernetes cmd/kubeadm/app/phases/addons/dns/manifests.go.
enum ClusterDNS {
    static var objects: [KubeObject] { [configMap.boxed, service.boxed, deployment.boxed] }

    private static var configMap: ConfigMap {
        var map = ConfigMap(name: "coredns", namespace: "kube-system")
        map.data["Corefile"] = """
            .:53 {
                errors
                health {
                   lameduck 5s
                }
                ready
                kubernetes \(BootstrapNames.clusterDomain) in-addr.arpa ip6.arpa {
                   pods insecure
                   fallthrough in-addr.arpa ip6.arpa
                   ttl 30
                }
                prometheus :9153
                forward . /etc/resolv.conf {
                   max_concurrent 1000
                }
                cache 30 {
                   disable success \(BootstrapNames.clusterDomain)
                   disable denial \(BootstrapNames.clusterDomain)
                }
                loop
                reload
                loadbalance
            }

            """
        return map
    }

    private static var service: Service {
        Manifest.object(
            Service.self,
            """
            {"metadata": {"name": "kube-dns", "namespace": "kube-system",
                "labels": {"k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true",
                    "kubernetes.io/name": "CoreDNS"},
                "annotations": {"prometheus.io/port": "9153", "prometheus.io/scrape": "true"}},
             "spec": {"clusterIP": "\(BootstrapNames.dnsClusterIP)", "selector": {"k8s-app": "kube-dns"},
                "ports": [
                    {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
                    {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
                    {"name": "metrics", "port": 9153, "protocol": "TCP", "targetPort": 9153}]}}
            """)
    }

    private static var deployment: Deployment {
        Manifest.object(
            Deployment.self,
            """
            {"metadata": {"name": "coredns", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
             "spec": {"replicas": 2, "selector": {"matchLabels": {"k8s-app": "kube-dns"}},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
                "template": {"metadata": {"labels": {"k8s-app": "kube-dns"}}, "spec": \(podSpec)}}}
            """)
    }

    private static var podSpec: String {
        """
        {"priorityClassName": "system-cluster-critical", "serviceAccountName": "coredns",
         "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100,
            "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchExpressions": [
                {"key": "k8s-app", "operator": "In", "values": ["kube-dns"]}]}}}]}},
         "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"},
            {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}],
         "nodeSelector": {"kubernetes.io/os": "linux"}, "dnsPolicy": "Default",
         "containers": [{"name": "coredns", "image": "\(BootstrapNames.dnsImage)", "imagePullPolicy": "IfNotPresent",
            "resources": {"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}},
            "args": ["-conf", "/etc/coredns/Corefile"],
            "volumeMounts": [{"name": "config-volume", "mountPath": "/etc/coredns", "readOnly": true}],
            "ports": [{"containerPort": 53, "name": "dns", "protocol": "UDP"},
                {"containerPort": 53, "name": "dns-tcp", "protocol": "TCP"},
                {"containerPort": 9153, "name": "metrics", "protocol": "TCP"},
                {"containerPort": 8080, "name": "liveness-probe", "protocol": "TCP"},
                {"containerPort": 8181, "name": "readiness-probe", "protocol": "TCP"}],
            "livenessProbe": {"httpGet": {"path": "/health", "port": "liveness-probe", "scheme": "HTTP"},
                "initialDelaySeconds": 60, "timeoutSeconds": 5, "successThreshold": 1, "failureThreshold": 5},
            "readinessProbe": {"httpGet": {"path": "/ready", "port": "readiness-probe", "scheme": "HTTP"}},
            "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]}}}],
         "volumes": [{"name": "config-volume", "configMap": {"name": "coredns",
            "items": [{"key": "Corefile", "path": "Corefile"}]}}]}
        """
    }
}
