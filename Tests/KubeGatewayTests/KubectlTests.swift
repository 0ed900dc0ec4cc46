import Foundation
import KubeGateway
import Testing

/// The real kubectl against the real server. Without kubectl in PATH the suite is skipped, and says so.
@Suite("kubectl", .serialized, .enabled(if: Kubectl.isPresent, "kubectl is not in PATH"))
struct KubectlTests {
    private static let kubectl: Kubectl = {
        do { return try Kubectl(TestGateway()) } catch { preconditionFailure("no gateway: \(error)") }
    }()

    private func run(_ arguments: String..., input: String? = nil) throws -> String {
        try KubectlTests.kubectl.run(arguments, input: input)
    }

    @Test func looksAround() throws {
        let nodes = try run("get", "nodes")
        #expect(nodes.hasPrefix("NAME     STATUS   ROLES           AGE"))
        #expect(nodes.contains("node-2   Ready"))
        #expect(try run("get", "pods", "-A", "-o", "wide").contains("kube-system"))
        #expect(try run("get", "ns", "default", "-o", "jsonpath={.status.phase}") == "Active")
        #expect(try run("api-resources").contains("deployments"))
        #expect(try run("explain", "deployment.spec.strategy").contains("rollingUpdate"))
        #expect(try run("cluster-info").contains("is running at"))
        #expect(try run("version").contains("Server Version: v1.36.0"))
        #expect(try run("describe", "node", "node-1").contains("Allocatable:"))
        #expect(try run("get", "all", "-A").contains("deployment.apps/coredns"))
    }

    @Test func deploysAndRolls() throws {
        let created = try run("create", "deployment", "kc-web", "--image=nginx:1.29", "--replicas=2")
        #expect(created == "deployment.apps/kc-web created\n")
        _ = try run("rollout", "status", "deployment/kc-web", "--timeout=60s")
        #expect(try run("scale", "deployment/kc-web", "--replicas=1") == "deployment.apps/kc-web scaled\n")
        #expect(try run("expose", "deployment/kc-web", "--port=80") == "service/kc-web exposed\n")
        #expect(try run("set", "image", "deployment/kc-web", "nginx=nginx:1.28").contains("image updated"))
        _ = try run("rollout", "status", "deployment/kc-web", "--timeout=60s")
        #expect(try run("rollout", "history", "deployment/kc-web").contains("REVISION"))
        #expect(try run("rollout", "undo", "deployment/kc-web").contains("rolled back"))
        #expect(try run("annotate", "deployment/kc-web", "a=b").contains("annotated"))
        #expect(try run("label", "deployment/kc-web", "tier=front").contains("labeled"))
        #expect(try run("delete", "deployment,service", "kc-web").contains("deployment.apps \"kc-web\" deleted"))
        _ = try run("wait", "--for=delete", "pod", "-l", "app=kc-web", "--timeout=60s")
    }

    @Test func appliesManifests() throws {
        let manifest = """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: kc-config
            data:
              a: "1"
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: kc-service
            spec:
              selector: {app: kc}
              ports:
              - port: 80
            """
        #expect(
            try run("apply", "-f", "-", input: manifest) == "configmap/kc-config created\nservice/kc-service created\n")
        #expect(
            try run("apply", "-f", "-", input: manifest)
                == "configmap/kc-config unchanged\nservice/kc-service unchanged\n")
        let changed = manifest.replacingOccurrences(of: "\"1\"", with: "\"2\"")
        #expect(try run("apply", "-f", "-", input: changed).hasPrefix("configmap/kc-config configured\n"))
        #expect(try run("get", "configmap", "kc-config", "-o", "jsonpath={.data.a}") == "2")
        #expect(
            try run("patch", "configmap", "kc-config", "-p", "{\"data\":{\"b\":\"3\"}}")
                == "configmap/kc-config patched\n")
        #expect(try run("delete", "-f", "-", input: manifest).contains("service \"kc-service\" deleted"))
    }

    @Test func tellsErrors() throws {
        #expect(
            try KubectlTests.kubectl.fail(["get", "pod", "absent"])
                == "Error from server (NotFound): pods \"absent\" not found\n")
        let unknown = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kc-bad}\ndat: {}\n"
        #expect(
            try KubectlTests.kubectl.fail(["create", "-f", "-"], input: unknown).contains(
                "strict decoding error: unknown field \"dat\""))
        #expect(
            try KubectlTests.kubectl.fail(["get", "things"])
                == "error: the server doesn't have a resource type \"things\"\n")
    }

    @Test func movesNodes() throws {
        #expect(try run("cordon", "node-2") == "node/node-2 cordoned\n")
        #expect(try run("get", "node", "node-2").contains("Ready,SchedulingDisabled"))
        #expect(try run("uncordon", "node-2") == "node/node-2 uncordoned\n")
        #expect(try run("taint", "nodes", "node-2", "kc=x:NoSchedule") == "node/node-2 tainted\n")
        #expect(try run("taint", "nodes", "node-2", "kc-") == "node/node-2 untainted\n")
    }

    @Test func dryRunsOnTheServer() throws {
        let text = try run("create", "configmap", "kc-dry", "--from-literal=a=b", "--dry-run=server", "-o", "name")
        #expect(text == "configmap/kc-dry\n")
        #expect(try KubectlTests.kubectl.fail(["get", "configmap", "kc-dry"]).contains("NotFound"))
    }

    @Test func deletesNamespaces() throws {
        #expect(try run("create", "namespace", "kc-space") == "namespace/kc-space created\n")
        _ = try run("-n", "kc-space", "create", "configmap", "kc-inside")
        #expect(try run("delete", "namespace", "kc-space").contains("namespace \"kc-space\" deleted"))
        #expect(try KubectlTests.kubectl.fail(["get", "namespace", "kc-space"]).contains("NotFound"))
    }
}

/// Runs kubectl against a server of the tests.
final class Kubectl: Sendable {
    static let isPresent = find() != nil

    private let gateway: TestGateway
    private let kubeconfig: String

    init(_ gateway: TestGateway) throws {
        self.gateway = gateway
        kubeconfig = NSTemporaryDirectory() + "drydock-kubectl-\(getpid()).config"
        try Kubeconfig(server: gateway.gateway.url, authority: gateway.authority, identity: gateway.admin)
            .write(to: kubeconfig)
    }

    private static func find() -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { "\($0)/kubectl" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// What kubectl printed; fails if it failed.
    func run(_ arguments: [String], input: String? = nil) throws -> String {
        let (status, output, errors) = try execute(arguments, input: input)
        if status != 0 {
            throw TestFailure(description: "kubectl \(arguments.joined(separator: " ")): \(output)\(errors)")
        }
        return output
    }

    /// What kubectl complained about; fails if it did not fail.
    func fail(_ arguments: [String], input: String? = nil) throws -> String {
        let (status, output, errors) = try execute(arguments, input: input)
        if status == 0 {
            throw TestFailure(description: "kubectl \(arguments.joined(separator: " ")) succeeded: \(output)")
        }
        return errors
    }

    private func execute(
        _ arguments: [String], input: String?
    ) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Kubectl.find() ?? "")
        process.arguments = ["--kubeconfig", kubeconfig, "--request-timeout=60s"] + arguments
        let cache = NSTemporaryDirectory() + "drydock-kubectl-\(getpid()).cache"
        process.environment = ["HOME": cache, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
        let output = Pipe()
        let errors = Pipe()
        let standardInput = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = standardInput
        try process.run()
        standardInput.fileHandleForWriting.write(Data((input ?? "").utf8))
        try standardInput.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: text, as: UTF8.self),
            String(decoding: complaints, as: UTF8.self)
        )
    }
}
