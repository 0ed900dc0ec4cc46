import KubeAPI
import KubeClient

/// Tells a handler of changes in the form of the kind that it watches, where objects are stored in another.
final class ServedChangeHandler: ChangeHandler {
    private let kind: ResourceKind
    private let handler: any ChangeHandler

    init(_ kind: ResourceKind, _ handler: any ChangeHandler) {
        self.kind = kind
        self.handler = handler
    }

    func handle(_ change: Change) {
        handler.handle(
            Change(
                revision: change.revision, time: change.time,
                key: ObjectKey(kind, namespace: change.key.namespace, name: change.key.name), verb: change.verb,
                old: change.old?.served(as: kind), new: change.new?.served(as: kind), author: change.author,
                cause: change.cause))
    }
}
