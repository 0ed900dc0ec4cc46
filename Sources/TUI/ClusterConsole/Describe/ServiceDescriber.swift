import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

extension DescribeWriter {
    mutating func describe(_ service: Service) {
        let spec = service.spec
        identity(service)
        labels("Labels", service.labels)
        annotations(service.annotations)
        field("Selector", DescribeWriter.orNone(spec.selector.map { "\($0.key)=\($0.value)" }.joined(separator: ",")))
        field("Type", spec.type ?? "")
        if let policy = spec.ipFamilyPolicy { field("IP Family Policy", policy) }
        field("IP Families", DescribeWriter.orNone(spec.ipFamilies.joined(separator: ",")))
        field("IP", spec.clusterIP ?? "")
        field("IPs", DescribeWriter.orNone(spec.clusterIPs.joined(separator: ",")))
        if !spec.externalIPs.isEmpty { field("External IPs", spec.externalIPs.joined(separator: ",")) }
        if let address = spec.loadBalancerIP, !address.isEmpty { field("Desired LoadBalancer IP", address) }
        if let name = spec.externalName, !name.isEmpty { field("External Name", name) }
        let ingress = (service.status.loadBalancer?.ingress ?? []).map { entry in
            guard let address = entry.ip, !address.isEmpty else { return entry.hostname ?? "" }
            return address + (entry.ipMode.map { " (\($0))" } ?? "")
        }
        if !ingress.isEmpty { field("LoadBalancer Ingress", ingress.joined(separator: ", ")) }
        for port in spec.ports {
            let name = port.name.flatMap { $0.isEmpty ? nil : $0 } ?? "<unset>"
            let transport = port.protocol ?? "TCP"
            line("Port:\t\(name)\t\(port.port)/\(transport)")
            if let target = port.targetPort { line("TargetPort:\t\(target.text)/\(transport)") }
            if let name = port.appProtocol { field("AppProtocol", name) }
            if let node = port.nodePort, node > 0 { line("NodePort:\t\(name)\t\(node)/\(transport)") }
            field("Endpoints", endpoints(service: service.name, namespace: service.namespace, port: port.name ?? ""))
        }
        field("Session Affinity", spec.sessionAffinity ?? "")
        if let policy = spec.externalTrafficPolicy { field("External Traffic Policy", policy) }
        if let policy = spec.internalTrafficPolicy { field("Internal Traffic Policy", policy) }
        if let port = spec.healthCheckNodePort, port > 0 { field("HealthCheck NodePort", "\(port)") }
        if !spec.loadBalancerSourceRanges.isEmpty {
            field("LoadBalancer Source Ranges", spec.loadBalancerSourceRanges.joined(separator: ","))
        }
        if let preference = spec.trafficDistribution { field("Traffic Distribution", preference) }
    }

    /// The ready addresses behind a Service's port; of more than three, the rest is counted.
    func endpoints(service: String, namespace: String, port name: String) -> String {
        var texts: [String] = []
        var count = 0
        var isMore = false
        var hasSlices = false
        func add(_ endpoint: Endpoint, port: Int?) {
            if texts.count == 3 { isMore = true }
            guard endpoint.conditions?.ready != false, let address = endpoint.addresses.first else { return }
            count += 1
            if isMore { return }
            guard let port else { return texts.append(address) }
            texts.append(address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)")
        }
        snapshot.objects.forEach(.endpointSlice, namespace: namespace) { object in
            guard object.metadata.labels[WellKnownLabel.serviceName] == service,
                let slice = object.as(EndpointSlice.self)
            else { return true }
            hasSlices = true
            // A headless Service can have no ports.
            if slice.ports.isEmpty { for endpoint in slice.endpoints { add(endpoint, port: nil) } }
            for port in slice.ports where (port.name ?? "") == name {
                for endpoint in slice.endpoints { add(endpoint, port: port.port ?? 0) }
            }
            return true
        }
        if !hasSlices { return "<none>" }
        return texts.joined(separator: ",") + (isMore ? " + \(count - 3) more..." : "")
    }

    mutating func describe(_ slice: EndpointSlice) {
        identity(slice)
        labels("Labels", slice.labels)
        annotations(slice.annotations)
        field("AddressType", slice.addressType)
        if slice.ports.isEmpty {
            line("Ports: <unset>")
        } else {
            line("Ports:")
            line("Name\tPort\tProtocol", indent: 1)
            line("----\t----\t--------", indent: 1)
            for port in slice.ports {
                let name = port.name.flatMap { $0.isEmpty ? nil : $0 } ?? "<unset>"
                line("\(name)\t\(port.port.map(String.init) ?? "<unset>")\t\(port.protocol ?? "TCP")", indent: 1)
            }
        }
        if slice.endpoints.isEmpty { return line("Endpoints: <none>") }
        line("Endpoints:")
        for endpoint in slice.endpoints {
            line("- Addresses:\t\(DescribeWriter.orNone(endpoint.addresses.joined(separator: ", ")))", indent: 1)
            line("Conditions:", indent: 2)
            field("Ready", endpoint.conditions?.ready.map { "\($0)" } ?? "<unset>", indent: 3)
            field("Hostname", endpoint.hostname ?? "<unset>", indent: 2)
            if let target = endpoint.targetRef {
                field("TargetRef", "\(target.kind ?? "")/\(target.name ?? "")", indent: 2)
            }
            field("NodeName", endpoint.nodeName ?? "<unset>", indent: 2)
            field("Zone", endpoint.zone ?? "<unset>", indent: 2)
        }
    }
}
