import KubeAPI

/// JSON values as YAML, in the form of `kubectl get -o yaml`: keys in their order, lists at the indentation of their
/// key, strings plain where they cannot be taken for something else.
package enum YAMLEmitter {
    /// The text, ending in a newline.
    package static func text(_ value: JSONValue) -> String {
        var lines: [String] = []
        emit(value, indent: 0, lead: "", into: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    /// `lead` stands before the first line in place of its indentation: `- ` of a list, or `key: `.
    private static func emit(_ value: JSONValue, indent: Int, lead: String, into lines: inout [String]) {
        let margin = String(repeating: " ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty:
            var isFirst = true
            for (key, member) in members {
                let start = isFirst && !lead.isEmpty ? lead : margin
                emitMember(scalar(key), member, start: start, indent: indent, into: &lines)
                isFirst = false
            }
        case .array(let elements) where !elements.isEmpty:
            var isFirst = true
            for element in elements {
                let start = isFirst && !lead.isEmpty ? lead : margin
                emit(element, indent: indent + 2, lead: start + "- ", into: &lines)
                isFirst = false
            }
        default: emitScalar(value, start: lead.isEmpty ? margin : lead, indent: indent, into: &lines)
        }
    }

    private static func emitMember(
        _ key: String, _ value: JSONValue, start: String, indent: Int, into lines: inout [String]
    ) {
        switch value {
        case .object(let members) where !members.isEmpty:
            lines.append(start + key + ":")
            emit(value, indent: indent + 2, lead: "", into: &lines)
        case .array(let elements) where !elements.isEmpty:
            lines.append(start + key + ":")
            emit(value, indent: indent, lead: "", into: &lines)
        default: emitScalar(value, start: start + key + ": ", indent: indent + 2, into: &lines)
        }
    }

    private static func emitScalar(_ value: JSONValue, start: String, indent: Int, into lines: inout [String]) {
        switch value {
        case .null: lines.append(start + "null")
        case .bool(let flag): lines.append(start + (flag ? "true" : "false"))
        case .int(let number): lines.append(start + String(number))
        case .double: lines.append(start + value.jsonText)
        case .array: lines.append(start + "[]")
        case .object: lines.append(start + "{}")
        case .string(let text):
            guard isBlock(text) else {
                lines.append(start + scalar(text))
                return
            }
            let body = text.hasSuffix("\n") ? String(text.dropLast()) : text
            let keep = text.hasSuffix("\n") ? text.hasSuffix("\n\n") ? "+" : "" : "-"
            lines.append(start + "|" + keep)
            let margin = String(repeating: " ", count: max(2, indent))
            for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
                lines.append(line.isEmpty ? "" : margin + line)
            }
        }
    }

    /// Whether a text is written as a block of lines.
    private static func isBlock(_ text: String) -> Bool {
        guard text.utf8.contains(0x0A), let first = text.unicodeScalars.first(where: { $0 != "\n" }) else {
            return false
        }
        // A block that begins with a space or a line end would need its indentation told; control characters need
        // escapes.
        if first == " " || first == "\t" || text.hasPrefix("\n") { return false }
        return text.unicodeScalars.allSatisfy { isPrintable($0) || $0 == "\n" || $0 == "\t" }
            && !text.split(separator: "\n", omittingEmptySubsequences: false).contains { $0.hasSuffix(" ") }
    }

    /// Whether a character can stand in any text. YAML 1.1 ends lines at U+2028 and U+2029, too.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2028, 0x2029: false
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    /// A string on one line: plain, in single quotes, or in double quotes with escapes.
    static func scalar(_ text: String) -> String {
        if text.isEmpty { return "\"\"" }
        if !text.unicodeScalars.allSatisfy(isPrintable) { return escaped(text) }
        // What reads as another type is quoted the way that shows that it is meant as text.
        if isAmbiguous(text) { return escaped(text) }
        if isPlain(text) { return text }
        // By scalars: a quote that carries an accent is a quote.
        var quoted = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { quoted += "'" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "'"
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        if first == " " || last == " " || last == ":" { return false }
        if "!&*{}[],#|>@`\"'%".unicodeScalars.contains(first) { return false }
        if "-?:".unicodeScalars.contains(first) {
            guard let second = text.unicodeScalars.dropFirst().first, second != " " else { return false }
        }
        if text == "---" || text == "..." || text.hasPrefix("--- ") || text.hasPrefix("... ") { return false }
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "#" && previous == " " { return false }
            if scalar == " " && previous == ":" { return false }
            previous = scalar
        }
        return true
    }

    private static let words: Set<String> = [
        "null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "-.inf", "+.inf", "<<", "=",
    ]

    /// Whether a reader of YAML 1.1 or 1.2 may take it for a number, a time, a truth value or nothing.
    private static func isAmbiguous(_ text: String) -> Bool {
        if words.contains(text.lowercased()) { return true }
        guard let first = text.utf8.first else { return true }
        guard (0x30...0x39).contains(first) || first == 0x2B || first == 0x2D || first == 0x2E else { return false }
        let digits = text.utf8.drop { $0 == 0x2B || $0 == 0x2D }
        guard let start = digits.first, (0x30...0x39).contains(start) || start == 0x2E else { return false }
        if isDate(text) { return true }
        let plain = String(decoding: digits.filter { $0 != 0x5F }, as: UTF8.self).lowercased()
        if Double(plain) != nil { return true }
        if plain.hasPrefix("0x") { return plain.dropFirst(2).allSatisfy(\.isHexDigit) }
        if plain.hasPrefix("0o") || plain.hasPrefix("0b") { return plain.dropFirst(2).allSatisfy(\.isNumber) }
        // Sixties: 1:30 is ninety to YAML 1.1.
        return plain.contains(":") && plain.allSatisfy { $0.isNumber || $0 == ":" || $0 == "." }
    }

    private static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(10))
        return bytes.count == 10 && bytes[4] == 0x2D && bytes[7] == 0x2D
            && [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy { (0x30...0x39).contains(bytes[$0]) }
    }

    private static func escaped(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let width = scalar.value > 0xFFFF ? 8 : 4
                result += (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.count) + digits
            }
        }
        return result + "\""
    }
}

/// An object's manifest in several forms.
enum Manifest {
    static func json(_ object: KubeObject) -> JSONValue {
        do throws(JSONFailure) {
            return try JSONValue.decode(object.json)
        } catch {
            preconditionFailure("an object's own JSON does not parse: \(error)")
        }
    }

    /// As `kubectl get -o yaml` shows it, without managed fields.
    static func yaml(_ object: KubeObject) -> String {
        var value = json(object)
        value["metadata"]?["managedFields"] = nil
        return YAMLEmitter.text(value)
    }

    /// What somebody wants of an object: without status and without what the cluster says of it.
    static func essence(_ object: KubeObject) -> JSONValue {
        var value = json(object)
        value["status"] = nil
        for field in [
            "managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ] { value["metadata"]?[field] = nil }
        value["metadata"]?["annotations"]?["deployment.kubernetes.io/revision"] = nil
        return value
    }

    /// What makes the same object elsewhere: without what the cluster gave it.
    static func portable(_ object: KubeObject) -> JSONValue {
        var value = essence(object)
        value["metadata"]?["ownerReferences"] = nil
        if value["metadata"]?["annotations"]?.objectValue?.isEmpty == true { value["metadata"]?["annotations"] = nil }
        switch object.kind {
        case .service:
            if value["spec"]?["clusterIP"]?.stringValue != "None" {
                value["spec"]?["clusterIP"] = nil
                value["spec"]?["clusterIPs"] = nil
            }
        case .pod: value["spec"]?["nodeName"] = nil
        case .node: value["spec"] = value["spec"].flatMap(withoutCondition)
        case .namespace: value["spec"] = nil
        case .job:
            if value["spec"]?["manualSelector"] != .bool(true) { value["spec"] = value["spec"].map(withoutSelector) }
        default: break
        }
        return value
    }

    /// A Node's spec without its range of addresses and the taints that tell how it is.
    private static func withoutCondition(_ spec: JSONValue) -> JSONValue? {
        var spec = spec
        spec["podCIDR"] = nil
        spec["podCIDRs"] = nil
        let taints = (spec["taints"]?.arrayValue ?? []).filter { taint in
            taint["key"]?.stringValue?.hasPrefix("node.kubernetes.io/") != true
        }
        spec["taints"] = taints.isEmpty ? nil : .array(taints)
        return spec.objectValue?.isEmpty == true ? nil : spec
    }

    /// A Job's spec without the selector and the labels that are made for it, by its uid.
    /// Follows kubernetes `pkg/registry/batch/job/strategy.go` `generateSelector`.
    private static func withoutSelector(_ spec: JSONValue) -> JSONValue {
        var spec = spec
        spec["selector"] = nil
        for prefix in ["", "batch.kubernetes.io/"] {
            for label in ["controller-uid", "job-name"] {
                spec["template"]?["metadata"]?["labels"]?[prefix + label] = nil
            }
        }
        if spec["template"]?["metadata"]?["labels"]?.objectValue?.isEmpty == true {
            spec["template"]?["metadata"]?["labels"] = nil
        }
        if spec["template"]?["metadata"]?.objectValue?.isEmpty == true { spec["template"]?["metadata"] = nil }
        return spec
    }
}
