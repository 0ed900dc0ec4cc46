import KubeAPI

/// A container image's name, taken apart as container runtimes do: `nginx` is `docker.io/library/nginx:latest`.
/// Follows the grammar of `github.com/distribution/reference`, which is one of bytes.
package struct ImageReference: Equatable, Sendable {
    /// As in `docker.io`.
    package let domain: String
    /// As in `library/nginx`.
    package let path: String
    package let tag: String?
    /// As in `sha256:` and 64 hexadecimal digits.
    package let digest: String?

    /// Why a name could not be read, in the words of the library.
    package struct ParseError: Error, Equatable {
        package let message: String

        package init(message: String) { self.message = message }
    }

    package init(_ text: String) throws(ParseError) {
        var rest = Substring(text)
        guard !rest.isEmpty else { throw ParseError(message: "invalid reference format") }
        if let at = rest.utf8.firstIndex(of: UInt8(ascii: "@")) {
            let found = String(rest[rest.utf8.index(after: at)...])
            guard ImageReference.isDigest(found) else { throw ParseError(message: "invalid reference format") }
            digest = found
            rest = rest[..<at]
        } else {
            digest = nil
        }
        let lastSlash = rest.utf8.lastIndex(of: UInt8(ascii: "/"))
        if let colon = rest.utf8.lastIndex(of: UInt8(ascii: ":")), lastSlash.map({ colon > $0 }) ?? true {
            let found = rest[rest.utf8.index(after: colon)...]
            guard ImageReference.isTag(found) else { throw ParseError(message: "invalid reference format") }
            tag = String(found)
            rest = rest[..<colon]
        } else {
            tag = digest == nil ? "latest" : nil
        }
        if let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")), ImageReference.isDomain(rest[..<slash]) {
            domain = String(rest[..<slash])
            path = String(rest[rest.utf8.index(after: slash)...])
        } else {
            domain = "docker.io"
            path = lastSlash != nil ? String(rest) : "library/" + rest
        }
        if path.utf8.contains(where: CharacterSets.isUpper) {
            throw ParseError(message: "invalid reference format: repository name (\(path)) must be lowercase")
        }
        guard ImageReference.isPath(path) else { throw ParseError(message: "invalid reference format") }
    }

    /// As in `docker.io/library/nginx`.
    package var repository: String { domain + "/" + path }

    /// The whole name, as in `docker.io/library/nginx:1.27`.
    package var canonical: String {
        var text = repository
        if let tag { text += ":" + tag }
        if let digest { text += "@" + digest }
        return text
    }

    private static func isDomain(_ text: Substring) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") } || text == "localhost"
    }

    private static func isTag(_ text: Substring) -> Bool {
        guard let head = text.utf8.first, text.utf8.count <= 128 else { return false }
        return isWord(head) && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isDigest(_ text: String) -> Bool {
        guard text.hasPrefix("sha256:") else { return false }
        let digits = text.utf8.dropFirst(7)
        return digits.count == 64 && digits.allSatisfy { CharacterSets.isDigit($0) || 97...102 ~= $0 }
    }

    /// Components of letters and digits, which `.`, `_`, `__` or dashes may join.
    private static func isPath(_ text: String) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { component in
            var separators: [UInt8] = []
            var hasName = false
            for byte in component {
                if CharacterSets.isLowerOrDigit(byte) {
                    if !separators.isEmpty, !hasName || !isSeparator(separators) { return false }
                    separators.removeAll(keepingCapacity: true)
                    hasName = true
                } else {
                    separators.append(byte)
                }
            }
            return hasName && separators.isEmpty
        }
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        if bytes.allSatisfy({ $0 == UInt8(ascii: "-") }) { return true }
        return bytes == [UInt8(ascii: ".")] || bytes.count <= 2 && bytes.allSatisfy { $0 == UInt8(ascii: "_") }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        CharacterSets.isAlphanumeric(byte) || byte == UInt8(ascii: "_")
    }
}
