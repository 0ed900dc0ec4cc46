import NIOCore

/// Has something done at a time that is put off again and again, as the end of a connection is by each of its requests.
///
/// Putting it off costs nothing: one task of the loop stands by, and looks when it is due whether the time has come.
final class Deadline {
    private let loop: any EventLoop
    private let expire: () -> Void
    private var time: NIODeadline?
    private var task: Scheduled<Void>?
    private var taskTime = NIODeadline.distantFuture

    /// - Parameter expire: Called on the loop, at most once for each time that is set.
    init(_ loop: any EventLoop, _ expire: @escaping () -> Void) {
        self.loop = loop
        self.expire = expire
    }

    /// From now on, instead of what was set before.
    func set(_ amount: TimeAmount) {
        let time = loop.now + amount
        self.time = time
        if time < taskTime { schedule(time) }
    }

    func clear() { time = nil }

    /// Clears it for good, and lets go of what it would have done.
    func cancel() {
        time = nil
        task?.cancel()
        task = nil
        taskTime = .distantFuture
    }

    private func schedule(_ time: NIODeadline) {
        task?.cancel()
        taskTime = time
        let bound = NIOLoopBound(self, eventLoop: loop)
        task = loop.scheduleTask(deadline: time) { bound.value.look() }
    }

    private func look() {
        task = nil
        taskTime = .distantFuture
        guard let time else { return }
        if loop.now < time { return schedule(time) }
        self.time = nil
        expire()
    }
}
