/// A pattern as it was written.
indirect enum RowPatternTree: Equatable {
    enum Assertion: Equatable, Sendable {
        case start, end, wordBoundary, noWordBoundary

        /// Whether it holds between two characters; nil stands for the ends of the text.
        func holds(between previous: UInt32?, and following: UInt32?) -> Bool {
            switch self {
            case .start: previous == nil
            case .end: following == nil
            case .wordBoundary: Assertion.isWord(previous) != Assertion.isWord(following)
            case .noWordBoundary: Assertion.isWord(previous) == Assertion.isWord(following)
            }
        }

        private static func isWord(_ scalar: UInt32?) -> Bool { scalar.map(CharacterRanges.word.contains) ?? false }
    }

    case empty
    /// In lower case.
    case character(UInt32)
    case any
    case set(CharacterRanges)
    case assertion(Assertion)
    case sequence([RowPatternTree])
    case alternatives([RowPatternTree])
    /// No maximum is nil.
    case repeated(RowPatternTree, minimum: Int, maximum: Int?)
}

/// A set of characters, without regard to case.
struct CharacterRanges: Equatable, Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isInverse = false

    func contains(_ scalar: UInt32) -> Bool {
        let lower = CaseFolding.lowercased(scalar)
        let upper = CaseFolding.uppercased(scalar)
        return ranges.contains { $0.contains(lower) || $0.contains(upper) } != isInverse
    }

    static let digit = CharacterRanges(ranges: [0x30...0x39])
    static let word = CharacterRanges(ranges: [0x30...0x39, 0x61...0x7A, 0x5F...0x5F])
    static let space = CharacterRanges(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])

    /// The sets that a backslash names.
    static func named(_ letter: UInt32) -> CharacterRanges? {
        let set: CharacterRanges
        switch letter | 0x20 {
        case 0x64: set = digit
        case 0x77: set = word
        case 0x73: set = space
        default: return nil
        }
        return letter & 0x20 == 0 ? CharacterRanges(ranges: set.ranges, isInverse: true) : set
    }

    /// The sets with names in `[[:alpha:]]`.
    static let posix: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x61...0x7A], "alpha": [0x61...0x7A], "digit": [0x30...0x39], "lower": [0x61...0x7A],
        "upper": [0x61...0x7A], "space": [0x09...0x0D, 0x20...0x20], "blank": [0x09...0x09, 0x20...0x20],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "word": [0x30...0x39, 0x61...0x7A, 0x5F...0x5F],
        "xdigit": [0x30...0x39, 0x61...0x66],
    ]

    /// What is not in some ranges, which may overlap.
    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        return next <= 0x10FFFF ? result + [next...0x10FFFF] : result
    }
}

/// Reads the syntax of Go's `regexp`, and says what is wrong in its words. Groups only group: nothing is captured.
/// Follows Go `regexp/syntax/parse.go`.
struct RowPatternParser {
    /// Groups within groups; each is a call deeper.
    private static let maximumDepth = 200
    /// Go's limit for `{n,m}`.
    private static let maximumCount = 1000

    private let scalars: [UInt32]
    private var position = 0
    private var depth = 0

    init(_ text: String) { scalars = text.unicodeScalars.map(\.value) }

    private func text(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[range].compactMap(Unicode.Scalar.init))
        return String(text)
    }

    private var next: UInt32? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard let next, Unicode.Scalar(next).map(Character.init) == character else { return false }
        position += 1
        return true
    }

    mutating func parse() throws(FilterProblem) -> RowPatternTree {
        let tree = try alternatives()
        if position < scalars.count { throw FilterProblem("unexpected ): `\(text(0..<scalars.count))`") }
        return tree
    }

    private mutating func alternatives() throws(FilterProblem) -> RowPatternTree {
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .alternatives(parts)
    }

    private mutating func sequence() throws(FilterProblem) -> RowPatternTree {
        var parts: [RowPatternTree] = []
        while let next, next != 0x7C, next != 0x29 { parts.append(try repetition()) }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    // MARK: Repetition

    private mutating func repetition() throws(FilterProblem) -> RowPatternTree {
        let start = position
        if try count() != nil {
            throw FilterProblem("missing argument to repetition operator: `\(text(start..<position))`")
        }
        var part = try atom()
        var first: Int?
        while true {
            let mark = position
            guard let (minimum, maximum) = try count() else { return part }
            // Lazy or not, a row matches or it does not.
            _ = take("?")
            if let first { throw FilterProblem("invalid nested repetition operator: `\(text(first..<position))`") }
            first = mark
            part = .repeated(part, minimum: minimum, maximum: maximum)
        }
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`; nil when there is none. A brace that begins no count is a character.
    private mutating func count() throws(FilterProblem) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{"), let minimum = number() else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = next == 0x7D ? nil : number() ?? -1 }
        guard maximum != -1, take("}") else {
            position = start
            return nil
        }
        let largest = maximum ?? minimum
        if max(largest, minimum) > RowPatternParser.maximumCount || largest < minimum {
            throw FilterProblem("invalid repeat count: `\(text(start..<position))`")
        }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let next, (0x30...0x39).contains(next) {
            value = min(1_000_000, (value ?? 0) * 10 + Int(next - 0x30))
            position += 1
        }
        return value
    }

    // MARK: Atoms

    private mutating func atom() throws(FilterProblem) -> RowPatternTree {
        if take("(") { return try group() }
        if take("[") { return .set(try set()) }
        if take(".") { return .any }
        if take("^") { return .assertion(.start) }
        if take("$") { return .assertion(.end) }
        if take("\\") { return try escape() }
        guard let next else { return .empty }
        position += 1
        return .character(CaseFolding.lowercased(next))
    }

    private mutating func group() throws(FilterProblem) -> RowPatternTree {
        let start = position - 1
        depth += 1
        defer { depth -= 1 }
        if depth > RowPatternParser.maximumDepth { throw FilterProblem("expression nests too deeply") }
        if take("?") {
            // (?:…), (?i:…), (?P<name>…): names and flags change nothing here, where case never counts.
            let flags: Set<UInt32> = [0x69, 0x73, 0x6D, 0x55, 0x2D, 0x50]
            while let next, flags.contains(next) { position += 1 }
            if take("<") {
                while let next, next != 0x3E, next != 0x29 { position += 1 }
                guard take(">") else {
                    throw FilterProblem("invalid named capture: `\(text(start..<scalars.count))`")
                }
            } else if take(")") {
                return .empty
            } else if !take(":") {
                throw FilterProblem(
                    "invalid or unsupported Perl syntax: `\(text(start..<min(position + 1, scalars.count)))`")
            }
        }
        let tree = try alternatives()
        guard take(")") else { throw FilterProblem("missing closing ): `\(text(0..<scalars.count))`") }
        return tree
    }

    private mutating func escape() throws(FilterProblem) -> RowPatternTree {
        guard let letter = next else { throw FilterProblem("trailing backslash at end of expression: ``") }
        if let set = CharacterRanges.named(letter) {
            position += 1
            return .set(set)
        }
        let assertions: [UInt32: RowPatternTree.Assertion] = [
            0x62: .wordBoundary, 0x42: .noWordBoundary, 0x41: .start, 0x7A: .end,
        ]
        guard let assertion = assertions[letter] else { return .character(CaseFolding.lowercased(try escaped())) }
        position += 1
        return .assertion(assertion)
    }

    /// The one character that a backslash and what follows stand for.
    private mutating func escaped() throws(FilterProblem) -> UInt32 {
        let start = position - 1
        guard let letter = next else { throw FilterProblem("trailing backslash at end of expression: ``") }
        position += 1
        switch letter {
        case 0x6E: return 0x0A
        case 0x74: return 0x09
        case 0x72: return 0x0D
        case 0x66: return 0x0C
        case 0x76: return 0x0B
        case 0x61: return 0x07
        case 0x78:
            let digits = text(position..<min(position + 2, scalars.count))
            guard digits.utf8.count == 2, let value = UInt32(digits, radix: 16) else { break }
            position += 2
            return value
        default:
            let isWord = CharacterRanges.word.contains(letter) && letter < 0x80
            if !isWord || letter == 0x5F { return letter }
        }
        throw FilterProblem("invalid escape sequence: `\(text(start..<position))`")
    }

    // MARK: Sets

    private mutating func set() throws(FilterProblem) -> CharacterRanges {
        let start = position - 1
        var set = CharacterRanges(ranges: [], isInverse: take("^"))
        var isFirst = true
        while isFirst || next != 0x5D {
            guard next != nil else { throw FilterProblem("missing closing ]: `\(text(start..<scalars.count))`") }
            isFirst = false
            if let ranges = try namedRanges() {
                set.ranges += ranges
                continue
            }
            let mark = position
            let low = try member()
            var high = low
            if next == 0x2D, position + 1 < scalars.count, scalars[position + 1] != 0x5D {
                position += 1
                high = try member()
            }
            if high < low { throw FilterProblem("invalid character class range: `\(text(mark..<position))`") }
            set.ranges.append(low...high)
        }
        position += 1
        return set
    }

    private mutating func namedRanges() throws(FilterProblem) -> [ClosedRange<UInt32>]? {
        if next == 0x5C, position + 1 < scalars.count, let named = CharacterRanges.named(scalars[position + 1]) {
            position += 2
            return named.isInverse ? CharacterRanges.complement(CharacterRanges.bothCases(named.ranges)) : named.ranges
        }
        guard next == 0x5B, position + 1 < scalars.count, scalars[position + 1] == 0x3A else { return nil }
        let start = position
        var end = position + 2
        while end + 1 < scalars.count, !(scalars[end] == 0x3A && scalars[end + 1] == 0x5D) { end += 1 }
        guard end + 1 < scalars.count else { return nil }
        var name = text(start + 2..<end)
        let isInverse = name.hasPrefix("^")
        if isInverse { name.removeFirst() }
        guard let ranges = CharacterRanges.posix[name] else {
            throw FilterProblem("invalid character class range: `\(text(start..<end + 2))`")
        }
        position = end + 2
        return isInverse ? CharacterRanges.complement(CharacterRanges.bothCases(ranges)) : ranges
    }

    private mutating func member() throws(FilterProblem) -> UInt32 {
        if take("\\") { return try escaped() }
        guard let next else { throw FilterProblem("missing closing ]: `\(text(0..<scalars.count))`") }
        position += 1
        return next
    }
}

extension CharacterRanges {
    /// The ranges with the capitals of their letters, before what is left out is asked for.
    fileprivate static func bothCases(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        ranges
            + ranges.filter { $0.lowerBound >= 0x61 && $0.upperBound <= 0x7A }.map {
                $0.lowerBound - 0x20...$0.upperBound - 0x20
            }
    }
}
