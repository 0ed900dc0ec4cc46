import KubeAPI

/// ServiceAccounts. Follows kubernetes pkg/registry/core/serviceaccount/strategy.go.
enum ServiceAccountStrategy: Strategy {
    /// Secrets were made for accounts once; clients may still name theirs.
    static func warnings(_ account: ServiceAccount, old: ServiceAccount?) -> [String] {
        let annotation = "kubernetes.io/enforce-mountable-secrets"
        guard account.annotations[annotation] != nil, old?.annotations[annotation] == nil else { return [] }
        return [
            "metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate "
                + "namespaces to isolate access to mounted secrets"
        ]
    }
}
