/// The cluster's clock and its agenda: events run one by one in the order of (time, sequence), and the clock jumps from
/// each to the next.
///
/// Nothing here looks at real time. A driver that follows the wall clock calls ``run(until:)`` with the moment that it
/// wants to have reached; one that is in no hurry calls ``step()`` for as long as it returns true.
///
/// The clock stands still while an event runs, and what the event schedules for now, or for a moment already past,
/// runs after everything that was due now before it:
///
///     loop.schedule(at: t, a)      // sequence 0
///     loop.schedule(at: t, b)      // sequence 1
///     loop.step()                  // the clock is at t; a runs, and schedules c for now: sequence 2
///     loop.step()                  // b
///     loop.step()                  // c
///
/// Future events wait in a heap, and events for now in a queue, where they cost no comparison at all.
public final class EventLoop {
    /// The present moment of virtual time.
    public private(set) var now: Instant
    /// The number that the next scheduled event will have: how many were scheduled so far.
    public private(set) var sequence: UInt64 = 0
    /// How many events have run.
    public private(set) var eventCount: UInt64 = 0
    /// Called after each event, before the next one; the cluster hands out changes to its components here.
    public var afterEvent: (() -> Void)?
    /// Seconds of real time from any start, for metrics of how long work takes: nothing else may read it, so that no
    /// outcome depends on it. Set by whoever runs the loop by the wall clock; nil otherwise.
    public var stopwatch: (() -> Double)?
    /// The work queues that live on this loop, for metrics.
    public let queueGauges = QueueGauges()

    // None of the three calls back into the loop, so checking their exclusivity at run time is time lost.
    @exclusivity(unchecked) private var slots = EventSlots()
    @exclusivity(unchecked) private var future = TimerHeap()
    @exclusivity(unchecked) private var due = DueQueue()

    public init(start: Instant) {
        now = start
    }

    // MARK: Scheduling

    /// Arranges for the target to be called with the token at a moment; at once, after what is already due, if that
    /// moment has come. Keeps the target alive until then.
    ///
    /// Complexity: O(log n) in the number of future events, O(1) for a moment that has come.
    @discardableResult
    public func schedule(at time: Instant, _ target: any EventTarget, _ token: UInt64 = 0) -> Timer {
        let number = sequence
        sequence = number + 1
        let slot = slots.take(sequence: number, target: target, token: token)
        if time > now {
            future.insert(TimerHeap.Entry(time: time, sequence: number, slot: slot))
        } else {
            due.append(slot: slot, sequence: number)
        }
        return Timer(slot: slot, sequence: number)
    }

    @discardableResult
    public func schedule(after delay: Interval, _ target: any EventTarget, _ token: UInt64 = 0) -> Timer {
        schedule(at: now + delay, target, token)
    }

    /// Arranges for a closure to be called; allocates for each call, so for what happens seldom.
    @discardableResult
    public func schedule(at time: Instant, _ body: @escaping () -> Void) -> Timer {
        schedule(at: time, ClosureTarget(body))
    }

    /// Arranges for a closure to be called; allocates for each call, so for what happens seldom.
    @discardableResult
    public func schedule(after delay: Interval, _ body: @escaping () -> Void) -> Timer {
        schedule(at: now + delay, ClosureTarget(body))
    }

    /// Takes an event back. False if it has run, is running or was cancelled before.
    ///
    /// Complexity: O(log n) in the number of future events.
    @discardableResult
    public func cancel(_ timer: Timer) -> Bool {
        guard slots.holds(timer) else { return false }
        if !future.remove(slot: timer.slot) { due.forgetOne() }
        slots.release(timer.slot)
        return true
    }

    /// Whether the event is still to run.
    public func isPending(_ timer: Timer) -> Bool {
        slots.holds(timer)
    }

    /// How many events are still to run.
    public var pendingCount: Int { future.count + due.count }

    // MARK: Running

    /// When the next event will run; nil if there is none.
    public var nextEventTime: Instant? {
        due.isEmpty ? future.first?.time : now
    }

    /// Moves the clock to the next event and runs it. False, and nothing happens, if there is none.
    @discardableResult
    public func step() -> Bool {
        runNext(until: Instant(nanoseconds: .max))
    }

    /// Runs all events due up to and including a moment, those that they schedule included, and leaves the clock
    /// there. Does nothing if that moment has passed.
    public func run(until end: Instant) {
        guard end >= now else { return }
        while runNext(until: end) {}
        now = end
    }

    private func runNext(until end: Instant) -> Bool {
        let slot: UInt32
        // A future event whose time has come was scheduled before the clock got there, and so before all in the queue.
        if let first = future.first, first.time <= (due.isEmpty ? end : now) {
            now = first.time
            slot = future.removeFirst().slot
        } else if let next = due.popFirst(where: { slots.holds(Timer(slot: $0, sequence: $1)) }) {
            slot = next
        } else {
            return false
        }
        let (target, token) = slots.release(slot)
        eventCount += 1
        target.fire(token)
        afterEvent?()
        return true
    }
}

private final class ClosureTarget: EventTarget {
    private let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
    }

    func fire(_ token: UInt64) {
        body()
    }
}
