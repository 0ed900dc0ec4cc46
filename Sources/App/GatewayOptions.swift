import ArgumentParser
import Foundation
import KubeAPI
import KubeAPIServer
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
    func prepare(_ data: DurableData?, _ log: Logger) throws -> GatewayAccess? {
        if isClosed { return nil }
        try Kubeconfig.check(kubeconfigPath, isReplaced: !mergesKubeconfig)
        let keys = try data?.keys(log) ?? ClusterKeys()
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
