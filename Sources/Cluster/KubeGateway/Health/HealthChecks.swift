import KubeAPI

/// `/healthz`, `/livez` and `/readyz`, whole and check by check.
///
/// Follows apiserver pkg/server/healthz/healthz.go; the names are those of a kube-apiserver of this version, in its
/// order.
struct HealthChecks: Sendable {
    let server: RequestServer

    /// Those of `/readyz` alone are marked.
    private static let checks: [(name: String, isOfReadiness: Bool)] =
        [("ping", false), ("log", false), ("etcd", false), ("etcd-readiness", true), ("informer-sync", true)]
        + hooks.map { ($0, false) } + [("shutdown", true)]

    /// What upstream's server does once it listens. Here the cluster has booted before the gateway listens, so all this
    /// has been done; some of it by nothing of its own, since Drydock needs no such part:
    /// - informers, caches of discovery and of definitions: the snapshot, which is never behind;
    /// - the aggregator and its APIServices: the catalogue of kinds, which is one;
    /// - admission, namespaces, leases, addresses, roles, priority classes, fairness: `BootstrapObjects`, the
    ///   registry's allocation, and the controllers.
    private static let hooks =
        [
            "start-apiserver-admission-initializer", "generic-apiserver-start-informers",
            "priority-and-fairness-config-consumer", "priority-and-fairness-filter",
            "storage-object-count-tracker-hook", "start-apiextensions-informers", "start-apiextensions-controllers",
            "crd-informer-synced", "start-system-namespaces-controller", "peer-endpoint-reconciler-controller",
            "start-cluster-authentication-info-controller", "start-kube-apiserver-identity-lease-controller",
            "start-kube-apiserver-identity-lease-garbage-collector", "storage-readiness",
            "start-legacy-token-tracking-controller", "start-service-ip-repair-controllers", "rbac/bootstrap-roles",
            "scheduling/bootstrap-system-priority-classes", "priority-and-fairness-config-producer",
            "bootstrap-controller", "start-kubernetes-service-cidr-controller", "aggregator-reload-proxy-client-cert",
            "start-kube-aggregator-informers", "apiservice-status-local-available-controller",
            "apiservice-status-remote-available-controller", "apiservice-registration-controller",
            "apiservice-discovery-controller", "kube-apiserver-autoregistration",
        ].map { "poststarthook/" + $0 } + ["autoregister-completion"]
        + ["apiservice-openapi-controller", "apiservice-openapiv3-controller"].map { "poststarthook/" + $0 }

    /// The names of an endpoint's checks, in the order in which they are told.
    static func names(_ endpoint: String) -> [String] {
        checks.filter { endpoint == "readyz" || !$0.isOfReadiness }.map(\.name)
    }

    private static let noSniffing = [("X-Content-Type-Options", "nosniff")]

    /// Nil if there is no check of that name.
    func response(_ request: GatewayRequest, _ parts: [String]) -> Response? {
        let endpoint = parts[0]
        let names = HealthChecks.names(endpoint)
        if parts.count > 1 {
            let name = parts.dropFirst().joined(separator: "/")
            guard names.contains(name) else { return nil }
            guard let problem = problem(name) else { return Response(text: "ok") }
            return Response(500, text: "internal server error: \(problem)\n", headers: HealthChecks.noSniffing)
        }
        let excluded = Set(request.query.all("exclude"))
        var lines = ""
        var hasFailed = false
        for name in names {
            if excluded.contains(name) {
                lines += "[+]\(name) excluded: ok\n"
                continue
            }
            let isHealthy = problem(name) == nil
            server.healthCounts.note(name, of: endpoint, isHealthy: isHealthy)
            if isHealthy {
                lines += "[+]\(name) ok\n"
            } else {
                // Everybody may ask; who wants to know more needs the right to ask for the check by name.
                lines += "[-]\(name) failed: reason withheld\n"
                hasFailed = true
            }
        }
        let unknown = excluded.subtracting(names).sorted(by: precedesUTF8)
        if !unknown.isEmpty {
            lines +=
                "warn: some health checks cannot be excluded: no matches for "
                + unknown.map(GoText.quoted).joined(separator: ",") + "\n"
        }
        if hasFailed {
            return Response(500, text: lines + "\(endpoint) check failed\n", headers: HealthChecks.noSniffing)
        }
        return Response(
            text: request.query["verbose"] == nil ? "ok" : lines + "\(endpoint) check passed\n",
            headers: HealthChecks.noSniffing)
    }

    /// Why a check fails; nil if it does not.
    private func problem(_ name: String) -> String? {
        switch name {
        // The journal stands where upstream has etcd; without one, memory does, which does not fail. One that cannot be
        // written fails all endpoints, as an etcd does that has ended; one that is over its quota is not ready, but
        // starting again would not help it.
        case "etcd", "poststarthook/storage-readiness": server.driver.currentDurability?.obstacle
        case "etcd-readiness": server.driver.failure
        case "shutdown": server.isStopping ? "process is shutting down" : nil
        // An answer shows that the server answers; it logs on the thread that answers; and whoever reads reads the
        // newest snapshot.
        default: nil
        }
    }
}
