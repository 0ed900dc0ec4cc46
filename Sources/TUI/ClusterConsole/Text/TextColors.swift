import TerminalUI

/// Colours for text that is shown in a pager.
enum TextColors {
    /// YAML by line: keys, strings, numbers, the marks of lists.
    static func yaml(_ text: String, _ theme: Theme) -> [[Span]] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { yamlLine(String($0), theme) }
        if lines.last?.isEmpty == true || lines.last?.first?.text.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func yamlLine(_ line: String, _ theme: Theme) -> [Span] {
        var rest = Substring(line)
        var spans: [Span] = []
        var lead = rest.prefix { $0 == " " }
        rest = rest.dropFirst(lead.count)
        while rest.hasPrefix("- ") {
            lead += rest.prefix(2)
            rest = rest.dropFirst(2)
        }
        if !lead.isEmpty { spans.append(Span(String(lead), theme[.dim])) }
        if rest == "---" { return spans + [Span(String(rest), theme[.dim])] }
        if let colon = keyEnd(rest) {
            spans.append(Span(String(rest[..<colon]), theme[.accent]))
            spans.append(Span(":", theme[.dim]))
            rest = rest[rest.index(after: colon)...]
        }
        if !rest.isEmpty { spans.append(Span(String(rest), valueStyle(rest, theme))) }
        return spans
    }

    /// Where the colon after a key is; nil when the line has no key.
    private static func keyEnd(_ text: Substring) -> Substring.Index? {
        guard let first = text.first, first != "\"", first != "'" else { return nil }
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":", next == text.endIndex || text[next] == " " { return index }
            if text[index] == " " { return nil }
            index = next
        }
        return nil
    }

    private static func valueStyle(_ text: Substring, _ theme: Theme) -> Style {
        let value = text.drop { $0 == " " }
        switch value {
        case "true", "false": return theme[.key]
        case "null", "{}", "[]", "|", "|-", "|+": return theme[.dim]
        default: return Double(value) != nil ? theme[.pending] : theme[.ok]
        }
    }

    /// The text of `kubectl describe`: labels before colons, and words that tell a state.
    static func describe(_ lines: [String], _ theme: Theme) -> [[Span]] {
        var isEvents = false
        // Where the value of the line before began: what begins there, too, goes on with it.
        var valueColumn: Int?
        return lines.map { line in
            if line.hasPrefix("Events:") { isEvents = true }
            if isEvents, line.hasPrefix("  ") {
                if line.hasPrefix("  Warning") { return [Span(line, theme[.warning])] }
                if line.hasPrefix("  Type") || line.hasPrefix("  ----") { return [Span(line, theme[.dim])] }
                return [Span(line, theme[.text])]
            }
            let body = line.drop { $0 == " " }
            if valueColumn == line.count - body.count {
                return [Span(line, valueRole(body).map { theme[$0] } ?? .plain)]
            }
            valueColumn = column(ofValueIn: line)
            return describeLine(line, theme)
        }
    }

    /// The column where the value after a label begins; nil where there is none.
    private static func column(ofValueIn line: String) -> Int? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        return value.isEmpty ? nil : line.count - value.count
    }

    private static func describeLine(_ line: String, _ theme: Theme) -> [Span] {
        let lead = line.prefix { $0 == " " }
        let body = line.dropFirst(lead.count)
        guard let colon = body.firstIndex(of: ":"), body[..<colon].count <= 40, !body[..<colon].contains("=") else {
            return [Span(line, valueRole(body).map { theme[$0] } ?? .plain)]
        }
        let after = body.index(after: colon)
        // `node.kubernetes.io/not-ready:NoExecute` is a value, not a label.
        if after < body.endIndex, body[after] != " " { return [Span(line, .plain)] }
        let value = body[after...]
        let isHeading = value.allSatisfy { $0 == " " }
        var spans = [
            Span(String(lead)),
            Span(String(body[..<colon]), lead.isEmpty && isHeading ? theme[.title] : theme[.accent]),
        ]
        spans.append(Span(":", theme[.dim]))
        spans.append(Span(String(value), valueRole(value.drop { $0 == " " }).map { theme[$0] } ?? .plain))
        return spans
    }

    private static func valueRole(_ value: Substring) -> Role? {
        switch value.prefix(while: { $0 != " " && $0 != "," && $0 != "(" }) {
        case "Running", "True", "Ready", "Active", "Succeeded": .ok
        case "Waiting", "Pending", "Terminating": .warning
        case "Failed", "CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff", "Error", "OOMKilled", "NotReady": .error
        case "<none>", "<unset>", "<nil>": .dim
        default: nil
        }
    }
}
