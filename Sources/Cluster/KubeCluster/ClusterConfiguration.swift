import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import KubeNode
import KubeStore

extension Cluster {
    /// What a cluster is made of.
    package struct Configuration {
        /// How many nodes: `node-1` … `node-N`.
        package var nodes = 5
        /// How many zones they are spread over, in turn: `zone-a` … `zone-z`, `zone-aa` … `zone-zz`, `zone-aaa` …, as
        /// spreadsheets name columns.
        package var zones = 3
        package var nodeCPU: Quantity = "4"
        package var nodeMemory: Quantity = "16Gi"
        package var podsPerNode = 110
        /// Seeds all chance in the cluster.
        package var seed: UInt64 = 1
        /// When the cluster's clock starts.
        package var start = Instant.simulationStart
        /// Limits the requests of controllers, scheduler and kubelets as upstream's clients are limited.
        package var hasUpstreamRateLimits = false
        /// How long controllers wait for the answer to a write: what it takes an API server whose etcd writes to disk.
        package var requestTime = Interval.milliseconds(10)
        /// Keeps a digest of the whole history, at the price of encoding every revision.
        package var keepsDigest = false
        /// The most bytes of history that are kept.
        package var historyBudget = 256 << 20
        /// The cluster's certificate authority, which every namespace publishes. An input: keys are made outside.
        package var certificateAuthority = Cluster.fixedCertificateAuthority
        /// Signs with the authority's key what clients ask certificates for; nil where nobody connects from outside.
        package var certificateSigner: (any CertificateSigner)?
        /// Who clients are, and what signs their tokens. An input, as the certificate authority is.
        package var authenticator = Authenticator()
        /// Holds the cluster's own components to the rights of their upstream identities; see
        /// `APIServer.Options.authorizesComponents`.
        package var authorizesComponents = false
        /// Handed every change, in order, once the event that made it is done.
        package var journal: (any Journal & Sendable)?
        /// What the cluster goes on from: all its machines start again, as after a power cut.
        package var restored: JournalContents?

        package init() {}

        /// The zone of the node with this number, counted from 1.
        package func zone(_ number: Int) -> String { "zone-" + Configuration.letters((number - 1) % zones) }

        /// The addresses of all pods: kubeadm's range, and a wider one for more nodes than it has room for.
        package var clusterCIDR: String { nodes <= 256 ? "10.244.0.0/16" : "10.128.0.0/9" }

        /// The ranges of the nodes within it: 254 pods a node, or 62 where there are more than 32,768 nodes.
        var podAddresses: CIDRPool {
            guard let pool = CIDRPool(clusterCIDR, partLength: nodes <= 32_768 ? 24 : 26) else {
                preconditionFailure("\(clusterCIDR) is a range")
            }
            return pool
        }

        /// a … z, aa, ab, … zz, aaa, …
        private static func letters(_ index: Int) -> String {
            let letter = String(Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(index % 26))))
            return index < 26 ? letter : letters(index / 26 - 1) + letter
        }

        func node(_ number: Int) -> NodeConfiguration {
            var node = NodeConfiguration(name: "node-\(number)", internalIP: Configuration.address(number))
            node.zone = zone(number)
            node.region = "region-1"
            node.cpu = nodeCPU
            node.memory = nodeMemory
            node.pods = podsPerNode
            node.life = restored?.revision ?? 0
            return node
        }

        /// 172.18.0.2 and up: the network of the machines.
        private static func address(_ number: Int) -> String {
            let offset = number + 1
            return "172.\(18 + offset >> 16).\(offset >> 8 & 255).\(offset & 255)"
        }
    }

    /// Stands in for a real authority where nobody connects from outside, so that digests do not depend on keys.
    private static let fixedCertificateAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBbjCCARSgAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDAprdWJlcm5l
        dGVzMCAXDTI2MTEyMzIwNDgyNloYDzIxMjYxMDMwMjA0ODI2WjAVMRMwEQYDVQQD
        DAprdWJlcm5ldGVzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1UXn9xMPT0yO
        cMhAlsLpGW7+O2e+IAZZxt8SXoNuOCyE6MiI3DKBp/lMshbA5h3wNGK/YHZhh5iO
        Mbnlj3Bob6NTMFEwHQYDVR0OBBYEFMeNFHTVghyrPowx/FWKEKpVwpNdMB8GA1Ud
        IwQYMBaAFMeNFHTVghyrPowx/FWKEKpVwpNdMA8GA1UdEwEB/wQFMAMBAf8wCgYI
        KoZIzj0EAwIDSAAwRQIhAILd4eaTBSoni+89q2cz9vkulzSK2MOZDVkrtFcBdgYo
        AiA+Dwb7qUHe53tfI/HEbLexaxhak2ewILKoyLGdMCIrww==
        -----END CERTIFICATE-----

        """
}
