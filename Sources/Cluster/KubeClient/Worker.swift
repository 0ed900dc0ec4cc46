import ClusterCore
import KubeAPI

/// Brings the world of one key to what is wanted. Called by a `Worker`; throwing means: again after a back-off.
public protocol Reconciler: AnyObject {
    associatedtype Key: Hashable
    func sync(_ key: Key) throws(StatusError)
}

/// Takes keys from a work queue and reconciles them, one a loop event, and remembers for each key which revision made
/// it due, so that writes know their cause.
///
/// Writes happen at once, but a key whose sync wrote is done with only when the answer has had its time
/// (`KubeClient.requestTime`): what changes meanwhile waits, and is reconciled in one go, as with upstream's workers. A
/// ReplicaSet whose pods become ready a thousand a second has its status written a hundred times a second and not a
/// thousand.
public final class Worker<Target: Reconciler>: EventTarget {
    /// What the loop calls the worker for.
    private enum Token {
        static var sync: UInt64 { 0 }
        /// The requests of the key that was held first are answered.
        static var answer: UInt64 { 1 }
    }

    public let queue: WorkQueue<Target.Key>
    private unowned let target: Target
    private let client: any KubeClient
    private let loop: EventLoop
    private var causes: [Target.Key: Revision] = [:]
    private var isScheduled = false
    /// Keys whose requests are not answered yet.
    private var held = FIFO<Target.Key>()
    /// How often a key is retried before it is dropped; nil for always. Upstream's deployment controller: 15.
    private let maximumRetries: Int?
    /// How long `sync` took, in real time.
    private var work = Histogram(QueueGauges.bounds)

    /// `queue`: one with other rate limits than the usual ones.
    public init(
        _ target: Target, client: any KubeClient, loop: EventLoop, maximumRetries: Int? = nil,
        queue: WorkQueue<Target.Key>? = nil
    ) {
        self.target = target
        self.client = client
        self.loop = loop
        self.maximumRetries = maximumRetries
        let queue = queue ?? WorkQueue(loop: loop)
        self.queue = queue
        queue.onReady = { [unowned self] in schedule() }
        let component = client.component
        let name = component.hasSuffix("-controller") ? String(component.dropLast("-controller".count)) : component
        loop.queueGauges.add { [weak self] in
            guard let self else { return nil }
            return QueueGauges.Reading(
                name: name, depth: queue.count, additions: queue.additions, retries: queue.retries,
                waits: queue.waits, work: work)
        }
    }

    /// Makes a key due because of a change.
    public func add(_ key: Target.Key, cause: Revision) {
        causes[key] = cause
        queue.add(key)
    }

    public func add(_ key: Target.Key, after delay: Interval) { queue.add(key, after: delay) }

    private func schedule() {
        if isScheduled { return }
        isScheduled = true
        loop.schedule(at: loop.now, self, Token.sync)
    }

    public func fire(_ token: UInt64) {
        if token == Token.answer {
            if let key = held.popFirst() { queue.done(key) }
            return
        }
        if let turn = client.rateLimiter?.nextTurn(loop.now), turn > loop.now {
            loop.schedule(at: turn, self, Token.sync)
            return
        }
        isScheduled = false
        guard let key = queue.next() else { return }
        let revision = client.revision
        client.cause = causes.removeValue(forKey: key) ?? 0
        let start = loop.stopwatch?()
        do throws(StatusError) {
            try target.sync(key)
            queue.forget(key)
        } catch {
            if let maximumRetries, queue.failureCount(key) >= maximumRetries {
                queue.forget(key)
            } else {
                if client.cause > 0 { causes[key] = client.cause }
                queue.addRateLimited(key)
            }
        }
        if let start, let end = loop.stopwatch?() { work.add(end - start, QueueGauges.bounds) }
        client.cause = 0
        if client.revision == revision || client.requestTime == .zero {
            queue.done(key)
        } else {
            held.append(key)
            loop.schedule(after: client.requestTime, self, Token.answer)
        }
        if !queue.isEmpty { schedule() }
    }
}
