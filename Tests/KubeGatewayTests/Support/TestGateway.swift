import ClusterCore
import ClusterDriver
import Foundation
import KubeAPI
import KubeClient
import KubeCluster
import KubeGateway
import Logging

/// A real cluster behind a real server on a free port.
final class TestGateway: Sendable {
    let gateway: Gateway
    let driver: ClusterDriver
    let authority: CertificateAuthority
    let admin: CertificateAuthority.Identity

    /// - Parameter isDurable: Whether there is a journal, which keeps everything until the test says otherwise.
    init(nodes: Int = 2, isDurable: Bool = false, configure: (inout Gateway.Configuration) -> Void = { _ in }) throws {
        authority = try CertificateAuthority()
        admin = try authority.client(user: "kubernetes-admin", groups: ["kubeadm:cluster-admins"])
        var configuration = Cluster.Configuration()
        configuration.nodes = nodes
        configuration.certificateAuthority = authority.pem
        configuration.certificateSigner = authority
        let serviceAccounts = ServiceAccountIssuer(ServiceAccountKey())
        configuration.authenticator = serviceAccounts.authenticator
        let cluster = Cluster(configuration)
        cluster.boot()
        let snapshot = cluster.snapshot()
        driver = ClusterDriver(cluster, speed: 1, durability: isDurable ? Durability(revision: .max) : nil)
        var options = Gateway.Configuration()
        options.port = 0
        configure(&options)
        gateway = try Gateway(
            options, driver: driver, snapshot: snapshot, authority: authority, serviceAccounts: serviceAccounts,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        driver.start()
    }

    /// Ends server and cluster.
    func stop() {
        gateway.stop()
        driver.stop()
    }

    /// A server that tests share which do not get in each other's way; lives as long as the process.
    static let shared: TestGateway = {
        do { return try TestGateway() } catch { preconditionFailure("no gateway: \(error)") }
    }()

    /// One request on a connection of its own, as the administrator.
    func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil
    ) throws -> TestResponse {
        let connection = try connect()
        defer { connection.close() }
        return try connection.request(method, path, headers: headers, body: body)
    }

    /// A connection as the administrator, or as somebody else, or as nobody.
    func connect(as identity: CertificateAuthority.Identity? = nil, anonymous: Bool = false) throws -> TestConnection {
        try TestConnection(
            port: gateway.port, authority: authority, identity: anonymous ? nil : identity ?? admin)
    }

    /// Creates an object of the core group in a namespace.
    @discardableResult
    func createConfigMap(_ name: String, _ data: [String: String] = [:]) throws -> TestResponse {
        let members = data.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        return try request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: [("Content-Type", "application/json")],
            body: "{\"metadata\":{\"name\":\"\(name)\"},\"data\":{\(members)}}")
    }
}
