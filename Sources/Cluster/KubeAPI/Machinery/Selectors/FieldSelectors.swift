/// A compiled field selector of one kind: all of its conditions must hold.
/// Follows apimachinery `pkg/fields/selector.go`.
public struct FieldSelector: Hashable, Sendable, CustomStringConvertible {
    public struct Requirement: Hashable, Sendable {
        public let field: SelectableField
        public let isEqual: Bool
        public let value: String

        public init(field: SelectableField, isEqual: Bool, value: String) {
            self.field = field
            self.isEqual = isEqual
            self.value = value
        }
    }

    public let kind: ResourceKind
    public let requirements: [Requirement]

    public init(kind: ResourceKind, requirements: [Requirement]) {
        self.kind = kind
        self.requirements = requirements
    }

    /// Selects every object of a kind.
    public static func everything(_ kind: ResourceKind) -> FieldSelector {
        FieldSelector(kind: kind, requirements: [])
    }

    /// Reads the form of `?fieldSelector=`: `spec.nodeName=node-1,status.phase!=Running`. In values `\\`, `\,` and `\=`
    /// stand for themselves without the backslash. Fails with 400 for a text of another form, and then for a field that
    /// the kind does not select by. A term of no field and no value says nothing.
    public init(parsing text: String, kind: ResourceKind) throws(StatusError) {
        var requirements: [Requirement] = []
        for term in try Self.read(text) {
            let field = try SelectableField(name: term.name, of: kind)
            requirements.append(Requirement(field: field, isEqual: term.isEqual, value: term.value))
        }
        self.init(kind: kind, requirements: requirements)
    }

    /// The value that a selector of any kind wants a field to have; nil if it wants none, and for a text that is no
    /// selector.
    public static func exactValue(of field: String, in text: String) -> String? {
        do throws(StatusError) {
            return try read(text).first { $0.isEqual && $0.name == field }?.value
        } catch {
            return nil
        }
    }

    private static func read(
        _ text: String
    ) throws(StatusError) -> [(name: String, isEqual: Bool, value: String)] {
        var read: [(name: String, isEqual: Bool, value: String)] = []
        for term in terms(text).sorted(by: precedesUTF8) where !term.isEmpty {
            guard let (name, isEqual, raw) = split(term) else {
                throw .badRequest("invalid selector: '\(text)'; can't understand '\(term)'")
            }
            let value = try unescape(raw)
            if !name.isEmpty || !value.isEmpty { read.append((name, isEqual, value)) }
        }
        return read
    }

    public var isEverything: Bool { requirements.isEmpty }

    /// O(conditions). The object is of the selector's kind.
    public func matches(_ object: KubeObject) -> Bool {
        for requirement in requirements {
            if (requirement.field.value(of: object) == requirement.value) != requirement.isEqual { return false }
        }
        return true
    }

    /// The value that a field must have, so that an index can narrow a search.
    public func exactValue(of field: SelectableField) -> String? {
        requirements.first { $0.isEqual && $0.field == field }?.value
    }

    /// The canonical form, as in `metadata.name=web,status.phase!=Running`.
    public var description: String {
        requirements.map { "\($0.field.rawValue)\($0.isEqual ? "=" : "!=")\(Self.escape($0.value))" }
            .joined(separator: ",")
    }

    // MARK: Text

    /// A value as it is written in a selector, with `\` before what would end it.
    public static func escape(_ value: String) -> String {
        var result = ""
        for character in value {
            if character == "\\" || character == "," || character == "=" { result.append("\\") }
            result.append(character)
        }
        return result
    }

    /// The parts between commas that no backslash precedes.
    private static func terms(_ text: String) -> [String] {
        var terms: [String] = [""]
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "," {
                terms.append("")
                continue
            }
            terms[terms.count - 1].unicodeScalars.append(scalar)
        }
        return terms
    }

    private static func split(_ term: String) -> (name: String, isEqual: Bool, value: Substring)? {
        var index = term.startIndex
        while index < term.endIndex {
            let rest = term[index...]
            for (mark, isEqual) in [("!=", false), ("==", true), ("=", true)] where rest.hasPrefix(mark) {
                return (String(term[..<index]), isEqual, rest.dropFirst(mark.count))
            }
            index = term.index(after: index)
        }
        return nil
    }

    private static func unescape(_ text: Substring) throws(StatusError) -> String {
        var value = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                guard scalar == "\\" || scalar == "," || scalar == "=" else {
                    throw .badRequest("invalid field selector: invalid escape sequence: \\\(scalar)")
                }
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
                continue
            } else if scalar == "," || scalar == "=" {
                throw .badRequest("invalid field selector: unescaped character in value: \(scalar.value)")
            }
            value.unicodeScalars.append(scalar)
        }
        if isEscaped { throw .badRequest("invalid field selector: invalid escape sequence: \\") }
        return value
    }
}
