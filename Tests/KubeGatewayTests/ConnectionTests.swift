import KubeAPI
import KubeGateway
import NIOCore
import NIOEmbedded
import Testing

/// How connections begin and end, whatever is asked on them.
@Suite("Connections")
struct ConnectionTests {
    private let gateway = TestGateway.shared

    /// Follows Go's net/http/server.go `tlsRecordHeaderLooksLikeHTTP`, which knows these five.
    @Test(
        "Who speaks HTTP without TLS is told so",
        arguments: [
            ["GET / HTTP/1.1\r\nHost: x\r\n\r\n"], ["HEAD /readyz HTTP/1.1\r\n\r\n"], ["POST /api HTTP/1.1\r\n\r\n"],
            ["PUT /api HTTP/1.1\r\n\r\n"], ["OPTIONS * HTTP/1.1\r\n\r\n"], ["GET /"], ["G", "ET", " /"],
        ])
    func plainRequests(pieces: [String]) throws {
        let connection = try TestConnection(plainPort: gateway.gateway.port)
        defer { connection.close() }
        for piece in pieces { connection.send(piece) }
        #expect(
            connection.untilClosed()
                == "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
    }

    @Test("What is neither HTTP nor TLS is TLS's to refuse", arguments: ["DELETE / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n"])
    func otherBytes(bytes: String) throws {
        let connection = try TestConnection(plainPort: gateway.gateway.port)
        defer { connection.close() }
        connection.send(bytes)
        #expect(!connection.untilClosed().contains("HTTP"))
    }

    // MARK: Times

    private struct Pipe {
        let loop = EmbeddedEventLoop()
        let times = RequestTimes()
        let channel: EmbeddedChannel

        init() throws {
            channel = EmbeddedChannel(handler: times, loop: loop)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        /// As the rest of the pipeline does with a whole request that comes in one piece.
        func request() throws {
            try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n"))
            times.receivedHead()
            times.receivedRequest()
        }

        /// Whether the connection is still there after that many more seconds.
        func isOpen(after seconds: Int64) -> Bool {
            loop.advanceTime(by: .seconds(seconds))
            return channel.isActive
        }
    }

    @Test func aHeadHasItsTime() throws {
        let silent = try Pipe()
        #expect(silent.isOpen(after: 31))
        #expect(!silent.isOpen(after: 1))
        // Bytes that come slowly make no difference.
        let slow = try Pipe()
        for _ in 0..<3 {
            try slow.channel.writeInbound(ByteBuffer(string: "G"))
            #expect(slow.isOpen(after: 10))
        }
        #expect(!slow.isOpen(after: 2))
    }

    @Test func aLaterHeadHasItsTimeFromItsFirstByte() throws {
        let pipe = try Pipe()
        try pipe.request()
        pipe.times.answered()
        #expect(pipe.isOpen(after: 89))
        try pipe.channel.writeInbound(ByteBuffer(string: "G"))
        #expect(pipe.isOpen(after: 31))
        #expect(!pipe.isOpen(after: 1))
    }

    @Test func betweenRequestsAConnectionIsKept() throws {
        let pipe = try Pipe()
        try pipe.request()
        // However long the answer takes.
        #expect(pipe.isOpen(after: 3600))
        pipe.times.answered()
        #expect(pipe.isOpen(after: 89))
        try pipe.request()
        pipe.times.answered()
        #expect(pipe.isOpen(after: 89))
        #expect(!pipe.isOpen(after: 1))
    }

    @Test func aBodyThatComesKeepsItsConnection() throws {
        let pipe = try Pipe()
        try pipe.channel.writeInbound(ByteBuffer(string: "POST / HTTP/1.1\r\n"))
        pipe.times.receivedHead()
        for _ in 0..<3 {
            #expect(pipe.isOpen(after: 89))
            try pipe.channel.writeInbound(ByteBuffer(string: "x"))
        }
        #expect(!pipe.isOpen(after: 90))
    }

    @Test func connectionsOfHTTP2WithoutStreamsEnd() throws {
        let loop = EmbeddedEventLoop()
        let connection = MultiplexedConnection()
        let channel = EmbeddedChannel(handler: connection, loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        loop.advanceTime(by: .seconds(89))
        #expect(channel.isActive)
        connection.streamOpened(1)
        connection.streamOpened(3)
        loop.advanceTime(by: .seconds(3600))
        connection.streamClosed()
        loop.advanceTime(by: .seconds(3600))
        #expect(channel.isActive)
        connection.streamClosed()
        loop.advanceTime(by: .seconds(89))
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func connectionsOfHTTP2EndWithTheirStreams() throws {
        let loop = EmbeddedEventLoop()
        let connection = MultiplexedConnection()
        let channel = EmbeddedChannel(handler: connection, loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        connection.streamOpened(1)
        connection.shutDown()
        loop.advanceTime(by: .seconds(3600))
        #expect(channel.isActive)
        connection.streamClosed()
        // So that the client can read what it has been told last.
        loop.advanceTime(by: .milliseconds(999))
        #expect(channel.isActive)
        loop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
    }

    // MARK: HTTP/2

    private static let preface =
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]

    /// The head of `GET /readyz`, and all of it.
    private func readiness(_ stream: UInt8) -> [UInt8] {
        let fields = [0x82, 0x87, 0x44, 7] + Array("/readyz".utf8) + [0x41, 1] + Array("x".utf8)
        return [0, 0, UInt8(fields.count), 1, 5, 0, 0, 0, stream] + fields
    }

    private func openHTTP2(anonymous: Bool) throws -> TestConnection {
        let connection = try TestConnection(
            port: gateway.gateway.port, authority: gateway.authority, identity: anonymous ? nil : gateway.admin,
            protocols: ["h2"])
        connection.send(Self.preface + readiness(1))
        return connection
    }

    @Test func streamsAtATime() throws {
        let connection = try openHTTP2(anonymous: false)
        defer { connection.close() }
        var frame = try connection.frameOfHTTP2()
        while frame.type != 4 { frame = try connection.frameOfHTTP2() }
        let settings = stride(from: 0, to: frame.payload.count, by: 6).map { Array(frame.payload[$0..<$0 + 6]) }
        // SETTINGS_MAX_CONCURRENT_STREAMS
        #expect(settings.contains([0, 3, 0, 0, 0, 100]))
    }

    /// Whoever does not say who he is gets one answer, and is told that there will be no more; others go on.
    @Test(arguments: [true, false])
    func strangersHaveOneRequest(anonymous: Bool) throws {
        let connection = try openHTTP2(anonymous: anonymous)
        defer { connection.close() }
        var seen: Set<UInt8> = []
        // DATA that ends the stream.
        while true {
            let frame = try connection.frameOfHTTP2()
            seen.insert(frame.type)
            if frame.type == 7 { #expect(frame.payload == [0, 0, 0, 1, 0, 0, 0, 0]) }
            if frame.type == 0, frame.flags & 1 == 1 { break }
        }
        // HEADERS; GOAWAY, with the number of the one stream and no error.
        #expect(seen.contains(1))
        #expect(seen.contains(7) == anonymous)
        if !anonymous {
            connection.send(readiness(3))
            var frame = try connection.frameOfHTTP2()
            while frame.type != 0 { frame = try connection.frameOfHTTP2() }
            #expect(frame.payload == Array("ok".utf8))
        }
    }

    /// Who sends a body too slowly is told that the request took too long.
    @Test func aBodyHasItsTime() throws {
        let gateway = try TestGateway(nodes: 1) { $0.requestTimeout = .milliseconds(20) }
        defer { gateway.stop() }
        let connection = try gateway.connect()
        defer { connection.close() }
        connection.send("POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        let response = try connection.response()
        #expect(response.status == 504)
        #expect(response.header("Connection") == "close")
        let status = try response.json
        #expect(status["reason"] == "Timeout")
        #expect(status["message"] == "Timeout: request did not complete within the allotted timeout")
        #expect(connection.isClosedByServer())
    }
}
