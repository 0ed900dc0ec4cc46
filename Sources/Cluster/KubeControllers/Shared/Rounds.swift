import ClusterCore

/// Calls a body at multiples of a period, as upstream's controllers do that look at everything now and then; but only
/// while somebody asks for it, so that a cluster with nothing to look at rests.
///
/// For example, every hour from 12:00: asked for at 12:10, a round comes at 13:00; asked for again in that round,
/// another comes at 14:00.
final class Rounds: EventTarget {
    private let loop: EventLoop
    private let period: Interval
    private let beginsAtOnce: Bool
    private let body: () -> Void
    /// Rounds are at multiples of the period from here.
    private var epoch: Instant
    private var hasBegun = false
    private var isScheduled = false

    /// - Parameters:
    ///   - beginsAtOnce: Whether a round that is asked for at the start comes then, and not a period later.
    ///   - body: Must not hold on to its owner, which holds the rounds.
    init(_ loop: EventLoop, every period: Interval, beginsAtOnce: Bool = false, _ body: @escaping () -> Void) {
        self.loop = loop
        self.period = period
        self.beginsAtOnce = beginsAtOnce
        self.body = body
        epoch = loop.now
    }

    /// Counts from now on.
    func start() { epoch = loop.now }

    /// Sees to it that the next round comes.
    func schedule() {
        if isScheduled { return }
        isScheduled = true
        if beginsAtOnce, !hasBegun, loop.now == epoch {
            loop.schedule(at: epoch, self)
        } else {
            let done = (loop.now - epoch).nanoseconds / period.nanoseconds
            loop.schedule(at: epoch + period * Int(done + 1), self)
        }
    }

    func fire(_ token: UInt64) {
        isScheduled = false
        hasBegun = true
        body()
    }
}
