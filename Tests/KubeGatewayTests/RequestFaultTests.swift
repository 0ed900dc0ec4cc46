import KubeAPI
import KubeGateway
import Testing

/// What is no request of HTTP/1.1, byte by byte: it is told in a Status, and the connection ends.
@Suite("What is no request, on the wire")
struct RequestFaultTests {
    private let gateway = TestGateway.shared

    /// Sends bytes, and expects a Status as the answer and the end of the connection.
    private func expectFault(
        _ bytes: String, _ code: Int, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
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
        #expect(status["message"]?.stringValue == message, sourceLocation: sourceLocation)
        #expect(connection.isClosedByServer(), sourceLocation: sourceLocation)
    }

    @Test(
        "Any word is a method, and no resource has it",
        arguments: ["FOO", "get", "BREW", "M-SEARCH", "a!#$%&'*+-.^_`|~9"])
    func unknownMethods(method: String) throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        for path in ["/api/v1/pods", "/api/v1/namespaces/default/pods/none", "/apis/apps/v1", "/version"] {
            let response = try connection.request(method, path)
            #expect(response.status == 405, "\(path)")
            #expect(try response.json["reason"] == "MethodNotAllowed", "\(path)")
            #expect(response.header("Connection") == nil, "\(path)")
        }
        #expect(try connection.request("GET", "/readyz").text == "ok")
    }

    /// Who may not use any method is told that first.
    @Test func unknownMethodsOfStrangers() throws {
        let connection = try gateway.connect(anonymous: true)
        defer { connection.close() }
        #expect(try connection.request("FOO", "/api/v1/pods").status == 403)
    }

    @Test(
        "Request lines",
        arguments: [
            ("GET", 400, "malformed HTTP request \"GET\""),
            ("\u{16}\u{3}\u{1}", 400, "malformed HTTP request \"\\x16\\x03\\x01\""),
            ("G@T / HTTP/1.1", 400, "invalid method \"G@T\""), (" / HTTP/1.1", 400, "invalid method \"\""),
            ("GET / HTTP/9", 400, "malformed HTTP version \"HTTP/9\""),
            ("GET / a HTTP/1.1", 400, "malformed HTTP version \"a HTTP/1.1\""),
            ("GET / HTTP/2.0", 505, "unsupported protocol version"),
        ])
    func requestLines(line: String, code: Int, message: String) throws {
        try expectFault(line + "\r\n", code, message)
    }

    @Test(
        "Targets",
        arguments: [
            ("readyz", "parse \"readyz\": invalid URI for request"),
            ("/%zz", "parse \"/%zz\": invalid URL escape"), ("/%2", "parse \"/%2\": invalid URL escape"),
            ("/a\u{0}b", "parse \"/a\\x00b\": net/url: invalid control character in URL"),
        ])
    func targets(target: String, message: String) throws {
        try expectFault("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n", 400, message)
    }

    @Test(
        "Headers",
        arguments: [
            ("", 400, "missing required Host header"), ("Host: a\r\nHost: b\r\n", 400, "too many Host headers"),
            ("Host: x\r\nno colon\r\n", 400, "malformed header line: \"no colon\""),
            ("Host: x\r\nName : x\r\n", 400, "malformed header line: \"Name : x\""),
            ("Host: x\r\n: x\r\n", 400, "malformed header line: \": x\""),
            (" Host: x\r\n", 400, "malformed header line: \" Host: x\""),
            ("Host: x\r\nA: \u{1}\r\n", 400, "invalid value of the header \"A\""),
            ("Host: x\r\nContent-Length: +2\r\n", 400, "bad Content-Length \"+2\""),
            ("Host: x\r\nContent-Length:\r\n", 400, "bad Content-Length \"\""),
            (
                "Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400,
                "message cannot contain multiple Content-Length headers; got []string{\"1\", \"2\"}"
            ),
            (
                "Host: x\r\nTransfer-Encoding: gzip, chunked\r\n", 501,
                "unsupported transfer encoding: \"gzip, chunked\""
            ),
            ("Host: x\r\nExpect: wonders\r\n", 417, "Expectation Failed"),
        ])
    func headers(headers: String, code: Int, message: String) throws {
        try expectFault("POST /api/v1/namespaces HTTP/1.1\r\n\(headers)\r\n", code, message)
    }

    @Test(
        "Chunks",
        arguments: [
            ("zz\r\n", "invalid chunk length \"zz\""), ("\r\n", "invalid chunk length \"\""),
            ("-1\r\n", "invalid chunk length \"-1\""),
            ("fffffffffffffffff\r\n", "invalid chunk length \"fffffffffffffffff\""),
            ("2\r\n{}0\r\n\r\n", "malformed chunked encoding"),
            (String(repeating: "1", count: 5000), "header line too long"),
            (
                String(repeating: "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n", count: 2000),
                "chunked encoding contains too much non-data"
            ),
        ])
    func chunks(chunks: String, message: String) throws {
        try expectFault(
            "POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 400, message)
    }

    @Test func headsThatAreTooLarge() throws {
        let filling = String(repeating: "x", count: 1 << 20)
        let message = "Request Header Fields Too Large"
        try expectFault("GET /readyz?\(filling)xxxxxxxx HTTP/1.1\r\nHost: x\r\nA: \(filling)", 431, message)
        try expectFault("GET /readyz HTTP/1.1\r\nHost: x\r\nA: \(filling)\r\nB: \(filling)\r\n", 431, message)
    }

    /// What Go's server takes, this one takes.
    @Test func unusualRequests() throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        let many = (0..<10_000).map { "h\($0): x\r\n" }.joined()
        let long = String(repeating: "x", count: 500_000)
        let body = "Transfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n2;x=y\r\n{}\r\n0\r\nTrailer: x\r\n\r\n"
        for (request, code) in [
            ("\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n", 200), ("GET /readyz HTTP/1.1\nHost: x\n\n", 200),
            ("GET /readyz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 200),
            ("GET /readyz HTTP/1.1\r\nHost: x\r\n\(many)\r\n", 200),
            ("GET /readyz?a=\(long) HTTP/1.1\r\nHost: x\r\nA: \(long)\r\n\r\n", 200),
            ("GET https://x/readyz HTTP/1.1\r\nHost: x\r\n\r\n", 200),
            ("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", 200),
            ("CONNECT x:443 HTTP/1.1\r\n\r\n", 405), ("GET * HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            ("GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", 404), ("GET //readyz HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            ("GET //api/v1/nodes HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            ("POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\n" + body, 422),
            ("POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 422),
        ] {
            connection.send(request)
            #expect(try connection.response().status == code, "\(request.prefix(80))")
        }
        #expect(try connection.request("GET", "/readyz").text == "ok")
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
        #expect(fault.status == 400)
        #expect(try fault.json["message"] == "malformed HTTP request \"nonsense\"")
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
