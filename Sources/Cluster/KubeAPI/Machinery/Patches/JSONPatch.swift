/// A JSON Patch, RFC 6902: operations that are applied in order, all or none.
struct JSONPatch {
    /// Why a patch does not apply.
    struct Failure: Error {
        let message: String
    }

    private struct Operation {
        let kind: String
        let path: JSONPointer
        let from: JSONPointer?
        let value: JSONValue?
    }

    private let operations: [Operation]

    /// Fails when the document is no list of operations, or an operation misses a member that it needs.
    init(_ document: JSONValue) throws(Failure) {
        guard case .array(let items) = document else { throw Failure(message: "a JSON patch is a list of operations") }
        var operations: [Operation] = []
        for item in items {
            let kind = item["op"]?.stringValue ?? "unknown"
            guard let path = item["path"]?.stringValue else {
                throw Failure(message: "\(kind) operation failed to decode path: missing value")
            }
            let value = item["value"]
            var from: JSONPointer?
            switch kind {
            case "add", "replace", "test":
                if value == nil { throw Failure(message: "\(kind) operation is missing its value") }
            case "move", "copy":
                guard let source = item["from"]?.stringValue else {
                    throw Failure(message: "\(kind) operation failed to decode from: missing value")
                }
                from = try JSONPointer(source)
            case "remove": break
            default: throw Failure(message: "Unexpected kind: \(kind)")
            }
            operations.append(Operation(kind: kind, path: try JSONPointer(path), from: from, value: value))
        }
        self.operations = operations
    }

    func apply(to document: JSONValue) throws(Failure) -> JSONValue {
        var document = document
        for operation in operations { try Self.apply(operation, to: &document) }
        return document
    }

    private static func apply(_ operation: Operation, to document: inout JSONValue) throws(Failure) {
        let path = operation.path
        let value = operation.value ?? .null
        switch operation.kind {
        case "add": try document.add(value, at: path.tokens[...])
        case "replace": try document.replace(at: path.tokens[...], with: value)
        case "remove": _ = try document.remove(at: path.tokens[...])
        case "test":
            // A member that is not there equals null, as in the library that the API server uses.
            let found = try document.value(at: path.tokens[...], missingMemberIsNull: true)
            if !found.isEquivalent(to: value) {
                throw Failure(message: "testing value \(path.text) failed: test failed")
            }
        case "copy":
            let copied = try document.value(at: (operation.from?.tokens ?? [])[...])
            try document.add(copied, at: path.tokens[...])
        default:
            let source = (operation.from?.tokens ?? [])[...]
            if path.tokens.count > source.count, path.tokens.starts(with: source) {
                throw Failure(message: "a value cannot be moved into itself: \(path.text)")
            }
            let moved = try document.remove(at: source)
            try document.add(moved, at: path.tokens[...])
        }
    }
}

/// A JSON Pointer, RFC 6901.
private struct JSONPointer {
    let text: String
    let tokens: [String]

    init(_ text: String) throws(JSONPatch.Failure) {
        self.text = text
        if text.isEmpty {
            tokens = []
        } else if text.hasPrefix("/") {
            tokens = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(Self.unescape)
        } else {
            throw JSONPatch.Failure(message: "the path does not start with a slash: \(text)")
        }
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

    private static func badIndex(_ token: String) -> JSONPatch.Failure {
        JSONPatch.Failure(message: "Unable to access invalid index: \(token): invalid index referenced")
    }

    /// An index into a list: digits without a sign and without leading zeros, below `end`.
    private static func index(_ token: String, below end: Int) throws(JSONPatch.Failure) -> Int {
        let isNumber = !token.isEmpty && token.utf8.allSatisfy(CharacterSets.isDigit)
        guard isNumber, token == "0" || !token.hasPrefix("0"), let index = Int(token), index < end else {
            throw badIndex(token)
        }
        return index
    }

    fileprivate func value(at path: Tokens, missingMemberIsNull: Bool = false) throws(JSONPatch.Failure) -> JSONValue {
        guard let token = path.first else { return self }
        switch self {
        case .object(let members):
            guard let member = members[token] else {
                if missingMemberIsNull, path.count == 1 { return .null }
                throw Self.missing(token)
            }
            return try member.value(at: path.dropFirst(), missingMemberIsNull: missingMemberIsNull)
        case .array(let elements):
            let index = try Self.index(token, below: elements.count)
            return try elements[index].value(at: path.dropFirst(), missingMemberIsNull: missingMemberIsNull)
        default: throw Self.missing(token)
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

    fileprivate mutating func add(_ value: JSONValue, at path: Tokens) throws(JSONPatch.Failure) {
        if path.isEmpty {
            self = value
            return
        }
        try edit(path) { (container, last) throws(JSONPatch.Failure) in
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

    fileprivate mutating func replace(at path: Tokens, with value: JSONValue) throws(JSONPatch.Failure) {
        if path.isEmpty {
            self = value
            return
        }
        try edit(path) { (container, last) throws(JSONPatch.Failure) in
            switch container {
            case .object(let members):
                if members[last] == nil { throw Self.missing(last) }
                container[last] = value
            case .array(var elements):
                elements[try Self.index(last, below: elements.count)] = value
                container = .array(elements)
            default: throw Self.missing(last)
            }
        }
    }

    fileprivate mutating func remove(at path: Tokens) throws(JSONPatch.Failure) -> JSONValue {
        if path.isEmpty {
            defer { self = .null }
            return self
        }
        return try edit(path) { (container, last) throws(JSONPatch.Failure) in
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

/// JSON patches of plain documents, as admission webhooks answer with.
public enum JSONPatches {
    /// Fails with 422 when the patch is broken or does not apply.
    public static func apply(_ patch: JSONValue, to document: JSONValue) throws(StatusError) -> JSONValue {
        do throws(JSONPatch.Failure) {
            return try JSONPatch(patch).apply(to: document)
        } catch {
            throw StatusError(reason: .invalid, code: 422, message: error.message)
        }
    }
}
