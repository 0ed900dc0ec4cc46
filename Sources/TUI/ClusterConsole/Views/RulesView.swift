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
    private var hasNode = true

    init(service key: ObjectKey, _ state: ConsoleState) {
        subject = .service(key)
        node = state.snapshot.serviceRules.nodes.first ?? ""
    }

    init(node: String) {
        subject = .node
        self.node = node
    }

    var kind: ResourceKind? { subject == .node ? .node : .service }

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
        return [Span(" \(Grouped.text(rules)) rules ", state.theme[.dim])]
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
        if event.action == .wheelUp { pager.scroll(by: -3) }
        if event.action == .wheelDown { pager.scroll(by: 3) }
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

/// Chains as lines: a service's as a tree, where each jump is followed by the chain that it leads to.
enum RuleTree {
    struct Row {
        enum Part {
            case heading(String, detail: String)
            case chain(ServiceRuleChain)
            case rule(ServiceRule, chain: String)
            case note(String, Role)
            case blank
        }

        var part: Part
        /// The lines that lead to it: `│  ├─ `.
        var lead = ""

        var isRule: Bool { if case .rule = part { true } else { false } }

        /// What tells it from all others; without counters, so that traffic is no change.
        var identity: String {
            switch part {
            case .heading(let text, _): "h " + text
            case .chain(let chain): "c \(chain.table) \(chain.name)"
            case .rule(let rule, let chain): "r \(chain) \(rule.text)"
            case .note(let text, _): "n " + text
            case .blank: ""
            }
        }

        func spans(_ theme: Theme) -> [Span] {
            switch part {
            case .heading(let text, let detail): return [Span(text, theme[.title]), Span("  " + detail, theme[.dim])]
            case .chain(let chain):
                return [
                    Span(lead, theme[.dim]), Span(chain.name, theme[.key].bold), Span("  \(chain.table)", theme[.dim]),
                ]
            case .rule(let rule, _):
                let counters = "[\(Grouped.text(rule.packets)):\(Grouped.text(rule.bytes))] "
                return [Span(lead, theme[.dim]), Span(counters, rule.packets > 0 ? theme[.chart] : theme[.dim])]
                    + RuleColors.spans(rule.text, theme)
            case .note(let text, let role): return [Span(lead, theme[.dim]), Span(text, theme[role])]
            case .blank: return []
            }
        }
    }

    /// All chains one after the other.
    static func chains(_ chains: [ServiceRuleChain]) -> [Row] {
        if chains.isEmpty { return [Row(part: .note("No proxy has synced on this node.", .warning))] }
        var rows: [Row] = []
        for chain in chains {
            rows.append(Row(part: .chain(chain)))
            for (index, rule) in chain.rules.enumerated() {
                rows.append(
                    Row(part: .rule(rule, chain: chain.name), lead: index == chain.rules.count - 1 ? "└─ " : "├─ "))
            }
            rows.append(Row(part: .blank))
        }
        return rows
    }

    /// A service: its endpoints, then the way of a packet from the first chain on.
    static func service(_ key: ObjectKey, node: String, _ snapshot: ClusterSnapshot) -> [Row] {
        var rows = endpoints(key, snapshot)
        let chains = snapshot.serviceRules.chains(namespace: key.namespace, service: key.name, node: node)
        if chains.isEmpty {
            rows.append(Row(part: .note("The proxy has no rules for this service.", .warning)))
            return rows
        }
        rows.append(Row(part: .heading("Rules", detail: "[packets:bytes] as iptables-save prints them")))
        var byName: [String: ServiceRuleChain] = [:]
        for chain in chains { byName[chain.table + " " + chain.name] = chain }
        var targets: Set<String> = []
        for chain in chains { for rule in chain.rules { targets.insert(chain.table + " " + rule.target) } }
        var visited: Set<String> = []
        for chain in chains where !targets.contains(chain.table + " " + chain.name) {
            add(chain, lead: "", byName: byName, visited: &visited, into: &rows)
        }
        // Chains that lead to each other in a circle would have no beginning.
        for chain in chains where !visited.contains(chain.table + " " + chain.name) {
            add(chain, lead: "", byName: byName, visited: &visited, into: &rows)
        }
        return rows
    }

    private static func add(
        _ chain: ServiceRuleChain, lead: String, byName: [String: ServiceRuleChain], visited: inout Set<String>,
        into rows: inout [Row]
    ) {
        let name = chain.table + " " + chain.name
        let isKnown = !visited.insert(name).inserted
        if lead.isEmpty { rows.append(Row(part: .chain(chain), lead: lead)) }
        if isKnown { return }
        for (index, rule) in chain.rules.enumerated() {
            let isLast = index == chain.rules.count - 1
            rows.append(Row(part: .rule(rule, chain: chain.name), lead: lead + (isLast ? "└─ " : "├─ ")))
            if let next = byName[chain.table + " " + rule.target] {
                let deeper = lead + (isLast ? "   " : "│  ")
                if visited.contains(chain.table + " " + next.name) {
                    if !next.rules.isEmpty {
                        rows.append(Row(part: .note("see \(next.name) above", .dim), lead: deeper + "└─ "))
                    }
                } else {
                    add(next, lead: deeper, byName: byName, visited: &visited, into: &rows)
                }
            }
        }
    }

    private static func endpoints(_ key: ObjectKey, _ snapshot: ClusterSnapshot) -> [Row] {
        guard let service = snapshot.objects.object(key)?.as(Service.self) else {
            return [Row(part: .note("The service is gone.", .error)), Row(part: .blank)]
        }
        let ports = service.spec.ports.map { port in
            let name = port.name.map { "\($0) " } ?? ""
            let node = port.nodePort.map { ":\($0)" } ?? ""
            return "\(name)\(port.port)\(node)/\(port.protocol ?? "TCP")"
        }
        let address = service.spec.clusterIP ?? "no address yet"
        var rows = [
            Row(
                part: .heading(
                    "Service", detail: "\(service.spec.type ?? "ClusterIP") \(address) \(ports.joined(separator: ", "))"))
        ]
        var lines: [Row] = []
        snapshot.objects.forEach(.endpointSlice, namespace: key.namespace) { object in
            guard object.metadata.labels["kubernetes.io/service-name"] == key.name,
                let slice = object.as(EndpointSlice.self)
            else { return true }
            for endpoint in slice.endpoints {
                let targets = slice.ports.compactMap(\.port).map(String.init).joined(separator: ",")
                let condition = endpoint.conditions
                let state: (String, Role) =
                    condition?.terminating == true
                    ? (condition?.serving == true ? ("terminating, serving", .pending) : ("terminating", .pending))
                    : condition?.ready == false ? ("not ready", .warning) : ("ready", .ok)
                let address = endpoint.addresses.first ?? ""
                let target = endpoint.targetRef?.name ?? ""
                let text = [
                    DisplayText.padded("\(address):\(targets)", to: 22), DisplayText.padded(state.0, to: 12), target,
                    endpoint.nodeName.map { "on \($0)" } ?? "",
                ].joined(separator: " ")
                lines.append(Row(part: .note(text, state.1)))
            }
            return true
        }
        rows.append(Row(part: .heading("Endpoints", detail: lines.isEmpty ? "none" : "\(lines.count)")))
        for index in lines.indices { lines[index].lead = index == lines.count - 1 ? "└─ " : "├─ " }
        return rows + lines + [Row(part: .blank)]
    }
}

/// A rule's words in colours: options, comments, targets, probabilities.
enum RuleColors {
    static func spans(_ text: String, _ theme: Theme) -> [Span] {
        var spans: [Span] = []
        var rest = Substring(text)
        var previous = ""
        while !rest.isEmpty {
            let blanks = rest.prefix { $0 == " " }
            if !blanks.isEmpty {
                spans.append(Span(String(blanks)))
                rest = rest.dropFirst(blanks.count)
                continue
            }
            var word: Substring
            if rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") {
                word = rest[...end]
            } else {
                word = rest.prefix { $0 != " " }
            }
            let style: Style
            switch previous {
            case "-j", "-g": style = word.hasPrefix("KUBE-") ? theme[.key] : theme[.error]
            case "--comment": style = theme[.ok]
            case "--probability": style = theme[.pending].bold
            case "-d", "-s", "--to-destination", "--dport": style = theme[.info]
            default: style = word.hasPrefix("-") || word == "!" ? theme[.dim] : theme[.text]
            }
            spans.append(Span(String(word), style))
            previous = String(word)
            rest = rest.dropFirst(word.count)
        }
        return spans
    }
}
