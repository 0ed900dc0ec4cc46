import KubeAPI
import KubeGateway
import Testing

/// What is no request of HTTP/1.1, byte by byte: it is told in a Status, and the connection ends.
@Suite("What is no request, on the wire")
struct RequestFaultTests {
    private let gateway = TestGateway.shared

    /// Sends bytes, and expects a Status as the answer and the end of the connection.
    private func expectFault(
        _ bytes: String, _ code: Int, _ message: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        connection.send(bytes)
        let response = try connection.response()
        #expect(response.status == code, sourceLocation: sourceLocation)
        #expect(response.header("Connection") == "close", sourceLocation: sourceLocation)
        #expect(response.header("Content-Type") == "application/json", sourceLocation: sourceLocation)
        let status = try response.json
        #expect(status["kind"] == "Status", sourceLocation: sourceLocation)
        #expect(status["code"]?.intValue == code, sourceLocation: sourceLocation)
        let told = try #require(status["message"]?.stringValue, sourceLocation: sourceLocation)
        if let message {
            #expect(told == message, sourceLocation: sourceLocation)
        } else {
            #expect(told.hasPrefix("malformed HTTP request"), sourceLocation: sourceLocation)
        }
        #expect(connection.isClosedByServer(), sourceLocation: sourceLocation)
    }

    @Test("No resource has a method that nobody knows", arguments: ["FOO", "get", "BREW", "a!#$%&'*+-.^_`|~9"])
    func unknownMethods(method: String) throws {
        try expectFault(
            "\(method) /api/v1/pods HTTP/1.1\r\nHost: x\r\n\r\n", 405,
            "the server does not allow this method on the requested resource")
    }

    @Test(arguments: ["PROPFIND", "M-SEARCH", "TRACE"])
    func methodsOfOtherProtocols(method: String) throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        for path in ["/api/v1/pods", "/api/v1/namespaces/default/pods/none", "/apis/apps/v1", "/version"] {
            let response = try connection.request(method, path)
            #expect(response.status == 405, "\(path)")
            #expect(try response.json["reason"] == "MethodNotAllowed", "\(path)")
            #expect(response.header("Connection") == nil, "\(path)")
        }
        #expect(try connection.request("GET", "/readyz").text == "ok")
        let stranger = try gateway.connect(anonymous: true)
        defer { stranger.close() }
        #expect(try stranger.request(method, "/api/v1/pods").status == 403)
    }

    @Test(
        "Request lines",
        arguments: [
            ("GET", 405, "the server does not allow this method on the requested resource"),
            ("\u{16}\u{3}\u{1}", 405, "the server does not allow this method on the requested resource"),
            ("G@T / HTTP/1.1", 405, "the server does not allow this method on the requested resource"),
            ("GET / HTTP/9", 505, "unsupported protocol version"), ("GET / a HTTP/1.1", 400, nil),
            ("GET readyz HTTP/1.1", 400, nil), ("GET /a\u{0}b HTTP/1.1", 400, nil),
        ] as [(String, Int, String?)])
    func requestLines(line: String, code: Int, message: String?) throws {
        try expectFault(line + "\r\n", code, message)
    }

    /// Such as the body of a request that does not say how long it is.
    @Test("What follows the last request does not take its answer away", arguments: ["{\"a\":1}", "x\r\n\r\n"])
    func afterTheLastRequest(rest: String) throws {
        for method in ["POST", "GET"] {
            let connection = try gateway.connect()
            defer { connection.close() }
            connection.send(
                "\(method) /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\n"
                    + "Content-Type: application/json\r\nConnection: close\r\n\r\n\(rest)")
            #expect(try connection.response().status == (method == "GET" ? 200 : 400))
            #expect(connection.isClosedByServer())
        }
    }

    @Test("Escapes in targets", arguments: ["/%zz", "/%2"])
    func escapes(target: String) throws {
        try expectFault(
            "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n", 400, "parse \"\(target)\": invalid URL escape")
    }

    @Test(
        "Headers",
        arguments: [
            ("", 400, "missing required Host header"), ("Host: a\r\nHost: b\r\n", 400, "too many Host headers"),
            ("Host: x\r\nno colon\r\n", 400, nil), ("Host: x\r\nName : x\r\n", 400, nil),
            ("Host: x\r\n: x\r\n", 400, nil), (" Host: x\r\n", 400, nil), ("Host: x\r\nA: \u{1}\r\n", 400, nil),
            ("Host: x\r\nContent-Length: +2\r\n", 400, nil),
            ("Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400, nil),
            ("Host: x\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n", 400, nil),
            ("Host: x\r\nExpect: wonders\r\n", 417, "Expectation Failed"),
        ] as [(String, Int, String?)])
    func headers(headers: String, code: Int, message: String?) throws {
        try expectFault("POST /api/v1/namespaces HTTP/1.1\r\n\(headers)\r\n", code, message)
    }

    @Test(arguments: ["zz\r\n", "\r\n", "-1\r\n", "fffffffffffffffff\r\n", "2\r\n{}0\r\n\r\n"])
    func chunks(chunks: String) throws {
        try expectFault(
            "POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 400)
    }

    @Test func headsThatAreTooLarge() throws {
        let filling = String(repeating: "x", count: 1 << 20)
        let message = "Request Header Fields Too Large"
        try expectFault("GET /readyz?\(filling)xxxxxxxx HTTP/1.1\r\nHost: x\r\n\r\n", 431, message)
        try expectFault("GET /readyz HTTP/1.1\r\nHost: x\r\nA: \(filling)\r\nB: x\r\n\r\n", 431, message)
    }

    /// What Go's server takes, this one takes.
    @Test func unusualRequests() throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        let many = (0..<5000).map { "h\($0): x\r\n" }.joined()
        let long = String(repeating: "x", count: 400_000)
        for (request, code) in [
            ("\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n", 200),
            ("GET /readyz HTTP/1.1\r\nHost: x\r\n\(many)\r\n", 200),
            ("GET /readyz?a=\(long) HTTP/1.1\r\nHost: x\r\nA: \(long)\r\n\r\n", 200),
            ("GET https://x/readyz HTTP/1.1\r\nHost: x\r\n\r\n", 200), ("GET * HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            ("GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", 404), ("GET //readyz HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            ("GET //api/v1/nodes HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        ] {
            connection.send(request)
            #expect(try connection.response().status == code, "\(request.prefix(80))")
        }
        #expect(try connection.request("GET", "/readyz").text == "ok")
    }

    @Test(
        "Whoever wants another protocol gets an answer, and the connection ends",
        arguments: [
            ("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", 200),
            ("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        ])
    func upgrades(request: String, code: Int) throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        connection.send(request)
        let response = try connection.response()
        #expect(response.status == code)
        #expect(response.header("Connection") == "close")
        #expect(connection.isClosedByServer())
    }

    /// Wherever the bytes are cut, they are the same request.
    @Test func bytesInPieces() throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        let request = Array(
            "POST /version HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n".utf8)
        for place in 1..<request.count {
            connection.send(Array(request[..<place]))
            connection.send(Array(request[place...]))
            #expect(try connection.response().status == 405, "cut at \(place)")
        }
        for byte in request { connection.send([byte]) }
        #expect(try connection.response().status == 405)
    }

    /// Requests that come at once are answered in their order, and a fault among them in its turn.
    @Test func pipelining() throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        let object = #"{"metadata":{"name":"pipelined"}}"#
        connection.send(
            "POST /api/v1/namespaces/default/configmaps?dryRun=All HTTP/1.1\r\nHost: x\r\n"
                + "Content-Length: \(object.utf8.count)\r\n\r\n\(object)"
                + "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n")
        #expect(try connection.response().status == 201)
        #expect(try connection.response().text == "ok")
        let fault = try connection.response()
        #expect(fault.status == 405)
        #expect(try fault.json["reason"] == "MethodNotAllowed")
        #expect(connection.isClosedByServer())
    }

    /// Nothing is answered after an answer that says it is the last.
    @Test func nothingAfterTheEnd() throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        connection.send(
            "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try connection.response().header("Connection") == "close")
        #expect(connection.isClosedByServer())
        #expect(throws: TestFailure.self) { try connection.responseHead() }
    }

    /// Over HTTP/2 such bytes end the connection, of which all depends on those before.
    @Test func bytesThatAreNoHTTP2() throws {
        let connection = try TestConnection(
            port: gateway.gateway.port, authority: gateway.authority, identity: gateway.admin, protocols: ["h2"])
        defer { connection.close() }
        let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
        // A head whose only header is one that no table has.
        let head: [UInt8] = [0, 0, 3, 1, 5, 0, 0, 0, 1, 0xFF, 0x80, 0x01]
        connection.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings + head)
        #expect(connection.isClosedByServer())
    }

    /// A client that dies in the middle of a request takes nobody along.
    @Test(arguments: [
        "GET /api HTTP/1.1\r\nHo", "POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        "POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{",
        "POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n",
        "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHo", "",
    ])
    func clientsThatDie(bytes: String) throws {
        for anonymous in [false, true] {
            let connection = try gateway.connect(anonymous: anonymous)
            connection.send(bytes)
            try connection.cut()
        }
        #expect(try gateway.request("GET", "/readyz").text == "ok")
    }

    @Test func oldClients() throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        connection.send("GET /readyz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let first = try connection.response()
        #expect(first.header("Connection") == "keep-alive")
        #expect(first.text == "ok")
        connection.send("GET /readyz HTTP/1.0\r\n\r\n")
        #expect(try connection.response().header("Connection") == "close")
        #expect(connection.isClosedByServer())
    }

    @Test(arguments: [
        ("%2e%2e", "..", "may not be '..'"), (".", ".", "may not be '.'"), ("a%25b", "a%b", "may not contain '%'"),
    ])
    func namesUnfitForPaths(escaped: String, name: String, problem: String) throws {
        for method in ["GET", "DELETE"] {
            let response = try gateway.request(method, "/api/v1/namespaces/default/configmaps/\(escaped)")
            #expect(response.status == 400)
            #expect(try response.json["message"]?.stringValue == "Name parameter invalid: \"\(name)\": \(problem)")
        }
    }
}
