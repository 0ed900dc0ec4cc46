import Foundation
import KubeGateway
import Testing

/// Clients from the Python Package Index against the real server. `make test` installs them; where that was not
/// possible the suite is skipped, and says so.
@Suite("Python clients", .enabled(if: PythonClients.isPresent, "the Python clients are not installed"))
struct PythonClientTests {
    /// Typed and dynamic client, watches, tokens, leader election: `Tests/Clients/python_client.py`.
    @Test func theOfficialClient() throws {
        let gateway = try TestGateway()
        defer { gateway.stop() }
        let kubeconfig = NSTemporaryDirectory() + "drydock-python-\(getpid()).config"
        defer { try? FileManager.default.removeItem(atPath: kubeconfig) }
        try Kubeconfig(server: gateway.gateway.url, authority: gateway.authority, identity: gateway.admin)
            .write(to: kubeconfig)
        let process = try ClientProcess(
            PythonClients.folder + "/bin/python", [PythonClients.root + "/Tests/Clients/python_client.py"],
            environment: ["KUBECONFIG": kubeconfig, "HOME": NSTemporaryDirectory()])
        #expect(process.status == 0, "\(process.output)\(process.errors)")
        #expect(process.output.contains("test_one_leader_at_a_time: passed"))
    }

    /// Requests made from the server's own OpenAPI: no 5xx, no hang, no lost connection. `DRYDOCK_EXAMPLES` sets how
    /// many each operation gets, `DRYDOCK_SEED` which.
    @Test(arguments: ["api/v1", "apis/apps/v1", "apis/rbac.authorization.k8s.io/v1", "apis/authorization.k8s.io/v1"])
    func requestsMadeFromItsOpenAPI(group: String) throws {
        let gateway = try TestGateway()
        defer { gateway.stop() }
        let variables = ProcessInfo.processInfo.environment
        let folder = NSTemporaryDirectory() + "drydock-schemathesis-\(getpid())-\(gateway.gateway.port)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try gateway.admin.certificate.write(toFile: folder + "/crt", atomically: true, encoding: .utf8)
        try gateway.admin.privateKey.write(toFile: folder + "/key", atomically: true, encoding: .utf8)
        let process = try ClientProcess(
            PythonClients.folder + "/bin/schemathesis",
            [
                "run", "\(gateway.gateway.url)/openapi/v3/\(group)", "--url", gateway.gateway.url,
                "--request-cert", folder + "/crt", "--request-cert-key", folder + "/key", "--tls-verify", "false",
                "--checks", "not_a_server_error", "--phases", "fuzzing", "--seed", variables["DRYDOCK_SEED"] ?? "1",
                "--max-examples", variables["DRYDOCK_EXAMPLES"] ?? "1", "--request-timeout", "30",
                // They answer 501 until the kubelet serves them.
                "--exclude-path-regex", "/(log|exec|attach|portforward|proxy)(/|$)", "--suppress-health-check", "all",
                "--warnings", "off",
            ],
            environment: [
                "PYTHONPATH": PythonClients.root + "/Tests/Clients", "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
                "HOME": folder, "PYTHONDONTWRITEBYTECODE": "1",
            ], folder: folder)
        #expect(process.status == 0, "\(process.output.suffix(8000))\(process.errors.suffix(2000))")
        #expect(process.output.contains("passed"))
        // And it is still there, though the administrator's rights may have been deleted.
        #expect([200, 403].contains(try gateway.request("GET", "/readyz").status))
    }
}

enum PythonClients {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let folder = root + "/.build/python-clients"
    static let isPresent = FileManager.default.fileExists(atPath: folder + "/installed")
}
