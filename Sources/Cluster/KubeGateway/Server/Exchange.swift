import KubeAPI
import NIOCore
import NIOHTTP1

/// A piece by piece answer: asked for the next piece whenever the client can take more.
protocol BodyProducer: AnyObject {
    /// The next piece; nil when there is none now. Called on the exchange's event loop.
    func next() -> ByteBuffer?
    /// Whether there never will be another.
    var isFinished: Bool { get }
}

/// A whole answer.
struct Response {
    var status: Int
    /// Empty for an answer without content.
    var contentType: String
    var headers: [(String, String)] = []
    var body: ByteBuffer

    init(_ status: Int, _ contentType: String, _ body: ByteBuffer, headers: [(String, String)] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }

    init(_ status: Int = 200, text: String, headers: [(String, String)] = []) {
        self.init(status, "text/plain; charset=utf-8", ByteBuffer(string: text), headers: headers)
    }
}

/// One request and its one answer. Everything here is called on the connection's event loop, which is what makes it
/// safe to hand the reference to closures that come back to that loop.
final class Exchange: @unchecked Sendable {
    /// Where the parts of the answer go: the connection, or the stream of HTTP/2.
    protocol Sink: AnyObject {
        var isWritable: Bool { get }
        func write(head: HTTPResponseHead)
        func write(body: ByteBuffer)
        /// `isComplete` is false when the answer is broken off, so that the client does not take it for whole.
        func end(isComplete: Bool)
        func flush()
        /// The connection has become a WebSocket, whose frames are listened to.
        ///
        /// - Parameter close: Called when the client wants no more.
        func takeFrames(_ close: @escaping () -> Void)
    }

    private enum State { case waiting, streaming, ended }

    let eventLoop: any EventLoop
    var request: GatewayRequest
    private weak var sink: (any Sink)?
    private var state = State.waiting
    private var producer: (any BodyProducer)?
    /// A piece that has been made and not written yet.
    private var first: ByteBuffer?
    private var compressor: GzipCompressor?
    /// Texts for `Warning:` headers.
    var warnings: [String] = []
    /// More headers of the answer, whatever it will be.
    var extraHeaders: [(String, String)] = []
    /// Called once, when the answer has been handed over entirely or the client has gone.
    var onEnd: (() -> Void)?
    /// Gives up what the request has of the server's seats, or waits for; called once at the latest with the end.
    var leaveSeat: (@Sendable () -> Void)?
    /// Runs while the request waits for a seat.
    var patience: Scheduled<Void>?
    /// The code of the answer; 0 before there is one.
    private(set) var status = 0
    private(set) var bodyBytes = 0

    init(_ request: GatewayRequest, eventLoop: any EventLoop, sink: any Sink) {
        self.request = request
        self.eventLoop = eventLoop
        self.sink = sink
    }

    var isEnded: Bool { state == .ended }

    /// Whether nobody knows who asks. Who acts as nobody is somebody.
    var isAnonymous: Bool {
        request.user.groups.contains("system:unauthenticated") && request.header("Impersonate-User").isEmpty
    }

    // MARK: Answering

    func respond(_ response: Response) {
        guard state == .waiting else { return }
        var response = response
        let isCompressed =
            response.body.readableBytes > GzipCompressor.threshold && acceptsGzip && request.method != "HEAD"
        if isCompressed, let compressor = GzipCompressor() {
            response.body = compressor.compress(response.body, isLast: true)
            response.headers.append(("Content-Encoding", "gzip"))
            response.headers.append(("Vary", "Accept-Encoding"))
        }
        // What says that nothing has changed says nothing of what that is.
        if response.status != 304 {
            response.headers.append(("Content-Length", String(response.body.readableBytes)))
        }
        writeHead(response.status, response.contentType, response.headers)
        if request.method != "HEAD", response.body.readableBytes > 0 {
            bodyBytes += response.body.readableBytes
            sink?.write(body: response.body)
        }
        end()
    }

    /// Begins an answer whose length is not known. The client is told at once.
    ///
    /// - Parameter compressing: Whether it may be compressed. Its first piece tells whether that is worth it, and may
    ///   turn out to be all of it.
    func stream(
        _ status: Int = 200, contentType: String, headers: [(String, String)] = [], compressing: Bool = false,
        _ producer: any BodyProducer
    ) {
        guard state == .waiting else { return }
        var headers = headers
        if compressing {
            first = producer.next()
            if producer.isFinished {
                return respond(Response(status, contentType, first.take() ?? ByteBuffer(), headers: headers))
            }
        }
        if compressing, acceptsGzip, let compressor = GzipCompressor() {
            self.compressor = compressor
            headers.append(("Content-Encoding", "gzip"))
            headers.append(("Vary", "Accept-Encoding"))
        }
        writeHead(status, contentType, headers)
        state = .streaming
        if request.method == "HEAD" { return end() }
        self.producer = producer
        sink?.flush()
        pump()
    }

    /// Listens for the end of a client that the answer is a WebSocket to.
    func takeFrames(_ close: @escaping () -> Void) { sink?.takeFrames(close) }

    /// Moves on a streamed answer: the client can take more, or there is more.
    func pump() {
        guard state == .streaming, let producer else { return }
        var hasWritten = false
        while sink?.isWritable == true {
            guard var piece = first.take() ?? producer.next() else { break }
            if let compressor { piece = compressor.compress(piece, isLast: false) }
            if piece.readableBytes == 0 { continue }
            bodyBytes += piece.readableBytes
            sink?.write(body: piece)
            hasWritten = true
        }
        if producer.isFinished, first == nil {
            if let compressor { sink?.write(body: compressor.compress(ByteBuffer(), isLast: true)) }
            end()
        } else if hasWritten {
            sink?.flush()
        }
    }

    /// Gives up a streamed answer; the client can tell.
    func breakOff() {
        guard state == .streaming else { return }
        finish(isComplete: false)
    }

    /// The client is gone.
    func abandon() {
        if state == .ended { return }
        state = .ended
        sink = nil
        conclude()
    }

    private var acceptsGzip: Bool {
        request.joinedHeader("Accept-Encoding").split(separator: ",").contains {
            $0.split(separator: ";").first?.trimmingPrefix(while: { $0 == " " }) == "gzip"
        }
    }

    private func writeHead(_ status: Int, _ contentType: String, _ headers: [(String, String)]) {
        self.status = status
        var all = HTTPHeaders()
        // A client may number its requests itself. Follows apiserver pkg/endpoints/filters/audit_init.go.
        let number = request.header("Audit-Id")
        all.add(name: "Audit-Id", value: number.isEmpty ? AuditIdentifier.next() : number)
        all.add(name: "Cache-Control", value: "no-cache, private")
        if !contentType.isEmpty { all.add(name: "Content-Type", value: contentType) }
        if !warnings.isEmpty {
            for text in WarningHeader.texts(warnings) { all.add(name: "Warning", value: text) }
        }
        for (name, value) in extraHeaders + headers {
            // An answer depends on what asked for its form and on what asked for it compressed.
            if name == "Vary" { all.add(name: name, value: value) } else { all.replaceOrAdd(name: name, value: value) }
        }
        all.add(name: "Date", value: HTTPDate.now())
        sink?.write(
            head: HTTPResponseHead(
                version: request.version, status: HTTPResponseStatus(statusCode: status), headers: all))
    }

    private func end() { finish(isComplete: true) }

    private func finish(isComplete: Bool) {
        state = .ended
        sink?.end(isComplete: isComplete)
        conclude()
    }

    /// The rest of the answer needs no seat.
    func releaseSeat() {
        let leave = leaveSeat
        leaveSeat = nil
        leave?()
    }

    private func conclude() {
        producer = nil
        first = nil
        compressor = nil
        let onEnd = onEnd
        self.onEnd = nil
        onEnd?()
        patience?.cancel()
        patience = nil
        releaseSeat()
    }
}
