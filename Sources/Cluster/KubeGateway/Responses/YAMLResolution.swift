import KubeAPI

/// Plain scalars that JSON has no value for, and that YAML 1.1 takes for something other than text all the same.
///
/// Follows go.yaml.in/yaml/v2 `resolve.go`, and `encode.go` `isBase60Float`.
enum YAMLResolution {
    static func isText(_ text: String) -> Bool { !isInfinity(text) && !isTime(text) && !isToBase60(text) }

    /// `.inf` and its like.
    private static func isInfinity(_ text: String) -> Bool {
        switch text {
        case ".nan", ".NaN", ".NAN": true
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF": true
        default: false
        }
    }

    /// `12:30` and `1:02:03.5`, which older readers take for numbers.
    private static func isToBase60(_ text: String) -> Bool {
        var reading = YAMLTimeReading(text)
        reading.skipSign()
        guard reading.skipDigits() else { return false }
        var parts = 0
        while reading.skip(":") {
            guard reading.number(below: 60) != nil else { return false }
            parts += 1
        }
        if parts > 0, reading.skip(".") { reading.skipDigitsAndUnderscores() }
        return parts > 0 && reading.isAtEnd
    }

    /// `2026-01-02`, `2026-1-2 3:04:05.6` and `2026-01-02T03:04:05+01:00`.
    private static func isTime(_ text: String) -> Bool {
        var reading = YAMLTimeReading(text)
        guard let year = reading.year(), reading.skip("-"), let month = reading.number(below: 13), month > 0,
            reading.skip("-"), let day = reading.number(below: 32), day > 0, day <= days(of: month, in: year)
        else { return false }
        if reading.isAtEnd { return true }
        let isZoned = !reading.skipBlanks()
        if isZoned, !reading.skip("T"), !reading.skip("t") { return false }
        guard reading.number(below: 24) != nil, reading.skip(":"), reading.number(below: 60) != nil,
            reading.skip(":"), reading.number(below: 60) != nil
        else { return false }
        reading.skipFraction()
        return (!isZoned || reading.skipZone()) && reading.isAtEnd
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// What is left of a text of which a time is read.
private struct YAMLTimeReading {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func skipSign() { _ = skip("+") || skip("-") }

    /// One blank or more.
    mutating func skipBlanks() -> Bool {
        guard skip(" ") else { return false }
        rest = rest.drop { $0 == UInt8(ascii: " ") }
        return true
    }

    /// A digit, then more of them, or underscores.
    mutating func skipDigits() -> Bool {
        guard rest.first.map(CharacterSets.isDigit) == true else { return false }
        skipDigitsAndUnderscores()
        return true
    }

    mutating func skipDigitsAndUnderscores() {
        rest = rest.drop { CharacterSets.isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// One digit or two.
    mutating func number(below limit: Int) -> Int? {
        let digits = rest.prefix(2).prefix(while: CharacterSets.isDigit)
        guard let value = Int(Substring(digits)), value < limit else { return nil }
        rest = rest.dropFirst(digits.count)
        return value
    }

    mutating func year() -> Int? {
        let digits = rest.prefix(while: CharacterSets.isDigit)
        guard digits.count == 4, let value = Int(Substring(digits)) else { return nil }
        rest = rest.dropFirst(4)
        return value
    }

    mutating func skipFraction() {
        let digits = rest.dropFirst().prefix(while: CharacterSets.isDigit)
        guard !digits.isEmpty, let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") else {
            return
        }
        rest = rest.dropFirst(1 + digits.count)
    }

    /// `Z`, or hours and minutes of two digits each.
    mutating func skipZone() -> Bool {
        if skip("Z") { return true }
        guard skip("+") || skip("-") else { return false }
        let zone = Array(rest.prefix(5))
        guard zone.count == 5, zone[2] == UInt8(ascii: ":"),
            (zone[..<2] + zone[3...]).allSatisfy(CharacterSets.isDigit),
            number(below: 25) != nil, skip(":"), number(below: 61) != nil
        else { return false }
        return true
    }
}
