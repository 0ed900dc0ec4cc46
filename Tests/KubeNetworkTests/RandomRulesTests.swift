import Foundation
import KubeAPI
import KubeClient
import KubeNetwork
import TestSupport
import Testing

@Suite struct RandomRulesTests {
    /// After any history the rules are those that a proxy writes which is told of everything at once.
    @Test(arguments: UInt64(1)...10)
    func anyHistoryEndsInTheSameRules(seed: UInt64) {
        var services = RandomServices(seed: seed)
        for step in 0..<300 {
            services.step()
            guard step % 20 == 19 else { continue }
            let found = services.fixture.proxies.rules
            let fresh = services.fromScratch().proxies.rules
            for node in found.nodes where found.text(node: node) != fresh.text(node: node) {
                let difference = Self.difference(fresh.text(node: node), found.text(node: node))
                Issue.record("seed \(seed), step \(step), \(node): \(difference)")
                return
            }
            #expect(found.nodes == fresh.nodes)
        }
    }

    private static func difference(_ wanted: String, _ found: String) -> String {
        let missing = Set(wanted.split(separator: "\n")).subtracting(found.split(separator: "\n")).sorted().prefix(3)
        let extra = Set(found.split(separator: "\n")).subtracting(wanted.split(separator: "\n")).sorted().prefix(3)
        return "missing \(missing), too much \(extra)"
    }

    /// Every chain that is jumped to is there, none is there twice, and every chain is reached.
    @Test(arguments: UInt64(1)...10)
    func everyJumpHasItsChain(seed: UInt64) {
        var services = RandomServices(seed: seed)
        for _ in 0..<200 { services.step() }
        let targets: Set = ["ACCEPT", "DROP", "REJECT", "RETURN", "MARK", "MASQUERADE", "DNAT", ""]
        for node in services.fixture.proxies.rules.nodes {
            let chains = services.fixture.proxies.rules.chains(node: node)
            for table in ["nat", "filter"] {
                let names = chains.filter { $0.table == table }.map(\.name)
                let jumps = Set(chains.filter { $0.table == table }.flatMap(\.rules).map(\.target)).subtracting(targets)
                #expect(Set(names).count == names.count, "seed \(seed): a chain twice on \(node)")
                #expect(jumps.isSubset(of: names), "seed \(seed): \(jumps.subtracting(names)) on \(node)")
                let unreached = Set(names.filter { $0.hasPrefix("KUBE-S") && $0.contains("-") }).subtracting(jumps)
                #expect(unreached.allSatisfy { $0 == "KUBE-SERVICES" }, "seed \(seed): \(unreached) on \(node)")
            }
        }
    }

    /// The chances of a chain's rules leave every endpoint the same share.
    @Test func everyEndpointHasTheSameShare() {
        var fixture = ProxyFixture()
        fixture.put(Node(name: "node-1"))
        fixture.put(ProxyFixture.service("default", "web", "10.96.0.10"))
        for count in [1, 2, 3, 7, 50, 100] {
            fixture.put(ProxyFixture.slice("default", "web", (1...count).map { "10.1.0.\($0)" }))
            let chains = fixture.proxies.rules.chains(namespace: "default", service: "web", node: "node-1")
            let rules = chains.first { $0.name.hasPrefix("KUBE-SVC-") }?.rules.filter {
                $0.target.hasPrefix("KUBE-SEP")
            }
            var left = 1.0
            for rule in rules ?? [] {
                let words = rule.text.split(separator: " ")
                let chance = words.firstIndex(of: "--probability").flatMap { Double(words[$0 + 1]) } ?? 1
                #expect(abs(left * chance - 1 / Double(count)) < 1e-6)
                left *= 1 - chance
            }
            #expect(rules?.count == count && left == 0)
        }
    }

    /// The real `iptables-restore` reads the rules of many services of every shape. It needs the right to make a
    /// network namespace of its own; without it, or without iptables, the test is left out.
    @Test(.enabled(if: IPTables.isUsable, "iptables-restore or unshare cannot be run here"), arguments: UInt64(1)...3)
    func iptablesReadsTheRules(seed: UInt64) throws {
        var services = RandomServices(seed: seed)
        for _ in 0..<120 { services.add() }
        for _ in 0..<100 { services.step() }
        let rules = services.fixture.proxies.rules
        for node in rules.nodes.prefix(2) {
            let text = rules.text(node: node)
            #expect(text.split(separator: "\n").count > 500)
            let (status, output) = try IPTables.restore(text)
            #expect(status == 0, "seed \(seed), \(node): \(output)")
        }
        // That bad text is found out shows that it is really read.
        let broken = rules.text(node: "node-1").replacing("-j KUBE-SERVICES", with: "-j KUBE-SERVICES --nonsense")
        #expect(try IPTables.restore(broken).status != 0)
    }
}

/// The machine's own iptables, in a network namespace that nobody else sees.
enum IPTables {
    static let isUsable: Bool = (try? restore("*filter\nCOMMIT\n").status) == 0

    static func restore(_ text: String) throws -> (status: Int32, output: String) {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, as: "rules")
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", "PATH=$PATH:/usr/sbin:/sbin exec unshare -n iptables-restore --test < \"$0\"", file,
        ]
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
