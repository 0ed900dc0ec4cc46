import Foundation

/// One number of the design: how it is measured, and what it is held against.
struct Measurement: Sendable {
    /// What a figure is, and what it is held against.
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
    /// A figure for each bound, in their order; none if it failed.
    var body: @Sendable () -> [Double]

    static let all: [Measurement] = [
        startup, rollout10k, rollout150k, idleMemory, podCoding, endpointChange, consoleFrame, changeToScreen,
        virtualTime, gatewayList, gatewayRequests, gatewayDurable, gatewayWatch,
    ]
}

/// Runs a measurement in child processes.
enum Runner {
    /// The best of each figure over all runs; none if one of them failed.
    static func run(_ measurement: Measurement) -> [Double] {
        let runs = (0..<measurement.runs).map { _ in once(measurement) }
        if runs.contains(where: \.isEmpty) { return [] }
        return measurement.bounds.indices.compactMap { index in
            let figures = runs.map { $0[index] }
            return measurement.bounds[index].isLargerBetter ? figures.max() : figures.min()
        }
    }

    private static func once(_ measurement: Measurement) -> [Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--measure", measurement.name]
        let pipe = Pipe()
        process.standardOutput = pipe
        do { try process.run() } catch { return [] }
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let figures = output.split(separator: "\n").compactMap { Double($0) }
        return figures.count == measurement.bounds.count ? figures : []
    }
}

/// Prints figures beside their floors and aims as they come.
enum Table {
    static func begin(_ title: String) { row(title, "figure", "floor", "aim", "") }

    /// - Parameter figures: None if the measurement failed.
    /// - Returns: Whether every figure meets its floor.
    static func add(_ measurement: Measurement, _ figures: [Double]) -> Bool {
        var isMet = true
        for (index, bound) in measurement.bounds.enumerated() {
            guard index < figures.count else {
                isMet = false
                row(bound.label, "failed", text(bound.floor, bound.unit), text(bound.aim, bound.unit), "✗")
                continue
            }
            let value = figures[index]
            let meets = { (limit: Double) in bound.isLargerBetter ? value >= limit : value <= limit }
            if !meets(bound.floor) { isMet = false }
            row(
                bound.label, text(value, bound.unit), text(bound.floor, bound.unit), text(bound.aim, bound.unit),
                meets(bound.aim) ? "✓✓" : meets(bound.floor) ? "✓" : "✗ below its floor")
        }
        return isMet
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

/// Of a hundred values the one that only one is above; infinity of none.
func percentile99(_ values: [Double]) -> Double {
    values.isEmpty ? .infinity : values.sorted()[values.count * 99 / 100]
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// A field of /proc/self/status, in MiB: `VmRSS` now, `VmHWM` at most.
func memory(_ field: String) -> Double {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return .nan }
    for line in status.split(separator: "\n") where line.hasPrefix(field + ":") {
        let kilobytes = line.split(separator: " ").compactMap { Double($0) }.first ?? .nan
        return kilobytes / 1024
    }
    return .nan
}
