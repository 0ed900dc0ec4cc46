import ClusterCore
import ClusterDriver
import Foundation
import KubeAPI
import KubeCluster
import KubeGateway
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// What a client of the API server sees of it: over TLS, on connections of HTTP/1.1.
extension Measurement {
    static let gatewayList = Measurement(
        name: "gateway-list",
        bounds: [
            Bound(label: "LIST of 30,000 pods over HTTPS", unit: "MB/s", floor: 400, aim: 800, isLargerBetter: true),
            Bound(label: "LIST of 30,000 pods, first byte", unit: "ms", floor: 50, aim: 5),
        ]
    ) {
        let server = BenchServer(nodes: 300) { cluster in
            _ = cluster.perform(.create([Boxed(Fixtures.deployment(replicas: 30_000))]))
            let limit = cluster.loop.now + .hours(1)
            while cluster.statisticsNow.podsRunning < 30_000, cluster.loop.now < limit, cluster.loop.step() {}
        }
        defer { server.stop() }
        guard let client = BenchClient(server) else { return [] }
        var rates: [Double] = []
        var first: [Double] = []
        for _ in 0..<8 {
            let start = wallSeconds()
            guard let answer = client.request("GET", "/api/v1/pods", nil) else { return [] }
            rates.append(Double(answer.bytes) / 1e6 / (wallSeconds() - start))
            first.append((answer.firstByte - start) * 1000)
        }
        return [median(rates), median(first)]
    }

    private static func requestBounds(_ connections: Int) -> [Bound] {
        let isOne = connections == 1
        let get = Bound(
            label: "GET of a pod, \(connections) connections", unit: "req/s", floor: isOne ? 1500 : 4000,
            aim: isOne ? 6000 : 20_000, isLargerBetter: true)
        let create = Bound(
            label: "create of a ConfigMap, \(connections) connections", unit: "req/s", floor: isOne ? 800 : 2000,
            aim: isOne ? 4000 : 15_000, isLargerBetter: true)
        return [get, create]
    }

    static let gatewayRequests = Measurement(
        name: "gateway-requests",
        bounds: [1, 16, 256].flatMap(requestBounds)
            + [Bound(label: "create of a ConfigMap, p99 at 16 connections", unit: "ms", floor: 5, aim: 2)]
    ) {
        let server = BenchServer(nodes: 5) { _ in }
        defer { server.stop() }
        guard let probe = BenchClient(server) else { return [] }
        let pods = probe.request("GET", "/api/v1/namespaces/kube-system/pods?limit=1", nil)
        guard let list = pods.flatMap({ try? JSONValue.decode($0.body) }),
            let name = list["items"]?.arrayValue?.first?["metadata"]?["name"]?.stringValue
        else { return [] }
        var figures: [Double] = []
        var latency = Double.infinity
        for connections in [1, 16, 256] {
            let gets = BenchLoad.run(server, connections, requests: 20_000) { _ in
                ("GET", "/api/v1/namespaces/kube-system/pods/\(name)", nil)
            }
            let creates = BenchLoad.run(server, connections, requests: 10_000) { number in
                (
                    "POST", "/api/v1/namespaces/default/configmaps",
                    "{\"metadata\":{\"name\":\"bench-\(connections)-\(number)\"},\"data\":{\"a\":\"b\"}}"
                )
            }
            figures += [gets.rate, creates.rate]
            if connections == 16 { latency = creates.latency * 1000 }
        }
        return figures + [latency]
    }

    /// Every answer waits until the write is on the disk of the machine that measures.
    static let gatewayDurable = Measurement(
        name: "gateway-durable",
        bounds: [
            Bound(
                label: "durable create of a ConfigMap, 16 connections", unit: "req/s", floor: 500, aim: 5000,
                isLargerBetter: true),
            Bound(
                label: "durable create of a ConfigMap, 256 connections", unit: "req/s", floor: 1500, aim: 10_000,
                isLargerBetter: true),
        ]
    ) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("drydock-bench-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = BenchServer(nodes: 5, folder: folder) { _ in }
        defer { server.stop() }
        return [16, 256].map { connections in
            BenchLoad.run(server, connections, requests: 5000) { number in
                (
                    "POST", "/api/v1/namespaces/default/configmaps",
                    "{\"metadata\":{\"name\":\"bench-\(connections)-\(number)\"},\"data\":{\"a\":\"b\"}}"
                )
            }.rate
        }
    }

    static let gatewayWatch = Measurement(
        name: "gateway-watch",
        bounds: [
            Bound(
                label: "1,000 watchers × 100 changes/s, events delivered", unit: "events/s", floor: 50_000,
                aim: 100_000, isLargerBetter: true),
            Bound(label: "1,000 watchers, change to last event, p99", unit: "ms", floor: 1000, aim: 100),
            Bound(label: "1,000 watchers of 1,000 changes, memory", unit: "MiB", floor: 1024, aim: 512),
        ]
    ) {
        let server = BenchServer(nodes: 5) { _ in }
        defer { server.stop() }
        guard let writer = BenchClient(server), let fanout = BenchFanout(server, watchers: 1000) else { return [] }
        let seconds = 10
        var latencies: [Double] = []
        let start = wallSeconds()
        for number in 0..<(seconds * 100) {
            let due = start + Double(number) / 100
            while wallSeconds() < due { usleep(200) }
            let sent = wallSeconds()
            _ = writer.request(
                "POST", "/api/v1/namespaces/default/configmaps",
                "{\"metadata\":{\"name\":\"fan-\(number)\"},\"data\":{\"a\":\"b\"}}")
            if number % 50 == 0, fanout.wait(forEach: number + 1, within: 5) {
                latencies.append((wallSeconds() - sent) * 1000)
            }
        }
        _ = fanout.wait(forEach: seconds * 100, within: 5)
        let delivered = Double(fanout.total)
        let elapsed = wallSeconds() - start
        return [delivered / elapsed, percentile99(latencies), memory("VmRSS")]
    }
}
