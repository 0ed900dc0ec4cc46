import KubeAPI
import NIOConcurrencyHelpers
import NIOCore

/// What the health checks said to those who asked, for `/metrics/slis`.
///
/// Follows component-base metrics/prometheus/slis: a check is counted when the endpoint that it belongs to is asked for
/// as a whole, and when it is not excluded.
final class HealthCounts: Sendable {
    private struct Check: Hashable {
        let name: String
        let endpoint: String

        var labels: String { "name=\"\(name)\",type=\"\(endpoint)\"" }
    }

    private struct Results {
        var isHealthy = true
        var successes = 0
        var errors = 0
    }

    private let results = NIOLockedValueBox<[Check: Results]>([:])

    func note(_ name: String, of endpoint: String, isHealthy: Bool) {
        results.withLockedValue { results in
            results[Check(name: name, endpoint: endpoint), default: Results()].isHealthy = isHealthy
            if isHealthy {
                results[Check(name: name, endpoint: endpoint)]?.successes += 1
            } else {
                results[Check(name: name, endpoint: endpoint)]?.errors += 1
            }
        }
    }

    /// The whole answer.
    func response() -> Response {
        let results = results.withLockedValue { $0 }
        var text = MetricsText()
        if !results.isEmpty {
            text.family("kubernetes_healthcheck", .gauge, "This metric records the result of a single healthcheck.")
            for (check, result) in results {
                text.sample("kubernetes_healthcheck", check.labels, result.isHealthy ? 1 : 0)
            }
            text.family(
                "kubernetes_healthchecks_total", .counter, "This metric records the results of all healthcheck.")
            for (check, result) in results {
                for (status, count) in [("error", result.errors), ("success", result.successes)] where count > 0 {
                    text.sample(
                        "kubernetes_healthchecks_total",
                        "name=\"\(check.name)\",status=\"\(status)\",type=\"\(check.endpoint)\"", Double(count))
                }
            }
        }
        return Response(200, MetricsText.contentType, ByteBuffer(string: text.finish()))
    }
}
