import KubeAPI

// What containers request and are limited to.
// Follows kubernetes pkg/apis/core/validation/validation.go `validateResourceRequirements`.

extension Validator {
    mutating func resourceRequirements(
        _ resources: ResourceRequirements, _ context: PodValidationContext, isPodLevel: Bool = false
    ) {
        var hasComputeResources = false
        var hasHugePages = false
        each("limits", resources.limits) { validator, name, amount in
            validator.requestedResource(name, amount, isPodLevel: isPodLevel)
            validator.hugePages(name, amount)
            hasComputeResources = hasComputeResources || name == "cpu" || name == "memory"
            hasHugePages = hasHugePages || ResourceNames.isHugePages(name)
        }
        for (name, amount) in resources.requests {
            field("requests") { validator in
                validator.key(name) { $0.requestedResource(name, amount, isPodLevel: isPodLevel) }
            }
            if let limit = resources.limits[name] {
                if amount != limit, !ResourceNames.isOvercommitAllowed(name) {
                    invalid("requests", amount.text, "must be equal to \(name) limit of \(limit.text)")
                } else if amount > limit {
                    invalid("requests", amount.text, "must be less than or equal to \(name) limit of \(limit.text)")
                }
            } else if !ResourceNames.isOvercommitAllowed(name) {
                required("limits", "Limit must be set for non overcommitable resources")
            }
            if ResourceNames.isHugePages(name) {
                hasHugePages = true
                field("requests") { $0.key(name) { $0.hugePages(name, amount) } }
            }
            hasComputeResources = hasComputeResources || name == "cpu" || name == "memory"
        }
        if hasHugePages, !hasComputeResources { forbidden(.here, "HugePages require cpu or memory") }
        resourceClaims(resources.claims, context)
    }

    private mutating func requestedResource(_ name: String, _ amount: Quantity, isPodLevel: Bool) {
        if isPodLevel {
            if resourceName(.here, name), !PodResources.isPodLevel(name) {
                notSupported(.here, name, ["cpu", "hugepages-", "memory"])
            }
        } else {
            containerResourceName(.here, name)
        }
        resourceQuantity(.here, name, amount)
    }

    /// Huge pages come whole. A name that tells no size of a page has no whole ones.
    private mutating func hugePages(_ name: String, _ amount: Quantity) {
        guard ResourceNames.isHugePages(name) else { return }
        if let size = Quantity(String(name.dropFirst("hugepages-".count))), size.value > 0,
            size.milliValue % 1000 == 0, amount.value % size.value == 0
        {
            return
        }
        invalid(.here, amount.text, "\(amount.text) is not positive integer multiple of \(name)")
    }

    private mutating func resourceClaims(_ claims: [ResourceClaim], _ context: PodValidationContext) {
        var names: [String] = []
        each("claims", claims) { validator, claim, _ in
            if claim.name.isEmpty { return validator.required(.here) }
            let request = claim.request.text
            if names.contains(claim.name) {
                validator.duplicate(.here, claim.name)
            } else {
                var key = claim.name
                if !request.isEmpty {
                    validator.check("request", request, Validation.dns1123Label(request))
                    key += "/" + request
                }
                if names.contains(key) {
                    validator.duplicate(.here, key)
                } else if request.isEmpty {
                    for name in names where name.hasPrefix(claim.name + "/") {
                        validator.duplicate(.here, claim.name)
                    }
                }
                if !names.contains(key) { names.append(key) }
            }
            if !context.claimNames.contains(claim.name) {
                let known = Set(context.claimNames).sorted(by: precedesUTF8).joined(separator: ", ")
                validator.notFound(
                    .here, claim.name,
                    "must be one of the names in pod.spec.resourceClaims"
                        + (known.isEmpty ? " which is empty" : ": " + known))
            }
        }
    }
}
