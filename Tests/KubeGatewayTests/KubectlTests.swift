import Foundation
import KubeGateway
import TestSupport
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

    /// The control plane's pods are static: their node's events are under another UID than that of the mirror.
    @Test func describesTheControlPlane() throws {
        let description = try run("describe", "pod", "-n", "kube-system", "etcd-node-1")
        #expect(description.contains("Pulling image \"registry.k8s.io/etcd:"))
        let missing = try KubectlTests.kubectl.fail(["top", "pod", "kc-nobody"])
        #expect(missing.contains("pods \"kc-nobody\" not found"))
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

    private static func configMap(_ name: String, a value: Int) -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\ndata: {a: \"\(value)\"}\n"
    }

    @Test func appliesOnTheServerSide() throws {
        let apply = ["apply", "--server-side", "-f", "-", "--field-manager"]
        func run(_ manager: String, _ value: Int, _ flags: String...) throws -> String {
            try KubectlTests.kubectl.run(apply + [manager] + flags, input: Self.configMap("kc-ssa", a: value))
        }
        #expect(try run("first", 1) == "configmap/kc-ssa serverside-applied\n")
        let conflict = try KubectlTests.kubectl.fail(apply + ["second"], input: Self.configMap("kc-ssa", a: 2))
        #expect(conflict.contains("Apply failed with 1 conflict: conflict with \"first\": .data.a"))
        #expect(try run("second", 2, "--force-conflicts") == "configmap/kc-ssa serverside-applied\n")
        let owners = try self.run(
            "get", "configmap", "kc-ssa", "--show-managed-fields", "-o",
            "jsonpath={.metadata.managedFields[*].manager}")
        #expect(owners == "second")
    }

    @Test func differsReplacesAndEdits() throws {
        _ = try run("create", "-f", "-", input: Self.configMap("kc-edit", a: 1))
        let difference = try KubectlTests.kubectl.execute(["diff", "-f", "-"], input: Self.configMap("kc-edit", a: 2))
        #expect(difference.status == 1)
        #expect(difference.output.contains("\n-  a: \"1\"\n+  a: \"2\"\n"))
        #expect(
            try run("replace", "-f", "-", input: Self.configMap("kc-edit", a: 3)) == "configmap/kc-edit replaced\n")
        let edited = try KubectlTests.kubectl.run(
            ["edit", "configmap", "kc-edit"], environment: ["EDITOR": "sed -i 's/\"3\"/\"4\"/'"])
        #expect(edited == "configmap/kc-edit edited\n")
        for (format, expected) in [
            ("jsonpath={.data.a}", "4"), ("go-template={{.data.a}}", "4"), ("name", "configmap/kc-edit\n"),
            ("custom-columns=N:.metadata.name,A:.data.a", "N         A\nkc-edit   4\n"),
        ] {
            #expect(try run("get", "configmap", "kc-edit", "-o", format) == expected, "\(format)")
        }
        #expect(try run("get", "configmap", "kc-edit", "-o", "wide").hasPrefix("NAME      DATA   AGE\nkc-edit   1 "))
        #expect(try run("get", "configmap", "kc-edit", "-o", "yaml").hasPrefix("apiVersion: v1\ndata:\n  a: \"4\"\n"))
        #expect(try run("get", "configmap", "kc-edit", "-o", "json").contains("\"a\": \"4\""))
    }

    @Test func autoscalesAndDeletesWithEveryCascade() throws {
        func pods(_ name: String) throws -> Int {
            try run("get", "pods", "-l", "app=\(name)", "-o", "name").split(separator: "\n").count
        }
        _ = try run("create", "deployment", "kc-cascade", "--image=nginx:1.29", "--replicas=2")
        _ = try run("rollout", "status", "deployment/kc-cascade", "--timeout=60s")
        #expect(
            try run("autoscale", "deployment", "kc-cascade", "--min=2", "--max=5")
                == "horizontalpodautoscaler.autoscaling/kc-cascade autoscaled\n")
        _ = try run("delete", "deployment", "kc-cascade", "--cascade=orphan")
        let left = try run("get", "replicasets", "-l", "app=kc-cascade", "-o", "name")
        #expect(left.hasPrefix("replicaset.apps/kc-cascade-"))
        #expect(try pods("kc-cascade") == 2)
        // In the foreground the ReplicaSet waits for its pods, and kubectl for the ReplicaSet.
        _ = try run("delete", "replicasets", "-l", "app=kc-cascade", "--cascade=foreground", "--timeout=60s")
        #expect(try pods("kc-cascade") == 0)
        _ = try run("create", "deployment", "kc-behind", "--image=nginx:1.29")
        _ = try run("rollout", "status", "deployment/kc-behind", "--timeout=60s")
        _ = try run("delete", "deployment", "kc-behind", "--cascade=background")
        _ = try run("wait", "--for=delete", "pod", "-l", "app=kc-behind", "--timeout=60s")
    }

    @Test func asksForRights() throws {
        #expect(try run("auth", "can-i", "create", "pods") == "yes\n")
        let denied = try KubectlTests.kubectl.execute(
            ["auth", "can-i", "create", "pods", "--as=system:serviceaccount:default:default"])
        #expect(denied.output == "no\n" && denied.status == 1)
        #expect(try run("auth", "can-i", "--list").contains("*.*  "))
        #expect(try run("auth", "whoami").contains("kubernetes-admin"))
        #expect(try run("create", "token", "default").split(separator: ".").count == 3)
    }

    @Test func approvesCertificates() throws {
        let manifest = """
            apiVersion: certificates.k8s.io/v1
            kind: CertificateSigningRequest
            metadata:
              name: kc-jane
            spec:
              request: \(Data(CertificateSamples.jane.utf8).base64EncodedString())
              signerName: kubernetes.io/kube-apiserver-client
              expirationSeconds: 86400
              usages: [client auth]
            """
        #expect(
            try run("apply", "-f", "-", input: manifest)
                == "certificatesigningrequest.certificates.k8s.io/kc-jane created\n")
        #expect(
            try run("get", "csr", "kc-jane", "--no-headers").split(separator: " ").suffix(3)
                == ["kubernetes-admin", "24h", "Pending\n"])
        #expect(
            try run("certificate", "approve", "kc-jane")
                == "certificatesigningrequest.certificates.k8s.io/kc-jane approved\n")
        _ = try run("wait", "--for=jsonpath={.status.certificate}", "csr/kc-jane", "--timeout=60s")
        let text = try run("get", "csr", "kc-jane", "-o", "jsonpath={.status.certificate}")
        let certificate = String(decoding: Data(base64Encoded: text) ?? Data(), as: UTF8.self)
        #expect(certificate.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
        #expect(try run("get", "csr", "kc-jane").contains("Approved,Issued"))
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
        _ = try run("create", "deployment", "kc-drained", "--image=nginx:1.29", "--replicas=4")
        _ = try run("rollout", "status", "deployment/kc-drained", "--timeout=60s")
        let drained = try run("drain", "node-2", "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=60s")
        #expect(drained.contains("pod/kc-drained-") && drained.hasSuffix("node/node-2 drained\n"))
        let places = try run(
            "get", "pods", "-l", "app=kc-drained", "-o",
            "jsonpath={.items[?(@.spec.nodeName==\"node-2\")].metadata.name}")
        #expect(places == "")
        _ = try run("uncordon", "node-2")
        _ = try run("delete", "deployment", "kc-drained")
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
    private static let program = Programs.path(of: "kubectl")
    static let isPresent = program != nil

    private let gateway: TestGateway
    private let kubeconfig: String

    init(_ gateway: TestGateway) throws {
        self.gateway = gateway
        kubeconfig = NSTemporaryDirectory() + "drydock-kubectl-\(getpid()).config"
        try Kubeconfig(server: gateway.gateway.url, authority: gateway.authority, identity: gateway.admin)
            .write(to: kubeconfig)
    }

    /// What kubectl printed; fails if it failed.
    func run(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws -> String {
        let process = try execute(arguments, environment: environment, input: input)
        if process.status != 0 {
            let text = process.output + process.errors
            throw TestFailure(description: "kubectl \(arguments.joined(separator: " ")): \(text)")
        }
        return process.output
    }

    /// What kubectl complained about; fails if it did not fail.
    func fail(_ arguments: [String], input: String? = nil) throws -> String {
        let process = try execute(arguments, input: input)
        if process.status == 0 {
            throw TestFailure(description: "kubectl \(arguments.joined(separator: " ")) succeeded: \(process.output)")
        }
        return process.errors
    }

    func execute(
        _ arguments: [String], environment: [String: String] = [:], input: String? = nil
    ) throws -> ClientProcess {
        let home = NSTemporaryDirectory() + "drydock-kubectl-\(getpid()).cache"
        return try ClientProcess(
            Kubectl.program ?? "", ["--kubeconfig", kubeconfig, "--request-timeout=60s"] + arguments,
            environment: environment.merging(["HOME": home]) { own, _ in own }, input: input)
    }
}
