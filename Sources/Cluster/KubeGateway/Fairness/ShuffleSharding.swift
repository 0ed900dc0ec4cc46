import ClusterCore

/// Deals every flow a hand of queues, the same one each time: two flows share a queue or two, but hardly ever all.
///
/// Follows apiserver pkg/util/shufflesharding/dealer.go. The hash is another than upstream's SHA-256, which costs a
/// microsecond a request; nobody sees it but for the numbers of queues in `/debug/api_priority_and_fairness`.
enum ShuffleSharding {
    /// What a flow is known by: its schema, and what tells it from the schema's other flows.
    static func hash(_ schema: String, _ distinguisher: String) -> UInt64 {
        var hash = StableHash()
        hash.combine(schema)
        hash.combine(UInt8(0))
        hash.combine(distinguisher)
        // FNV spreads the last bytes over the low bits alone, and the first card is dealt by these: mixed once more.
        var value = hash.value
        value = (value ^ value >> 33) &* 0xFF51_AFD7_ED55_8CCD
        value = (value ^ value >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return value ^ value >> 33
    }

    /// Calls `pick` with `handSize` different numbers below `deckSize`.
    ///
    /// With a deck of 4 and a hand of 2, the hash 7 gives the remainders 7 mod 4 = 3 and 1 mod 3 = 1. The first card
    /// is 3; the second is the one at place 1 among those that are left, 0, 1 and 2: card 1. With the hash 3 the second
    /// remainder is 0, which is card 0; and after a first card 0 (hash 4), remainder 1 is card 2, since 0 is gone.
    ///
    /// Complexity: O(handSize²).
    static func deal(_ hash: UInt64, deckSize: Int, handSize: Int, _ pick: (Int) -> Void) {
        var rest = hash
        withUnsafeTemporaryAllocation(of: Int.self, capacity: handSize) { remainders in
            for place in 0..<handSize {
                let left = UInt64(deckSize - place)
                remainders[place] = Int(rest % left)
                rest /= left
                var card = remainders[place]
                for earlier in stride(from: place - 1, through: 0, by: -1) where card >= remainders[earlier] {
                    card += 1
                }
                pick(card)
            }
        }
    }
}
