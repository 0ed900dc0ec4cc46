import ClusterCore
import KubeAPI

/// The text format of Prometheus.
struct MetricsText {
    enum FamilyType: String { case counter, gauge, histogram }
    /// How much upstream promises of a family.
    enum Stability: String { case alpha = "ALPHA", beta = "BETA", stable = "STABLE" }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"

    private(set) var text = ""
    /// The samples of the family that is being written; told in order, whatever order they come in.
    private var samples: [String] = []

    mutating func family(
        _ name: String, _ type: FamilyType, _ help: String, _ stability: Stability = .stable
    ) {
        flush()
        text += "# HELP \(name) [\(stability.rawValue)] \(help)\n# TYPE \(name) \(type.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        samples.append("\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(MetricsText.number(value))\n")
    }

    mutating func histogram(
        _ name: String, _ labels: String, _ histogram: Histogram, _ bounds: [Double]
    ) {
        let comma = labels.isEmpty ? "" : ","
        var sum = 0
        // One sample of several lines, so that the buckets stay in their order.
        var lines = ""
        for (bound, count) in zip(bounds, histogram.buckets) {
            sum += count
            lines += "\(name)_bucket{\(labels)\(comma)le=\"\(MetricsText.number(bound))\"} \(sum)\n"
        }
        lines += "\(name)_bucket{\(labels)\(comma)le=\"+Inf\"} \(histogram.count)\n"
        lines += "\(name)_sum{\(labels)} \(MetricsText.number(histogram.sum))\n"
        lines += "\(name)_count{\(labels)} \(histogram.count)\n"
        samples.append(lines)
    }

    /// The whole text.
    mutating func finish() -> String {
        flush()
        return text
    }

    private mutating func flush() {
        text += samples.sorted(by: precedesUTF8).joined()
        samples = []
    }

    static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : "\(value)"
    }
}
