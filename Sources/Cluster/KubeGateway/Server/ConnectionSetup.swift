import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL

/// Builds the pipeline of a new connection: TLS, then HTTP/2 or HTTP/1.1, as client and server agree in the handshake.
struct ConnectionSetup: Sendable {
    /// Follows apiserver pkg/server/options/recommended.go, which leaves Go's default.
    private static let maximumStreams = 250
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
    private static let handshakeTimeout = TimeAmount.seconds(30)

    func configure(_ channel: any Channel, _ server: RequestServer) -> EventLoopFuture<Void> {
        let deadline = channel.eventLoop.scheduleTask(in: ConnectionSetup.handshakeTimeout) {
            channel.close(promise: nil)
        }
        return channel.eventLoop.makeCompletedFuture {
            // A certificate of a stranger is no reason to break the connection off: the request is refused, with words.
            let handler = NIOSSLServerHandler(
                context: context, customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) })
            try channel.pipeline.syncOperations.addHandler(handler)
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
            // The pipeline that NIO sets up, but for the handler that answers what is no request without a word.
            try sync.addHandlers([
                HTTPResponseEncoder(), ByteToMessageHandler(decoder), HTTPServerPipelineHandler(),
                NIOHTTPResponseHeadersValidator(),
            ])
            try sync.addHandler(RequestHandler(server, certificate: client(of: channel), isConnection: true))
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
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: ConnectionSetup.maximumStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 1 << 20),
            HTTP2Setting(parameter: .initialWindowSize, value: ConnectionSetup.receiveWindow),
        ]
        // As many as a head of that size comes in.
        connection.maximumSequentialContinuationFrames = 64
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.targetWindowSize = ConnectionSetup.receiveWindow
        stream.outboundBufferSizeHighWatermark = ConnectionSetup.highWatermark
        stream.outboundBufferSizeLowWatermark = ConnectionSetup.lowWatermark
        // A client library may give up on many watches at once.
        stream.streamResetFrameRateLimit.maximumCount = 10_000
        let certificate = client(of: channel)
        return channel.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connection, streamConfiguration: stream
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let sync = stream.pipeline.syncOperations
                try sync.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                try sync.addHandler(RequestHandler(server, certificate: certificate, isConnection: false))
            }
        }.flatMapThrowing { _ in try channel.pipeline.syncOperations.addHandler(BrokenConnectionHandler()) }
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

/// Ends a connection of HTTP/2 when nothing can be made of its bytes any more, once its client has been told so by a
/// GOAWAY. Nobody else does, and the client would wait for answers for ever.
private final class BrokenConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = Never

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is NIOHTTP2Errors.UnableToParseFrame, is NIOHTTP2Errors.BadClientMagic,
            is NIOHTTP2Errors.ExcessivelyLargeHeaderBlock, is NIOHTTP2Errors.ExcessiveContinuationFrames:
            context.close(promise: nil)
        default: context.fireErrorCaught(error)
        }
    }
}
