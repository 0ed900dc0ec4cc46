import ClusterCore
import KubeAPIServer
import KubeClient

/// A server with what a new cluster holds, and a client on it.
struct InstalledServer {
    let loop = EventLoop(start: .simulationStart)
    let server: APIServer
    let client: LocalClient

    init(nodes: [String] = []) {
        server = APIServer(loop: loop)
        BootstrapObjects.install(on: server, nodes: nodes, certificateAuthority: "CA")
        client = LocalClient(server, component: "tester")
        server.pump()
    }

    func advance(_ interval: Interval) {
        server.pump()
        loop.run(until: loop.now + interval)
    }

    /// What an author wrote, in order.
    func changes(by author: String) -> [Change] {
        var changes: [Change] = []
        server.store.forEachChange(after: 0) { change in
            if change.author == author { changes.append(change) }
            return true
        }
        return changes
    }
}
