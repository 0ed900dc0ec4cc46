import ClusterCore
import KubeAPI
import NIOConcurrencyHelpers

/// Counts requests and how long they take, by what they are about.
///
/// Follows apiserver pkg/endpoints/metrics/metrics.go.
final class RequestMetrics: Sendable {
    /// What requests are counted by.
    struct Labels: Hashable, Sendable {
        let verb: String
        let group: String
        let version: String
        let resource: String
        let subresource: String
        let scope: String
        let isDryRun: Bool
        /// Follows healthz.go, which counts the paths of health as subresources of no component.
        let isOfHealth: Bool

        private static let healthPaths = ["/healthz", "/livez", "/readyz"]

        init(_ request: GatewayRequest) {
            let info = request.info
            verb = Labels.verb(info, isApply: request.header("Content-Type") == PatchType.apply.rawValue)
            let isKnown = info.isResource && info.kind != nil
            group = isKnown ? info.group : ""
            version = isKnown ? info.version : ""
            resource = isKnown ? info.resource : ""
            isOfHealth = !info.isResource && verb == "GET" && Labels.healthPaths.contains(info.path)
            // What a client makes up is not told apart: it would fill the memory.
            let isKnownSubresource = isKnown && info.kind?.info.has(subresource: info.subresource) == true
            subresource = isKnownSubresource ? info.subresource : isOfHealth ? info.path : ""
            let isOfOne = !info.name.isEmpty || !info.selectedName.isEmpty || info.verb == "create"
            scope = !info.isResource ? "" : isOfOne ? "resource" : info.namespace.isEmpty ? "cluster" : "namespace"
            isDryRun = request.query["dryRun"] == "All"
        }

        private static func verb(_ info: RequestInfo, isApply: Bool) -> String {
            switch info.verb {
            case "patch" where isApply: "APPLY"
            case "list", "watch", "patch", "deletecollection", "get", "delete": info.verb.uppercased()
            case "create", "post": "POST"
            case "update", "put": "PUT"
            case "head": "GET"
            default: "other"
            }
        }

        var text: String {
            "component=\"\(isOfHealth ? "" : "apiserver")\",dry_run=\"\(isDryRun ? "All" : "")\",group=\"\(group)\","
                + "resource=\"\(resource)\",scope=\"\(scope)\",subresource=\"\(subresource)\",verb=\"\(verb)\","
                + "version=\"\(version)\""
        }
    }

    private struct CodeLabels: Hashable {
        let labels: Labels
        let code: Int
    }

    private struct State {
        var totals: [CodeLabels: Int] = [:]
        var durations: [Labels: Histogram] = [:]
        var longRunning: [Labels: Int] = [:]
        var inFlight = (reading: 0, writing: 0)
        /// The kinds and subresources that were asked for and had better not be.
        var deprecated: Set<String> = []
    }

    private static let bounds: [Double] = [
        0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
    ]

    private let state = NIOLockedValueBox(State())

    func began(_ request: GatewayRequest, _ labels: Labels) {
        state.withLockedValue { state in
            if request.info.isLongRunning {
                state.longRunning[labels, default: 0] += 1
            } else if request.info.isReadOnly {
                state.inFlight.reading += 1
            } else {
                state.inFlight.writing += 1
            }
        }
    }

    /// - Parameter seconds: From the whole request to the end of the answer.
    func ended(_ request: GatewayRequest, _ labels: Labels, code: Int, seconds: Double) {
        state.withLockedValue { state in
            state.totals[CodeLabels(labels: labels, code: code), default: 0] += 1
            if request.info.isLongRunning {
                state.longRunning[labels, default: 1] -= 1
            } else {
                state.durations[labels, default: Histogram(RequestMetrics.bounds)].add(seconds, RequestMetrics.bounds)
                if request.info.isReadOnly {
                    state.inFlight.reading -= 1
                } else {
                    state.inFlight.writing -= 1
                }
            }
        }
    }

    /// Notes that somebody still asks for a kind that had better not be used.
    func notedDeprecated(_ info: RequestInfo) {
        let text =
            "group=\"\(info.group)\",removed_release=\"\",resource=\"\(info.resource)\","
            + "subresource=\"\(info.subresource)\",version=\"\(info.version)\""
        state.withLockedValue { _ = $0.deprecated.insert(text) }
    }

    /// Requests that have no whole answer yet, watches included.
    var underWay: Int {
        state.withLockedValue { state in
            state.inFlight.reading + state.inFlight.writing + state.longRunning.values.reduce(0, +)
        }
    }

    func write(into text: inout MetricsText) {
        let state = state.withLockedValue { $0 }
        text.family(
            "apiserver_request_total", .counter,
            "Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, "
                + "component, and HTTP response code."
        )
        for (key, count) in state.totals {
            text.sample("apiserver_request_total", "code=\"\(key.code)\",\(key.labels.text)", Double(count))
        }
        let duration = "apiserver_request_duration_seconds"
        text.family(
            duration, .histogram,
            "Response latency distribution in seconds for each verb, dry run value, group, version, resource, "
                + "subresource, scope and component."
        )
        for (labels, histogram) in state.durations {
            text.histogram(duration, labels.text, histogram, RequestMetrics.bounds)
        }
        let deprecated = "apiserver_requested_deprecated_apis"
        text.family(
            deprecated, .gauge,
            "Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, "
                + "subresource, and removed_release.")
        for labels in state.deprecated { text.sample(deprecated, labels, 1) }
        text.family(
            "apiserver_current_inflight_requests", .gauge,
            "Maximal number of currently used inflight request limit of this apiserver per request kind in last second."
        )
        text.sample("apiserver_current_inflight_requests", "request_kind=\"readOnly\"", Double(state.inFlight.reading))
        text.sample("apiserver_current_inflight_requests", "request_kind=\"mutating\"", Double(state.inFlight.writing))
        text.family(
            "apiserver_longrunning_requests", .gauge,
            "Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope "
                + "and component. Not all requests are tracked this way."
        )
        for (labels, count) in state.longRunning {
            text.sample("apiserver_longrunning_requests", labels.text, Double(count))
        }
    }
}
