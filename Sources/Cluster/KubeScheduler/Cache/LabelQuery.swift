import KubeAPI

/// A label selector in the form in which it is asked thousands of times: matching allocates nothing.
///
/// Follows apimachinery `LabelSelectorAsSelector`: an absent selector matches nothing, an empty one everything.
package struct LabelQuery: Equatable, Sendable {
    package struct Requirement: Equatable, Sendable {
        package enum Operation: Equatable, Sendable { case isIn, notIn, exists, doesNotExist }
        package let key: String
        package let operation: Operation
        package let values: [String]

        package init(_ key: String, _ operation: Operation, _ values: [String] = []) {
            self.key = key
            self.operation = operation
            self.values = values
        }

        func matches(_ labels: StringMap<String>) -> Bool {
            let value = labels[key]
            switch operation {
            case .isIn: return value.map(values.contains) ?? false
            case .notIn: return value.map { !values.contains($0) } ?? true
            case .exists: return value != nil
            case .doesNotExist: return value == nil
            }
        }
    }

    /// Nil: nothing matches.
    private var requirements: [Requirement]?

    package static let nothing = LabelQuery(requirements: nil)
    package static let everything = LabelQuery(requirements: [])

    private init(requirements: [Requirement]?) {
        self.requirements = requirements
    }

    package init(_ selector: LabelSelector?) {
        guard let selector else {
            self = .nothing
            return
        }
        var requirements = selector.matchLabels.map { Requirement($0.key, .isIn, [$0.value]) }
        for expression in selector.matchExpressions {
            switch expression.operator {
            case "In": requirements.append(Requirement(expression.key, .isIn, expression.values))
            case "NotIn": requirements.append(Requirement(expression.key, .notIn, expression.values))
            case "Exists": requirements.append(Requirement(expression.key, .exists))
            case "DoesNotExist": requirements.append(Requirement(expression.key, .doesNotExist))
            default:
                self = .nothing
                return
            }
        }
        self.requirements = requirements
    }

    /// Every one of these labels.
    package init(labels: StringMap<String>) {
        requirements = labels.map { Requirement($0.key, .isIn, [$0.value]) }
    }

    /// Whether it has no requirement and so matches everything.
    package var isEmpty: Bool { requirements?.isEmpty ?? false }

    /// Demands more; what matches nothing still matches nothing.
    package mutating func add(_ requirement: Requirement) {
        if requirements?.contains(requirement) == false { requirements?.append(requirement) }
    }

    package mutating func add(_ other: LabelQuery) {
        guard let added = other.requirements else {
            self = .nothing
            return
        }
        for requirement in added { add(requirement) }
    }

    package func matches(_ labels: StringMap<String>) -> Bool {
        guard let requirements else { return false }
        for requirement in requirements where !requirement.matches(labels) { return false }
        return true
    }
}
