/// One condition on labels. Follows `labels.Requirement` of apimachinery `pkg/labels/selector.go`.
public struct LabelRequirement: Hashable, Sendable, CustomStringConvertible {
    /// The raw value is upstream's name of the operator.
    public enum Operator: String, Sendable {
        case `in` = "in"
        case notIn = "notin"
        case equals = "="
        case doubleEquals = "=="
        case notEquals = "!="
        case exists = "exists"
        case doesNotExist = "!"
        case greaterThan = "gt"
        case lessThan = "lt"

        /// By the name that selectors in specs have for it; nil for one that they have not.
        init?(inSpecs name: String) {
            switch name {
            case "In": self = .in
            case "NotIn": self = .notIn
            case "Exists": self = .exists
            case "DoesNotExist": self = .doesNotExist
            default: return nil
            }
        }
    }

    public let key: String
    public let `operator`: Operator
    /// As given, neither sorted nor made unique.
    public let values: [String]

    /// Takes a condition as it is, unchecked.
    public init(key: String, `operator`: Operator, values: [String] = []) {
        self.key = key
        self.operator = `operator`
        self.values = values
    }

    /// Everything that is wrong with the condition.
    public func validate(_ path: FieldPath = FieldPath()) -> [FieldError] {
        var errors = Validation.labelKey(key)
        var result: [FieldError] = []
        if !errors.isEmpty { result.append(.invalid(path.child("key"), key, errors.joined(separator: "; "))) }
        let valuesPath = path.child("values")
        func complain(_ detail: String) {
            result.append(
                .invalid(valuesPath, values.isEmpty ? JSONValue.null : .array(values.map { .string($0) }), detail))
        }
        switch `operator` {
        case .in, .notIn:
            if values.isEmpty { complain("for 'in', 'notin' operators, values set can't be empty") }
        case .equals, .doubleEquals, .notEquals:
            if values.count != 1 { complain("exact-match compatibility requires one single value") }
        case .exists, .doesNotExist:
            if !values.isEmpty { complain("values set must be empty for exists and does not exist") }
        case .greaterThan, .lessThan:
            if values.count != 1 { complain("for 'Gt', 'Lt' operators, exactly one value is required") }
            for (index, value) in values.enumerated() where Int(value) == nil {
                let detail = "for 'Gt', 'Lt' operators, the value must be an integer"
                result.append(.invalid(valuesPath.index(index), value, detail))
            }
        }
        for (index, value) in values.enumerated() {
            errors = Validation.labelValue(value)
            if errors.isEmpty { continue }
            result.append(.invalid(valuesPath.index(index).key(key), value, errors.joined(separator: "; ")))
        }
        return result
    }

    /// O(log labels + values).
    public func matches(_ labels: StringMap<String>) -> Bool {
        let value = labels[key]
        switch `operator` {
        case .in, .equals, .doubleEquals:
            guard let value else { return false }
            return values.contains(value)
        case .notIn, .notEquals:
            guard let value else { return true }
            return !values.contains(value)
        case .exists: return value != nil
        case .doesNotExist: return value == nil
        case .greaterThan, .lessThan:
            guard let value, let left = Int(value), values.count == 1, let right = Int(values[0]) else { return false }
            return `operator` == .greaterThan ? left > right : left < right
        }
    }

    /// As in `app=web`, `tier in (a,b)`, `!canary`.
    public var description: String {
        switch `operator` {
        case .exists: return key
        case .doesNotExist: return "!" + key
        case .in, .notIn: return "\(key) \(`operator`.rawValue) (\(valuesText))"
        case .greaterThan: return key + ">" + valuesText
        case .lessThan: return key + "<" + valuesText
        case .equals, .doubleEquals, .notEquals: return key + `operator`.rawValue + valuesText
        }
    }

    private var valuesText: String {
        values.count == 1 ? values[0] : values.sorted(by: precedesUTF8).joined(separator: ",")
    }
}
