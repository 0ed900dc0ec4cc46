/// The forms of a patch, by their media types.
public enum PatchType: String, Sendable {
    /// RFC 6902.
    case json = "application/json-patch+json"
    /// RFC 7396.
    case merge = "application/merge-patch+json"
    case strategicMerge = "application/strategic-merge-patch+json"
    /// Server-side apply.
    case apply = "application/apply-patch+yaml"
}
