import ClusterCore
import KubeAPI
import KubeClient
import Testing

private final class Target: Reconciler {
    let loop: EventLoop
    let client: any KubeClient
    var failures: [String: Int] = [:]
    private(set) var log: [String] = []
    var during: ((String) -> Void)?

    init(_ loop: EventLoop, _ client: any KubeClient) {
        self.loop = loop
        self.client = client
    }

    func sync(_ key: String) throws(StatusError) {
        let milliseconds = (loop.now - .simulationStart).nanoseconds / 1_000_000
        log.append("\(milliseconds) \(key) for \(client.cause)")
        during?(key)
        if let left = failures[key], left > 0 {
            failures[key] = left - 1
            throw .serviceUnavailable("not yet")
        }
    }
}

@Suite("The worker")
struct WorkerTests {
    private let test = ClientFixture()

    @Test func writesKnowTheirCauseAndRetriesKeepIt() {
        let target = Target(test.loop, test.client)
        let worker = Worker(target, client: test.client, loop: test.loop)
        target.failures["a"] = 2
        worker.add("a", cause: 17)
        worker.add("b", cause: 18)
        worker.add("c", after: .milliseconds(7))
        test.loop.run(until: test.loop.now + .seconds(1))
        #expect(
            target.log == ["0 a for 17", "0 b for 18", "5 a for 17", "7 c for 0", "15 a for 17"])
        #expect(test.client.cause == 0 && worker.queue.failureCount("a") == 0)
    }

    @Test func theNewestCauseCounts() {
        let target = Target(test.loop, test.client)
        let worker = Worker(target, client: test.client, loop: test.loop)
        worker.add("a", cause: 17)
        worker.add("a", cause: 19)
        test.loop.run(until: test.loop.now + .seconds(1))
        #expect(target.log == ["0 a for 19"])
    }

    @Test func aKeyIsDroppedAfterItsRetries() {
        let target = Target(test.loop, test.client)
        let worker = Worker(target, client: test.client, loop: test.loop, maximumRetries: 3)
        target.failures["a"] = 100
        worker.add("a", cause: 1)
        test.loop.run(until: test.loop.now + .hours(1))
        #expect(target.log.map { $0.split(separator: " ")[0] } == ["0", "5", "15", "35"])
        #expect(worker.queue.failureCount("a") == 0 && test.loop.pendingCount == 0)
    }

    /// What is added in the midst of a sync is looked at again after it, with the cause that it came with.
    @Test func whatComesDuringASyncIsDoneAfterIt() {
        let target = Target(test.loop, test.client)
        let worker = Worker(target, client: test.client, loop: test.loop)
        target.during = { key in
            if target.log.count == 1 {
                worker.add(key, cause: 23)
                worker.add("b", cause: 24)
            }
        }
        worker.add("a", cause: 22)
        test.loop.run(until: test.loop.now + .seconds(1))
        #expect(target.log == ["0 a for 22", "0 b for 24", "0 a for 23"])
    }

    /// Keys are worked on one a loop event, so that other components have their turn between them.
    @Test func oneKeyAnEvent() {
        let target = Target(test.loop, test.client)
        let worker = Worker(target, client: test.client, loop: test.loop)
        for key in ["a", "b", "c"] { worker.add(key, cause: 1) }
        var most = 0
        while target.log.count < 3 {
            let before = target.log.count
            guard test.loop.step() else { break }
            most = max(most, target.log.count - before)
        }
        #expect(target.log.count == 3 && most == 1)
    }

    // MARK: Answers

    /// When a key is worked on that a change is told of every millisecond, for 25 of them.
    private func times(answeredAfter requestTime: Interval, writes: Bool) -> [String] {
        test.client.requestTime = requestTime
        let target = Target(test.loop, test.client)
        if writes {
            target.during = { _ in
                _ = try? test.client.create(ConfigMap(name: "map-\(target.log.count)", namespace: "default"))
            }
        }
        let worker = Worker(target, client: test.client, loop: test.loop)
        for _ in 0..<25 {
            worker.add("a", cause: 0)
            test.advance(.milliseconds(1))
        }
        test.advance(.seconds(1))
        return target.log.map { String($0.split(separator: " ")[0]) }
    }

    @Test func changesThatComeBeforeTheAnswerAreTakenTogether() {
        #expect(times(answeredAfter: .milliseconds(10), writes: true) == ["0", "10", "20", "30"])
    }

    @Test func whoWritesNothingWaitsForNothing() {
        #expect(times(answeredAfter: .milliseconds(10), writes: false) == (0..<25).map { "\($0)" })
    }

    @Test func anAnswerMayTakeNoTime() {
        #expect(times(answeredAfter: .zero, writes: true) == (0..<25).map { "\($0)" })
    }
}
