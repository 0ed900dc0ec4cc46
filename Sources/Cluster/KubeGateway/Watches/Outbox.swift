import NIOCore

/// The watches of one event loop that have been given frames, until these are written: what comes while the loop is
/// busy is written at once, so that a loop that falls behind has less to do for each change, not more.
///
/// Lives on the loop.
final class Outbox: @unchecked Sendable {
    let loop: any EventLoop
    private var filled: [Watcher] = []

    init(_ loop: any EventLoop) { self.loop = loop }

    func take(_ deliveries: [(Watcher, ByteBuffer)]) {
        // After whatever else waits on the loop by now.
        if filled.isEmpty { loop.execute { self.write() } }
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
    }

    private func write() {
        for watcher in filled {
            watcher.isFilled = false
            watcher.exchange.pump()
        }
        filled.removeAll(keepingCapacity: true)
    }
}
