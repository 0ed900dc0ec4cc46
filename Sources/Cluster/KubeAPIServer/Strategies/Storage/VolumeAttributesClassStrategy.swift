import KubeAPI

/// Classes of attributes that volumes may have. Follows kubernetes pkg/apis/storage/validation/validation.go
/// `ValidateVolumeAttributesClass`.
enum VolumeAttributesClassStrategy: Strategy {
    static func validate(_ attributes: VolumeAttributesClass) -> [FieldError] {
        Validator.errors { validator in
            validator.provisioner("driverName", attributes.driverName)
            validator.provisionerParameters(attributes.parameters)
            if attributes.parameters.isEmpty {
                validator.required("parameters", "must contain at least one key/value pair")
            }
        }
    }

    static func validateUpdate(_ attributes: VolumeAttributesClass, old: VolumeAttributesClass) -> [FieldError] {
        Validator.errors { validator in
            validator.unchangeable(
                "driverName", attributes.driverName, old: old.driverName, "updates to driverName are forbidden.")
            validator.unchangeable(
                "parameters", attributes.parameters, old: old.parameters, "updates to parameters are forbidden.")
        } + validate(attributes)
    }
}
