import ClusterCore
import KubeAPI
import NIOCore

/// Serves `/api`, `/apis` and what is below them down to the versions.
struct DiscoveryRequests: Sendable {
    let address: String

    /// False if the path is none of discovery's.
    func serve(_ exchange: Exchange, _ parts: [String]) throws(StatusError) -> Bool {
        guard let first = parts.first, first == "api" || first == "apis" else { return false }
        let request = exchange.request
        if parts.count == 1, try serveAggregated(exchange, isCore: first == "api") { return true }
        // Who asks for nothing but a form that there is not, such as an aggregated version of long ago, gets none.
        _ = try OutputFormat(request, allowsShapes: false)
        let discovery = Discovery.shared
        switch (first, parts.count) {
        case ("api", 1):
            var versions = APIVersions()
            versions.versions = ["v1"]
            var server = ServerAddressByClientCIDR()
            server.clientCIDR = "0.0.0.0/0"
            server.serverAddress = address
            versions.serverAddressByClientCIDRs = [server]
            try answer(exchange, .json(200, versions, request))
        case ("apis", 1): try answer(exchange, .json(200, discovery.groupList, request))
        case ("apis", 2):
            guard let group = discovery.group(parts[1]) else { throw .noSuchPath }
            try answer(exchange, .json(200, group, request))
        case ("api", 2):
            guard parts[1] == "v1", let list = discovery.resources("v1") else { throw .noSuchPath }
            try answer(exchange, .json(200, list, request))
        case ("apis", 3):
            guard let list = discovery.resources(parts[1] + "/" + parts[2]) else { throw .noSuchPath }
            try answer(exchange, .json(200, list, request))
        default: throw .noSuchPath
        }
        return true
    }

    /// What is there is only read.
    private func answer(_ exchange: Exchange, _ response: Response) throws(StatusError) {
        guard ["GET", "HEAD"].contains(exchange.request.method) else { throw .noSuchMethod }
        exchange.respond(response)
    }

    /// Answers with the one document that has all, if the client asks for it before anything else.
    ///
    /// Follows apiserver pkg/endpoints/discovery/aggregated `WrappedHandler` and `IsAggregatedDiscoveryGVK`.
    private func serveAggregated(_ exchange: Exchange, isCore: Bool) throws(StatusError) -> Bool {
        let request = exchange.request
        for clause in AcceptClause.parse(request.joinedHeader("Accept")) where clause.matches("application/json") {
            guard let kind = clause.parameters["as"] else { return false }
            guard kind == "APIGroupDiscoveryList", clause.parameters["g"] == "apidiscovery.k8s.io",
                let version = clause.parameters["v"],
                let document = Discovery.shared.aggregated(version, isCore: isCore)
            else { continue }
            let json = document.json
            let tag = "\"\(SHA256.hexadecimal(SHA256.hash(json)).uppercased())\""
            let headers = [("ETag", tag), ("Vary", "Accept")]
            let type = "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
            if request.header("If-None-Match") == tag {
                exchange.respond(Response(304, type, ByteBuffer(), headers: headers))
            } else {
                exchange.respond(Response(200, type, ByteBuffer(bytes: json), headers: headers))
            }
            return true
        }
        return false
    }
}
