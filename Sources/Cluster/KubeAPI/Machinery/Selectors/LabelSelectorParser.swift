extension Selector {
    /// Reads the form of `?labelSelector=`: `a=b,c!=d,e in (x,y),f notin (z),g,!h,i>1,j<2`.
    /// Fails with 400 and upstream's words, which begin with what was found and what was expected.
    public init(parsing text: String) throws(StatusError) {
        var parser = LabelSelectorParser(text)
        switch parser.parse() {
        case .success(let requirements): self.init(requirements)
        case .failure(let error): throw .badRequest(error.message)
        }
    }
}

/// The grammar of label selectors. Follows the lexer and parser of apimachinery `pkg/labels/selector.go`.
private struct LabelSelectorParser {
    struct Failure: Error {
        let message: String
    }

    private enum Token: Equatable {
        case error, end, close, comma, not, doubleEquals, equals, greater, identifier, `in`, less, notEquals, notIn,
            open
    }

    private var tokens: [(token: Token, text: String)] = []
    private var position = 0

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var index = 0
        repeat {
            while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
            let start = index
            if index < bytes.count, Self.isSymbol(bytes[index]) {
                tokens.append(Self.symbol(bytes, &index))
            } else {
                while index < bytes.count, !Self.isSymbol(bytes[index]), !Self.isSpace(bytes[index]) { index += 1 }
                let word = String(decoding: bytes[start..<index], as: UTF8.self)
                switch word {
                case "": tokens.append((.end, ""))
                case "in": tokens.append((.in, word))
                case "notin": tokens.append((.notIn, word))
                default: tokens.append((.identifier, word))
                }
            }
        } while tokens.last?.token != .end
    }

    private static func isSpace(_ byte: UInt8) -> Bool { CharacterSets.isOne(of: " \t\r\n", byte) }
    private static func isSymbol(_ byte: UInt8) -> Bool { CharacterSets.isOne(of: "=!(),><", byte) }

    /// The longest known run of symbols.
    private static func symbol(_ bytes: [UInt8], _ index: inout Int) -> (Token, String) {
        var found: (Token, String)?
        var run = ""
        while index < bytes.count, isSymbol(bytes[index]) {
            run.unicodeScalars.append(Unicode.Scalar(bytes[index]))
            if let token = token(run) {
                found = (token, run)
            } else if found != nil {
                break
            }
            index += 1
        }
        return found ?? (.error, "error expected: keyword found '\(run)'")
    }

    private static func token(_ run: String) -> Token? {
        switch run {
        case ")": .close
        case ",": .comma
        case "!": .not
        case "==": .doubleEquals
        case "=": .equals
        case ">": .greater
        case "<": .less
        case "!=": .notEquals
        case "(": .open
        default: nil
        }
    }

    /// The token at the cursor. `in` and `notin` are plain words but where an operator stands.
    private func lookahead(operator isOperator: Bool = false) -> (token: Token, text: String) {
        let item = tokens[min(position, tokens.count - 1)]
        if !isOperator, item.token == .in || item.token == .notIn { return (.identifier, item.text) }
        return item
    }

    private mutating func consume(operator isOperator: Bool = false) -> (token: Token, text: String) {
        defer { position += 1 }
        return lookahead(operator: isOperator)
    }

    mutating func parse() -> Result<[LabelRequirement], Failure> {
        do throws(Failure) { return .success(try requirements()) } catch { return .failure(error) }
    }

    private mutating func requirements() throws(Failure) -> [LabelRequirement] {
        var result: [LabelRequirement] = []
        while true {
            let (token, text) = lookahead()
            switch token {
            case .identifier, .not:
                do throws(Failure) {
                    result.append(try requirement())
                } catch {
                    throw Failure(message: "unable to parse requirement: " + error.message)
                }
                let (next, nextText) = consume()
                switch next {
                case .end: return result
                case .comma:
                    let (following, followingText) = lookahead()
                    guard following == .identifier || following == .not else {
                        throw Failure(message: "found '\(followingText)', expected: identifier after ','")
                    }
                default: throw Failure(message: "found '\(nextText)', expected: ',' or 'end of string'")
                }
            case .end: return result
            default: throw Failure(message: "found '\(text)', expected: !, identifier, or 'end of string'")
            }
        }
    }

    private mutating func requirement() throws(Failure) -> LabelRequirement {
        var (token, key) = consume()
        let isNegated = token == .not
        if isNegated { (token, key) = consume() }
        guard token == .identifier else { throw Failure(message: "found '\(key)', expected: identifier") }
        let errors = Validation.labelKey(key)
        if !errors.isEmpty {
            throw Failure(message: FieldError.invalid(FieldPath(), key, errors.joined(separator: "; ")).description)
        }
        let next = lookahead().token
        // Upstream reads `!key=value` as it reads `!key`, and then complains about what follows.
        if isNegated { return LabelRequirement(key: key, operator: .doesNotExist) }
        if next == .end || next == .comma { return LabelRequirement(key: key, operator: .exists) }
        let comparison = try comparison()
        let values: [String]
        switch comparison {
        case .in, .notIn: values = try valueList()
        default: values = [try exactValue()]
        }
        let requirement = LabelRequirement(key: key, operator: comparison, values: values)
        let mistakes = requirement.validate()
        if !mistakes.isEmpty { throw Failure(message: FieldError.aggregate(mistakes)) }
        return requirement
    }

    private mutating func comparison() throws(Failure) -> LabelRequirement.Operator {
        let (token, text) = consume(operator: true)
        switch token {
        case .in: return .in
        case .notIn: return .notIn
        case .equals: return .equals
        case .doubleEquals: return .doubleEquals
        case .notEquals: return .notEquals
        case .greater: return .greaterThan
        case .less: return .lessThan
        default: throw Failure(message: "found '\(text)', expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    private mutating func exactValue() throws(Failure) -> String {
        let ahead = lookahead().token
        if ahead == .end || ahead == .comma { return "" }
        let (token, text) = consume()
        guard token == .identifier else { throw Failure(message: "found '\(text)', expected: identifier") }
        return text
    }

    /// `(x,y,z)`; between commas may stand nothing, which is the empty value. Sorted, each value once.
    private mutating func valueList() throws(Failure) -> [String] {
        let (first, firstText) = consume()
        guard first == .open else { throw Failure(message: "found '\(firstText)' expected: '('") }
        let (ahead, aheadText) = lookahead()
        switch ahead {
        case .close:
            position += 1
            return [""]
        case .identifier, .comma:
            let values = try identifiers()
            guard consume().token == .close else { throw Failure(message: "found '\(aheadText)', expected: ')'") }
            return values.sorted(by: precedesUTF8)
        default: throw Failure(message: "found '\(aheadText)', expected: ',', ')' or identifier")
        }
    }

    private mutating func identifiers() throws(Failure) -> [String] {
        var values: [String] = []
        func insert(_ value: String) {
            if !values.contains(value) { values.append(value) }
        }
        while true {
            let (token, text) = consume()
            let (next, nextText) = lookahead()
            switch token {
            case .identifier:
                insert(text)
                if next == .close { return values }
                guard next == .comma else { throw Failure(message: "found '\(nextText)', expected: ',' or ')'") }
            case .comma:
                if values.isEmpty { insert("") }
                if next == .close || next == .comma { insert("") }
                if next == .close { return values }
            default: throw Failure(message: "found '\(text)', expected: ',', or identifier")
            }
        }
    }
}
