import ClusterConsole
import ClusterCore
import Foundation
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

extension Measurement {
    /// The executable beside this one.
    private static var drydock: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("drydock")
    }

    /// From the start of the process to its end, a frame printed: the median of nine runs.
    static let startup = Measurement(
        name: "startup",
        bounds: [
            Bound(label: "start to a 5-node cluster all Ready, first frame drawn", unit: "ms", floor: 100, aim: 30)
        ]
    ) {
        var times: [Double] = []
        for _ in 0..<9 {
            let process = Process()
            process.executableURL = drydock
            process.arguments = ["frame", "--size", "120x40"]
            process.standardOutput = FileHandle.nullDevice
            let start = wallSeconds()
            guard (try? process.run()) != nil else { return [] }
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { return [] }
            times.append((wallSeconds() - start) * 1000)
        }
        return [Figure(label: "start to a 5-node cluster all Ready, first frame drawn", value: times.sorted()[4])]
    }

    /// A cluster of five nodes and a console on it, after ten minutes of virtual time.
    static let idleMemory = Measurement(
        name: "idle-memory",
        bounds: [Bound(label: "idle 5-node process, VmRSS", unit: "MiB", floor: 60, aim: 30)]
    ) {
        let cluster = Cluster(Cluster.Configuration())
        cluster.boot()
        var player = FramePlayer(cluster, size: Size(width: 160, height: 50))
        cluster.run(for: .minutes(10))
        player.play([])
        _ = player.frame()
        return [Figure(label: "idle 5-node process, VmRSS", value: memory("VmRSS"))]
    }

    /// 150,000 pods in the view while 5,000 of them change each second, drawn sixty times a second.
    static let consoleFrame = Measurement(
        name: "console-frame",
        bounds: [
            Bound(label: "console frame, 150,000 pods and 5,000 changes/s, p99", unit: "ms", floor: 16, aim: 4)
        ]
    ) {
        var configuration = Cluster.Configuration()
        configuration.nodes = 5000
        let cluster = Cluster(configuration)
        cluster.boot()
        _ = cluster.perform(.create([Boxed(Fixtures.deployment(replicas: 150_000))]))
        let limit = cluster.loop.now + .hours(2)
        while cluster.statisticsNow.podsRunning < 150_000, cluster.loop.now < limit, cluster.loop.step() {}
        let keys = cluster.server.snapshot().list(Pod.self, namespace: "default").map(\.key)
        let client = cluster.client("bench")
        _ = cluster.takeChanges()
        let console = Console(
            ClusterUpdate(snapshot: cluster.snapshot(), changes: [], isReset: true, outcomes: []),
            size: Size(width: 160, height: 50))
        console.finishWork()
        var times: [Double] = []
        var next = 0
        for frame in 0..<600 {
            for _ in 0..<84 {
                next = (next + 7919) % keys.count
                _ = try? client.mutate(Pod.self, keys[next]) { $0.metadata.annotations["bench"] = "\(frame)" }
            }
            cluster.server.pump()
            let (changes, isReset) = cluster.takeChanges()
            let snapshot = cluster.snapshot()
            let start = wallSeconds()
            console.apply(ClusterUpdate(snapshot: snapshot, changes: changes, isReset: isReset, outcomes: []))
            _ = console.frame(wallSeconds: Double(frame) / 60)
            times.append((wallSeconds() - start) * 1000)
        }
        times.sort()
        return [
            Figure(
                label: "console frame, 150,000 pods and 5,000 changes/s, p99", value: times[times.count * 99 / 100])
        ]
    }
}
