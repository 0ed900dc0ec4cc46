import KubeAPI

/// Tokens that a file lists with their users: `token,user,uid` and, in quotes, a list of groups.
///
/// Follows apiserver pkg/authentication/token/tokenfile/tokenfile.go.
package struct StaticTokens: Equatable, Sendable {
    private var users: [(token: String, user: UserInfo)] = []

    package init() {}

    package static func == (left: StaticTokens, right: StaticTokens) -> Bool {
        left.users.elementsEqual(right.users) { $0.token == $1.token && $0.user == $1.user }
    }

    /// Reads a file of comma-separated values.
    ///
    /// - Throws: `badRequest`, saying which line is wrong, and how.
    package init(parsing text: String, file: String = "") throws(StatusError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.last == "\r" ? line.dropLast() : line
            if line.isBlank || line.first == "#" { continue }
            guard let columns = StaticTokens.columns(line) else {
                throw .badRequest("token file '\(file)': line \(index + 1) has a quote that is never closed")
            }
            if columns.count < 3 {
                throw .badRequest(
                    "token file '\(file)' must have at least 3 columns (token, user name, user uid), "
                        + "found \(columns.count) in line \(index + 1)")
            }
            // Upstream warns and goes on.
            if columns[0].isEmpty { continue }
            var user = UserInfo()
            user.username = columns[1]
            user.uid = columns[2].isEmpty ? nil : columns[2]
            if columns.count > 3 {
                user.groups = columns[3].split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
            }
            users.removeAll { equalUTF8($0.token, columns[0]) }
            users.append((columns[0], user))
        }
    }

    func user(_ token: String) -> UserInfo? { users.first { equalUTF8($0.token, token) }?.user }

    /// A quote within quotes is written twice.
    private static func columns(_ line: some StringProtocol) -> [String]? {
        var columns = [""]
        var isQuoted = false
        var wasQuote = false
        for character in line {
            if isQuoted {
                if character == "\"" {
                    isQuoted = false
                    wasQuote = true
                } else {
                    columns[columns.count - 1].append(character)
                }
            } else if character == "\"" {
                if wasQuote { columns[columns.count - 1].append(character) }
                isQuoted = true
                wasQuote = false
            } else if character == "," {
                columns.append("")
                wasQuote = false
            } else {
                columns[columns.count - 1].append(character)
                wasQuote = false
            }
        }
        return isQuoted ? nil : columns
    }
}
