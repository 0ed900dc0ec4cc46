/// What a timer calls when it is due.
///
/// One object serves any number of timers, and tells them apart by the token that each was scheduled with.
public protocol EventTarget: AnyObject {
    func fire(_ token: UInt64)
}

/// A handle on one scheduled event: a value of 16 bytes that keeps nothing alive.
///
/// Once the event has begun to run or was cancelled, the handle is spent, for good: no later event answers to it.
public struct Timer: Hashable, Sendable {
    /// The place in the event loop's table where the event waits.
    let slot: UInt32
    /// The event's number, which no other event of the loop has.
    let sequence: UInt64
}
