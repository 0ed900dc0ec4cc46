import Foundation
import KubeAPI
import NIOCore

/// Serves `/openapi/v2` and what is below `/openapi/v3`.
///
/// Follows kube-openapi pkg/handler/handler.go and pkg/handler3/handler.go, and Go's net/http/fs.go `ServeContent`.
struct OpenAPIRequests {
    private static let json = "application/json"
    private static let year = 365 * 86_400
    private static let vary = ("Vary", "Accept")

    private enum Version: String {
        case v2, v3

        /// Its protobuf is asked for by either name, of which the one that older clients use is no proper media type,
        /// and answered by the first.
        var protobufTypes: [String] {
            [".", "@"].map { "application/com.github.proto-openapi.spec.\(rawValue)\($0)v1.0+protobuf" }
        }
    }

    /// - Throws: `noSuchPath`.
    func serve(_ exchange: Exchange, _ parts: [String]) throws(StatusError) {
        let documents = OpenAPIDocuments.shared
        switch parts.dropFirst().first {
        case "v2" where parts.count == 2:
            guard let type = type(.v2, exchange) else { return }
            let bytes = type == OpenAPIRequests.json ? documents.v2.bytes : documents.v2Protobuf
            send(bytes, documents.v2.hash, type, exchange, [OpenAPIRequests.vary])
        case "v3" where parts.count == 2:
            send(documents.index.bytes, documents.index.hash, OpenAPIRequests.json, exchange, [])
        case "v3": serveGroup(exchange, parts.dropFirst(2).joined(separator: "/"))
        default: throw .noSuchPath
        }
    }

    private func serveGroup(_ exchange: Exchange, _ path: String) {
        let documents = OpenAPIDocuments.shared
        guard let document = documents.groups[path] else { return sendNothing(404, exchange, []) }
        guard let type = type(.v3, exchange) else { return }
        let bytes = type == OpenAPIRequests.json ? document.bytes : documents.protobuf(path) ?? document.bytes
        var headers = [OpenAPIRequests.vary]
        if let hash = exchange.request.query["hash"], !hash.isEmpty {
            if hash != document.hash {
                headers.append(("ETag", "\"\(document.hash)\""))
                headers.append(("Location", "/openapi/v3/\(path)?hash=\(document.hash)"))
                return exchange.respond(Response(301, type, ByteBuffer(), headers: headers))
            }
            // With its hash in the address the document never changes.
            headers.append(("Cache-Control", "public, immutable"))
            let now = Int(Date().timeIntervalSince1970)
            headers.append(("Expires", HTTPDate.text(now + OpenAPIRequests.year)))
        }
        send(bytes, document.hash, type, exchange, headers)
    }

    /// In which form a document is wanted; nil if in none that there is, which the client has been told then.
    private func type(_ version: Version, _ exchange: Exchange) -> String? {
        let protobuf = version.protobufTypes
        for clause in AcceptClause.parse(exchange.request.joinedHeader("Accept")) {
            if clause.matches(OpenAPIRequests.json) { return OpenAPIRequests.json }
            if protobuf.contains(where: clause.matches) { return protobuf[0] }
        }
        sendNothing(406, exchange, [OpenAPIRequests.vary])
        return nil
    }

    private func sendNothing(_ code: Int, _ exchange: Exchange, _ headers: [(String, String)]) {
        exchange.respond(Response(code, "", ByteBuffer(), headers: headers))
    }

    private func send(
        _ bytes: ByteBuffer, _ hash: String, _ type: String, _ exchange: Exchange, _ headers: [(String, String)]
    ) {
        let tag = "\"\(hash)\""
        let modified = HTTPDate.text(OpenAPIDocuments.shared.modified)
        let headers = headers + [("ETag", tag)]
        if isKnown(tag, modified, exchange.request) {
            return exchange.respond(Response(304, "", ByteBuffer(), headers: headers))
        }
        exchange.respond(Response(200, type, bytes, headers: headers + [("Last-Modified", modified)]))
    }

    /// Whether the client has the document already. It goes by the time only if it names no tags.
    private func isKnown(_ tag: String, _ modified: String, _ request: GatewayRequest) -> Bool {
        let tags = request.joinedHeader("If-None-Match")
        if tags.isEmpty { return request.header("If-Modified-Since") == modified }
        return tags.split(separator: ",").contains { text in
            let text = text.trimmed
            return text == "*" || (text.hasPrefix("W/") ? text.dropFirst(2) : text) == tag
        }
    }
}
