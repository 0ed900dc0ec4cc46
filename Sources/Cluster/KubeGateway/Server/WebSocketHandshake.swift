import Crypto
import Foundation
import KubeAPI
import KubeAPIServer
import NIOCore

/// A request of a client that wants to go on in WebSocket, as browsers have to, and whether that can be.
///
/// Follows RFC 6455, Go's x/net/websocket/hybi.go and server.go, and apimachinery
/// pkg/util/httpstream/wsstream/conn.go.
struct WebSocketHandshake {
    /// Why not, in Go's words.
    struct Problem: Error {
        let code: Int
        let text: String
        var headers: [(String, String)] = []
    }

    private static let version = "13"
    /// What the key is joined with, to show that the server knows the protocol.
    private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let tokenPrefix = "base64url.bearer.authorization.k8s.io."

    private let accept: String
    private let subprotocol: String?

    /// Whether a request asks for it. Over HTTP/2 there is no such thing.
    static func isAsked(by request: GatewayRequest) -> Bool {
        request.version.major < 2 && request.header("Upgrade").lowercased() == "websocket"
            && request.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "upgrade" }
    }

    init(_ request: GatewayRequest) throws(Problem) {
        let key = request.header("Sec-WebSocket-Key")
        if key.isEmpty { throw Problem(code: 400, text: "mismatch challenge/response") }
        guard request.header("Sec-WebSocket-Version") == WebSocketHandshake.version else {
            throw Problem(
                code: 400, text: "missing or bad WebSocket Version",
                headers: [("Sec-WebSocket-Version", WebSocketHandshake.version)])
        }
        // Whoever does not say where he comes from is not let in.
        let origin = request.header("Origin")
        guard !origin.isEmpty, (try? RequestTarget(origin, method: request.method)) != nil else {
            throw Problem(code: 403, text: "")
        }
        var subprotocols = WebSocketHandshake.subprotocols(request)
        // A token by which the client is known is no subprotocol any more.
        if !WebSocketHandshake.isKnownOtherwise(request) {
            subprotocols.removeAll { $0.hasPrefix(WebSocketHandshake.tokenPrefix) }
        }
        // Watches have none to choose from.
        if subprotocols.count > 1 { throw Problem(code: 400, text: "") }
        subprotocol = subprotocols.first
        accept = Data(Insecure.SHA1.hash(data: Data((key + WebSocketHandshake.identifier).utf8))).base64EncodedString()
    }

    var headers: [(String, String)] {
        var headers = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
        if let subprotocol { headers.append(("Sec-WebSocket-Protocol", subprotocol)) }
        return headers
    }

    private static func isKnownOtherwise(_ request: GatewayRequest) -> Bool {
        if case .success? = request.certificate { return true }
        return !request.header("Authorization").isEmpty
    }

    private static func subprotocols(_ request: GatewayRequest) -> [String] {
        request.headers[canonicalForm: "Sec-WebSocket-Protocol"].map(String.init)
    }

    /// The token of a client that cannot set other headers, which has to name another subprotocol besides. What cannot
    /// be read is given as it is: it is nobody's token.
    ///
    /// Follows apiserver pkg/authentication/request/websocket/protocol.go.
    static func bearerToken(_ request: GatewayRequest) -> String? {
        guard isAsked(by: request) else { return nil }
        let all = subprotocols(request)
        let tokens = all.filter { $0.hasPrefix(tokenPrefix) }
        guard let token = tokens.first else { return nil }
        guard tokens.count == 1, all.count > 1, let bytes = Base64URL.decode(token.dropFirst(tokenPrefix.count)) else {
            return token
        }
        return String(validating: bytes, as: UTF8.self) ?? token
    }
}
