import KubeAPI

// Services and networks. Follows kubernetes pkg/printers/internalversion/printers.go.

enum ServicePrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Type"), TableColumn("Cluster-IP"), TableColumn("External-IP"), TableColumn("Port(s)"), .age,
        .selector,
    ]

    static func cells(_ service: Service) -> [Cell] {
        [
            service.nameCell, .text(service.spec.type.text),
            .text(service.spec.clusterIPs.first ?? service.spec.clusterIP, or: PrinterTexts.none),
            .text(externalIP(service)), .text(ports(service), or: PrinterTexts.none), service.ageCell,
            PrinterTexts.labels(service.spec.selector),
        ]
    }

    private static func externalIP(_ service: Service) -> String {
        let external = service.spec.externalIPs
        switch service.spec.type.text {
        case "ClusterIP", "NodePort": return external.isEmpty ? PrinterTexts.none : external.joined(separator: ",")
        case "LoadBalancer":
            let ingress = (service.status.loadBalancer?.ingress ?? []).map { (ip: $0.ip, hostname: $0.hostname) }
            let balancers = PrinterTexts.addresses(ingress)
            let all = (balancers.isEmpty ? [] : [balancers]) + external
            return all.isEmpty ? "<pending>" : all.joined(separator: ",")
        case "ExternalName": return service.spec.externalName.text
        default: return "<unknown>"
        }
    }

    /// As in `80/TCP`, or `80:30080/TCP` with a node port.
    private static func ports(_ service: Service) -> String {
        let texts = service.spec.ports.map { port in
            let nodePort = port.nodePort ?? 0
            return nodePort > 0
                ? "\(port.port):\(nodePort)/\(port.protocol.text)" : "\(port.port)/\(port.protocol.text)"
        }
        return texts.joined(separator: ",")
    }
}

enum EndpointsPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Endpoints"), .age]

    static func cells(_ endpoints: Endpoints) -> [Cell] {
        var addresses: [String] = []
        for subset in endpoints.subsets {
            // A subset without ports belongs to a headless service.
            if subset.ports.isEmpty { addresses += subset.addresses.map(\.ip) }
            for port in subset.ports {
                for address in subset.addresses {
                    let host = address.ip.contains(":") ? "[\(address.ip)]" : address.ip
                    addresses.append("\(host):\(port.port)")
                }
            }
        }
        return [
            endpoints.nameCell, .text(PrinterTexts.first(3, of: addresses, none: PrinterTexts.none)), endpoints.ageCell,
        ]
    }
}

enum EndpointSlicePrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("AddressType"), TableColumn("Ports"), TableColumn("Endpoints"), .age,
    ]

    static func cells(_ slice: EndpointSlice) -> [Cell] {
        let ports = slice.ports.map { $0.port.map { String($0) } ?? "*" }
        return [
            slice.nameCell, .text(slice.addressType),
            .text(PrinterTexts.first(3, of: ports, none: PrinterTexts.unset)),
            .text(PrinterTexts.first(3, of: slice.endpoints.flatMap(\.addresses), none: PrinterTexts.unset)),
            slice.ageCell,
        ]
    }
}

enum IngressPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Class"), TableColumn("Hosts"), TableColumn("Address"), TableColumn("Ports"), .age,
    ]

    static func cells(_ ingress: Ingress) -> [Cell] {
        let hosts = ingress.spec.rules.map { $0.host.text }.filter { !$0.isEmpty }
        let balancers = (ingress.status.loadBalancer?.ingress ?? []).map { (ip: $0.ip, hostname: $0.hostname) }
        return [
            ingress.nameCell, .text(ingress.spec.ingressClassName, or: PrinterTexts.none),
            .text(PrinterTexts.first(3, of: hosts, none: "*")), .text(PrinterTexts.addresses(balancers)),
            .text(ingress.spec.tls.isEmpty ? "80" : "80, 443"), ingress.ageCell,
        ]
    }
}

enum IngressClassPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Controller"), TableColumn("Parameters"), .age]

    static func cells(_ ingressClass: IngressClass) -> [Cell] {
        var parameters = PrinterTexts.none
        if let reference = ingressClass.spec.parameters {
            let group = reference.apiGroup.isEmptyOrNil ? "" : "." + reference.apiGroup.text
            parameters = reference.kind + group + "/" + reference.name
        }
        return [
            ingressClass.nameCell, .text(ingressClass.spec.controller.text), .text(parameters), ingressClass.ageCell,
        ]
    }
}

enum NetworkPolicyPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Pod-Selector"), .age]

    static func cells(_ policy: NetworkPolicy) -> [Cell] {
        [policy.nameCell, PrinterTexts.selector(policy.spec.podSelector ?? LabelSelector()), policy.ageCell]
    }
}

enum ServiceCIDRPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("CIDRs"), .age]

    static func cells(_ range: ServiceCIDR) -> [Cell] {
        [range.nameCell, .text(range.spec.cidrs.joined(separator: ",")), range.ageCell]
    }
}

enum IPAddressPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("ParentRef")]

    static func cells(_ address: IPAddress) -> [Cell] {
        guard let parent = address.spec.parentRef else { return [address.nameCell, .text(PrinterTexts.none)] }
        var text = parent.group.isEmptyOrNil ? parent.resource : parent.resource + "." + parent.group.text
        if let namespace = parent.namespace, !namespace.isEmpty { text += "/" + namespace }
        return [address.nameCell, .text(text + "/" + parent.name)]
    }
}
