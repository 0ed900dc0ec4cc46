import KubeAPI

/// What a proxied request is for: `web`, `web:80`, `web:http`, or `https:web:443`.
///
/// Follows apimachinery pkg/util/net/util.go and port_split.go (`SplitSchemeNamePort`).
struct ProxyTarget {
    let name: String
    private var port = ""

    init(name: String) { self.name = name }

    init(_ text: String, _ kind: ResourceKind) throws(StatusError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let scheme = parts.count == 3 ? parts[0] : ""
        let name = parts.count == 3 ? parts[1] : parts[0]
        guard parts.count <= 3, !name.isEmpty, ["", "http", "https"].contains(scheme) else {
            throw .badRequest("invalid \(kind.info.name.lowercased()) request \(GoText.quoted(text))")
        }
        self.name = name
        port = parts.count == 3 ? parts[2] : parts.count == 2 ? parts[1] : ""
    }

    /// A port that is given as a number must be one of the service's.
    ///
    /// Follows kubernetes pkg/registry/core/service/storage/storage.go `ResourceLocation`.
    func check(_ service: Service) throws(StatusError) {
        guard let number = Int64(port) else { return }
        if service.spec.ports.contains(where: { Int64($0.port) == number }) { return }
        throw .serviceUnavailable("no service port \(number) found for service \(GoText.quoted(name))")
    }
}
