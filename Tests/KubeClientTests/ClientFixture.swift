import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient

/// An API server with a namespace, and a client of it.
struct ClientFixture {
    let loop = EventLoop(start: .simulationStart)
    let server: APIServer
    let client: LocalClient

    init() {
        server = APIServer(loop: loop, options: APIServer.Options())
        client = LocalClient(server, component: "tester")
        _ = try? client.create(Namespace(name: "default"))
    }

    func advance(_ interval: Interval) { loop.run(until: loop.now + interval) }

    /// Count and message of each event, in the order in which they were made.
    var events: [String] {
        client.list(Event.self, namespace: "default").map { "\($0.count ?? 0) \($0.reason ?? "") \($0.message ?? "")" }
    }
}
