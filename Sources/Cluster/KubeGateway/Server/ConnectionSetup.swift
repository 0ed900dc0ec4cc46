import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL

/// Builds the pipeline of a new connection: TLS, then HTTP/2 or HTTP/1.1, as client and server agree in the handshake.
struct ConnectionSetup: Sendable {
    /// Follows apiserver pkg/server/secure_serving.go `maxConcurrentStreams`.
    private static let maximumStreams = 100
    /// How much of an answer may wait for the network before its making pauses, and how little lets it go on.
    private static let highWatermark = 512 << 10
    private static let lowWatermark = 128 << 10
    private static let receiveWindow = 1 << 20

    private let context: NIOSSLContext
    private let authority: CertificateAuthority

    init(_ authority: CertificateAuthority, identity: CertificateAuthority.Identity) throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.privateKey.utf8), format: .pem)))
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .optionalVerification
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8)))
        context = try NIOSSLContext(configuration: configuration)
        self.authority = authority
    }

    static let watermarks = ChannelOptions.Types.WriteBufferWaterMark(low: lowWatermark, high: highWatermark)

    /// How long a client may take to agree on the encryption.
    ///
    /// Follows Go's net/http/server.go `tlsHandshakeTimeout`.
    private static let handshakeTimeout = RequestTimes.head

    func configure(_ channel: any Channel, _ server: RequestServer) -> EventLoopFuture<Void> {
        let deadline = channel.eventLoop.scheduleTask(in: ConnectionSetup.handshakeTimeout) {
            channel.close(promise: nil)
        }
        return channel.eventLoop.makeCompletedFuture {
            // A certificate of a stranger is no reason to break the connection off: the request is refused, with words.
            let handler = NIOSSLServerHandler(
                context: context, customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) })
            try channel.pipeline.syncOperations.addHandlers([PlainTextHandler(), handler])
        }.flatMap {
            channel.configureHTTP2SecureUpgrade(
                h2ChannelConfigurator: {
                    deadline.cancel()
                    return configureHTTP2($0, server)
                },
                http1ChannelConfigurator: {
                    deadline.cancel()
                    return configureHTTP1($0, server)
                })
        }
    }

    private func configureHTTP1(_ channel: any Channel, _ server: RequestServer) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let sync = channel.pipeline.syncOperations
            let decoder = HTTPRequestDecoder(limitConfiguration: ConnectionSetup.headLimits)
            let times = RequestTimes()
            // The pipeline that NIO sets up, but for the handler that answers what is no request without a word.
            try sync.addHandlers([
                times, HTTPResponseEncoder(), ByteToMessageHandler(decoder), HTTPServerPipelineHandler(),
                NIOHTTPResponseHeadersValidator(),
            ])
            try sync.addHandler(RequestHandler(server, certificate: client(of: channel), .connection(times)))
        }
    }

    /// Go's server takes a megabyte of headers.
    ///
    /// Follows Go's net/http/server.go `DefaultMaxHeaderBytes`.
    private static var headLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 1 << 20
        limits.maxHeaderListSize = 1 << 20
        limits.maxHeaderFieldCount = 10_000
        return limits
    }

    private func configureHTTP2(_ channel: any Channel, _ server: RequestServer) -> EventLoopFuture<Void> {
        var settings = NIOHTTP2Handler.ConnectionConfiguration()
        settings.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: ConnectionSetup.maximumStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 1 << 20),
            HTTP2Setting(parameter: .initialWindowSize, value: ConnectionSetup.receiveWindow),
        ]
        // As many as a head of that size comes in.
        settings.maximumSequentialContinuationFrames = 64
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.targetWindowSize = ConnectionSetup.receiveWindow
        stream.outboundBufferSizeHighWatermark = ConnectionSetup.highWatermark
        stream.outboundBufferSizeLowWatermark = ConnectionSetup.lowWatermark
        // A client library may give up on many watches at once.
        stream.streamResetFrameRateLimit.maximumCount = 10_000
        let certificate = client(of: channel)
        let connection = NIOLoopBound(MultiplexedConnection(), eventLoop: channel.eventLoop)
        return channel.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: settings, streamConfiguration: stream
        ) { stream in
            connection.value.streamOpened(ConnectionSetup.number(of: stream))
            stream.closeFuture.whenComplete { _ in connection.value.streamClosed() }
            return stream.eventLoop.makeCompletedFuture {
                let sync = stream.pipeline.syncOperations
                try sync.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                try sync.addHandler(RequestHandler(server, certificate: certificate, .stream(connection.value)))
            }
        }.flatMapThrowing { _ in try channel.pipeline.syncOperations.addHandler(connection.value) }
    }

    private static func number(of stream: any Channel) -> Int {
        guard let number = try? stream.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID) else { return 0 }
        return Int(number)
    }

    /// Who the client says it is in the handshake, checked once a connection.
    private func client(of channel: any Channel) -> Result<CertificateAuthority.Subject, CertificateProblem>? {
        guard let handler = try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self),
            let certificate = handler.peerCertificate
        else { return nil }
        do {
            let der = try certificate.toDERBytes()
            do throws(CertificateProblem) {
                return .success(try authority.verify(client: der))
            } catch {
                return .failure(error)
            }
        } catch {
            return .failure(CertificateProblem("x509: malformed certificate"))
        }
    }
}
