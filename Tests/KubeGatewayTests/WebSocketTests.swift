import KubeAPI
import KubeAPIServer
import KubeGateway
import Testing

/// Watches of clients that have nothing but WebSocket.
@Suite("Watches over WebSocket")
struct WebSocketTests {
    private static let text: UInt8 = 1
    private static let binary: UInt8 = 2
    private static let close: UInt8 = 8
    private static let ping: UInt8 = 9
    private static let pong: UInt8 = 10

    private let gateway = TestGateway.shared
    private let collection = "/api/v1/namespaces/default/configmaps"

    private static let handshake = [
        ("Connection", "keep-alive, Upgrade"), ("Upgrade", "websocket"), ("Origin", "http://localhost"),
        ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    private func open(
        _ gateway: TestGateway, _ query: String, headers: [(String, String)] = []
    ) throws -> TestConnection {
        let connection = try gateway.connect()
        connection.sendRequest("GET", "\(collection)?watch=1&\(query)", headers: Self.handshake + headers)
        let head = try connection.responseHead()
        #expect(head.status == 101)
        #expect(head.header("Upgrade") == "websocket")
        #expect(head.all("Connection") == ["Upgrade"])
        // The example of RFC 6455.
        #expect(head.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(head.header("Transfer-Encoding") == nil && head.header("Content-Length") == nil)
        return connection
    }

    @Test func eachEventIsAMessage() throws {
        let query = "resourceVersion=0&fieldSelector=metadata.name%3Dsocket-a"
        try gateway.createConfigMap("socket-a", ["text": String(repeating: "x", count: 70_000)])
        let connection = try open(gateway, query)
        defer { connection.close() }
        let added = try connection.frame()
        #expect(added.opcode == Self.text)
        #expect(added.payload.count > 70_000 && added.payload.last == UInt8(ascii: "\n"))
        #expect(try JSONValue.decode(added.payload.dropLast())["type"] == "ADDED")
        // What the client says is passed over, but for its pings.
        connection.sendFrame(Self.text, Array(#"{"test":"data"}"#.utf8))
        connection.sendFrame(Self.binary, Array(repeating: 7, count: 3000))
        connection.sendFrame(Self.ping, [1, 2, 3, 4, 5])
        let pong = try connection.frame()
        #expect(pong.opcode == Self.pong && pong.payload == [1, 2, 3, 4, 5])
        let patch = [("Content-Type", "application/merge-patch+json")]
        _ = try gateway.request("PATCH", "\(collection)/socket-a", headers: patch, body: #"{"data":{"text":"y"}}"#)
        let modified = try connection.frame()
        #expect(try JSONValue.decode(modified.payload.dropLast())["type"] == "MODIFIED")
        _ = try gateway.request("DELETE", "\(collection)/socket-a")
        #expect(try JSONValue.decode(try connection.frame().payload.dropLast())["type"] == "DELETED")
        // It takes its leave as it is told to.
        connection.sendFrame(Self.close, [0x03, 0xE8])
        let farewell = try connection.frame()
        #expect(farewell.opcode == Self.close && farewell.payload == [0x03, 0xE8])
        #expect(connection.isClosedByServer())
    }

    @Test func inProtobuf() throws {
        try gateway.createConfigMap("socket-b")
        let connection = try open(
            gateway, "resourceVersion=0&fieldSelector=metadata.name%3Dsocket-b",
            headers: [("Accept", ProtobufCoding.mediaType)])
        defer { connection.close() }
        let frame = try connection.frame()
        #expect(frame.opcode == Self.binary)
        // The bare event: its first field is the type.
        #expect(Array(frame.payload.prefix(7)) == Array("\n\u{5}ADDED".utf8))
        _ = try gateway.request("DELETE", "\(collection)/socket-b")
    }

    @Test func itsTimeEnds() throws {
        let gateway = try TestGateway(nodes: 1) { $0.watchSecond = .milliseconds(1) }
        defer { gateway.stop() }
        let connection = try open(gateway, "resourceVersion=0&fieldSelector=metadata.name%3Dnone&timeoutSeconds=1")
        let farewell = try connection.frame()
        #expect(farewell.opcode == Self.close && farewell.payload == [0x03, 0xE8])
        #expect(connection.isClosedByServer())
    }

    /// Bytes that are no frame of a client end it.
    @Test(arguments: [[0x81, 0x01, 0x41], [0x89, 0xFE, 0x00, 0x7E], [0x81, 0xFF] + Array(repeating: 0xFF, count: 8)])
    func brokenFrames(bytes: [UInt8]) throws {
        let connection = try open(gateway, "fieldSelector=metadata.name%3Dnone&resourceVersion=0")
        connection.send(bytes)
        #expect(try connection.frame().opcode == Self.close)
        #expect(connection.isClosedByServer())
    }

    @Test(
        "Handshakes that fail, as Go has them fail",
        arguments: [
            ("Origin", nil, 403, ""), ("Origin", "null", 403, ""),
            ("Sec-WebSocket-Version", "8", 400, "missing or bad WebSocket Version"),
            ("Sec-WebSocket-Key", nil, 400, "mismatch challenge/response"),
            ("Sec-WebSocket-Protocol", "a, b", 400, ""),
        ] as [(String, String?, Int, String)])
    func handshakes(name: String, value: String?, code: Int, text: String) throws {
        let connection = try gateway.connect()
        defer { connection.close() }
        let headers = Self.handshake.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? [])
        let response = try connection.request("GET", collection + "?watch=1", headers: headers)
        #expect(response.status == code)
        #expect(response.text == text)
        #expect(response.header("Sec-WebSocket-Version") == (name == "Sec-WebSocket-Version" ? "13" : nil))
    }

    private func token(_ account: String) throws -> String {
        let review = try gateway.request(
            "POST", "/api/v1/namespaces/default/serviceaccounts/\(account)/token",
            headers: [("Content-Type", "application/json")], body: #"{"spec":{}}"#)
        let token = try #require(try review.json["status"]?["token"]?.stringValue)
        return "base64url.bearer.authorization.k8s.io." + Base64URL.encode(Array(token.utf8))
    }

    /// Whoever cannot send a token in a header sends it as a subprotocol, beside another one.
    @Test func tokensAsSubprotocols() throws {
        let subprotocol = try token("default")
        for (protocols, code, message) in [
            ("\(subprotocol), x", 403, "system:serviceaccount:default:default"), (subprotocol, 401, "Unauthorized"),
            ("\(subprotocol), \(subprotocol), x", 401, "Unauthorized"),
            (subprotocol.dropLast(3) + ", x", 401, "Unauthorized"), ("x", 403, "system:anonymous"),
        ] {
            let connection = try gateway.connect(anonymous: true)
            defer { connection.close() }
            let headers = Self.handshake + [("Sec-WebSocket-Protocol", String(protocols))]
            let response = try connection.request("GET", collection + "?watch=1", headers: headers)
            #expect(response.status == code)
            #expect(try response.json["message"]?.stringValue?.contains(message) == true)
        }
    }

    private static let binding = """
        {"metadata":{"name":"socket"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole",
        "name":"view"},"subjects":[{"kind":"ServiceAccount","name":"socket","namespace":"default"}]}
        """

    /// The other one is answered; for whoever is known by something else they are two.
    @Test func theOtherSubprotocolIsTheOne() throws {
        for (path, body) in [
            ("/api/v1/namespaces/default/serviceaccounts", #"{"metadata":{"name":"socket"}}"#),
            ("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", Self.binding),
        ] {
            let made = try gateway.request("POST", path, headers: [("Content-Type", "application/json")], body: body)
            #expect(made.status == 201)
        }
        let headers = Self.handshake + [("Sec-WebSocket-Protocol", try token("socket") + ", x")]
        for (isAnonymous, code) in [(true, 101), (false, 400)] {
            let connection = try gateway.connect(anonymous: isAnonymous)
            defer { connection.close() }
            connection.sendRequest("GET", collection + "?watch=1&resourceVersion=0", headers: headers)
            let head = try connection.responseHead()
            #expect(head.status == code)
            #expect(head.header("Sec-WebSocket-Protocol") == (code == 101 ? "x" : nil))
        }
    }
}
