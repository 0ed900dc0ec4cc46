import ClusterCore
import KubeAPI
import KubeClient

/// The kube-proxies of all nodes, in iptables mode.
///
/// Every node's proxy watches the same services and slices and would come to the same rules, but for those that depend
/// on the node itself. So there is one rule set that all share, brought up to date once a change in O(log services),
/// and a node that is cut off or without power keeps the set it had (O(1), the set is persistent).
package final class ServiceProxies: ChangeHandler {
    package static let component = "kube-proxy"

    private let context: ComponentContext
    private let clusterCIDR: String
    private var current = IPTablesRules.RuleSet()
    private var heldBack: [String: IPTablesRules.RuleSet] = [:]
    private var nodes: [String] = []
    private var zones: [String: String] = [:]
    private var addresses: [String: String] = [:]
    private var version = 0

    /// `clusterCIDR`: the addresses of all pods; traffic from others to a cluster IP is masqueraded.
    package init(_ context: ComponentContext, clusterCIDR: String = "10.244.0.0/16") {
        self.context = context
        self.clusterCIDR = clusterCIDR
    }

    package func start() {
        context.client.watch(Service.self, .all, self)
        context.client.watch(EndpointSlice.self, .all, self)
        context.client.watch(Node.self, .all, self)
    }

    /// The rules as they are now. O(1).
    package var rules: ServiceRules {
        IPTablesRules(
            version: version, nodes: nodes, clusterCIDR: clusterCIDR, current: current, heldBack: heldBack,
            zones: zones, addresses: addresses)
    }

    /// From now on the node's proxy learns nothing new.
    package func hold(_ node: String) {
        if heldBack[node] == nil { heldBack[node] = current }
    }

    /// The node's proxy catches up.
    package func release(_ node: String) {
        if heldBack.removeValue(forKey: node) != nil { version += 1 }
    }

    // MARK: Changes

    package func handle(_ change: Change) {
        switch change.kind {
        case .service: serviceChanged(change)
        case .endpointSlice: sliceChanged(change)
        default: nodeChanged(change)
        }
    }

    /// Services and slices with one of these labels are none of kube-proxy's business: another proxy serves them, or
    /// nobody does. Follows kubernetes `cmd/kube-proxy/app/server.go`.
    private static func concerns(_ object: KubeObject?) -> Bool {
        guard let labels = object?.metadata.labels else { return false }
        return labels["service.kubernetes.io/service-proxy-name"] == nil
            && labels["service.kubernetes.io/headless"] == nil
    }

    private func serviceChanged(_ change: Change) {
        let key = IPTablesRules.ServiceKey(namespace: change.key.namespace, name: change.key.name)
        guard ServiceProxies.concerns(change.new), let service = change.new(Service.self) else {
            guard let group = current.groups.removeValue(forKey: key) else { return }
            current.endpointCount -= group.endpointCount
            changed(change)
            return
        }
        if ServiceProxies.concerns(change.old), let old = change.old(Service.self), old.hasSameSpec(as: service),
            old.hasSameStatus(as: service)
        {
            return
        }
        let slices = current.groups[key]?.slices ?? slices(of: key)
        set(key, ServiceRuleGroup(service: service, slices: slices, revision: change.revision))
        changed(change)
    }

    /// Slices may be there before their service, as when a service is made anew.
    private func slices(of key: IPTablesRules.ServiceKey) -> StringMap<EndpointSlice> {
        var slices = StringMap<EndpointSlice>()
        let label = ObjectIndex.label(namespace: key.namespace, key: WellKnownLabel.serviceName, value: key.name)
        context.client.forEach(.endpointSlice, index: label) { object in
            if ServiceProxies.concerns(object), let slice = object.as(EndpointSlice.self) { slices[slice.name] = slice }
            return true
        }
        return slices
    }

    private func sliceChanged(_ change: Change) {
        guard let slice = change.object.as(EndpointSlice.self), let name = slice.labels[WellKnownLabel.serviceName]
        else { return }
        let key = IPTablesRules.ServiceKey(namespace: slice.namespace, name: name)
        guard let group = current.groups[key] else { return }
        var slices = group.slices
        slices[slice.name] = ServiceProxies.concerns(change.new) ? slice : nil
        set(key, ServiceRuleGroup(service: group.service, slices: slices, revision: change.revision))
        changed(change)
    }

    private func set(_ key: IPTablesRules.ServiceKey, _ group: ServiceRuleGroup) {
        let old = current.groups.updateValue(group, forKey: key)
        current.endpointCount += group.endpointCount - (old?.endpointCount ?? 0)
    }

    private func nodeChanged(_ change: Change) {
        let name = change.key.name
        let zone = change.new?.metadata.labels[WellKnownLabel.zone]
        let address = change.new(Node.self)?.status.addresses.first { $0.type == "InternalIP" }?.address
        // Status updates of nodes come by the thousand and change no rule.
        if change.old != nil, change.new != nil, zones[name] == zone, addresses[name] == address { return }
        if zones[name] != zone || addresses[name] != address {
            zones[name] = zone
            addresses[name] = address
            version += 1
        }
        let index = place(of: name)
        let isKnown = index < nodes.count && nodes[index] == name
        if change.new == nil, isKnown {
            nodes.remove(at: index)
            heldBack[name] = nil
            version += 1
        } else if change.new != nil, !isKnown {
            nodes.insert(name, at: index)
            version += 1
        }
    }

    /// Where a node stands among the nodes, or would stand. O(log nodes).
    private func place(of name: String) -> Int {
        var range = 0..<nodes.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range =
                compareUTF8(nodes[middle], name) < 0
                ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }

    private func changed(_ change: Change) {
        current.revision = change.revision
        version += 1
    }
}
