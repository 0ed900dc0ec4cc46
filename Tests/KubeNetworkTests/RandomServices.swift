import ClusterCore
import KubeAPI
import KubeClient
import KubeNetwork

/// Services of every shape, their slices and the nodes, changed at random.
struct RandomServices {
    private var random: SeededRandom
    private(set) var fixture = ProxyFixture(clusterCIDR: "10.244.0.0/16")
    /// What there is now.
    private(set) var nodes: [Node] = []
    private(set) var services: [ObjectKey: Service] = [:]
    private(set) var slices: [ObjectKey: EndpointSlice] = [:]
    private var count = 0

    init(seed: UInt64, nodes count: Int = 4) {
        random = SeededRandom(seed: seed)
        for number in 1...count {
            var node = Node(name: "node-\(number)")
            node.metadata.labels["topology.kubernetes.io/zone"] = "zone-\(number % 3)"
            nodes.append(node)
            fixture.put(node)
        }
    }

    /// The same as it is now, told in one go to proxies that know nothing yet. Slices come first, as they may.
    func fromScratch() -> ProxyFixture {
        var fresh = ProxyFixture(clusterCIDR: "10.244.0.0/16")
        for node in nodes { fresh.put(node) }
        for key in services.keys.sorted() { if let service = services[key] { fresh.put(service) } }
        for key in slices.keys.sorted() { if let slice = slices[key] { fresh.put(slice) } }
        return fresh
    }

    mutating func step() {
        switch random.below(8) {
        case 0: add()
        case 1: changeService()
        case 2: remove()
        case 3: moveNode()
        default: changeSlice()
        }
    }

    mutating func add() {
        count += 1
        let service = service("svc-\(count)")
        services[service.key] = service
        fixture.put(service)
        for part in 0...random.below(2) {
            let slice = slice(of: service, part)
            slices[slice.key] = slice
            fixture.put(slice)
        }
    }

    private mutating func pick<Value>(_ table: [ObjectKey: Value]) -> ObjectKey? {
        let keys = table.keys.sorted()
        return keys.isEmpty ? nil : keys[random.below(keys.count)]
    }

    private mutating func changeService() {
        guard let key = pick(services), let old = services[key] else { return }
        var new = service(key.name)
        new.spec.clusterIP = old.spec.clusterIP
        services[key] = new
        fixture.put(new)
    }

    private mutating func remove() {
        guard let key = pick(services) else { return }
        services[key] = nil
        fixture.remove(key)
        for slice in slices.keys.sorted() where slices[slice]?.labels["kubernetes.io/service-name"] == key.name {
            slices[slice] = nil
            fixture.remove(slice)
        }
    }

    private mutating func changeSlice() {
        guard let key = pick(slices), let old = slices[key], let name = old.labels["kubernetes.io/service-name"],
            let service = services[ObjectKey(.service, namespace: "default", name: name)]
        else { return }
        if random.below(6) == 0 {
            slices[key] = nil
            fixture.remove(key)
            return
        }
        var new = slice(of: service, 0)
        new.metadata.name = key.name
        slices[key] = new
        fixture.put(new)
    }

    private mutating func moveNode() {
        let index = random.below(nodes.count)
        nodes[index].metadata.labels["topology.kubernetes.io/zone"] = "zone-\(random.below(3))"
        fixture.put(nodes[index])
    }

    private mutating func service(_ name: String) -> Service {
        let number = count
        let protocols = ["TCP", "UDP", "SCTP"]
        var service = ProxyFixture.service("default", name, "10.96.\(number / 250).\(number % 250 + 1)")
        service.spec.ports = (0...random.below(3)).map { index in
            var port = ServicePort()
            port.name = "p\(index)"
            port.port = 80 + index
            port.protocol = protocols[random.below(3)]
            return port
        }
        service.spec.type = ["ClusterIP", "ClusterIP", "NodePort", "LoadBalancer", "Headless"][random.below(5)]
        if service.spec.type == "Headless" {
            service.spec.type = "ClusterIP"
            service.spec.clusterIP = "None"
            return service
        }
        if random.below(3) == 0 { service.spec.internalTrafficPolicy = "Local" }
        if random.below(3) == 0 {
            service.spec.sessionAffinity = "ClientIP"
            var client = ClientIPConfig()
            client.timeoutSeconds = 600
            var config = SessionAffinityConfig()
            config.clientIP = client
            service.spec.sessionAffinityConfig = config
        }
        if random.below(4) == 0 { service.spec.externalIPs = ["192.0.2.\(random.below(250) + 1)"] }
        guard service.spec.type != "ClusterIP" else { return service }
        if random.below(2) == 0 {
            service.spec.externalTrafficPolicy = "Local"
            service.spec.healthCheckNodePort = 32000 + number % 700
        }
        for index in service.spec.ports.indices {
            service.spec.ports[index].nodePort = 30000 + number % 600 * 3 + index
        }
        guard service.spec.type == "LoadBalancer" else { return service }
        var ingress = LoadBalancerIngress()
        ingress.ip = "198.51.100.\(number % 250 + 1)"
        var status = LoadBalancerStatus()
        status.ingress = [ingress]
        service.status.loadBalancer = status
        if random.below(2) == 0 { service.spec.loadBalancerSourceRanges = ["203.0.113.0/24", "198.18.0.0/15"] }
        return service
    }

    private mutating func slice(of service: Service, _ part: Int) -> EndpointSlice {
        var slice = EndpointSlice(name: "\(service.name)-\(part)", namespace: "default")
        slice.metadata.labels = ["kubernetes.io/service-name": service.name]
        slice.addressType = "IPv4"
        slice.ports = service.spec.ports.map { port in
            var result = DiscoveryEndpointPort()
            result.name = port.name
            result.port = port.port + 8000
            result.protocol = port.protocol
            return result
        }
        let isHinted = random.below(2) == 0
        slice.endpoints = (0..<random.below(6)).map { _ in endpoint(isHinted: isHinted) }
        return slice
    }

    private mutating func endpoint(isHinted: Bool) -> Endpoint {
        let node = random.below(nodes.count)
        var conditions = EndpointConditions()
        let state = random.below(6)
        conditions.ready = state < 4
        conditions.serving = state < 5
        conditions.terminating = state > 3
        var endpoint = Endpoint()
        endpoint.addresses = ["10.244.\(node).\(random.below(200) + 2)"]
        endpoint.nodeName = nodes[node].name
        endpoint.conditions = conditions
        if isHinted, random.below(12) > 0 {
            var zone = ForZone()
            zone.name = nodes[node].labels["topology.kubernetes.io/zone"] ?? ""
            var hints = EndpointHints()
            hints.forZones = [zone]
            if random.below(2) == 0 {
                var own = ForNode()
                own.name = nodes[node].name
                hints.forNodes = [own]
            }
            endpoint.hints = hints
        }
        return endpoint
    }
}
