import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// An operator who does what chance says, on a cluster that chance takes apart.
struct RandomOperations {
    private struct App {
        var key: ObjectKey
        /// Thousandths of a core that a pod asks for.
        var milliCPU: Int
        /// The port of its node that each pod wants for itself, if any.
        var hostPort: Int?
        /// The ConfigMap that the pods mount, if any.
        var settings: ObjectKey?
    }

    private var random: SeededRandom
    private let cluster: Cluster
    private var apps: [App] = []
    private var namespaces = ["default"]
    private var count = 0
    /// What was done, for the report of a failure.
    private(set) var log: [String] = []

    init(_ cluster: Cluster, seed: UInt64) {
        self.cluster = cluster
        random = SeededRandom(seed: seed).fork("operations")
    }

    mutating func next() {
        switch random.below(27) {
        case 0...3: create()
        case 4...6: scale()
        case 7: restart()
        case 8, 9: rollOut()
        case 10: rollBack()
        case 11: pause()
        case 12, 13: deleteApp()
        case 14...16: togglePower()
        case 17, 18: togglePartition()
        case 19: cordon()
        case 20: drain()
        case 21, 22: deletePods()
        case 23: namespace()
        case 24: settings()
        default: service()
        }
    }

    /// All machines run and are heard again and take pods again, all that is missing is there, and no more is asked for
    /// than there is room for.
    mutating func mend() {
        for node in cluster.nodeNames {
            if cluster.isPartitioned(node) { note("reconnect \(node)") { $0.reconnect(node) } }
        }
        for node in cluster.snapshot().poweredOffNodes { perform(.powerOn(node)) }
        for node in cluster.nodeNames { perform(.setCordoned(node, false)) }
        var room = 15_000
        // Six nodes have each port six times, and rollouts need some of them for a while.
        var ports = [8000: 4, 8001: 4, 8002: 4]
        for app in apps {
            if let settings = app.settings { put(settings) }
            guard var deployment = deployment(app) else { continue }
            let most = min(room / app.milliCPU, app.hostPort.map { min(ports[$0] ?? 0, 2) } ?? 100)
            let replicas = min(deployment.spec.replicas ?? 1, most)
            deployment.spec.replicas = replicas
            if let port = app.hostPort { ports[port]? -= replicas }
            deployment.spec.paused = nil
            deployment.spec.template.spec.containers[0].image = "nginx:1.29"
            room -= replicas * app.milliCPU
            perform(.update(Boxed(deployment)))
        }
    }

    private mutating func perform(_ command: ClusterCommand) {
        log.append("\(cluster.loop.now.rfc3339) \(command)".prefix(120).description)
        _ = cluster.perform(command)
    }

    private mutating func note(_ what: String, _ body: (Cluster) -> Void) {
        log.append("\(cluster.loop.now.rfc3339) \(what)")
        body(cluster)
    }

    private mutating func node() -> String { cluster.nodeNames[random.below(cluster.nodeNames.count)] }

    private mutating func app() -> App? { apps.isEmpty ? nil : apps[random.below(apps.count)] }

    private func deployment(_ app: App) -> Deployment? {
        cluster.server.snapshot().objects[app.key]?.as(Deployment.self)
    }

    // MARK: Workloads

    private mutating func create() {
        count += 1
        let namespace = namespaces[random.below(namespaces.count)]
        var deployment = Fixtures.deployment("app-\(count)", replicas: random.below(12))
        deployment.metadata.namespace = namespace
        var app = App(key: deployment.key, milliCPU: 100 * (1 + random.below(12)))
        deployment.spec.template.spec.containers[0].resources?.requests["cpu"] = Quantity(milli: app.milliCPU)
        if random.below(6) == 0 {
            app.hostPort = 8000 + random.below(3)
            deployment.spec.template.spec.containers[0].ports[0].hostPort = app.hostPort
        }
        if random.below(4) == 0 {
            let settings = ObjectKey(.configMap, namespace: namespace, name: "settings-\(random.below(3))")
            app.settings = settings
            var source = ConfigMapVolumeSource()
            source.name = settings.name
            var volume = Volume()
            volume.name = "settings"
            volume.configMap = source
            deployment.spec.template.spec.volumes = [volume]
            var mount = VolumeMount()
            mount.name = "settings"
            mount.mountPath = "/settings"
            deployment.spec.template.spec.containers[0].volumeMounts = [mount]
        }
        apps.append(app)
        perform(.create([Boxed(deployment)]))
    }

    private mutating func scale() {
        if let app = app() { perform(.scale(app.key, replicas: random.below(15))) }
    }

    private mutating func restart() {
        if let app = app() { perform(.restart(app.key)) }
    }

    /// Every third image cannot be pulled.
    private mutating func rollOut() {
        guard let app = app(), var deployment = deployment(app) else { return }
        let images = ["nginx:1.30", "redis:8", "nginx:nope"]
        deployment.spec.template.spec.containers[0].image = images[random.below(3)]
        perform(.update(Boxed(deployment)))
    }

    private mutating func rollBack() {
        if let app = app() { perform(.rollBack(app.key, toRevision: nil)) }
    }

    private mutating func pause() {
        if let app = app() { perform(.setPaused(app.key, random.below(2) == 0)) }
    }

    private mutating func deleteApp() {
        guard !apps.isEmpty else { return }
        let app = apps.remove(at: random.below(apps.count))
        var options = DeleteOptions()
        options.propagationPolicy = ["Background", "Foreground", "Background"][random.below(3)]
        perform(.delete([app.key], options: options))
    }

    private mutating func deletePods() {
        let pods = cluster.server.snapshot().list(Pod.self).filter { $0.namespace != "kube-system" }
        guard !pods.isEmpty else { return }
        let grace = random.below(2) == 0 ? DeleteOptions() : DeleteOptions(gracePeriodSeconds: 0)
        let keys = (0...random.below(4)).map { _ in pods[random.below(pods.count)].key }
        perform(.delete(keys, options: grace))
    }

    /// Makes a namespace, or deletes it with all that is in it.
    private mutating func namespace() {
        if namespaces.count < 3 {
            count += 1
            namespaces.append("team-\(count)")
            perform(.create([Boxed(Namespace(name: "team-\(count)"))]))
            return
        }
        let name = namespaces.remove(at: 1)
        apps.removeAll { $0.key.namespace == name }
        perform(.delete([ObjectKey(.namespace, name: name)], options: DeleteOptions()))
    }

    private mutating func settings() {
        let key = ObjectKey(.configMap, namespace: "default", name: "settings-\(random.below(3))")
        if cluster.server.snapshot().object(key) == nil {
            put(key)
        } else {
            perform(.delete([key], options: DeleteOptions()))
        }
    }

    private mutating func put(_ key: ObjectKey) {
        perform(.apply([Boxed(ConfigMap(name: key.name, namespace: key.namespace))]))
    }

    /// Makes a service for an application, changes it, or deletes it.
    private mutating func service() {
        guard let app = app() else { return }
        let key = ObjectKey(.service, namespace: app.key.namespace, name: app.key.name)
        let types = ["ClusterIP", "NodePort", "LoadBalancer"]
        guard let old = cluster.server.snapshot().objects[key]?.as(Service.self) else {
            var service = Fixtures.service(key.name, type: types[random.below(3)])
            service.metadata.namespace = key.namespace
            perform(.create([Boxed(service)]))
            return
        }
        if random.below(3) == 0 {
            perform(.delete([key], options: DeleteOptions()))
            return
        }
        var changed = old
        switch random.below(4) {
        case 0: changed.spec.type = types[random.below(3)]
        case 1: changed.spec.ports[0].port = 80 + random.below(3)
        case 2: changed.spec.trafficDistribution = ["PreferSameZone", "PreferSameNode", nil][random.below(3)]
        default: changed.spec.sessionAffinity = random.below(2) == 0 ? "ClientIP" : "None"
        }
        if changed.spec.sessionAffinity != "ClientIP" { changed.spec.sessionAffinityConfig = nil }
        perform(.update(Boxed(changed)))
    }

    // MARK: Machines

    private mutating func togglePower() {
        let node = node()
        perform(cluster.snapshot().poweredOffNodes.contains(node) ? .powerOn(node) : .powerOff(node))
    }

    private mutating func togglePartition() {
        let node = node()
        if cluster.isPartitioned(node) {
            note("reconnect \(node)") { $0.reconnect(node) }
        } else {
            note("partition \(node)") { $0.partition(node) }
        }
    }

    private mutating func cordon() { perform(.setCordoned(node(), random.below(2) == 0)) }
    private mutating func drain() { perform(.drain(node())) }
}
