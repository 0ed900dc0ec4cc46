/// A compiled label selector: all of its conditions must hold.
/// Follows apimachinery `pkg/labels/selector.go` and `LabelSelectorAsSelector` of `pkg/apis/meta/v1/helpers.go`.
public struct Selector: Hashable, Sendable, CustomStringConvertible {
    /// Ordered by key.
    public private(set) var requirements: [LabelRequirement]
    /// Whether no labels match at all, as for an absent `LabelSelector`.
    public let isNothing: Bool

    private init(requirements: [LabelRequirement], isNothing: Bool) {
        self.requirements = requirements
        self.isNothing = isNothing
    }

    /// Takes conditions as they are, unchecked.
    public init(_ requirements: [LabelRequirement]) {
        var ordered = requirements
        ordered.sort { compareUTF8($0.key, $1.key) < 0 }
        self.init(requirements: ordered, isNothing: false)
    }

    public static let everything = Selector(requirements: [], isNothing: false)
    public static let nothing = Selector(requirements: [], isNothing: true)

    /// Labels that have each of these pairs; an empty map matches everything. Unchecked.
    public init(_ pairs: StringMap<String>) {
        self.init(
            requirements: pairs.map { LabelRequirement(key: $0.key, operator: .equals, values: [$0.value]) },
            isNothing: false)
    }

    /// The selector of a spec. Absent matches nothing, empty matches everything.
    public init(_ selector: LabelSelector?) throws(StatusError) {
        guard let selector else {
            self = .nothing
            return
        }
        var requirements: [LabelRequirement] = []
        requirements.reserveCapacity(selector.matchLabels.count + selector.matchExpressions.count)
        for (key, value) in selector.matchLabels {
            requirements.append(LabelRequirement(key: key, operator: .equals, values: [value]))
        }
        for expression in selector.matchExpressions {
            guard let comparison = LabelRequirement.Operator(inSpecs: expression.operator) else {
                let name = GoText.quoted(expression.operator)
                throw .badRequest("\(name) is not a valid label selector operator")
            }
            requirements.append(LabelRequirement(key: expression.key, operator: comparison, values: expression.values))
        }
        for requirement in requirements {
            let errors = requirement.validate()
            if !errors.isEmpty { throw .badRequest(FieldError.aggregate(errors)) }
        }
        self.init(requirements)
    }

    /// Whether any labels match.
    public var isEverything: Bool { requirements.isEmpty && !isNothing }

    /// O(conditions × log labels), without allocation.
    public func matches(_ labels: StringMap<String>) -> Bool {
        if isNothing { return false }
        for requirement in requirements where !requirement.matches(labels) { return false }
        return true
    }

    /// The pairs that matching labels surely have, so that an index can narrow a search.
    public var exactPairs: [(key: String, value: String)] {
        requirements.compactMap { requirement in
            switch requirement.operator {
            case .equals, .doubleEquals, .in:
                requirement.values.count == 1 ? (requirement.key, requirement.values[0]) : nil
            default: nil
            }
        }
    }

    /// The value that a label must have, if there is exactly one.
    public func exactValue(of key: String) -> String? {
        for pair in exactPairs where pair.key == key { return pair.value }
        return nil
    }

    /// With more conditions.
    public func adding(_ more: [LabelRequirement]) -> Selector {
        isNothing ? self : Selector(requirements + more)
    }

    /// The canonical form, as in `app=web,tier in (a,b)`; empty for everything and for nothing.
    public var description: String { requirements.map(\.description).joined(separator: ",") }
}

extension LabelSelector {
    /// The selector of labels that have each of these pairs.
    public init(matchLabels: StringMap<String>) {
        self.init()
        self.matchLabels = matchLabels
    }

    /// As `kubectl` prints it: the canonical form, `<none>` for everything and nothing, `<error>` for a wrong one.
    public static func format(_ selector: LabelSelector?) -> String {
        do {
            let text = try Selector(selector).description
            return text.isEmpty ? "<none>" : text
        } catch {
            return "<error>"
        }
    }
}
