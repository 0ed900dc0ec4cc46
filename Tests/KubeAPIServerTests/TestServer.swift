import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeStore
import Testing

/// A server with the namespaces that tests write to, and a client on it.
struct TestServer {
    let loop: EventLoop
    let server: APIServer
    let client: LocalClient

    init(seed: UInt64 = 7, options: APIServer.Options = APIServer.Options()) throws {
        loop = EventLoop(start: .simulationStart)
        var options = options
        options.seed = seed
        server = APIServer(loop: loop, options: options)
        client = LocalClient(server, component: "tester")
        for name in ["default", "kube-system"] {
            var namespace = Namespace(name: name)
            namespace.spec.finalizers = ["kubernetes"]
            try client.create(namespace)
            try client.create(ServiceAccount(name: "default", namespace: name))
        }
    }

    func pump() { server.pump() }

    /// A pod that passes every check.
    static func pod(_ name: String, namespace: String = "default", image: String = "nginx:1.29") -> Pod {
        var pod = Pod(name: name, namespace: namespace)
        var container = Container()
        container.name = "main"
        container.image = image
        pod.spec.containers = [container]
        return pod
    }

    /// The error that a call throws; nil if it throws none.
    static func failure(_ body: () throws(StatusError) -> Void) -> StatusError? {
        do throws(StatusError) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}

/// A watch as clients have it, of what there is and what changes.
final class RecordedWatch: ChangeHandler {
    private let kind: ResourceKind
    private let list: ListOptions
    private var events: [(kind: WatchEventKind, object: KubeObject)] = []

    init(_ server: APIServer, _ kind: ResourceKind, _ list: ListOptions) {
        self.kind = kind
        self.list = list
        server.store.watches.watch(kind.stored, list.namespace.map { .namespace($0) } ?? .all, self)
    }

    func handle(_ change: Change) {
        guard let event = WatchEventKind(change, list) else { return }
        events.append((event, event.object(of: change, as: kind)))
    }

    /// The events since the last call.
    func take() -> [(kind: WatchEventKind, object: KubeObject)] {
        defer { events = [] }
        return events
    }
}

/// Keeps what it is told, in words.
final class RecordingHandler: ChangeHandler {
    var lines: [String] = []
    var changes: [Change] = []
    var onChange: ((Change) -> Void)?

    func handle(_ change: Change) {
        changes.append(change)
        lines.append("\(change.verb.rawValue) \(change.key.namespacedName)")
        onChange?(change)
    }
}
