import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// The lines at the top that always show how the cluster is: its time, speed, seed and revision, nodes, pods by phase,
/// CPU and memory requested of what there is, and API writes a second.
enum HeaderView {
    static let height = 3

    static func render(into frame: inout Frame, in rect: Rect, _ state: ConsoleState) {
        if rect.width >= 112 {
            renderWide(into: &frame, in: rect, state)
        } else {
            renderNarrow(into: &frame, in: rect, state)
        }
    }

    // MARK: Pieces

    static func time(_ state: ConsoleState) -> String {
        let text = state.now.rfc3339
        return String(text.map { $0 == "T" ? " " : $0 })
    }

    static func speed(_ state: ConsoleState) -> Span {
        let snapshot = state.snapshot
        if snapshot.isClockPaused { return Span(" PAUSED ", state.theme[.match].bold) }
        return Span(speedText(snapshot.speed), state.theme[.ok].bold)
    }

    static func speedText(_ speed: Double) -> String {
        if !speed.isFinite { return "max" }
        if speed >= 1, speed == speed.rounded() { return "\(Grouped.text(Int(speed)))×" }
        // Three digits are enough, wherever they begin.
        var scale = 1000.0
        while speed > 0, speed * scale < 100 { scale *= 10 }
        return "\((speed * scale).rounded() / scale)×"
    }

    private static func nodes(_ state: ConsoleState) -> [Span] {
        let statistics = state.snapshot.statistics
        let isWhole = statistics.nodesReady == statistics.nodes
        return [
            Span("nodes ", state.theme[.dim]),
            Span(
                "\(Grouped.text(statistics.nodesReady))/\(Grouped.text(statistics.nodes))",
                state.theme[isWhole ? .ok : .error].bold),
            Span(" ready", state.theme[.dim]),
        ]
    }

    /// Pods by phase: those there are none of are left out, but for the running ones.
    private static func phases(_ state: ConsoleState, isShort: Bool) -> [Span] {
        let statistics = state.snapshot.statistics
        let phases: [(count: Int, name: String, short: String, role: Role)] = [
            (statistics.podsRunning, "running", "run", .ok), (statistics.podsPending, "pending", "pend", .warning),
            (statistics.podsSucceeded, "succeeded", "done", .dim), (statistics.podsFailed, "failed", "fail", .error),
            (statistics.podsUnknown, "unknown", "unkn", .error),
            (statistics.podsTerminating, "terminating", "term", .pending),
        ]
        var spans: [Span] = []
        for (index, phase) in phases.enumerated() where phase.count > 0 || index == 0 {
            spans.append(Span(" \(Grouped.text(phase.count))", state.theme[phase.role].bold))
            spans.append(Span(" " + (isShort ? phase.short : phase.name), state.theme[phase.role]))
        }
        return spans
    }

    /// The phases in `room` columns: in words, in short, and where that is too long, too, as many as are whole.
    private static func phases(_ state: ConsoleState, room: Int) -> [Span] {
        let long = phases(state, isShort: false)
        if width(long) <= room { return long }
        let short = phases(state, isShort: true)
        var spans: [Span] = []
        for start in stride(from: 0, to: short.count, by: 2) {
            let phase = short[start..<start + 2]
            let sign = start + 2 < short.count ? 2 : 0
            if width(spans) + width(Array(phase)) + sign > room { return spans + [Span(" …", state.theme[.dim])] }
            spans += phase
        }
        return spans
    }

    /// The seed and the revision in `room` columns: of a long seed its beginning, since the revision moves.
    private static func seed(_ state: ConsoleState, room: Int) -> [Span] {
        let theme = state.theme
        let revision = Grouped.text(state.snapshot.revision)
        let left = room - DisplayText.width("seed   rev " + revision)
        return [
            Span("seed ", theme[.dim]), Span(DisplayText.truncated("\(state.snapshot.seed)", to: max(2, left))),
            Span("  rev ", theme[.dim]), Span(revision),
        ]
    }

    private static func width(_ spans: [Span]) -> Int { spans.reduce(0) { $0 + $1.width } }

    private static func cores(_ milli: Int) -> String {
        let value = Double(milli) / 1000
        return value < 100 ? String((value * 10).rounded() / 10) : Grouped.text(Int(value.rounded()))
    }

    private static func gibibytes(_ bytes: Int) -> String {
        let value = Double(bytes) / Double(1 << 30)
        return value < 100 ? String((value * 10).rounded() / 10) : Grouped.text(Int(value.rounded()))
    }

    private struct Gauge {
        var label: String
        var fraction: Double
        var percent: String
        var amount: String
    }

    private static func gauges(_ state: ConsoleState) -> (cpu: Gauge, memory: Gauge) {
        let statistics = state.snapshot.statistics
        func gauge(_ label: String, _ part: Int, _ whole: Int, _ text: (Int) -> String, _ unit: String) -> Gauge {
            let fraction = whole > 0 ? Double(part) / Double(whole) : 0
            let percent = "\(Int((fraction * 100).rounded()))%"
            return Gauge(
                label: label, fraction: fraction, percent: percent, amount: "\(text(part))/\(text(whole)) \(unit)")
        }
        return (
            gauge("cpu", statistics.requested.milliCPU, statistics.allocatable.milliCPU, cores, "cores"),
            gauge("mem", statistics.requested.memory, statistics.allocatable.memory, gibibytes, "GiB")
        )
    }

    private static func render(
        _ gauge: Gauge, into frame: inout Frame, in rect: Rect, showsAmount: Bool, _ state: ConsoleState
    ) {
        let percent = DisplayText.padded(gauge.percent, to: 4, alignment: .trailing)
        let caption = showsAmount ? percent + "  " + DisplayText.padded(gauge.amount, to: 17) : percent
        Bar(label: gauge.label, fraction: gauge.fraction, caption: caption).render(
            into: &frame, in: rect, theme: state.theme)
    }

    private static func renderWrites(into frame: inout Frame, in rect: Rect, captionWidth: Int, _ state: ConsoleState) {
        let caption = DisplayText.padded(
            "\(Grouped.text(state.writes.latest))/s", to: captionWidth,
            alignment: captionWidth > 8 ? .leading : .trailing)
        let labelWidth = 4
        let values = state.writes.last(max(1, rect.width - labelWidth - DisplayText.width(caption) - 1))
        Sparkline(label: "api", values: values, caption: caption).render(into: &frame, in: rect, theme: state.theme)
    }

    // MARK: Layouts

    /// 112 columns and more: three columns of three lines.
    private static func renderWide(into frame: inout Frame, in rect: Rect, _ state: ConsoleState) {
        let theme = state.theme
        let columns = rect.inset(left: 1, right: 1).columns(.fixed(28), .fixed(rect.width >= 140 ? 48 : 38), .flex())
        let left = columns[0]
        frame.put(
            [Span("drydock", theme[.title]), Span("  "), speed(state)], x: left.x, y: left.y, columns: left.width)
        frame.put(time(state), x: left.x, y: left.y + 1, style: theme[.text].bold, columns: left.width)
        frame.put(seed(state, room: left.width - 1), x: left.x, y: left.y + 2, columns: left.width)
        let middle = columns[1]
        frame.put(nodes(state) + offNodes(state), x: middle.x, y: middle.y, columns: middle.width - 2)
        let statistics = state.snapshot.statistics
        frame.put(
            [
                Span("pods  ", theme[.dim]), Span(Grouped.text(statistics.pods), theme[.text].bold),
                Span("  ready ", theme[.dim]), Span(Grouped.text(statistics.podsReady), theme[.ok].bold),
            ], x: middle.x, y: middle.y + 1, columns: middle.width - 2)
        frame.put(
            phases(state, room: middle.width - 7), x: middle.x + 5, y: middle.y + 2, columns: middle.width - 7)
        let right = columns[2]
        let gauges = gauges(state)
        render(gauges.cpu, into: &frame, in: right.row(0), showsAmount: true, state)
        render(gauges.memory, into: &frame, in: right.row(1), showsAmount: true, state)
        renderWrites(into: &frame, in: right.row(2), captionWidth: 23, state)
    }

    /// Machines without power, which the API server notices only later.
    private static func offNodes(_ state: ConsoleState) -> [Span] {
        let count = state.snapshot.poweredOffNodes.count
        return count == 0 ? [] : [Span("  \(Grouped.text(count)) off", state.theme[.error].bold)]
    }

    /// 60 columns and more: one line each for the clock, the objects, the load.
    private static func renderNarrow(into frame: inout Frame, in rect: Rect, _ state: ConsoleState) {
        let theme = state.theme
        let area = rect.inset(left: 1, right: 1)
        let clock = [Span(time(state), theme[.text].bold), Span("  "), speed(state), Span("  ")]
        frame.put(
            clock + seed(state, room: area.width - width(clock)), x: area.x, y: area.y, columns: area.width)
        let rest = offNodes(state) + [Span("  pods", theme[.dim])]
        var spans = nodes(state) + rest + phases(state, isShort: false)
        if width(spans) > area.width {
            let start = nodes(state).dropLast() + rest
            spans = start + phases(state, room: area.width - width(Array(start)))
        }
        frame.put(spans, x: area.x, y: area.y + 1, columns: area.width)
        let columns = area.row(2).columns(.flex(), .fixed(2), .flex(), .fixed(2), .flex())
        let gauges = gauges(state)
        render(gauges.cpu, into: &frame, in: columns[0], showsAmount: false, state)
        render(gauges.memory, into: &frame, in: columns[2], showsAmount: false, state)
        renderWrites(into: &frame, in: columns[4], captionWidth: 7, state)
    }
}
