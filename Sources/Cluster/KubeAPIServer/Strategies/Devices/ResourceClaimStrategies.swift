import KubeAPI

/// Claims of devices. What is claimed never changes; what is allocated is taken back as a whole or stays.
///
/// Simpler than upstream: expressions are not compiled.
///
/// Follows kubernetes pkg/registry/resource/resourceclaim/strategy.go and pkg/apis/resource/validation/validation.go.
enum ResourceClaimStrategy: Strategy {
    static func setDefaults(_ claim: inout ResourceResourceClaim) { claim.spec.setDefaults() }

    static func validate(_ claim: ResourceResourceClaim) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.deviceClaim(claim.spec) }
        }
    }

    static func validateUpdate(_ claim: ResourceResourceClaim, old: ResourceResourceClaim) -> [FieldError] {
        Validator.errors { $0.immutable("spec", claim.spec, old: old.spec) }
    }

    /// Nothing of the metadata changes, and what a device says of itself goes with its allocation.
    static func prepareForStatusUpdate(_ claim: inout ResourceResourceClaim, old: ResourceResourceClaim) {
        keepAllButStatus(&claim, old: old)
        claim.keepMetadata(of: old)
        let kept = claim.status.allocatedDevices
        let gone = old.status.allocatedDevices.filter { !kept.contains($0) }
        if gone.isEmpty { return }
        claim.status.devices.removeAll { gone.contains($0.identity) }
    }

    static func validateStatusUpdate(_ claim: ResourceResourceClaim, old: ResourceResourceClaim) -> [FieldError] {
        let allocated = claim.status.allocatedDevices
        return Validator.errors { validator in
            validator.field("status") { validator in
                validator.consumers(of: claim, old: old)
                validator.each("devices", claim.status.devices) { validator, device, index in
                    validator.deviceStatus(device, allocated: allocated)
                    if claim.status.devices[..<index].contains(where: { $0.identity == device.identity }) {
                        validator.duplicate(.here, device.identity)
                    }
                }
                guard let allocation = claim.status.allocation else { return }
                if let before = old.status.allocation {
                    validator.immutable("allocation", allocation, old: before)
                } else {
                    validator.field("allocation") { $0.allocation(allocation, of: claim.spec) }
                }
            }
        }
    }
}

/// Follows kubernetes pkg/registry/resource/resourceclaimtemplate/strategy.go.
enum ResourceClaimTemplateStrategy: Strategy {
    static func setDefaults(_ template: inout ResourceClaimTemplate) { template.spec.spec.setDefaults() }

    static func validate(_ template: ResourceClaimTemplate) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec", "spec") { $0.deviceClaim(template.spec.spec) }
        }
    }

    static func validateUpdate(_ template: ResourceClaimTemplate, old: ResourceClaimTemplate) -> [FieldError] {
        Validator.errors { $0.immutable("spec", template.spec, old: old.spec) }
    }
}

extension ResourceClaimSpec {
    /// Follows kubernetes pkg/apis/resource/v1/defaults.go.
    fileprivate mutating func setDefaults() {
        guard var claim = devices else { return }
        for index in claim.requests.indices {
            if var exactly = claim.requests[index].exactly {
                ResourceClaimSpec.setDefaults(&exactly.allocationMode, &exactly.count)
                claim.requests[index].exactly = exactly
            }
            for place in claim.requests[index].firstAvailable.indices {
                var alternative = claim.requests[index].firstAvailable[place]
                ResourceClaimSpec.setDefaults(&alternative.allocationMode, &alternative.count)
                claim.requests[index].firstAvailable[place] = alternative
            }
        }
        devices = claim
    }

    private static func setDefaults(_ mode: inout String?, _ count: inout Int?) {
        if mode.isEmptyOrNil { mode = "ExactCount" }
        if mode == "ExactCount", count ?? 0 == 0 { count = 1 }
    }

    /// Whether a request, or one of its alternatives, has the name: `gpu` or `gpu/small`.
    fileprivate func hasRequest(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let request = devices?.requests.first(where: { $0.name == parts[0] }) else {
            return false
        }
        return parts.count == 1 || request.firstAvailable.contains { $0.name == parts[1] }
    }
}

extension AllocatedDeviceStatus {
    fileprivate var identity: String { deviceIdentity(driver, pool, device, shareID) }
}

extension ResourceClaimStatus {
    fileprivate var allocatedDevices: [String] {
        (allocation?.devices?.results ?? []).map { deviceIdentity($0.driver, $0.pool, $0.device, $0.shareID) }
    }
}

private func deviceIdentity(_ driver: String, _ pool: String, _ device: String, _ share: String?) -> String {
    [driver, pool, device, share].compactMap { $0 }.joined(separator: "/")
}

extension Validator {
    /// Requests, constraints, configurations, consumers: of each a claim has no more.
    private static let mostRequests = 32

    // MARK: What is claimed

    fileprivate mutating func deviceClaim(_ spec: ResourceClaimSpec) {
        guard let claim = spec.devices else { return }
        field("devices") { validator in
            if claim.requests.count > Validator.mostRequests {
                validator.tooMany("requests", actual: claim.requests.count, maximum: Validator.mostRequests)
            } else {
                validator.each("requests", claim.requests) { validator, request, index in
                    validator.deviceRequest(request)
                    if claim.requests[..<index].contains(where: { $0.name == request.name }) {
                        validator.duplicate(.here, request.name)
                    }
                }
            }
            validator.each("constraints", claim.constraints) { validator, constraint, _ in
                validator.requestNames(constraint.requests, in: spec)
                if constraint.matchAttribute == nil, constraint.distinctAttribute == nil {
                    validator.required(
                        .here,
                        "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are "
                            + "set")
                }
            }
            validator.each("config", claim.config) { validator, configuration, _ in
                validator.requestNames(configuration.requests, in: spec)
                validator.deviceConfiguration(configuration.opaque)
            }
        }
    }

    private mutating func deviceRequest(_ request: DeviceRequest) {
        requestName("name", request.name)
        switch (request.exactly, request.firstAvailable.isEmpty) {
        case (nil, true): required(.here, "exactly one of `exactly` or `firstAvailable` is required")
        case (.some, false):
            invalidNull(.here, "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set")
        case (let exactly?, true):
            field("exactly") { validator in
                validator.deviceClass(exactly.deviceClassName)
                validator.selectors(exactly.selectors)
                validator.allocationMode(exactly.allocationMode, exactly.count)
            }
        case (nil, false):
            each("firstAvailable", request.firstAvailable) { validator, alternative, index in
                validator.requestName("name", alternative.name)
                validator.deviceClass(alternative.deviceClassName)
                validator.selectors(alternative.selectors)
                validator.allocationMode(alternative.allocationMode, alternative.count)
                if request.firstAvailable[..<index].contains(where: { $0.name == alternative.name }) {
                    validator.duplicate(.here, alternative.name)
                }
            }
        }
    }

    private mutating func requestName(_ place: Place, _ name: String) {
        if name.isEmpty { required(place) } else { check(place, name, Validation.dns1123Label(name)) }
    }

    private mutating func requestNames(_ names: [String], in spec: ResourceClaimSpec) {
        each("requests", names) { validator, name, index in
            validator.requestName(name, in: spec)
            if names[..<index].contains(name) { validator.duplicate(.here, name) }
        }
    }

    private mutating func requestName(_ name: String, in spec: ResourceClaimSpec) {
        if spec.hasRequest(name) { return }
        invalid(
            .here, name,
            "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'")
    }

    private mutating func deviceClass(_ name: String) {
        if name.isEmpty {
            required("deviceClassName")
        } else {
            check("deviceClassName", name, Validation.dns1123Subdomain(name))
        }
    }

    private mutating func selectors(_ selectors: [DeviceSelector]) {
        if selectors.count > Validator.mostRequests {
            return tooMany("selectors", actual: selectors.count, maximum: Validator.mostRequests)
        }
        each("selectors", selectors) { validator, selector, _ in
            if selector.cel == nil { validator.required("cel") }
        }
    }

    private mutating func allocationMode(_ mode: String?, _ count: Int?) {
        let count = count ?? 0
        switch mode ?? "" {
        case "All": if count != 0 { invalid("count", count, "must not be specified when allocationMode is 'All'") }
        case "ExactCount": if count <= 0 { invalid("count", count, "must be greater than zero") }
        case let mode: notSupported("allocationMode", mode, ["All", "ExactCount"])
        }
    }

    private mutating func deviceConfiguration(_ opaque: OpaqueDeviceConfiguration?) {
        guard let opaque else { return required("opaque") }
        field("opaque") { validator in
            validator.csiDriverName("driver", opaque.driver)
            switch opaque.parameters {
            case .null: validator.required("parameters")
            case .object: break
            default: validator.invalid("parameters", "<value omitted>", "must be a valid JSON object")
            }
        }
    }

    // MARK: What is allocated

    fileprivate mutating func consumers(of claim: ResourceResourceClaim, old: ResourceResourceClaim) {
        let consumers = claim.status.reservedFor
        // ResourceClaimReservedForMaxSize
        if consumers.count > 256 { return tooMany("reservedFor", actual: consumers.count, maximum: 256) }
        each("reservedFor", consumers) { validator, consumer, index in
            if consumer.resource.isEmpty { validator.required("resource") }
            if consumer.name.isEmpty { validator.required("name") }
            if consumer.uid.isEmpty { validator.required("uid") }
            if consumers[..<index].contains(where: { $0.uid == consumer.uid }) {
                validator.duplicate(.here, consumer.uid)
            }
        }
        if consumers.isEmpty { return }
        if claim.status.allocation == nil {
            forbidden("reservedFor", "may not be specified when `allocated` is not set")
        } else if claim.metadata.deletionTimestamp != nil,
            consumers.contains(where: { !old.status.reservedFor.contains($0) })
        {
            forbidden(
                "reservedFor",
                "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set")
        }
    }

    fileprivate mutating func deviceStatus(_ device: AllocatedDeviceStatus, allocated: [String]) {
        csiDriverName("driver", device.driver)
        devicePool(device.pool)
        check("device", device.device, Validation.dns1123Label(device.device))
        if !allocated.contains(device.identity) {
            invalid(.here, device.identity, "must be an allocated device in the claim")
        }
        // AllocatedDeviceStatusMaxConditions
        if device.conditions.count > 8 { tooMany("conditions", actual: device.conditions.count, maximum: 8) }
        if let data = device.data, !data.isNull, data.objectValue == nil {
            invalid("data", "<value omitted>", "must be a valid JSON object")
        }
        guard let network = device.networkData else { return }
        field("networkData") { validator in
            if network.interfaceName?.utf8.count ?? 0 > 256 { validator.tooLong("interfaceName", maximum: 256) }
            if network.hardwareAddress?.utf8.count ?? 0 > 128 { validator.tooLong("hardwareAddress", maximum: 128) }
            if network.ips.count > 16 { return validator.tooMany("ips", actual: network.ips.count, maximum: 16) }
            validator.each("ips", network.ips) { validator, address, index in
                validator.interfaceAddress(address)
                if network.ips[..<index].contains(address) { validator.duplicate(.here, address) }
            }
        }
    }

    /// Follows apimachinery pkg/util/validation/ip.go `IsValidInterfaceAddress`.
    private mutating func interfaceAddress(_ text: String) {
        guard let block = CIDRValue(text) else {
            return invalid(.here, text, "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)")
        }
        let canonical = "\(block.address)/\(block.prefixLength)"
        if text != canonical { invalid(.here, text, "must be in canonical form (\(GoText.quoted(canonical)))") }
    }

    private mutating func devicePool(_ name: String) {
        if name.isEmpty { return required("pool") }
        if name.utf8.count > 253 { tooLong("pool", maximum: 253) }
        for part in name.split(separator: "/", omittingEmptySubsequences: false).map(String.init) {
            check("pool", part, Validation.dns1123Subdomain(part))
        }
    }

    fileprivate mutating func allocation(_ allocation: AllocationResult, of spec: ResourceClaimSpec) {
        field("devices") { validator in
            // AllocationResultsMaxSize
            let results = allocation.devices?.results ?? []
            if results.count > 32 {
                validator.tooMany("results", actual: results.count, maximum: 32)
            } else {
                validator.each("results", results) { validator, result, _ in
                    validator.field("request") { $0.requestName(result.request, in: spec) }
                    validator.csiDriverName("driver", result.driver)
                    validator.devicePool(result.pool)
                    validator.check("device", result.device, Validation.dns1123Label(result.device))
                }
            }
            validator.each("config", allocation.devices?.config ?? []) { validator, configuration, _ in
                validator.oneOf("source", configuration.source, ["FromClaim", "FromClass"])
                validator.requestNames(configuration.requests, in: spec)
                validator.deviceConfiguration(configuration.opaque)
            }
        }
        if let selector = allocation.nodeSelector { field("nodeSelector") { $0.nodeSelector(selector) } }
    }
}
