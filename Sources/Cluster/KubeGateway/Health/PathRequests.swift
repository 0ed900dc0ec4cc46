import Foundation
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
        case "debug" where parts.count == 3 && parts[1] == "api_priority_and_fairness":
            let dump = FlowControlDump(
                control: server.fairness.current, now: PriorityAndFairness.now,
                wallTime: Date().timeIntervalSince1970)
            guard let table = dump.table(parts[2], request.query) else { throw .noSuchPath }
            exchange.respond(Response(text: table))
        case "metrics" where parts.count == 1: MetricsRequests(server: server).serve(exchange)
        case "metrics" where parts == ["metrics", "slis"]: exchange.respond(server.healthCounts.response())
        case ".well-known" where parts == [".well-known", "openid-configuration"]:
            let document = server.serviceAccounts.discovery(at: server.address)
            exchange.respond(PathRequests.issuer(document, "application/json"))
        case "openapi": try OpenAPIRequests().serve(exchange, parts)
        case "openid" where parts == ["openid", "v1", "jwks"]:
            exchange.respond(PathRequests.issuer(server.serviceAccounts.keySet, "application/jwk-set+json"))
        case "version" where parts.count == 1: exchange.respond(.json(200, VersionDocument.value, request))
        default: throw .noSuchPath
        }
    }

    /// What those read of the issuer of tokens who check tokens without asking the cluster: never anything but JSON,
    /// and good for an hour.
    ///
    /// Follows kubernetes pkg/routes/openidmetadata.go.
    private static func issuer(_ document: JSONValue, _ contentType: String) -> Response {
        Response(
            200, contentType, ByteBuffer(bytes: document.json), headers: [("Cache-Control", "public, max-age=3600")])
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
