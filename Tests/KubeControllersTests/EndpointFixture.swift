import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

/// Nodes `node-1` … `node-3` in the zones `a`, `b` and `c`, services, and pods whose addresses and states a test sets.
final class EndpointFixture {
    let cluster: ControllerCluster

    init() throws {
        cluster = try ControllerCluster()
        for (number, zone) in [(1, "a"), (2, "b"), (3, "c")] {
            var node = Node(name: "node-\(number)")
            node.metadata.labels["topology.kubernetes.io/zone"] = zone
            try cluster.user.create(node)
        }
    }

    /// Nodes and a controller that runs.
    convenience init(_ component: String, _ controller: (ComponentContext) -> some Controller) throws {
        try self.init()
        let controller = controller(cluster.context(component))
        controller.start()
        cluster.keep(controller)
    }

    func context(_ component: String) -> ComponentContext { cluster.context(component) }

    @discardableResult
    func service(_ name: String = "web", _ change: (inout Service) -> Void = { _ in }) throws -> Service {
        var port = ServicePort()
        port.name = "http"
        port.port = 80
        port.targetPort = .string("http")
        var service = Service(name: name, namespace: "default")
        service.spec.selector = ["app": name]
        service.spec.ports = [port]
        change(&service)
        let created = try cluster.user.create(service)
        cluster.settle()
        return created
    }

    /// A pod of a service, with the address 10.0.0.NUMBER and a port `http`.
    @discardableResult
    func pod(
        _ number: Int, of service: String = "web", node: Int = 1, port: Int = 8080, isReady: Bool = true,
        _ change: (inout Pod) -> Void = { _ in }
    ) throws -> Pod {
        var pod = Pod(name: "\(service)-\(number < 10 ? "0" : "")\(number)", namespace: "default")
        pod.metadata.labels = ["app": service]
        pod.spec = ReplicaSetControllerTests.template.spec
        var http = ContainerPort()
        http.name = "http"
        http.containerPort = port
        pod.spec.containers[0].ports = [http]
        change(&pod)
        let created = try cluster.user.create(pod)
        try cluster.user.bind(pod: created.key, uid: created.uid, to: "node-\(node)")
        let address = "10.0.\(number / 250).\(number % 250)"
        try cluster.user.mutate(Pod.self, created.key, .status) { pod in
            pod.status.podIP = address
            var ip = PodIP()
            ip.ip = address
            pod.status.podIPs = [ip]
        }
        PodRunner.setReady(created.key, isReady, cluster.user)
        return created
    }

    func set(_ pod: Pod, ready isReady: Bool) {
        PodRunner.setReady(pod.key, isReady, cluster.user)
        cluster.settle()
    }

    /// The slices of a service, one line each: ports, then each endpoint with its conditions (ready, serving,
    /// terminating), node, zone, host name and hints.
    func slices(of service: String = "web") -> [String] {
        objects(of: service).map { slice in
            let ports = slice.ports.map { "\($0.name ?? "")/\($0.protocol ?? ""):\($0.port ?? 0)" }
            return ([ports.joined(separator: ",")] + slice.endpoints.map(Self.line)).joined(separator: " | ")
        }
    }

    func objects(of service: String = "web") -> [EndpointSlice] {
        cluster.user.list(EndpointSlice.self, namespace: "default").filter {
            $0.labels["kubernetes.io/service-name"] == service
        }
    }

    private static func line(_ endpoint: Endpoint) -> String {
        func flag(_ value: Bool?, _ letter: String) -> String { value == nil ? "" : value == true ? letter : "-" }
        let conditions = endpoint.conditions
        var text = endpoint.addresses.joined(separator: ",") + " "
        text += flag(conditions?.ready, "r") + flag(conditions?.serving, "s") + flag(conditions?.terminating, "t")
        if let node = endpoint.nodeName { text += " \(node)/\(endpoint.zone ?? "")" }
        if let hostname = endpoint.hostname { text += " \(hostname)" }
        if let hints = endpoint.hints {
            text += " for " + (hints.forZones.map(\.name) + hints.forNodes.map(\.name)).joined(separator: ",")
        }
        return text
    }

    /// How many endpoints each slice has, sorted.
    func counts(of service: String = "web") -> [Int] { objects(of: service).map(\.endpoints.count).sorted() }
}
