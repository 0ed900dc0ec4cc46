import KubeAPI

// Where pods may go: affinity, tolerations, spreading. Follows kubernetes pkg/apis/core/validation/validation.go.

extension Validator {
    mutating func affinity(_ affinity: Affinity?) {
        guard let affinity else { return }
        field("affinity") { validator in
            if let rules = affinity.nodeAffinity { validator.field("nodeAffinity") { $0.nodeAffinity(rules) } }
            if let rules = affinity.podAffinity {
                validator.field("podAffinity") { validator in
                    validator.podAffinityTerms(
                        rules.requiredDuringSchedulingIgnoredDuringExecution,
                        rules.preferredDuringSchedulingIgnoredDuringExecution)
                }
            }
            if let rules = affinity.podAntiAffinity {
                validator.field("podAntiAffinity") { validator in
                    validator.podAffinityTerms(
                        rules.requiredDuringSchedulingIgnoredDuringExecution,
                        rules.preferredDuringSchedulingIgnoredDuringExecution)
                }
            }
        }
    }

    private mutating func nodeAffinity(_ rules: NodeAffinity) {
        if let selector = rules.requiredDuringSchedulingIgnoredDuringExecution {
            field("requiredDuringSchedulingIgnoredDuringExecution") { $0.nodeSelector(selector) }
        }
        each(
            "preferredDuringSchedulingIgnoredDuringExecution", rules.preferredDuringSchedulingIgnoredDuringExecution
        ) { validator, term, _ in
            if !(1...100).contains(term.weight) {
                validator.invalid("weight", term.weight, "must be in the range 1-100")
            }
            validator.field("preference") { $0.nodeSelectorTerm(term.preference, checksValues: false) }
        }
    }

    mutating func nodeSelector(_ selector: NodeSelector) {
        if selector.nodeSelectorTerms.isEmpty {
            return required("nodeSelectorTerms", "must have at least one node selector term")
        }
        each("nodeSelectorTerms", selector.nodeSelectorTerms) { validator, term, _ in
            validator.nodeSelectorTerm(term, checksValues: true)
        }
    }

    private mutating func nodeSelectorTerm(_ term: NodeSelectorTerm, checksValues: Bool) {
        each("matchExpressions", term.matchExpressions) { validator, requirement, _ in
            switch requirement.operator {
            case "In", "NotIn":
                if requirement.values.isEmpty {
                    validator.required("values", "must be specified when `operator` is 'In' or 'NotIn'")
                }
            case "Exists", "DoesNotExist":
                if !requirement.values.isEmpty {
                    validator.forbidden(
                        "values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
                }
            case "Gt", "Lt":
                if requirement.values.count != 1 {
                    validator.required("values", "must be specified single value when `operator` is 'Lt' or 'Gt'")
                }
            default: validator.invalid("operator", requirement.operator, "not a valid selector operator")
            }
            validator.check("key", requirement.key, Validation.labelKey(requirement.key))
            guard checksValues else { return }
            for (index, value) in requirement.values.enumerated() {
                validator.check(.element("values", index), value, Validation.labelValue(value))
            }
        }
        each("matchFields", term.matchFields) { validator, requirement, _ in
            if !["In", "NotIn"].contains(requirement.operator) {
                validator.invalid("operator", requirement.operator, "not a valid selector operator")
            } else if requirement.values.count != 1 {
                validator.required(
                    "values", "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
            }
            if requirement.key != "metadata.name" {
                validator.invalid("key", requirement.key, "not a valid field selector key")
            } else {
                for (index, value) in requirement.values.enumerated() {
                    validator.check(.element("values", index), value, Validation.dns1123Subdomain(value))
                }
            }
        }
    }

    private mutating func podAffinityTerms(_ required: [PodAffinityTerm], _ preferred: [WeightedPodAffinityTerm]) {
        each("requiredDuringSchedulingIgnoredDuringExecution", required) { validator, term, _ in
            validator.podAffinityTerm(term)
        }
        each("preferredDuringSchedulingIgnoredDuringExecution", preferred) { validator, term, _ in
            if !(1...100).contains(term.weight) {
                validator.invalid("weight", term.weight, "must be in the range 1-100")
            }
            validator.field("podAffinityTerm") { $0.podAffinityTerm(term.podAffinityTerm) }
        }
    }

    private mutating func podAffinityTerm(_ term: PodAffinityTerm) {
        labelSelector("labelSelector", term.labelSelector)
        labelSelector("namespaceSelector", term.namespaceSelector)
        for name in term.namespaces { check("namespace", name, Validation.dns1123Label(name)) }
        labelKeys("matchLabelKeys", term.matchLabelKeys, term.labelSelector)
        labelKeys("mismatchLabelKeys", term.mismatchLabelKeys, term.labelSelector)
        repeatedLabelKeys(term.matchLabelKeys, term.labelSelector)
        for (index, key) in term.matchLabelKeys.enumerated() where term.mismatchLabelKeys.contains(key) {
            invalid(.element("matchLabelKeys", index), key, "exists in both matchLabelKeys and mismatchLabelKeys")
        }
        if term.topologyKey.isEmpty { required("topologyKey", "can not be empty") }
        check("topologyKey", term.topologyKey, Validation.labelKey(term.topologyKey))
    }

    private mutating func labelKeys(_ name: String, _ keys: [String], _ selector: LabelSelector?) {
        if keys.isEmpty { return }
        if selector == nil {
            return forbidden(.child(name), "must not be specified when labelSelector is not set")
        }
        for (index, key) in keys.enumerated() { check(.element(name, index), key, Validation.labelKey(key)) }
    }

    /// A pod's own value of a key has been joined to the selector already, as an expression; another use of the key is
    /// one too many. Upstream's path tells the place among the keys, but not the field.
    private mutating func repeatedLabelKeys(_ keys: [String], _ selector: LabelSelector?) {
        guard let selector, !keys.isEmpty else { return }
        var used = selector.matchLabels.map(\.key)
        for expression in selector.matchExpressions {
            if let index = keys.lastIndex(of: expression.key), used.contains(expression.key) {
                invalid(.index(index), expression.key, "exists in both matchLabelKeys and labelSelector")
            }
            used.append(expression.key)
        }
    }

    // MARK: Tolerations

    mutating func tolerations(_ tolerations: [Toleration]) {
        each("tolerations", tolerations) { validator, toleration, _ in
            let key = toleration.key.text
            let comparison = toleration.operator.text
            let effect = toleration.effect.text
            if !key.isEmpty { validator.check("key", key, Validation.labelKey(key)) }
            if key.isEmpty, comparison != "Exists" {
                validator.invalid(
                    "operator", comparison,
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\"")
            }
            if toleration.tolerationSeconds != nil, effect != "NoExecute" {
                validator.invalid(
                    "effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
            }
            let value = toleration.value.text
            switch comparison {
            case "", "Equal":
                let messages = Validation.labelValue(value)
                if !messages.isEmpty {
                    validator.invalid("operator", value, messages.joined(separator: ";"))
                }
            case "Exists":
                if !value.isEmpty {
                    validator.invalid("operator", value, "value must be empty when `operator` is 'Exists'")
                }
            // Numbers are compared by those alone who turn TaintTolerationComparisonOperators on; they are told of.
            case "Lt", "Gt": validator.notSupported("operator", comparison, ["Equal", "Exists", "Lt", "Gt"])
            default: validator.notSupported("operator", comparison, ["Equal", "Exists"])
            }
            if !effect.isEmpty { validator.taintEffect("effect", effect) }
        }
    }

    mutating func taintEffect(_ place: Place, _ effect: String) {
        let supported = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
        if !supported.contains(effect) { notSupported(place, effect, supported) }
    }

    // MARK: Spreading

    mutating func topologySpreadConstraints(_ constraints: [TopologySpreadConstraint]) {
        each("topologySpreadConstraints", constraints) { validator, constraint, index in
            if constraint.maxSkew <= 0 {
                validator.invalid("maxSkew", constraint.maxSkew, "must be greater than zero")
            }
            if constraint.topologyKey.isEmpty { validator.required("topologyKey", "can not be empty") }
            let action = constraint.whenUnsatisfiable
            if !["DoNotSchedule", "ScheduleAnyway"].contains(action) {
                validator.notSupported("whenUnsatisfiable", action, ["DoNotSchedule", "ScheduleAnyway"])
            }
            let isRepeated = constraints[(index + 1)...].contains {
                $0.topologyKey == constraint.topologyKey && $0.whenUnsatisfiable == action
            }
            if isRepeated {
                validator.duplicate("{topologyKey, whenUnsatisfiable}", "{\(constraint.topologyKey), \(action)}")
            }
            if let minimum = constraint.minDomains {
                if minimum <= 0 { validator.invalid("minDomains", minimum, "must be greater than zero") }
                if action != "DoNotSchedule" {
                    validator.invalid(
                        "minDomains", minimum,
                        "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not \(action)")
                }
            }
            validator.oneOfGiven("nodeAffinityPolicy", constraint.nodeAffinityPolicy, ["Honor", "Ignore"])
            validator.oneOfGiven("nodeTaintsPolicy", constraint.nodeTaintsPolicy, ["Honor", "Ignore"])
            validator.labelKeys("matchLabelKeys", constraint.matchLabelKeys, constraint.labelSelector)
            validator.repeatedLabelKeys(constraint.matchLabelKeys, constraint.labelSelector)
            validator.labelSelector("labelSelector", constraint.labelSelector)
        }
    }
}
