import ClusterCore
import KubeAPI

/// The order in which upstream writes the ports of endpoints: that of hashes of what Go prints for each.
///
/// For example, the slices of CoreDNS have the ports `dns`, `dns-tcp`, `metrics`, and its Endpoints `metrics`,
/// `dns-tcp`, `dns`.
///
/// Follows kubernetes `staging/src/k8s.io/endpointslice/util/controller_utils.go` `NewPortMapKey` and
/// `pkg/api/v1/endpoints/util.go` `SortSubsets`, and apimachinery `pkg/util/dump` for the text.
enum PortOrder {
    static func sorted(_ ports: [EndpointPort]) -> [EndpointPort] {
        sorted(ports) { port in
            "(v1.EndpointPort){Name:(string)\(port.name ?? "") Port:(int32)\(port.port) "
                + "Protocol:(v1.Protocol)\(port.protocol ?? "") AppProtocol:(*string)\(port.appProtocol ?? "<nil>")}"
        }
    }

    static func sorted(_ ports: [DiscoveryEndpointPort]) -> [DiscoveryEndpointPort] {
        sorted(ports) { port in
            "(v1.EndpointPort){Name:(*string)\(port.name ?? "<nil>") "
                + "Protocol:(*v1.Protocol)\(port.protocol ?? "<nil>") Port:(*int32)\(port.port.map(String.init) ?? "<nil>") "
                + "AppProtocol:(*string)\(port.appProtocol ?? "<nil>")}"
        }
    }

    private static func sorted<Port>(_ ports: [Port], _ text: (Port) -> String) -> [Port] {
        if ports.count < 2 { return ports }
        let hashed = ports.map { (port: $0, hash: FNV128a.hash(text($0))) }
        return hashed.sorted { $0.hash < $1.hash }.map(\.port)
    }

    /// Remembers the ports that it put in order last: the pods of a service mostly have the same.
    struct Memo {
        private var last: (given: [DiscoveryEndpointPort], sorted: [DiscoveryEndpointPort])?

        mutating func sorted(_ ports: [DiscoveryEndpointPort]) -> [DiscoveryEndpointPort] {
            if ports.count < 2 { return ports }
            if let last, last.given == ports { return last.sorted }
            let sorted = PortOrder.sorted(ports)
            last = (ports, sorted)
            return sorted
        }
    }
}
