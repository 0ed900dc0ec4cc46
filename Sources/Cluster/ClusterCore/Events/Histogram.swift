/// Counts values by the bounds that they are within, as Prometheus' histograms do; for metrics.
///
/// Its bounds are handed in each time, so that many histograms share one list of them.
public struct Histogram: Sendable {
    /// Values above the bound before, up to this one; those above the last bound are in `count` alone.
    public private(set) var buckets: [Int]
    public private(set) var sum = 0.0
    public private(set) var count = 0

    public init(_ bounds: [Double]) { buckets = Array(repeating: 0, count: bounds.count) }

    /// O(bounds).
    public mutating func add(_ value: Double, _ bounds: [Double]) {
        sum += value
        count += 1
        if let place = bounds.firstIndex(where: { value <= $0 }) { buckets[place] += 1 }
    }

    /// Adds what another histogram of the same bounds counted.
    public mutating func add(_ other: Histogram) {
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        sum += other.sum
        count += other.count
    }
}
