import KubeAPI

/// Services. Follows kubernetes pkg/registry/core/service/strategy.go, storage.go and pkg/apis/core/v1/defaults.go.
///
/// Addresses and ports are allocated by the registry, after `prepareForCreate` or `prepareForUpdate` and before
/// validation: a service that needs an address and has none is not valid.
enum ServiceStrategy: Strategy {
    static func setDefaults(_ service: inout Service) {
        if service.spec.sessionAffinity.isEmptyOrNil { service.spec.sessionAffinity = "None" }
        if service.spec.sessionAffinity == "None", service.spec.sessionAffinityConfig != nil {
            service.spec.sessionAffinityConfig = nil
        }
        if service.spec.sessionAffinity == "ClientIP",
            service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds == nil
        {
            var config = ClientIPConfig()
            config.timeoutSeconds = 10800
            service.spec.sessionAffinityConfig = SessionAffinityConfig()
            service.spec.sessionAffinityConfig?.clientIP = config
        }
        if service.spec.type.isEmptyOrNil { service.spec.type = "ClusterIP" }
        for index in service.spec.ports.indices {
            let port = service.spec.ports[index]
            if port.protocol.isEmptyOrNil { service.spec.ports[index].protocol = "TCP" }
            if port.targetPort == nil || port.targetPort == .int(0) || port.targetPort == .string("") {
                service.spec.ports[index].targetPort = .int(port.port)
            }
        }
        if isExternallyAccessible(service), service.spec.externalTrafficPolicy.isEmptyOrNil {
            service.spec.externalTrafficPolicy = "Cluster"
        }
        if service.spec.internalTrafficPolicy == nil, service.spec.type != "ExternalName" {
            service.spec.internalTrafficPolicy = "Cluster"
        }
        guard service.spec.type == "LoadBalancer" else { return }
        if service.spec.allocateLoadBalancerNodePorts == nil { service.spec.allocateLoadBalancerNodePorts = true }
        setAddressModes(&service)
    }

    /// What writes the status need not know of modes: addresses that are given without one are virtual.
    private static func setAddressModes(_ service: inout Service) {
        for (index, ingress) in (service.status.loadBalancer?.ingress ?? []).enumerated()
        where !ingress.ip.isEmptyOrNil && ingress.ipMode == nil {
            service.status.loadBalancer?.ingress[index].ipMode = "VIP"
        }
    }

    static func prepareForCreate(_ service: inout Service) {
        service.status = ServiceStatus()
    }

    static func prepareForUpdate(_ service: inout Service, old: Service) {
        service.status = old.status
        // Whoever gives up a balancer need not wait for it to be taken down.
        if service.spec.type != "LoadBalancer", service.status.loadBalancer?.ingress.isEmpty == false {
            service.status.loadBalancer = LoadBalancerStatus()
        }
    }

    static func prepareForStatusUpdate(_ service: inout Service, old: Service) {
        service.spec = old.spec
        if service.spec.type == "LoadBalancer" { setAddressModes(&service) }
    }

    static func validate(_ service: Service) -> [FieldError] { Validator.errors { $0.service(service) } }

    static func validateUpdate(_ service: Service, old: Service) -> [FieldError] {
        if service.spec == old.spec, service.annotations == old.annotations { return [] }
        return Validator.errors { validator in
            validator.serviceUpdate(service, old: old)
            validator.service(service)
        }
    }

    static func validateStatusUpdate(_ service: Service, old: Service) -> [FieldError] {
        Validator.errors { $0.loadBalancerStatus(service) }
    }

    /// They may begin with a digit since RelaxedServiceNameValidation is on by default, in 1.36 (KEP-5311).
    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsDNSLabel(name, isPrefix)
    }

    static var allowsCreateOnUpdate: Bool { true }

    static func warnings(_ service: Service, old: Service?) -> [String] {
        ServiceWarnings.of(service)
    }

    /// Whether clients outside the cluster can reach it.
    static func isExternallyAccessible(_ service: Service) -> Bool {
        service.spec.type == "LoadBalancer" || service.spec.type == "NodePort"
            || service.spec.type == "ClusterIP" && !service.spec.externalIPs.isEmpty
    }
}
