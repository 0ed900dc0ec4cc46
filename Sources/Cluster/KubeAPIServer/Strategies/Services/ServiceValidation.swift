import KubeAPI

// Services. Follows kubernetes pkg/apis/core/validation/validation.go `ValidateService`.

extension Validator {
    mutating func service(_ service: Service) {
        let spec = service.spec
        let type = spec.type.text
        field("metadata") { $0.serviceAnnotations(service) }
        field("spec") { validator in
            validator.serviceType(service)
            validator.servicePorts(service)
            validator.labels("selector", spec.selector)
            validator.sessionAffinity(spec)
            validator.clusterIPs(service)
            for (index, address) in spec.externalIPs.enumerated() {
                let before = validator.errors.count
                validator.ip(.element("externalIPs", index), address)
                if validator.errors.count == before { validator.nonSpecialIP(.element("externalIPs", index), address) }
            }
            validator.oneOf("type", spec.type, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])
            validator.portConflicts(spec)
            validator.loadBalancerFields(spec)
            validator.loadBalancerClass(spec)
            validator.trafficPolicies(service)
            if let distribution = spec.trafficDistribution {
                let supported = ["PreferClose", "PreferSameZone", "PreferSameNode"]
                if !supported.contains(distribution) {
                    validator.notSupported("trafficDistribution", distribution, supported)
                }
            }
        }
        if type == "LoadBalancer", spec.allocateLoadBalancerNodePorts == nil {
            required("allocateLoadBalancerNodePorts")
        }
    }

    /// Old annotations for what are fields now, and two for one thing. Standing on the metadata.
    private mutating func serviceAnnotations(_ service: Service) {
        if service.annotations.isEmpty { return }
        let hints = "service.kubernetes.io/topology-aware-hints"
        let mode = "service.kubernetes.io/topology-mode"
        if let value = service.annotations[mode], let other = service.annotations[hints], value != other {
            invalid(.entry("annotations", mode), value, "must match annotations[\(hints)] when both are specified")
        }
        let ranges = "service.beta.kubernetes.io/load-balancer-source-ranges"
        guard service.spec.loadBalancerSourceRanges.isEmpty, let value = service.annotations[ranges] else { return }
        let place = Place.entry("annotations", ranges)
        if service.spec.type != "LoadBalancer" { forbidden(place, "may only be used when `type` is 'LoadBalancer'") }
        if value.isBlank { return }
        for range in value.split(separator: ",", omittingEmptySubsequences: false) {
            cidr(place, String(range.trimmed))
        }
    }

    private mutating func serviceType(_ service: Service) {
        let spec = service.spec
        let isHeadless = ServiceFields.isHeadless(service)
        if spec.ports.isEmpty, !isHeadless, spec.type != "ExternalName" { required("ports") }
        switch spec.type.text {
        case "LoadBalancer", "NodePort":
            if isHeadless {
                invalid(.element("clusterIPs", 0), "None", "may not be set to 'None' for \(spec.type.text) services")
            }
        case "ExternalName":
            let reason = "may not be set for ExternalName services"
            if !spec.clusterIPs.isEmpty { forbidden("clusterIPs", reason) }
            if !spec.ipFamilies.isEmpty { forbidden("ipFamilies", reason) }
            if spec.ipFamilyPolicy != nil { forbidden("ipFamilyPolicy", reason) }
            let name = spec.externalName.text
            let domain = name.hasSuffix(".") ? String(name.dropLast()) : name
            if domain.isEmpty {
                required("externalName")
            } else {
                check("externalName", domain, Validation.dns1123Subdomain(domain))
            }
        default: break
        }
    }

    // MARK: Ports

    private mutating func servicePorts(_ service: Service) {
        var names: [String] = []
        let needsName = service.spec.ports.count > 1
        each("ports", service.spec.ports) { validator, port, _ in
            let name = port.name.text
            if needsName, name.isEmpty {
                validator.required("name")
            } else if !name.isEmpty {
                validator.check("name", name, Validation.dns1123Label(name))
                if names.contains(name) { validator.duplicate("name", name) } else { names.append(name) }
            }
            validator.check("port", port.port, Validation.portNumber(port.port))
            validator.oneOf("protocol", port.protocol, ["SCTP", "TCP", "UDP"])
            validator.portNumberOrName("targetPort", port.targetPort ?? .int(0))
            if let appProtocol = port.appProtocol {
                validator.check("appProtocol", appProtocol, Validation.qualifiedName(appProtocol))
            }
        }
    }

    private mutating func portConflicts(_ spec: ServiceSpec) {
        if spec.type == "ClusterIP" {
            for (index, port) in spec.ports.enumerated() where port.nodePort ?? 0 != 0 {
                forbidden(
                    .elementField("ports", index, "nodePort"), "may not be used when `type` is 'ClusterIP'")
            }
        }
        for (index, port) in spec.ports.enumerated() {
            guard let nodePort = port.nodePort, nodePort != 0 else { continue }
            if spec.ports[..<index].contains(where: { $0.nodePort == nodePort && $0.protocol == port.protocol }) {
                duplicate(.elementField("ports", index, "nodePort"), nodePort)
            }
        }
        for (index, port) in spec.ports.enumerated()
        where spec.ports[..<index].contains(where: { $0.port == port.port && $0.protocol == port.protocol }) {
            var key = ServicePort()
            key.protocol = port.protocol
            key.port = port.port
            duplicate(.element("ports", index), key)
        }
    }

    // MARK: Affinity

    private mutating func sessionAffinity(_ spec: ServiceSpec) {
        oneOf("sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"])
        if spec.sessionAffinity == "None" {
            if spec.sessionAffinityConfig != nil {
                forbidden("sessionAffinityConfig", "must not be set when session affinity is None")
            }
            return
        }
        guard spec.sessionAffinity == "ClientIP" else { return }
        let reason = "when session affinity type is ClientIP"
        guard let config = spec.sessionAffinityConfig else { return required("sessionAffinityConfig", reason) }
        field("sessionAffinityConfig") { validator in
            guard let clientIP = config.clientIP else { return validator.required("clientIP", reason) }
            guard let seconds = clientIP.timeoutSeconds else {
                return validator.required(.grandchild("clientIP", "timeoutSeconds"), reason)
            }
            if seconds <= 0 || seconds > 86400 {
                validator.invalid(
                    .grandchild("clientIP", "timeoutSeconds"), seconds, "must be greater than 0 and less than 86400")
            }
        }
    }

    // MARK: Addresses

    /// The addresses and their families. Standing on the spec.
    mutating func clusterIPs(_ service: Service) {
        let spec = service.spec
        if spec.type == "ExternalName" { return }
        let address = spec.clusterIP.text
        if !address.isEmpty {
            if spec.clusterIPs.isEmpty {
                required("clusterIPs")
            } else if spec.clusterIPs[0] != address {
                invalid("clusterIPs", spec.clusterIPs, "first value must match `clusterIP`")
            }
        } else if !spec.clusterIPs.isEmpty {
            invalid("clusterIPs", spec.clusterIPs, "must be empty when `clusterIP` is not specified")
        }
        for (index, family) in spec.ipFamilies.enumerated() {
            if !["IPv4", "IPv6"].contains(family) {
                notSupported(.element("ipFamilies", index), family, ["IPv4", "IPv6"])
            }
            if spec.ipFamilies[..<index].contains(family) { duplicate(.element("ipFamilies", index), family) }
        }
        let policies = ["PreferDualStack", "RequireDualStack", "SingleStack"]
        if let policy = spec.ipFamilyPolicy, !policies.contains(policy) {
            notSupported("ipFamilyPolicy", policy, policies)
        }
        var hasInvalid = false
        for (index, address) in spec.clusterIPs.enumerated() {
            if index == 0, address == "None" {
                if spec.clusterIPs.count > 1 {
                    hasInvalid = true
                    invalid("clusterIPs", spec.clusterIPs, "'None' must be the first and only value")
                }
                continue
            }
            let before = errors.count
            ip(.element("clusterIPs", index), address)
            hasInvalid = hasInvalid || errors.count > before
        }
        if spec.clusterIPs.count > 2 { invalid("clusterIPs", spec.clusterIPs, "may only hold up to 2 values") }
        if hasInvalid || ServiceFields.isHeadless(service) { return }
        addressFamilies(spec)
    }

    private mutating func addressFamilies(_ spec: ServiceSpec) {
        let isIPv6 = spec.clusterIPs.map { IPAddressValue($0)?.isIPv6 ?? false }
        if isIPv6.count > 1, Set(isIPv6).count < 2 {
            invalid("clusterIPs", spec.clusterIPs, "may specify no more than one IP for each IP family")
        }
        for (index, address) in spec.clusterIPs.enumerated() where index < spec.ipFamilies.count {
            let family = spec.ipFamilies[index]
            if family == "IPv4" && isIPv6[index] || family == "IPv6" && !isIPv6[index] {
                invalid(
                    .element("clusterIPs", index), address,
                    "expected an \(family) value as indicated by `ipFamilies[\(index)]`")
            }
        }
    }

    // MARK: Load balancers and traffic

    private mutating func loadBalancerFields(_ spec: ServiceSpec) {
        if !spec.loadBalancerSourceRanges.isEmpty {
            // Upstream writes this name with a capital.
            if spec.type != "LoadBalancer" {
                forbidden("LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'")
            }
            for (index, range) in spec.loadBalancerSourceRanges.enumerated() {
                cidr(.element("LoadBalancerSourceRanges", index), String(range.trimmed))
            }
        }
        if spec.allocateLoadBalancerNodePorts != nil, spec.type != "LoadBalancer" {
            forbidden("allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'")
        }
    }

    private mutating func loadBalancerClass(_ spec: ServiceSpec) {
        guard let name = spec.loadBalancerClass else { return }
        if spec.type == "LoadBalancer" {
            check("loadBalancerClass", name, Validation.qualifiedName(name))
        } else {
            forbidden("loadBalancerClass", "may only be used when `type` is 'LoadBalancer'")
        }
    }

    private mutating func trafficPolicies(_ service: Service) {
        let spec = service.spec
        let policy = spec.externalTrafficPolicy.text
        if ServiceStrategy.isExternallyAccessible(service) {
            oneOf("externalTrafficPolicy", policy, ["Cluster", "Local"])
        } else if !policy.isEmpty {
            invalid("externalTrafficPolicy", policy, "may only be set for externally-accessible services")
        }
        let port = spec.healthCheckNodePort ?? 0
        if !ServiceFields.needsHealthCheckNodePort(service) {
            if port != 0 {
                invalid(
                    "healthCheckNodePort", port,
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
            }
        } else if port == 0 {
            required("healthCheckNodePort")
        } else {
            check("healthCheckNodePort", port, Validation.portNumber(port))
        }
        if let policy = spec.internalTrafficPolicy {
            oneOf("internalTrafficPolicy", policy, ["Cluster", "Local"])
        } else if ["NodePort", "LoadBalancer", "ClusterIP"].contains(spec.type.text) {
            required("internalTrafficPolicy")
        }
    }

    mutating func loadBalancerStatus(_ service: Service) {
        let ingress = service.status.loadBalancer?.ingress ?? []
        field("status", "loadBalancer") { validator in
            if service.spec.type != "LoadBalancer", !ingress.isEmpty {
                return validator.forbidden("ingress", "may only be used when `spec.type` is 'LoadBalancer'")
            }
            validator.each("ingress", ingress) { validator, entry, _ in
                let address = entry.ip.text
                if !address.isEmpty { validator.ip("ip", address) }
                if let mode = entry.ipMode {
                    if address.isEmpty {
                        validator.forbidden("ipMode", "may not be specified when `ip` is not set")
                    } else if !["Proxy", "VIP"].contains(mode) {
                        validator.notSupported("ipMode", mode, ["Proxy", "VIP"])
                    }
                } else if !address.isEmpty {
                    validator.required("ipMode", "must be specified when `ip` is set")
                }
                if let name = entry.hostname, !name.isEmpty {
                    validator.check("hostname", name, Validation.dns1123Subdomain(name))
                    if IPAddressValue(name) != nil {
                        validator.invalid("hostname", name, "must be a DNS name, not an IP address")
                    }
                }
            }
        }
    }
}
