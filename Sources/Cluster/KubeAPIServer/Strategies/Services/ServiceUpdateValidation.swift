import KubeAPI

// What may change in a service: addresses may be added and released, the first one stays.
// Follows kubernetes pkg/apis/core/validation/validation.go `ValidateServiceUpdate`.

extension Validator {
    mutating func serviceUpdate(_ service: Service, old: Service) {
        field("spec") { validator in
            if service.spec.type != "ExternalName", old.spec.type != "ExternalName" {
                validator.clusterIPUpdate(service, old: old)
                validator.familyUpdate(service, old: old)
            }
            if service.spec.type == "LoadBalancer", old.spec.type == "LoadBalancer",
                service.spec.loadBalancerClass != old.spec.loadBalancerClass
            {
                if let name = service.spec.loadBalancerClass {
                    validator.invalid("loadBalancerClass", name, "may not change once set")
                } else {
                    validator.invalidNull("loadBalancerClass", "may not change once set")
                }
            }
            if ServiceFields.needsHealthCheckNodePort(old), ServiceFields.needsHealthCheckNodePort(service),
                service.spec.healthCheckNodePort != old.spec.healthCheckNodePort
            {
                validator.forbidden("healthCheckNodePort", "field is immutable")
            }
        }
    }

    private mutating func clusterIPUpdate(_ service: Service, old: Service) {
        if ServiceFields.isHeadless(old), ServiceFields.isHeadless(service) { return }
        let before = old.spec.clusterIPs
        let after = service.spec.clusterIPs
        let message = "may not change once set"
        if before.count == after.count {
            for (index, address) in before.enumerated() where address != after[index] {
                invalid(.element("clusterIPs", index), after, message)
            }
            return
        }
        if before.count > after.count, after.isEmpty {
            invalid(.element("clusterIPs", 0), after, "primary clusterIP can not be unset")
        }
        if let first = before.first, let now = after.first, first != now {
            invalid(.element("clusterIPs", 0), after, message)
        }
        if before.count > after.count, after.count == 1 { singleStack(service.spec, released: "clusterIP") }
    }

    private mutating func familyUpdate(_ service: Service, old: Service) {
        if ServiceFields.isHeadless(old) || ServiceFields.isHeadless(service) { return }
        let before = old.spec.ipFamilies
        let after = service.spec.ipFamilies
        let message = "may not change once set"
        if before.count == after.count {
            for (index, family) in before.enumerated() where family != after[index] {
                invalid(.element("ipFamilies", 0), after, message)
            }
            return
        }
        if before.count > after.count, service.spec.clusterIPs.isEmpty {
            invalid(.element("ipFamilies", 0), after, "primary ipFamily can not be unset")
        }
        if let first = before.first, let now = after.first, first != now {
            invalid(.element("ipFamilies", 0), service.spec.clusterIPs, message)
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
