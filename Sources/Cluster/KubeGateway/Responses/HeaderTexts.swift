import Foundation
import KubeAPI
import NIOConcurrencyHelpers

/// The `Warning:` headers by which the API tells a client what it should know and did not ask.
///
/// Follows apiserver pkg/endpoints/filters/warning.go, and apimachinery pkg/util/net/http.go `NewWarningHeader`: code
/// 299, no agent, the text quoted; a text with control characters is none.
package enum WarningHeader {
    /// More characters than this make warnings short, and no more of those are sent.
    private static let totalLength = 4 << 10
    private static let shortLength = 256

    package static func texts(_ warnings: [String]) -> [String] {
        var seen: Set<String> = []
        var told: [(text: String, length: Int)] = []
        for warning in warnings where !warning.isEmpty && seen.insert(warning).inserted {
            if warning.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) { continue }
            told.append((warning, warning.unicodeScalars.count))
        }
        if told.reduce(0, { $0 + $1.length }) <= totalLength { return told.map { header($0.text) } }
        var headers: [String] = []
        var total = 0
        for (text, length) in told {
            if total >= totalLength { break }
            total += min(length, shortLength)
            headers.append(header(String(String.UnicodeScalarView(text.unicodeScalars.prefix(shortLength)))))
        }
        return headers
    }

    private static func header(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return "299 - \"\(quoted)\""
    }
}

/// The date of an answer, made once a second.
enum HTTPDate {
    private static let cache = NIOLockedValueBox<(second: Int, text: String)>((0, ""))
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func now() -> String {
        let second = Int(Date().timeIntervalSince1970)
        return cache.withLockedValue { cached in
            if cached.second != second { cached = (second, text(second)) }
            return cached.text
        }
    }

    /// As in `Thu, 01 Jan 1970 00:00:00 GMT`.
    static func text(_ second: Int) -> String {
        var parts = tm()
        var time = time_t(second)
        gmtime_r(&time, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[(second / 86_400) % 7]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}

/// The number that every request gets, as a UUID.
enum AuditIdentifier {
    static func next() -> String { UUID().uuidString.lowercased() }
}
