/// One term of a node selector: all its expressions over labels and fields must hold.
///
/// Follows component-helpers `scheduling/corev1/nodeaffinity`: a term without any expression matches no node.
public struct NodeQuery: Equatable, Sendable {
    private enum Requirement: Equatable {
        case label(LabelRequirement)
        case name(oneOf: [String])
        case nameNot(oneOf: [String])
        case never
    }

    private var requirements: [Requirement] = []

    public init(_ term: NodeSelectorTerm) {
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
        let comparison: LabelRequirement.Operator
        switch expression.operator {
        case "Gt": comparison = .greaterThan
        case "Lt": comparison = .lessThan
        default:
            guard let known = LabelRequirement.Operator(inSpecs: expression.operator) else { return .never }
            comparison = known
        }
        return .label(LabelRequirement(key: expression.key, operator: comparison, values: expression.values))
    }

    /// O(requirements).
    public func matches(_ labels: StringMap<String>, name: String) -> Bool {
        if requirements.isEmpty { return false }
        for requirement in requirements {
            switch requirement {
            case .label(let label): if !label.matches(labels) { return false }
            case .name(let names): if !names.contains(name) { return false }
            case .nameNot(let names): if names.contains(name) { return false }
            case .never: return false
            }
        }
        return true
    }

    /// The only nodes that the term can match, if it names any.
    public var names: [String]? {
        var result: [String]?
        for case .name(let names) in requirements {
            result = result.map { $0.filter(names.contains) } ?? names
        }
        return result
    }
}
