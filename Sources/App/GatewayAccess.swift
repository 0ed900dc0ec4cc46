import ClusterConsole
import ClusterDriver
import Foundation
import KubeCluster
import KubeGateway
import Logging

/// The gateway of a cluster, and the kubeconfig by which it is found.
final class GatewayAccess {
    private let authority: CertificateAuthority
    private let serviceAccounts: ServiceAccountIssuer
    private let options: GatewayOptions
    private let logger: Logger
    private let lines = LogLines()
    private var gateway: Gateway?

    init(_ options: GatewayOptions, authority: CertificateAuthority, serviceAccounts: ServiceAccountIssuer) {
        self.options = options
        self.authority = authority
        self.serviceAccounts = serviceAccounts
        let lines = lines
        logger = Logger(label: "drydock") { _ in lines.handler }
    }

    /// Gives a cluster to be the keys that clients will be known by.
    func configure(_ configuration: inout Cluster.Configuration) {
        configuration.certificateAuthority = authority.pem
        configuration.certificateSigner = authority
        configuration.authenticator = serviceAccounts.authenticator
    }

    /// Listens, and writes the kubeconfig. What goes wrong is told, and kept for `printProblems`: the console works
    /// without.
    func open(_ driver: ClusterDriver, _ snapshot: ClusterSnapshot) -> APINotice {
        do {
            try start(driver, snapshot, logger)
            return APINotice("The API is served at \(url); for kubectl, KUBECONFIG=\(options.kubeconfigPath)")
        } catch {
            logger.error("\(error)")
            return APINotice("\(error)", isProblem: true)
        }
    }

    /// - Throws: What keeps the gateway from working.
    func start(_ driver: ClusterDriver, _ snapshot: ClusterSnapshot, _ logger: Logger) throws {
        var configuration = Gateway.Configuration()
        configuration.host = options.listen.host
        configuration.port = options.listen.port
        let gateway = try Gateway(
            configuration, driver: driver, snapshot: snapshot, authority: authority,
            serviceAccounts: serviceAccounts, logger: logger)
        self.gateway = gateway
        let kubeconfig = Kubeconfig(
            server: gateway.clientURL, authority: authority,
            identity: try authority.client(user: "kubernetes-admin", groups: ["kubeadm:cluster-admins"]))
        if options.mergesKubeconfig {
            try kubeconfig.merge(into: options.kubeconfigPath)
        } else {
            try kubeconfig.write(to: options.kubeconfigPath)
        }
    }

    var url: String { gateway?.url ?? "" }

    /// As `--listen` takes it.
    var address: String { gateway.map { "\($0.host.contains(":") ? "[\($0.host)]" : $0.host):\($0.port)" } ?? "" }

    func close() { gateway?.stop() }

    /// What went wrong or was otherwise worth saying while the screen was the console's.
    func printProblems() { lines.print() }
}

/// Keeps log lines for later, from any thread: they are behind the lock.
final class LogLines: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    var handler: any LogHandler { Handler(lines: self) }

    func print() {
        lock.lock()
        defer { lock.unlock() }
        for line in lines { FileHandle.standardError.write(Data("drydock: \(line)\n".utf8)) }
        lines = []
    }

    private func add(_ line: String) {
        lock.lock()
        lines.append(line)
        lock.unlock()
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.add("\(event.message)") }
    }
}
