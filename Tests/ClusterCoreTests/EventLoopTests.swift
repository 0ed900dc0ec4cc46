import ClusterCore
import Testing

@Suite struct EventLoopTests {
    private let loop = EventLoop(start: .simulationStart)
    private let log = Log()

    /// Notes the tokens that it is called with.
    private final class Log: EventTarget {
        var tokens: [UInt64] = []

        func fire(_ token: UInt64) {
            tokens.append(token)
        }
    }

    @Test func eventsRunByTimeThenInTheOrderOfScheduling() {
        loop.schedule(after: .seconds(2), log, 3)
        loop.schedule(after: .seconds(1), log, 1)
        loop.schedule(after: .seconds(1), log, 2)
        loop.schedule(after: .zero, log, 0)
        while loop.step() {}
        #expect(log.tokens == [0, 1, 2, 3])
        #expect(loop.now == .simulationStart + .seconds(2))
        #expect(loop.eventCount == 4)
        #expect(loop.sequence == 4)
    }

    @Test func theClockShowsTheTimeOfTheRunningEvent() {
        var times: [Instant] = []
        loop.schedule(after: .milliseconds(5)) { times.append(loop.now) }
        loop.schedule(after: .seconds(3)) { times.append(loop.now) }
        while loop.step() {}
        #expect(times == [.simulationStart + .milliseconds(5), .simulationStart + .seconds(3)])
    }

    @Test func whatIsScheduledForThePastRunsNowAfterWhatIsDue() {
        loop.schedule(after: .seconds(1)) {
            loop.schedule(at: .simulationStart, log, 2)
            loop.schedule(after: .zero, log, 3)
        }
        loop.schedule(after: .seconds(1), log, 1)
        while loop.step() {}
        #expect(log.tokens == [1, 2, 3])
        #expect(loop.now == .simulationStart + .seconds(1))
    }

    @Test func runningUntilATimeIncludesIt() {
        loop.schedule(after: .seconds(1), log, 1)
        loop.schedule(after: .seconds(2), log, 2)
        loop.schedule(after: .seconds(2) + .nanoseconds(1), log, 3)
        loop.run(until: .simulationStart + .seconds(2))
        #expect(log.tokens == [1, 2])
        #expect(loop.now == .simulationStart + .seconds(2))
        #expect(loop.nextEventTime == .simulationStart + .seconds(2) + .nanoseconds(1))
        loop.run(until: .simulationStart)
        #expect(loop.now == .simulationStart + .seconds(2))
        loop.run(until: .simulationStart + .hours(1))
        #expect(log.tokens == [1, 2, 3])
        #expect(loop.now == .simulationStart + .hours(1))
        #expect(loop.nextEventTime == nil)
    }

    @Test func aTimerCanBeCancelledUntilItRuns() {
        let future = loop.schedule(after: .seconds(1), log, 1)
        let due = loop.schedule(after: .zero, log, 2)
        let kept = loop.schedule(after: .seconds(1), log, 3)
        #expect(loop.pendingCount == 3)
        #expect(loop.cancel(future))
        #expect(loop.cancel(due))
        #expect(!loop.cancel(future))
        #expect(!loop.cancel(due))
        #expect(loop.pendingCount == 1)
        #expect(loop.nextEventTime == .simulationStart + .seconds(1))
        #expect(loop.isPending(kept))
        #expect(loop.step())
        #expect(!loop.isPending(kept))
        #expect(!loop.cancel(kept))
        #expect(!loop.step())
        #expect(log.tokens == [3])
    }

    @Test func aSpentHandleDoesNotReachTheNextEventInItsPlace() {
        let first = loop.schedule(after: .zero, log, 1)
        #expect(loop.cancel(first))
        let second = loop.schedule(after: .seconds(1), log, 2)
        #expect(!loop.cancel(first))
        #expect(!loop.isPending(first))
        #expect(loop.isPending(second))
        while loop.step() {}
        #expect(log.tokens == [2])
    }

    @Test func anEventCannotCancelItself() {
        var cancelled: Bool?
        var timer: Timer?
        timer = loop.schedule(after: .seconds(1)) { cancelled = timer.map { loop.cancel($0) } }
        #expect(loop.step())
        #expect(cancelled == false)
    }

    @Test func everyEventIsFollowedByTheHook() {
        var seen: [Int] = []
        loop.afterEvent = {
            seen.append(log.tokens.count)
            if log.tokens.count == 1 { loop.schedule(after: .zero, log, 9) }
        }
        loop.schedule(after: .zero, log, 1)
        loop.schedule(after: .zero, log, 2)
        loop.run(until: loop.now)
        #expect(seen == [1, 2, 3])
        #expect(log.tokens == [1, 2, 9])
    }

    @Test func targetsLiveUntilTheirEventIsOver() {
        weak var watched: Log?
        let timer: Timer
        do {
            let target = Log()
            watched = target
            loop.schedule(after: .seconds(1), target)
            timer = loop.schedule(after: .seconds(2), target)
        }
        #expect(loop.step())
        #expect(watched != nil)
        loop.cancel(timer)
        #expect(watched == nil)
    }

    @Test func manyEventsMayBeDueAtOnce() {
        for token in 0..<1_000 { loop.schedule(after: .zero, log, UInt64(token)) }
        for _ in 0..<500 { loop.step() }
        for token in 1_000..<3_000 { loop.schedule(after: .zero, log, UInt64(token)) }
        while loop.step() {}
        #expect(log.tokens == (0..<3_000).map(UInt64.init))
    }

    /// Random schedules, cancellations and runs, with events that schedule and cancel too, against a list that is
    /// searched for its least element each time.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func agreesWithASortedList(seed: UInt64) {
        let model = ModelledLoop(seed: seed)
        for _ in 0..<3_000 { model.takeRandomStep() }
        model.finish()
        #expect(model.mismatches.isEmpty, "seed \(seed): \(model.mismatches.first ?? "")")
        #expect(model.ran > 1_000, "seed \(seed)")
    }
}

/// An event loop and a list of what it should do, fed the same operations.
private final class ModelledLoop: EventTarget {
    private struct Expected {
        var time: Instant
        var token: UInt64
        var timer: Timer
    }

    private let loop = EventLoop(start: .simulationStart)
    private var random: SeededRandom
    private var expected: [Expected] = []
    private var spent: [Timer] = []
    private var nextToken: UInt64 = 0
    private var now = Instant.simulationStart
    private(set) var ran = 0
    private(set) var mismatches: [String] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    func takeRandomStep() {
        switch random.below(20) {
        case 0..<8: for _ in 0...random.below(3) { schedule() }
        case 8..<12: cancel()
        case 12..<19: step()
        default:
            let end = now + .milliseconds(random.below(40))
            loop.run(until: end)
            now = end
            check(expected.allSatisfy { $0.time > end }, "an event due by \(end) did not run")
        }
        check(loop.now == now, "the clock is at \(loop.now), not \(now)")
        check(loop.pendingCount == expected.count, "\(loop.pendingCount) pending, not \(expected.count)")
        check(loop.nextEventTime == expected.map(\.time).min(), "the next event is not the earliest")
    }

    func finish() {
        while loop.step() {}
        check(expected.isEmpty, "\(expected.count) events never ran")
    }

    func fire(_ token: UInt64) {
        ran += 1
        let first = expected.indices.min { left, right in
            (expected[left].time, expected[left].token) < (expected[right].time, expected[right].token)
        }
        guard let first else { return check(false, "event \(token) ran, of none pending") }
        let next = expected.remove(at: first)
        spent.append(next.timer)
        now = next.time
        check(next.token == token, "event \(token) ran, not \(next.token)")
        check(loop.now == now, "event \(token) ran at \(loop.now), not \(now)")
        check(!loop.isPending(next.timer), "event \(token) is still pending while it runs")
        if random.below(4) == 0 { schedule() }
        if random.below(8) == 0 { cancel() }
    }

    private func schedule() {
        // Many at the same few moments, some of them past, and some far off, so that the heap grows deep.
        let time = loop.now + .milliseconds(random.below(random.below(2) == 0 ? 20 : 500) - 4)
        let timer = loop.schedule(at: time, self, nextToken)
        expected.append(Expected(time: max(time, loop.now), token: nextToken, timer: timer))
        nextToken += 1
        check(loop.isPending(timer), "event \(nextToken - 1) is not pending")
    }

    private func cancel() {
        if let timer = spent.last { check(!loop.cancel(timer), "a spent timer was cancelled") }
        guard !expected.isEmpty else { return }
        let removed = expected.remove(at: random.below(expected.count))
        spent.append(removed.timer)
        check(loop.cancel(removed.timer), "event \(removed.token) could not be cancelled")
    }

    private func step() {
        let wasEmpty = expected.isEmpty
        check(loop.step() != wasEmpty, "a step did not tell whether there was an event")
    }

    private func check(_ condition: Bool, _ message: @autoclosure () -> String) {
        if !condition { mismatches.append(message()) }
    }
}
