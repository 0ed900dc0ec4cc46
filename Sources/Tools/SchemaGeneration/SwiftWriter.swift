/// Writes the Swift types of a schema: a struct a type, boxed when it is wide, with a direct JSON coder.
package struct SwiftWriter {
    package struct File {
        package var path: String
        package var text: String
    }

    private let schema: Schema
    private let types: [String: Schema.TypeEntry]
    private let boxed: Set<String>
    private let resources: Set<String>

    /// A struct wider than this many bytes lives in a box. A pod condition (104 bytes) stays inline.
    private static let widestInline = 128

    package init(_ schema: Schema) {
        self.schema = schema
        let types = Dictionary(uniqueKeysWithValues: schema.types.map { ($0.name, $0) })
        self.types = types
        resources = Set(schema.kinds.map(\.type))
        var widths: [String: Int] = [:]
        var boxed: Set<String> = []
        var inProgress: Set<String> = []
        /// Bytes that a value of a type takes inline. A type that contains itself is boxed.
        func width(_ name: String) -> Int {
            if let known = widths[name] { return known }
            guard let type = types[name] else { return Self.primitiveWidths[name] ?? 9 }
            if !inProgress.insert(name).inserted {
                boxed.insert(name)
                return 8
            }
            var total = 0
            for field in type.fields {
                switch field.type {
                case .list, .map: total += 8
                case .named(let element): total += (width(element) + (field.isRequired ? 7 : 8)) / 8 * 8
                }
            }
            inProgress.remove(name)
            if total > Self.widestInline { boxed.insert(name) }
            widths[name] = boxed.contains(name) ? 8 : total
            return widths[name] ?? 8
        }
        for type in schema.types { _ = width(type.name) }
        self.boxed = boxed
    }

    private static let primitiveWidths = [
        "string": 16, "int32": 8, "int64": 8, "bool": 1, "double": 8, "bytes": 8, "Time": 8, "MicroTime": 8, "Quantity": 10,
        "IntOrString": 17, "json": 8,
    ]

    package var files: [File] {
        schema.types.map { File(path: folder($0) + "/" + $0.name + ".swift", text: text($0)) }
            + [File(path: "Catalogue.swift", text: catalogue)]
    }

    private func folder(_ type: Schema.TypeEntry) -> String {
        let parts = type.definition.split(separator: ".")
        return parts.count > 3 ? String(parts[parts.count - 3]) + "." + parts[parts.count - 2] : "other"
    }

    // MARK: Names

    private static let keywords: Set = [
        "default", "enum", "operator", "protocol", "continue", "in", "self", "is", "as", "case", "class", "import", "internal",
        "private", "public", "return", "static", "struct", "switch", "throw", "where", "while", "for", "repeat", "extension",
        "func", "init", "let", "var", "if", "else", "do", "try", "catch", "nil", "true", "false", "Type",
    ]

    static func swiftName(_ field: String) -> String {
        var name = ""
        var upper = false
        for character in field {
            if character == "$" { continue }
            if character == "-" {
                upper = true
            } else {
                name += upper ? character.uppercased() : String(character)
                upper = false
            }
        }
        return keywords.contains(name) ? "`\(name)`" : name
    }

    private static let primitives = [
        "string": "String", "int32": "Int", "int64": "Int", "bool": "Bool", "double": "Double", "bytes": "Base64Data",
        "json": "JSONValue",
    ]

    private func swiftType(_ type: Schema.FieldType) -> String {
        switch type {
        case .named(let name): Self.primitives[name] ?? name
        case .list(let element): "[\(swiftType(element))]"
        case .map(let element): "StringMap<\(swiftType(element))>"
        }
    }

    private func isKind(_ type: Schema.TypeEntry) -> Bool { type.groupVersionKind != nil }

    /// Lists and maps are never optional; required values are not; nor are a kind's metadata, spec and status.
    private func isOptional(_ field: Schema.Field, of type: Schema.TypeEntry) -> Bool {
        switch field.type {
        case .list, .map: return false
        case .named(let name):
            if field.isRequired { return false }
            guard types[name] != nil else { return true }
            if isKind(type), ["metadata", "spec", "status"].contains(field.name) { return false }
            return !(type.name == "PodTemplateSpec")
        }
    }

    private func zero(_ field: Schema.Field, of type: Schema.TypeEntry) -> String {
        if isOptional(field, of: type) { return "nil" }
        switch field.type {
        case .list: return "[]"
        case .map: return "[:]"
        case .named(let name):
            switch name {
            case "string": return "\"\""
            case "int32", "int64", "double": return "0"
            case "bool": return "false"
            case "json": return ".null"
            default: return "\(swiftType(field.type))()"
            }
        }
    }

    // MARK: Coding

    private func read(_ type: Schema.FieldType) -> String {
        switch type {
        case .named("string"): "reader.string()"
        case .named("int32"): "reader.int32()"
        case .named("int64"): "reader.int()"
        case .named("bool"): "reader.bool()"
        case .named("double"): "reader.double()"
        case .named(let name): "\(Self.primitives[name] ?? name)(from: &reader)"
        case .list(.named("string")): "reader.strings()"
        case .list(let element): "reader.array(\(swiftType(element)).self)"
        case .map(let element): "reader.map(\(swiftType(element)).self)"
        }
    }

    private func write(_ type: Schema.FieldType, _ value: String) -> String {
        switch type {
        case .named("string"): return "writer.string(\(value))"
        case .named("int32"), .named("int64"): return "writer.int(\(value))"
        case .named("bool"): return "writer.bool(\(value))"
        case .named("double"): return "writer.double(\(value))"
        case .named: return "\(value).encode(into: &writer)"
        case .list: return "writer.array(\(value))"
        case .map: return "writer.map(\(value))"
        }
    }

    private func encodeLines(_ field: Schema.Field, of type: Schema.TypeEntry, indent: String) -> [String] {
        let name = Self.swiftName(field.name)
        let key = "writer.key(\"\\\"\(field.name)\\\":\")"
        let value = (boxed.contains(type.name) ? "box.fields." : "self.") + name
        if isListOfKinds(field, of: type) {
            return [
                "\(indent)\(key)", "\(indent)writer.beginArray()", "\(indent)for item in \(value) {",
                "\(indent)    writer.element()", "\(indent)    item.encode(into: &writer, withKind: false)", "\(indent)}",
                "\(indent)writer.endArray()",
            ]
        }
        switch field.type {
        case .list, .map:
            if field.isRequired {
                return [
                    "\(indent)\(key)",
                    "\(indent)if \(value).isEmpty { writer.null() } else { \(write(field.type, value)) }",
                ]
            }
            return ["\(indent)if !\(value).isEmpty {", "\(indent)    \(key)", "\(indent)    \(write(field.type, value))", "\(indent)}"]
        case .named:
            guard isOptional(field, of: type) else { return ["\(indent)\(key)", "\(indent)\(write(field.type, value))"] }
            let condition = field.omitsZero ? ", value != 0" : ""
            return [
                "\(indent)if let value = \(value)\(condition) {", "\(indent)    \(key)",
                "\(indent)    \(write(field.type, "value"))", "\(indent)}",
            ]
        }
    }

    private func isListOfKinds(_ field: Schema.Field, of type: Schema.TypeEntry) -> Bool {
        guard isKind(type), field.name == "items", case .list(.named(let element)) = field.type, let item = types[element]
        else { return false }
        return isKind(item)
    }

    static func hash(_ name: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "0x" + String(hash, radix: 16)
    }

    // MARK: A type

    private func text(_ type: Schema.TypeEntry) -> String {
        let isBoxed = boxed.contains(type.name)
        let isResource = resources.contains(type.name)
        var lines = ["// Generated by schema-generator from Schema/kubernetes-1.36.schema. Edits are lost.", ""]
        lines.append("/// `\(type.definition)`")
        lines.append("package struct \(type.name): \(isResource ? "Resource" : "JSONCodable") {")
        if isBoxed {
            lines.append("    package struct Fields: Equatable, Sendable {")
            lines += type.fields.map { storedField($0, of: type, indent: "        ") }
            lines += ["", "        init() {}", "    }", ""]
            lines += [
                "    private var box: Box<Fields>", "    private static let empty = Box(Fields())", "",
                "    package init() { box = Self.empty }", "",
                "    private mutating func own() {",
                "        if !isKnownUniquelyReferenced(&box) { box = Box(box.fields) }", "    }", "",
                "    /// Whether both share one box, and so are equal.",
                "    package func isIdentical(to other: Self) -> Bool { box === other.box }", "",
                "    package static func == (left: Self, right: Self) -> Bool {",
                "        left.box === right.box || left.box.fields == right.box.fields", "    }", "",
            ]
            for field in type.fields {
                let name = Self.swiftName(field.name)
                lines += [
                    "    package var \(name): \(swiftType(field.type))\(isOptional(field, of: type) ? "?" : "") {",
                    "        get { box.fields.\(name) }",
                    "        _modify {", "            own()", "            yield &box.fields.\(name)", "        }", "    }",
                ]
            }
        } else {
            lines += type.fields.map { storedField($0, of: type, indent: "    ") }
            lines += ["", "    package init() {}"]
        }
        lines += decoder(type, isBoxed: isBoxed)
        lines += encoder(type, isBoxed: isBoxed, isResource: isResource)
        if isResource { lines += resourceMembers(type) }
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private func storedField(_ field: Schema.Field, of type: Schema.TypeEntry, indent: String) -> String {
        let optional = isOptional(field, of: type)
        let value = optional ? "" : " = \(zero(field, of: type))"
        return "\(indent)package var \(Self.swiftName(field.name)): \(swiftType(field.type))\(optional ? "?" : "")\(value)"
    }

    private func decoder(_ type: Schema.TypeEntry, isBoxed: Bool) -> [String] {
        var lines = ["", "    package init(from reader: inout JSONReader) {"]
        lines.append(isBoxed ? "        var fields = Fields()" : "        self.init()")
        let target = isBoxed ? "fields" : "self"
        let finish = isBoxed ? ["        box = Box(fields)"] : []
        lines.append("        if reader.beginObject() {")
        lines.append("            while let key = reader.nextKey() {")
        lines.append("                switch key.hash {")
        for field in type.fields {
            lines.append("                case \(Self.hash(field.name)) where key.is(\"\(field.name)\"):")
            let assign = "\(target).\(Self.swiftName(field.name)) = \(read(field.type))"
            if isOptional(field, of: type) {
                lines.append("                    if !reader.null() { \(assign) }")
            } else {
                lines.append("                    \(assign)")
            }
        }
        if isKind(type) {
            lines.append("                case \(Self.hash("kind")) where key.is(\"kind\"),")
            lines.append("                    \(Self.hash("apiVersion")) where key.is(\"apiVersion\"):")
            lines.append("                    reader.skip()")
        }
        lines.append("                default: reader.unknown(key)")
        lines += ["                }", "            }", "        }"] + finish + ["    }"]
        return lines
    }

    private func encoder(_ type: Schema.TypeEntry, isBoxed: Bool, isResource: Bool) -> [String] {
        var lines = [""]
        if let gvk = type.groupVersionKind {
            let apiVersion = gvk.group.isEmpty ? gvk.version : gvk.group + "/" + gvk.version
            lines += [
                "    package func encode(into writer: inout JSONWriter) { encode(into: &writer, withKind: true) }", "",
                "    package func encode(into writer: inout JSONWriter, withKind: Bool) {",
                "        writer.beginObject()", "        if withKind {",
                "            writer.raw(\"\\\"kind\\\":\\\"\(gvk.kind)\\\",\\\"apiVersion\\\":\\\"\(apiVersion)\\\"\")", "        }",
            ]
        } else {
            lines += ["    package func encode(into writer: inout JSONWriter) {", "        writer.beginObject()"]
        }
        for field in type.fields { lines += encodeLines(field, of: type, indent: "        ") }
        return lines + ["        writer.endObject()", "    }"]
    }

    private func resourceMembers(_ type: Schema.TypeEntry) -> [String] {
        guard let index = schema.kinds.firstIndex(where: { $0.type == type.name }) else { return [] }
        let hasStatus = type.fields.contains { $0.name == "status" }
        let spec = type.fields.filter { $0.name != "metadata" && $0.name != "status" }.map { Self.swiftName($0.name) }
        let same = spec.isEmpty ? "true" : spec.map { "\($0) == other.\($0)" }.joined(separator: "\n            && ")
        return [
            "", "    package static var kind: ResourceKind { ResourceKind(rawValue: \(index)) }", "",
            "    package func hasSameSpec(as other: Self) -> Bool {", "        \(same)", "    }", "",
            "    package func hasSameStatus(as other: Self) -> Bool { \(hasStatus ? "status == other.status" : "true") }", "",
            "    package mutating func setStatus(of other: Self) {\(hasStatus ? " status = other.status " : "")}",
        ]
    }

    // MARK: The catalogue

    private var catalogue: String {
        var lines = [
            "// Generated by schema-generator from Schema/kubernetes-1.36.schema. Edits are lost.", "",
            "/// Every served kind, indexed by `ResourceKind.rawValue`.", "package enum Catalogue {",
            "    package static let kinds: [KindInfo] = [",
        ]
        func strings(_ values: [String]) -> String { "[" + values.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }
        for (index, kind) in schema.kinds.enumerated() {
            let gvk = kind.groupVersionKind
            lines += [
                "        KindInfo(",
                "            kind: ResourceKind(rawValue: \(index)), group: \"\(gvk.group)\", version: \"\(gvk.version)\",",
                "            name: \"\(gvk.kind)\", plural: \"\(kind.plural)\", singular: \"\(gvk.kind.lowercased())\",",
                "            shortNames: \(strings(kind.shortNames)), categories: \(strings(kind.categories)),",
                "            isNamespaced: \(kind.isNamespaced), verbs: \(strings(kind.verbs)),",
                "            subresources: \(strings(kind.subresources)), coder: TypedKindCoder<\(kind.type)>.self),",
            ]
        }
        lines += ["    ]", "}", "", "extension ResourceKind {"]
        for (index, kind) in schema.kinds.enumerated() {
            let name = kind.type.prefix(1).lowercased() + kind.type.dropFirst()
            lines.append("    package static var \(Self.caseName(name)): ResourceKind { ResourceKind(rawValue: \(index)) }")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    /// `cSIDriver` reads `csiDriver`.
    private static func caseName(_ name: String) -> String {
        for (wrong, right) in [("cSI", "csi"), ("iPAddress", "ipAddress"), ("aPIService", "apiService")]
        where name.hasPrefix(wrong) {
            return right + name.dropFirst(wrong.count)
        }
        return name
    }
}
