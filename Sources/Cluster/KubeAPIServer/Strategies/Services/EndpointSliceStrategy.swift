import KubeAPI

/// EndpointSlices. Follows kubernetes pkg/registry/discovery/endpointslice/strategy.go and
/// pkg/apis/discovery/validation/validation.go. Their generation is the registry's.
enum EndpointSliceStrategy: Strategy {
    private static let addressTypes = ["FQDN", "IPv4", "IPv6"]

    static func setDefaults(_ slice: inout EndpointSlice) {
        for index in slice.ports.indices {
            if slice.ports[index].name == nil { slice.ports[index].name = "" }
            if slice.ports[index].protocol == nil { slice.ports[index].protocol = "TCP" }
        }
    }

    static func validate(_ slice: EndpointSlice) -> [FieldError] {
        Validator.errors { validator in
            validator.oneOf("addressType", slice.addressType, addressTypes)
            validator.endpoints(slice)
            validator.slicePorts(slice.ports)
        }
    }

    static func validateUpdate(_ slice: EndpointSlice, old: EndpointSlice) -> [FieldError] {
        let errors =
            slice.endpoints == old.endpoints && slice.ports == old.ports && slice.addressType == old.addressType
            ? [] : validate(slice)
        return errors
            + Validator.errors { $0.immutable("addressType", slice.addressType, old: old.addressType) }
    }

    /// Slices of the controllers have no addresses to warn of, and are not looked through.
    static func warnings(_ slice: EndpointSlice, old: EndpointSlice?) -> [String] {
        var warnings: [String] = []
        if old == nil, slice.addressType == "FQDN" {
            warnings.append("spec.addressType: FQDN endpoints are deprecated")
        }
        if let manager = slice.metadata.labels["endpointslice.kubernetes.io/managed-by"],
            controllers.contains(manager)
        {
            return warnings
        }
        for (index, endpoint) in slice.endpoints.enumerated() {
            for (place, address) in endpoint.addresses.enumerated() {
                warnings += AddressWarnings.of(address, "endpoints[\(index)].addresses[\(place)]")
            }
        }
        return warnings
    }

    private static let controllers = ["endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"]
}

extension Validator {
    fileprivate mutating func endpoints(_ slice: EndpointSlice) {
        if slice.endpoints.count > 1000 { return tooMany("endpoints", actual: slice.endpoints.count, maximum: 1000) }
        each("endpoints", slice.endpoints) { validator, endpoint, _ in
            if endpoint.addresses.isEmpty {
                validator.required("addresses", "must contain at least 1 address")
            } else if endpoint.addresses.count > 100 {
                validator.tooMany("addresses", actual: endpoint.addresses.count, maximum: 100)
            }
            for (index, address) in endpoint.addresses.enumerated() {
                validator.sliceAddress(.element("addresses", index), address, slice.addressType)
            }
            if endpoint.deprecatedTopology.count > 16 {
                validator.tooMany("deprecatedTopology", actual: endpoint.deprecatedTopology.count, maximum: 16)
            }
            validator.labels("deprecatedTopology", endpoint.deprecatedTopology)
            if let name = endpoint.nodeName { validator.check("nodeName", name, Validation.dns1123Subdomain(name)) }
            if let zone = endpoint.zone, zone.utf8.count > 63 || !Validation.labelValue(zone).isEmpty {
                validator.check("zone", zone, Validation.labelValue(zone))
            }
            if let name = endpoint.hostname { validator.check("hostname", name, Validation.dns1123Label(name)) }
            if let hints = endpoint.hints { validator.field("hints") { $0.hints(hints) } }
        }
    }

    private static let mostHints = 8

    private mutating func hints(_ hints: EndpointHints) {
        let most = Validator.mostHints
        if hints.forZones.count > most {
            return tooMany("forZones", actual: hints.forZones.count, maximum: most)
        }
        hintNames("forZones", hints.forZones.map(\.name), Validation.labelValue)
        if hints.forNodes.count > most {
            return tooMany("forNodes", actual: hints.forNodes.count, maximum: most)
        }
        hintNames("forNodes", hints.forNodes.map(\.name)) { Validation.dns1123Subdomain($0) }
    }

    private mutating func hintNames(_ list: String, _ names: [String], _ messages: (String) -> [String]) {
        for (index, name) in names.enumerated() {
            let place = Place.elementField(list, index, "name")
            if names[..<index].contains(name) { duplicate(place, name) }
            check(place, name, messages(name))
        }
    }

    private mutating func sliceAddress(_ place: Place, _ address: String, _ type: String) {
        switch type {
        case "IPv4":
            if IPAddressValue(address)?.isIPv6 != false {
                invalid(place, address, "must be a valid IPv4 address")
            } else {
                nonSpecialIP(place, address)
            }
        case "IPv6":
            if IPAddressValue(address)?.isIPv6 != true {
                invalid(place, address, "must be a valid IPv6 address")
            } else {
                nonSpecialIP(place, address)
            }
        case "FQDN":
            append(Validation.fullyQualifiedDomainName(address, path(place)))
        default: break
        }
    }

    fileprivate mutating func slicePorts(_ ports: [DiscoveryEndpointPort]) {
        if ports.count > 20000 { return tooMany("ports", actual: ports.count, maximum: 20000) }
        var names: [String] = []
        each("ports", ports) { validator, port, _ in
            let name = port.name.text
            if !name.isEmpty { validator.check("name", name, Validation.dns1123Label(name)) }
            if names.contains(name) { validator.duplicate("name", name) } else { names.append(name) }
            validator.oneOf("protocol", port.protocol, ["SCTP", "TCP", "UDP"])
            if let appProtocol = port.appProtocol {
                validator.check("appProtocol", appProtocol, Validation.qualifiedName(appProtocol))
            }
            if let number = port.port { validator.check("port", number, Validation.portNumber(number)) }
        }
    }
}
