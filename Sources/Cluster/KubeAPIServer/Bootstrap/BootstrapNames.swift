/// Names, addresses and versions of a new cluster, as kubeadm gives them.
package enum BootstrapNames {
    package static let version = "v1.36.0"
    /// Where the API server listens on the network of the nodes: the first node's address.
    package static let controlPlaneAddress = "172.18.0.2"
    package static let controlPlanePort = 6443
    package static let apiServerClusterIP = "10.96.0.1"
    package static let dnsClusterIP = "10.96.0.10"
    package static let clusterDomain = "cluster.local"
    package static let podRange = "10.244.0.0/16"

    static let etcdImage = "registry.k8s.io/etcd:3.6.6-0"
    static let dnsImage = "registry.k8s.io/coredns/coredns:v1.14.2"

    static func image(_ component: String) -> String { "registry.k8s.io/\(component):\(version)" }
}
