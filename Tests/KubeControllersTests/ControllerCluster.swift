import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import KubeStore
import Testing

/// An API server over an empty store, a user, and the controllers that a test starts. Nothing else acts, unless a test
/// also starts a `PodRunner`.
final class ControllerCluster {
    let loop = EventLoop(start: .simulationStart)
    let server: APIServer
    let user: LocalClient
    private let random: SeededRandom
    private var running: [AnyObject] = []

    init(seed: UInt64 = 1, withServiceAccount: Bool = true) throws {
        var options = APIServer.Options()
        options.seed = seed
        server = APIServer(loop: loop, options: options)
        user = LocalClient(server, component: "kubectl")
        random = SeededRandom(seed: seed)
        try createNamespace("default", withServiceAccount: withServiceAccount)
    }

    func createNamespace(_ name: String, withServiceAccount: Bool = true) throws {
        var namespace = Namespace(name: name)
        namespace.spec.finalizers = ["kubernetes"]
        try user.create(namespace)
        try user.mutate(Namespace.self, namespace.key, .status) { $0.status.phase = "Active" }
        if withServiceAccount { try user.create(ServiceAccount(name: "default", namespace: name)) }
    }

    func context(_ component: String) -> ComponentContext {
        let client = LocalClient(server, component: component)
        return ComponentContext(
            client: client, loop: loop, random: random.fork(component),
            recorder: EventRecorder(client: client, loop: loop, component: component))
    }

    func start(_ deployments: DeploymentController.Type) -> DeploymentController {
        let controller = DeploymentController(context(DeploymentController.component))
        controller.start()
        running.append(controller)
        return controller
    }

    @discardableResult
    func startReplicas<Owner>(of _: Owner.Type) -> ReplicaController<Owner> {
        let controller = ReplicaController<Owner>(context(ReplicaController<Owner>.component))
        controller.start()
        running.append(controller)
        return controller
    }

    @discardableResult
    func startGarbageCollector() -> GarbageCollector {
        let collector = GarbageCollector(context(GarbageCollector.component))
        collector.start()
        running.append(collector)
        return collector
    }

    func startPodRunner(readyAfter: Interval = .seconds(2), graceful: Interval = .seconds(1)) -> PodRunner {
        let runner = PodRunner(context("kubelet"), readyAfter: readyAfter, graceful: graceful)
        runner.start()
        running.append(runner)
        return runner
    }

    func keep(_ object: AnyObject) { running.append(object) }

    /// Runs all that is due now.
    func settle() {
        server.pump()
        loop.run(until: loop.now)
    }

    func advance(_ interval: Interval) {
        server.pump()
        loop.run(until: loop.now + interval)
    }

    /// Whether an author writes nothing for ten minutes.
    func isQuiet(_ author: String) -> Bool {
        let before = revision
        advance(.minutes(10))
        return actions(by: author, after: before).isEmpty
    }

    // MARK: What happened

    var revision: Revision { server.store.revision }

    /// The writes of an author after a revision, one line each; Events as their reason and message. The random ends of
    /// pods' names are left out.
    func actions(by author: String, after revision: Revision = 0) -> [String] {
        var lines: [String] = []
        server.store.forEachChange(after: revision) { change in
            if change.author == author { lines.append(ControllerCluster.line(change)) }
            return true
        }
        return lines
    }

    /// Reasons and messages of the Events of an author.
    func events(by author: String, after revision: Revision = 0) -> [String] {
        actions(by: author, after: revision).filter { $0.hasPrefix("event ") }.map { String($0.dropFirst(6)) }
    }

    func writes(by author: String, after revision: Revision = 0) -> [String] {
        actions(by: author, after: revision).filter { !$0.hasPrefix("event ") }
    }

    private static func line(_ change: Change) -> String {
        if let event = change.new(Event.self) {
            let message = event.message ?? ""
            guard message.contains(" pod: ") else { return "event \(event.reason ?? ""): \(message)" }
            return "event \(event.reason ?? ""): \(message.dropLast(5))*****"
        }
        let object = change.object
        let name = object.metadata.generateName.map { $0 + "*****" } ?? object.name
        var line = "\(change.verb.rawValue) \(change.kind.info.name) \(name)"
        let coder = change.kind.info.coder
        if let old = change.old, let new = change.new, !coder.hasSameStatus(old, new), coder.hasSameSpec(old, new) {
            line += " status"
        }
        return line
    }

    // MARK: What is there

    func pods(_ labels: StringMap<String> = [:], namespace: String? = "default") -> [Pod] {
        user.list(Pod.self, namespace: namespace).filter { Selector(labels).matches($0.metadata.labels) }
    }

    func replicaSets() -> [ReplicaSet] { user.list(ReplicaSet.self, namespace: "default") }

    func get<Value: Resource>(_ type: Value.Type, _ name: String, namespace: String = "default") throws -> Value {
        try #require(user.get(type, namespace: type.kind.info.isNamespaced ? namespace : "", name: name))
    }
}

/// Stands in for scheduler and kubelets: binds every pod, makes it ready after a while, and removes it a while after it
/// was asked to end.
final class PodRunner: ChangeHandler {
    private let context: ComponentContext
    private let readyAfter: Interval
    private let graceful: Interval
    /// Pods of images for which this is false never become ready.
    var isHealthy: (String) -> Bool = { _ in true }
    private var nextNode = 0

    init(_ context: ComponentContext, readyAfter: Interval, graceful: Interval) {
        self.context = context
        self.readyAfter = readyAfter
        self.graceful = graceful
    }

    func start() { context.client.watch(Pod.self, .all, self) }

    func handle(_ change: Change) {
        guard let pod = change.new(Pod.self) else { return }
        if pod.metadata.deletionTimestamp != nil {
            if change.old?.metadata.deletionTimestamp == nil { end(pod) }
        } else if change.verb == .create {
            run(pod)
        }
    }

    private func run(_ pod: Pod) {
        let node = "node-\(nextNode % 3 + 1)"
        nextNode += 1
        context.loop.schedule(after: .zero) { [context] in
            do throws(StatusError) { try context.client.bind(pod: pod.key, uid: pod.uid, to: node) } catch { return }
        }
        guard isHealthy(pod.spec.containers.first?.image ?? "") else { return }
        context.loop.schedule(after: readyAfter) { [context] in PodRunner.setReady(pod.key, true, context.client) }
    }

    private func end(_ pod: Pod) {
        context.loop.schedule(after: graceful) { [context] in
            do throws(StatusError) {
                _ = try context.client.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
            } catch { return }
        }
    }

    static func setReady(_ key: ObjectKey, _ isReady: Bool, _ client: any KubeClient) {
        do throws(StatusError) {
            try client.mutate(Pod.self, key, .status) { pod in
                if pod.metadata.deletionTimestamp != nil { return }
                pod.status.phase = "Running"
                var condition = PodCondition()
                condition.type = "Ready"
                condition.status = isReady ? "True" : "False"
                condition.lastTransitionTime = (client as? LocalClient)?.server.loop.now.time
                pod.status.conditions.removeAll { $0.type == "Ready" }
                pod.status.conditions.append(condition)
            }
        } catch { return }
    }
}
