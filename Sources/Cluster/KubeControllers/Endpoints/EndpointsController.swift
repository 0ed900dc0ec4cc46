import ClusterCore
import KubeAPI
import KubeClient

/// Keeps the Endpoints object of every service with a selector: the older form of EndpointSlices, one object a service,
/// at most 1000 addresses.
///
/// Reading a service's pods and writing its object cost as much as they are many. Services that select more than a
/// hundred pods are therefore reconciled at most once a second, as upstream's `--endpoint-updates-batch-period` allows.
/// Follows kubernetes `pkg/controller/endpoint/endpoints_controller.go`.
package final class EndpointsController: Controller, Reconciler, ChangeHandler {
    package static let component = "endpoint-controller"
    private static let maximumAddresses = 1000
    private static let maximumRetries = 15
    private static let overCapacity = "endpoints.kubernetes.io/over-capacity"
    private static let leader = "control-plane.alpha.kubernetes.io/leader"
    private static let batchPeriod = Interval.seconds(1)

    private let context: ComponentContext
    private var client: any KubeClient { context.client }
    private var worker: Worker<EndpointsController>?
    private var index = ServiceSelectorIndex()
    /// Services that select so many pods that their changes are taken in batches.
    private var large: Set<ObjectKey> = []
    private var triggers = EndpointTriggerTimes()

    package init(_ context: ComponentContext) { self.context = context }

    package func start() {
        worker = Worker(self, client: client, loop: context.loop, maximumRetries: EndpointsController.maximumRetries)
        client.watch(Service.self, .all, self)
        client.watch(Pod.self, .all, self)
        client.watch(Endpoints.self, .all, self)
        checkLeftovers()
    }

    /// Services may have gone while no controller ran. Objects that leaders are elected by never had one.
    private func checkLeftovers() {
        client.forEach(.endpoints, namespace: nil) { object in
            if object.metadata.annotations[EndpointsController.leader] == nil {
                let service = ObjectKey(.service, namespace: object.key.namespace, name: object.key.name)
                worker?.add(service, cause: 0)
            }
            return true
        }
    }

    package func handle(_ change: Change) {
        switch change.kind {
        case .service:
            index.set(change.key, change.new(Service.self)?.spec.selector ?? [:])
            worker?.add(change.key, cause: change.revision)
        case .pod: podChanged(change)
        default:
            // What somebody else writes into the object stays until something happens to the service or its pods.
            if change.verb != .delete || change.author == client.component { return }
            let service = ObjectKey(.service, namespace: change.key.namespace, name: change.key.name)
            worker?.add(service, cause: change.revision)
        }
    }

    private func podChanged(_ change: Change) {
        let old = change.old(Pod.self)
        let new = change.new(Pod.self)
        if let old, let new, PodEndpoint.isUnaffected(old, new) { return }
        let namespace = change.key.namespace
        var services = index.services(namespace: namespace, labels: (new ?? old)?.labels ?? [:])
        if let new { triggers.note(new, from: old, for: services, index) }
        if let old, let new, old.labels != new.labels {
            services += index.services(namespace: namespace, labels: old.labels).filter { !services.contains($0) }
        }
        for service in services {
            if large.contains(service) {
                worker?.add(service, after: EndpointsController.batchPeriod)
            } else {
                worker?.add(service, cause: change.revision)
            }
        }
    }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let service = client.get(Service.self, key) else {
            large.remove(key)
            triggers.forget(key)
            let endpoints = ObjectKey(.endpoints, namespace: key.namespace, name: key.name)
            if client.object(endpoints) != nil { try client.delete(endpoints) }
            return
        }
        if service.spec.selector.isEmpty || service.spec.type == "ExternalName" { return }
        let trigger = triggers.take(service)
        var (subsets, podCount) = subsets(service)
        if podCount > 100 { large.insert(key) } else { large.remove(key) }
        let isTruncated = EndpointsController.truncate(&subsets, to: EndpointsController.maximumAddresses)
        try write(service, subsets, isTruncated: isTruncated, trigger)
    }

    /// The addresses of a service, and how many pods were looked at for them. O(pods).
    private func subsets(_ service: Service) -> (subsets: [EndpointSubset], podCount: Int) {
        var subsets = EndpointSubsets()
        var podCount = 0
        guard let pair = service.spec.selector.first(where: { _ in true }) else { return ([], 0) }
        client.forEach(.pod, index: .label(namespace: service.namespace, key: pair.key, value: pair.value)) { object in
            podCount += 1
            guard let pod = object.as(Pod.self), pod.status.podIP?.isEmpty == false, belongs(pod, service) else {
                return true
            }
            var ports: [EndpointPort?] = PodEndpoint.ports(pod, of: service).map(EndpointsController.port)
            if service.spec.ports.isEmpty, service.spec.clusterIP == "None" { ports = [nil] }
            if ports.isEmpty { return true }
            let isReady = service.spec.publishNotReadyAddresses == true || pod.isReady
            subsets.add(EndpointsController.address(pod, service), isReady: isReady, ports: ports)
            return true
        }
        return (subsets.all, podCount)
    }

    private func belongs(_ pod: Pod, _ service: Service) -> Bool {
        guard service.spec.selector.allSatisfy({ pod.labels[$0.key] == $0.value }) else { return false }
        if pod.metadata.deletionTimestamp != nil, service.spec.publishNotReadyAddresses != true { return false }
        return !pod.isTerminal
    }

    private static func address(_ pod: Pod, _ service: Service) -> EndpointAddress {
        var address = EndpointAddress()
        address.ip = pod.status.podIP ?? ""
        address.nodeName = pod.spec.nodeName
        if let hostname = pod.spec.hostname, !hostname.isEmpty, pod.spec.subdomain == service.name {
            address.hostname = hostname
        }
        address.targetRef = PodEndpoint.reference(to: pod)
        return address
    }

    private static func port(_ port: DiscoveryEndpointPort) -> EndpointPort {
        var result = EndpointPort()
        result.name = port.name?.isEmpty == true ? nil : port.name
        result.port = port.port ?? 0
        result.protocol = port.protocol
        result.appProtocol = port.appProtocol
        return result
    }

    /// Takes addresses away until no more than a maximum are left: those that are not ready, or, if there are too many
    /// ready ones, all of these and some of the ready. Each subset keeps its part, rounded up, the last ones what is
    /// left. Returns whether that was needed. Follows `truncateEndpoints`.
    ///
    /// For example, of 100 + 100 ready and 600 + 400 other addresses 480 + 320 others stay.
    package static func truncate(_ subsets: inout [EndpointSubset], to maximum: Int) -> Bool {
        let ready = subsets.reduce(0) { $0 + $1.addresses.count }
        let others = subsets.reduce(0) { $0 + $1.notReadyAddresses.count }
        if ready + others <= maximum { return false }
        let hasTooManyReady = ready > maximum
        let list: WritableKeyPath<EndpointSubset, [EndpointAddress]> =
            hasTooManyReady ? \.addresses : \.notReadyAddresses
        let total = Double(hasTooManyReady ? ready : others)
        let room = hasTooManyReady ? maximum : maximum - ready
        var left = room
        for index in subsets.indices {
            let part = (Double(subsets[index][keyPath: list].count) / total * Double(room)).rounded(.up)
            subsets[index][keyPath: list] = Array(subsets[index][keyPath: list].prefix(min(Int(part), left)))
            left -= subsets[index][keyPath: list].count
            if hasTooManyReady { subsets[index].notReadyAddresses = [] }
        }
        // Upstream leaves them, and its API server then refuses the object.
        subsets.removeAll { $0.addresses.isEmpty && $0.notReadyAddresses.isEmpty }
        return true
    }

    private func write(
        _ service: Service, _ subsets: [EndpointSubset], isTruncated: Bool, _ trigger: Time?
    ) throws(StatusError) {
        let existing = client.get(Endpoints.self, namespace: service.namespace, name: service.name)
        var endpoints = existing ?? Endpoints(name: service.name, namespace: service.namespace)
        endpoints.subsets = subsets
        var labels = service.labels
        labels["endpoints.kubernetes.io/managed-by"] = EndpointsController.component
        labels["service.kubernetes.io/headless"] = service.spec.clusterIP == "None" ? "" : nil
        endpoints.metadata.labels = labels
        endpoints.metadata.annotations[EndpointsController.overCapacity] = isTruncated ? "truncated" : nil
        // An object that was cut is never what upstream compares it with.
        if endpoints == existing, !isTruncated { return }
        endpoints.metadata.annotations[EndpointTriggerTimes.annotation] = trigger?.rfc3339
        if endpoints == existing { return }
        do throws(StatusError) {
            if existing == nil { try client.create(endpoints) } else { try client.update(endpoints) }
        } catch {
            if existing == nil, error.hasCause(StatusCauseType.namespaceTerminating) { return }
            tellFailure(endpoints, exists: existing != nil, error)
            throw error
        }
    }

    private func tellFailure(_ endpoints: Endpoints, exists: Bool, _ error: StatusError) {
        let name = endpoints.key.namespacedName
        if exists {
            context.recorder.event(
                endpoints, .warning, "FailedToUpdateEndpoint", "Failed to update endpoint \(name): \(error.message)")
        } else {
            context.recorder.event(
                endpoints, .warning, "FailedToCreateEndpoint",
                "Failed to create endpoint for service \(name): \(error.message)")
        }
    }
}
