import ArgumentParser
import ClusterCore
import KubeAPI
import KubeCluster

/// What every command that makes a cluster takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, parsing: .unconditional, help: ArgumentHelp("How many nodes: 1 to 130000.", valueName: "N"))
    var nodes = 5

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp("How many zones the nodes are spread over: 1 to 130000.", valueName: "Z"))
    var zones = 3

    @Option(name: .long, parsing: .unconditional, help: "The CPU of a node, as a Kubernetes quantity: 4 or 3500m.")
    var nodeCpu: QuantityArgument = QuantityArgument(quantity: "4")

    @Option(name: .long, parsing: .unconditional, help: "The memory of a node, as a Kubernetes quantity: 16Gi.")
    var nodeMemory: QuantityArgument = QuantityArgument(quantity: "16Gi")

    @Option(name: .long, parsing: .unconditional, help: "The most pods that a node takes: 1 to 1000.")
    var podsPerNode = 110

    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Manifests to apply at the start: a YAML or JSON file, a folder of them, or - for standard input. Repeatable.",
            valueName: "FILE"))
    var files: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: """
            The seed of all chance, a number from 0 to \(Int.max): the same seed and arguments give the same history.
            """)
    var seed: UInt64 = 1

    @Option(
        name: .long, parsing: .unconditional,
        help: """
            Virtual seconds a real second: 1, 10, 0.5, or max. What is not given is 1, and max where nobody looks on \
            (simulate).
            """)
    var speed: SpeedArgument?

    @Option(
        name: .customLong("client-qps"),
        help: "'upstream' limits the requests of controllers, scheduler and kubelets as Kubernetes' clients do.")
    var clientQPS: ClientQPS = .unlimited

    @Option(
        name: .long,
        help: "The least urgent of what is said on standard error: debug, info, warning or error.")
    var logLevel: LogLevel?

    func validate() throws {
        if seed > Int.max { throw ValidationError("--seed is \(seed); it goes from 0 to \(Int.max).") }
        if nodes < 1 || nodes > 130_000 { throw ValidationError("--nodes is \(nodes); it goes from 1 to 130000.") }
        if zones < 1 || zones > 130_000 { throw ValidationError("--zones is \(zones); it goes from 1 to 130000.") }
        if podsPerNode < 1 || podsPerNode > 1000 {
            throw ValidationError("--pods-per-node is \(podsPerNode); it goes from 1 to 1000.")
        }
        if nodeCpu.quantity.milliValue < 100 || nodeCpu.quantity.value > 1_000_000 {
            throw ValidationError("--node-cpu is \(nodeCpu.quantity.text); it goes from 100m to 1M.")
        }
        if nodeMemory.quantity.value < 64 << 20 || nodeMemory.quantity.value > 1 << 50 {
            throw ValidationError("--node-memory is \(nodeMemory.quantity.text); it goes from 64Mi to 1Pi.")
        }
    }

    func configuration(start: Instant) -> Cluster.Configuration {
        var configuration = Cluster.Configuration()
        configuration.nodes = nodes
        configuration.zones = zones
        configuration.nodeCPU = nodeCpu.quantity
        configuration.nodeMemory = nodeMemory.quantity
        configuration.podsPerNode = podsPerNode
        configuration.seed = seed
        configuration.start = start
        configuration.hasUpstreamRateLimits = clientQPS == .upstream
        return configuration
    }
}

enum ClientQPS: String, ExpressibleByArgument, CaseIterable {
    case unlimited, upstream
}

struct QuantityArgument: ExpressibleByArgument {
    var quantity: Quantity

    init(quantity: Quantity) { self.quantity = quantity }

    init?(argument: String) {
        guard let quantity = Quantity(argument), !quantity.isNegative else { return nil }
        self.quantity = quantity
    }

    var defaultValueDescription: String { quantity.text }
}

/// Virtual seconds a real second: `1`, `10`, `0.5`, or `max`.
struct SpeedArgument: ExpressibleByArgument {
    var speed: Double

    init(speed: Double) { self.speed = speed }

    init?(argument: String) {
        if argument == "max" {
            speed = .infinity
        } else {
            let number = argument.hasSuffix("x") ? String(argument.dropLast()) : argument
            guard let value = Double(number), value > 0, value <= 1_000_000 else { return nil }
            speed = value
        }
    }

    var defaultValueDescription: String {
        speed == speed.rounded() && speed.isFinite ? String(Int(speed)) : String(speed)
    }
}

/// A span of virtual time as Go writes it: `30s`, `10m`, `1h30m`.
struct DurationArgument: ExpressibleByArgument {
    /// A century: some time after that the clock's nanoseconds end.
    private static let longest = Interval.minutes(60 * 24 * 365 * 100)

    var interval: Interval

    init(interval: Interval) { self.interval = interval }

    init?(argument: String) {
        guard let interval = Interval(goDuration: argument), interval >= .zero, interval <= Self.longest
        else { return nil }
        self.interval = interval
    }

    var defaultValueDescription: String { interval.description }
}
