import ClusterCore
import KubeAPI
import KubeClient

/// A pod as an endpoint of a service. Follows kubernetes `endpointslice` `utils.go` (podToEndpoint, getEndpointPorts).
enum PodEndpoint {
    /// A change that cannot alter any endpoint of the pod.
    static func isUnaffected(_ old: Pod, _ new: Pod) -> Bool {
        old.status.podIP == new.status.podIP && old.isReady == new.isReady && old.status.phase == new.status.phase
            && (old.metadata.deletionTimestamp == nil) == (new.metadata.deletionTimestamp == nil)
            && old.spec.nodeName == new.spec.nodeName && old.metadata.labels == new.metadata.labels
    }

    /// Finished pods and pods without an address are no endpoints.
    static func isEligible(_ pod: Pod) -> Bool {
        pod.status.phase != "Succeeded" && pod.status.phase != "Failed" && pod.status.podIP?.isEmpty == false
    }

    static func endpoint(_ pod: Pod, of service: Service, zone: String?) -> Endpoint {
        let isServing = pod.isReady
        let isTerminating = pod.metadata.deletionTimestamp != nil
        var conditions = EndpointConditions()
        conditions.ready = service.spec.publishNotReadyAddresses == true || isServing && !isTerminating
        conditions.serving = isServing
        conditions.terminating = isTerminating
        var endpoint = Endpoint()
        endpoint.addresses = [pod.status.podIP ?? ""]
        endpoint.conditions = conditions
        endpoint.nodeName = pod.spec.nodeName
        endpoint.zone = zone
        if conditions.ready == true { endpoint.hints = hints(service, zone: zone, node: pod.spec.nodeName) }
        if let hostname = pod.spec.hostname, !hostname.isEmpty, pod.spec.subdomain == service.name {
            endpoint.hostname = hostname
        }
        endpoint.targetRef = reference(to: pod)
        return endpoint
    }

    /// How endpoints of either kind name their pod.
    static func reference(to pod: Pod) -> ObjectReference {
        var reference = ObjectReference()
        reference.kind = "Pod"
        reference.namespace = pod.namespace
        reference.name = pod.name
        reference.uid = pod.metadata.uid
        return reference
    }

    /// Who is meant to use the endpoint, where the service asks for short ways.
    /// Follows kubernetes `staging/src/k8s.io/endpointslice/trafficdist`.
    private static func hints(_ service: Service, zone: String?, node: String?) -> EndpointHints? {
        let distribution = service.spec.trafficDistribution ?? ""
        guard ["PreferClose", "PreferSameZone", "PreferSameNode"].contains(distribution),
            !TopologyHints.areWanted(by: service)
        else { return nil }
        var hints = EndpointHints()
        if let zone {
            var forZone = ForZone()
            forZone.name = zone
            hints.forZones = [forZone]
        }
        if let node, distribution == "PreferSameNode" {
            var forNode = ForNode()
            forNode.name = node
            hints.forNodes = [forNode]
        }
        return hints.forZones.isEmpty && hints.forNodes.isEmpty ? nil : hints
    }

    /// The service's ports as this pod serves them: named target ports are looked up in its containers, and a port that
    /// it does not have is left out.
    static func ports(_ pod: Pod, of service: Service) -> [DiscoveryEndpointPort] {
        // A headless service without ports still has endpoints, with no port.
        service.spec.ports.compactMap { servicePort in
            guard let number = targetPort(pod, servicePort) else { return nil }
            var port = DiscoveryEndpointPort()
            port.name = servicePort.name ?? ""
            port.port = number
            port.protocol = servicePort.protocol ?? "TCP"
            port.appProtocol = servicePort.appProtocol
            return port
        }
    }

    /// Follows kubernetes `pkg/api/v1/pod` `FindPort`.
    static func targetPort(_ pod: Pod, _ port: ServicePort) -> Int? {
        switch port.targetPort {
        case .string(let name):
            for container in pod.spec.containers + pod.spec.initContainers.filter({ $0.restartPolicy == "Always" }) {
                for candidate in container.ports
                where candidate.name == name && (candidate.protocol ?? "TCP") == (port.protocol ?? "TCP") {
                    return candidate.containerPort
                }
            }
            return nil
        case .int(let number): return number == 0 ? port.port : number
        case nil: return port.port
        }
    }
}
