import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import KubeNetwork
import KubeNode
import KubeScheduler
import KubeStore

/// A whole Kubernetes cluster: API server, controllers, scheduler, and a kubelet and a service proxy per node, on one
/// event loop with a virtual clock.
///
/// A plain object: many can live in one process, each runs on the thread that calls it, and the same configuration and
/// the same calls give the same history to the byte.
package final class Cluster {
    package let configuration: Configuration
    package let loop: EventLoop
    package let server: APIServer
    package let proxies: ServiceProxies
    private let random: SeededRandom
    private var kubelets: [String: Kubelet] = [:]
    private(set) var kubeletClients: [String: LocalClient] = [:]
    private var controllers: ControllerManager
    private let scheduler: Scheduler
    private let statistics = StatisticsKeeper()
    /// What the operator does is recorded under this name.
    let operatorClient: LocalClient
    /// The names of the nodes' machines, sorted.
    private let machines: [String]
    private(set) var poweredOff: [String] = []
    /// The last drain of each node, by the node's name.
    var drains: [String: NodeDrain] = [:]
    /// How far each of them is, sorted by node.
    private var drainProgress: [DrainProgress] = []
    /// The newest revision that a reader outside was given.
    private var takenRevision: Revision = 0

    package init(_ configuration: Configuration) {
        self.configuration = configuration
        machines = (1...configuration.nodes).map { configuration.node($0).name }.sorted(by: precedesUTF8)
        // Time does not run backwards over a restart, even if it ran faster than the wall clock before.
        loop = EventLoop(start: max(configuration.start, configuration.restored?.time ?? configuration.start))
        random = SeededRandom(seed: configuration.seed)
        var options = APIServer.Options()
        options.seed = configuration.seed
        options.store.keepsDigest = configuration.keepsDigest
        options.store.historyBudget = configuration.historyBudget
        options.authorizesComponents = configuration.authorizesComponents
        server = APIServer(loop: loop, options: options, journal: configuration.journal)
        server.serve(ComputedNodeMetrics())
        server.serve(ComputedPodMetrics())
        server.authenticator = configuration.authenticator
        if let restored = configuration.restored { server.restore(restored) }
        operatorClient = LocalClient(server, component: "operator")
        let components = ComponentFactory(
            server: server, loop: loop, random: random, hasRateLimits: configuration.hasUpstreamRateLimits,
            requestTime: configuration.requestTime)
        proxies = ServiceProxies(
            components.context(ServiceProxies.component, limits: ClientLimits.proxy),
            clusterCIDR: configuration.clusterCIDR)
        scheduler = Scheduler(
            components.context("kube-scheduler", eventSource: "default-scheduler", limits: ClientLimits.scheduler))
        controllers = ControllerManager(components, configuration: configuration)
        for number in 1...configuration.nodes {
            let node = configuration.node(number)
            let client = LocalClient(server, component: "kubelet", user: Requester.user(of: "kubelet", node: node.name))
            if configuration.hasUpstreamRateLimits { client.limits = .kubelet() }
            let recorder = EventRecorder(client: client, loop: loop, component: "kubelet", host: node.name)
            let context = ComponentContext(
                client: client, loop: loop, random: random.fork("kubelet"), recorder: recorder)
            kubelets[node.name] = Kubelet(context, configuration: node)
            kubeletClients[node.name] = client
        }
    }

    /// Starts everything, and runs until all nodes are Ready. The clock moves by what that takes.
    package func boot() {
        BootstrapObjects.install(
            on: server, nodes: nodeNames, certificateAuthority: configuration.certificateAuthority)
        statistics.start(client("statistics"))
        controllers.start()
        scheduler.start()
        proxies.start()
        for name in nodeNames { kubelets[name]?.start() }
        server.pump()
        // A node that does not become Ready would be a fault of ours; five minutes are far beyond any boot.
        let limit = loop.now + .minutes(5)
        let started = loop.now
        // Nodes of a restored cluster read Ready from the last life until their machines have started.
        while statistics.statistics.nodesReady < configuration.nodes
            || configuration.restored != nil && loop.now - started < .seconds(2),
            loop.now < limit, loop.step()
        {}
    }

    /// Starts nothing but what counts for readers: for a restored cluster that nobody may write to, whose components
    /// would write the moment they started. It stays at the revision that it was restored to.
    package func standStill() {
        statistics.start(client("statistics"))
        server.pump()
    }

    /// `node-1` … `node-N`, in this order.
    package var nodeNames: [String] { (1...configuration.nodes).map { "node-\($0)" } }

    /// A client for somebody outside of the components.
    package func client(_ name: String) -> LocalClient { LocalClient(server, component: name) }

    /// The kubelet of a node; nil if the cluster has no such machine.
    package func kubelet(_ node: String) -> Kubelet? { kubelets[node] }

    package var schedulingMetrics: SchedulingMetrics { scheduler.metrics }

    /// The digest of the history so far; empty unless the configuration keeps it.
    package var digest: String { server.store.digest?.text ?? "" }

    // MARK: Time

    /// Runs all events that are due until then, and leaves the clock there.
    package func run(until end: Instant) { loop.run(until: end) }
    /// The same for a time from now.
    package func run(for duration: Interval) { loop.run(until: loop.now + duration) }

    // MARK: Readers outside

    /// The counts as they are now, without a snapshot.
    package var statisticsNow: ClusterStatistics { statistics.statistics }

    /// Everything as it is now. O(1).
    package func snapshot(speed: Double = 1, isClockPaused: Bool = false) -> ClusterSnapshot {
        var counted = statistics.statistics
        counted.writes = server.store.revision
        return ClusterSnapshot(
            objects: server.snapshot(), statistics: counted, serviceRules: proxies.rules, seed: configuration.seed,
            machines: machines, poweredOffNodes: poweredOff, drains: drainProgress, speed: speed,
            isClockPaused: isClockPaused, eventCount: loop.eventCount)
    }

    /// Everything as it was at a revision, for readers who are not to see what came after it; nil when the history
    /// does not reach back so far. They are given the changes since. O(changes since + pods and nodes).
    package func snapshot(at revision: Revision, speed: Double = 1) -> ClusterSnapshot? {
        let objects: Snapshot
        do throws(StoreError) { objects = try server.store.snapshot(at: revision) } catch { return nil }
        takenRevision = revision
        return ClusterSnapshot(
            objects: objects, statistics: StatisticsKeeper(objects).statistics, serviceRules: proxies.rules,
            seed: configuration.seed, machines: machines, poweredOffNodes: poweredOff, drains: drainProgress,
            speed: speed, isClockPaused: false, eventCount: loop.eventCount)
    }

    /// Keeps how far a drain is, for readers outside. O(nodes drained).
    func note(_ progress: DrainProgress) {
        if let index = drainProgress.firstIndex(where: { $0.node == progress.node }) {
            drainProgress[index] = progress
        } else {
            let index = drainProgress.firstIndex { precedesUTF8(progress.node, $0.node) } ?? drainProgress.endIndex
            drainProgress.insert(progress, at: index)
        }
    }

    /// The changes since the last call. `isReset`: some are forgotten already, the reader starts from a snapshot.
    package func takeChanges() -> (changes: [Change], isReset: Bool) {
        defer { takenRevision = server.store.revision }
        return changes(after: takenRevision)
    }

    /// The changes after a revision, in order. `isReset`: some are forgotten already.
    package func changes(after revision: Revision) -> (changes: [Change], isReset: Bool) {
        if server.store.history.first > revision + 1 { return ([], true) }
        var changes: [Change] = []
        changes.reserveCapacity(server.store.revision - revision)
        server.store.forEachChange(after: revision) { change in
            changes.append(change)
            return true
        }
        return (changes, false)
    }

    // MARK: Power

    /// The machine stops at once; its Node object and its pods stay.
    func powerOff(_ name: String) throws(StatusError) {
        guard let kubelet = kubelets[name] else { throw .notFound(kind: .node, name: name) }
        if poweredOff.contains(name) { return }
        kubelet.powerOff()
        proxies.hold(name)
        poweredOff.append(name)
        poweredOff.sort(by: precedesUTF8)
    }

    func powerOn(_ name: String) throws(StatusError) {
        guard let kubelet = kubelets[name] else { throw .notFound(kind: .node, name: name) }
        guard let index = poweredOff.firstIndex(of: name) else { return }
        poweredOff.remove(at: index)
        if !isPartitioned(name) { proxies.release(name) }
        kubelet.powerOn()
    }
}
