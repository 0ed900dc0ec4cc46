import ClusterCore
import KubeAPI
import KubeClient

/// Copies Endpoints that somebody wrote by hand for a service without a selector into EndpointSlices, one a subset,
/// which is what service proxies read.
///
/// Follows kubernetes `pkg/controller/endpointslicemirroring`.
package final class EndpointSliceMirroringController: Controller, Reconciler, ChangeHandler {
    package static let component = "endpoint-slice-mirroring-controller"
    static let managedBy = "endpointslicemirroring-controller.k8s.io"
    private static let maximumPerSubset = 1000
    private static let maximumRetries = 15
    private static let skipLabel = "endpointslice.kubernetes.io/skip-mirror"
    private static let leaderAnnotation = "control-plane.alpha.kubernetes.io/leader"
    private static let managerLabel = "endpointslice.kubernetes.io/managed-by"

    private let context: ComponentContext
    private var client: any KubeClient { context.client }
    private var worker: Worker<EndpointSliceMirroringController>?
    /// Endpoints that have slices: those of services with a selector, which are most, cost nothing.
    private var mirrored: Set<ObjectKey> = []

    package init(_ context: ComponentContext) { self.context = context }

    package func start() {
        let backoff = ExponentialBackoff(base: .seconds(1), cap: .seconds(100))
        worker = Worker(
            self, client: client, loop: context.loop, maximumRetries: Self.maximumRetries,
            queue: WorkQueue(loop: context.loop, backoff: backoff))
        client.watch(Endpoints.self, .all, self)
        client.watch(Service.self, .all, self)
        client.watch(EndpointSlice.self, .all, self)
    }

    package func handle(_ change: Change) {
        let key: ObjectKey
        switch change.kind {
        case .endpointSlice: return sliceChanged(change)
        case .service:
            key = ObjectKey(.endpoints, namespace: change.key.namespace, name: change.key.name)
            if client.object(key) == nil, !mirrored.contains(key) { return }
        default:
            key = change.key
        }
        if !mirrored.contains(key), !(service(of: key)?.spec.selector.isEmpty ?? false) { return }
        worker?.add(key, cause: change.revision)
    }

    private func sliceChanged(_ change: Change) {
        if change.author == client.component { return }
        for service in change.servicesOfSlice(managedBy: Self.managedBy) {
            let key = ObjectKey(.endpoints, namespace: service.namespace, name: service.name)
            mirrored.insert(key)
            worker?.add(key, cause: change.revision)
        }
    }

    private func service(of endpoints: ObjectKey) -> Service? {
        client.get(Service.self, namespace: endpoints.namespace, name: endpoints.name)
    }

    // MARK: Reconciling

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let endpoints = client.get(Endpoints.self, key), isMirrored(endpoints),
            let service = service(of: key), service.spec.selector.isEmpty
        else {
            for slice in slices(of: key) { try delete(slice) }
            mirrored.remove(key)
            return
        }
        mirrored.insert(key)
        do throws(StatusError) {
            try write(wanted(endpoints), endpoints)
        } catch {
            if !error.hasCause(StatusCauseType.namespaceTerminating) { throw error }
        }
    }

    private func isMirrored(_ endpoints: Endpoints) -> Bool {
        endpoints.labels[Self.skipLabel] != "true" && endpoints.annotations[Self.leaderAnnotation] == nil
    }

    private func slices(of key: ObjectKey) -> [EndpointSlice] {
        let index = ObjectIndex.label(namespace: key.namespace, key: WellKnownLabel.serviceName, value: key.name)
        return client.list(EndpointSlice.self, index: index).filter {
            $0.labels[Self.managerLabel] == Self.managedBy
        }
    }

    /// Endpoints of one kind of address that have the same ports share a slice.
    private struct Group {
        var addressType: String
        var ports: [DiscoveryEndpointPort]
        var endpoints: [Endpoint] = []

        /// An address that is there already says the same again.
        mutating func insert(_ endpoint: Endpoint) {
            if let place = endpoints.firstIndex(where: { $0.addresses == endpoint.addresses }) {
                endpoints[place] = endpoint
            } else {
                endpoints.append(endpoint)
            }
        }
    }

    private func wanted(_ endpoints: Endpoints) -> [Group] {
        var groups: [Group] = []
        var invalid = 0
        var skipped = 0
        for subset in endpoints.subsets {
            let ports = PortOrder.sorted(subset.ports.map(Self.port))
            let all = subset.addresses.map { ($0, true) } + subset.notReadyAddresses.map { ($0, false) }
            var added = 0
            for (address, isReady) in all where added < Self.maximumPerSubset {
                guard let ip = IPAddressValue(address.ip)?.description else {
                    invalid += 1
                    continue
                }
                added += 1
                let type = ip.utf8.contains(UInt8(ascii: ":")) ? "IPv6" : "IPv4"
                let place = groups.firstIndex { $0.addressType == type && $0.ports == ports } ?? groups.count
                if place == groups.count { groups.append(Group(addressType: type, ports: ports)) }
                groups[place].insert(Self.endpoint(address, ip, isReady: isReady))
            }
            skipped += all.count - added
        }
        if invalid > 0 {
            context.recorder.event(
                endpoints, .warning, "InvalidIPAddress",
                "Skipped \(invalid) invalid IP addresses when mirroring to EndpointSlices")
        }
        if skipped > invalid {
            context.recorder.event(
                endpoints, .warning, "TooManyAddressesToMirror",
                "A max of \(Self.maximumPerSubset) addresses can be mirrored to EndpointSlices per Endpoints subset. "
                    + "\(skipped) addresses were skipped")
        }
        return groups
    }

    private static func port(_ port: EndpointPort) -> DiscoveryEndpointPort {
        var result = DiscoveryEndpointPort()
        result.name = port.name ?? ""
        result.port = port.port
        result.protocol = port.protocol
        result.appProtocol = port.appProtocol
        return result
    }

    /// `ip`: the address as it is written regularly.
    private static func endpoint(_ address: EndpointAddress, _ ip: String, isReady: Bool) -> Endpoint {
        var conditions = EndpointConditions()
        conditions.ready = isReady
        var endpoint = Endpoint()
        endpoint.addresses = [ip]
        endpoint.conditions = conditions
        endpoint.targetRef = address.targetRef
        endpoint.nodeName = address.nodeName
        if let hostname = address.hostname, !hostname.isEmpty { endpoint.hostname = hostname }
        return endpoint
    }

    // MARK: Writing

    private func write(_ groups: [Group], _ endpoints: Endpoints) throws(StatusError) {
        var spare = slices(of: endpoints.key)
        var missing: [Group] = []
        var writes: [EndpointSlice] = []
        for group in groups {
            guard
                let place = spare.firstIndex(where: { $0.addressType == group.addressType && $0.ports == group.ports })
            else {
                missing.append(group)
                continue
            }
            let slice = spare.remove(at: place)
            let filled = filled(slice, group, endpoints)
            if filled != slice { writes.append(filled) }
        }
        for group in missing {
            // A slice that would go is written anew for a group that has none.
            if let place = spare.firstIndex(where: { $0.addressType == group.addressType }) {
                writes.append(filled(spare.remove(at: place), group, endpoints))
                continue
            }
            var slice = EndpointSlice()
            slice.metadata.generateName = endpoints.name + "-"
            slice.metadata.namespace = endpoints.namespace
            slice.metadata.ownerReferences = [OwnerReference(controller: endpoints)]
            slice.addressType = group.addressType
            if !endpoints.metadata.isBeingDeleted { try client.create(filled(slice, group, endpoints)) }
        }
        for slice in writes { try client.update(slice) }
        for slice in spare { try delete(slice) }
    }

    private func filled(_ slice: EndpointSlice, _ group: Group, _ endpoints: Endpoints) -> EndpointSlice {
        var slice = slice
        slice.metadata.labels = endpoints.labels
        slice.metadata.labels[WellKnownLabel.serviceName] = endpoints.name
        slice.metadata.labels[Self.managerLabel] = Self.managedBy
        slice.metadata.annotations = endpoints.annotations
        slice.metadata.annotations[EndpointTriggerTimes.annotation] = nil
        slice.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
        slice.ports = group.ports
        slice.endpoints = group.endpoints
        return slice
    }

    private func delete(_ slice: EndpointSlice) throws(StatusError) {
        do throws(StatusError) {
            try client.delete(slice.key)
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}
