import KubeAPI

/// The difference of two values, laid out as Go's `cmp.Diff` does: what is alike is counted, what was is marked with
/// a minus, what is with a plus.
///
/// For example, a pod whose subdomain changed reads
/// ```
///   core.PodSpec{
///   	... // 5 identical fields
/// - 	Subdomain: "a",
/// + 	Subdomain: "b",
///   }
/// ```
enum GoDiff {
    static func text<Value: JSONCodable>(_ type: String, _ old: Value, _ new: Value) -> String {
        guard let before = try? JSONValue.decode(old.json), let after = try? JSONValue.decode(new.json) else {
            return ""
        }
        var lines: [String] = ["  \(type){"]
        compare(before, after, depth: 1, &lines)
        lines.append("  }")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func compare(_ old: JSONValue, _ new: JSONValue, depth: Int, _ lines: inout [String]) {
        let before = members(old)
        let after = members(new)
        var names = before.map(\.name)
        for member in after where !names.contains(member.name) { names.append(member.name) }
        var identical = 0
        func flush() {
            if identical > 0 {
                let noun = identical == 1 ? "field" : "fields"
                lines.append(line(" ", depth, "... // \(identical) identical \(noun)"))
            }
            identical = 0
        }
        for name in names {
            let first = before.first { $0.name == name }?.value
            let second = after.first { $0.name == name }?.value
            if first == second {
                identical += 1
                continue
            }
            flush()
            if let first, let second, isCompound(first), isCompound(second) {
                lines.append(line(" ", depth, "\(name): {"))
                compare(first, second, depth: depth + 1, &lines)
                lines.append(line(" ", depth, "},"))
            } else {
                if let first { lines.append(line("-", depth, "\(name): \(printed(first)),")) }
                if let second { lines.append(line("+", depth, "\(name): \(printed(second)),")) }
            }
        }
        flush()
    }

    private static func line(_ mark: String, _ depth: Int, _ text: String) -> String {
        "\(mark) " + String(repeating: "\t", count: depth) + text
    }

    private static func isCompound(_ value: JSONValue) -> Bool {
        switch value {
        case .object, .array: true
        default: false
        }
    }

    /// The fields of an object by their Go names, the elements of a list by their index.
    private static func members(_ value: JSONValue) -> [(name: String, value: JSONValue)] {
        switch value {
        case .object(let members): members.map { (goName($0.key), $0.value) }
        case .array(let elements): elements.enumerated().map { ("[\($0.offset)]", $0.element) }
        default: []
        }
    }

    private static func goName(_ name: String) -> String {
        guard let first = name.first else { return name }
        return first.uppercased() + name.dropFirst()
    }

    private static func printed(_ value: JSONValue) -> String {
        if case .string(let text) = value { return GoText.quoted(text) }
        return value.jsonText
    }
}
