/// The events that are due now, first come, first served: a ring that grows when it is full.
///
/// A cancelled event stays in the ring until its turn and is passed over then; `count` leaves it out at once.
struct DueQueue {
    private struct Entry {
        var slot: UInt32
        var sequence: UInt64
    }

    private var ring = ContiguousArray(repeating: Entry(slot: 0, sequence: 0), count: 64)
    private var head = 0
    private var used = 0
    /// Events in the ring that are still to run.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(slot: UInt32, sequence: UInt64) {
        if used == ring.count { grow() }
        // The length is a power of two.
        ring[(head + used) & (ring.count - 1)] = Entry(slot: slot, sequence: sequence)
        used += 1
        count += 1
    }

    /// Notes that one event in the ring was cancelled.
    mutating func forgetOne() {
        count -= 1
    }

    /// Takes the first event that is still to run, as told by its slot and number.
    mutating func popFirst(where isPending: (UInt32, UInt64) -> Bool) -> UInt32? {
        while used > 0 {
            let entry = ring[head]
            head = (head + 1) & (ring.count - 1)
            used -= 1
            if isPending(entry.slot, entry.sequence) {
                count -= 1
                return entry.slot
            }
        }
        return nil
    }

    private mutating func grow() {
        var larger = ContiguousArray<Entry>()
        larger.reserveCapacity(ring.count * 2)
        larger.append(contentsOf: ring[head...])
        larger.append(contentsOf: ring[..<head])
        larger.append(contentsOf: repeatElement(Entry(slot: 0, sequence: 0), count: ring.count))
        ring = larger
        head = 0
    }
}
