import Foundation

/// One number of the design: how it is measured, and what it is held against.
struct Measurement: Sendable {
    struct Figure {
        var label: String
        var value: Double
    }

    /// What a figure is held against.
    struct Bound: Sendable {
        var label: String
        var unit: String
        var floor: Double
        var aim: Double
        var isLargerBetter = false
    }

    var name: String
    var bounds: [Bound]
    /// How often it is taken, at least once, each time in a process of its own; the best of each figure counts. More
    /// than once for what takes seconds only, in which the speed of a shared machine moves by half.
    var runs = 1
    var body: @Sendable () -> [Figure]

    static let all: [Measurement] = [
        startup, rollout10k, rollout150k, idleMemory, podCoding, endpointChange, consoleFrame, changeToScreen,
        virtualTime, gatewayList, gatewayRequests, gatewayDurable, gatewayWatch,
    ]
}

/// Runs a measurement in child processes.
enum Runner {
    /// The best figures of all runs; those of a run that failed are missing, and fail the measurement.
    static func run(_ measurement: Measurement) -> [String: Double] {
        var best = once(measurement)
        for _ in 1..<measurement.runs {
            let figures = once(measurement)
            for bound in measurement.bounds {
                guard let old = best[bound.label], let new = figures[bound.label] else {
                    best[bound.label] = nil
                    continue
                }
                best[bound.label] = bound.isLargerBetter ? max(old, new) : min(old, new)
            }
        }
        return best
    }

    private static func once(_ measurement: Measurement) -> [String: Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--measure", measurement.name]
        let pipe = Pipe()
        process.standardOutput = pipe
        do { try process.run() } catch { return [:] }
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var figures: [String: Double] = [:]
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: "\t")
            if parts.count == 2 { figures[String(parts[0])] = Double(parts[1]) }
        }
        return figures
    }
}

/// Prints figures beside their floors and aims as they come.
struct Table {
    private(set) var missed = false

    init() { Table.row("what", "figure", "floor", "aim", "") }

    mutating func add(_ measurement: Measurement, _ figures: [String: Double]) {
        for bound in measurement.bounds {
            guard let value = figures[bound.label] else {
                missed = true
                Table.row(
                    bound.label, "failed", Table.text(bound.floor, bound.unit), Table.text(bound.aim, bound.unit), "✗")
                continue
            }
            let meets = { (limit: Double) in bound.isLargerBetter ? value >= limit : value <= limit }
            if !meets(bound.floor) { missed = true }
            Table.row(
                bound.label, Table.text(value, bound.unit), Table.text(bound.floor, bound.unit),
                Table.text(bound.aim, bound.unit),
                meets(bound.aim) ? "✓✓" : meets(bound.floor) ? "✓" : "✗ below its floor")
        }
    }

    private static func text(_ value: Double, _ unit: String) -> String {
        let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
        return String(format: "%.\(digits)f ", value) + unit
    }

    private static func row(_ cells: String...) {
        let widths = [62, 16, 16, 16]
        var line = ""
        for (index, cell) in cells.enumerated() {
            line += index < widths.count ? cell.padding(toLength: widths[index], withPad: " ", startingAt: 0) : cell
        }
        print(line)
        fflush(nil)
    }
}

/// Seconds of wall time since some moment.
func wallSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// A field of /proc/self/status, in MiB: `VmRSS` now, `VmHWM` at most.
func memory(_ field: String) -> Double {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return .nan }
    for line in status.split(separator: "\n") where line.hasPrefix(field + ":") {
        let kilobytes = line.split(separator: " ").compactMap { Double($0) }.first ?? .nan
        return kilobytes / 1024
    }
    return .nan
}
