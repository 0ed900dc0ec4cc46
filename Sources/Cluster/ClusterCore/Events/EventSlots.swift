/// Where scheduled events wait with their targets, so that the heap and the queue move small values only.
///
/// A free slot holds no target, a number that no event has, and, as its token, the next free slot. Slots are used
/// again, the last freed one first.
struct EventSlots {
    private struct Slot {
        var target: (any EventTarget)?
        var token: UInt64
        var sequence: UInt64
    }

    private var slots: ContiguousArray<Slot> = []
    private var firstFree: UInt64 = Self.none

    private static let none = UInt64.max

    mutating func take(sequence: UInt64, target: any EventTarget, token: UInt64) -> UInt32 {
        let slot = Slot(target: target, token: token, sequence: sequence)
        guard firstFree != Self.none else {
            slots.append(slot)
            return UInt32(slots.count - 1)
        }
        let index = Int(firstFree)
        firstFree = slots[index].token
        slots[index] = slot
        return UInt32(index)
    }

    func holds(_ timer: Timer) -> Bool {
        slots[Int(timer.slot)].sequence == timer.sequence
    }

    /// Frees a slot in use, and returns what it held.
    @discardableResult
    mutating func release(_ slot: UInt32) -> (target: any EventTarget, token: UInt64) {
        let index = Int(slot)
        guard let target = slots[index].target.take() else { preconditionFailure("an event ran twice") }
        let token = slots[index].token
        slots[index].sequence = .max
        slots[index].token = firstFree
        firstFree = UInt64(index)
        return (target, token)
    }
}
