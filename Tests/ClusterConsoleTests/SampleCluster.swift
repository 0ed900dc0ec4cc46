import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// A hand-made cluster: objects in a persistent map, and updates of it as a driver would hand them out.
struct SampleCluster {
    private(set) var objects = PersistentMap<ObjectKey, KubeObject>()
    private(set) var revision = 0
    var time = Instant.simulationStart + .minutes(10)
    var statistics = ClusterStatistics()
    var rules: ServiceRules = NoServiceRules()
    /// The machines of all nodes that were ever put.
    private(set) var machines: [String] = []
    var poweredOff: [String] = []
    var drains: [DrainProgress] = []
    var speed = 1.0
    var seed: UInt64 = 1
    var isClockPaused = false
    /// Who writes from now on.
    var author = "deployment-controller"
    private var pending: [Change] = []
    private let keeper = StatisticsKeeper()

    mutating func put(_ object: KubeObject) {
        revision += 1
        var metadata = object.metadata
        metadata.resourceVersion = "\(revision)"
        if metadata.uid == nil { metadata.uid = "uid-\(revision)" }
        if metadata.creationTimestamp == nil { metadata.creationTimestamp = time.time }
        let stored = object.with(metadata: metadata)
        if stored.kind == .node, !machines.contains(stored.name) {
            machines = (machines + [stored.name]).sorted(by: precedesUTF8)
        }
        let old = objects.updateValue(stored, forKey: stored.key)
        record(stored.key, old == nil ? .create : .update, old, stored)
    }

    mutating func put(_ value: some Resource) { put(value.boxed) }

    mutating func remove(_ key: ObjectKey) {
        guard let old = objects.removeValue(forKey: key) else { return }
        revision += 1
        record(key, .delete, old, nil)
    }

    private mutating func record(_ key: ObjectKey, _ verb: Change.Verb, _ old: KubeObject?, _ new: KubeObject?) {
        let change = Change(
            revision: revision, time: time, key: key, verb: verb, old: old, new: new, author: author, cause: 0)
        pending.append(change)
        if key.kind == .pod || key.kind == .node { keeper.handle(change) }
        statistics = keeper.statistics
        statistics.writes = revision
    }

    var snapshot: ClusterSnapshot {
        ClusterSnapshot(
            objects: Snapshot(revision: revision, time: time, objects: objects), statistics: statistics,
            serviceRules: rules, seed: seed, machines: machines, poweredOffNodes: poweredOff, drains: drains,
            speed: speed,
            isClockPaused: isClockPaused, eventCount: 0)
    }

    mutating func update(outcomes: [CommandOutcome] = []) -> ClusterUpdate {
        defer { pending = [] }
        return ClusterUpdate(snapshot: snapshot, changes: pending, isReset: false, outcomes: outcomes)
    }

    /// What a reader is given that came too late for most of the changes.
    mutating func reset() -> ClusterUpdate {
        defer { pending = [] }
        return ClusterUpdate(snapshot: snapshot, changes: pending.newestByUsers(), isReset: true, outcomes: [])
    }

    // MARK: Objects

    static func namespace(_ name: String) -> Namespace {
        var namespace = Namespace(name: name)
        namespace.status.phase = "Active"
        return namespace
    }

    static func node(_ name: String, isReady: Bool = true) -> Node {
        var node = Node(name: name)
        node.metadata.labels["kubernetes.io/hostname"] = name
        var condition = NodeCondition()
        condition.type = "Ready"
        condition.status = isReady ? "True" : "Unknown"
        node.status.conditions = [condition]
        node.status.allocatable["cpu"] = Quantity("4")
        node.status.allocatable["memory"] = Quantity("16Gi")
        node.status.allocatable["pods"] = Quantity("110")
        node.status.capacity = node.status.allocatable
        var info = NodeSystemInfo()
        info.kubeletVersion = "v1.36.0"
        node.status.nodeInfo = info
        var address = NodeAddress()
        address.type = "InternalIP"
        address.address = "192.168.0.\(name.split(separator: "-").last ?? "1")"
        node.status.addresses = [address]
        return node
    }

    static func pod(
        _ name: String, namespace: String = "default", node: String? = "node-1", phase: String = "Running",
        app: String = "web"
    ) -> Pod {
        var pod = Pod(name: name, namespace: namespace)
        pod.metadata.labels["app"] = app
        pod.spec.nodeName = node
        var container = Container()
        container.name = "nginx"
        container.image = "nginx:1.27"
        var resources = ResourceRequirements()
        resources.requests["cpu"] = Quantity("250m")
        resources.requests["memory"] = Quantity("128Mi")
        container.resources = resources
        pod.spec.containers = [container]
        pod.status.phase = phase
        var status = ContainerStatus()
        status.name = "nginx"
        status.ready = phase == "Running"
        var state = ContainerState()
        if phase == "Running" { state.running = ContainerStateRunning() }
        status.state = state
        pod.status.containerStatuses = [status]
        if phase == "Running" {
            var ready = PodCondition()
            ready.type = "Ready"
            ready.status = "True"
            pod.status.conditions = [ready]
            pod.status.podIP = "10.244.1.\(abs(name.utf8.reduce(0) { $0 + Int($1) }) % 250)"
        }
        return pod
    }

    static func deployment(_ name: String, replicas: Int, ready: Int) -> Deployment {
        var deployment = Deployment(name: name, namespace: "default")
        deployment.spec.replicas = replicas
        deployment.spec.selector = LabelSelector(matchLabels: ["app": name])
        deployment.spec.template.metadata.labels["app"] = name
        deployment.spec.template.spec.containers = pod("x").spec.containers
        deployment.status.readyReplicas = ready
        deployment.status.updatedReplicas = replicas
        deployment.status.availableReplicas = ready
        deployment.status.replicas = replicas
        return deployment
    }

    static func event(
        _ number: Int, about object: KubeObject, reason: String, message: String, type: String = "Normal",
        at time: Instant
    ) -> Event {
        var event = Event(
            name: "\(object.name).\(number)", namespace: object.namespace.isEmpty ? "default" : object.namespace)
        event.involvedObject.kind = object.kind.info.name
        event.involvedObject.apiVersion = object.kind.info.apiVersion
        event.involvedObject.namespace = object.namespace.isEmpty ? nil : object.namespace
        event.involvedObject.name = object.name
        event.involvedObject.uid = object.uid
        event.reason = reason
        event.message = message
        event.type = type
        event.count = 1
        event.firstTimestamp = time.time
        event.lastTimestamp = time.time
        var source = EventSource()
        source.component = "kubelet"
        event.source = source
        return event
    }

    /// Three nodes, two deployments, a dozen pods.
    static func small() -> SampleCluster {
        var cluster = SampleCluster()
        let now = cluster.time
        cluster.time = .simulationStart
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] { cluster.put(namespace(name)) }
        for number in 1...3 { cluster.put(node("node-\(number)")) }
        cluster.time = now - .minutes(4)
        cluster.put(deployment("web", replicas: 8, ready: 7))
        cluster.put(deployment("db", replicas: 2, ready: 2))
        for number in 1...8 {
            cluster.put(
                pod(
                    "web-7d4b9c6f5-\(number)", node: "node-\(number % 3 + 1)",
                    phase: number == 8 ? "Pending" : "Running"))
        }
        for number in 1...2 { cluster.put(pod("db-\(number)", node: "node-\(number)", app: "db")) }
        cluster.put(pod("coredns-1", namespace: "kube-system", app: "coredns"))
        cluster.put(pod("kube-proxy-1", namespace: "kube-system", app: "kube-proxy"))
        if let object = cluster.objects[ObjectKey(.pod, namespace: "default", name: "web-7d4b9c6f5-8")] {
            cluster.put(
                event(
                    1, about: object, reason: "Scheduled", message: "Successfully assigned default/web to node-3",
                    at: now))
            cluster.put(
                event(
                    2, about: object, reason: "BackOff", message: "Back-off restarting failed container",
                    type: "Warning",
                    at: now))
        }
        cluster.time = now
        return cluster
    }
}

/// A console on a sample cluster and a screen in memory, driven as `drydock frame` drives it.
final class Desk {
    var cluster: SampleCluster
    let console: Console
    let screen: MemoryScreen
    var wall = 100.0

    init(
        _ cluster: SampleCluster = .small(), size: Size = Size(width: 80, height: 24), theme: Theme = .dark,
        isDurable: Bool = false,
        parse: @escaping (String) -> Result<[WrittenObject], ManifestProblem> = { _ in .failure(ManifestProblem("none"))
        }
    ) {
        self.cluster = cluster
        let update = self.cluster.update()
        console = Console(update, size: size, theme: theme, isDurable: isDurable, parseManifests: parse)
        screen = MemoryScreen(size: size)
        draw()
    }

    @discardableResult
    func draw() -> Desk {
        console.finishWork()
        screen.present(console.frame(wallSeconds: wall), cursor: nil)
        screen.present(screen.frame, cursor: console.cursor)
        return self
    }

    @discardableResult
    func press(_ keys: String) -> Desk {
        do {
            for step in try KeySequence(parsing: keys).steps {
                if case .key(let key) = step { console.handle(.key(key)) }
                if case .wait(let nanoseconds) = step { wall += Double(nanoseconds) / 1e9 }
                draw()
            }
        } catch {
            preconditionFailure("bad keys \(keys): \(error)")
        }
        return self
    }

    @discardableResult
    func change(outcomes: [CommandOutcome] = [], _ body: (inout SampleCluster) -> Void) -> Desk {
        body(&cluster)
        console.apply(cluster.update(outcomes: outcomes))
        return draw()
    }

    /// As `change`, for a console that comes too late for the single changes.
    @discardableResult
    func lateChange(_ body: (inout SampleCluster) -> Void) -> Desk {
        body(&cluster)
        console.apply(cluster.reset())
        return draw()
    }

    var text: String { screen.text }
    func row(_ index: Int) -> String { screen.frame.row(index) }
}

/// A cluster without service proxies.
struct NoServiceRules: ServiceRulesView {
    var version: Int { 0 }
    var mode: String { "iptables" }
    var nodes: [String] { [] }
    func syncedRevision(node: String) -> Revision? { nil }
    func chains(namespace: String, service: String, node: String) -> [ServiceRuleChain] { [] }
    func chains(node: String) -> [ServiceRuleChain] { [] }
    func text(node: String) -> String { "" }
}
