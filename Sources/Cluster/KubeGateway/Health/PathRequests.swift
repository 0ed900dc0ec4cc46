import KubeAPI
import NIOCore

/// Serves what is no resource: discovery, health, version, metrics, the OpenAPI documents, and the list of them all.
struct PathRequests: Sendable {
    let server: RequestServer

    func serve(_ exchange: Exchange) throws(StatusError) {
        let request = exchange.request
        let parts = request.info.path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        if try DiscoveryRequests(address: server.address).serve(exchange, parts) { return }
        guard request.method == "GET" || request.method == "HEAD" else { throw .noSuchMethod }
        switch parts.first {
        case nil: exchange.respond(.json(200, PathRequests.index, request))
        case "healthz", "livez", "readyz":
            guard let response = HealthChecks(server: server).response(request, parts) else { throw .noSuchPath }
            exchange.respond(response)
        case "metrics" where parts.count == 1: MetricsRequests(server: server).serve(exchange)
        case "metrics" where parts == ["metrics", "slis"]: exchange.respond(server.healthCounts.response())
        case ".well-known" where parts == [".well-known", "openid-configuration"]:
            exchange.respond(.json(200, server.serviceAccounts.discovery, request))
        case "openapi": try OpenAPIRequests().serve(exchange, parts)
        case "openid" where parts == ["openid", "v1", "jwks"]:
            exchange.respond(.json(200, server.serviceAccounts.keySet, request))
        case "version" where parts.count == 1: exchange.respond(.json(200, VersionDocument.value, request))
        default: throw .noSuchPath
        }
    }

    /// All paths below which something is.
    private static let index: JSONValue = {
        var paths = ["/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/apis/"]
        for group in ServedGroups.groups where !group.name.isEmpty {
            paths.append("/apis/" + group.name)
            paths += group.versions.map { "/apis/" + group.apiVersion($0) }
        }
        for endpoint in ["healthz", "livez", "readyz"] {
            paths.append("/" + endpoint)
            paths += HealthChecks.names(endpoint).map { "/\(endpoint)/\($0)" }
        }
        paths += ["/metrics", "/metrics/slis", "/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/version"]
        return ["paths": .array(paths.sorted().map { .string($0) })]
    }()
}

/// `/version`
enum VersionDocument {
    static let value: JSONValue = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": "v1.36.0", "gitCommit": "", "gitTreeState": "",
        // What Go writes that was not told when it was built.
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "swift", "platform": .string(platform),
    ]

    private static var platform: String {
        #if arch(x86_64)
            "linux/amd64"
        #else
            "linux/arm64"
        #endif
    }
}

/// `/healthz`, `/livez` and `/readyz`, whole and check by check.
///
/// Follows apiserver pkg/server/healthz/healthz.go.
struct HealthChecks: Sendable {
    let server: RequestServer

    /// The names of an endpoint's checks, in the order in which they are told.
    static func names(_ endpoint: String) -> [String] {
        let hook = "poststarthook/start-apiextensions-controllers"
        return endpoint == "readyz"
            ? ["ping", "log", "etcd", "etcd-readiness", "informer-sync", hook, "shutdown"]
            : ["ping", "log", "etcd", hook]
    }

    /// Nil if there is no check of that name.
    func response(_ request: GatewayRequest, _ parts: [String]) -> Response? {
        let endpoint = parts[0]
        let names = HealthChecks.names(endpoint)
        if parts.count > 1 {
            let name = parts.dropFirst().joined(separator: "/")
            guard names.contains(name) else { return nil }
            return isHealthy(name)
                ? Response(text: "ok") : Response(500, text: "internal server error: \(name) failed\n")
        }
        let excluded = request.query.all("exclude")
        var lines = ""
        var failed: [String] = []
        for name in names {
            if excluded.contains(name) {
                lines += "[+]\(name) excluded: ok\n"
                continue
            }
            let isHealthy = isHealthy(name)
            server.healthCounts.note(name, of: endpoint, isHealthy: isHealthy)
            if isHealthy {
                lines += "[+]\(name) ok\n"
            } else {
                failed.append(name)
                lines += "[-]\(name) failed: reason withheld\n"
            }
        }
        let unknown = excluded.filter { !names.contains($0) }
        if !unknown.isEmpty {
            lines +=
                "warn: some health checks cannot be excluded: no matches for "
                + unknown.map(GoText.quoted).joined(separator: ",") + "\n"
        }
        if !failed.isEmpty { return Response(500, text: lines + "\(endpoint) check failed\n") }
        return Response(text: request.query["verbose"] == nil ? "ok" : lines + "\(endpoint) check passed\n")
    }

    /// The journal stands for etcd. One that cannot be written fails all endpoints, as an etcd does that has ended; one
    /// that is over its quota is not ready, but starting again would not help it.
    private func isHealthy(_ name: String) -> Bool {
        switch name {
        case "etcd": server.driver.currentDurability?.obstacle == nil
        case "etcd-readiness": server.driver.failure == nil
        case "shutdown": !server.isStopping
        default: true
        }
    }
}
