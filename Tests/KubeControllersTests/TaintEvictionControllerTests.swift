import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("The taint eviction controller")
struct TaintEvictionControllerTests {
    private let author = TaintEvictionController.component
    private let cluster: ControllerCluster

    init() throws {
        cluster = try ControllerCluster()
        let controller = TaintEvictionController(cluster.context(TaintEvictionController.component))
        controller.start()
        cluster.keep(controller)
        try cluster.user.create(Node(name: "node-1"))
    }

    private func toleration(_ key: String, seconds: Int?) -> Toleration {
        var toleration = Toleration()
        toleration.key = key
        toleration.operator = "Exists"
        toleration.effect = "NoExecute"
        toleration.tolerationSeconds = seconds
        return toleration
    }

    @discardableResult
    private func pod(_ name: String, _ tolerations: [Toleration] = [], isBound: Bool = true) throws -> Pod {
        var pod = Pod(name: name, namespace: "default")
        pod.spec = ReplicaSetControllerTests.template.spec
        pod.spec.tolerations = tolerations
        let created = try cluster.user.create(pod)
        if isBound { try cluster.user.bind(pod: created.key, uid: created.uid, to: "node-1") }
        cluster.settle()
        return created
    }

    private func taint(_ keys: String...) throws {
        try cluster.user.mutate(Node.self, ObjectKey(.node, name: "node-1")) { node in
            node.spec.taints = keys.map { key in
                var taint = Taint()
                taint.key = key
                taint.effect = "NoExecute"
                return taint
            }
        }
        cluster.settle()
    }

    private func isDeleted(_ name: String) throws -> Bool {
        try cluster.get(Pod.self, name).metadata.deletionTimestamp != nil
    }

    private let marked = "TaintManagerEviction: Marking for deletion Pod default/web"
    private let cancelled = "TaintManagerEviction: Cancelling deletion of Pod default/web"

    @Test func aPodThatToleratesNothingGoesAtOnce() throws {
        try pod("web")
        try taint("maintenance")
        #expect(
            cluster.actions(by: author) == ["event \(marked)", "update Pod web status", "update Pod web"])
        let pod = try cluster.get(Pod.self, "web")
        #expect(pod.metadata.deletionTimestamp != nil)
        let condition = try #require(pod.status.conditions.first { $0.type == "DisruptionTarget" })
        #expect(condition.status == "True" && condition.reason == "DeletionByTaintManager")
        #expect(condition.message == "Taint manager: deleting due to NoExecute taint")
        let event = try #require(cluster.user.list(Event.self, namespace: "default").last)
        #expect(event.involvedObject.kind == "Pod" && event.involvedObject.uid == nil, "as upstream names it")
        #expect(event.type == "Normal")
    }

    @Test func theShortestTolerationDecides() throws {
        try pod("web", [toleration("maintenance", seconds: 60), toleration("broken", seconds: 20)])
        try taint("maintenance", "broken")
        cluster.advance(.milliseconds(19_999))
        #expect(cluster.actions(by: author).isEmpty)
        cluster.advance(.milliseconds(1))
        #expect(cluster.events(by: author) == [marked])
        #expect(try isDeleted("web"))
    }

    @Test(arguments: [0, -5])
    func noSecondsAreNone(seconds: Int) throws {
        try pod("web", [toleration("maintenance", seconds: seconds)])
        try taint("maintenance")
        #expect(try isDeleted("web"))
    }

    /// A toleration without seconds is for ever; one of other taints does not help.
    @Test func aPodThatToleratesForEverStays() throws {
        try pod("web", [toleration("maintenance", seconds: nil), toleration("broken", seconds: 5)])
        try taint("maintenance")
        cluster.advance(.minutes(10))
        #expect(cluster.actions(by: author).isEmpty)
        try taint("maintenance", "other")
        #expect(try isDeleted("web"))
    }

    @Test func anEvictionIsCancelledWithItsTaint() throws {
        try pod("web", [toleration("maintenance", seconds: 60)])
        try taint("maintenance")
        cluster.advance(.seconds(30))
        try taint()
        #expect(cluster.events(by: author) == [cancelled])
        cluster.advance(.minutes(5))
        #expect(try !isDeleted("web"))
        // The next taint starts anew.
        try taint("maintenance")
        cluster.advance(.seconds(59))
        #expect(try !isDeleted("web"))
        cluster.advance(.seconds(1))
        #expect(try isDeleted("web"))
    }

    /// Upstream leaves an eviction that it decided on earlier as it is, even if a taint comes that would hurry it.
    @Test func anEvictionThatIsDecidedOnStands() throws {
        try pod("web", [toleration("maintenance", seconds: 60), toleration("broken", seconds: 5)])
        try taint("maintenance")
        cluster.advance(.seconds(10))
        try taint("maintenance", "broken")
        cluster.advance(.seconds(49))
        #expect(cluster.actions(by: author).isEmpty)
        cluster.advance(.seconds(1))
        #expect(try isDeleted("web"))
    }

    @Test func aPodThatComesLaterIsJudgedToo() throws {
        try taint("maintenance")
        let pod = try pod("web", isBound: false)
        #expect(cluster.actions(by: author).isEmpty)
        try cluster.user.bind(pod: pod.key, uid: pod.uid, to: "node-1")
        cluster.settle()
        #expect(try isDeleted("web"))
    }

    @Test func aTolerationThatIsAddedSavesThePod() throws {
        let pod = try pod("web", [toleration("maintenance", seconds: 60)])
        try taint("maintenance")
        cluster.advance(.seconds(10))
        try cluster.user.mutate(Pod.self, pod.key) { pod in
            pod.spec.tolerations = pod.spec.tolerations.filter { $0.key != "maintenance" }
            pod.spec.tolerations.append(toleration("maintenance", seconds: nil))
        }
        cluster.settle()
        #expect(cluster.events(by: author) == [cancelled])
        cluster.advance(.minutes(5))
        #expect(try !isDeleted("web"))
    }

    @Test func thePodsOfANodeThatIsDeletedAreEvictedStill() throws {
        try pod("web", [toleration("maintenance", seconds: 60)])
        try taint("maintenance")
        try cluster.user.delete(ObjectKey(.node, name: "node-1"))
        cluster.advance(.seconds(59))
        #expect(cluster.actions(by: author).isEmpty)
        cluster.advance(.seconds(1))
        #expect(try isDeleted("web"))
    }

    /// A pod that is being deleted is marked like any other, and no less when it has been marked before.
    @Test func aPodThatIsBeingDeletedIsMarkedToo() throws {
        let pod = try pod("web")
        try cluster.user.delete(pod.key)
        cluster.settle()
        try taint("maintenance")
        #expect(cluster.actions(by: author) == ["event \(marked)", "update Pod web status"])
        try taint("maintenance", "broken")
        let event = try #require(cluster.user.list(Event.self, namespace: "default").last)
        #expect(event.message == "Marking for deletion Pod default/web" && event.count == 2)
        #expect(cluster.writes(by: author) == ["update Pod web status"])
    }

    @Test func aPodThatGoesEarlierIsForgotten() throws {
        let pod = try pod("web", [toleration("maintenance", seconds: 60)])
        try taint("maintenance")
        _ = try cluster.user.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
        cluster.settle()
        #expect(cluster.events(by: author) == [cancelled])
        cluster.advance(.minutes(5))
        #expect(cluster.actions(by: author).count == 1)
    }
}
