import ClusterCore
import KubeAPI
import KubeClient

/// Keeps the EndpointSlices of services with a selector: every pod that is selected and has an address, with its
/// ready, serving and terminating conditions, at most 100 a slice.
///
/// A pod's change rewrites the one slice that it is in. A service is reconciled as a whole when the service or somebody
/// else changes it. Follows kubernetes `pkg/controller/endpointslice` and `staging/src/k8s.io/endpointslice`.
package final class EndpointSliceController: Controller, Reconciler, ChangeHandler {
    package static let component = "endpointslice-controller"
    static let managedBy = "endpointslice-controller.k8s.io"
    static let maximumRetries = 15
    /// How long after a change of a slice by somebody else its service is looked at: there may be more to come.
    private static let sliceChangeDelay = Interval.seconds(1)

    private let context: ComponentContext
    private var client: any KubeClient { context.client }
    private var worker: Worker<EndpointSliceController>?
    private var index = ServiceSelectorIndex()
    private var placements: [ObjectKey: SlicePlacement] = [:]
    private var topology = TopologyHints()
    private var portOrder = PortOrder.Memo()
    private var triggers = EndpointTriggerTimes()
    /// What the slices that the current sync writes tell of their cause.
    private var trigger: Time?
    /// Whether an event will look for services whose hints are no longer good.
    private var isCheckScheduled = false
    /// Pods to look at again, by service; a service without a placement is reconciled whole.
    private var dirty: [ObjectKey: Set<DirtyPod>] = [:]

    private struct DirtyPod: Hashable {
        var name: String
        var uid: String

        static func precedes(_ left: DirtyPod, _ right: DirtyPod) -> Bool {
            let order = compareUTF8(left.name, right.name)
            return order != 0 ? order < 0 : precedesUTF8(left.uid, right.uid)
        }
    }

    package init(_ context: ComponentContext) { self.context = context }

    package func start() {
        let backoff = ExponentialBackoff(base: .seconds(1), cap: .seconds(1000))
        worker = Worker(
            self, client: client, loop: context.loop, maximumRetries: EndpointSliceController.maximumRetries,
            queue: WorkQueue(loop: context.loop, backoff: backoff))
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
            old.labels == new.labels, TopologyHints.areWanted(by: old) == TopologyHints.areWanted(by: new)
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
        if let new { triggers.note(new, from: old, for: services, index) }
        if let old, let new, old.labels != new.labels {
            services += index.services(namespace: pod.namespace, labels: old.labels).filter { !services.contains($0) }
        }
        for service in services {
            dirty[service, default: []].insert(DirtyPod(name: pod.name, uid: pod.uid))
            worker?.add(service, cause: change.revision)
        }
    }

    /// Somebody else touched a slice of ours, or took it away from us or from its service: the whole service is looked
    /// at, after a while, or before when it is looked at anyway.
    private func sliceChanged(_ change: Change) {
        if change.author == client.component { return }
        for service in change.servicesOfSlice(managedBy: EndpointSliceController.managedBy) {
            placements[service] = nil
            worker?.add(service, after: EndpointSliceController.sliceChangeDelay)
        }
    }

    /// A node that moves to another zone takes its endpoints along.
    private func nodeChanged(_ change: Change) {
        let old = change.old(Node.self)
        let new = change.new(Node.self)
        if topology.replace(old, with: new) { checkDistribution(change.revision) }
        let zone = WellKnownLabel.zone
        guard let old, let new, old.labels[zone] != new.labels[zone] else { return }
        for pod in client.list(Pod.self, index: .node(new.name)) {
            for service in index.services(namespace: pod.namespace, labels: pod.labels) {
                dirty[service, default: []].insert(DirtyPod(name: pod.name, uid: pod.uid))
                worker?.add(service, cause: change.revision)
            }
        }
    }

    /// Has the services looked at again whose hints leave a zone short, by the nodes as they are now: once, after all
    /// that changes at this moment.
    private func checkDistribution(_ cause: Revision) {
        if isCheckScheduled || !topology.isInUse { return }
        isCheckScheduled = true
        context.loop.schedule(after: .zero) { [self] in
            isCheckScheduled = false
            for service in topology.overloaded() { worker?.add(service, cause: cause) }
        }
    }

    // MARK: Reconciling

    package func sync(_ key: ObjectKey) throws(StatusError) {
        let pods = dirty.removeValue(forKey: key) ?? []
        guard let service = client.get(Service.self, key) else {
            // The slices go with their owner.
            placements[key] = nil
            topology.forget(key)
            triggers.forget(key)
            return
        }
        // Without a selector somebody else keeps the endpoints; an external name has none.
        if service.spec.selector.isEmpty || service.spec.type == "ExternalName" { return }
        trigger = triggers.take(service)
        do throws(StatusError) {
            var homeless: [Pod] = []
            // Hints depend on all endpoints of a service.
            let placement = placements.removeValue(forKey: key)
            if var placement, !TopologyHints.areWanted(by: service) {
                try update(service, pods, &placement, &homeless)
                placements[key] = placement
            } else {
                placements[key] = try reconcile(service, &homeless)
            }
            if let error = EndpointSliceController.error(about: homeless, of: service) {
                placements[key] = nil
                throw error
            }
        } catch {
            // Creations fail as long as a namespace goes away, and what is left of it goes with it.
            if error.hasCause(StatusCauseType.namespaceTerminating) { return }
            context.recorder.event(
                service, .warning, "FailedToUpdateEndpointSlices",
                "Error updating Endpoint Slices for Service \(key.namespacedName): \(error.message)")
            throw error
        }
    }

    /// A pod whose node is not there is left out, and looked for again after a back-off.
    private static func error(about pods: [Pod], of service: Service) -> StatusError? {
        if pods.isEmpty { return nil }
        let messages = pods.map { pod in
            "skipping Pod \(pod.name) for Service \(service.key.namespacedName): "
                + "Node \(pod.spec.nodeName ?? "") Not Found"
        }
        let text = messages.count == 1 ? messages[0] : "[" + messages.joined(separator: ", ") + "]"
        return StatusError(reason: .internalError, code: 500, message: text)
    }

    private typealias Desired = (endpoint: Endpoint, group: SlicePlacement.Group)

    private func desired(_ pod: Pod, _ service: Service, _ homeless: inout [Pod]) -> Desired? {
        guard PodEndpoint.isEligible(pod), service.spec.selector.allSatisfy({ pod.labels[$0.key] == $0.value }) else {
            return nil
        }
        let node = client.get(Node.self, name: pod.spec.nodeName ?? "")
        if node == nil, service.spec.publishNotReadyAddresses != true {
            homeless.append(pod)
            return nil
        }
        let zone = node?.labels[WellKnownLabel.zone]
        let ports = portOrder.sorted(PodEndpoint.ports(pod, of: service))
        return (PodEndpoint.endpoint(pod, of: service, zone: zone), ports)
    }

    // MARK: The pods that changed

    /// Brings the slices of some pods up to date: O(slices + pods × 100).
    private func update(
        _ service: Service, _ pods: Set<DirtyPod>, _ placement: inout SlicePlacement, _ homeless: inout [Pod]
    ) throws(StatusError) {
        var edits: [String: [(uid: String, endpoint: Endpoint?)]] = [:]
        var rest: [(group: SlicePlacement.Group, endpoint: Endpoint)] = []
        for dirty in pods.sorted(by: DirtyPod.precedes) {
            let pod = client.get(Pod.self, namespace: service.namespace, name: dirty.name)
            let wanted = pod.flatMap { $0.uid == dirty.uid ? desired($0, service, &homeless) : nil }
            let slice = placement.slice(of: dirty.uid)
            if let slice, let wanted, wanted.group == placement.group(of: slice) {
                edits[slice, default: []].append((dirty.uid, wanted.endpoint))
                continue
            }
            if let slice {
                edits[slice, default: []].append((dirty.uid, nil))
                placement.remove(dirty.uid)
            }
            if let wanted { rest.append((wanted.group, wanted.endpoint)) }
        }
        if edits.isEmpty, rest.isEmpty { return }
        // An empty slice is the placeholder of a service without endpoints: the first endpoint takes it.
        for (name, _, count) in placement.slices(except: []) where count == 0 && edits[name] == nil { edits[name] = [] }
        var drafts: [EndpointSlicePlan.Draft] = []
        for name in edits.keys.sorted(by: precedesUTF8) {
            guard let slice = client.get(EndpointSlice.self, namespace: service.namespace, name: name) else {
                throw .notFound(kind: .endpointSlice, name: name)
            }
            drafts.append(EndpointSliceController.draft(of: slice, edits[name] ?? []))
        }
        var plan = EndpointSlicePlan(drafts, untouched: placement.slices(except: Set(edits.keys))) { [client] name in
            client.get(EndpointSlice.self, namespace: service.namespace, name: name)
        }
        plan.place(rest)
        try write(service, plan.finish(), &placement)
    }

    /// A slice with some endpoints changed or (nil) removed.
    private static func draft(
        of slice: EndpointSlice, _ edits: [(uid: String, endpoint: Endpoint?)]
    ) -> EndpointSlicePlan.Draft {
        var endpoints = slice.endpoints
        for (uid, endpoint) in edits {
            guard let place = endpoints.firstIndex(where: { $0.targetRef?.uid == uid }) else { continue }
            if let endpoint { endpoints[place] = endpoint } else { endpoints.remove(at: place) }
        }
        return EndpointSlicePlan.Draft(slice, endpoints: endpoints, isChanged: endpoints != slice.endpoints)
    }

    // MARK: The whole service

    private func reconcile(_ service: Service, _ homeless: inout [Pod]) throws(StatusError) -> SlicePlacement {
        var wanted: [String: Desired] = [:]
        var order: [String] = []
        if let pair = service.spec.selector.first(where: { _ in true }) {
            let index = ObjectIndex.label(namespace: service.namespace, key: pair.key, value: pair.value)
            for pod in client.list(Pod.self, index: index) {
                guard let desired = desired(pod, service, &homeless) else { continue }
                wanted[pod.uid] = desired
                order.append(pod.uid)
            }
        }
        let labels = labels(service)
        let isTopologyAware = TopologyHints.areWanted(by: service)
        var drafts: [EndpointSlicePlan.Draft] = []
        var foreign: [EndpointSlice] = []
        for slice in slices(of: service) {
            guard slice.metadata.controllerReference?.uid == service.uid else {
                foreign.append(slice)
                continue
            }
            let endpoints = slice.endpoints.compactMap { endpoint -> Endpoint? in
                guard let uid = endpoint.targetRef?.uid, let desired = wanted[uid], desired.group == slice.ports else {
                    return nil
                }
                wanted[uid] = nil
                if !isTopologyAware { return desired.endpoint }
                // Hints are given below, and are no difference until then.
                var same = desired.endpoint
                same.hints = endpoint.hints
                return same == endpoint ? endpoint : desired.endpoint
            }
            let isChanged = endpoints != slice.endpoints || slice.labels != labels
            drafts.append(EndpointSlicePlan.Draft(slice, endpoints: endpoints, isChanged: isChanged))
        }
        var plan = EndpointSlicePlan(drafts, foreign: foreign)
        plan.place(order.compactMap { uid in wanted[uid].map { ($0.group, $0.endpoint) } })
        var placement = SlicePlacement()
        var writes = plan.finish()
        let event = hint(&writes, of: service, isTopologyAware)
        // Whatever becomes of the writes, as upstream's.
        defer { if let event { context.recorder.event(service, event.type, event.reason, event.message) } }
        try write(service, writes, &placement)
        return placement
    }

    /// Without topology-aware routing endpoints have the hints, or none, that they were made with.
    private func hint(
        _ writes: inout EndpointSlicePlan.Writes, of service: Service, _ isTopologyAware: Bool
    ) -> TopologyHints.Event? {
        let addressType = service.spec.ipFamilies.first ?? "IPv4"
        if !isTopologyAware { return topology.forget(service.key) ? .disabled(addressType: addressType) : nil }
        return topology.apply(to: &writes, of: service.key, addressType: addressType)
    }

    private func slices(of service: Service) -> [EndpointSlice] {
        let index = ObjectIndex.label(
            namespace: service.namespace, key: WellKnownLabel.serviceName, value: service.name)
        return client.list(EndpointSlice.self, index: index).filter {
            $0.labels["endpointslice.kubernetes.io/managed-by"] == EndpointSliceController.managedBy
                && $0.metadata.deletionTimestamp == nil
        }
    }

    // MARK: Writing

    private func write(
        _ service: Service, _ writes: EndpointSlicePlan.Writes, _ placement: inout SlicePlacement
    ) throws(StatusError) {
        // A service that is being deleted gets no more slices, though those it has are kept up.
        for draft in writes.created where !service.metadata.isBeingDeleted {
            var slice = EndpointSlice()
            slice.metadata.generateName = service.name + "-"
            slice.metadata.namespace = service.namespace
            slice.metadata.ownerReferences = [OwnerReference(controller: service)]
            slice.addressType = service.spec.ipFamilies.first ?? "IPv4"
            note(try client.create(filled(slice, draft, service)), &placement)
        }
        for draft in writes.updated {
            guard let before = draft.before else { continue }
            note(try client.update(filled(before, draft, service)), &placement)
        }
        for slice in writes.deleted {
            do throws(StatusError) {
                try client.delete(slice.key)
            } catch {
                if !error.isNotFound { throw error }
            }
            placement.removeSlice(slice.name)
        }
        for draft in writes.kept { if let slice = draft.before { note(slice, &placement) } }
    }

    private func note(_ slice: EndpointSlice, _ placement: inout SlicePlacement) {
        placement.set(
            slice: slice.name, group: slice.ports, pods: slice.endpoints.compactMap { $0.targetRef?.uid })
    }

    private func filled(
        _ slice: EndpointSlice, _ draft: EndpointSlicePlan.Draft, _ service: Service
    ) -> EndpointSlice {
        var slice = slice
        slice.metadata.labels = labels(service)
        slice.metadata.annotations[EndpointTriggerTimes.annotation] = trigger?.rfc3339
        slice.ports = draft.group
        slice.endpoints = draft.endpoints
        return slice
    }

    private func labels(_ service: Service) -> StringMap<String> {
        var labels = service.labels
        labels[WellKnownLabel.serviceName] = service.name
        labels["endpointslice.kubernetes.io/managed-by"] = EndpointSliceController.managedBy
        labels["service.kubernetes.io/headless"] = service.spec.clusterIP == "None" ? "" : nil
        return labels
    }
}
