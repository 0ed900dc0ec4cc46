import KubeAPI

// Ranges of service addresses, and the addresses given. Follows kubernetes
// pkg/apis/networking/validation/validation.go.

enum ServiceCIDRStrategy: Strategy {
    static func prepareForStatusUpdate(_ range: inout ServiceCIDR, old: ServiceCIDR) { range.spec = old.spec }

    static func validate(_ range: ServiceCIDR) -> [FieldError] {
        let blocks = range.spec.cidrs
        return Validator.errors { validator in
            validator.field("spec") { validator in
                if blocks.isEmpty { return validator.required("cidrs", "at least one CIDR required") }
                if blocks.count > 2 {
                    return validator.invalid("cidrs", range.spec, "may only hold up to 2 values")
                }
                if blocks.count == 2, Set(blocks.map { CIDRValue($0)?.address.isIPv6 }) != [true, false] {
                    return validator.invalid(
                        "cidrs", range.spec,
                        "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64")
                }
                for (index, text) in blocks.enumerated() {
                    validator.check(.element("cidrs", index), text, Validation.canonicalCIDR(text))
                }
            }
        }
    }

    static func validateUpdate(_ range: ServiceCIDR, old: ServiceCIDR) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.immutable("cidrs", range.spec.cidrs, old: old.spec.cidrs) }
        }
    }
}

enum IPAddressStrategy: Strategy {
    static func validate(_ address: IPAddress) -> [FieldError] {
        Validator.errors { validator in
            guard let parent = address.spec.parentRef else {
                return validator.required(.grandchild("spec", "parentRef"))
            }
            validator.field("spec", "parentRef") { validator in
                if let group = parent.group, !group.isEmpty {
                    validator.check("group", group, Validation.dns1123Subdomain(group))
                }
                if parent.resource.isEmpty {
                    validator.required("resource")
                } else {
                    validator.check("resource", parent.resource, Validation.pathSegmentName(parent.resource))
                }
                if parent.name.isEmpty {
                    validator.required("name")
                } else {
                    validator.check("name", parent.name, Validation.pathSegmentName(parent.name))
                }
                if let namespace = parent.namespace, !namespace.isEmpty {
                    validator.check("namespace", namespace, Validation.pathSegmentName(namespace))
                }
            }
        }
    }

    static func validateUpdate(_ address: IPAddress, old: IPAddress) -> [FieldError] {
        validate(address)
            + Validator.errors { validator in
                validator.field("spec") { validator in
                    validator.immutable("parentRef", told(address.spec.parentRef), old: told(old.spec.parentRef))
                }
            }
    }

    /// What is empty and what is not there are one to Go.
    private static func told(_ parent: ParentReference?) -> ParentReference? {
        var parent = parent
        if parent?.group == "" { parent?.group = nil }
        if parent?.namespace == "" { parent?.namespace = nil }
        return parent
    }

    /// The name is the address itself, as it is written canonically.
    static func validateName(_ name: String, isPrefix: Bool) -> [String] { Validation.canonicalIP(name) }
}
