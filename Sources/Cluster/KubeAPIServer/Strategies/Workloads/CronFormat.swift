import KubeAPI

/// Whether a text is a schedule of five fields or a word such as `@hourly`, and what is wrong if it is not.
/// The messages are those of github.com/robfig/cron/v3, which upstream uses.
enum CronFormat {
    private struct Field {
        let minimum: Int
        let maximum: Int
        let names: [String]
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let fields = [
        Field(minimum: 0, maximum: 59, names: []), Field(minimum: 0, maximum: 23, names: []),
        Field(minimum: 1, maximum: 31, names: []), Field(minimum: 1, maximum: 12, names: months),
        Field(minimum: 0, maximum: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]
    private static let descriptors: Set<String> = [
        "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
    ]

    /// Nil for a valid schedule.
    static func error(_ text: String) -> String? {
        var schedule = Substring(text)
        if schedule.hasPrefix("TZ=") || schedule.hasPrefix("CRON_TZ=") {
            guard let space = schedule.firstIndex(of: " ") else { return nil }
            let zone = schedule[..<space].drop { $0 != "=" }.dropFirst()
            if !zone.isEmpty, zone != "Local", !TimeZones.contains(String(zone)) {
                return "provided bad location \(zone): unknown time zone \(zone)"
            }
            schedule = schedule[space...].drop { $0 == " " }
        }
        if schedule.hasPrefix("@") {
            if descriptors.contains(String(schedule)) || schedule.hasPrefix("@every ") { return nil }
            return "unrecognized descriptor: \(schedule)"
        }
        let parts = schedule.split(whereSeparator: \.isWhitespace)
        guard parts.count == 5 else {
            return "expected exactly 5 fields, found \(parts.count): [\(parts.joined(separator: " "))]"
        }
        for (part, field) in zip(parts, fields) {
            for range in part.split(separator: ",") {
                if let message = error(String(range), field) { return message }
            }
        }
        return nil
    }

    private static func error(_ text: String, _ field: Field) -> String? {
        let rangeAndStep = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let ends = rangeAndStep[0].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        var start = field.minimum
        var end = field.maximum
        if ends[0] != "*", ends[0] != "?" {
            switch number(ends[0], field) {
            case .failure(let problem): return problem.message
            case .success(let value): start = value
            }
            switch ends.count {
            case 1: end = rangeAndStep.count == 2 ? field.maximum : start
            case 2:
                switch number(ends[1], field) {
                case .failure(let problem): return problem.message
                case .success(let value): end = value
                }
            default: return "too many hyphens: \(text)"
            }
        }
        var step = 1
        if rangeAndStep.count == 2 {
            guard let value = Int(rangeAndStep[1]) else { return parseError(rangeAndStep[1]) }
            if value < 0 { return "negative number (\(value)) not allowed: \(rangeAndStep[1])" }
            step = value
        } else if rangeAndStep.count > 2 {
            return "too many slashes: \(text)"
        }
        if start < field.minimum { return "beginning of range (\(start)) below minimum (\(field.minimum)): \(text)" }
        if end > field.maximum { return "end of range (\(end)) above maximum (\(field.maximum)): \(text)" }
        if start > end { return "beginning of range (\(start)) beyond end of range (\(end)): \(text)" }
        return step == 0 ? "step of range should be a positive number: \(text)" : nil
    }

    private struct Problem: Error { let message: String }

    private static func number(_ text: String, _ field: Field) -> Result<Int, Problem> {
        if let index = field.names.firstIndex(of: text.lowercased()) { return .success(index + field.minimum) }
        guard let value = Int(text) else { return .failure(Problem(message: parseError(text))) }
        if value < 0 { return .failure(Problem(message: "negative number (\(value)) not allowed: \(text)")) }
        return .success(value)
    }

    private static func parseError(_ text: String) -> String {
        "failed to parse int from \(text): strconv.Atoi: parsing \(GoText.quoted(text)): invalid syntax"
    }
}
