/// Names and addresses of a new cluster, as kubeadm gives them.
package enum BootstrapNames {
    /// Where the API server listens on the network of the nodes.
    package static let controlPlaneAddress = "172.18.0.2"
    package static let apiServerClusterIP = "10.96.0.1"
    package static let dnsClusterIP = "10.96.0.10"
    package static let clusterDomain = "cluster.local"
}
