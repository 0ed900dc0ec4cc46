import ClusterCore
import KubeAPI
import KubeClient
import KubeStore

/// Gives services their cluster addresses and node ports, keeps an IPAddress object for each address, and takes both
/// back.
///
/// Follows kubernetes pkg/registry/core/service/storage/alloc.go.
package final class ServiceAllocation {
    /// What one write has been given. It is committed once the service is stored, or abandoned.
    struct Reservation {
        /// Given for this write.
        fileprivate var addresses: [UInt32] = []
        fileprivate var ports: [Int] = []
        /// The service's no more once the write is done.
        fileprivate var oldAddresses: [UInt32] = []
        fileprivate var oldPorts: [Int] = []
    }

    /// kubeadm's default.
    package static let clusterRange = "10.96.0.0/12"
    package static let nodePorts = 30000..<32768

    private let ownRange: IPv4Range
    private let portRange: NumberRange
    private let store: ObjectStore
    private var addresses: NumberAllocator
    private var ports: NumberAllocator

    init(store: ObjectStore, random: SeededRandom) {
        self.store = store
        guard let range = IPv4Range(ServiceAllocation.clusterRange) else { preconditionFailure("a bad range") }
        ownRange = range
        portRange = NumberRange(ServiceAllocation.nodePorts, least: 16, most: 128, part: 32)
        addresses = NumberAllocator(random: random.fork("addresses"))
        ports = NumberAllocator(random: random.fork("ports"))
    }

    /// Takes what the stored services have, after a restoration.
    func restore() {
        store.forEach(.service, namespace: nil) { object in
            guard let service = object.as(Service.self) else { return true }
            for address in ServiceAllocation.addresses(of: service) { _ = addresses.take(Int(address)) }
            for port in ServiceAllocation.ports(of: service) { _ = ports.take(port) }
            return true
        }
    }

    // MARK: Allocating

    /// The service with all that its type needs. What it is given stays taken until `commit` or `abandon`.
    func allocate(
        _ object: KubeObject, old: KubeObject?
    ) throws(StatusError) -> (object: KubeObject, reservation: Reservation) {
        guard var service = object.as(Service.self) else { preconditionFailure("not a service") }
        let old = old?.as(Service.self)
        ServiceFields.normalizeClusterIPs(&service, old: old)
        if let old {
            ServiceFields.keepAllocated(&service, old: old)
            ServiceFields.dropUnneeded(&service, old: old)
        }
        try ServiceFamilies.set(&service, old: old)
        var reservation = Reservation()
        do throws(StatusError) {
            try allocateAddresses(&service, old, &reservation)
            try allocatePorts(&service, old, &reservation)
        } catch {
            abandon(reservation)
            throw error
        }
        return (service.boxed, reservation)
    }

    /// An address is given once, to a service that is new or has only been a name. What else a client changes of it is
    /// for the validation to refuse.
    private func allocateAddresses(
        _ service: inout Service, _ old: Service?, _ reservation: inout Reservation
    ) throws(StatusError) {
        let isNew = !(old.map(ServiceFields.needsClusterIP) ?? false)
        if isNew, ServiceFields.needsClusterIP(service), !ServiceFields.isHeadless(service) {
            if service.spec.clusterIPs.isEmpty {
                guard let number = nextAddress() else {
                    throw .internalError("failed to allocate a serviceIP: range is full")
                }
                let address = UInt32(truncatingIfNeeded: number)
                reservation.addresses.append(address)
                service.spec.clusterIPs = [IPv4Range.text(address)]
            } else {
                for text in service.spec.clusterIPs {
                    // What is no address at all is for the validation to tell.
                    if let address = IPv4Range.address(text) { try take(address, text, service, &reservation) }
                }
            }
            service.spec.clusterIP = service.spec.clusterIPs.first
        }
        let kept = ServiceAllocation.addresses(of: service)
        reservation.oldAddresses = (old.map(ServiceAllocation.addresses) ?? []).filter { !kept.contains($0) }
    }

    private func nextAddress() -> Int? {
        // What somebody else made an IPAddress for is passed over, and stays his.
        var passed: [Int] = []
        defer { for number in passed { addresses.release(number) } }
        for range in ServiceRanges(store, own: ownRange).ranges {
            while let number = addresses.takeNext(of: range.usable) {
                if !hasObject(UInt32(truncatingIfNeeded: number)) { return number }
                passed.append(number)
            }
        }
        return nil
    }

    private func hasObject(_ address: UInt32) -> Bool {
        store.object(ObjectKey(.ipAddress, name: IPv4Range.text(address))) != nil
    }

    private func take(
        _ address: UInt32, _ text: String, _ service: Service, _ reservation: inout Reservation
    ) throws(StatusError) {
        var problem = ServiceRanges(store, own: ownRange).problem(with: address)
        if problem == nil, hasObject(address) || !addresses.take(Int(address)) {
            problem = "provided IP is already allocated"
        }
        guard let problem else {
            reservation.addresses.append(address)
            return
        }
        throw .invalid(
            kind: .service, name: service.name,
            errors: [
                .invalid(
                    FieldPath("spec").child("clusterIPs"), service.spec.clusterIPs,
                    "failed to allocate IP \(text): \(problem)")
            ])
    }

    private func allocatePorts(
        _ service: inout Service, _ old: Service?, _ reservation: inout Reservation
    ) throws(StatusError) {
        let held = old.map(ServiceAllocation.ports) ?? []
        if ServiceFields.takesNodePorts(service) {
            if old == nil {
                try givePorts(&service, &reservation)
            } else {
                try givePorts(&service, held, &reservation)
            }
        }
        if ServiceFields.needsHealthCheckNodePort(service),
            !(old.map(ServiceFields.needsHealthCheckNodePort) ?? false)
        {
            let number = service.spec.healthCheckNodePort ?? 0
            if number == 0 {
                service.spec.healthCheckNodePort = try nextPort("HealthCheck NodePort", &reservation)
            } else if !held.contains(number), !reservation.ports.contains(number) {
                try take(number, FieldPath("spec").child("healthCheckNodePort"), service, &reservation)
            }
        }
        let kept = ServiceAllocation.ports(of: service)
        reservation.oldPorts = held.filter { !kept.contains($0) }
    }

    /// Node ports for a new service. Ports of one number, which differ in their protocol alone, share one: the first
    /// that any of them asks for, wherever it stands, or else one that is given. Whether ports are given at all or not,
    /// those that are asked for are taken. Follows upstream's `initNodePorts`.
    private func givePorts(_ service: inout Service, _ reservation: inout Reservation) throws(StatusError) {
        let isGiven = ServiceFields.needsNodePort(service)
        var shared: [Int: Int] = [:]
        for index in service.spec.ports.indices {
            let port = service.spec.ports[index]
            let asked = port.nodePort ?? 0
            if asked == 0, !isGiven { continue }
            if let known = shared[port.port] {
                if asked == 0 {
                    service.spec.ports[index].nodePort = known
                } else if asked != known {
                    try take(asked, ServiceAllocation.nodePortPath(index), service, &reservation)
                }
                continue
            }
            let number: Int
            if let wanted = service.spec.ports.first(where: { $0.port == port.port && $0.nodePort ?? 0 != 0 })?.nodePort
            {
                try take(wanted, ServiceAllocation.nodePortPath(index), service, &reservation)
                number = wanted
            } else {
                number = try nextPort("nodePort", &reservation)
            }
            service.spec.ports[index].nodePort = number
            shared[port.port] = number
        }
    }

    /// Node ports for a service that is changed: each port that comes without one is given its own. Follows upstream's
    /// `updateNodePorts`.
    private func givePorts(
        _ service: inout Service, _ held: [Int], _ reservation: inout Reservation
    ) throws(StatusError) {
        let isGiven = ServiceFields.needsNodePort(service)
        for index in service.spec.ports.indices {
            let asked = service.spec.ports[index].nodePort ?? 0
            if asked != 0 {
                if held.contains(asked) || reservation.ports.contains(asked) { continue }
                try take(asked, ServiceAllocation.nodePortPath(index), service, &reservation)
            } else if isGiven {
                service.spec.ports[index].nodePort = try nextPort("nodePort", &reservation)
            }
        }
    }

    private static func nodePortPath(_ index: Int) -> FieldPath {
        FieldPath("spec").child("ports").index(index).child("nodePort")
    }

    private func nextPort(_ what: String, _ reservation: inout Reservation) throws(StatusError) -> Int {
        guard let next = ports.takeNext(of: portRange) else {
            throw .internalError("failed to allocate a \(what): range is full")
        }
        reservation.ports.append(next)
        return next
    }

    private func take(
        _ port: Int, _ path: FieldPath, _ service: Service, _ reservation: inout Reservation
    ) throws(StatusError) {
        let problem: String
        if !portRange.numbers.contains(port) {
            let last = ServiceAllocation.nodePorts.upperBound - 1
            problem =
                "provided port is not in the valid range. The range of valid ports is "
                + "\(ServiceAllocation.nodePorts.lowerBound)-\(last)"
        } else if !ports.take(port) {
            problem = "provided port is already allocated"
        } else {
            reservation.ports.append(port)
            return
        }
        throw .invalid(kind: .service, name: service.name, errors: [.invalid(path, port, problem)])
    }

    // MARK: Settling

    /// Gives back what was given for a write that did not happen.
    func abandon(_ reservation: Reservation) {
        for address in reservation.addresses { addresses.release(Int(address)) }
        for port in reservation.ports { ports.release(port) }
    }

    /// Makes the IPAddress objects of a service that is stored now, and gives back what it no longer has.
    func commit(
        _ reservation: Reservation, of stored: KubeObject, _ server: APIServer, _ request: Request
    ) throws(StatusError) {
        for address in reservation.addresses { try createObject(for: address, of: stored, server, request) }
        give(back: reservation.oldAddresses, server, request)
        for port in reservation.oldPorts { ports.release(port) }
    }

    /// Gives back all that a removed service had.
    func release(_ service: Service, _ server: APIServer, _ request: Request) {
        give(back: ServiceAllocation.addresses(of: service), server, request)
        for port in ServiceAllocation.ports(of: service) { ports.release(port) }
    }

    private func give(back addresses: [UInt32], _ server: APIServer, _ request: Request) {
        for address in addresses {
            self.addresses.release(Int(address))
            let key = ObjectKey(.ipAddress, name: IPv4Range.text(address))
            guard let object = store.object(key) else { continue }
            do throws(StatusError) { try server.remove(object, request) } catch {
                preconditionFailure("an address that is there can be removed")
            }
        }
    }

    private func createObject(
        for address: UInt32, of service: KubeObject, _ server: APIServer, _ request: Request
    ) throws(StatusError) {
        _ = try server.create(ServiceAllocation.ipAddress(IPv4Range.text(address), of: service.key).boxed, request)
    }

    static let managedBy = "ipaddress.kubernetes.io/managed-by"
    static let allocator = "ipallocator.k8s.io"

    /// The object that says that a service has an address.
    ///
    /// Follows kubernetes pkg/registry/core/service/ipallocator/ipallocator.go `createIPAddress`.
    static func ipAddress(_ name: String, of service: ObjectKey) -> IPAddress {
        var object = IPAddress(name: name)
        object.metadata.labels = ["ipaddress.kubernetes.io/ip-family": "IPv4", managedBy: allocator]
        var parent = ParentReference()
        parent.group = ""
        parent.resource = "services"
        parent.namespace = service.namespace
        parent.name = service.name
        object.spec.parentRef = parent
        return object
    }

    private static func addresses(of service: Service) -> [UInt32] {
        service.spec.clusterIPs.compactMap(IPv4Range.address)
    }

    private static func ports(of service: Service) -> [Int] {
        var ports: [Int] = []
        for port in service.spec.ports {
            if let number = port.nodePort, number != 0, !ports.contains(number) { ports.append(number) }
        }
        if let number = service.spec.healthCheckNodePort, number != 0 { ports.append(number) }
        return ports
    }
}
