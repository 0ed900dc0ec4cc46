import ClusterCore
import KubeAPI
import KubeClient

/// A service and its slices: all that its rules follow from. Immutable; the rules themselves are worked out when they
/// are walked or shown, so that a change costs the same however many endpoints there are.
final class ServiceRuleGroup: Sendable {
    let service: Service
    let slices: StringMap<EndpointSlice>
    /// The change that made the group as it is.
    let revision: Revision
    /// Endpoints of all its ports, counted with their slices.
    let endpointCount: Int

    init(service: Service, slices: StringMap<EndpointSlice>, revision: Revision) {
        self.service = service
        self.slices = slices
        self.revision = revision
        endpointCount = ServiceRuleGroup.count(service, slices)
    }

    private static func count(_ service: Service, _ slices: StringMap<EndpointSlice>) -> Int {
        guard ServicePortInfo.isProxied(service) else { return 0 }
        return slices.reduce(0) { $0 + $1.value.endpoints.count * $1.value.ports.count }
    }

    /// The endpoints of a port, sorted by `ip:port`, each address once.
    func endpoints(of info: ServicePortInfo) -> [ProxyEndpoint] {
        var found: [ProxyEndpoint] = []
        for (_, slice) in slices where slice.addressType == "IPv4" {
            for port in slice.ports
            where (port.name ?? "") == info.portName && (port.protocol ?? "TCP").lowercased() == info.protocolName {
                guard let number = port.port, number != 0 else { continue }
                for endpoint in slice.endpoints {
                    guard let ip = endpoint.addresses.first else { continue }
                    let conditions = endpoint.conditions
                    found.append(
                        ProxyEndpoint(
                            ip: ip, port: number, node: endpoint.nodeName ?? "", isReady: conditions?.ready ?? true,
                            isServing: conditions?.serving ?? true, isTerminating: conditions?.terminating ?? false,
                            zoneHints: endpoint.hints?.forZones.map(\.name) ?? [],
                            nodeHints: endpoint.hints?.forNodes.map(\.name) ?? []))
                }
            }
        }
        let keyed = found.map { ($0.text, $0) }.sorted { $0.0 < $1.0 }
        var unique: [ProxyEndpoint] = []
        var last: String?
        for (text, endpoint) in keyed where text != last {
            unique.append(endpoint)
            last = text
        }
        return unique
    }
}
