import KubeGateway

/// The keys of a cluster: of its certificate authority, and of its service accounts' tokens.
struct ClusterKeys {
    let authority: CertificateAuthority
    let serviceAccounts: ServiceAccountKey

    init() throws {
        authority = try CertificateAuthority()
        serviceAccounts = ServiceAccountKey()
    }

    init(authority: CertificateAuthority, serviceAccounts: ServiceAccountKey) {
        self.authority = authority
        self.serviceAccounts = serviceAccounts
    }
}
