/// A heap of future events, the next one at its top, that can also remove any of them.
///
/// Four children a node: half the depth of a binary heap, and the four lie side by side in memory. The place of each
/// event in the heap is kept by its slot.
struct TimerHeap {
    struct Entry {
        let time: Instant
        let sequence: UInt64
        let slot: UInt32

        @inline(__always)
        func isBefore(_ other: Entry) -> Bool {
            time == other.time ? sequence < other.sequence : time < other.time
        }
    }

    private var entries: ContiguousArray<Entry> = []
    /// Index in `entries` by slot, `absent` for slots that are not in the heap.
    private var places: ContiguousArray<UInt32> = []

    private static let absent = UInt32.max

    var count: Int { entries.count }
    var first: Entry? { entries.first }

    mutating func insert(_ entry: Entry) {
        while places.count <= Int(entry.slot) { places.append(Self.absent) }
        entries.append(entry)
        siftUp(entry, from: entries.count - 1)
    }

    /// Removes the next event; there must be one.
    mutating func removeFirst() -> Entry {
        let first = entries[0]
        removeEntry(at: 0)
        return first
    }

    /// Removes the event of a slot; false if it is not in the heap.
    mutating func remove(slot: UInt32) -> Bool {
        guard Int(slot) < places.count, places[Int(slot)] != Self.absent else { return false }
        removeEntry(at: Int(places[Int(slot)]))
        return true
    }

    private mutating func removeEntry(at index: Int) {
        places[Int(entries[index].slot)] = Self.absent
        let last = entries.removeLast()
        guard index < entries.count else { return }
        if index > 0, last.isBefore(entries[(index - 1) / 4]) {
            siftUp(last, from: index)
        } else {
            siftDown(last, from: index)
        }
    }

    /// Puts an entry at `index` or above it, moving down those that come after it.
    private mutating func siftUp(_ entry: Entry, from index: Int) {
        entries.withUnsafeMutableBufferPointer { entries in
            places.withUnsafeMutableBufferPointer { places in
                var hole = index
                while hole > 0 {
                    let parent = (hole - 1) / 4
                    guard entry.isBefore(entries[parent]) else { break }
                    entries[hole] = entries[parent]
                    places[Int(entries[hole].slot)] = UInt32(hole)
                    hole = parent
                }
                entries[hole] = entry
                places[Int(entry.slot)] = UInt32(hole)
            }
        }
    }

    /// Puts an entry at `index` or below it, moving up those that come before it.
    private mutating func siftDown(_ entry: Entry, from index: Int) {
        entries.withUnsafeMutableBufferPointer { entries in
            places.withUnsafeMutableBufferPointer { places in
                var hole = index
                while true {
                    let firstChild = hole * 4 + 1
                    guard firstChild < entries.count else { break }
                    var least = firstChild
                    for child in firstChild + 1..<min(firstChild + 4, entries.count)
                    where entries[child].isBefore(entries[least]) {
                        least = child
                    }
                    guard entries[least].isBefore(entry) else { break }
                    entries[hole] = entries[least]
                    places[Int(entries[hole].slot)] = UInt32(hole)
                    hole = least
                }
                entries[hole] = entry
                places[Int(entry.slot)] = UInt32(hole)
            }
        }
    }
}
