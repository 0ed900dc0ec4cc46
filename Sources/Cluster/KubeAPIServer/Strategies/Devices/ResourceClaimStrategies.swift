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
        if var allocated = claim.status.allocation?.devices {
            for index in allocated.results.indices { allocated.results[index].tolerations.setDefaults() }
            claim.status.allocation?.devices = allocated
        }
        let kept = claim.status.allocatedDevices
        let gone = old.status.allocatedDevices.filter { !kept.contains($0) }
        if gone.isEmpty { return }
        claim.status.devices.removeAll { gone.contains($0.identity) }
    }

    static func validateStatusUpdate(_ claim: ResourceResourceClaim, old: ResourceResourceClaim) -> [FieldError] {
        Validator.errors { validator in
            validator.field("status") { $0.claimStatus(claim, old: old) }
        }
    }
}

/// Follows kubernetes pkg/registry/resource/resourceclaimtemplate/strategy.go.
enum ResourceClaimTemplateStrategy: Strategy {
    static func setDefaults(_ template: inout ResourceClaimTemplate) { template.spec.spec.setDefaults() }

    static func validate(_ template: ResourceClaimTemplate) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                if let metadata = template.spec.metadata {
                    validator.field("metadata") { validator in
                        validator.annotations("annotations", metadata.annotations)
                        validator.labels("labels", metadata.labels)
                    }
                }
                validator.field("spec") { $0.deviceClaim(template.spec.spec) }
            }
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
                exactly.tolerations.setDefaults()
                claim.requests[index].exactly = exactly
            }
            for place in claim.requests[index].firstAvailable.indices {
                var alternative = claim.requests[index].firstAvailable[place]
                ResourceClaimSpec.setDefaults(&alternative.allocationMode, &alternative.count)
                alternative.tolerations.setDefaults()
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
    func hasRequest(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let request = devices?.requests.first(where: { $0.name == parts[0] }) else {
            return false
        }
        return parts.count == 1 || request.firstAvailable.contains { $0.name == parts[1] }
    }
}

extension Validator {
    fileprivate mutating func deviceClaim(_ spec: ResourceClaimSpec) {
        guard let claim = spec.devices else { return }
        field("devices") { validator in
            validator.unique("requests", claim.requests, maximum: DeviceLimits.requests, key: \.name) {
                validator, request, _ in
                validator.deviceRequest(request)
            }
            validator.limited("constraints", claim.constraints, maximum: DeviceLimits.constraints) {
                validator, constraint, _ in
                validator.requestNames(constraint.requests, in: spec)
                if let attribute = constraint.matchAttribute {
                    validator.deviceFullyQualifiedName("matchAttribute", attribute)
                } else if let attribute = constraint.distinctAttribute {
                    validator.deviceFullyQualifiedName("distinctAttribute", attribute)
                } else {
                    validator.required(
                        .here,
                        "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are "
                            + "set")
                }
            }
            validator.limited("config", claim.config, maximum: DeviceLimits.configurations) {
                validator, configuration, _ in
                validator.requestNames(configuration.requests, in: spec)
                validator.deviceConfiguration(configuration.opaque)
            }
        }
    }

    private mutating func deviceRequest(_ request: DeviceRequest) {
        dnsLabel("name", request.name)
        switch (request.exactly, request.firstAvailable.isEmpty) {
        case (nil, true): required(.here, "exactly one of `exactly` or `firstAvailable` is required")
        case (.some, false):
            invalidNull(.here, "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set")
        case (let exactly?, true):
            field("exactly") { validator in
                validator.deviceClass(exactly.deviceClassName)
                validator.selectors(exactly.selectors)
                validator.allocationMode(exactly.allocationMode, exactly.count)
                validator.deviceTolerations(exactly.tolerations)
            }
        case (nil, false):
            unique("firstAvailable", request.firstAvailable, maximum: DeviceLimits.alternatives, key: \.name) {
                validator, alternative, _ in
                validator.dnsLabel("name", alternative.name)
                validator.deviceClass(alternative.deviceClassName)
                validator.selectors(alternative.selectors)
                validator.allocationMode(alternative.allocationMode, alternative.count)
                validator.deviceTolerations(alternative.tolerations)
            }
        }
    }

    mutating func requestNames(_ names: [String], in spec: ResourceClaimSpec) {
        unique("requests", names, maximum: DeviceLimits.requests, key: { $0 }) { validator, name, _ in
            validator.requestName(name, in: spec)
        }
    }

    mutating func requestName(_ name: String, in spec: ResourceClaimSpec) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count <= 2 {
            for part in parts { dnsLabel(.here, part) }
        }
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

    private mutating func allocationMode(_ mode: String?, _ count: Int?) {
        let count = count ?? 0
        switch mode ?? "" {
        case "All": if count != 0 { invalid("count", count, "must not be specified when allocationMode is 'All'") }
        case "ExactCount": if count <= 0 { invalid("count", count, "must be greater than zero") }
        case let mode: notSupported("allocationMode", mode, ["All", "ExactCount"])
        }
    }
}
