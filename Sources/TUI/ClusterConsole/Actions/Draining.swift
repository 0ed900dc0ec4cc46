import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// Emptying nodes: the question before, how it goes, and its end.
enum Draining {
    /// Asks whether to drain; or, where all of the nodes are being drained already, whether to go on with that.
    static func ask(_ targets: [KubeObject], _ state: ConsoleState) -> DialogLayer {
        let names = Set(targets.map(\.name))
        let running = state.snapshot.drains.filter { $0.isRunning && names.contains($0.node) }
        return running.count == names.count ? askToStop(names.sorted()) : askToBegin(targets, names, state)
    }

    private static func askToBegin(
        _ targets: [KubeObject], _ names: Set<String>, _ state: ConsoleState
    ) -> DialogLayer {
        var pods = 0
        state.objects.forEach(.pod) { object in
            if let pod = object.as(Pod.self), let node = pod.spec.nodeName, names.contains(node), pod.goesWithDrain {
                pods += 1
            }
            return true
        }
        let cordoned = targets.count == 1 ? "It is cordoned" : "They are cordoned"
        let evicted =
            switch pods {
            case 0: "there are no Pods to evict"
            case 1: "1 Pod is evicted"
            default: "\(Grouped.text(pods)) Pods are evicted"
            }
        let message: [[Span]] = [
            [Span("Drain \(Confirmations.subject(targets))?")], [],
            [Span("\(cordoned), and \(evicted).", state.theme[.warning])],
            [Span("Pods of DaemonSets and static pods stay.", state.theme[.dim])],
        ]
        let dialog = Dialog(
            title: "Drain", message: message, buttons: ["Drain", "Cancel"], focused: 1, isDangerous: true)
        return DialogLayer(dialog) { choice in
            choice == 0 ? names.sorted().map(begin) + [.runAction(.clearMarks)] : []
        }
    }

    /// What is evicted and what waits is shown while it goes on, so that only its end and what went wrong are told.
    private static func begin(_ node: String) -> Effect {
        .send(
            .drain(node),
            onOutcome: { outcome in
                let ends = outcome.messages.filter { $0 == end(of: node) }
                return ends.map { .toast($0, .ok) } + OutcomeText.errors(outcome)
            })
    }

    // MARK: While it runs

    private static func askToStop(_ names: [String]) -> DialogLayer {
        let dialog = Dialog(title: "Drain", message: [], buttons: ["Stop", "Go on"], focused: 1, isDangerous: true)
        return DialogLayer(
            dialog,
            message: { state in
                let drains = state.snapshot.drains.filter { names.contains($0.node) }
                return drains.flatMap { report($0, state) } + [
                    [],
                    [Span("Stopped, \(names.count == 1 ? "it stays" : "they stay") cordoned.", state.theme[.dim])],
                ]
            },
            chosen: { choice in
                choice == 0 ? names.map { .send(.stopDrain($0)) } + [.runAction(.clearMarks)] : []
            })
    }

    /// How a drain goes, pod by pod where pods wait.
    private static func report(_ drain: DrainProgress, _ state: ConsoleState) -> [[Span]] {
        let theme = state.theme
        if !drain.isRunning { return [[Span(news(drain).text, theme[news(drain).role])]] }
        var lines = [[Span("node/\(drain.node) is being drained: ")] + counts([drain], theme)]
        if drain.held.isEmpty { return lines }
        lines.append([])
        lines.append([Span("Held back\(retry([drain], state)):", theme[.warning])])
        let most = 4
        for pod in drain.held.prefix(most) {
            lines.append([Span(pod.key.namespacedName, theme[.warning])])
            let reason = DisplayText.wrapped(pod.reason, to: min(60, state.size.width - 10))
            lines += reason.map { [Span("  " + $0, theme[.dim])] }
        }
        if drain.held.count > most { lines.append([Span("and \(drain.held.count - most) more", theme[.dim])]) }
        return lines
    }

    /// `3/9 evicted · 2 leaving · 4 held back`.
    private static func counts(_ drains: [DrainProgress], _ theme: Theme) -> [Span] {
        func sum(_ count: (DrainProgress) -> Int) -> Int { drains.reduce(0) { $0 + count($1) } }
        var spans = [
            Span("\(Grouped.text(sum(\.evicted)))/\(Grouped.text(sum(\.total)))", theme[.ok].bold), Span(" evicted"),
        ]
        let leaving = sum(\.leaving)
        if leaving > 0 {
            spans += [Span(" · ", theme[.dim]), Span("\(Grouped.text(leaving)) leaving", theme[.pending])]
        }
        let held = sum(\.held.count)
        if held > 0 { spans += [Span(" · ", theme[.dim]), Span("\(Grouped.text(held)) held back", theme[.warning])] }
        return spans
    }

    private static func retry(_ drains: [DrainProgress], _ state: ConsoleState) -> String {
        guard let next = drains.compactMap(\.retry).min() else { return "" }
        return ", tried again in \((next - state.now).humanDuration)"
    }

    /// One line under the page, for as long as nodes are being drained.
    static func renderProgress(
        of drains: [DrainProgress], into frame: inout Frame, in rect: Rect, _ state: ConsoleState
    ) {
        let theme = state.theme
        let subject = drains.count == 1 ? drains[0].node : "\(drains.count) nodes"
        var spans = [Span("draining ", theme[.warning]), Span(subject, theme[.accent].bold), Span("  ")]
        spans += counts(drains, theme)
        if let reason = drains.lazy.flatMap(\.held).first?.reason {
            // Where there is little room, which budget it is comes first.
            let start = "The disruption budget "
            let short = reason.hasPrefix(start) ? "budget " + reason.dropFirst(start.count) : reason
            spans.append(Span("  " + short, theme[.dim]))
        }
        var left = rect.width - 2
        var x = rect.x + 1
        for span in spans where left > 0 {
            frame.putFitted(span.text, x: x, y: rect.y, columns: min(left, span.width), style: span.style)
            x += span.width
            left -= span.width
        }
    }

    // MARK: Its end

    private static func end(of node: String) -> String { "node/\(node) drained" }

    private static func news(_ drain: DrainProgress) -> (text: String, role: Role) {
        let left = drain.total - drain.evicted
        let rest = "\(Grouped.text(left)) of \(Grouped.text(drain.total)) pods"
        return switch drain.phase {
        case .running, .drained: (end(of: drain.node), .ok)
        case .failed: ("node/\(drain.node) is not drained: \(rest) were refused", .error)
        case .stopped: ("Draining node/\(drain.node) was stopped, \(rest) left", .warning)
        }
    }

    /// What to say of drains that have ended since.
    static func news(from old: [DrainProgress], to new: [DrainProgress]) -> [Effect] {
        new.filter { drain in
            !drain.isRunning
                && !old.contains { $0.node == drain.node && $0.started == drain.started && !$0.isRunning }
        }.map { .toast(news($0).text, news($0).role) }
    }
}
