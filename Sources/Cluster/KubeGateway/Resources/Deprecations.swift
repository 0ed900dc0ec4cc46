import KubeAPI

/// Kinds that are served and had better not be used: whoever asks for one, by whatever verb, is told.
///
/// Follows apiserver pkg/endpoints/deprecation/deprecation.go `WarningMessage`.
enum Deprecations {
    /// As the client is told; nil for most kinds.
    static func warning(for kind: ResourceKind) -> String? {
        switch kind {
        case .endpoints: text(kind, since: "v1.33", replacement: "discovery.k8s.io/v1 EndpointSlice")
        case .componentStatus: text(kind, since: "v1.19", replacement: nil)
        default: nil
        }
    }

    private static func text(_ kind: ResourceKind, since release: String, replacement: String?) -> String {
        let info = kind.info
        let deprecation = "\(info.apiVersion) \(info.name) is deprecated in \(release)+"
        return replacement.map { "\(deprecation); use \($0)" } ?? deprecation
    }
}
