import ClusterDriver
import Foundation
import KubeCluster
import KubeGateway
import KubeJournal
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

extension Durability {
    fileprivate init(_ state: SQLiteJournal.State) {
        self.init(revision: state.durableRevision, failure: state.failure?.description)
    }
}

/// A served cluster to measure.
final class BenchServer: Sendable {
    let gateway: Gateway
    let driver: ClusterDriver
    let context: NIOSSLContext
    private let journal: SQLiteJournal?

    /// - Parameter folder: Where the cluster is kept; in memory alone without it.
    init(nodes: Int, folder: String? = nil, prepare: (Cluster) -> Void) {
        do {
            let authority = try CertificateAuthority()
            var configuration = Cluster.Configuration()
            configuration.nodes = nodes
            configuration.certificateAuthority = authority.pem
            journal = try folder.map { try SQLiteJournal(DataDirectory($0)) }
            configuration.journal = journal
            let cluster = Cluster(configuration)
            cluster.boot()
            prepare(cluster)
            _ = journal?.settle()
            let snapshot = cluster.snapshot()
            driver = ClusterDriver(cluster, speed: 1, durability: journal.map { Durability($0.state) })
            journal?.observe { [driver] in driver.setDurability(Durability($0)) }
            var options = Gateway.Configuration()
            options.port = 0
            gateway = try Gateway(
                options, driver: driver, snapshot: snapshot, authority: authority,
                serviceAccounts: ServiceAccountIssuer(ServiceAccountKey()),
                logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
            let identity = try authority.client(user: "bench", groups: ["system:masters"])
            var client = TLSConfiguration.makeClientConfiguration()
            client.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8)))
            client.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                .map { .certificate($0) }
            client.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(identity.privateKey.utf8), format: .pem))
            client.applicationProtocols = ["http/1.1"]
            context = try NIOSSLContext(configuration: client)
        } catch {
            fatalError("no server to measure: \(error)")
        }
        driver.start()
    }

    func stop() {
        gateway.stop()
        driver.stop()
        journal?.close()
    }

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    func connect(_ handler: @escaping @Sendable () -> any ChannelInboundHandler & Sendable) -> (any Channel)? {
        let context = context
        return try? ClientBootstrap(group: BenchServer.group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let sync = channel.pipeline.syncOperations
                    try sync.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    try sync.addHandler(handler())
                }
            }
            .connect(host: "127.0.0.1", port: gateway.port).wait()
    }
}

/// An answer of the server, told apart in what comes over the wire.
struct BenchAnswer: Sendable {
    var bytes: Int
    var firstByte: Double
    var body: [UInt8]
}

/// Reads answers: those with a length, and chunked ones whose bytes are only counted.
struct BenchParser: Sendable {
    private var head: [UInt8] = []
    private var remaining = -1
    private var isChunked = false
    private var tail: [UInt8] = []
    private var bytes = 0
    private var firstByte = 0.0
    private var body: [UInt8] = []

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let lengthName = Array("content-length: ".utf8)

    /// Where a text in small letters ends in bytes, whatever their case. The client has to cost less than the server.
    private static func end(of text: [UInt8], in bytes: [UInt8]) -> Int? {
        var start = 0
        while start + text.count <= bytes.count {
            var length = 0
            while length < text.count {
                let byte = bytes[start + length]
                if (byte &- 65 < 26 ? byte | 32 : byte) != text[length] { break }
                length += 1
            }
            if length == text.count { return start + length }
            start += 1
        }
        return nil
    }

    mutating func take(_ buffer: ByteBuffer) -> BenchAnswer? {
        if bytes == 0 { firstByte = wallSeconds() }
        bytes += buffer.readableBytes
        var view = buffer.readableBytesView[...]
        if remaining < 0, !isChunked {
            head += view
            guard let end = BenchParser.end(of: BenchParser.headEnd, in: head) else { return nil }
            view = buffer.readableBytesView.suffix(head.count - end)
            if let number = BenchParser.end(of: BenchParser.lengthName, in: head), number < end {
                remaining = head[number..<end].prefix { $0 &- 48 < 10 }.reduce(0) { $0 * 10 + Int($1) - 48 }
            } else {
                isChunked = true
            }
            head = []
        }
        if isChunked {
            tail = Array((tail + view.suffix(7)).suffix(7))
            guard tail.elementsEqual(Array("\r\n0\r\n\r\n".utf8)) else { return nil }
        } else {
            if remaining <= 64 << 10 { body += view }
            remaining -= view.count
            if remaining > 0 { return nil }
        }
        defer { self = BenchParser() }
        return BenchAnswer(bytes: bytes, firstByte: firstByte, body: body)
    }
}

/// One connection, one request at a time.
final class BenchClient: @unchecked Sendable {
    private final class Handler: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let client: BenchClient
        init(_ client: BenchClient) { self.client = client }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { client.received(unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { client.semaphore.signal() }
    }

    private let semaphore = DispatchSemaphore(value: 0)
    private var parser = BenchParser()
    private var answer: BenchAnswer?
    private var channel: (any Channel)?

    init?(_ server: BenchServer) {
        channel = server.connect { [unowned self] in Handler(self) }
        if channel == nil { return nil }
    }

    private func received(_ buffer: ByteBuffer) {
        guard let answer = parser.take(buffer) else { return }
        self.answer = answer
        semaphore.signal()
    }

    func request(_ method: String, _ path: String, _ body: String?) -> BenchAnswer? {
        answer = nil
        channel?.writeAndFlush(BenchClient.bytes(method, path, body), promise: nil)
        semaphore.wait()
        return answer
    }

    static func bytes(_ method: String, _ path: String, _ body: String?) -> ByteBuffer {
        ByteBuffer(
            string: "\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body?.utf8.count ?? 0)\r\n\r\n\(body ?? "")")
    }
}

/// Many connections, each with the next request as soon as it has its answer.
enum BenchLoad {
    typealias Request = @Sendable (Int) -> (String, String, String?)

    struct Outcome {
        var rate: Double
        /// The 99th percentile, in seconds.
        var latency: Double
    }

    private struct Progress {
        var next = 0
        var latencies: [Double] = []
    }

    private final class Handler: ChannelInboundHandler, @unchecked Sendable {
        typealias InboundIn = ByteBuffer
        let request: Request
        let progress: NIOLockedValueBox<Progress>
        let total: Int
        let done: DispatchSemaphore
        private var parser = BenchParser()
        private var sent = 0.0

        init(
            _ request: @escaping Request, _ progress: NIOLockedValueBox<Progress>, _ total: Int,
            _ done: DispatchSemaphore
        ) {
            self.request = request
            self.progress = progress
            self.total = total
            self.done = done
        }

        func begin(_ channel: any Channel) {
            let number: Int? = progress.withLockedValue { progress in
                if progress.next >= total { return nil }
                progress.next += 1
                return progress.next
            }
            guard let number else {
                done.signal()
                return
            }
            sent = wallSeconds()
            let (method, path, body) = request(number)
            channel.writeAndFlush(BenchClient.bytes(method, path, body), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard parser.take(unwrapInboundIn(data)) != nil else { return }
            let latency = wallSeconds() - sent
            progress.withLockedValue { $0.latencies.append(latency) }
            begin(context.channel)
        }
    }

    static func run(
        _ server: BenchServer, _ connections: Int, requests: Int, _ request: @escaping Request
    ) -> Outcome {
        let progress = NIOLockedValueBox(Progress())
        let done = DispatchSemaphore(value: 0)
        var open: [(any Channel, Handler)] = []
        for _ in 0..<connections {
            let handler = Handler(request, progress, requests, done)
            if let channel = server.connect({ handler }) { open.append((channel, handler)) }
        }
        let start = wallSeconds()
        for (channel, handler) in open { channel.eventLoop.execute { handler.begin(channel) } }
        for _ in open { done.wait() }
        let elapsed = wallSeconds() - start
        for (channel, _) in open { channel.close(promise: nil) }
        let latencies = progress.withLockedValue { $0.latencies }
        return Outcome(rate: Double(latencies.count) / elapsed, latency: percentile99(latencies))
    }
}

/// Many watches of one collection, which count what they are told.
final class BenchFanout: Sendable {
    private final class Handler: ChannelInboundHandler, @unchecked Sendable {
        typealias InboundIn = ByteBuffer
        let counts: NIOLockedValueBox<[Int]>
        let index: Int

        init(_ counts: NIOLockedValueBox<[Int]>, _ index: Int) {
            self.counts = counts
            self.index = index
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            // Every event ends with a line break that nothing else in it has; the heads of the answers have two bytes.
            let buffer = unwrapInboundIn(data)
            let bytes = buffer.readableBytesView
            var events = 0
            var previous: UInt8 = 0
            for byte in bytes {
                if byte == UInt8(ascii: "\n"), previous == UInt8(ascii: "}") { events += 1 }
                previous = byte
            }
            if events > 0 { counts.withLockedValue { $0[index] += events } }
        }
    }

    private let counts: NIOLockedValueBox<[Int]>

    init?(_ server: BenchServer, watchers: Int) {
        counts = NIOLockedValueBox(Array(repeating: 0, count: watchers))
        guard let client = BenchClient(server),
            let list = client.request("GET", "/api/v1/namespaces/default/configmaps?limit=1", nil),
            let revision = String(decoding: list.body, as: UTF8.self).components(separatedBy: "\"resourceVersion\":\"")
                .dropFirst().first?.prefix(while: { $0.isNumber })
        else { return nil }
        for index in 0..<watchers {
            let handler = Handler(counts, index)
            guard let channel = server.connect({ handler }) else { return nil }
            channel.writeAndFlush(
                BenchClient.bytes(
                    "GET", "/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=\(revision)", nil),
                promise: nil)
        }
    }

    var total: Int { counts.withLockedValue { $0.reduce(0, +) } }

    /// Waits until every watch has been told this many events.
    func wait(forEach count: Int, within seconds: Double) -> Bool {
        let deadline = wallSeconds() + seconds
        while wallSeconds() < deadline {
            if counts.withLockedValue({ $0.allSatisfy { $0 >= count } }) { return true }
            usleep(500)
        }
        return false
    }
}
