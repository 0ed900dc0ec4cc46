import KubeAPI

/// The address families of services, of which this cluster has one: IPv4.
///
/// Follows kubernetes pkg/registry/core/service/storage/alloc.go `initIPFamilyFields`.
enum ServiceFamilies {
    private static let own = "IPv4"
    private static let other = "IPv6"
    private static let single = "SingleStack"
    private static let preferred = "PreferDualStack"
    private static let required = "RequireDualStack"

    /// Fills in what a service leaves out of its policy and its families, and checks that they agree with each other,
    /// with its addresses and with the cluster. What contradicts itself is told before all else.
    static func set(_ service: inout Service, old: Service?) throws(StatusError) {
        guard ServiceFields.needsClusterIP(service) else { return }
        if let old, stillPrefers(service, old) { return }
        let isBare = service.spec.clusterIP == ServiceFields.headless && service.spec.selector.isEmpty
        let policy = service.spec.ipFamilyPolicy ?? old?.spec.ipFamilyPolicy ?? (isBare ? required : single)
        service.spec.ipFamilyPolicy = policy
        let contradictions = Validator.errors { validator in
            validator.field("spec") { $0.clusterIPs(service) }
        }
        try StatusError.check(contradictions, of: service.boxed)
        var errors: [FieldError] = []
        if let old { release(&service, old: old, &errors) }
        if policy == single { checkSingle(service.spec, &errors) }
        infer(&service, &errors)
        try StatusError.check(errors, of: service.boxed)
        if isBare {
            // Its addresses are others' business, and may be of any family.
            if service.spec.ipFamilies.isEmpty { service.spec.ipFamilies = [own] }
            if policy != single, service.spec.ipFamilies.count == 1 {
                service.spec.ipFamilies.append(service.spec.ipFamilies[0] == own ? other : own)
            }
            return
        }
        let path = FieldPath("spec")
        if policy == required {
            errors.append(
                .invalid(
                    path.child("ipFamilyPolicy"), policy, "this cluster is not configured for dual-stack services"))
        }
        for (index, family) in service.spec.ipFamilies.enumerated() where family != own {
            errors.append(.invalid(path.child("ipFamilies").index(index), family, "not configured on this cluster"))
        }
        try StatusError.check(errors, of: service.boxed)
        if service.spec.ipFamilies.isEmpty { service.spec.ipFamilies = [own] }
    }

    /// Whether a service that would like two families is as it was: then it keeps what it has.
    private static func stillPrefers(_ service: Service, _ old: Service) -> Bool {
        service.spec.ipFamilyPolicy == preferred && old.spec.ipFamilyPolicy ?? preferred == preferred
            && service.spec.type == old.spec.type && service.spec.clusterIPs == old.spec.clusterIPs
            && service.spec.ipFamilies == old.spec.ipFamilies
    }

    /// Who asks for a single stack, and leaves the rest as it is, means to let go of the second address and family;
    /// nobody else may.
    private static func release(_ service: inout Service, old: Service, _ errors: inout [FieldError]) {
        let policy = service.spec.ipFamilyPolicy
        if policy == single {
            if service.spec.clusterIPs == old.spec.clusterIPs {
                service.spec.clusterIPs = Array(service.spec.clusterIPs.prefix(1))
            }
            if service.spec.ipFamilies == old.spec.ipFamilies {
                service.spec.ipFamilies = Array(service.spec.ipFamilies.prefix(1))
            }
            return
        }
        for (new, before, what) in [
            (service.spec.clusterIPs, old.spec.clusterIPs, "cluster IP"),
            (service.spec.ipFamilies, old.spec.ipFamilies, "IP family"),
        ] where !new.isEmpty && new.count < before.count {
            errors.append(
                .invalid(
                    FieldPath("spec").child("ipFamilyPolicy"), policy,
                    "must be 'SingleStack' to release the secondary \(what)"))
        }
    }

    private static func checkSingle(_ spec: ServiceSpec, _ errors: inout [FieldError]) {
        for (count, what) in [(spec.clusterIPs.count, "cluster IPs"), (spec.ipFamilies.count, "IP families")]
        where count == 2 {
            errors.append(
                .invalid(
                    FieldPath("spec").child("ipFamilyPolicy"), spec.ipFamilyPolicy,
                    "must be 'RequireDualStack' or 'PreferDualStack' when multiple \(what) are specified"))
        }
    }

    /// An address says which family it is of.
    private static func infer(_ service: inout Service, _ errors: inout [FieldError]) {
        for (index, address) in service.spec.clusterIPs.enumerated() {
            if address == ServiceFields.headless { return }
            guard index >= service.spec.ipFamilies.count else { continue }
            if IPAddressValue(address)?.isIPv6 == true {
                errors.append(
                    .invalid(
                        FieldPath("spec").child("clusterIPs").index(index), service.spec.clusterIPs,
                        "\(other) is not configured on this cluster"))
            } else {
                service.spec.ipFamilies.append(own)
            }
        }
    }
}
