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
        if !spec.ipFamilies.isEmpty { field("IP Families", spec.ipFamilies.joined(separator: ",")) }
        field("IP", spec.clusterIP ?? "")
        if !spec.clusterIPs.isEmpty { field("IPs", spec.clusterIPs.joined(separator: ",")) }
        if !spec.externalIPs.isEmpty { field("External IPs", spec.externalIPs.joined(separator: ",")) }
        if let address = spec.loadBalancerIP, !address.isEmpty { field("Desired LoadBalancer IP", address) }
        if let name = spec.externalName, !name.isEmpty { field("External Name", name) }
        let ingress = (service.status.loadBalancer?.ingress ?? []).compactMap { $0.ip ?? $0.hostname }
        if !ingress.isEmpty { field("LoadBalancer Ingress", ingress.joined(separator: ", ")) }
        for port in spec.ports {
            let name = port.name.flatMap { $0.isEmpty ? nil : $0 } ?? "<unset>"
            let transport = port.protocol ?? "TCP"
            line("Port:\t\(name)\t\(port.port)/\(transport)")
            if let target = port.targetPort { line("TargetPort:\t\(target.text)/\(transport)") }
            if let node = port.nodePort, node > 0 { line("NodePort:\t\(name)\t\(node)/\(transport)") }
            field("Endpoints", endpoints(of: service, port: port))
        }
        field("Session Affinity", spec.sessionAffinity ?? "")
        if let policy = spec.externalTrafficPolicy { field("External Traffic Policy", policy) }
        if let policy = spec.internalTrafficPolicy { field("Internal Traffic Policy", policy) }
        if let port = spec.healthCheckNodePort, port > 0 { field("HealthCheck NodePort", "\(port)") }
        if !spec.loadBalancerSourceRanges.isEmpty {
            field("LoadBalancer Source Ranges", spec.loadBalancerSourceRanges.joined(separator: ","))
        }
    }

    /// The ready addresses behind a port; of more than three, the rest is counted.
    private func endpoints(of service: Service, port: ServicePort) -> String {
        var texts: [String] = []
        var more = 0
        snapshot.objects.forEach(.endpointSlice, namespace: service.namespace) { object in
            guard object.metadata.labels["kubernetes.io/service-name"] == service.name,
                let slice = object.as(EndpointSlice.self)
            else { return true }
            for entry in slice.ports where (entry.name ?? "") == (port.name ?? "") {
                for endpoint in slice.endpoints where endpoint.conditions?.ready != false {
                    for address in endpoint.addresses {
                        if texts.count == 3 { more += 1 } else { texts.append("\(address):\(entry.port ?? 0)") }
                    }
                }
            }
            return true
        }
        let text = texts.joined(separator: ",")
        return more > 0 ? "\(text) + \(more) more..." : text
    }

    mutating func describe(_ slice: EndpointSlice) {
        identity(slice)
        labels("Labels", slice.labels)
        annotations(slice.annotations)
        field("AddressType", slice.addressType)
        if slice.ports.isEmpty {
            line("Ports:\t<unset>")
        } else {
            line("Ports:")
            line("Name\tPort\tProtocol", indent: 1)
            line("----\t----\t--------", indent: 1)
            for port in slice.ports {
                let name = port.name.flatMap { $0.isEmpty ? nil : $0 } ?? "<unset>"
                line("\(name)\t\(port.port.map(String.init) ?? "<unset>")\t\(port.protocol ?? "TCP")", indent: 1)
            }
        }
        if slice.endpoints.isEmpty { return line("Endpoints:\t<none>") }
        line("Endpoints:")
        for endpoint in slice.endpoints {
            line("- Addresses:\t\(DescribeWriter.orNone(endpoint.addresses.joined(separator: ",")))", indent: 1)
            line("Conditions:", indent: 2)
            for (name, value) in [
                ("Ready", endpoint.conditions?.ready), ("Serving", endpoint.conditions?.serving),
                ("Terminating", endpoint.conditions?.terminating),
            ] { if name == "Ready" || value != nil { field(name, value.map { "\($0)" } ?? "<unset>", indent: 3) } }
            field("Hostname", endpoint.hostname ?? "<unset>", indent: 2)
            if let target = endpoint.targetRef {
                field("TargetRef", "\(target.kind ?? "")/\(target.name ?? "")", indent: 2)
            }
            field("NodeName", endpoint.nodeName ?? "<unset>", indent: 2)
            field("Zone", endpoint.zone ?? "<unset>", indent: 2)
        }
    }

    mutating func describe(_ namespace: Namespace) {
        identity(namespace, isNamespaced: false)
        labels("Labels", namespace.labels)
        annotations(namespace.annotations)
        field("Status", namespace.status.phase ?? "")
        if !namespace.status.conditions.isEmpty {
            line("Conditions:")
            line("Type\tStatus\tLastTransitionTime\tReason\tMessage", indent: 1)
            line("----\t------\t------------------\t------\t-------", indent: 1)
            for condition in namespace.status.conditions {
                line(
                    "\(condition.type)\t\(condition.status)\t\(condition.lastTransitionTime?.rfc1123 ?? "")\t"
                        + "\(condition.reason ?? "")\t\(condition.message ?? "")", indent: 1)
            }
        }
        line("")
        let quotas = snapshot.objects.list(ResourceQuota.self, namespace: namespace.name)
        line(quotas.isEmpty ? "No resource quota." : "Resource Quotas")
        for quota in quotas {
            field("Name", quota.name, indent: 1)
            for (name, hard) in quota.spec.hard {
                line("\(name)\t\(quota.status.used[name]?.text ?? "0")\t\(hard.text)", indent: 1)
            }
        }
        line("")
        line(
            snapshot.objects.count(.limitRange, namespace: namespace.name) == 0
                ? "No LimitRange resource." : "Resource Limits are set by LimitRange objects.")
    }
}
