import ClusterCore
import DequeModule
import Foundation
import KubeAPI
import KubeClient
import KubeCluster

/// Runs a cluster on a thread of its own, its clock following the wall clock times the speed.
///
/// One mailbox in, snapshots out: commands are carried out between two events of the loop; a reader on any thread
/// takes the newest snapshot with the changes since it last took one. This is a wall of the house: the wall clock, a
/// thread and a lock are here, and nothing of them below.
package final class ClusterDriver: @unchecked Sendable {
    /// A changed cluster is published at most this often, in seconds, so that a burst is one redraw.
    private static let publishInterval = 0.008
    /// A running clock is published this often, in seconds, though nothing happens: the time is on the screen.
    private static let clockInterval = 0.25
    /// Seconds that events run before commands and readers get their turn.
    private static let slice = 0.004
    /// Changes kept for a reader that does not come; then it starts over from a snapshot.
    package static let maximumPendingChanges = 200_000

    private let condition = NSCondition()
    // Guarded by `condition`.
    private var mailbox: Deque<(id: Int, command: ClusterCommand)> = []
    private var works: Deque<ClusterWork> = []
    private var update: ClusterUpdate?
    private var isStopping = false
    private var isRunning = false
    private var isWakeUpDue = true
    private var durability: Durability?
    private var onObstacle: (@Sendable (String) -> Void)?

    /// Called on the driver's thread when an update is there to be taken; not again before it is taken. Nil when nobody
    /// takes any.
    private let onUpdate: (@Sendable () -> Void)?
    /// Seconds from any start.
    private let wallTime: @Sendable () -> Double
    private let maximumPending: Int

    // The driver's thread alone.
    private var cluster: Cluster
    private var speed: Double
    private var isClockPaused = false
    /// Wall and virtual time that belong together; virtual time runs on from here.
    private var anchor: (wall: Double, time: Instant) = (0, Instant(nanoseconds: 0))
    private var lastPublished = -1.0
    private var publishedEventCount: UInt64?
    private var outcomes: [CommandOutcome] = []
    private var statusChanged = true
    private var observers = ObserverFeed()
    private var outgoing: OutgoingQueue
    /// How far the journal is since the last look.
    private var released: Durability?

    /// Takes a cluster over: from now on only the driver's thread may touch it.
    /// - Parameters:
    ///   - durability: how far the cluster's journal is; nil without one. `setDurability` tells how it goes on.
    ///   - speed: virtual seconds a wall second; infinity for as fast as it goes.
    ///   - wallTime: what the clock follows, in seconds from any start; only time that passes counts.
    ///   - maximumPending: changes kept for a reader that does not come.
    ///   - onUpdate: called on the driver's thread when an update is there; not again before it is taken. Nil when
    ///     nobody takes any.
    package init(
        _ cluster: sending Cluster, speed: Double, durability: Durability? = nil,
        wallTime: @escaping @Sendable () -> Double = { ClusterDriver.monotonicTime() },
        maximumPending: Int = ClusterDriver.maximumPendingChanges, onUpdate: (@Sendable () -> Void)? = nil
    ) {
        self.cluster = cluster
        self.speed = speed
        self.wallTime = wallTime
        self.maximumPending = maximumPending
        self.onUpdate = onUpdate
        self.durability = durability
        outgoing = OutgoingQueue(durability)
        cluster.loop.stopwatch = wallTime
    }

    /// Starts the thread. To be called once.
    package func start() {
        condition.lock()
        isRunning = true
        condition.unlock()
        let thread = Thread { [self] in run() }
        thread.name = "cluster"
        thread.stackSize = 16 << 20
        thread.start()
    }

    /// Ends the thread after the event that runs, and waits for it. What is still in the mailbox is not carried out.
    package func stop() {
        condition.lock()
        isStopping = true
        condition.broadcast()
        while isRunning { condition.wait() }
        condition.unlock()
    }

    /// Hands a command in. Its outcome comes with an update, under this number.
    package func send(_ command: ClusterCommand, id: Int) {
        condition.lock()
        mailbox.append((id, command))
        condition.broadcast()
        condition.unlock()
    }

    /// Hands work in that is done between two events, and goes through everything that it asks for at once. The reply
    /// that it returns is called, on the driver's thread, once every observer has been given what the work wrote. False
    /// when the driver has been stopped: then the work is never done.
    @discardableResult
    package func perform(_ work: @escaping ClusterWork) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        if isStopping { return false }
        works.append(work)
        condition.broadcast()
        return true
    }

    /// Takes note of how far the cluster's journal is. What waited for that is told, on the driver's thread.
    package func setDurability(_ durability: Durability) {
        condition.lock()
        let isNew = durability.obstacle != nil && self.durability?.obstacle == nil
        self.durability = durability
        let onObstacle = onObstacle
        condition.broadcast()
        condition.unlock()
        if isNew, let obstacle = durability.obstacle { onObstacle?(obstacle) }
    }

    /// How far the cluster's journal is; nil without one.
    package var currentDurability: Durability? {
        condition.lock()
        defer { condition.unlock() }
        return durability
    }

    /// Has somebody told when the journal can no longer be written, and why: replies are waiting then for which it may
    /// take long. Called on the thread that says so. To be set before the driver is started.
    package func observeObstacles(_ observer: @escaping @Sendable (String) -> Void) {
        condition.lock()
        onObstacle = observer
        condition.unlock()
    }

    /// Why the cluster stands still and takes no writes: its journal cannot be written. Nil when all is well.
    package var failure: String? { currentDurability?.failure }

    /// Adds a reader that is given every change, from the last that may be told on. For a driver that has not been
    /// started.
    package func add(_ observer: any ClusterObserver) {
        let revision = cluster.server.store.revision
        observers.add(observer, revision: min(revision, outgoing.durability?.revision ?? revision))
    }

    /// The newest update, or nil if nothing is new since the last call.
    package func take() -> ClusterUpdate? {
        condition.lock()
        defer { condition.unlock() }
        let taken = update
        update = nil
        isWakeUpDue = true
        return taken
    }

    // MARK: The thread

    /// The wall clock that only goes forward, in seconds from some start.
    package static func monotonicTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private func run() {
        anchor = (wallTime(), cluster.loop.now)
        while true {
            guard let mail = takeMail() else { break }
            if let released {
                // Time goes on from where it stood.
                if isHeldUp, released.failure == nil { reanchor() }
                outgoing.release(released)
                self.released = nil
            }
            for (id, command) in mail.commands { perform(command, id: id) }
            perform(mail.works)
            runEvents()
            observers.publish(
                cluster, to: &outgoing, at: wallTime(), speed: speed, isClockPaused: isClockPaused)
            publishIfDue()
            waitForWork()
        }
        condition.lock()
        isRunning = false
        condition.broadcast()
        condition.unlock()
    }

    /// What is in the mailbox; nil when the thread is to end.
    private func takeMail() -> (commands: Deque<(id: Int, command: ClusterCommand)>, works: Deque<ClusterWork>)? {
        condition.lock()
        defer { condition.unlock() }
        if isStopping { return nil }
        if let durability, durability != outgoing.durability { released = durability }
        defer {
            mailbox = []
            works = []
        }
        return (mailbox, works)
    }

    private func perform(_ works: Deque<ClusterWork>) {
        if works.isEmpty { return }
        if speed.isFinite { runEvents() }
        let replies = works.compactMap { $0(cluster) }
        cluster.server.pump()
        observers.publish(
            cluster, to: &outgoing, at: wallTime(), speed: speed, isClockPaused: isClockPaused, evenIfUnchanged: true)
        outgoing.add(at: cluster.server.store.revision) { for reply in replies { reply() } }
    }

    private func perform(_ command: ClusterCommand, id: Int) {
        statusChanged = true
        if let durability = outgoing.durability, let refusal = durability.refusal(of: command, cluster) {
            return outcomes.append(CommandOutcome(id: id, errors: [refusal]))
        }
        // A command is carried out at the time that it is now, and another speed or a pause counts from now on.
        if speed.isFinite { runEvents() }
        switch command {
        case .setClockPaused(let paused):
            reanchor()
            isClockPaused = paused
            outcomes.append(CommandOutcome(id: id))
        case .setSpeed(let speed):
            reanchor()
            self.speed = speed
            outcomes.append(CommandOutcome(id: id))
        case .step:
            _ = cluster.loop.step()
            reanchor()
            outcomes.append(CommandOutcome(id: id))
        default: outcomes.append(cluster.perform(command, id: id))
        }
    }

    /// The cluster stands still while its journal cannot be written.
    private var isHeldUp: Bool { outgoing.durability?.failure != nil }

    private func reanchor() { anchor = (wallTime(), cluster.loop.now) }

    /// The virtual time that it should be now.
    private func targetTime() -> Instant {
        let elapsed = wallTime() - anchor.wall
        return anchor.time + .seconds(elapsed * speed)
    }

    /// Runs what is due, for one slice at most.
    private func runEvents() {
        if isClockPaused || isHeldUp { return }
        let end = wallTime() + ClusterDriver.slice
        let target = speed.isFinite ? targetTime() : Instant(nanoseconds: Int64.max)
        var count = 0
        while let next = cluster.loop.nextEventTime, next <= target {
            _ = cluster.loop.step()
            count += 1
            // The clock is read once in 32 events: reading it costs about as much as a small event.
            if count % 32 == 0, wallTime() >= end {
                // Behind: time passes as fast as the events allow, and does not catch up later.
                if speed.isFinite, target - cluster.loop.now > .seconds(0.1 * speed) { reanchor() }
                return
            }
        }
        if speed.isFinite { cluster.loop.run(until: target) }
    }

    private func publishIfDue() {
        guard let onUpdate else {
            publishedEventCount = cluster.loop.eventCount
            return
        }
        let now = wallTime()
        let isClockDue = !isClockPaused && !outgoing.isHeld && now - lastPublished >= ClusterDriver.clockInterval
        let isNew = publishedEventCount != cluster.loop.eventCount || statusChanged || !outcomes.isEmpty || isClockDue
        guard isNew, now - lastPublished >= ClusterDriver.publishInterval || statusChanged else { return }
        publishedEventCount = cluster.loop.eventCount
        statusChanged = false
        lastPublished = now
        let (changes, isReset) = cluster.takeChanges()
        let snapshot = cluster.snapshot(speed: speed, isClockPaused: isClockPaused)
        let outcomes = outcomes
        self.outcomes = []
        outgoing.add(at: snapshot.revision) { [unowned self] in
            deliver(snapshot, changes, isReset: isReset, outcomes, onUpdate)
        }
    }

    /// Lays an update out to be taken, joined with the one that nobody has taken yet.
    private func deliver(
        _ snapshot: ClusterSnapshot, _ changes: [Change], isReset: Bool, _ outcomes: [CommandOutcome],
        _ onUpdate: @Sendable () -> Void
    ) {
        condition.lock()
        if var pending = update {
            pending.snapshot = snapshot
            pending.outcomes += outcomes
            pending.isReset = pending.isReset || isReset
            if pending.isReset || pending.changes.count + changes.count > maximumPending {
                pending.isReset = true
                pending.changes = (pending.changes + changes).newestByUsers()
            } else {
                update = nil
                pending.changes += changes
            }
            update = pending
        } else {
            update = ClusterUpdate(snapshot: snapshot, changes: changes, isReset: isReset, outcomes: outcomes)
        }
        let wake = isWakeUpDue
        isWakeUpDue = false
        condition.unlock()
        if wake { onUpdate() }
    }

    /// Sleeps until the next event is due, something unpublished is, or a command comes.
    private func waitForWork() {
        let now = wallTime()
        let standsStill = isClockPaused || isHeldUp
        var delay = standsStill ? 0.5 : ClusterDriver.clockInterval
        if !standsStill, let next = cluster.loop.nextEventTime {
            delay = speed.isFinite ? (next - anchor.time).seconds / speed - (now - anchor.wall) : 0
        }
        if publishedEventCount != cluster.loop.eventCount || !outcomes.isEmpty {
            delay = min(delay, lastPublished + ClusterDriver.publishInterval - now)
        }
        condition.lock()
        if delay > 0, mailbox.isEmpty, works.isEmpty, !isStopping, durability == outgoing.durability {
            _ = condition.wait(until: Date(timeIntervalSinceNow: min(delay, 0.5)))
        }
        condition.unlock()
    }
}
