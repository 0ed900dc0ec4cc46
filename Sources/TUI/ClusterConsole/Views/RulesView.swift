import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// The rules of a service proxy as they carry the traffic: of one service as the tree that its packets walk, or all
/// chains of a node. Live, with what has just changed highlighted, and counters.
final class RulesView: ConsoleView {
    private enum Subject: Equatable {
        case service(ObjectKey)
        case node
    }

    private let subject: Subject
    /// Whose rules are shown; for a service any proxy's, as all are alike.
    private var node: String
    private var pager = ScrollText()
    private var rows: [RuleTree.Row] = []
    private var query = ""
    private var shownVersion = -1
    private var shownRevision = -1
    /// Rows by their text, with the wall time at which each came; below zero for those that were there at first.
    private var since: [String: Double] = [:]
    private var fadeEnd = -1.0

    init(service key: ObjectKey, _ state: ConsoleState) {
        subject = .service(key)
        node = state.snapshot.serviceRules.nodes.first ?? ""
    }

    init(node: String) {
        subject = .node
        self.node = node
    }

    let place = KeyPlace.text
    var crumb: String {
        switch subject {
        case .service(let key): "\(key.name) rules"
        case .node: "\(node) rules"
        }
    }

    func title(_ state: ConsoleState) -> [Span] {
        let theme = state.theme
        let rules = state.snapshot.serviceRules
        var spans = [Span(" \(rules.mode) rules", theme[.title]), Span("(", theme[.dim])]
        switch subject {
        case .service(let key): spans.append(Span(key.namespacedName, theme[.accent].bold))
        case .node: spans.append(Span(node, theme[.accent].bold))
        }
        spans.append(Span(")", theme[.dim]))
        if case .service = subject, !node.isEmpty { spans.append(Span(" on \(node)", theme[.dim])) }
        if let synced = rules.syncedRevision(node: node) {
            spans.append(Span(" synced at \(Grouped.text(synced))", theme[.dim]))
        }
        if !query.isEmpty {
            let position = pager.currentMatch.map { $0 + 1 } ?? 0
            spans.append(Span(" /\(query) \(position)/\(pager.matches.count)", theme[.key]))
        }
        return spans + [Span(" ")]
    }

    func footer(_ state: ConsoleState) -> [Span] {
        let rules = rows.reduce(0) { $0 + ($1.isRule ? 1 : 0) }
        return [Span(" \(Grouped.text(rules)) \(rules == 1 ? "rule" : "rules") ", state.theme[.dim])]
    }

    func supports(_ action: Action, _ state: ConsoleState) -> Bool {
        switch action {
        case .filter, .wrap: true
        case .nextMatch, .previousMatch: !pager.matches.isEmpty
        case .back: !query.isEmpty
        case .open, .rules: false
        case _ where action.isMove: true
        default: target(state).map { ObjectActions.supports(action, $0.kind, [$0], state) } ?? false
        }
    }

    private func target(_ state: ConsoleState) -> KubeObject? {
        switch subject {
        case .service(let key): state.objects.object(key)
        case .node: state.objects.object(ObjectKey(.node, name: node))
        }
    }

    func perform(_ action: Action, key: Key, _ state: ConsoleState) -> [Effect] {
        switch action {
        case .wrap: pager.toggleWrap()
        case .nextMatch: pager.nextMatch()
        case .previousMatch: pager.previousMatch()
        case .back: setFilter("", isFinal: true, state)
        case _ where action.isMove:
            if let key = action.widgetKey { _ = pager.handle(key) }
        default:
            guard let object = target(state) else { return [] }
            return ObjectActions.perform(action, object.kind, [object], state)
        }
        return []
    }

    func handle(_ event: MouseEvent, _ state: ConsoleState) -> [Effect] {
        _ = pager.handle(event)
        return []
    }

    var filterText: String? { query }

    func setFilter(_ text: String, isFinal: Bool, _ state: ConsoleState) {
        query = text
        pager.search(text)
    }

    func nextRedraw(_ state: ConsoleState) -> Double? { fadeEnd > state.wall ? state.wall + 0.2 : nil }

    func render(into frame: inout Frame, in rect: Rect, _ state: ConsoleState) {
        let rules = state.snapshot.serviceRules
        if case .service = subject, !rules.nodes.contains(node) { node = rules.nodes.first ?? "" }
        // A service's endpoints change with the store, its rules when the proxy has synced.
        let isOld: Bool
        if case .service = subject { isOld = shownRevision != state.snapshot.revision } else { isOld = false }
        if isOld || rules.version != shownVersion || fadeEnd > 0 {
            refresh(state)
            shownVersion = rules.version
            shownRevision = state.snapshot.revision
        }
        pager.render(into: &frame, in: rect.inset(left: 1), theme: state.theme)
    }

    private func refresh(_ state: ConsoleState) {
        let rules = state.snapshot.serviceRules
        switch subject {
        case .service(let key): rows = RuleTree.service(key, node: node, state.snapshot)
        case .node: rows = RuleTree.chains(rules.chains(node: node))
        }
        let isFirst = since.isEmpty
        var next: [String: Double] = [:]
        fadeEnd = -1
        var lines: [[Span]] = []
        lines.reserveCapacity(rows.count)
        for row in rows {
            let time = since[row.identity] ?? (isFirst ? -10 : state.wall)
            next[row.identity] = time
            let age = state.wall - time
            var spans = row.spans(state.theme)
            if let flash = RowHighlights.flash(age: age / 3, theme: state.theme) {
                spans = spans.map { Span($0.text, flash.over($0.style)) }
                fadeEnd = max(fadeEnd, time + RowHighlights.duration * 3)
            }
            lines.append(spans)
        }
        since = next
        pager.replace(lines: lines)
    }
}
