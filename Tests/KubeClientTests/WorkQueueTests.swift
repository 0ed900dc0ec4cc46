import ClusterCore
import KubeAPI
import KubeClient
import Testing

/// Compared with client-go `util/workqueue`: `queue_test.go`, `delaying_queue_test.go` and
/// `default_rate_limiters_test.go`.
@Suite("The work queue")
struct WorkQueueTests {
    private let loop = EventLoop(start: .simulationStart)
    private let queue: WorkQueue<String>

    init() { queue = WorkQueue(loop: loop) }

    private func drain() -> [String] {
        var keys: [String] = []
        while let key = queue.next() {
            keys.append(key)
            queue.done(key)
        }
        return keys
    }

    private func run(_ interval: Interval) { loop.run(until: loop.now + interval) }

    // MARK: The set

    @Test func aKeyWaitsOnce() {
        for key in ["a", "b", "a", "a", "c", "b"] { queue.add(key) }
        #expect(queue.count == 3 && queue.additions == 3)
        #expect(drain() == ["a", "b", "c"])
        #expect(queue.isEmpty && queue.next() == nil)
    }

    @Test func waitsAreCountedFromWhenAKeyWasDue() {
        queue.add("a")
        run(.milliseconds(5))
        // It has been due since before.
        queue.add("a")
        run(.milliseconds(5))
        #expect(queue.next() == "a")
        queue.add("a")
        run(.seconds(2))
        queue.done("a")
        #expect(queue.next() == "a")
        #expect(queue.waits.count == 2)
        #expect(queue.waits.sum == 2.01)
        // At most 10 ms, 100 ms, 1 s, 10 s.
        #expect(queue.waits.buckets.suffix(4) == [1, 0, 0, 1])
    }

    @Test func aKeyThatIsAddedWhileWorkedOnWaitsUntilDone() {
        queue.add("a")
        queue.add("b")
        #expect(queue.next() == "a")
        queue.add("a")
        queue.add("a")
        #expect(queue.count == 1, "only b waits")
        #expect(queue.next() == "b")
        #expect(queue.next() == nil)
        queue.done("a")
        #expect(queue.count == 1)
        #expect(queue.next() == "a")
        queue.done("a")
        queue.done("b")
        #expect(queue.next() == nil)
    }

    @Test func readinessIsToldWhenAKeyCanBeHad() {
        var told = 0
        queue.onReady = { told += 1 }
        queue.add("a")
        #expect(told == 1)
        _ = queue.next()
        queue.add("a")
        #expect(told == 1, "nothing can be had while a is worked on")
        queue.done("a")
        #expect(told == 2)
    }

    /// Long queues give back what was handed out without losing their order.
    @Test func thousandsOfKeysKeepTheirOrder() {
        let waiting = WorkQueue<Int>(loop: loop)
        var expected = 0
        for key in 0..<10_000 {
            waiting.add(key)
            if key % 3 == 0, let next = waiting.next() {
                #expect(next == expected)
                expected += 1
                waiting.done(next)
            }
        }
        while let next = waiting.next() {
            if next != expected { Issue.record("\(next) instead of \(expected)") }
            expected += 1
            waiting.done(next)
        }
        #expect(expected == 10_000)
    }

    // MARK: Delays

    @Test func ofSeveralDelaysTheShortestCounts() {
        queue.add("a", after: .seconds(10))
        queue.add("a", after: .seconds(5))
        queue.add("a", after: .seconds(20))
        run(.milliseconds(4999))
        #expect(queue.isEmpty)
        run(.milliseconds(1))
        #expect(drain() == ["a"])
        run(.minutes(1))
        #expect(queue.isEmpty && loop.pendingCount == 0)
    }

    @Test func noDelayIsAtOnceAndLeavesAPendingOne() {
        queue.add("a", after: .seconds(5))
        queue.add("a", after: .zero)
        #expect(drain() == ["a"])
        run(.seconds(5))
        #expect(drain() == ["a"])
    }

    @Test func delayedKeysComeInTheirOrder() {
        for (key, delay) in [("c", 3), ("a", 1), ("b", 2), ("d", 3)] { queue.add(key, after: .seconds(delay)) }
        run(.seconds(10))
        #expect(drain() == ["a", "b", "c", "d"])
    }

    // MARK: Rate limits

    /// 5 ms, 10 ms, 20 ms, … 1000 s, and from the start again once forgotten.
    @Test func failuresDoubleTheDelay() {
        var delays: [Interval] = []
        for _ in 0..<20 {
            queue.addRateLimited("a")
            let before = loop.now
            while queue.isEmpty, loop.step() {}
            delays.append(loop.now - before)
            _ = drain()
        }
        let expected = (0..<20).map { step in min(Interval.milliseconds(5) * (1 << step), .seconds(1000)) }
        #expect(delays == expected)
        #expect(queue.failureCount("a") == 20 && queue.retries == 20)
        queue.forget("a")
        #expect(queue.failureCount("a") == 0)
        queue.addRateLimited("a")
        run(.milliseconds(5))
        #expect(drain() == ["a"])
    }

    /// A hundred retries are let through at once, then ten a second, whatever the keys.
    @Test func retriesShareABucket() {
        for number in 0..<120 { queue.addRateLimited("key-\(number)") }
        run(.milliseconds(5))
        #expect(drain().count == 100)
        run(.milliseconds(95))
        #expect(drain() == ["key-100"])
        run(.milliseconds(899))
        #expect(drain().count == 8)
        run(.milliseconds(1))
        #expect(drain() == ["key-109"])
        run(.seconds(1))
        #expect(drain().count == 10)
    }

    /// The bucket's wait and the key's own are not added up: the longer counts.
    @Test func theLongerLimitCounts() {
        let slow = WorkQueue<String>(loop: loop, bucket: TokenBucket(ratePerSecond: 1, burst: 1))
        var delays: [Interval] = []
        for _ in 0..<10 {
            slow.addRateLimited("a")
            let before = loop.now
            while slow.isEmpty, loop.step() {}
            delays.append(loop.now - before)
            if let key = slow.next() { slow.done(key) }
        }
        let byBucket = [Interval.milliseconds(995)] + Array(repeating: Interval.seconds(1), count: 6)
        #expect(delays == [.milliseconds(5)] + byBucket + [.milliseconds(1280), .milliseconds(2560)])
    }
}
