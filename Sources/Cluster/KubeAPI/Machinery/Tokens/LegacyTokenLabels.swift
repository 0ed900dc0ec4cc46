/// What secrets that keep a token say of its use, as dates.
///
/// Follows kubernetes pkg/serviceaccount/legacy.go.
public enum LegacyTokenLabels {
    public static let lastUsed = "kubernetes.io/legacy-token-last-used"
    public static let invalidSince = "kubernetes.io/legacy-token-invalid-since"
}

extension Time {
    /// As in `2026-01-01`.
    public var date: String { String(rfc3339.prefix(10)) }

    /// The first second of a day, from a text as in `2026-01-01`; nil for any other.
    public init?(date: String) {
        guard date.utf8.count == 10, let time = Time(rfc3339: date + "T00:00:00Z") else { return nil }
        self = time
    }
}
