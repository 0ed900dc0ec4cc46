import KubeAPI

/// ConfigMaps. Follows kubernetes pkg/registry/core/configmap/strategy.go.
enum ConfigMapStrategy: Strategy {
    /// Bytes that all values together may take, here and in Secrets.
    static let maximumSize = 1024 * 1024

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
            let reason = "field is immutable when `immutable` is set"
            if configMap.immutable != true { validator.forbidden("immutable", reason) }
            if configMap.data != old.data { validator.forbidden("data", reason) }
            if configMap.binaryData != old.binaryData { validator.forbidden("binaryData", reason) }
        }
        return immutable + validate(configMap)
    }
}
