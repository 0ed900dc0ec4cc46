import ClusterDriver
import KubeAPI
import KubeCluster
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP2
import NIOPosix

/// The API server's face to the outside: HTTPS on one address, for kubectl and every other client of Kubernetes.
///
/// Reads are answered from published snapshots on the threads of the connections; writes go through the driver's
/// mailbox.
package final class Gateway: Sendable {
    package struct Configuration: Sendable {
        package var host = "127.0.0.1"
        /// 0 picks a free one.
        package var port = 6443
        /// If the port is taken, the next free one is picked instead of giving up.
        package var allowsOtherPort = true
        package var threads = 2
        package var limits = PriorityAndFairness.Limits()
        /// How long a second of a watch's time is; tests have no time for whole ones.
        package var watchSecond = TimeAmount.seconds(1)
        /// How long a request may take.
        ///
        /// Follows apiserver pkg/server/config.go `RequestTimeout`.
        package var requestTimeout = TimeAmount.minutes(1)

        package init() {}
    }

    /// Where it listens.
    package let host: String
    package let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let server: RequestServer
    private let hub: WatchHub
    private let connections: Connections

    /// As in `https://127.0.0.1:6443`.
    package var url: String { "https://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// Where clients on this machine reach it: a server at all addresses is at this machine's own too.
    package var clientURL: String {
        switch host {
        case "0.0.0.0": "https://127.0.0.1:\(port)"
        case "::": "https://[::1]:\(port)"
        default: url
        }
    }

    /// Listens. To be called before the driver is started, and with the cluster's state at that time.
    ///
    /// - Throws: `GatewayProblem` if the address cannot be listened at.
    package init(
        _ configuration: Configuration, driver: ClusterDriver, snapshot: ClusterSnapshot,
        authority: CertificateAuthority, serviceAccounts: ServiceAccountIssuer, logger: Logger
    ) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let hub = WatchHub(snapshot, loop: group.next())
        let feed = ClusterFeed(snapshot, hub)
        let server = RequestServer(
            driver, feed, AccessControl(serviceAccounts.authenticator), serviceAccounts, logger, configuration,
            loop: group.next())
        let connections = Connections()
        let setup = try ConnectionSetup(
            authority, identity: try Gateway.servingIdentity(authority, host: configuration.host))
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: ConnectionSetup.watermarks)
            .childChannelInitializer { channel in
                connections.add(channel)
                return setup.configure(channel, server)
            }
        do {
            listener = try Gateway.bind(bootstrap, configuration, logger)
        } catch {
            try? group.syncShutdownGracefully()
            throw GatewayProblem(
                "cannot listen at \(configuration.host):\(configuration.port): \(Gateway.text(error)). "
                    + "Name another address with --listen HOST:PORT.")
        }
        host = configuration.host
        port = listener.localAddress?.port ?? configuration.port
        server.setAddress("\(host):\(port)")
        self.group = group
        self.hub = hub
        self.server = server
        self.connections = connections
        driver.add(server.fairness)
        driver.add(feed)
        hub.start()
        let period = TimeAmount.seconds(Int64(FlowControl.adjustmentPeriod))
        group.next().scheduleRepeatedTask(initialDelay: period, delay: period) { [fairness = server.fairness] _ in
            fairness.adjust()
        }
    }

    /// How many ports after a taken one are tried before any is taken that is free.
    private static let portsTried = 100

    private static func bind(
        _ bootstrap: ServerBootstrap, _ configuration: Configuration, _ logger: Logger
    ) throws -> any Channel {
        let others = configuration.allowsOtherPort && configuration.port > 0
        for port in [configuration.port] + (others ? Gateway.others(than: configuration.port) : []) {
            do {
                let channel = try bootstrap.bind(host: configuration.host, port: port).wait()
                if port != configuration.port {
                    let found = channel.localAddress?.port ?? port
                    logger.warning("port \(configuration.port) is taken, listening at port \(found) instead")
                }
                return channel
            } catch let error as IOError where error.errnoCode == EADDRINUSE && others && port != 0 {
                continue
            }
        }
        throw IOError(errnoCode: EADDRINUSE, reason: "bind")
    }

    /// The ports that follow one, and at last 0, which is any.
    private static func others(than port: Int) -> [Int] {
        (port + 1..<port + 1 + portsTried).filter { $0 <= Int(UInt16.max) } + [0]
    }

    private static func text(_ error: any Error) -> String {
        if error is SocketAddressError.UnknownHost { return "there is no such host" }
        return (error as? IOError).map { FileErrors.reason($0.errnoCode) } ?? "\(error)"
    }

    private static func servingIdentity(
        _ authority: CertificateAuthority, host: String
    ) throws -> CertificateAuthority.Identity {
        var names = [
            "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
        ]
        var addresses = ["127.0.0.1", "::1", "10.96.0.1", "172.18.0.2"].compactMap { IPAddressBytes($0) }
        if let address = IPAddressBytes(host) { addresses.append(address) } else { names.append(host) }
        var machine = [CChar](repeating: 0, count: 256)
        if gethostname(&machine, machine.count - 1) == 0 {
            let name = String(decoding: machine.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if !name.isEmpty, !names.contains(name) { names.append(name) }
        }
        return try authority.serving(names: names, addresses: addresses)
    }

    /// Ends: no new connections, watches end as when their time is over, answers under way are finished, for a moment
    /// at most.
    package func stop() {
        server.beginStopping()
        try? listener.close().wait()
        connections.beginClosing()
        hub.stop()
        let promise = group.next().makePromise(of: Void.self)
        Gateway.waitForAnswers(server, until: .now() + Gateway.gracePeriod, promise)
        try? promise.futureResult.wait()
        connections.close()
        server.feed.end()
        try? group.syncShutdownGracefully()
    }

    /// How long the answers that are under way may take when the server ends.
    private static let gracePeriod = TimeAmount.seconds(5)

    private static func waitForAnswers(
        _ server: RequestServer, until deadline: NIODeadline, _ promise: EventLoopPromise<Void>
    ) {
        if server.metrics.underWay == 0 || NIODeadline.now() >= deadline { return promise.succeed() }
        promise.futureResult.eventLoop.scheduleTask(in: .milliseconds(10)) {
            waitForAnswers(server, until: deadline, promise)
        }
    }
}

/// Why the gateway does not work, in one line.
package struct GatewayProblem: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// The connections that are open.
final class Connections: Sendable {
    private let channels = NIOLockedValueBox<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) {
        let identity = ObjectIdentifier(channel)
        channels.withLockedValue { $0[identity] = channel }
        channel.closeFuture.whenComplete { [self] _ in channels.withLockedValue { $0[identity] = nil } }
    }

    private var open: [any Channel] { channels.withLockedValue { Array($0.values) } }

    var count: Int { channels.withLockedValue { $0.count } }

    /// Tells clients that there will be no further answers on these connections: on HTTP/2 with a GOAWAY, on HTTP/1.1
    /// by closing what is idle.
    func beginClosing() {
        for channel in open {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            channel.eventLoop.execute {
                guard (try? channel.pipeline.syncOperations.handler(type: NIOHTTP2Handler.self)) != nil else { return }
                let goAway = HTTP2Frame.FramePayload.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil)
                channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: goAway), promise: nil)
            }
        }
    }

    func close() {
        for channel in open { channel.close(promise: nil) }
    }
}
