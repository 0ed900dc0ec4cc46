import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

@Suite struct QueueTests {
    private final class Rig {
        let loop = EventLoop(start: .simulationStart)
        let queue: SchedulingQueue
        var shapes = ShapeRegistry()

        init() { queue = SchedulingQueue(loop: loop) }

        @discardableResult
        func add(_ name: String, priority: Int = 0, cpu: Quantity? = nil, isGated: Bool = false) -> QueuedPod {
            let pod = Pod.make(name, cpu: cpu).with { $0.spec.priority = priority }
            return queue.add(pod, shape: shapes.take(pod), isGated: isGated, cause: 7)
        }

        /// The names of all pods that are handed out now.
        func drain() -> [String] {
            var names: [String] = []
            while let pod = queue.next() { names.append(pod.key.name) }
            return names
        }
    }

    @Test func higherPriorityGoesFirstThenLongerWaiting() {
        let rig = Rig()
        rig.add("a")
        rig.add("b", priority: 10)
        rig.loop.run(until: rig.loop.now + .seconds(1))
        rig.add("c", priority: 10)
        rig.add("d", priority: -5)
        rig.add("e")
        #expect(rig.drain() == ["b", "c", "a", "e", "d"])
    }

    @Test func aGatedPodWaitsForItsOwnUpdateOnly() {
        let rig = Rig()
        let pod = rig.add("a", isGated: true)
        rig.queue.move(after: .nodeAdded(Node.make("node-1")), cause: 1)
        #expect(rig.drain().isEmpty)
        #expect(rig.queue.unschedulableCount == 1)
        let updated = Pod.make("a")
        rig.queue.update(pod, updated, shape: rig.shapes.take(updated), isGated: false, cause: 9)
        #expect(pod.cause == 9)
        #expect(rig.drain() == ["a"])
    }

    @Test func anEventWakesThePodsThatItGivesHope() throws {
        let rig = Rig()
        rig.add("small", cpu: "1")
        rig.add("large", cpu: "8")
        for _ in 0..<2 {
            let pod = try #require(rig.queue.next())
            rig.queue.putBack(pod, rejectedBy: PluginSet(.nodeResourcesFit))
        }
        rig.queue.move(after: .nodeAdded(Node.make("node-1", cpu: "4")), cause: 33)
        #expect(rig.queue.unschedulableCount == 1)
        let small = try #require(rig.queue.next())
        #expect(small.key.name == "small")
        #expect(small.cause == 33)
        #expect(small.attempts == 2)
    }

    @Test func anEventOfNoInterestWakesNobody() throws {
        let rig = Rig()
        rig.add("a", cpu: "1")
        let pod = try #require(rig.queue.next())
        rig.queue.putBack(pod, rejectedBy: PluginSet(.nodeResourcesFit))
        let old = Node.make("node-1")
        var new = old
        new.metadata.labels["disk"] = "ssd"
        rig.queue.move(after: .nodeUpdated(old: old, new: new, NodeChanges(from: old, to: new)), cause: 1)
        #expect(rig.drain().isEmpty)
    }

    @Test func aPodInBackoffIsTakenWhenNothingElseIsToBeDone() throws {
        let rig = Rig()
        rig.add("a", cpu: "1")
        let pod = try #require(rig.queue.next())
        rig.queue.putBack(pod, rejectedBy: PluginSet(.nodeResourcesFit))
        rig.add("b")
        rig.queue.move(after: .nodeAdded(Node.make("node-1")), cause: 1)
        #expect(pod.place == .backoff)
        #expect(rig.queue.backoffCount == 1)
        #expect(rig.drain() == ["b", "a"])
    }

    /// The end of a back-off is cut to the second it lies in, and the pod is due in the one after.
    @Test(arguments: [(1, 2), (2, 3), (3, 5), (4, 9), (5, 11), (9, 11)])
    func backoffAfterErrorsDoublesFromOneToTenSeconds(errors: Int, seconds: Int) throws {
        let rig = Rig()
        rig.add("a")
        var pod = try #require(rig.queue.next())
        for _ in 1..<errors {
            rig.queue.putBackAfterError(pod)
            rig.loop.run(until: rig.loop.now + .seconds(20))
            pod = try #require(rig.queue.next())
        }
        let start = rig.loop.now
        rig.queue.putBackAfterError(pod)
        #expect(rig.drain().isEmpty)
        rig.loop.run(until: start + .seconds(seconds) - .nanoseconds(1))
        #expect(rig.drain().isEmpty)
        rig.loop.run(until: start + .seconds(seconds))
        #expect(rig.drain() == ["a"])
    }

    @Test func afterFiveMinutesAnUnschedulablePodIsTriedAgain() throws {
        let rig = Rig()
        rig.loop.run(until: rig.loop.now + .seconds(10))
        rig.add("a")
        let pod = try #require(rig.queue.next())
        rig.queue.putBack(pod, rejectedBy: PluginSet(.nodeAffinity))
        // Looked at every 30 s from the start; at 5:00 the pod has waited for 4:50.
        rig.loop.run(until: .simulationStart + .seconds(329))
        #expect(rig.drain().isEmpty)
        rig.loop.run(until: .simulationStart + .seconds(330))
        #expect(rig.drain() == ["a"])
        #expect(rig.loop.pendingCount == 0)
    }

    @Test func removingAPodLeavesNothingBehind() throws {
        let rig = Rig()
        let first = rig.add("a")
        rig.add("b")
        rig.add("c")
        rig.queue.remove(first)
        let second = try #require(rig.queue.next())
        rig.queue.putBack(second, rejectedBy: PluginSet(.nodeAffinity))
        rig.queue.remove(second)
        #expect(rig.drain() == ["c"])
        #expect(rig.queue.unschedulableCount == 0)
    }
}
