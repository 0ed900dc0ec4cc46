import ClusterCore

/// The nodes of a zone that wait for their NoExecute taint, handed out at a rate with no burst.
///
/// For example, at 0.1 a second: `add(a) add(b)` at 0 s hands out `a` at 0.1 s (upstream looks ten times a second) and
/// `b` at 10.1 s.
/// Follows kubernetes `pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go`.
final class TaintQueue: EventTarget {
    private static let period = Interval.milliseconds(100)

    private let loop: EventLoop
    private let body: (String) -> Void
    private var waiting: [String] = []
    private var rate = 0.1
    private var nextAllowed: Instant
    private var timer: Timer?

    init(loop: EventLoop, _ body: @escaping (String) -> Void) {
        self.loop = loop
        self.body = body
        nextAllowed = loop.now
    }

    func add(_ name: String) {
        if waiting.contains(name) { return }
        waiting.append(name)
        schedule()
    }

    func remove(_ name: String) { waiting.removeAll { $0 == name } }

    /// Nodes a second; 0 stops the queue until the next call.
    func setRate(_ perSecond: Double) {
        if rate == perSecond { return }
        // A limiter that would not let a node through now is replaced by an empty one, as upstream does.
        let wasOpen = rate > 0 && nextAllowed <= loop.now
        rate = perSecond
        if rate > 0 { nextAllowed = wasOpen ? loop.now : loop.now + .seconds(1 / rate) }
        stop()
        schedule()
    }

    func stop() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    private func schedule() {
        guard timer == nil, rate > 0, !waiting.isEmpty else { return }
        timer = loop.schedule(at: max(loop.now + TaintQueue.period, nextAllowed), self)
    }

    func fire(_ token: UInt64) {
        timer = nil
        if !waiting.isEmpty {
            nextAllowed = loop.now + .seconds(1 / rate)
            body(waiting.removeFirst())
        }
        schedule()
    }
}
