import ClusterCore
import KubeAPI
import KubeClient

/// The configuration that kubeadm leaves in a cluster for nodes that join it and for later upgrades.
///
/// Follows kubernetes cmd/kubeadm/app/phases/{uploadconfig,kubelet,bootstraptoken/clusterinfo}.
enum KubeadmConfiguration {
    static func objects(certificateAuthority: String, now: Instant) -> [KubeObject] {
        [
            configMap("kubeadm-config", ["ClusterConfiguration": clusterConfiguration]),
            configMap("kubelet-config", ["kubelet": kubeletConfiguration]),
            clientAuthentication(certificateAuthority),
            configMap(
                "kube-apiserver-legacy-service-account-token-tracking",
                ["since": String(now.time.rfc3339.prefix(10))]),
            configMap(
                "cluster-info", namespace: "kube-public", ["kubeconfig": clusterInfo(certificateAuthority)]),
        ]
    }

    /// By what the API server's own extensions know clients that it passes on; the API server keeps it.
    static func clientAuthentication(_ certificateAuthority: String) -> KubeObject {
        configMap(
            "extension-apiserver-authentication",
            [
                "client-ca-file": certificateAuthority,
                "requestheader-allowed-names": "[\"front-proxy-client\"]",
                "requestheader-extra-headers-prefix": "[\"X-Remote-Extra-\"]",
                "requestheader-group-headers": "[\"X-Remote-Group\"]",
                "requestheader-uid-headers": "[\"X-Remote-Uid\"]",
                "requestheader-username-headers": "[\"X-Remote-User\"]",
            ])
    }

    private static func configMap(
        _ name: String, namespace: String = "kube-system", _ data: StringMap<String>
    ) -> KubeObject {
        var map = ConfigMap(name: name, namespace: namespace)
        map.data = data
        return map.boxed
    }

    private static let clusterConfiguration = """
        apiServer: {}
        apiVersion: kubeadm.k8s.io/v1beta4
        caCertificateValidityPeriod: 87600h0m0s
        certificateValidityPeriod: 8760h0m0s
        certificatesDir: /etc/kubernetes/pki
        clusterName: drydock
        controlPlaneEndpoint: \(BootstrapNames.controlPlaneAddress):\(BootstrapNames.controlPlanePort)
        controllerManager: {}
        dns: {}
        encryptionAlgorithm: RSA-2048
        etcd:
          local:
            dataDir: /var/lib/etcd
        imageRepository: registry.k8s.io
        kind: ClusterConfiguration
        kubernetesVersion: \(BootstrapNames.version)
        networking:
          dnsDomain: \(BootstrapNames.clusterDomain)
          podSubnet: \(BootstrapNames.podRange)
          serviceSubnet: \(ServiceAllocation.clusterRange)
        proxy: {}
        scheduler: {}

        """

    private static let kubeletConfiguration = """
        apiVersion: kubelet.config.k8s.io/v1beta1
        authentication:
          anonymous:
            enabled: false
          webhook:
            cacheTTL: 0s
            enabled: true
          x509:
            clientCAFile: /etc/kubernetes/pki/ca.crt
        authorization:
          mode: Webhook
          webhook:
            cacheAuthorizedTTL: 0s
            cacheUnauthorizedTTL: 0s
        cgroupDriver: systemd
        clusterDNS:
        - \(BootstrapNames.dnsClusterIP)
        clusterDomain: \(BootstrapNames.clusterDomain)
        healthzBindAddress: 127.0.0.1
        healthzPort: 10248
        kind: KubeletConfiguration
        rotateCertificates: true
        staticPodPath: /etc/kubernetes/manifests

        """

    private static func clusterInfo(_ certificateAuthority: String) -> String {
        """
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: \(Base64Data(Array(certificateAuthority.utf8)).base64)
            server: https://\(BootstrapNames.controlPlaneAddress):\(BootstrapNames.controlPlanePort)
          name: ""
        contexts: null
        current-context: ""
        kind: Config
        preferences: {}
        users: null

        """
    }
}
