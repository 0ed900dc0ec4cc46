import KubeAPI

// What may change in a service: addresses may be added and released, the first one stays.
// Follows kubernetes pkg/apis/core/validation/validation.go `ValidateServiceUpdate`.

extension Validator {
    private static let setOnce = "may not change once set"

    mutating func serviceUpdate(_ service: Service, old: Service) {
        field("spec") { validator in
            if service.spec.type != "ExternalName", old.spec.type != "ExternalName" {
                validator.clusterIPUpdate(service, old: old)
                validator.familyUpdate(service, old: old)
            }
            if service.spec.type == "LoadBalancer", old.spec.type == "LoadBalancer" {
                validator.immutable(
                    "loadBalancerClass", service.spec.loadBalancerClass, old: old.spec.loadBalancerClass,
                    Validator.setOnce)
            }
            if ServiceFields.needsHealthCheckNodePort(old), ServiceFields.needsHealthCheckNodePort(service) {
                validator.unchangeable(
                    "healthCheckNodePort", service.spec.healthCheckNodePort, old: old.spec.healthCheckNodePort,
                    Validation.immutableError)
            }
        }
    }

    private mutating func clusterIPUpdate(_ service: Service, old: Service) {
        if ServiceFields.isHeadless(old), ServiceFields.isHeadless(service) { return }
        let before = old.spec.clusterIPs
        let after = service.spec.clusterIPs
        if before.count == after.count {
            for (index, address) in before.enumerated() where address != after[index] {
                invalid(.element("clusterIPs", index), after, Validator.setOnce)
            }
            return
        }
        if before.count > after.count, after.isEmpty {
            invalid(.element("clusterIPs", 0), after, "primary clusterIP can not be unset")
        }
        if let first = before.first, let now = after.first, first != now {
            invalid(.element("clusterIPs", 0), after, Validator.setOnce)
        }
        if before.count > after.count, after.count == 1 { singleStack(service.spec, released: "clusterIP") }
    }

    private mutating func familyUpdate(_ service: Service, old: Service) {
        if ServiceFields.isHeadless(old) || ServiceFields.isHeadless(service) { return }
        let before = old.spec.ipFamilies
        let after = service.spec.ipFamilies
        if before.count == after.count {
            for (index, family) in before.enumerated() where family != after[index] {
                invalid(.element("ipFamilies", 0), after, Validator.setOnce)
            }
            return
        }
        if before.count > after.count, service.spec.clusterIPs.isEmpty {
            invalid(.element("ipFamilies", 0), after, "primary ipFamily can not be unset")
        }
        if let first = before.first, let now = after.first, first != now {
            invalid(.element("ipFamilies", 0), service.spec.clusterIPs, Validator.setOnce)
        }
        if before.count > after.count, after.count == 1 { singleStack(service.spec, released: "ipFamily") }
    }

    private mutating func singleStack(_ spec: ServiceSpec, released: String) {
        if spec.ipFamilyPolicy == "SingleStack" { return }
        let message = "must be set to 'SingleStack' when releasing the secondary \(released)"
        if let policy = spec.ipFamilyPolicy {
            invalid("ipFamilyPolicy", policy, message)
        } else {
            invalidNull("ipFamilyPolicy", message)
        }
    }
}
