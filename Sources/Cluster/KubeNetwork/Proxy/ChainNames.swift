import ClusterCore

/// The names of the chains of a service port: a prefix, and sixteen characters of a hash that keeps them within
/// iptables' 28 characters.
///
/// For example `ns1/svc1:p80` over TCP is hashed as `ns1/svc1:p80tcp`, and its cluster chain is
/// `KUBE-SVC-XPGD46QRK7WJZT7O`. Follows kubernetes `pkg/proxy/iptables/proxier.go` (portProtoHash,
/// servicePortEndpointChainName).
enum ChainNames {
    static let services = "KUBE-SERVICES"
    static let externalServices = "KUBE-EXTERNAL-SERVICES"
    static let nodePorts = "KUBE-NODEPORTS"
    static let postrouting = "KUBE-POSTROUTING"
    static let markMasquerade = "KUBE-MARK-MASQ"
    static let forward = "KUBE-FORWARD"
    static let proxyFirewall = "KUBE-PROXY-FIREWALL"
    static let kubeletFirewall = "KUBE-FIREWALL"

    static func hash(_ servicePort: String, _ protocolName: String) -> String {
        String(Base32.encode(SHA256.hash(servicePort + protocolName)).prefix(16))
    }

    static func endpoint(_ servicePort: String, _ protocolName: String, _ endpoint: String) -> String {
        "KUBE-SEP-" + Base32.encode(SHA256.hash(servicePort + protocolName + endpoint)).prefix(16)
    }
}
