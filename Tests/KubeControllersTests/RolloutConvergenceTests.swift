import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import KubeStore
import Testing

/// Deployments are created, changed, scaled, paused, rolled back and deleted at random, pods are deleted and fail,
/// controllers are cut off for a while; when all is quiet, everything is as it was last asked for.
@Suite("Rollouts end as they were asked for, whatever happened meanwhile")
struct RolloutConvergenceTests {
    private final class World {
        let cluster: ControllerCluster
        let clients: [LocalClient]
        private let controllers: [AnyObject]
        var random: SeededRandom

        init(seed: UInt64) throws {
            cluster = try ControllerCluster(seed: seed)
            random = SeededRandom(seed: seed)
            let server = cluster.server
            let loop = cluster.loop
            let names = [DeploymentController.component, ReplicaSetController.component, GarbageCollector.component]
            clients = names.map { LocalClient(server, component: $0) }
            let fork = random.fork("components")
            let contexts = clients.map { client in
                ComponentContext(
                    client: client, loop: loop, random: fork.fork(client.component),
                    recorder: EventRecorder(client: client, loop: loop, component: client.component))
            }
            let deployments = DeploymentController(contexts[0])
            let replicaSets = ReplicaSetController(contexts[1])
            let collector = GarbageCollector(contexts[2])
            deployments.start()
            replicaSets.start()
            collector.start()
            let runner = cluster.startPodRunner(readyAfter: .milliseconds(700))
            controllers = [deployments, replicaSets, collector, runner]
        }

        var deployments: [Deployment] {
            cluster.user.list(Deployment.self, namespace: "default").filter { $0.metadata.deletionTimestamp == nil }
        }

        func step(_ number: Int) throws {
            let deployments = deployments
            let pods = cluster.pods()
            if deployments.isEmpty || random.below(20) == 0 { return try create("web-\(number)") }
            let deployment = deployments[random.below(deployments.count)]
            switch random.below(12) {
            case 0...2: try change(deployment) { $0.spec.template = self.template(self.random.below(4), deployment) }
            case 3...4: try change(deployment) { $0.spec.replicas = self.random.below(9) }
            case 5: try change(deployment) { $0.spec.paused = self.random.below(2) == 0 }
            case 6:
                let sets = cluster.user.list(ReplicaSet.self, index: .owner(uid: deployment.uid))
                if case .rolledBack(let previous) = deployment.rollback(to: 0, sets) {
                    try cluster.user.update(previous)
                }
            case 7...8:
                if !pods.isEmpty { try cluster.user.delete(pods[random.below(pods.count)].key) }
            case 9:
                guard !pods.isEmpty else { return }
                try cluster.user.mutate(Pod.self, pods[random.below(pods.count)].key, .status) {
                    $0.status.phase = "Failed"
                }
            case 10:
                let client = clients[random.below(clients.count)]
                if client.isPartitioned { client.reconnect() } else { client.partition() }
            default:
                var options = DeleteOptions()
                options.propagationPolicy = ["Background", "Foreground"][random.below(2)]
                _ = try cluster.user.delete(deployment.key, options)
            }
        }

        private func create(_ name: String) throws {
            let strategy = random.below(3) == 0 ? "Recreate" : "RollingUpdate"
            var deployment = Rollout.deployment(
                random.below(8), surge: .int(random.below(3)), unavailable: .int(random.below(3)), strategy: strategy)
            deployment.metadata.uid = nil
            deployment.metadata.generation = nil
            deployment.metadata.name = name
            deployment.spec.revisionHistoryLimit = random.below(4)
            deployment.spec.selector = LabelSelector(matchLabels: ["app": name])
            deployment.spec.template.metadata.labels = ["app": name]
            if case .int(0) = deployment.spec.strategy?.rollingUpdate?.maxSurge {
                deployment.spec.strategy?.rollingUpdate?.maxUnavailable = 1
            }
            try cluster.user.create(deployment)
        }

        private func template(_ version: Int, _ deployment: Deployment) -> PodTemplateSpec {
            var template = deployment.spec.template
            template.spec.containers[0].image = "nginx:\(version)"
            return template
        }

        private func change(_ deployment: Deployment, _ change: (inout Deployment) -> Void) throws {
            try cluster.user.mutate(Deployment.self, deployment.key, nil, change)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func converge(seed: UInt64) throws {
        let world = try World(seed: seed)
        for number in 0..<150 {
            try world.step(number)
            world.cluster.advance(.milliseconds(world.random.below(1500)))
        }
        for client in world.clients where client.isPartitioned { client.reconnect() }
        for deployment in world.deployments where deployment.spec.paused == true {
            try world.cluster.user.mutate(Deployment.self, deployment.key) { $0.spec.paused = nil }
        }
        world.cluster.advance(.minutes(20))

        var expected = 0
        for deployment in world.deployments {
            let label = deployment.spec.selector?.matchLabels ?? [:]
            let pods = world.cluster.pods(label).filter { $0.status.phase != "Failed" }
            let desired = try #require(deployment.spec.replicas)
            expected += desired
            #expect(pods.count == desired, "seed \(seed), \(deployment.name)")
            let images = Set(pods.map { $0.spec.containers[0].image })
            #expect(
                images.isSubset(of: [deployment.spec.template.spec.containers[0].image]),
                "seed \(seed), \(deployment.name)")
            #expect(deployment.isComplete(deployment.status), "seed \(seed), \(deployment.name)")
            #expect(
                deployment.status.condition(.progressing)?.reason == DeploymentReason.newReplicaSetAvailable,
                "seed \(seed), \(deployment.name)")
            let sets = world.cluster.user.list(ReplicaSet.self, index: .owner(uid: deployment.uid))
            #expect(
                sets.count <= (deployment.spec.revisionHistoryLimit ?? 10) + 1, "seed \(seed), \(deployment.name)")
            let newest = sets.max { $0.revision < $1.revision }
            #expect(newest?.desiredReplicas == desired, "seed \(seed), \(deployment.name)")
        }
        let alive = world.cluster.pods().filter { $0.status.phase != "Failed" }
        #expect(alive.count == expected, "seed \(seed)")
        let owners = Set(world.deployments.map(\.uid))
        for replicaSet in world.cluster.replicaSets() {
            let owner = replicaSet.metadata.ownerReferences.first?.uid
            #expect(owner.map(owners.contains) == true, "seed \(seed), \(replicaSet.name)")
        }
    }
}
