import Foundation
import KubeAPI
import KubeGateway
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// An answer as it came over the wire.
struct TestResponse {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    func all(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONValue.decode(body) }
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
}

/// A TLS connection on which bytes are sent and received as they are, and HTTP/1.1 on top of it.
final class TestConnection: Sendable {
    private struct State {
        var received: [UInt8] = []
        var isClosed = false
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let box: ConditionBox
        init(_ box: ConditionBox) { self.box = box }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(unwrapInboundIn(data).readableBytesView)
            box.update { $0.received += bytes }
        }

        func channelInactive(context: ChannelHandlerContext) { box.update { $0.isClosed = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private final class ConditionBox: @unchecked Sendable {
        private let condition = NSCondition()
        private var state = State()

        func update(_ change: (inout State) -> Void) {
            condition.lock()
            change(&state)
            condition.broadcast()
            condition.unlock()
        }

        /// Waits until `body` gives something, or nothing more comes.
        func wait<Value>(seconds: Double, _ body: (inout State) -> Value?) -> Value? {
            let deadline = Date(timeIntervalSinceNow: seconds)
            condition.lock()
            defer { condition.unlock() }
            while true {
                if let value = body(&state) { return value }
                if state.isClosed { return nil }
                if !condition.wait(until: deadline) { return body(&state) }
            }
        }
    }

    /// Far beyond what any answer takes: a test fails by it, and is not slowed down.
    private static let patience = 20.0
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let box = ConditionBox()
    private let channel: any Channel

    init(
        port: Int, authority: CertificateAuthority, identity: CertificateAuthority.Identity?,
        protocols: [String] = ["http/1.1"]
    ) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8)))
        configuration.applicationProtocols = protocols
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(identity.privateKey.utf8), format: .pem))
        }
        let context = try NIOSSLContext(configuration: configuration)
        let box = box
        channel = try ClientBootstrap(group: TestConnection.group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let sync = channel.pipeline.syncOperations
                    try sync.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    try sync.addHandler(Collector(box))
                }
            }
            .connect(host: "127.0.0.1", port: port).wait()
    }

    /// Without TLS.
    init(plainPort port: Int) throws {
        let box = box
        channel = try ClientBootstrap(group: TestConnection.group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(box)) }
            }
            .connect(host: "127.0.0.1", port: port).wait()
    }

    func close() { channel.close(promise: nil) }

    /// Ends the connection as a client does that is killed: without the words with which TLS takes its leave.
    func cut() throws {
        final class Cut: ChannelInboundHandler, Sendable {
            typealias InboundIn = ByteBuffer
            // Before the handler of TLS, which is not asked.
            func handlerAdded(context: ChannelHandlerContext) { context.close(promise: nil) }
        }
        try channel.pipeline.addHandler(Cut(), position: .first).wait()
    }

    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    func send(_ text: String) { send(Array(text.utf8)) }

    /// Whether the server has closed the connection, which may take it a moment.
    func isClosedByServer() -> Bool { box.wait(seconds: TestConnection.patience) { $0.isClosed ? true : nil } ?? false }

    /// All that comes until the server closes the connection.
    func untilClosed() -> String {
        let text = box.wait(seconds: TestConnection.patience) { state in
            state.isClosed ? String(decoding: state.received, as: UTF8.self) : nil
        }
        return text ?? "still open"
    }

    // MARK: HTTP/1.1

    func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil
    ) throws -> TestResponse {
        sendRequest(method, path, headers: headers, body: body)
        return try response(hasBody: method != "HEAD")
    }

    func sendRequest(_ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil) {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        send(text + "\r\n" + (body ?? ""))
    }

    /// The head of the next answer.
    func responseHead() throws -> TestResponse {
        let head: [UInt8]? = box.wait(seconds: TestConnection.patience) { state in
            guard let end = state.received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            defer { state.received.removeSubrange(..<end.upperBound) }
            return Array(state.received[..<end.lowerBound])
        }
        guard let head else { throw TestFailure(description: "no answer") }
        var lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines.removeFirst().split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw TestFailure(description: "no status line") }
        let headers = lines.map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
        return TestResponse(status: status, headers: headers, body: [])
    }

    func response(hasBody: Bool = true) throws -> TestResponse {
        var response = try responseHead()
        if response.status == 100 { response = try responseHead() }
        if !hasBody || response.status == 304 { return response }
        if response.header("Transfer-Encoding") == "chunked" {
            while let chunk = try chunk() { response.body += chunk }
        } else if let length = response.header("Content-Length").flatMap({ Int($0) }) {
            response.body = try take(length)
        }
        return response
    }

    /// The next piece of a chunked answer; nil at its end.
    func chunk() throws -> [UInt8]? {
        let line: String? = box.wait(seconds: TestConnection.patience) { state in
            guard let end = state.received.firstRange(of: Array("\r\n".utf8)) else { return nil }
            defer { state.received.removeSubrange(..<end.upperBound) }
            return String(decoding: state.received[..<end.lowerBound], as: UTF8.self)
        }
        guard let line, let size = Int(line, radix: 16) else { throw TestFailure(description: "no chunk") }
        let bytes = try take(size + 2)
        return size == 0 ? nil : Array(bytes.dropLast(2))
    }

    // MARK: HTTP/2

    func frameOfHTTP2() throws -> (type: UInt8, flags: UInt8, payload: [UInt8]) {
        let head = try take(9)
        return (head[3], head[4], try take(head[..<3].reduce(0) { $0 << 8 | Int($1) }))
    }

    // MARK: WebSocket

    /// The next frame of a server, which does not mask it.
    func frame() throws -> (opcode: UInt8, payload: [UInt8]) {
        let head = try take(2)
        let extra = head[1] == 127 ? 8 : head[1] == 126 ? 2 : 0
        let length = extra == 0 ? Int(head[1]) : try take(extra).reduce(0) { $0 << 8 | Int($1) }
        guard head[0] & 0xF0 == 0x80, head[1] < 128 else { throw TestFailure(description: "a strange frame") }
        return (head[0] & 0x0F, try take(length))
    }

    /// Sends a frame, masked as a client's must be.
    func sendFrame(_ opcode: UInt8, _ payload: [UInt8] = []) {
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        let count = payload.count
        let length = count < 126 ? [UInt8(count)] : [126, UInt8(count >> 8), UInt8(count & 0xFF)]
        let masked = payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
        send([0x80 | opcode, 0x80 | length[0]] + length.dropFirst() + mask + masked)
    }

    private func take(_ count: Int) throws -> [UInt8] {
        let bytes: [UInt8]? = box.wait(seconds: TestConnection.patience) { state in
            guard state.received.count >= count else { return nil }
            defer { state.received.removeFirst(count) }
            return Array(state.received.prefix(count))
        }
        guard let bytes else { throw TestFailure(description: "the answer is too short") }
        return bytes
    }
}

/// The events of a watch, line by line.
final class TestWatch {
    private let connection: TestConnection
    private var buffered: [UInt8] = []
    let head: TestResponse

    init(_ gateway: TestGateway, _ path: String, headers: [(String, String)] = []) throws {
        connection = try gateway.connect()
        connection.sendRequest("GET", path, headers: headers)
        head = try connection.responseHead()
    }

    deinit { connection.close() }

    /// The next event; nil when the watch has ended.
    func next() throws -> JSONValue? {
        while true {
            if let end = buffered.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffered[..<end])
                buffered.removeSubrange(...end)
                return try JSONValue.decode(line)
            }
            guard let chunk = try connection.chunk() else { return nil }
            buffered += chunk
        }
    }

    /// Type and name of the next event: `ADDED web`.
    func nextSummary() throws -> String {
        guard let event = try next() else { return "END" }
        let object = event["object"]
        let name = object?["metadata"]?["name"]?.stringValue ?? ""
        return "\(event["type"]?.stringValue ?? "") \(name)"
    }
}
