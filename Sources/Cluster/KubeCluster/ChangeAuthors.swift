import KubeAPIServer
import KubeClient

extension Change {
    /// Whether a user wrote it, through the API or the console, and not a component of the cluster.
    package var isByUser: Bool {
        author != Requester.bootstrapAuthor && Requester.isUser(author)
    }
}

extension Requester {
    /// Components have accounts of their own; whoever has none is an administrator at a client.
    fileprivate static func isUser(_ author: String) -> Bool { user(of: author).username == user(of: "").username }
}
