import KubeAPI

/// ConfigMaps. Follows kubernetes pkg/registry/core/configmap/strategy.go.
enum ConfigMapStrategy: Strategy {
    /// Bytes that all values together may take, here and in Secrets.
    static let maximumSize = 1024 * 1024
    /// Why the content of one that is marked so stays, here and in Secrets.
    static let immutableReason = "field is immutable when `immutable` is set"

    static func validate(_ configMap: ConfigMap) -> [FieldError] {
        Validator.errors { validator in
            var size = 0
            validator.each("data", configMap.data) { validator, key, value in
                validator.check(.here, key, Validation.configMapKey(key))
                if configMap.binaryData.contains(key) {
                    validator.invalid(.here, key, "duplicate of key present in binaryData")
                }
                size += value.utf8.count
            }
            validator.each("binaryData", configMap.binaryData) { validator, key, value in
                validator.check(.here, key, Validation.configMapKey(key))
                size += value.bytes.count
            }
            // The whole object is meant.
            if size > maximumSize { validator.tooLong("", maximum: maximumSize) }
        }
    }

    static func validateUpdate(_ configMap: ConfigMap, old: ConfigMap) -> [FieldError] {
        let immutable = Validator.errors { validator in
            guard old.immutable == true else { return }
            let reason = immutableReason
            validator.unchangeable("immutable", configMap.immutable, old: true, reason)
            validator.unchangeable("data", configMap.data, old: old.data, reason)
            validator.unchangeable("binaryData", configMap.binaryData, old: old.binaryData, reason)
        }
        return immutable + validate(configMap)
    }
}
