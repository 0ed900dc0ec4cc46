import KubeAPI

/// What a request line asks for: a path, and what follows its question mark.
///
/// Follows Go's net/url/url.go `ParseRequestURI`.
struct RequestTarget {
    /// Decoded. Empty for what is asked of another server, as `CONNECT` does.
    let path: String
    let query: QueryItems

    /// What is asked when nobody can tell what was.
    static let unknown = RequestTarget(path: "", query: QueryItems(""))

    private init(path: String, query: QueryItems) {
        self.path = path
        self.query = query
    }

    /// - Throws: 400 for what is no target.
    init(_ text: String, method: String) throws(StatusError) {
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw RequestTarget.problem(text, "net/url: invalid control character in URL")
        }
        guard let target = RequestTarget.withoutServer(text.utf8[...], method) else {
            throw RequestTarget.problem(text, "invalid URI for request")
        }
        let mark = target.firstIndex(of: UInt8(ascii: "?"))
        guard let path = PercentCoding.decode(target[..<(mark ?? target.endIndex)], plusIsSpace: false) else {
            throw RequestTarget.problem(text, "invalid URL escape")
        }
        self.path = path
        query = QueryItems(mark.map { Substring(target[target.index(after: $0)...]) } ?? "")
    }

    /// A target as it stands in most requests: scheme and server, which proxies are told, are left out.
    private static func withoutServer(_ text: Substring.UTF8View, _ method: String) -> Substring.UTF8View? {
        if text.first == UInt8(ascii: "/") || text.elementsEqual("*".utf8) { return text }
        if method == "CONNECT" { return text[text.endIndex...] }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex,
            text[text.index(after: colon)...].starts(with: "//".utf8)
        else { return nil }
        let server = text[colon...].dropFirst(3)
        return server[(server.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? server.endIndex)...]
    }

    private static func problem(_ text: String, _ problem: String) -> StatusError {
        .badRequest("parse \(GoText.quoted(String(text.prefix(200)))): \(problem)")
    }
}
