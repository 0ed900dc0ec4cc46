import CNCurses
import Glibc

/// Wakes the thread that waits for input. May be called from any thread, at any time; many calls before the next wait
/// make one event.
package final class WakeUp: Sendable {
    let descriptor: Int32

    init() throws(TerminalError) {
        descriptor = cnc_wake_open()
        if descriptor < 0 { throw TerminalError.system("eventfd", errno) }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Makes the current or the next `wait` return with `.wake`.
    package func wake() {
        var one: UInt64 = 1
        // Fails only when it was called 2^64 times without a wait, which then is awake anyway.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Whether it was called since the last time.
    func take() -> Bool {
        var count: UInt64 = 0
        return read(descriptor, &count, MemoryLayout<UInt64>.size) > 0 && count > 0
    }
}
