import ClusterCore
import KubeAPI

/// How long the simulated runtime takes for one pod. Each time is drawn from the node's seed and what it is for, so
/// nothing is stored and no draw depends on another.
package struct PodLatencies: Sendable {
    private let seed: UInt64

    /// `node` is the node's seed; `identity` tells the pod from others.
    package init(node: UInt64, identity: UInt64) { seed = scramble(node ^ identity) }

    private func draw(_ salt: UInt64, _ from: Int, _ to: Int) -> Interval {
        .milliseconds(from + Int(scramble(seed ^ salt) % UInt64(to - from)))
    }

    /// Pod sandbox with its network: 150 to 450 ms.
    var sandbox: Interval { draw(1, 150, 450) }

    /// Creating and starting a container: 100 to 400 ms.
    func start(container: Int, attempt: Int) -> Interval {
        draw(2 ^ UInt64(container) << 8 ^ UInt64(attempt) << 24, 100, 400)
    }

    /// From SIGTERM to the end of a container without a script: 50 to 900 ms.
    func stop(container: Int, attempt: Int) -> Interval {
        draw(3 ^ UInt64(container) << 8 ^ UInt64(attempt) << 24, 50, 900)
    }

    /// What an init container without a script takes from its start to its end: 500 to 2500 ms.
    func initialWork(container: Int, attempt: Int) -> Interval {
        draw(7 ^ UInt64(container) << 8 ^ UInt64(attempt) << 24, 500, 2500)
    }

    /// Until the kubelet looks at a pod again whose sync failed: the delay, and up to a half of it more.
    func requeue(after delay: Interval, sync: Int) -> Interval {
        let milliseconds = Int((delay.nanoseconds + 999_999) / 1_000_000)
        guard milliseconds > 1 else { return delay }
        return draw(4 ^ UInt64(sync) << 24, milliseconds, milliseconds + milliseconds / 2)
    }

    /// Giving running containers other limits: 100 to 900 ms.
    var resize: Interval { draw(6, 100, 900) }

    /// Of a sandbox that the runtime set out to make: 64 hexadecimal digits.
    func sandboxID(attempt: Int) -> String { hexadecimal(seed ^ 8 ^ UInt64(attempt) << 24, count: 64) }

    /// As in `containerd://` and 64 hexadecimal digits.
    func containerID(container: Int, attempt: Int) -> String {
        "containerd://" + hexadecimal(seed ^ 5 ^ UInt64(container) << 8 ^ UInt64(attempt) << 24, count: 64)
    }
}
