/// How much of a split one part takes.
package enum Extent: Hashable, Sendable {
    /// Exactly so many columns or rows, while there is room.
    case fixed(Int)
    /// A share of the whole, 0–100.
    case percent(Int)
    /// A share of what the others leave, in proportion to the weight, and never less than the minimum while there is
    /// room.
    case flex(Int = 1, minimum: Int = 0)
}

extension Rect {
    /// The rectangle cut into rows from the top; parts that find no room are empty.
    package func rows(_ extents: Extent...) -> [Rect] {
        var top = y
        return Extent.lengths(extents, of: height).map { length in
            defer { top += length }
            return Rect(x: x, y: top, width: width, height: length)
        }
    }

    /// The rectangle cut into columns from the left; parts that find no room are empty.
    package func columns(_ extents: Extent...) -> [Rect] {
        var left = x
        return Extent.lengths(extents, of: width).map { length in
            defer { left += length }
            return Rect(x: left, y: y, width: length, height: height)
        }
    }
}

extension Extent {
    /// The length of each part; their sum is never more than `total`.
    ///
    /// Fixed parts and shares of the whole are served first, in order; flexible parts divide the rest by weight, the
    /// remainder going to the earlier ones.
    static func lengths(_ extents: [Extent], of total: Int) -> [Int] {
        var lengths = [Int](repeating: 0, count: extents.count)
        var room = max(0, total)
        var weights = 0
        for (index, extent) in extents.enumerated() {
            let wanted: Int
            switch extent {
            case .fixed(let count): wanted = count
            case .percent(let share): wanted = total * share / 100
            case .flex(let weight, let minimum):
                weights += max(0, weight)
                wanted = minimum
            }
            lengths[index] = max(0, min(wanted, room))
            room -= lengths[index]
        }
        guard weights > 0, room > 0 else { return lengths }
        // The minimum counts toward a part's share, so that equal weights come out equal where they can.
        var shares = [Int](repeating: 0, count: extents.count)
        var open = extents.indices.filter { if case .flex(let weight, _) = extents[$0] { weight > 0 } else { false } }
        var pool = room + open.reduce(0) { $0 + lengths[$1] }
        while !open.isEmpty {
            let sum = open.reduce(0) { $0 + weight(of: extents[$1]) }
            // A part whose minimum is above its share keeps the minimum, and the others divide what is left.
            let above = open.filter { lengths[$0] * sum > pool * weight(of: extents[$0]) }
            if above.isEmpty {
                var given = 0
                for index in open {
                    shares[index] = pool * weight(of: extents[index]) / sum
                    given += shares[index]
                }
                for index in open.prefix(pool - given) { shares[index] += 1 }
                break
            }
            for index in above {
                shares[index] = lengths[index]
                pool -= lengths[index]
            }
            open.removeAll { above.contains($0) }
        }
        for (index, extent) in extents.enumerated() {
            if case .flex(let weight, _) = extent, weight > 0 { lengths[index] = shares[index] }
        }
        return lengths
    }

    private static func weight(of extent: Extent) -> Int {
        if case .flex(let weight, _) = extent { return max(0, weight) }
        return 0
    }
}
