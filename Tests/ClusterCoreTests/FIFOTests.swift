import ClusterCore
import Testing

@Suite("First in, first out")
struct FIFOTests {
    /// Compared with an array whose front is taken off.
    @Test(arguments: 1...5 as ClosedRange<UInt64>) func whatComesFirstGoesFirst(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = FIFO<Int>()
        var model: [Int] = []
        for number in 0..<20_000 {
            // Grows for a while, then shrinks, so that gaps of all lengths come about.
            if random.below(10) < (number / 4000 % 2 == 0 ? 7 : 3) {
                queue.append(number)
                model.append(number)
            } else {
                let expected = model.isEmpty ? nil : model.removeFirst()
                #expect(queue.popFirst() == expected, "seed \(seed)")
            }
            #expect(queue.count == model.count && queue.first == model.first && queue.isEmpty == model.isEmpty)
        }
    }
}
