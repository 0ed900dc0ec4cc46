import KubeAPI

/// Classes of devices. Simpler than upstream: expressions are not compiled.
///
/// Follows kubernetes pkg/apis/resource/validation/validation.go `ValidateDeviceClass`.
enum DeviceClassStrategy: Strategy {
    static func validate(_ deviceClass: DeviceClass) -> [FieldError] { errors(deviceClass.spec, old: nil) }

    static func validateUpdate(_ deviceClass: DeviceClass, old: DeviceClass) -> [FieldError] {
        errors(deviceClass.spec, old: old.spec)
    }

    /// What was stored before there were limits stays as long as it does not change.
    private static func errors(_ spec: DeviceClassSpec, old: DeviceClassSpec?) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                validator.selectors(spec.selectors, isStored: spec.selectors == old?.selectors)
                let isStored = spec.config == old?.config
                validator.limited("config", spec.config, maximum: DeviceLimits.configurations) {
                    validator, configuration, _ in
                    validator.deviceConfiguration(configuration.opaque, isStored: isStored)
                }
                guard let name = spec.extendedResourceName, !ResourceNames.isExtended(name) else { return }
                validator.invalid("extendedResourceName", name, "must be a valid extended resource name")
            }
        }
    }
}
