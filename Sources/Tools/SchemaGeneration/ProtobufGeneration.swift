// The protobuf half of a generated type. A field is one call, so that 450 types stay small: `ProtobufWriter` writes
// from the end of its buffer to the front, which is why the last field comes first there.

extension SwiftWriter {
    func hasProtobuf(_ type: Schema.TypeEntry) -> Bool { type.fields.contains { !$0.protobufPath.isEmpty } }

    /// The fields of a message in the order of their numbers; those that Go embeds by the message that holds them.
    private indirect enum Member {
        case field(Int, Schema.Field)
        case embedded(Int, [Member])

        var number: Int {
            switch self {
            case .field(let number, _), .embedded(let number, _): number
            }
        }
    }

    private func members(_ fields: [Schema.Field]) -> [Member] {
        members(fields.filter { !$0.protobufPath.isEmpty }.map { ($0.protobufPath[...], $0) })
    }

    private func members(_ fields: [(path: ArraySlice<Int>, field: Schema.Field)]) -> [Member] {
        Dictionary(grouping: fields) { $0.path.first ?? 0 }.map { number, fields in
            if let only = fields.first, fields.count == 1, only.path.count == 1 || isWrappedList(only.field) {
                return .field(number, only.field)
            }
            return .embedded(number, members(fields.map { ($0.path.dropFirst(), $0.field) }))
        }.sorted { $0.number < $1.number }
    }

    /// `Verbs`: a list in a message of its own, which Go leaves out when there is none.
    private func isWrappedList(_ field: Schema.Field) -> Bool {
        field.name == "verbs" && field.protobufPath.count == 2
    }

    // MARK: Encoding

    func protobufWrites(_ type: Schema.TypeEntry, _ fields: [Schema.Field], indent: String) -> [String] {
        writes(members(fields), of: type, indent: indent)
    }

    private func writes(
        _ members: [Member], of type: Schema.TypeEntry, indent: String, within outer: String = ""
    ) -> [String] {
        var lines: [String] = []
        for member in members.reversed() {
            switch member {
            case .field(let number, let field): lines.append(indent + write(field, number, of: type))
            case .embedded(let number, let members):
                let end = "end\(outer)\(number)"
                lines.append("\(indent)let \(end) = writer.count")
                lines += writes(members, of: type, indent: indent, within: "\(outer)\(number)_")
                lines.append("\(indent)writer.finishMessage(\(number), \(end))")
            }
        }
        return lines
    }

    private func write(_ field: Schema.Field, _ number: Int, of type: Schema.TypeEntry) -> String {
        let value = "self." + Self.swiftName(field.name)
        if isWrappedList(field) { return "writer.wrappedStrings(\(number), \(value))" }
        let isPlain = isOptional(field, of: type) && field.zero != .isSet
        let function = function(field.type)
        switch field.type {
        case .named(let name) where isPlain && types[name] != nil:
            return "writer.message(\(number), \(value) ?? \(name)())"
        case .named where isPlain:
            return "writer.plain\(function.prefix(1).uppercased() + function.dropFirst())(\(number), \(value))"
        default: return "writer.\(function)(\(number), \(value))"
        }
    }

    /// The name by which reader and writer call a type.
    private func function(_ type: Schema.FieldType) -> String {
        switch type {
        case .named("string"): "string"
        case .named("int32"), .named("int64"): "int"
        case .named("bool"): "bool"
        case .named("double"): "double"
        case .named("bytes"): "bytes"
        case .named("Time"): "time"
        case .named("MicroTime"): "microTime"
        case .named("Quantity"): "quantity"
        case .named("IntOrString"): "intOrString"
        case .named("Duration"): "duration"
        case .named("json"): "raw"
        case .named("FieldsV1"): "fieldsV1"
        case .named: "message"
        case .list(.named("string")): "strings"
        case .list(.named("int32")), .list(.named("int64")): "ints"
        case .list(.named("bool")): "bools"
        case .list(.named("Quantity")): "quantities"
        case .list(.named("json")): "raws"
        case .list: "messages"
        case .map(.named("string")): "stringMap"
        case .map(.named("bytes")): "bytesMap"
        case .map(.named("Quantity")): "quantityMap"
        case .map(.named("Time")): "timeMap"
        case .map(.list): "stringsMap"
        case .map: "messageMap"
        }
    }

    // MARK: Decoding

    private func reads(_ members: [Member], of type: Schema.TypeEntry, inBox: [String], indent: String) -> [String] {
        var lines = [
            "\(indent)while case let field = reader.nextField(), field != 0 {", "\(indent)    switch field {",
        ]
        for member in members {
            lines.append("\(indent)    case \(member.number):")
            switch member {
            case .field(_, let field):
                let target = inBox.contains(field.name) ? "box.fields" : "self"
                lines.append("\(indent)        " + read(field, of: type, target: target))
            case .embedded(_, let members):
                lines.append("\(indent)        let end = reader.beginMessage()")
                lines += reads(members, of: type, inBox: inBox, indent: indent + "        ")
                lines.append("\(indent)        reader.endMessage(end)")
            }
        }
        return lines + ["\(indent)    default: reader.skip()", "\(indent)    }", "\(indent)}"]
    }

    private func read(_ field: Schema.Field, of type: Schema.TypeEntry, target: String) -> String {
        let value = target + "." + Self.swiftName(field.name)
        if isWrappedList(field) { return "reader.wrappedStrings(&\(value))" }
        let isPlain = isOptional(field, of: type) && field.zero != .isSet
        let function = function(field.type)
        switch field.type {
        case .list, .map: return "reader.\(function)(&\(value))"
        case .named(let name):
            let suffix = name == "int32" ? "32" : ""
            let argument = types[name] == nil ? "" : "\(name).self"
            let plain = isPlain ? "plain" + function.prefix(1).uppercased() + function.dropFirst() : function
            return "\(value) = reader.\(plain)\(suffix)(\(argument))"
        }
    }

    func protobufCoder(_ type: Schema.TypeEntry, isBoxed: Bool) -> [String] {
        var lines = ["", "    public init(protobuf reader: inout ProtobufReader) {"]
        lines.append(isBoxed ? "        box = Box(Fields())" : "        self.init()")
        let (inline, boxed) = parts(type)
        lines += reads(members(type.fields), of: type, inBox: isBoxed ? boxed.map(\.name) : [], indent: "        ")
        lines += ["    }", "", "    public func encode(protobuf writer: inout ProtobufWriter) {"]
        if isBoxed {
            // From the end to the front: what stays outside of the box comes first, and so is written last.
            lines.append("        box.borrowed.encodeMembers(protobuf: &writer)")
            lines += protobufWrites(type, inline, indent: "        ")
        } else {
            lines += protobufWrites(type, type.fields, indent: "        ")
        }
        return lines + ["    }"]
    }
}
