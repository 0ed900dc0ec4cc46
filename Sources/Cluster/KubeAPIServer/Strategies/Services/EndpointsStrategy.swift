import KubeAPI

/// Endpoints. Follows kubernetes pkg/registry/core/endpoint/strategy.go.
enum EndpointsStrategy: Strategy {
    static func setDefaults(_ endpoints: inout Endpoints) {
        for subset in endpoints.subsets.indices {
            for port in endpoints.subsets[subset].ports.indices
            where endpoints.subsets[subset].ports[port].protocol.isEmptyOrNil {
                endpoints.subsets[subset].ports[port].protocol = "TCP"
            }
        }
    }

    static func validate(_ endpoints: Endpoints) -> [FieldError] {
        Validator.errors { validator in
            validator.each("subsets", endpoints.subsets) { validator, subset, _ in
                if subset.addresses.isEmpty, subset.notReadyAddresses.isEmpty {
                    validator.required(.here, "must specify `addresses` or `notReadyAddresses`")
                }
                validator.each("addresses", subset.addresses) { validator, address, _ in
                    validator.endpointAddress(address)
                }
                validator.each("notReadyAddresses", subset.notReadyAddresses) { validator, address, _ in
                    validator.endpointAddress(address)
                }
                let needsName = subset.ports.count > 1
                validator.each("ports", subset.ports) { validator, port, _ in
                    validator.endpointPort(port, needsName: needsName)
                }
            }
        }
    }

    static func validateUpdate(_ endpoints: Endpoints, old: Endpoints) -> [FieldError] {
        endpoints.subsets == old.subsets ? [] : validate(endpoints)
    }

    static var allowsCreateOnUpdate: Bool { true }

    /// The controller's own objects hold what was mended already, and are not looked at.
    static func warnings(_ endpoints: Endpoints, old: Endpoints?) -> [String] {
        if endpoints.labels["endpoints.kubernetes.io/managed-by"] == "endpoint-controller" { return [] }
        return endpoints.subsets.enumerated().flatMap { index, subset in
            subset.addresses.enumerated().flatMap { number, address in
                AddressWarnings.of(address.ip, "subsets[\(index)].addresses[\(number)].ip")
            }
                + subset.notReadyAddresses.enumerated().flatMap { number, address in
                    AddressWarnings.of(address.ip, "subsets[\(index)].notReadyAddresses[\(number)].ip")
                }
        }
    }
}

extension Validator {
    fileprivate mutating func endpointAddress(_ address: EndpointAddress) {
        ip("ip", address.ip)
        if let name = address.hostname, !name.isEmpty { check("hostname", name, Validation.dns1123Label(name)) }
        if let name = address.nodeName { check("nodeName", name, Validation.dns1123Subdomain(name)) }
        nonSpecialIP("ip", address.ip)
    }

    fileprivate mutating func endpointPort(_ port: EndpointPort, needsName: Bool) {
        let name = port.name.text
        if needsName, name.isEmpty {
            required("name")
        } else if !name.isEmpty {
            check("name", name, Validation.dns1123Label(name))
        }
        check("port", port.port, Validation.portNumber(port.port))
        oneOf("protocol", port.protocol, ["SCTP", "TCP", "UDP"])
        if let appProtocol = port.appProtocol {
            check("appProtocol", appProtocol, Validation.qualifiedName(appProtocol))
        }
    }
}
