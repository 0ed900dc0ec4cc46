import KubeAPI
import KubeAPIServer
import KubeClient

extension Change {
    /// Whether a user wrote it, through the API or the console, and not a component of the cluster.
    package var isByUser: Bool {
        author != Requester.bootstrapAuthor && Requester.isUser(author)
    }
}

extension [Change] {
    /// What a snapshot does not tell of changes that are dropped: which objects users made or changed. One change an
    /// object, the newest, from what was before the first; a creation stays one when the object was changed after it.
    /// In order of revision. O(n log n) of those by users.
    package func newestByUsers() -> [Change] {
        var newest: [ObjectKey: Change] = [:]
        // Authors are few.
        var users: [String: Bool] = [:]
        for change in self {
            switch change.verb {
            case .delete: newest[change.key] = nil
            case .create, .update:
                let isByUser = users[change.author] ?? change.isByUser
                users[change.author] = isByUser
                guard isByUser else { continue }
                guard let before = newest[change.key] else {
                    newest[change.key] = change
                    continue
                }
                newest[change.key] = before.verb == .create ? change.asCreation : change.since(before)
            }
        }
        return newest.values.sorted { $0.revision < $1.revision }
    }
}

extension Change {
    fileprivate func since(_ first: Change) -> Change {
        Change(
            revision: revision, time: time, key: key, verb: verb, old: first.old, new: new, author: author, cause: cause
        )
    }

    fileprivate var asCreation: Change {
        Change(
            revision: revision, time: time, key: key, verb: .create, old: nil, new: new, author: author, cause: cause)
    }
}

extension Requester {
    /// Components have accounts of their own; whoever has none is an administrator at a client.
    fileprivate static func isUser(_ author: String) -> Bool { user(of: author).username == user(of: "").username }
}
