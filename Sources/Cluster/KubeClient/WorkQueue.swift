import ClusterCore

/// A queue of keys to be worked on, as client-go's: a key waits once however often it is added; a key added while it is
/// worked on waits again until it is done; failures are retried after a back-off.
///
/// For example: `add(a) add(a)` queues `a` once. `get() → a`, `add(a)`: `a` is marked dirty and not queued.
/// `done(a)`: now it is queued.
///
/// Follows client-go `util/workqueue`: rate limits are the larger of 5 ms × 2^failures up to 1000 s, and a shared
/// bucket of 10 a second with a burst of 100.
public final class WorkQueue<Key: Hashable> {
    private var waiting = FIFO<Key>()
    /// Since when each key has been due.
    private var dirty: [Key: Instant] = [:]
    private var processing: Set<Key> = []
    private var failures: [Key: Int] = [:]
    private var delayed: [Key: (timer: Timer, due: Instant)] = [:]
    private let loop: EventLoop
    private let backoff: ExponentialBackoff
    private var bucket: TokenBucket
    /// Called when the queue had nothing to hand out and now has.
    public var onReady: (() -> Void)?
    /// How many keys were ever added, for metrics.
    public private(set) var additions = 0
    public private(set) var retries = 0
    /// How long keys waited, for metrics.
    public private(set) var waits = Histogram(QueueGauges.bounds)

    public init(
        loop: EventLoop, backoff: ExponentialBackoff = ExponentialBackoff(base: .milliseconds(5), cap: .seconds(1000)),
        bucket: TokenBucket? = nil
    ) {
        self.loop = loop
        self.backoff = backoff
        self.bucket = bucket ?? TokenBucket(ratePerSecond: 10, burst: 100)
    }

    /// Keys that wait to be handed out.
    public var count: Int { waiting.count }
    public var isEmpty: Bool { count == 0 }

    public func add(_ key: Key) {
        if let since = dirty.updateValue(loop.now, forKey: key) {
            // It waits already.
            dirty[key] = since
            return
        }
        additions += 1
        if processing.contains(key) { return }
        waiting.append(key)
        onReady?()
    }

    /// Adds after a delay. Of several pending additions of a key, the earliest counts.
    public func add(_ key: Key, after delay: Interval) {
        if delay <= .zero { return add(key) }
        let due = loop.now + delay
        if let pending = delayed[key] {
            if pending.due <= due { return }
            loop.cancel(pending.timer)
        }
        let timer = loop.schedule(at: due) { [unowned self] in
            delayed[key] = nil
            add(key)
        }
        delayed[key] = (timer, due)
    }

    /// Adds after the back-off of a key that failed once more.
    public func addRateLimited(_ key: Key) {
        let count = failures[key, default: 0]
        failures[key] = count + 1
        retries += 1
        add(key, after: max(backoff.delay(failures: count), bucket.reserve(loop.now)))
    }

    /// The key succeeded: its next failure starts from the shortest back-off.
    public func forget(_ key: Key) { failures[key] = nil }

    public func failureCount(_ key: Key) -> Int { failures[key, default: 0] }

    /// Hands out the next key, which is being worked on until `done`.
    public func next() -> Key? {
        guard let key = waiting.popFirst() else { return nil }
        if let since = dirty.removeValue(forKey: key) { waits.add((loop.now - since).seconds, QueueGauges.bounds) }
        processing.insert(key)
        return key
    }

    public func done(_ key: Key) {
        processing.remove(key)
        if dirty[key] != nil {
            waiting.append(key)
            onReady?()
        }
    }
}
