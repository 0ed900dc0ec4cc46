import ClusterCore
import KubeAPI
import KubeClient

/// What containers use, as cAdvisor would measure it: a function of the container and the time alone, so nothing is
/// sampled, stored or ticked, and it can be asked of any snapshot.
///
/// A container uses a share of what it requests that is its own, and wanders slowly around it; memory rises over the
/// first two minutes. One that requests nothing idles with a few thousandths of a core and some tens of MiB. Scripted
/// usage (`drydock.dev/cpu-usage`, `drydock.dev/memory-usage`) is kept to. Limits bound everything.
package enum UsageModel {
    /// How often usage is measured, and over which window: metrics-server's resolution.
    package static let resolution = Interval.seconds(15)

    package struct Usage: Equatable, Sendable {
        /// Billionths of a core.
        package var nanoCPU = 0
        /// Working set, in bytes.
        package var memory = 0
    }

    /// The usage of a pod's running containers; nil if none runs. Follows metrics.k8s.io/v1beta1.
    package static func podMetrics(of pod: Pod, at now: Instant) -> PodMetrics? {
        let time = sampleTime(now)
        let usages = containers(of: pod, at: time)
        guard !usages.isEmpty else { return nil }
        var metrics = PodMetrics(name: pod.name, namespace: pod.namespace)
        metrics.metadata.labels = pod.labels
        metrics.metadata.creationTimestamp = now.time
        metrics.timestamp = time.time
        metrics.window = resolution.description
        metrics.containers = usages.map { name, usage in
            var container = ContainerMetrics()
            container.name = name
            container.usage = list(usage)
            return container
        }
        return metrics
    }

    /// The usage of a node: its pods' and that of the system itself.
    package static func nodeMetrics(of node: Node, pods: some Sequence<Pod>, at now: Instant) -> NodeMetrics {
        let time = sampleTime(now)
        let seed = StableHash.hash(node.name)
        var total = Usage(
            nanoCPU: 40_000_000 + wander(seed, time, of: 60_000_000),
            memory: (420 << 20) + wander(seed ^ 1, time, of: 180 << 20))
        for pod in pods {
            for (_, usage) in containers(of: pod, at: time) {
                total.nanoCPU = min(total.nanoCPU + usage.nanoCPU, mostNano)
                total.memory = min(total.memory + usage.memory, Quantity.largestAccounted)
            }
        }
        if let cores = node.status.capacity["cpu"] { total.nanoCPU = min(total.nanoCPU, nano(cores)) }
        if let memory = node.status.capacity["memory"] { total.memory = min(total.memory, memory.accountedValue) }
        var metrics = NodeMetrics(name: node.name)
        metrics.metadata.labels = node.labels
        metrics.metadata.creationTimestamp = now.time
        metrics.timestamp = time.time
        metrics.window = resolution.description
        metrics.usage = list(total)
        return metrics
    }

    /// A million cores: no machine has more, and thousands of them still add up.
    private static let mostNano = 1_000_000_000_000_000

    private static func nano(_ cores: Quantity) -> Int {
        min(max(cores.accountedMilliValue, 0), mostNano / 1_000_000) * 1_000_000
    }

    /// When the last measurement before `now` was made.
    private static func sampleTime(_ now: Instant) -> Instant {
        let period = resolution.nanoseconds
        return Instant(nanoseconds: now.nanoseconds - now.nanoseconds % period)
    }

    private static func list(_ usage: Usage) -> StringMap<Quantity> {
        [
            "cpu": Quantity("\(usage.nanoCPU)n") ?? Quantity(),
            "memory": Quantity("\(usage.memory / 1024)Ki") ?? Quantity(),
        ]
    }

    /// The running containers of a pod with their usage.
    private static func containers(of pod: Pod, at time: Instant) -> [(name: String, usage: Usage)] {
        let specs = pod.spec.initContainers + pod.spec.containers
        let statuses = pod.status.initContainerStatuses + pod.status.containerStatuses
        var mistakes: [ScriptAnnotations.Mistake] = []
        let scripts = ScriptAnnotations.scripts(of: pod, &mistakes)
        var result: [(name: String, usage: Usage)] = []
        for (index, spec) in specs.enumerated() {
            guard let status = statuses.first(where: { $0.name == spec.name }),
                let running = status.state?.running, let id = status.containerID
            else { continue }
            let age = time - (running.startedAt?.instant ?? time)
            result.append(
                (spec.name, usage(of: spec, script: scripts?[index], seed: StableHash.hash(id), age: age, time)))
        }
        return result
    }

    private static func usage(
        of container: Container, script: ContainerScript?, seed: UInt64, age: Interval, _ time: Instant
    ) -> Usage {
        let requests = container.resources?.requests ?? [:]
        let limits = container.resources?.limits ?? [:]
        var usage = Usage()
        if let cpu = script?.cpuUsage {
            usage.nanoCPU = min(cpu, mostNano / 1_000_000) * 1_000_000
        } else if let request = requests["cpu"].map({ nano($0) / 1_000_000 }), request > 0 {
            // Between a quarter and three quarters of the request, and up to a quarter more or less of that.
            let nominal = request * 250_000 + Int(scramble(seed) % UInt64(request * 500_000))
            usage.nanoCPU = nominal - nominal / 4 + wander(seed ^ 2, time, of: nominal / 2)
        } else {
            usage.nanoCPU = 500_000 + wander(seed ^ 2, time, of: 4_500_000)
        }
        if let memory = script?.memoryUsage {
            usage.memory = memory
        } else {
            let request = requests["memory"]?.accountedValue ?? 0
            let nominal =
                request > 0
                ? request / 2 + Int(scramble(seed ^ 3) % UInt64(request)) * 2 / 5
                : (12 << 20) + Int(scramble(seed ^ 3) % (48 << 20))
            let wandering = nominal - nominal / 20 + wander(seed ^ 4, time, of: nominal / 10)
            let warm = min(max(age.nanoseconds / 1_000_000_000, 0), 120)
            usage.memory = wandering / 2 + wandering / 2 * Int(warm) / 120
        }
        if let limit = limits["cpu"].map(nano), limit > 0 { usage.nanoCPU = min(usage.nanoCPU, limit) }
        if let limit = limits["memory"]?.accountedValue, limit > 0 { usage.memory = min(usage.memory, limit) }
        return usage
    }

    /// A number from 0 to `range` that changes slowly and smoothly with time: heights drawn for each four minutes, and
    /// half as high ones for each fifty seconds, joined by straight lines. Whole numbers only, so alike everywhere.
    private static func wander(_ seed: UInt64, _ time: Instant, of range: Int) -> Int {
        let slow = height(seed, time, period: 240)
        let fast = height(seed ^ 0xFA57, time, period: 50)
        return range / 1500 * (slow + fast / 2) + range % 1500 * (slow + fast / 2) / 1500
    }

    /// From 0 to 1000.
    private static func height(_ seed: UInt64, _ time: Instant, period: Int64) -> Int {
        let seconds = time.seconds
        let step = seconds / period
        let part = Int(seconds % period)
        let from = Int(scramble(seed ^ UInt64(bitPattern: step) &* 0x9E37_79B9) % 1001)
        let to = Int(scramble(seed ^ UInt64(bitPattern: step + 1) &* 0x9E37_79B9) % 1001)
        return from + (to - from) * part / Int(period)
    }
}

extension Kubelet {
    /// Usage of a pod of this node as of the last measurement; nil when nothing of it runs here.
    package func podMetrics(namespace: String, name: String) -> PodMetrics? {
        guard power == .on, let pod = client.get(Pod.self, namespace: namespace, name: name),
            pod.spec.nodeName == configuration.name
        else { return nil }
        return UsageModel.podMetrics(of: pod, at: loop.now)
    }

    /// Usage of the node as of the last measurement; nil while it is off. O(pods of the node).
    package func nodeMetrics() -> NodeMetrics? {
        guard power == .on, let node = client.get(Node.self, name: configuration.name) else { return nil }
        return UsageModel.nodeMetrics(
            of: node, pods: workers.lazy.compactMap { $0?.lifecycle.pod }, at: loop.now)
    }
}
