import KubeAPI
import KubeClient

extension DescribeWriter {
    mutating func describe(_ ingress: Ingress) {
        let spec = ingress.spec
        field("Name", ingress.name)
        labels("Labels", ingress.labels)
        field("Namespace", ingress.namespace)
        let addresses = (ingress.status.loadBalancer?.ingress ?? []).compactMap { entry in
            [entry.ip, entry.hostname].compactMap { $0 }.first { !$0.isEmpty }
        }
        field("Address", Set(addresses).sorted(by: precedesUTF8).joined(separator: ","))
        field("Ingress Class", spec.ingressClassName ?? "<none>")
        let fallback = spec.defaultBackend.map { text($0, namespace: ingress.namespace) } ?? "<default>"
        field("Default backend", fallback)
        if !spec.tls.isEmpty { line("TLS:") }
        for entry in spec.tls {
            let hosts = entry.hosts.joined(separator: ",")
            let secret = entry.secretName ?? ""
            line(secret.isEmpty ? "SNI routes \(hosts)" : "\(secret) terminates \(hosts)", indent: 1)
        }
        line("Rules:")
        line("Host\tPath\tBackends", indent: 1)
        line("----\t----\t--------", indent: 1)
        let rules = spec.rules.filter { $0.http != nil }
        if rules.isEmpty { line("*\t*\t\(fallback)", indent: 1) }
        for rule in rules {
            line("\(rule.host.flatMap { $0.isEmpty ? nil : $0 } ?? "*")\t", indent: 1)
            for path in rule.http?.paths ?? [] {
                line("\t\(path.path ?? "") \t\(text(path.backend, namespace: ingress.namespace))", indent: 2)
            }
        }
        annotations(ingress.annotations)
    }

    private func text(_ backend: IngressBackend, namespace: String) -> String {
        if let target = backend.service {
            let number = target.port?.number ?? 0
            let name = target.port?.name ?? ""
            let text = "\(target.name):\(number != 0 ? "\(number)" : name)"
            guard let service = snapshot.objects.get(Service.self, namespace: namespace, name: target.name) else {
                return "\(text) (<error: services \"\(target.name)\" not found>)"
            }
            let port = service.spec.ports.last { port in
                number != 0 && port.port == number || !name.isEmpty && port.name == name
            }
            let endpoints = endpoints(service: target.name, namespace: namespace, port: port?.name ?? "")
            return "\(text) (\(endpoints))"
        }
        guard let resource = backend.resource else { return "" }
        return "APIGroup: \(resource.apiGroup ?? "<none>"), Kind: \(resource.kind), Name: \(resource.name)"
    }

    mutating func describe(_ ingressClass: IngressClass) {
        identity(ingressClass, isNamespaced: false)
        labels("Labels", ingressClass.labels)
        annotations(ingressClass.annotations)
        field("Controller", ingressClass.spec.controller ?? "")
        guard let parameters = ingressClass.spec.parameters else { return }
        line("Parameters:")
        if let group = parameters.apiGroup { field("APIGroup", group, indent: 1) }
        field("Kind", parameters.kind, indent: 1)
        field("Name", parameters.name, indent: 1)
    }

    mutating func describe(_ endpoints: Endpoints) {
        identity(endpoints)
        labels("Labels", endpoints.labels)
        annotations(endpoints.annotations)
        line("Subsets:")
        for subset in endpoints.subsets {
            func text(_ addresses: [EndpointAddress]) -> String {
                DescribeWriter.orNone(addresses.map(\.ip).joined(separator: ","))
            }
            field("Addresses", text(subset.addresses), indent: 1)
            field("NotReadyAddresses", text(subset.notReadyAddresses), indent: 1)
            if !subset.ports.isEmpty {
                line("Ports:", indent: 1)
                line("Name\tPort\tProtocol", indent: 2)
                line("----\t----\t--------", indent: 2)
            }
            for port in subset.ports {
                let name = port.name.flatMap { $0.isEmpty ? nil : $0 } ?? "<unset>"
                line("\(name)\t\(port.port)\t\(port.protocol ?? "TCP")", indent: 2)
            }
            line("")
        }
    }

    mutating func describe(_ range: ServiceCIDR) {
        identity(range, isNamespaced: false)
        labels("Labels", range.labels)
        annotations(range.annotations)
        field("CIDRs", range.spec.cidrs.joined(separator: ", "))
        if range.status.conditions.isEmpty { return }
        line("Status:")
        line("Conditions:")
        line("Type\tStatus\tLastTransitionTime\tReason\tMessage", indent: 1)
        line("----\t------\t------------------\t------\t-------", indent: 1)
        for condition in range.status.conditions {
            let columns = [
                condition.type, condition.status, condition.lastTransitionTime.rfc1123, condition.reason,
                condition.message,
            ]
            line(columns.joined(separator: "\t"), indent: 1)
        }
    }

    mutating func describe(_ address: IPAddress) {
        identity(address, isNamespaced: false)
        labels("Labels", address.labels)
        annotations(address.annotations)
        guard let parent = address.spec.parentRef else { return }
        line("Parent Reference:")
        field("Group", parent.group ?? "", indent: 1)
        field("Resource", parent.resource, indent: 1)
        field("Namespace", parent.namespace ?? "", indent: 1)
        field("Name", parent.name, indent: 1)
    }
}
