import KubeAPIServer
import KubeClient

// A node that runs and cannot reach the API server: its kubelet and its proxy go by what they knew, and what the
// kubelet writes is lost until it is heard again.

extension Cluster {
    /// Cuts a node off; one that is cut off already, or that is not there, is left as it is.
    package func partition(_ node: String) {
        guard let client = kubeletClients[node], !client.isPartitioned else { return }
        client.partition()
        proxies.hold(node)
    }

    /// Mends the network of a node. Its proxy catches up unless the machine is off.
    package func reconnect(_ node: String) {
        guard let client = kubeletClients[node], client.isPartitioned else { return }
        client.reconnect()
        if !poweredOff.contains(node) { proxies.release(node) }
        server.pump()
    }

    package func isPartitioned(_ node: String) -> Bool { kubeletClients[node]?.isPartitioned ?? false }
}
