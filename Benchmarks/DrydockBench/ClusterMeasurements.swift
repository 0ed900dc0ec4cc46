import ClusterCore
import Foundation
import KubeAPI
import KubeClient
import KubeCluster

extension Measurement {
    static let rollout10k = rollout(
        name: "rollout-10k", nodes: 1000, pods: 10_000, runs: 3,
        bounds: [
            Bound(
                label: "10,000 pods on 1,000 nodes, created to Running", unit: "pods/s", floor: 5000, aim: 20_000,
                isLargerBetter: true)
        ])

    static let rollout150k = rollout(
        name: "rollout-150k", nodes: 5000, pods: 150_000,
        bounds: [
            Bound(label: "150,000 pods on 5,000 nodes, created to Running", unit: "s", floor: 60, aim: 15),
            Bound(label: "150,000 pods on 5,000 nodes, most memory", unit: "MiB", floor: 2048, aim: 1024),
        ])

    /// A Deployment from its creation until all its pods are Running, in wall time; the boot is not counted.
    private static func rollout(
        name: String, nodes: Int, pods: Int, runs: Int = 1, bounds: [Bound]
    ) -> Measurement {
        Measurement(name: name, bounds: bounds, runs: runs) {
            var configuration = Cluster.Configuration()
            configuration.nodes = nodes
            configuration.zones = 3
            let cluster = Cluster(configuration)
            cluster.boot()
            let before = cluster.snapshot().statistics.podsRunning
            let start = wallSeconds()
            _ = cluster.perform(.create([Boxed(Fixtures.deployment(replicas: pods))]))
            let limit = cluster.loop.now + .hours(2)
            while cluster.statisticsNow.podsRunning < before + pods, cluster.loop.now < limit, cluster.loop.step() {}
            let seconds = wallSeconds() - start
            let running = cluster.statisticsNow.podsRunning - before
            return bounds.map { bound in
                switch bound.unit {
                case "pods/s": Double(running) / seconds
                case "s": running < pods ? .infinity : seconds
                default: memory("VmHWM")
                }
            }
        }
    }

    static let virtualTime = Measurement(
        name: "virtual-time",
        bounds: [
            Bound(label: "virtual time, 100 idle nodes", unit: "× real", floor: 500, aim: 5000, isLargerBetter: true)
        ]
    ) {
        var configuration = Cluster.Configuration()
        configuration.nodes = 100
        let cluster = Cluster(configuration)
        cluster.boot()
        cluster.run(for: .minutes(10))
        let start = wallSeconds()
        cluster.run(for: .hours(2))
        return [7200 / (wallSeconds() - start)]
    }

    static let endpointChange = Measurement(
        name: "endpoint-change",
        bounds: [
            Bound(
                label: "one endpoint of 10,000 services changes, rules of every node", unit: "ms", floor: 5, aim: 1)
        ]
    ) {
        let cluster = Cluster(Cluster.Configuration())
        cluster.boot()
        let client = cluster.client("bench")
        for number in 0..<10_000 {
            _ = try? client.create(Fixtures.service("service-\(number)"))
            _ = try? client.create(Fixtures.slice("service-\(number)", addresses: ["10.244.1.10", "10.244.2.10"]))
        }
        cluster.server.pump()
        cluster.run(for: .seconds(5))
        var times: [Double] = []
        for round in 0..<200 {
            let name = "service-\(round * 37 % 10_000)"
            let start = wallSeconds()
            _ = try? client.mutate(EndpointSlice.self, ObjectKey(.endpointSlice, namespace: "default", name: name)) {
                $0.endpoints[0].addresses = ["10.244.3.\(round + 1)"]
            }
            cluster.server.pump()
            // The rules of the service on every node, as they now stand.
            let rules = cluster.proxies.rules
            var lines = 0
            for node in rules.nodes {
                lines += rules.chains(namespace: "default", service: name, node: node).reduce(0) { $0 + $1.rules.count }
            }
            precondition(lines > 0)
            times.append((wallSeconds() - start) * 1000)
        }
        return [percentile99(times)]
    }
}
