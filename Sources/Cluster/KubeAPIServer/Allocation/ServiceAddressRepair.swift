import ClusterCore
import KubeAPI
import KubeClient

/// Keeps the services' addresses and the IPAddress objects in step when somebody else has a hand in these: one that a
/// service needs is made again, one of the allocator's that no service needs is deleted.
///
/// A service is looked at with the next round, of which there is one every three minutes, as upstream's informers give
/// it; here only if there is something amiss.
///
/// Follows kubernetes pkg/registry/core/service/ipallocator/controller/repairip.go.
final class ServiceAddressRepair: ChangeHandler, EventTarget {
    private static let component = "ipallocator-repair-controller"
    private static let period = Interval.minutes(3)
    /// So long the service of an address may still be on its way.
    private static let leakTime = Interval.minutes(1)

    private let client: LocalClient
    private let loop: EventLoop
    private let begin: Instant
    private let recorder: EventSeriesRecorder
    private var isDue = false

    init(_ server: APIServer) {
        client = LocalClient(server, component: Self.component, user: Requester.user(of: "apiserver"))
        loop = server.loop
        begin = loop.now
        recorder = EventSeriesRecorder(client: client, loop: server.loop, controller: Self.component)
    }

    /// The store keeps this object alive.
    func start() { client.watch(IPAddress.self, .all, self) }

    func handle(_ change: Change) {
        client.cause = change.revision
        if let address = change.new(IPAddress.self) {
            if !isSound(address) { becomeDue() }
            check(address)
        } else if let address = change.old(IPAddress.self), service(with: address) != nil,
            client.object(change.key) == nil
        {
            becomeDue()
        }
    }

    /// The service that an address refers to, if it has the address.
    private func service(with address: IPAddress) -> Service? {
        guard let key = Self.service(of: address), let service = client.get(Service.self, key) else { return nil }
        return service.spec.clusterIPs.contains(address.name) ? service : nil
    }

    /// Whether it is just as the allocator makes it.
    private func isSound(_ address: IPAddress) -> Bool {
        guard let service = service(with: address) else { return false }
        return Self.hasItsLabels(address, service)
    }

    private static func service(of address: IPAddress) -> ObjectKey? {
        guard let parent = address.spec.parentRef, (parent.group ?? "").isEmpty, parent.resource == "services" else {
            return nil
        }
        return ObjectKey(.service, namespace: parent.namespace ?? "", name: parent.name)
    }

    private static func hasItsLabels(_ address: IPAddress, _ service: Service) -> Bool {
        ServiceAllocation.ipAddress(address.name, of: service.key).labels.allSatisfy { label, value in
            address.labels[label] == value
        }
    }

    // MARK: Services

    private func becomeDue() {
        if isDue { return }
        isDue = true
        let passed = (loop.now - begin).nanoseconds / Self.period.nanoseconds
        loop.schedule(at: begin + Self.period * Int(passed + 1), self)
    }

    func fire(_: UInt64) {
        isDue = false
        for service in client.list(Service.self) {
            for address in service.spec.clusterIPs where address != "None" {
                do throws(StatusError) {
                    try repair(address, of: service)
                } catch {
                    becomeDue()
                }
            }
        }
    }

    private func repair(_ name: String, of service: Service) throws(StatusError) {
        guard let address = client.get(IPAddress.self, name: name) else {
            warn(service, "ClusterIPNotAllocated", "Cluster IP [IPv4]: \(name) is not allocated; repairing")
            return try create(name, of: service)
        }
        let key = Self.service(of: address)
        if key != service.key {
            guard let key, let other = client.get(Service.self, key) else {
                warn(
                    service, "ClusterIPNotAllocated",
                    "the ClusterIP [IPv4]: \(name) for Service \(service.key.namespacedName) has a wrong reference; "
                        + "repairing")
                _ = try client.delete(address.key)
                return try create(name, of: service)
            }
            if other.spec.clusterIPs.contains(name) {
                warn(
                    service, "ClusterIPAlreadyAllocated",
                    "Cluster IP [IPv4]:\(name) was assigned to multiple services; please recreate service")
            }
        }
        if Self.hasItsLabels(address, service) { return }
        _ = try client.delete(address.key)
        try create(name, of: service)
    }

    private func create(_ name: String, of service: Service) throws(StatusError) {
        var options = WriteOptions()
        options.fieldManager = "kube-apiserver"
        _ = try client.create(ServiceAllocation.ipAddress(name, of: service.key).boxed, options)
    }

    private func warn(_ service: Service, _ reason: String, _ note: String) {
        recorder.event(service, .warning, reason, action: "ClusterIPAllocation", note)
    }

    // MARK: Addresses

    /// Deletes an address of the allocator's that no service has. Others' are theirs to keep.
    private func check(_ address: IPAddress) {
        guard address.labels[ServiceAllocation.managedBy] == ServiceAllocation.allocator else { return }
        let name = address.name
        guard let key = Self.service(of: address) else {
            let parent = address.spec.parentRef ?? ParentReference()
            return clean(
                address, "IPAddressNotAllocated",
                "IPAddress \(name) appears to have been modified, not referencing a Service &ParentReference{"
                    + "Group:\(parent.group ?? ""),Resource:\(parent.resource),Namespace:\(parent.namespace ?? ""),"
                    + "Name:\(parent.name),}: cleaning up")
        }
        guard let service = client.get(Service.self, key) else {
            let created = address.metadata.creationTimestamp?.instant ?? loop.now
            if loop.now < created + Self.leakTime { return checkAgain(address.key, at: created + Self.leakTime) }
            return clean(
                address, "IPAddressNotAllocated",
                "IPAddress: \(name) for Service \(key.namespacedName) appears to have leaked: cleaning up")
        }
        if service.spec.clusterIPs.contains(name) { return }
        clean(
            address, "IPAddressWrongReference",
            "IPAddress: \(name) for Service \(key.namespacedName) has a wrong reference; cleaning up")
    }

    private func checkAgain(_ key: ObjectKey, at time: Instant) {
        let cause = client.cause
        loop.schedule(at: time) { [weak self] in
            guard let self, let address = client.get(IPAddress.self, key) else { return }
            client.cause = cause
            check(address)
        }
    }

    private func clean(_ address: IPAddress, _ reason: String, _ note: String) {
        recorder.event(address, .warning, reason, action: "IPAddressAllocation", note)
        do throws(StatusError) {
            _ = try client.delete(address.key)
        } catch {
            // Then it has gone already.
        }
    }
}
