import ClusterCore

/// Gives out numbers of a range, each once: by request any of them, by chance first those of the upper band, so that
/// requests for fixed numbers, which people choose low, seldom meet one that is taken.
///
/// Follows kubernetes pkg/registry/core/service/allocator/bitmap.go.
struct NumberAllocator {
    private let range: Range<Int>
    /// Where the upper band begins.
    private let band: Int
    private var taken: Set<Int> = []
    private var random: SeededRandom

    init(range: Range<Int>, band: Int, random: SeededRandom) {
        self.range = range
        self.band = band
        self.random = random
    }

    var count: Int { taken.count }

    func contains(_ number: Int) -> Bool { range.contains(number) }

    /// Takes a number of the range; false if it is taken.
    mutating func take(_ number: Int) -> Bool { taken.insert(number).inserted }

    mutating func release(_ number: Int) { taken.remove(number) }

    /// Takes a number by chance; nil if none is left. O(1) while few are taken.
    mutating func takeNext() -> Int? {
        if taken.count >= range.count { return nil }
        return takeNext(in: band..<range.upperBound) ?? takeNext(in: range.lowerBound..<band)
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

    /// The first number of the upper band: a part of the range, between the bounds, from its beginning.
    static func band(of range: Range<Int>, least: Int, most: Int, part: Int) -> Int {
        if range.count < least { return range.lowerBound }
        return range.lowerBound + min(max(least, range.count / part), most)
    }
}
