import KubeAPI
import KubeGateway
import Testing

/// What upstream's tests want to find in `/metrics`.
///
/// Follows kubernetes test/integration/metrics/metrics_test.go.
@Suite("Metrics over HTTPS")
struct MetricsTests {
    @Test func ofTheProcess() throws {
        let text = try TestGateway.shared.request("GET", "/metrics").text
        for name in ["start_time_seconds", "cpu_seconds_total", "open_fds", "resident_memory_bytes"] {
            let line = text.split(separator: "\n").first { $0.hasPrefix("process_\(name) ") }
            let value = line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
            #expect(value ?? 0 > 0, "\(name)")
        }
    }

    @Test func whatRequestsAreCountedUnder() throws {
        let gateway = try TestGateway(nodes: 1)
        defer { gateway.stop() }
        let namespaces = "/api/v1/namespaces"
        let maps = namespaces + "/metrics/configmaps"
        let apply = "application/apply-patch+yaml"
        for (method, path, type, body) in [
            ("POST", namespaces, "", #"{"metadata":{"name":"metrics"}}"#), ("GET", namespaces, "", ""),
            ("POST", maps, "", #"{"metadata":{"name":"a"}}"#), ("PUT", maps + "/a", "", #"{"metadata":{"name":"a"}}"#),
            ("PATCH", maps + "/a", "application/merge-patch+json", "{}"),
            ("PATCH", maps + "/a?fieldManager=m", apply, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}"),
            ("GET", maps + "/a", "", ""), ("GET", maps, "", ""), ("GET", "/api/v1/configmaps", "", ""),
            ("HEAD", "/readyz", "", ""), ("PROPFIND", "/readyz", "", ""),
            ("GET", maps.replacing("configmaps", with: "endpoints"), "", ""),
            ("DELETE", maps + "/a", "", ""), ("DELETE", namespaces + "/metrics", "", ""),
        ] {
            let headers = type.isEmpty ? [] : [("Content-Type", type)]
            let response = try gateway.request(method, path, headers: headers, body: body.isEmpty ? nil : body)
            #expect(response.status < 300 || method == "PROPFIND", "\(method) \(path): \(response.text)")
        }
        let counted = [
            (201, "namespaces", "resource", "POST"), (200, "namespaces", "cluster", "LIST"),
            (201, "configmaps", "resource", "POST"), (200, "configmaps", "resource", "PUT"),
            (200, "configmaps", "resource", "PATCH"), (200, "configmaps", "resource", "APPLY"),
            (200, "configmaps", "resource", "GET"), (200, "configmaps", "namespace", "LIST"),
            (200, "configmaps", "cluster", "LIST"), (200, "configmaps", "resource", "DELETE"),
            (200, "namespaces", "resource", "DELETE"), (200, "", "", "GET"), (405, "", "", "other"),
        ].map { code, resource, scope, verb in
            "apiserver_request_total{code=\"\(code)\",component=\"apiserver\",dry_run=\"\",group=\"\","
                + "resource=\"\(resource)\",scope=\"\(scope)\",subresource=\"\",verb=\"\(verb)\","
                + "version=\"\(resource.isEmpty ? "" : "v1")\"} "
        }
        let deprecated =
            "apiserver_requested_deprecated_apis{group=\"\",removed_release=\"\",resource=\"endpoints\","
            + "subresource=\"\",version=\"v1\"} 1\n"
        let health =
            "apiserver_request_total{code=\"200\",component=\"\",dry_run=\"\",group=\"\",resource=\"\",scope=\"\","
            + "subresource=\"/readyz\",verb=\"GET\",version=\"\"} "
        // A client may have its answer before it is counted.
        var missing = counted + [deprecated, health]
        for _ in 0..<2000 where !missing.isEmpty {
            let text = try gateway.request("GET", "/metrics").text
            missing.removeAll { text.contains($0) }
        }
        #expect(missing.isEmpty, "\(missing)")
    }

    /// Watches that writes are told to are counted at each write.
    @Test func ofWatchesThatWritesAreToldTo() throws {
        let server = try TestGateway(nodes: 1)
        defer { server.stop() }
        let watch = try TestWatch(server, "/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=0")
        #expect(watch.head.status == 200)
        try server.createConfigMap("watched")
        let text = try server.request("GET", "/metrics").text
        let name = "apiserver_flowcontrol_watch_count_samples"
        let labels = "flow_schema=\"global-default\",priority_level=\"global-default\""
        #expect(text.contains("# TYPE \(name) histogram\n"))
        #expect(text.contains("\(name)_bucket{\(labels),le=\"0\"} 0\n"))
        #expect(text.contains("\(name)_bucket{\(labels),le=\"1\"} 1\n"))
        #expect(text.contains("\(name)_count{\(labels)} 1\n"))
    }
}
