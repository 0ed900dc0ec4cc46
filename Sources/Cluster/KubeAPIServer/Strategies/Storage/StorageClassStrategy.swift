import KubeAPI

/// StorageClasses. Follows kubernetes pkg/apis/storage/v1/defaults.go and pkg/apis/storage/validation/validation.go.
enum StorageClassStrategy: Strategy {
    static func setDefaults(_ storageClass: inout StorageClass) {
        if storageClass.reclaimPolicy == nil { storageClass.reclaimPolicy = "Delete" }
        if storageClass.volumeBindingMode == nil { storageClass.volumeBindingMode = "Immediate" }
    }

    static func warnings(_ storageClass: StorageClass, old: StorageClass?) -> [String] {
        var warnings: [String] = []
        for (index, term) in storageClass.allowedTopologies.enumerated() {
            for (number, expression) in term.matchLabelExpressions.enumerated() {
                guard let name = PodWarnings.renamedLabels[expression.key] else { continue }
                warnings.append(
                    "allowedTopologies[\(index)].matchLabelExpressions[\(number)].key: \(expression.key) is deprecated "
                        + "since v1.14; use \"\(name)\" instead")
            }
        }
        return warnings
    }

    static func validate(_ storageClass: StorageClass) -> [FieldError] {
        Validator.errors { validator in
            validator.provisioner("provisioner", storageClass.provisioner)
            validator.provisionerParameters(storageClass.parameters)
            validator.oneOf("reclaimPolicy", storageClass.reclaimPolicy, ["Delete", "Retain"], isRequired: false)
            validator.oneOf("volumeBindingMode", storageClass.volumeBindingMode, ["Immediate", "WaitForFirstConsumer"])
            var terms: [[String: Set<String>]] = []
            validator.each("allowedTopologies", storageClass.allowedTopologies) { validator, term, _ in
                var values: [String: Set<String>] = [:]
                validator.each("matchLabelExpressions", term.matchLabelExpressions) { validator, requirement, _ in
                    validator.topology(requirement, isRepeated: values[requirement.key] != nil)
                    values[requirement.key] = Set(requirement.values)
                }
                // Upstream compares with as many empty terms as there are terms, too.
                let likes = terms.count { $0 == values } + (values.isEmpty ? storageClass.allowedTopologies.count : 0)
                for _ in 0..<likes { validator.duplicate("matchLabelExpressions", "") }
                terms.append(values)
            }
        }
    }

    static func validateUpdate(_ storageClass: StorageClass, old: StorageClass) -> [FieldError] {
        Validator.errors { validator in
            validator.unchangeable(
                "parameters", storageClass.parameters, old: old.parameters, "updates to parameters are forbidden.")
            validator.unchangeable(
                "provisioner", storageClass.provisioner, old: old.provisioner, "updates to provisioner are forbidden.")
            validator.unchangeable(
                "reclaimPolicy", storageClass.reclaimPolicy, old: old.reclaimPolicy,
                "updates to reclaimPolicy are forbidden.")
            validator.immutable("volumeBindingMode", storageClass.volumeBindingMode, old: old.volumeBindingMode)
        }
    }
}

extension Validator {
    private static let mostParameters = 512
    private static let parametersMaximumSize = 256 * 1024

    /// Whose storage it is. Follows kubernetes pkg/apis/storage/validation/validation.go `validateProvisioner`.
    mutating func provisioner(_ place: Place, _ name: String) {
        if name.isEmpty { return required(place) }
        check(place, name.lowercased(), Validation.qualifiedName(name.lowercased()))
    }

    /// What its owner wants to know. Follows `validateParameters`.
    mutating func provisionerParameters(_ parameters: StringMap<String>) {
        if parameters.count > Validator.mostParameters {
            return tooLong("parameters", maximum: Validator.mostParameters)
        }
        var size = 0
        for (key, value) in parameters {
            if key.isEmpty { invalid("parameters", key, "field can not be empty.") }
            size += key.utf8.count + value.utf8.count
        }
        if size > Validator.parametersMaximumSize {
            tooLong("parameters", maximum: Validator.parametersMaximumSize)
        }
    }

    /// A label, and the values of it that there may be.
    fileprivate mutating func topology(_ requirement: TopologySelectorLabelRequirement, isRepeated: Bool) {
        if requirement.values.isEmpty { required("values") }
        for (index, value) in requirement.values.enumerated() where requirement.values[..<index].contains(value) {
            duplicate(.element("values", index), value)
        }
        check("key", requirement.key, Validation.labelKey(requirement.key))
        if isRepeated { duplicate("key", requirement.key) }
    }
}
