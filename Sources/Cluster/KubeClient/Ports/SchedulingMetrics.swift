import ClusterCore

/// How often scheduling was tried, with what result, and how long it took; for metrics.
///
/// Follows kubernetes pkg/scheduler/metrics/metrics.go.
public struct SchedulingMetrics: Sendable {
    public enum Result: Int, CaseIterable, Sendable { case scheduled, unschedulable, error }

    /// 1 ms to 16 s, doubling.
    public static let attemptBounds = (0..<15).map { 0.001 * Double(1 << $0) }
    /// 10 ms to 5,243 s, doubling.
    public static let podBounds = (0..<20).map { 0.01 * Double(1 << $0) }
    /// Pods that took so many attempts are counted together.
    private static let mostAttempts = 15

    /// By result.
    private var counts = Array(repeating: 0, count: Result.allCases.count)
    /// By result, in real time; nothing is counted where that is not measured.
    public private(set) var attempts = Array(
        repeating: Histogram(SchedulingMetrics.attemptBounds), count: Result.allCases.count)
    /// From the first attempt to the binding, in the cluster's time, by the number of attempts, which is the index.
    public private(set) var pods: [Histogram] = []

    public init() {}

    public func count(of result: Result) -> Int { counts[result.rawValue] }

    /// - Parameter seconds: Of real time; nil where that is not measured.
    public mutating func attempted(_ result: Result, seconds: Double?) {
        counts[result.rawValue] += 1
        if let seconds { attempts[result.rawValue].add(seconds, SchedulingMetrics.attemptBounds) }
    }

    public mutating func bound(after seconds: Double, attempts: Int) {
        let index = min(attempts, SchedulingMetrics.mostAttempts)
        while pods.count <= index { pods.append(Histogram(SchedulingMetrics.podBounds)) }
        pods[index].add(seconds, SchedulingMetrics.podBounds)
    }

    /// As in `1`, or `15+`.
    public static func label(attempts: Int) -> String { attempts == mostAttempts ? "15+" : "\(attempts)" }
}
