import Foundation
import KubeAPI
import NIOConcurrencyHelpers

/// The `Warning:` header by which the API tells a client what it should know and did not ask.
///
/// Follows apimachinery pkg/util/net/http.go `NewWarningHeader`: code 299, no agent, the text quoted.
enum WarningHeader {
    static func text(_ warning: String) -> String {
        var quoted = ""
        for scalar in warning.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                quoted.unicodeScalars.append("\\")
                quoted.unicodeScalars.append(scalar)
            case "\n", "\r", "\t": quoted.append(" ")
            default: if scalar.value >= 0x20, scalar.value != 0x7F { quoted.unicodeScalars.append(scalar) }
            }
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
