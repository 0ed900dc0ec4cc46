import KubeAPI

// What claims, classes and slices of devices have in common.
// Follows kubernetes pkg/apis/resource/validation/validation.go.

/// How much there may be of what. Follows kubernetes pkg/apis/resource/types.go.
enum DeviceLimits {
    static let requests = 32
    static let alternatives = 8
    static let selectors = 32
    static let constraints = 32
    static let configurations = 32
    static let results = 32
    static let consumers = 256
    /// Of a driver's own JSON, and of an expression.
    static let bytes = 10 * 1024
    static let bindingConditions = 4
    static let identifierBytes = 32
}

extension Validator {
    // MARK: Lists and maps

    /// Stands on each element of a list in turn, unless there are too many: then nobody looks at them.
    mutating func limited<Element>(
        _ name: String, _ elements: [Element], maximum: Int, _ walk: (inout Validator, Element, Int) -> Void
    ) {
        if elements.count > maximum { return tooMany(.child(name), actual: elements.count, maximum: maximum) }
        each(name, elements, walk)
    }

    /// The same for a list in which no key comes twice, which is told after everything else.
    mutating func unique<Element, Key: Hashable & JSONCodable>(
        _ name: String, _ elements: [Element], maximum: Int = .max, key: (Element) -> Key,
        _ walk: (inout Validator, Element, Int) -> Void
    ) {
        limited(name, elements, maximum: maximum, walk)
        if elements.count > maximum { return }
        var keys: Set<Key> = []
        for (index, element) in elements.enumerated() where !keys.insert(key(element)).inserted {
            duplicate(.element(name, index), key(element))
        }
    }

    /// Stands on each entry of a map in turn, unless there are too many. What is wrong with a key is told of the map,
    /// and in the path of a value its middle is left out if it is too long.
    mutating func entries<Element>(
        _ name: String, _ entries: StringMap<Element>, maximum: Int = .max, keyBytes: Int,
        checkKey: (inout Validator, String) -> Void, _ walk: (inout Validator, Element) -> Void
    ) {
        if entries.count > maximum { return tooMany(.child(name), actual: entries.count, maximum: maximum) }
        field(name) { validator in
            for (key, element) in entries {
                checkKey(&validator, key)
                validator.key(Validator.shortened(key, bytes: keyBytes)) { walk(&$0, element) }
            }
        }
    }

    private static func shortened(_ text: String, bytes maximum: Int) -> String {
        let bytes = text.utf8
        if bytes.count <= maximum { return text }
        let kept = maximum - 3
        return String(decoding: bytes.prefix((kept + 1) / 2), as: UTF8.self) + "..."
            + String(decoding: bytes.suffix(kept / 2), as: UTF8.self)
    }

    // MARK: Names

    mutating func dnsLabel(_ place: Place, _ name: String) { check(place, name, Validation.dns1123Label(name)) }

    /// One or more subdomains with slashes between them.
    mutating func poolName(_ place: Place, _ name: String) {
        if name.isEmpty { return required(place) }
        if name.utf8.count > Validation.subdomainMaximum { tooLong(place, maximum: Validation.subdomainMaximum) }
        for part in name.split(separator: "/", omittingEmptySubsequences: false).map(String.init) {
            check(place, part, Validation.dns1123Subdomain(part))
        }
    }

    /// An identifier, perhaps after a domain, as in `model` and `gpu.example.com/model`. Names with more slashes pass,
    /// as in 1.36.
    mutating func deviceQualifiedName(_ place: Place, _ name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1 { return deviceIdentifier(place, name) }
        guard parts.count == 2 else { return }
        if parts[0].isEmpty {
            invalid(place, "", "the domain must not be empty")
        } else {
            csiDriverName(place, parts[0])
        }
        if parts[1].isEmpty {
            invalid(place, "", "the name must not be empty")
        } else {
            deviceIdentifier(place, parts[1])
        }
    }

    mutating func deviceFullyQualifiedName(_ place: Place, _ name: String) {
        deviceQualifiedName(place, name)
        if name.contains("/") { return }
        invalid(place, name, "a fully qualified name must be a domain and a name separated by a slash")
    }

    private mutating func deviceIdentifier(_ place: Place, _ name: String) {
        if name.utf8.count > DeviceLimits.identifierBytes { tooLong(place, maximum: DeviceLimits.identifierBytes) }
        check(place, name, Validation.cIdentifier(name))
    }

    // MARK: Selectors and configuration

    mutating func selectors(_ selectors: [DeviceSelector], isStored: Bool = false) {
        limited("selectors", selectors, maximum: DeviceLimits.selectors) { validator, selector, _ in
            guard let expression = selector.cel?.expression else { return validator.required("cel") }
            if !isStored, expression.utf8.count > DeviceLimits.bytes {
                validator.tooLong(.grandchild("cel", "expression"), maximum: DeviceLimits.bytes)
            }
        }
    }

    mutating func deviceConfiguration(_ opaque: OpaqueDeviceConfiguration?, isStored: Bool = false) {
        guard let opaque else { return required("opaque") }
        field("opaque") { validator in
            validator.csiDriverName("driver", opaque.driver)
            validator.driverObject("parameters", opaque.parameters, isStored: isStored)
        }
    }

    /// A JSON object whose meaning the driver knows. Its size is counted without spaces.
    mutating func driverObject(_ place: Place, _ value: JSONValue, isStored: Bool = false) {
        if value.isNull {
            required(place)
        } else if !isStored, value.jsonText.utf8.count > DeviceLimits.bytes {
            tooLong(place, maximum: DeviceLimits.bytes)
        } else if value.objectValue == nil {
            invalid(place, "<value omitted>", "must be a valid JSON object")
        }
    }

    // MARK: Taints and conditions

    private static let taintEffects = ["NoExecute", "NoSchedule", "None"]

    mutating func deviceTaint(_ taint: DeviceTaint) {
        check("key", taint.key, Validation.labelKey(taint.key))
        if let value = taint.value { check("value", value, Validation.labelValue(value)) }
        oneOf("effect", taint.effect, Validator.taintEffects)
    }

    mutating func deviceTolerations(_ tolerations: [DeviceToleration]) {
        each("tolerations", tolerations) { validator, toleration, _ in
            if let key = toleration.key, !key.isEmpty { validator.check("key", key, Validation.labelKey(key)) }
            let value = toleration.value ?? ""
            switch toleration.operator ?? "" {
            case "Exists":
                if !value.isEmpty { validator.invalid("value", value, "must be empty for operator `Exists`") }
            case "Equal": validator.check("value", value, Validation.labelValue(value))
            case let other: validator.oneOf("operator", other, ["Equal", "Exists"])
            }
            validator.oneOf("effect", toleration.effect, Validator.taintEffects, isRequired: false)
        }
    }

    /// What has to come true before a pod is bound, and what tells that it will not: both, or neither.
    mutating func bindingConditions(_ conditions: [String], failures: [String]) {
        for (name, conditions) in [("bindingConditions", conditions), ("bindingFailureConditions", failures)] {
            limited(name, conditions, maximum: DeviceLimits.bindingConditions) { validator, condition, _ in
                validator.check(.here, condition, Validation.labelKey(condition))
            }
        }
        for (index, condition) in conditions.enumerated() where conditions[..<index].contains(condition) {
            duplicate(.element("bindingConditions", index), condition)
        }
        for (index, condition) in failures.enumerated() {
            let place = Place.element("bindingFailureConditions", index)
            if failures[..<index].contains(condition) { duplicate(place, condition) }
            if conditions.contains(condition) {
                invalid(place, condition, "bindingFailureConditions must not overlap with bindingConditions")
            }
        }
        if conditions.isEmpty, !failures.isEmpty {
            invalidNull("bindingConditions", "bindingConditions are required to use bindingFailureConditions")
        }
        if failures.isEmpty, !conditions.isEmpty {
            invalidNull("bindingFailureConditions", "bindingFailureConditions are required to use bindingConditions")
        }
    }
}

extension [DeviceToleration] {
    /// Follows kubernetes pkg/apis/resource/v1/zz_generated.defaults.go.
    mutating func setDefaults() {
        for index in indices where self[index].operator.isEmptyOrNil { self[index].operator = "Equal" }
    }
}
