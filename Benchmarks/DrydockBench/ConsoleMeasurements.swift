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

    /// Runs a program without its output; its status. Not by `Process`, which looks for the end only now and then.
    private static func run(_ program: String, _ arguments: String...) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        guard posix_spawn(&process, program, &actions, nil, &words, environ) == 0 else { return -1 }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
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
            let start = wallSeconds()
            guard run(drydock.path, "frame", "--size", "120x40") == 0 else { return [] }
            times.append((wallSeconds() - start) * 1000)
        }
        return [median(times)]
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
        return [memory("VmRSS")]
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
        return [percentile99(times)]
    }
}
