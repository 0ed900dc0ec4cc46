import KubeAPI
import NIOCore
import NIOHTTP1

/// A request as it came in, with its whole body.
struct GatewayRequest: Sendable {
    /// As in `GET`; HTTP/2 and HTTP/1.1 alike.
    let method: String
    let info: RequestInfo
    let query: QueryItems
    let headers: HTTPHeaders
    let version: HTTPVersion
    let body: [UInt8]
    /// Who the connection's certificate says the client is; a failure if the certificate is no good; nil without one.
    let certificate: Result<CertificateAuthority.Subject, CertificateProblem>?
    /// Filled in once it is known who asks.
    var user = UserInfo()

    /// The first header of a name; empty if there is none.
    func header(_ name: String) -> String { headers.first(name: name) ?? "" }

    /// All headers of a name, joined as if they were one.
    func joinedHeader(_ name: String) -> String { headers[name].joined(separator: ",") }

    var userAgent: String { header("User-Agent") }

    /// Who is recorded as the manager of what a request writes: what it says, or what its client is called.
    ///
    /// Follows apiserver pkg/endpoints/handlers/create.go `managerOrUserAgent`, and for clients without a name
    /// apimachinery pkg/util/managedfields/internal/buildmanagerinfo.go.
    var fieldManager: String {
        if let manager = query["fieldManager"], !manager.isEmpty { return manager }
        let agent = userAgent
        let prefix = agent.prefix { $0 != "/" }
        let printable = prefix.unicodeScalars.filter { GoText.isPrintable($0) }
        let name = String(String(String.UnicodeScalarView(printable)).prefix(128))
        return name.isEmpty ? "unknown" : name
    }
}
