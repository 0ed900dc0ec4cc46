import ClusterCore
import KubeAPI
import KubeClient

/// Keeps the EndpointSlices of services with a selector: every pod that is selected and has an address, with its
/// ready, serving and terminating conditions, at most 100 a slice.
///
/// A pod's change rewrites the one slice that it is in. A service is reconciled as a whole when the service or somebody
/// else changes it. Follows kubernetes `pkg/controller/endpointslice` and `staging/src/k8s.io/endpointslice`.
package final class EndpointSliceController: Reconciler, ChangeHandler {
    package static let component = "endpointslice-controller"
    static let managedBy = "endpointslice-controller.k8s.io"
    static let maximumPerSlice = 100

    private let context: ComponentContext
    private var client: any KubeClient { context.client }
    private var worker: Worker<EndpointSliceController>?
    private var index = ServiceSelectorIndex()
    private var placements: [ObjectKey: SlicePlacement] = [:]
    /// Pods to look at again, by service; a service without a placement is reconciled whole.
    private var dirty: [ObjectKey: Set<DirtyPod>] = [:]

    private struct DirtyPod: Hashable {
        var name: String
        var uid: String
    }

    package init(_ context: ComponentContext) { self.context = context }

    package func start() {
        worker = Worker(self, client: client, loop: context.loop)
        client.watch(Service.self, .all, self)
        client.watch(Pod.self, .all, self)
        client.watch(EndpointSlice.self, .all, self)
        client.watch(Node.self, .all, self)
    }

    // MARK: Changes

    package func handle(_ change: Change) {
        switch change.kind {
        case .service: serviceChanged(change)
        case .pod: podChanged(change)
        case .endpointSlice: sliceChanged(change)
        default: nodeChanged(change)
        }
    }

    private func serviceChanged(_ change: Change) {
        index.set(change.key, change.new(Service.self)?.spec.selector ?? [:])
        if let old = change.old(Service.self), let new = change.new(Service.self), old.hasSameSpec(as: new),
            old.labels == new.labels
        {
            return
        }
        placements[change.key] = nil
        worker?.add(change.key, cause: change.revision)
    }

    private func podChanged(_ change: Change) {
        let old = change.old(Pod.self)
        let new = change.new(Pod.self)
        if let old, let new, PodEndpoint.isUnaffected(old, new) { return }
        let pod = change.object
        var services = index.services(namespace: pod.namespace, labels: (new ?? old)?.labels ?? [:])
        if let old, let new, old.labels != new.labels {
            services += index.services(namespace: pod.namespace, labels: old.labels).filter { !services.contains($0) }
        }
        for service in services {
            dirty[service, default: []].insert(DirtyPod(name: pod.name, uid: pod.uid))
            worker?.add(service, cause: change.revision)
        }
    }

    /// Somebody else touched a slice of ours: the whole service is looked at.
    private func sliceChanged(_ change: Change) {
        if change.author == client.component { return }
        guard let slice = change.object.as(EndpointSlice.self),
            slice.labels["endpointslice.kubernetes.io/managed-by"] == EndpointSliceController.managedBy,
            let name = slice.labels["kubernetes.io/service-name"]
        else { return }
        let service = ObjectKey(.service, namespace: slice.namespace, name: name)
        placements[service] = nil
        worker?.add(service, cause: change.revision)
    }

    /// A node that moves to another zone takes its endpoints along.
    private func nodeChanged(_ change: Change) {
        let zone = "topology.kubernetes.io/zone"
        guard let old = change.old(Node.self), let new = change.new(Node.self), old.labels[zone] != new.labels[zone]
        else { return }
        for pod in client.list(Pod.self, index: .node(new.name)) {
            for service in index.services(namespace: pod.namespace, labels: pod.labels) {
                dirty[service, default: []].insert(DirtyPod(name: pod.name, uid: pod.uid))
                worker?.add(service, cause: change.revision)
            }
        }
    }

    // MARK: Reconciling

    package func sync(_ key: ObjectKey) throws(StatusError) {
        let pods = dirty.removeValue(forKey: key) ?? []
        guard let service = client.get(Service.self, key), service.metadata.deletionTimestamp == nil else {
            // The slices go with their owner.
            placements[key] = nil
            return
        }
        // Without a selector somebody else keeps the endpoints; an external name has none.
        if service.spec.selector.isEmpty || service.spec.type == "ExternalName" { return }
        do {
            if var placement = placements[key] {
                try update(service, pods, &placement)
                placements[key] = placement
            } else {
                placements[key] = try reconcile(service)
            }
        } catch {
            placements[key] = nil
            context.recorder.event(
                service, .warning, "FailedToUpdateEndpointSlices",
                "Error updating Endpoint Slices for Service \(key.namespacedName): \(error.message)")
            throw error
        }
    }

    private func zone(of pod: Pod) -> String? {
        guard let node = pod.spec.nodeName else { return nil }
        return client.get(Node.self, name: node)?.labels["topology.kubernetes.io/zone"]
    }

    private func desired(_ pod: Pod, _ service: Service) -> (endpoint: Endpoint, group: SlicePlacement.Group)? {
        guard PodEndpoint.isEligible(pod), service.spec.selector.allSatisfy({ pod.labels[$0.key] == $0.value }) else {
            return nil
        }
        return (PodEndpoint.endpoint(pod, of: service, zone: zone(of: pod)), PodEndpoint.ports(pod, of: service))
    }

    // MARK: The pods that changed

    /// Brings the slices of some pods up to date: O(pods × 100).
    private func update(
        _ service: Service, _ pods: Set<DirtyPod>, _ placement: inout SlicePlacement
    ) throws(StatusError) {
        var edits: [String: [(uid: String, endpoint: Endpoint?)]] = [:]
        var unplaced: [(group: SlicePlacement.Group, uid: String, endpoint: Endpoint)] = []
        for dirty in pods.sorted(by: { ($0.name, $0.uid) < ($1.name, $1.uid) }) {
            let pod = client.get(Pod.self, namespace: service.namespace, name: dirty.name)
            let wanted = pod.flatMap { $0.uid == dirty.uid ? desired($0, service) : nil }
            let slice = placement.slice(of: dirty.uid)
            if let slice, wanted?.group == placement.group(of: slice) {
                edits[slice, default: []].append((dirty.uid, wanted?.endpoint))
            } else {
                if let slice {
                    edits[slice, default: []].append((dirty.uid, nil))
                    placement.remove(dirty.uid)
                }
                if let wanted { unplaced.append((wanted.group, dirty.uid, wanted.endpoint)) }
            }
        }
        var new: [(group: SlicePlacement.Group, endpoints: [Endpoint])] = []
        for (group, uid, endpoint) in unplaced {
            let maximum = EndpointSliceController.maximumPerSlice
            // Slices that are written anyway are filled first.
            let open = edits.keys.filter { name in
                placement.group(of: name) == group && placement.slices[name].map { $0.count < maximum } == true
            }.min()
            if let name = open ?? placement.sliceToFill(group, count: 1, maximum: maximum) {
                placement.place(uid, in: name)
                edits[name, default: []].append((uid, endpoint))
            } else if let index = new.lastIndex(where: { $0.group == group && $0.endpoints.count < maximum }) {
                new[index].endpoints.append(endpoint)
            } else {
                new.append((group, [endpoint]))
            }
        }
        for name in edits.keys.sorted() { try edit(service, name, edits[name] ?? [], &placement) }
        for (group, endpoints) in new {
            let slice = try create(service, group, endpoints)
            placement.add(slice: slice.name, group: group, pods: endpoints.compactMap { $0.targetRef?.uid })
        }
    }

    /// Writes one slice with some endpoints changed, added or (nil) removed; one that is left empty goes, unless it is
    /// the service's last.
    private func edit(
        _ service: Service, _ name: String, _ edits: [(uid: String, endpoint: Endpoint?)],
        _ placement: inout SlicePlacement
    ) throws(StatusError) {
        guard var slice = client.get(EndpointSlice.self, namespace: service.namespace, name: name) else {
            throw .notFound(kind: .endpointSlice, name: name)
        }
        let before = slice
        for (uid, endpoint) in edits {
            let place = slice.endpoints.firstIndex { $0.targetRef?.uid == uid }
            switch (place, endpoint) {
            case (let place?, let endpoint?): slice.endpoints[place] = endpoint
            case (let place?, nil): slice.endpoints.remove(at: place)
            case (nil, let endpoint?): slice.endpoints.append(endpoint)
            case (nil, nil): break
            }
        }
        if slice.endpoints.isEmpty, placement.slices.count > 1 {
            try client.delete(slice.key)
            placement.removeSlice(name)
        } else if slice != before {
            stamp(&slice)
            try client.update(slice)
        }
    }

    // MARK: The whole service

    private func reconcile(_ service: Service) throws(StatusError) -> SlicePlacement {
        var wanted: [String: (endpoint: Endpoint, group: SlicePlacement.Group)] = [:]
        var order: [String] = []
        if let pair = service.spec.selector.first(where: { _ in true }) {
            for pod in client.list(
                Pod.self, index: .label(namespace: service.namespace, key: pair.key, value: pair.value))
            {
                guard let desired = desired(pod, service) else { continue }
                wanted[pod.uid] = desired
                order.append(pod.uid)
            }
        }
        let existing = client.list(
            EndpointSlice.self,
            index: .label(namespace: service.namespace, key: "kubernetes.io/service-name", value: service.name)
        ).filter {
            $0.labels["endpointslice.kubernetes.io/managed-by"] == EndpointSliceController.managedBy
                && $0.metadata.deletionTimestamp == nil
        }
        var kept: [(old: EndpointSlice, new: EndpointSlice)] = []
        for slice in existing {
            var new = slice
            new.endpoints = slice.endpoints.compactMap { endpoint in
                guard let uid = endpoint.targetRef?.uid, let desired = wanted[uid], desired.group == slice.ports else {
                    return nil
                }
                wanted[uid] = nil
                return desired.endpoint
            }
            new.metadata.labels = labels(service)
            kept.append((slice, new))
        }
        var rest = order.compactMap { uid in wanted[uid].map { ($0.group, $0.endpoint) } }
        for index in kept.indices where kept[index].old != kept[index].new {
            let room = EndpointSliceController.maximumPerSlice - kept[index].new.endpoints.count
            fill(&kept[index].new, &rest, room: room)
        }
        return try write(service, kept, rest)
    }

    private func fill(
        _ slice: inout EndpointSlice, _ rest: inout [(SlicePlacement.Group, Endpoint)], room: Int
    ) {
        var room = room
        rest.removeAll { group, endpoint in
            guard room > 0, group == slice.ports else { return false }
            slice.endpoints.append(endpoint)
            room -= 1
            return true
        }
    }

    private func write(
        _ service: Service, _ kept: [(old: EndpointSlice, new: EndpointSlice)],
        _ rest: [(SlicePlacement.Group, Endpoint)]
    ) throws(StatusError) -> SlicePlacement {
        var placement = SlicePlacement()
        var groups: [(group: SlicePlacement.Group, endpoints: [Endpoint])] = []
        for (group, endpoint) in rest {
            let maximum = EndpointSliceController.maximumPerSlice
            if let index = groups.lastIndex(where: { $0.group == group && $0.endpoints.count < maximum }) {
                groups[index].endpoints.append(endpoint)
            } else {
                groups.append((group, [endpoint]))
            }
        }
        var filled = kept.filter { !$0.new.endpoints.isEmpty }
        // A service without endpoints keeps one empty slice.
        if filled.isEmpty, groups.isEmpty {
            if let first = kept.first(where: { $0.old.ports.isEmpty }) {
                filled = [first]
            } else {
                groups = [([], [])]
            }
        }
        for (old, new) in filled {
            if old != new {
                var slice = new
                stamp(&slice)
                try client.update(slice)
            }
            placement.add(slice: new.name, group: new.ports, pods: new.endpoints.compactMap { $0.targetRef?.uid })
        }
        for (old, _) in kept where !filled.contains(where: { $0.old.name == old.name }) { try client.delete(old.key) }
        for (group, endpoints) in groups {
            let slice = try create(service, group, endpoints)
            placement.add(slice: slice.name, group: group, pods: endpoints.compactMap { $0.targetRef?.uid })
        }
        return placement
    }

    // MARK: Slices

    private func labels(_ service: Service) -> StringMap<String> {
        var labels = service.labels
        labels["kubernetes.io/service-name"] = service.name
        labels["endpointslice.kubernetes.io/managed-by"] = EndpointSliceController.managedBy
        labels["service.kubernetes.io/headless"] = service.spec.clusterIP == "None" ? "" : nil
        return labels
    }

    private func stamp(_ slice: inout EndpointSlice) {
        slice.metadata.annotations["endpoints.kubernetes.io/last-change-trigger-time"] = context.now.time.rfc3339
    }

    private func create(
        _ service: Service, _ group: SlicePlacement.Group, _ endpoints: [Endpoint]
    ) throws(StatusError) -> EndpointSlice {
        var slice = EndpointSlice()
        slice.metadata.generateName = service.name + "-"
        slice.metadata.namespace = service.namespace
        slice.metadata.labels = labels(service)
        var owner = OwnerReference()
        owner.apiVersion = "v1"
        owner.kind = "Service"
        owner.name = service.name
        owner.uid = service.uid
        owner.controller = true
        owner.blockOwnerDeletion = true
        slice.metadata.ownerReferences = [owner]
        slice.addressType = service.spec.ipFamilies.first ?? "IPv4"
        slice.ports = group
        slice.endpoints = endpoints
        stamp(&slice)
        return try client.create(slice)
    }
}
