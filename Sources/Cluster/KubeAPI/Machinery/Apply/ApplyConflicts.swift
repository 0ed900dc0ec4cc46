/// A field that an apply would take from another manager.
struct ApplyConflict: Equatable {
    let manager: ManagedFields.Entry
    let path: [PathElement]

    var pathText: String { path.map(\.description).joined() }
}

extension StatusError {
    /// 409, with every field and its manager among the causes. Follows apimachinery
    /// `pkg/util/managedfields/internal/conflict.go`.
    static func applyConflicts(_ conflicts: [ApplyConflict]) -> StatusError {
        let causes = conflicts.map { conflict in
            var cause = StatusCause()
            cause.reason = StatusCauseType.fieldManagerConflict
            cause.message = "conflict with " + conflict.manager.text
            cause.field = conflict.pathText
            return cause
        }
        return StatusError(reason: .conflict, code: 409, message: message(conflicts), causes: causes)
    }

    private static func message(_ conflicts: [ApplyConflict]) -> String {
        if conflicts.count == 1, let only = conflicts.first {
            return "Apply failed with 1 conflict: conflict with \(only.manager.text): \(only.pathText)"
        }
        var lines: [String] = []
        var last: ManagedFields.Manager?
        // They come by manager.
        for conflict in conflicts {
            if conflict.manager.manager != last { lines.append("conflicts with \(conflict.manager.text):") }
            lines.append("- " + conflict.pathText)
            last = conflict.manager.manager
        }
        return "Apply failed with \(conflicts.count) conflicts: " + lines.joined(separator: "\n")
    }
}

extension ManagedFields.Entry {
    /// As in `"kubectl-client-side-apply" using apps/v1`, `"hpa" with subresource "scale"`.
    fileprivate var text: String {
        var text = GoText.quoted(manager.name)
        if !manager.subresource.isEmpty { text += " with subresource " + GoText.quoted(manager.subresource) }
        return manager.operation == .update ? "\(text) using \(apiVersion)" : text
    }
}
