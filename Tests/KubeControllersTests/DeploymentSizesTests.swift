import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

/// Deployments and ReplicaSets that differ in what a test is about.
enum Rollout {
    static func deployment(
        _ replicas: Int, surge: IntOrString = 0, unavailable: IntOrString = 0, strategy: String = "RollingUpdate"
    ) -> Deployment {
        var deployment = Deployment(name: "web", namespace: "default")
        deployment.metadata.uid = "web-uid"
        deployment.metadata.generation = 1
        deployment.spec.replicas = replicas
        deployment.spec.selector = LabelSelector(matchLabels: ["app": "web"])
        deployment.spec.template = template("nginx:1")
        deployment.spec.progressDeadlineSeconds = 600
        deployment.spec.revisionHistoryLimit = 10
        var type = DeploymentStrategy()
        type.type = strategy
        if strategy == "RollingUpdate" {
            var rolling = RollingUpdateDeployment()
            rolling.maxSurge = surge
            rolling.maxUnavailable = unavailable
            type.rollingUpdate = rolling
        }
        deployment.spec.strategy = type
        return deployment
    }

    static func template(_ image: String) -> PodTemplateSpec {
        var container = Container()
        container.name = "main"
        container.image = image
        var template = PodTemplateSpec()
        template.metadata.labels = ["app": "web"]
        template.spec.containers = [container]
        template.spec.terminationGracePeriodSeconds = 30
        return template
    }

    static func replicaSet(
        _ name: String, _ replicas: Int, age: Int = 0, of deployment: Deployment? = nil, image: String = "nginx:0",
        available: Int? = nil
    ) -> ReplicaSet {
        var replicaSet = ReplicaSet(name: name, namespace: "default")
        replicaSet.metadata.uid = name
        replicaSet.metadata.creationTimestamp = (Instant.simulationStart - .seconds(age)).time
        replicaSet.spec.replicas = replicas
        replicaSet.spec.template = template(image)
        replicaSet.status.replicas = replicas
        replicaSet.status.readyReplicas = available
        replicaSet.status.availableReplicas = available
        replicaSet.status.terminatingReplicas = 0
        if let deployment {
            replicaSet.metadata.annotations[DeploymentAnnotations.desiredReplicas] = "\(deployment.desiredReplicas)"
            replicaSet.metadata.annotations[DeploymentAnnotations.maxReplicas] =
                "\(deployment.desiredReplicas + deployment.maxSurge)"
        }
        return replicaSet
    }
}

@Suite("Sizes during a rollout")
struct DeploymentSizesTests {
    /// From upstream's `TestResolveFenceposts` and `TestMaxUnavailable`.
    @Test(arguments: [
        (10, "25%", "25%", 3, 2), (4, "25%", "25%", 1, 1), (1, "25%", "25%", 1, 0), (10, "0%", "0%", 0, 1),
        (1000, "33%", "33%", 330, 330), (3, "0%", "34%", 0, 1), (0, "25%", "25%", 0, 0), (2, "0%", "500%", 0, 2),
    ])
    func fenceposts(replicas: Int, surge: String, unavailable: String, maxSurge: Int, maxUnavailable: Int) {
        let deployment = Rollout.deployment(replicas, surge: .string(surge), unavailable: .string(unavailable))
        #expect(deployment.maxSurge == maxSurge)
        #expect(deployment.maxUnavailable == maxUnavailable)
    }

    /// From upstream's `TestNewRSNewReplicas`.
    @Test(arguments: [("RollingUpdate", 1, 5, 1, 5), ("RollingUpdate", 6, 2, 10, 6), ("Recreate", 3, 1, 1, 3)])
    func newReplicaSetSize(strategy: String, desired: Int, size: Int, surge: Int, expected: Int) {
        let deployment = Rollout.deployment(desired, surge: .int(surge), strategy: strategy)
        let new = Rollout.replicaSet("new", size)
        #expect(deployment.newReplicaSetSize(new, among: [new]) == expected)
    }

    /// From upstream's `TestDeploymentController_reconcileNewReplicaSet`.
    @Test(arguments: [(10, 0, 10, 0, 0), (10, 2, 10, 0, 2), (10, 2, 5, 0, 7), (10, 2, 10, 2, 2)])
    func theSurgeLeavesRoom(desired: Int, surge: Int, oldSize: Int, newSize: Int, expected: Int) {
        let deployment = Rollout.deployment(desired, surge: .int(surge))
        let new = Rollout.replicaSet("new", newSize)
        let old = Rollout.replicaSet("old", oldSize)
        #expect(deployment.newReplicaSetSize(new, among: [old, new]) == expected)
    }

    struct Proportions: Sendable, CustomTestStringConvertible {
        var name: String
        var from: (replicas: Int, surge: Int)
        var to: (replicas: Int, surge: Int)
        /// Newest first.
        var sizes: [Int]
        var expected: [Int]
        var testDescription: String { name }
    }

    /// From upstream's `TestScale`.
    static let proportions = [
        Proportions(name: "5 to 10", from: (5, 0), to: (10, 0), sizes: [2, 3], expected: [4, 6]),
        Proportions(name: "5 to 3", from: (5, 0), to: (3, 0), sizes: [2, 3], expected: [1, 2]),
        Proportions(name: "9 to 4", from: (9, 0), to: (4, 0), sizes: [8, 1], expected: [4, 0]),
        Proportions(name: "7 to 10", from: (7, 0), to: (10, 0), sizes: [2, 3, 2], expected: [3, 4, 3]),
        Proportions(name: "13 to 8", from: (13, 0), to: (8, 0), sizes: [2, 8, 3], expected: [1, 5, 2]),
        Proportions(name: "leftover 3 to 4", from: (3, 0), to: (4, 0), sizes: [1, 1, 1], expected: [2, 1, 1]),
        Proportions(name: "leftover 3 to 2", from: (3, 0), to: (2, 0), sizes: [1, 1, 1], expected: [1, 1, 0]),
        Proportions(name: "4 to 5", from: (4, 0), to: (5, 0), sizes: [2, 2], expected: [3, 2]),
        Proportions(name: "to zero", from: (10, 0), to: (0, 0), sizes: [3, 4, 3], expected: [0, 0, 0]),
        Proportions(name: "with surge pods", from: (10, 2), to: (20, 2), sizes: [6, 6], expected: [11, 11]),
        Proportions(name: "surge and size", from: (10, 3), to: (50, 6), sizes: [5, 8], expected: [22, 34]),
    ]

    @Test(arguments: proportions)
    func proportionalSizes(_ row: Proportions) {
        let before = Rollout.deployment(row.from.replicas, surge: .int(row.from.surge))
        let after = Rollout.deployment(row.to.replicas, surge: .int(row.to.surge))
        let replicaSets = row.sizes.enumerated().map { index, size in
            Rollout.replicaSet("web-\(index)", size, age: 10 * index, of: before)
        }
        var sizes: [String: Int] = [:]
        for (replicaSet, size) in after.proportionalSizes(replicaSets) { sizes[replicaSet.name] = size }
        #expect(row.sizes.indices.map { sizes["web-\($0)"] } == row.expected)
    }

    @Test func theOnlyActiveReplicaSetOrElseTheNewest() {
        let deployment = Rollout.deployment(3)
        func choice(_ sets: [ReplicaSet]) -> String? { RolloutReplicaSets(deployment, sets).activeOrLatest?.name }
        let new = Rollout.replicaSet("new", 0, image: "nginx:1")
        #expect(choice([Rollout.replicaSet("a", 2, age: 9), Rollout.replicaSet("b", 0)]) == "a")
        #expect(choice([Rollout.replicaSet("a", 0, age: 9), Rollout.replicaSet("b", 0)]) == "b")
        #expect(choice([Rollout.replicaSet("a", 0, age: 9), new]) == "new")
        #expect(choice([Rollout.replicaSet("a", 1, age: 9), Rollout.replicaSet("b", 1)]) == nil)
        #expect(choice([]) == nil)
    }

    @Test func theOldestOfEqualTemplatesIsTheNewReplicaSet() {
        let sets = [
            Rollout.replicaSet("b", 1, age: 5, image: "nginx:1"), Rollout.replicaSet("a", 1, age: 9, image: "nginx:1"),
            Rollout.replicaSet("c", 1, age: 20),
        ]
        let found = RolloutReplicaSets(Rollout.deployment(3), sets)
        #expect(found.new?.name == "a")
        #expect(found.old.map(\.name) == ["b", "c"])
    }

    @Test func aHashTellsTemplatesAndCollisionsApart() {
        let template = Rollout.template("nginx:1")
        let hash = template.hash(collisionCount: nil)
        #expect(hash == template.hash(collisionCount: nil))
        #expect(hash != Rollout.template("nginx:2").hash(collisionCount: nil))
        #expect(hash != template.hash(collisionCount: 1))
        #expect(template.hash(collisionCount: 1) != template.hash(collisionCount: 2))
        let alphabet = Set("bcdfghjklmnpqrstvwxz2456789")
        #expect(hash.allSatisfy(alphabet.contains) && 1...10 ~= hash.count)
        #expect(PodTemplateSpec.safelyEncoded("0123456789") == "456789bcdf")
    }
}
