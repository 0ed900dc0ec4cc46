import ArgumentParser
import ClusterConsole
import ClusterDriver
import Foundation
import KubeAPI
import KubeAPIServer
import KubeCluster
import KubeGateway
import Logging

/// How the cluster is reached from outside.
struct GatewayOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Where the API server listens; port 0 picks a free one.", valueName: "HOST:PORT"))
    var listen = AddressArgument(host: "127.0.0.1", port: 6443)

    @Flag(name: .customLong("no-listen"), help: "Open no port.")
    var isClosed = false

    @Option(
        name: .long,
        help: ArgumentHelp("The kubeconfig to write.", discussion: "Default: ~/.kube/drydock.config", valueName: "PATH")
    )
    var kubeconfig: String?

    @Flag(
        name: .customLong("merge-kubeconfig"),
        help: "Add the cluster to the kubeconfig and keep what else is in it, instead of replacing the file.")
    var mergesKubeconfig = false

    @Option(
        name: .customLong("token-auth-file"),
        help: ArgumentHelp(
            "Users by bearer token, as kube-apiserver takes them: token,user,uid,\"group1,group2\" a line.",
            valueName: "FILE"))
    var tokenFile: String?

    var kubeconfigPath: String {
        let path = kubeconfig ?? Kubeconfig.defaultPath
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    func validate() throws {
        if mergesKubeconfig, kubeconfig == nil {
            throw ValidationError("--merge-kubeconfig needs --kubeconfig PATH, the file to add to.")
        }
    }

    /// What is needed before there is a cluster: keys and certificates. Nil with `--no-listen`.
    ///
    /// - Parameter data: Where the keys of a durable cluster are kept.
    func prepare(_ data: DurableData?) throws -> GatewayAccess? {
        if isClosed { return nil }
        try Kubeconfig.check(kubeconfigPath)
        let keys = try data?.keys() ?? ClusterKeys()
        let issuer = ServiceAccountIssuer(keys.serviceAccounts, staticTokens: try staticTokens())
        return GatewayAccess(self, authority: keys.authority, serviceAccounts: issuer)
    }

    private func staticTokens() throws -> StaticTokens {
        guard let tokenFile else { return StaticTokens() }
        let text: String
        do throws(CommandProblem) {
            text = try InputFile.text(of: tokenFile)
        } catch {
            throw CommandProblem("--token-auth-file: \(error)")
        }
        do throws(StatusError) {
            return try StaticTokens(parsing: text, file: tokenFile)
        } catch {
            throw CommandProblem("--token-auth-file: \(error.message)")
        }
    }
}

/// `127.0.0.1:6443`, `[::1]:6443`, `:6443` for all addresses.
struct AddressArgument: ExpressibleByArgument {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: Int(port))
    }

    var defaultValueDescription: String { "\(host):\(port)" }
}

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

/// Keeps log lines for later.
private final class LogLines: @unchecked Sendable {
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
