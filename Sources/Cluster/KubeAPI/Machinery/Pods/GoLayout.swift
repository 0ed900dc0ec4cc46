/// How Go lays out a struct of a pod template, ready to be printed.
package final class GoLayout: Sendable {
    package indirect enum Kind: Sendable {
        case string, integer, bool, time, quantity, intOrString
        case object(String)
        case list(Kind)
        case map(Kind)
        /// Nothing that a template has.
        case other
    }

    /// A field, and the text around its value: `{Name:(string)` … ` Image:(string)` …
    package struct Field: Sendable {
        package let name: String
        let kind: Kind
        let isPointer: Bool
        /// With the opening of a struct that Go embeds, if it is the first of that.
        let head: [UInt8]
        /// Whether it is the last of a struct that Go embeds.
        fileprivate(set) var isLastOfEmbedded = false
    }

    package let fields: [Field]

    /// Of every type of the table, by its name. Made when first asked for, in less than a millisecond.
    package static let all: [String: GoLayout] = {
        let text = GoLayoutTable.text
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        var layouts: [String: GoLayout] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "))
            layouts[String(decoding: words[0], as: UTF8.self)] = GoLayout(words.dropFirst())
        }
        return layouts
    }()

    private init(_ words: some Sequence<Slice<UnsafeBufferPointer<UInt8>>>) {
        var fields: [Field] = []
        var opening = ""
        for word in words {
            if word.last == UInt8(ascii: "(") {
                let name = String(decoding: word.dropLast(), as: UTF8.self)
                opening = "\(name):(v1.\(name)){"
            } else if word.first == UInt8(ascii: ")") {
                fields[fields.count - 1].isLastOfEmbedded = true
            } else {
                let before = (fields.isEmpty ? "" : " ") + opening
                fields.append(Field(String(decoding: word, as: UTF8.self), after: before))
                opening = ""
            }
        }
        self.fields = fields
    }
}

extension GoLayout.Field {
    /// From a word of the table, as in `dnsPolicy=DNSPolicy:v1.DNSPolicy`.
    fileprivate init(_ word: String, after before: String) {
        let parts = word.split(separator: ":", maxSplits: 1)
        let names = parts[0].split(separator: "=")
        name = String(names[0])
        let goName = names.count > 1 ? String(names[1]) : name.prefix(1).uppercased() + name.dropFirst()
        isPointer = parts[1].first == "*"
        let type = isPointer ? parts[1].dropFirst() : parts[1]
        kind = GoLayout.Kind(type)
        head = Array("\(before)\(goName):(\(isPointer ? "*" : "")\(GoLayout.Kind.goType(type)))".utf8)
    }
}

extension GoLayout.Kind {
    fileprivate init(_ type: Substring) {
        switch type {
        case "string": self = .string
        case "int32", "int64": self = .integer
        case "bool": self = .bool
        case "Time": self = .time
        case "Quantity": self = .quantity
        case "IntOrString": self = .intOrString
        case "FieldsV1": self = .other
        case _ where type.hasPrefix("["): self = .list(GoLayout.Kind(type.dropFirst().dropLast()))
        case _ where type.hasPrefix("{"):
            self = .map(GoLayout.Kind(type.dropFirst().prefix { $0 != "}" }))
        case _ where type.contains("."): self = .string
        default: self = .object(String(type))
        }
    }

    /// What Go calls a type of the table.
    fileprivate static func goType(_ type: Substring) -> String {
        switch type {
        case "string", "int32", "int64", "bool": return String(type)
        case "Quantity": return "resource.Quantity"
        case "IntOrString": return "intstr.IntOrString"
        case _ where type.hasPrefix("["): return "[]" + goType(type.dropFirst().dropLast())
        case _ where type.hasPrefix("{"):
            if let slash = type.firstIndex(of: "/") { return String(type[slash...].dropFirst()) }
            return "map[string]" + goType(type.dropFirst().dropLast())
        default: return type.contains(".") ? String(type) : "v1." + type
        }
    }
}
