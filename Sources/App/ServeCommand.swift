import ArgumentParser
import ClusterCore
import ClusterDriver
import Foundation
import KubeCluster
import Logging

/// `drydock serve`: a cluster without a terminal, for kubectl and other clients.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run a cluster without a console, and serve its API to kubectl and other clients.",
        discussion: """
            Prints the line that points kubectl at the cluster, and runs until it is interrupted. Logs go to standard \
            error.

            Example: drydock serve --nodes 3 -f app.yaml
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup var gateway: GatewayOptions

    @OptionGroup var data: DataOptions

    func validate() throws {
        if gateway.isClosed { throw ValidationError("serve needs a port: leave --no-listen out.") }
    }

    func run() throws {
        let logger = Diagnostics.start(common.logLevel ?? .info)
        let signals = EndSignals()
        let manifests = try ManifestLoader.load(common.files)
        let data = try self.data.open(acceptsRestores: true, logger)
        guard let access = try gateway.prepare(data, logger) else { return }
        var configuration = common.configuration(start: Instant(seconds: Int64(Date().timeIntervalSince1970)))
        access.configure(&configuration)
        try data?.configure(&configuration, logger)
        let cluster = Cluster(configuration)
        let speed = common.speed?.speed ?? 1
        if data?.refusal != nil, !manifests.isEmpty { logger.warning("the manifests of -f are not applied") }
        let started = try StartedCluster(cluster, data, speed: speed) {
            try apply(manifests, to: $0, logger)
        }
        let snapshot = started.kept ?? cluster.snapshot(speed: speed)
        let driver = ClusterDriver(cluster, speed: speed, durability: started.durability)
        data?.follow(driver, logger)
        try access.start(driver, snapshot, logger)
        driver.start()
        logger.info("serving the Kubernetes API at \(access.url)")
        print("export KUBECONFIG=\(ShellText.quoted(gateway.kubeconfigPath))")
        fflush(nil)
        var signal = signals.wait()
        while signal == SIGHUP, data?.isRestoreRequested(logger) != true { signal = signals.wait() }
        logger.info("ending \(EndSignals.reason(signal))")
        access.close()
        driver.stop()
        data?.close()
        if signal == SIGHUP { try data?.restoreAndRestart(at: access.address, logger) }
    }
}
