import KubeAPI
import NIOHTTP1

// What is wrong with a request before anybody looks at what it asks for.

extension StatusError {
    /// What the parser stumbled over. There is no telling where a next request would begin.
    ///
    /// Follows Go's net/http/server.go `serve` for the codes.
    static func noRequest(_ error: HTTPParserError) -> StatusError {
        switch error {
        case .invalidMethod: .noSuchMethod
        case .headerOverflow: StatusError(reason: .unknown, code: 431, message: "Request Header Fields Too Large")
        case .invalidVersion: StatusError(reason: .unknown, code: 505, message: "unsupported protocol version")
        case .invalidURL: .badRequest("malformed HTTP request: invalid target")
        case .invalidHeaderToken: .badRequest("malformed HTTP request: invalid header")
        case .invalidContentLength, .unexpectedContentLength:
            .badRequest("malformed HTTP request: invalid Content-Length")
        case .invalidChunkSize: .badRequest("malformed HTTP request: invalid chunk length")
        case .invalidEOFState, .closedConnection: .badRequest("malformed HTTP request: unexpected end")
        default: .badRequest("malformed HTTP request")
        }
    }
}

extension HTTPRequestHead {
    /// Whether the client wants to go on in another protocol. The parser reads nothing after such a request, so the
    /// connection ends with its answer.
    var asksForUpgrade: Bool {
        method == .CONNECT
            || headers.contains(name: "Upgrade")
                && headers[canonicalForm: "Connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// A request names its server, once. Follows Go's net/http/server.go `readRequest`.
    var hostFault: StatusError? {
        switch headers["Host"].count {
        case 0: version == .http1_1 && method != .CONNECT ? .badRequest("missing required Host header") : nil
        case 1: nil
        default: .badRequest("too many Host headers")
        }
    }
}
