import Foundation
import KubeAPI
import NIOCore
import NIOHTTP1

/// Reads requests of HTTP/1.1 out of bytes: bytes in, parts out, and what is no request told in words.
///
/// By hand, because the parser of NIO knows a list of methods, 256 headers of 80 kB at most, and stops for good at a
/// request to upgrade: Go's server takes any word for a method, a megabyte of headers, and goes on.
///
/// Follows Go's net/http/request.go `readRequest`, net/http/transfer.go `readTransfer` and
/// net/http/internal/chunked.go.
struct RequestParser {
    /// The most bytes of a head. Follows net/http `DefaultMaxHeaderBytes`, and what its reader grants beyond.
    static let maximumHead = (1 << 20) + 4096
    /// The most bytes of the line before a chunk.
    private static let maximumChunkLine = 4096
    /// How many bytes beside the chunks themselves a body may have.
    private static let maximumExcess = 16 << 10

    private enum State {
        case requestLine
        case headers(RequestLine)
        case body(left: Int)
        case chunkLine
        case chunk(left: Int)
        case chunkEnd
        case trailers
    }

    private var state = State.requestLine
    private var headers: [(String, String)] = []
    /// How many bytes this head, or these trailers, have been long so far.
    private var headLength = 0
    /// How much of the line that is not complete has been searched for its end.
    private var searched = 0
    private var excess = 0

    /// Whether the next byte would begin a request.
    var isBetweenRequests: Bool { if case .requestLine = state { headLength == 0 } else { false } }

    /// The next part of a request, taken off the bytes; nil until more of them have come.
    ///
    /// - Throws: 400, 431, 501 or 505 for what no request is made of. There is nothing to be read after it.
    mutating func next(_ bytes: inout ByteBuffer) throws(StatusError) -> HTTPServerRequestPart? {
        while true {
            switch state {
            case .requestLine:
                guard let line = try line(&bytes, limit: RequestParser.maximumHead) else { return nil }
                // Lines without anything before a request, as old clients send them after a body, are passed over.
                if line.readableBytes == 0 {
                    headLength = 0
                    continue
                }
                state = .headers(try RequestLine(String(buffer: line)))
            case .headers(let requestLine):
                guard let line = try line(&bytes, limit: RequestParser.maximumHead) else { return nil }
                if line.readableBytes > 0 {
                    try add(line)
                    continue
                }
                return .head(try finishHead(requestLine))
            case .body(left: 0): return finish()
            case .body(let left):
                guard let piece = bytes.readSlice(length: min(left, bytes.readableBytes)), piece.readableBytes > 0
                else { return nil }
                state = .body(left: left - piece.readableBytes)
                return .body(piece)
            case .chunkLine:
                guard let line = try line(&bytes, limit: RequestParser.maximumChunkLine) else { return nil }
                try begin(chunk: line)
            case .chunk(left: 0): state = .chunkEnd
            case .chunk(let left):
                guard let piece = bytes.readSlice(length: min(left, bytes.readableBytes)), piece.readableBytes > 0
                else { return nil }
                state = .chunk(left: left - piece.readableBytes)
                return .body(piece)
            case .chunkEnd:
                guard let end = bytes.readBytes(length: 2) else { return nil }
                guard end == [0x0D, 0x0A] else { throw .badRequest("malformed chunked encoding") }
                state = .chunkLine
                headLength = 0
            case .trailers:
                guard let line = try line(&bytes, limit: RequestParser.maximumHead) else { return nil }
                if line.readableBytes == 0 { return finish() }
                try add(line)
            }
        }
    }

    private mutating func finish() -> HTTPServerRequestPart {
        state = .requestLine
        headLength = 0
        excess = 0
        headers.removeAll(keepingCapacity: true)
        return .end(nil)
    }

    // MARK: Lines

    /// The next line without its end; nil until it is complete.
    private mutating func line(_ bytes: inout ByteBuffer, limit: Int) throws(StatusError) -> ByteBuffer? {
        let from = searched
        let end = bytes.withUnsafeReadableBytes { all -> Int? in
            guard let base = all.baseAddress, all.count > from,
                let found = memchr(base + from, Int32(UInt8(ascii: "\n")), all.count - from)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
        guard headLength + (end.map { $0 + 1 } ?? bytes.readableBytes) <= limit else {
            if case .chunkLine = state { throw .badRequest("header line too long") }
            throw StatusError(reason: .unknown, code: 431, message: "Request Header Fields Too Large")
        }
        guard let end, var line = bytes.readSlice(length: end) else {
            searched = bytes.readableBytes
            return nil
        }
        bytes.moveReaderIndex(forwardBy: 1)
        searched = 0
        headLength += end + 1
        if end > 0, line.getInteger(at: line.writerIndex - 1, as: UInt8.self) == UInt8(ascii: "\r") {
            line.moveWriterIndex(to: line.writerIndex - 1)
        }
        return line
    }

    /// Takes one line of headers: `Name: value`, or the continuation of the value before.
    private mutating func add(_ line: ByteBuffer) throws(StatusError) {
        let header = line.withUnsafeReadableBytes { HeaderLine($0) }
        switch header {
        case .header(let name, let value): headers.append((name, value))
        case .continuation(let value) where !headers.isEmpty: headers[headers.count - 1].1 += " " + value
        case .continuation, .malformed:
            throw .badRequest("malformed header line: \(GoText.quoted(String(String(buffer: line).prefix(80))))")
        case .invalidValue(let name): throw .badRequest("invalid value of the header \(GoText.quoted(name))")
        }
    }

    // MARK: The head

    private mutating func finishHead(_ line: RequestLine) throws(StatusError) -> HTTPRequestHead {
        var fields = HTTPHeaders(headers)
        headers.removeAll(keepingCapacity: true)
        headLength = 0
        let hosts = fields["Host"]
        if hosts.count > 1 { throw .badRequest("too many Host headers") }
        if hosts.isEmpty, line.version.minor >= 1, line.method != "CONNECT" {
            throw .badRequest("missing required Host header")
        }
        if line.version.minor >= 1, try isChunked(fields) {
            // Whoever says both means the chunks.
            fields.remove(name: "Content-Length")
            state = .chunkLine
        } else {
            state = .body(left: try contentLength(&fields))
        }
        return HTTPRequestHead(
            version: line.version, method: HTTPMethod(rawValue: line.method), uri: line.target, headers: fields)
    }

    private func isChunked(_ fields: HTTPHeaders) throws(StatusError) -> Bool {
        let encodings = fields["Transfer-Encoding"]
        guard let encoding = encodings.first else { return false }
        guard encodings.count == 1, encoding.lowercased() == "chunked" else {
            let text = encodings.joined(separator: ", ")
            throw StatusError(
                reason: .unknown, code: 501, message: "unsupported transfer encoding: \(GoText.quoted(text))")
        }
        return true
    }

    private func contentLength(_ fields: inout HTTPHeaders) throws(StatusError) -> Int {
        let lengths = fields["Content-Length"]
        guard let length = lengths.first else { return 0 }
        if lengths.contains(where: { $0 != length }) {
            throw .badRequest(
                "message cannot contain multiple Content-Length headers; got \(GoText.literal(lengths))")
        }
        // Nothing but digits, which `Int` alone would not insist on.
        guard length.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(length) else {
            throw .badRequest("bad Content-Length \(GoText.quoted(length))")
        }
        if lengths.count > 1 { fields.replaceOrAdd(name: "Content-Length", value: length) }
        return value
    }

    // MARK: Chunks

    /// Reads how long a chunk is. What an extension says of it is passed over.
    private mutating func begin(chunk line: ByteBuffer) throws(StatusError) {
        let digits = String(buffer: line).utf8.prefix { $0 != UInt8(ascii: ";") }
        let text = Substring(digits).trimmed
        guard text.utf8.count <= 15, text.utf8.first != UInt8(ascii: "+"), let length = Int(text, radix: 16),
            length >= 0
        else { throw .badRequest("invalid chunk length \(GoText.quoted(String(text.prefix(20))))") }
        // Who sends a byte a chunk pays for it; a few short ones are nothing.
        excess = max(0, excess + headLength - 16 - 2 * length)
        if excess > RequestParser.maximumExcess {
            throw .badRequest("chunked encoding contains too much non-data")
        }
        headLength = 0
        state = length == 0 ? .trailers : .chunk(left: length)
    }
}

/// The first line of a request, as in `GET /api/v1/pods HTTP/1.1`.
struct RequestLine {
    /// Any word.
    let method: String
    let target: String
    let version: HTTPVersion

    init(_ line: String) throws(StatusError) {
        let words = line.utf8.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3 else {
            throw .badRequest("malformed HTTP request \(GoText.quoted(String(line.prefix(80))))")
        }
        guard !words[0].isEmpty, words[0].allSatisfy(HeaderLine.isTokenByte) else {
            throw .badRequest("invalid method \(GoText.quoted(String(String(Substring(words[0])).prefix(80))))")
        }
        method = String(Substring(words[0]))
        target = String(Substring(words[1]))
        switch String(Substring(words[2])) {
        case "HTTP/1.1": version = .http1_1
        case "HTTP/1.0": version = .http1_0
        case let text where text.hasPrefix("HTTP/") && text.utf8.count == 8 && text.utf8.dropFirst(6).first == 0x2E:
            throw StatusError(reason: .unknown, code: 505, message: "unsupported protocol version")
        case let text: throw .badRequest("malformed HTTP version \(GoText.quoted(String(text.prefix(80))))")
        }
    }
}

/// What one line of a head is.
enum HeaderLine {
    case header(name: String, value: String)
    case continuation(String)
    case malformed
    /// Its value has bytes that no value has.
    case invalidValue(name: String)

    init(_ line: UnsafeRawBufferPointer) {
        guard let first = line.first else {
            self = .malformed
            return
        }
        if HeaderLine.isBlank(first) {
            let value = HeaderLine.trimmed(line[...])
            let isValid = value.allSatisfy(HeaderLine.isValueByte)
            self = isValid ? .continuation(String(decoding: value, as: UTF8.self)) : .malformed
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            line[..<colon].allSatisfy(HeaderLine.isTokenByte)
        else {
            self = .malformed
            return
        }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        let value = HeaderLine.trimmed(line[(colon + 1)...])
        guard value.allSatisfy(HeaderLine.isValueByte) else {
            self = .invalidValue(name: name)
            return
        }
        self = .header(name: name, value: String(decoding: value, as: UTF8.self))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    /// Follows golang.org/x/net/http/httpguts `ValidHeaderFieldValue`.
    private static func isValueByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    /// Whether a byte stands in a word of the protocol. Follows httpguts `IsTokenRune`.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: symbols.contains(byte)
        }
    }

    private static let symbols = Array("!#$%&'*+-.^_`|~".utf8)
}
