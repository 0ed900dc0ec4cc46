import KubeAPI
import KubeClient

/// What a component that is cut off still sees: the cluster as it was. Answers by index are remembered, since the store
/// keeps indexes of the newest state only.
final class FrozenView {
    private struct Question: Hashable {
        let kind: ResourceKind
        let index: ObjectIndex
    }

    let snapshot: Snapshot
    private var answers: [Question: [KubeObject]] = [:]

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    /// The first time O(n), then O(visited).
    func forEach(_ kind: ResourceKind, index: ObjectIndex, _ body: (KubeObject) -> Bool) {
        let question = Question(kind: kind, index: index)
        let objects = answers[question] ?? search(question)
        answers[question] = objects
        for object in objects where !body(object) { return }
    }

    private func search(_ question: Question) -> [KubeObject] {
        var found: [KubeObject] = []
        var namespace: String?
        if case .label(let labelled, _, _) = question.index { namespace = labelled }
        snapshot.forEach(question.kind, namespace: namespace) { object in
            if FrozenView.has(question.index, object) { found.append(object) }
            return true
        }
        return found
    }

    private static func has(_ index: ObjectIndex, _ object: KubeObject) -> Bool {
        switch index {
        case .owner(let uid): object.metadata.ownerReferences.contains { $0.uid == uid }
        case .node(let name): object.as(Pod.self).map { $0.spec.nodeName ?? "" == name } ?? false
        case .label(_, let key, let value): object.metadata.labels[key] == value
        }
    }
}
