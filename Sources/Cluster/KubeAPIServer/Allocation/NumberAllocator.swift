import ClusterCore

/// Numbers to be given out, with the upper band that those given out by chance come from first, so that requests for
/// fixed numbers, which people choose low, seldom meet one that is taken.
///
/// Follows kubernetes pkg/registry/core/service/allocator/bitmap.go.
struct NumberRange {
    let numbers: Range<Int>
    /// The first number of the upper band.
    let band: Int

    /// Below the band are a `part`-th of the numbers, but no fewer than `least` and no more than `most`; all are in the
    /// band if there are fewer than `least`.
    init(_ numbers: Range<Int>, least: Int, most: Int, part: Int) {
        self.numbers = numbers
        band =
            numbers.count < least
            ? numbers.lowerBound : numbers.lowerBound + min(max(least, numbers.count / part), most)
    }
}

/// Gives out numbers, each once: by request any of them, or by chance one of a range.
struct NumberAllocator {
    private var taken: Set<Int> = []
    private var random: SeededRandom

    init(random: SeededRandom) { self.random = random }

    /// False if the number is taken already.
    mutating func take(_ number: Int) -> Bool { taken.insert(number).inserted }

    mutating func release(_ number: Int) { taken.remove(number) }

    /// Takes a number by chance; nil if none is left. O(1) while few are taken.
    mutating func takeNext(of range: NumberRange) -> Int? {
        takeNext(in: range.band..<range.numbers.upperBound) ?? takeNext(in: range.numbers.lowerBound..<range.band)
    }

    private mutating func takeNext(in part: Range<Int>) -> Int? {
        guard !part.isEmpty else { return nil }
        let start = random.below(part.count)
        for step in 0..<part.count {
            let number = part.lowerBound + (start + step) % part.count
            if taken.insert(number).inserted { return number }
        }
        return nil
    }
}
