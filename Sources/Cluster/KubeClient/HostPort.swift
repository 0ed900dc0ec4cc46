import KubeAPI

/// A port of the node that a container wants for itself.
public struct HostPort: Hashable, Sendable {
    public let address: String
    public let transport: String
    public let port: Int

    public init(address: String, transport: String, port: Int) {
        self.address = address.isEmpty ? HostPort.anyAddress : address
        self.transport = transport.isEmpty ? "TCP" : transport
        self.port = port
    }

    private static let anyAddress = "0.0.0.0"

    /// Whether both can't be on one node: the same port and protocol, on the same address or with one of them on all.
    ///
    /// Follows kubernetes staging/src/k8s.io/kube-scheduler/framework `HostPortInfo.CheckConflict`.
    public func conflicts(with other: HostPort) -> Bool {
        port == other.port && transport == other.transport
            && (address == other.address || address == HostPort.anyAddress || other.address == HostPort.anyAddress)
    }

    /// The host ports of a pod's containers, its sidecars included.
    public static func ports(of pod: Pod) -> [HostPort] {
        var ports: [HostPort] = []
        func collect(_ container: Container) {
            for port in container.ports {
                guard let hostPort = port.hostPort, hostPort > 0 else { continue }
                ports.append(HostPort(address: port.hostIP ?? "", transport: port.protocol ?? "", port: hostPort))
            }
        }
        for container in pod.spec.containers { collect(container) }
        for container in pod.spec.initContainers where container.restartPolicy == "Always" { collect(container) }
        return ports
    }
}
