import KubeAPI

/// The subsets of an Endpoints object: ports that are served by the same addresses stand together with these.
///
/// For example, of two pods one has the ports `http` and `metrics` and the other only `http`: one subset has both
/// addresses with `http`, another the first address with `metrics`.
/// Follows kubernetes `pkg/api/v1/endpoints/util.go` `RepackSubsets`.
package struct EndpointSubsets {
    private var addresses: [(address: EndpointAddress, isReady: Bool)] = []
    /// The places of the addresses that serve a port; nil for a headless service without ports.
    private var served: [(port: EndpointPort?, places: [Int])] = []

    package init() {}

    /// Adds an address that no other call adds. O(ports).
    package mutating func add(_ address: EndpointAddress, isReady: Bool, ports: [EndpointPort?]) {
        for port in ports {
            if let index = served.firstIndex(where: { $0.port == port }) {
                served[index].places.append(addresses.count)
            } else {
                served.append((port, [addresses.count]))
            }
        }
        addresses.append((address, isReady))
    }

    /// In the order in which their ports came. Upstream orders them by hashes of all that they hold, UIDs and all,
    /// which is as good as any order.
    package var all: [EndpointSubset] {
        var groups: [(ports: [EndpointPort], places: [Int])] = []
        for (port, places) in served {
            if let index = groups.firstIndex(where: { $0.places == places }) {
                if let port { groups[index].ports.append(port) }
            } else {
                groups.append((port.map { [$0] } ?? [], places))
            }
        }
        return groups.map { group in
            var subset = EndpointSubset()
            subset.ports = PortOrder.sorted(group.ports)
            let members = group.places.map { addresses[$0] }.sorted { left, right in
                let order = compareUTF8(left.address.ip, right.address.ip)
                return order != 0
                    ? order < 0 : compareUTF8(left.address.targetRef?.uid ?? "", right.address.targetRef?.uid ?? "") < 0
            }
            for member in members {
                if member.isReady {
                    subset.addresses.append(member.address)
                } else {
                    subset.notReadyAddresses.append(member.address)
                }
            }
            return subset
        }
    }
}
