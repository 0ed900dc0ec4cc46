import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// An operator who does what chance says.
struct RandomOperations {
    private var random: SeededRandom
    private let cluster: Cluster
    private var deployments: [String] = []
    private var services: [String] = []
    private var count = 0
    /// What was done, for the report of a failure.
    private(set) var log: [String] = []

    init(_ cluster: Cluster, seed: UInt64) {
        self.cluster = cluster
        random = SeededRandom(seed: seed).fork("operations")
    }

    mutating func next() {
        switch random.below(12) {
        case 0, 1, 2: create()
        case 3, 4: scale()
        case 5: update()
        case 6: delete()
        case 7, 8: toggle()
        case 9: cordon()
        case 10: deletePods()
        default: service()
        }
    }

    /// All machines run again and take pods again.
    mutating func mend() {
        for node in cluster.snapshot().poweredOffNodes { perform(.powerOn(node)) }
        for node in cluster.nodeNames { perform(.setCordoned(node, false)) }
    }

    private mutating func perform(_ command: ClusterCommand) {
        log.append("\(cluster.loop.now.rfc3339) \(command)".prefix(120).description)
        _ = cluster.perform(command)
    }

    private mutating func create() {
        count += 1
        let name = "app-\(count)"
        deployments.append(name)
        perform(.create([Boxed(Fixtures.deployment(name, replicas: random.below(12)))]))
    }

    private mutating func service() {
        guard !deployments.isEmpty else { return }
        let name = deployments[random.below(deployments.count)]
        if services.contains(name) {
            services.removeAll { $0 == name }
            perform(.delete([ObjectKey(.service, namespace: "default", name: name)], options: DeleteOptions()))
        } else {
            services.append(name)
            perform(.create([Boxed(Fixtures.service(name, type: random.below(2) == 0 ? "ClusterIP" : "NodePort"))]))
        }
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(.deployment, namespace: "default", name: name) }

    private mutating func scale() {
        guard !deployments.isEmpty else { return }
        perform(.scale(key(deployments[random.below(deployments.count)]), replicas: random.below(15)))
    }

    private mutating func update() {
        guard !deployments.isEmpty else { return }
        perform(.restart(key(deployments[random.below(deployments.count)])))
    }

    private mutating func delete() {
        guard !deployments.isEmpty else { return }
        let name = deployments.remove(at: random.below(deployments.count))
        perform(.delete([key(name)], options: DeleteOptions()))
    }

    private mutating func toggle() {
        let node = cluster.nodeNames[random.below(cluster.nodeNames.count)]
        perform(cluster.snapshot().poweredOffNodes.contains(node) ? .powerOn(node) : .powerOff(node))
    }

    private mutating func cordon() {
        let node = cluster.nodeNames[random.below(cluster.nodeNames.count)]
        perform(.setCordoned(node, random.below(2) == 0))
    }

    private mutating func deletePods() {
        let pods = cluster.server.snapshot().list(Pod.self, namespace: "default")
        guard !pods.isEmpty else { return }
        let grace = random.below(2) == 0 ? DeleteOptions() : DeleteOptions(gracePeriodSeconds: 0)
        perform(.delete([pods[random.below(pods.count)].key], options: grace))
    }
}
