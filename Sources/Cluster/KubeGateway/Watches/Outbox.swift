import NIOCore

/// The watches of one event loop that have been given frames, until these are written.
///
/// They are written a few at a time, and other connections get their turn in between: a change that many watch does
/// not hold up the next write, and what that writes goes out together with what still waits. So a loop that falls
/// behind has less to do for each change, not more.
///
/// Lives on the loop.
final class Outbox: @unchecked Sendable {
    /// Watches that are written to in one turn.
    private static let turn = 64
    /// For how long others have the loop then, if they want it.
    private static let pause = TimeAmount.microseconds(20)

    let loop: any EventLoop
    private var filled = CircularBuffer<Watcher>()
    private var isWriting = false

    init(_ loop: any EventLoop) { self.loop = loop }

    func take(_ deliveries: [(Watcher, ByteBuffer)]) {
        for (watcher, frame) in deliveries {
            guard let body = watcher.body else { continue }
            if !body.append(frame) {
                // The client will watch again from the revision that it has seen.
                watcher.exchange.breakOff()
            } else if !watcher.isFilled {
                watcher.isFilled = true
                filled.append(watcher)
            }
        }
        if isWriting || filled.isEmpty { return }
        isWriting = true
        // After whatever else waits on the loop by now.
        loop.execute { self.write() }
    }

    private func write() {
        for _ in 0..<min(Outbox.turn, filled.count) {
            let watcher = filled.removeFirst()
            watcher.isFilled = false
            watcher.exchange.pump()
        }
        if filled.isEmpty {
            isWriting = false
        } else {
            loop.scheduleTask(in: Outbox.pause) { self.write() }
        }
    }
}
