/// What Go's registry of types says of kinds that it has not, and of types that do not become each other: clients are
/// told in its words.
///
/// Follows apimachinery `pkg/runtime/error.go`, `pkg/conversion/converter.go` and `pkg/util/naming/from_stack.go`.
public enum GoScheme {
    /// Where upstream's registry of all kinds is made, which is what it is called by.
    public static let objects = "pkg/api/legacyscheme/scheme.go:30"
    /// The same of the one that only knows options and what answers are made into.
    public static let options = "pkg/apis/meta/internalversion/scheme/register.go:27"

    public static func noKind(_ kind: String, _ apiVersion: String, in scheme: String = objects) -> String {
        "no kind \(GoText.quoted(kind)) is registered for version \(GoText.quoted(apiVersion)) in scheme "
            + GoText.quoted(scheme)
    }

    /// - Parameters:
    ///   - source: Of a version, as in `v1.Secret`.
    ///   - destination: As in `core.Pod`.
    public static func noConversion(_ source: String, _ destination: String) -> String {
        "converting (\(source)) to (\(destination)): unknown conversion"
    }

    /// The type of a kind that stands for all of its versions, as in `core.Pod`: its package is called as the group is.
    /// Events are of the core in both of their groups.
    public static func type(of info: KindInfo) -> String {
        let group = info.group.prefix { $0 != "." }
        return "\(group.isEmpty || group == "events" ? "core" : String(group)).\(info.name)"
    }
}
