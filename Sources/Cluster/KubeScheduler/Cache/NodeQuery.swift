import KubeAPI

/// One term of a node selector: all its expressions over labels and fields must hold.
///
/// Follows component-helpers `scheduling/corev1/nodeaffinity`: a term without any expression matches no node.
package struct NodeQuery: Equatable, Sendable {
    private enum Requirement: Equatable {
        case label(LabelQuery.Requirement)
        case greater(key: String, than: Int)
        case less(key: String, than: Int)
        case name(oneOf: [String])
        case nameNot(oneOf: [String])
        case never
    }

    private var requirements: [Requirement] = []

    package init(_ term: NodeSelectorTerm) {
        for expression in term.matchExpressions { requirements.append(NodeQuery.label(expression)) }
        for field in term.matchFields {
            switch (field.key, field.operator) {
            case ("metadata.name", "In"): requirements.append(.name(oneOf: field.values))
            case ("metadata.name", "NotIn"): requirements.append(.nameNot(oneOf: field.values))
            default: requirements.append(.never)
            }
        }
    }

    private static func label(_ expression: NodeSelectorRequirement) -> Requirement {
        let key = expression.key
        switch expression.operator {
        case "In": return .label(LabelQuery.Requirement(key, .isIn, expression.values))
        case "NotIn": return .label(LabelQuery.Requirement(key, .notIn, expression.values))
        case "Exists": return .label(LabelQuery.Requirement(key, .exists))
        case "DoesNotExist": return .label(LabelQuery.Requirement(key, .doesNotExist))
        case "Gt": return expression.values.first.flatMap { Int($0) }.map { .greater(key: key, than: $0) } ?? .never
        case "Lt": return expression.values.first.flatMap { Int($0) }.map { .less(key: key, than: $0) } ?? .never
        default: return .never
        }
    }

    package var isEmpty: Bool { requirements.isEmpty }

    package func matches(_ labels: StringMap<String>, name: String) -> Bool {
        if requirements.isEmpty { return false }
        for requirement in requirements {
            switch requirement {
            case .label(let label): if !label.matches(labels) { return false }
            case .greater(let key, let bound):
                guard let value = labels[key].flatMap({ Int($0) }), value > bound else { return false }
            case .less(let key, let bound):
                guard let value = labels[key].flatMap({ Int($0) }), value < bound else { return false }
            case .name(let names): if !names.contains(name) { return false }
            case .nameNot(let names): if names.contains(name) { return false }
            case .never: return false
            }
        }
        return true
    }

    /// The only nodes that the term can match, if it names any.
    package var names: [String]? {
        var result: [String]?
        for case .name(let names) in requirements {
            result = result.map { $0.filter(names.contains) } ?? names
        }
        return result
    }
}
