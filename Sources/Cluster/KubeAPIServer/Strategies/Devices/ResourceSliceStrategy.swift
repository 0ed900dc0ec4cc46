import KubeAPI

/// What drivers publish of their devices.
///
/// Follows kubernetes pkg/registry/resource/resourceslice/strategy.go and pkg/apis/resource/validation/validation.go
/// `ValidateResourceSlice`.
enum ResourceSliceStrategy: Strategy {
    /// A taint was added when it was first written.
    static func setDefaults(_ slice: inout ResourceSlice, now: Time) {
        for device in slice.spec.devices.indices {
            for taint in slice.spec.devices[device].taints.indices
            where slice.spec.devices[device].taints[taint].timeAdded == nil {
                slice.spec.devices[device].taints[taint].timeAdded = now
            }
        }
    }

    static func validate(_ slice: ResourceSlice) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.resourceSlice(slice.spec, old: nil) }
        }
    }

    static func validateUpdate(_ slice: ResourceSlice, old: ResourceSlice) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.resourceSlice(slice.spec, old: old.spec) }
        }
    }

    static func warnings(_ slice: ResourceSlice, old: ResourceSlice?) -> [String] {
        let driver = slice.spec.driver
        if driver == driver.lowercased() { return [] }
        return [
            "spec.driver: driver names should be lowercase; \(GoText.quoted(driver)) contains uppercase characters"
        ]
    }
}

extension Validator {
    private static let mostDevices = 128
    /// Of devices that are tainted or share counters, as these take more space.
    private static let mostElaborateDevices = 64
    private static let mostCounterSets = 8
    private static let mostCounters = 32
    private static let mostConsumptions = 2
    private static let mostTaints = 16
    private static let mostAttributes = 32
    private static let longestValue = 64
    /// A domain, a slash and an identifier.
    private static let longestName = 63 + 1 + DeviceLimits.identifierBytes

    fileprivate mutating func resourceSlice(_ spec: ResourceSliceSpec, old: ResourceSliceSpec?) {
        csiDriverName("driver", spec.driver)
        field("pool") { validator in
            validator.poolName("name", spec.pool.name)
            if spec.pool.resourceSliceCount <= 0 {
                validator.invalid("resourceSliceCount", spec.pool.resourceSliceCount, "must be greater than zero")
            }
            if spec.pool.generation < 0 {
                validator.invalid("generation", spec.pool.generation, "must be greater than or equal to zero")
            }
        }
        if let old {
            immutable(.grandchild("pool", "name"), spec.pool.name, old: old.pool.name)
            immutable("driver", spec.driver, old: old.driver)
            immutable("nodeName", spec.nodeName, old: old.nodeName)
        }
        nodeSelection(spec)
        if !spec.sharedCounters.isEmpty, !spec.devices.isEmpty {
            invalid(.here, "", "only one of `sharedCounters` or `devices` is allowed")
        }
        let isElaborate = spec.devices.contains { !$0.taints.isEmpty || !$0.consumesCounters.isEmpty }
        unique(
            "devices", spec.devices,
            maximum: isElaborate ? Validator.mostElaborateDevices : Validator.mostDevices, key: \.name
        ) { validator, device, _ in
            let before = old?.devices.first { $0.name == device.name }
            validator.device(device, old: before, choosesNodes: spec.perDeviceNodeSelection == true)
        }
        unique("sharedCounters", spec.sharedCounters, maximum: Validator.mostCounterSets, key: \.name) {
            validator, set, _ in
            validator.counters(set.counters, of: "name", set.name)
        }
    }

    /// Which nodes reach the devices: exactly one way of telling.
    private mutating func nodeSelection(_ spec: ResourceSliceSpec) {
        var ways = NodeWays()
        nodeName(spec.nodeName, ifEmpty: "must be either unset or set to a non-empty string", &ways)
        nodeSelector(spec.nodeSelector, &ways) { validator, selector in
            let terms = selector.nodeSelectorTerms
            let detail = "must have exactly one node selector term"
            if terms.isEmpty { validator.invalidNull("nodeSelectorTerms", detail) }
            if terms.count > 1 { validator.invalid("nodeSelectorTerms", terms, detail) }
        }
        trueOrAbsent("allNodes", spec.allNodes, &ways)
        trueOrAbsent("perDeviceNodeSelection", spec.perDeviceNodeSelection, &ways)
        let detail =
            "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"
        exactlyOne(ways, ifNone: detail, ifMany: detail + ", but multiple fields are set")
    }

    /// The fields by which it is told which nodes reach a device, as messages name them.
    private typealias NodeWays = [String]

    private mutating func nodeName(_ name: String?, ifEmpty detail: String, _ ways: inout NodeWays) {
        guard let name else { return }
        if name.isEmpty { return invalid("nodeName", name, detail) }
        ways.append("`nodeName`")
        check("nodeName", name, Validation.nameIsDNSSubdomain(name, false))
    }

    private mutating func nodeSelector(
        _ selector: NodeSelector?, _ ways: inout NodeWays, more: (inout Validator, NodeSelector) -> Void
    ) {
        guard let selector else { return }
        ways.append("`nodeSelector`")
        field("nodeSelector") { validator in
            validator.nodeSelector(selector)
            more(&validator, selector)
        }
    }

    private mutating func trueOrAbsent(_ name: String, _ value: Bool?, _ ways: inout NodeWays) {
        guard let value else { return }
        if !value { return invalid(.child(name), value, "must be either unset or set to true") }
        ways.append("`\(name)`")
    }

    private mutating func exactlyOne(_ ways: NodeWays, ifNone: String, ifMany: String) {
        if ways.isEmpty { required(.here, ifNone) }
        if ways.count > 1 { invalid(.here, "{\(ways.joined(separator: ", "))}", ifMany) }
    }

    // MARK: Devices

    private mutating func device(_ device: Device, old: Device?, choosesNodes: Bool) {
        dnsLabel("name", device.name)
        let count = device.attributes.count + device.capacity.count
        if count > Validator.mostAttributes {
            invalid(
                .here, count,
                "the total number of attributes and capacities must not exceed \(Validator.mostAttributes)")
        }
        let checkKey = { (validator: inout Validator, key: String) in validator.deviceQualifiedName(.here, key) }
        entries("attributes", device.attributes, keyBytes: Validator.longestName, checkKey: checkKey) {
            $0.deviceAttribute($1)
        }
        entries("capacity", device.capacity, keyBytes: Validator.longestName, checkKey: checkKey) {
            validator, capacity in
            guard let policy = capacity.requestPolicy else { return }
            if device.allowMultipleAllocations == true {
                validator.field("requestPolicy") { $0.requestPolicy(policy, of: capacity.value) }
            } else {
                validator.forbidden("requestPolicy", "allowMultipleAllocations must be true")
            }
        }
        if device.taints != old?.taints {
            limited("taints", device.taints, maximum: Validator.mostTaints) { validator, taint, _ in
                validator.deviceTaint(taint)
            }
        }
        unique(
            "consumesCounters", device.consumesCounters, maximum: Validator.mostConsumptions, key: \.counterSet
        ) { validator, consumption, _ in
            validator.counters(consumption.counters, of: "counterSet", consumption.counterSet)
        }
        if choosesNodes {
            nodeSelection(device)
        } else if device.nodeName != nil || device.nodeSelector != nil || device.allNodes != nil {
            invalidNull(
                .here,
                "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in "
                    + "the ResourceSlice spec")
        }
        bindingConditions(device.bindingConditions, failures: device.bindingFailureConditions)
    }

    private mutating func nodeSelection(_ device: Device) {
        var ways = NodeWays()
        nodeName(device.nodeName, ifEmpty: "must not be empty", &ways)
        nodeSelector(device.nodeSelector, &ways) { _, _ in }
        trueOrAbsent("allNodes", device.allNodes, &ways)
        let detail =
            "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to "
            + "true in the ResourceSlice spec"
        exactlyOne(ways, ifNone: detail, ifMany: detail)
    }

    /// One value, of whichever type.
    private mutating func deviceAttribute(_ attribute: DeviceAttribute) {
        if let text = attribute.string, text.utf8.count > Validator.longestValue {
            tooLong("string", maximum: Validator.longestValue)
        }
        if let version = attribute.version {
            if !Validation.isSemanticVersion(version) {
                invalid("version", version, "must be a string compatible with semver.org spec 2.0.0")
            }
            if version.utf8.count > Validator.longestValue { tooLong("version", maximum: Validator.longestValue) }
        }
        let values = [
            attribute.bool != nil, attribute.int != nil, attribute.string != nil, attribute.version != nil,
        ]
        let count = values.count { $0 }
        if count == 0 { invalid(.here, "", "exactly one value must be specified") }
        if count > 1 { invalid(.here, attribute, "exactly one value must be specified") }
    }

    private mutating func counters(_ counters: StringMap<Counter>, of place: Place, _ set: String) {
        if set.isEmpty { required(place) } else { dnsLabel(place, set) }
        if counters.isEmpty { return required("counters") }
        entries(
            "counters", counters, maximum: Validator.mostCounters, keyBytes: Validation.labelMaximum,
            checkKey: { $0.dnsLabel(.here, $1) }
        ) { _, _ in }
    }
}
