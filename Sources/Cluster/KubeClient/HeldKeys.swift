/// Keys in the order in which they were put aside, to be given back one by one. O(1) each, amortised.
struct HeldKeys<Key> {
    private var keys: [Key] = []
    private var head = 0

    mutating func hold(_ key: Key) { keys.append(key) }

    /// The key that has been held longest.
    mutating func release() -> Key {
        let key = keys[head]
        head += 1
        if head == keys.count {
            keys.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024, head * 2 > keys.count {
            keys.removeFirst(head)
            head = 0
        }
        return key
    }
}
