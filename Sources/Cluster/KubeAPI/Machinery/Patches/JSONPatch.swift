/// A JSON Patch, RFC 6902: operations that are applied in order, all or none.
///
/// As the library does it that the API server uses, `gopkg.in/evanphx/json-patch.v4`, which is laxer than the standard:
/// `replace` adds a member that is not there, a member that is not there copies and tests as null, and so does a value
/// that an operation leaves out; indexes may be negative, from the end, and are read as Go's `strconv.Atoi` reads
/// numbers. The whole document can be replaced and tested, and nothing else.
struct JSONPatch {
    /// Why a patch does not apply.
    struct Failure: Error {
        let message: String
    }

    private let operations: [JSONValue]

    /// Fails when the document is no list of operations.
    init(_ document: JSONValue) throws(Failure) {
        switch document {
        case .array(let items): operations = items
        case .null: operations = []
        default: throw Failure(message: "a JSON patch is a list of operations")
        }
    }

    func apply(to document: JSONValue) throws(Failure) -> JSONValue {
        var document = document
        for operation in operations { try Self.apply(operation, to: &document) }
        return document
    }

    private static func apply(_ operation: JSONValue, to document: inout JSONValue) throws(Failure) {
        let kind = operation["op"]?.stringValue ?? "unknown"
        func pointer(_ member: String) throws(Failure) -> JSONPointer {
            guard let text = operation[member]?.stringValue else {
                throw Failure(message: "\(kind) operation failed to decode \(member): missing value")
            }
            return JSONPointer(text)
        }
        let value = operation["value"] ?? .null
        switch kind {
        case "add": try document.add(value, at: pointer("path"))
        case "replace": try document.replace(at: pointer("path"), with: value)
        case "remove": _ = try document.remove(at: pointer("path"))
        case "test":
            let path = try pointer("path")
            let found = path.text.isEmpty ? document : try document.value(at: path)
            if operation["value"] == nil || !found.isEquivalent(to: value) {
                throw Failure(message: "testing value \(path.text) failed: test failed")
            }
        case "copy":
            let copied = try document.value(at: pointer("from"))
            try document.add(copied, at: pointer("path"))
        case "move":
            let moved = try document.remove(at: pointer("from"))
            try document.add(moved, at: pointer("path"))
        default: throw Failure(message: "Unexpected kind: \(kind)")
        }
    }
}

/// A JSON Pointer, RFC 6901. What stands before the first slash is passed over.
private struct JSONPointer {
    let text: String
    let tokens: [String]

    init(_ text: String) {
        self.text = text
        tokens = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(Self.unescape)
    }

    /// `~1` is a slash and `~0` a tilde.
    private static func unescape(_ token: Substring) -> String {
        if !token.utf8.contains(UInt8(ascii: "~")) { return String(token) }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in token.utf8 {
            if isEscaped, byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") {
                bytes[bytes.count - 1] = byte == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/")
                isEscaped = false
            } else {
                isEscaped = byte == UInt8(ascii: "~")
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

// MARK: Walking

extension JSONValue {
    fileprivate typealias Tokens = ArraySlice<String>

    private static func missing(_ token: String) -> JSONPatch.Failure {
        JSONPatch.Failure(message: "unable to get nonexistent key: \(token): missing value")
    }

    /// An index into a list; one below zero counts from `end`.
    private static func index(_ token: String, below end: Int) throws(JSONPatch.Failure) -> Int {
        guard let index = Int(token), index < end, index >= -end else {
            throw JSONPatch.Failure(message: "Unable to access invalid index: \(token): invalid index referenced")
        }
        return index < 0 ? index + end : index
    }

    /// The value at a path; null for a member that is not there of an object that is.
    fileprivate func value(at path: JSONPointer) throws(JSONPatch.Failure) -> JSONValue {
        guard let last = path.tokens.last else { throw Self.missing(path.text) }
        var container = self
        for token in path.tokens.dropLast() {
            switch container {
            case .object(let members):
                guard let member = members[token] else { throw Self.missing(token) }
                container = member
            case .array(let elements): container = elements[try Self.index(token, below: elements.count)]
            default: throw Self.missing(token)
            }
        }
        switch container {
        case .object(let members): return members[last] ?? .null
        case .array(let elements): return elements[try Self.index(last, below: elements.count)]
        default: throw Self.missing(last)
        }
    }

    /// Lets `body` edit the container that holds the last step of the path; nothing is copied on the way.
    private mutating func edit<Result>(
        _ path: Tokens, _ body: (inout JSONValue, _ last: String) throws(JSONPatch.Failure) -> Result
    ) throws(JSONPatch.Failure) -> Result {
        guard let token = path.first else { throw Self.missing("") }
        if path.count == 1 { return try body(&self, token) }
        switch self {
        case .object(var members):
            guard var member = members[token] else { throw Self.missing(token) }
            self = .null
            members[token] = .null
            defer {
                members[token] = member
                self = .object(members)
            }
            return try member.edit(path.dropFirst(), body)
        case .array(var elements):
            let index = try Self.index(token, below: elements.count)
            self = .null
            defer { self = .array(elements) }
            return try elements[index].edit(path.dropFirst(), body)
        default: throw Self.missing(token)
        }
    }

    fileprivate mutating func add(_ value: JSONValue, at path: JSONPointer) throws(JSONPatch.Failure) {
        try edit(path.tokens[...]) { (container, last) throws(JSONPatch.Failure) in
            switch container {
            case .object: container[last] = value
            case .array(var elements):
                let index = last == "-" ? elements.count : try Self.index(last, below: elements.count + 1)
                container = .null
                elements.insert(value, at: index)
                container = .array(elements)
            default: throw Self.missing(last)
            }
        }
    }

    fileprivate mutating func replace(at path: JSONPointer, with value: JSONValue) throws(JSONPatch.Failure) {
        if path.text.isEmpty {
            switch value {
            case .object, .array: self = value
            default: throw JSONPatch.Failure(message: "replace operation value must be object or array")
            }
            return
        }
        try edit(path.tokens[...]) { (container, last) throws(JSONPatch.Failure) in
            switch container {
            case .object: container[last] = value
            case .array(var elements):
                elements[try Self.index(last, below: elements.count)] = value
                container = .array(elements)
            default: throw Self.missing(last)
            }
        }
    }

    fileprivate mutating func remove(at path: JSONPointer) throws(JSONPatch.Failure) -> JSONValue {
        try edit(path.tokens[...]) { (container, last) throws(JSONPatch.Failure) in
            switch container {
            case .object(let members):
                guard let member = members[last] else { throw Self.missing(last) }
                container[last] = nil
                return member
            case .array(var elements):
                let index = try Self.index(last, below: elements.count)
                container = .null
                defer { container = .array(elements) }
                return elements.remove(at: index)
            default: throw Self.missing(last)
            }
        }
    }

    /// Equality in which 1 and 1.0 are the same number.
    fileprivate func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.int(let left), .double(let right)), (.double(let right), .int(let left)): return Double(left) == right
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && zip(left, right).allSatisfy { $0.key == $1.key && $0.value.isEquivalent(to: $1.value) }
        default: return self == other
        }
    }
}
