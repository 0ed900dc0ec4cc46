import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// Chains as lines: a service's as a tree, where each jump is followed by the chain that it leads to.
enum RuleTree {
    struct Row {
        enum Part {
            case heading(String, detail: String)
            case chain(ServiceRuleChain)
            case rule(ServiceRule, chain: String)
            /// A rule in a tree, with its target first.
            case jump(ServiceRule, chain: String)
            case note(String, Role)
            case blank
        }

        var part: Part
        /// The lines that lead to it: `│  ├─ `.
        var lead = ""

        var isRule: Bool {
            switch part {
            case .rule, .jump: true
            default: false
            }
        }

        /// What tells it from all others; without counters, so that traffic is no change.
        var identity: String {
            switch part {
            case .heading(let text, _): "h " + text
            case .chain(let chain): "c \(chain.table) \(chain.name)"
            case .rule(let rule, let chain), .jump(let rule, let chain): "r \(chain) \(rule.text)"
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
            case .jump(let rule, _):
                let counters = "[\(Grouped.text(rule.packets)):\(Grouped.text(rule.bytes))] "
                return [Span(lead, theme[.dim]), Span(counters, rule.packets > 0 ? theme[.chart] : theme[.dim])]
                    + RuleColors.targetFirst(rule, theme)
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

    /// A service: the way of a packet from the first chain on, then its endpoints, those without a rule too.
    static func service(_ key: ObjectKey, node: String, _ snapshot: ClusterSnapshot) -> [Row] {
        guard let service = snapshot.objects.object(key)?.as(Service.self) else {
            return [Row(part: .note("The service is gone.", .error))]
        }
        return summary(service) + [Row(part: .blank)] + way(key, node: node, snapshot) + [Row(part: .blank)]
            + endpoints(key, snapshot)
    }

    private static func way(_ key: ObjectKey, node: String, _ snapshot: ClusterSnapshot) -> [Row] {
        var rows: [Row] = []
        let chains = snapshot.serviceRules.chains(namespace: key.namespace, service: key.name, node: node)
        if chains.isEmpty {
            return [Row(part: .note("The proxy has no rules for this service.", .warning))]
        }
        rows.append(Row(part: .heading("Rules", detail: "[packets:bytes] target, what it matches")))
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
            rows.append(Row(part: .jump(rule, chain: chain.name), lead: lead + (isLast ? "└─ " : "├─ ")))
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

    private static func summary(_ service: Service) -> [Row] {
        let ports = service.spec.ports.map { port in
            let name = port.name.map { "\($0) " } ?? ""
            let node = port.nodePort.map { ":\($0)" } ?? ""
            return "\(name)\(port.port)\(node)/\(port.protocol ?? "TCP")"
        }
        let address = service.spec.clusterIP ?? "no address yet"
        return [
            Row(
                part: .heading(
                    "Service", detail: "\(service.spec.type ?? "ClusterIP") \(address) \(ports.joined(separator: ", "))"
                ))
        ]
    }

    private static func endpoints(_ key: ObjectKey, _ snapshot: ClusterSnapshot) -> [Row] {
        var lines: [Row] = []
        snapshot.objects.forEach(.endpointSlice, namespace: key.namespace) { object in
            guard object.metadata.labels[WellKnownLabel.serviceName] == key.name,
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
        for index in lines.indices { lines[index].lead = index == lines.count - 1 ? "└─ " : "├─ " }
        return [Row(part: .heading("Endpoints", detail: lines.isEmpty ? "none" : "\(lines.count)"))] + lines
    }
}

/// A rule's words in colours: options, comments, targets, probabilities.
enum RuleColors {
    /// A rule as `TARGET options  comment`, so that the way can be read down the tree's left edge.
    static func targetFirst(_ rule: ServiceRule, _ theme: Theme) -> [Span] {
        var words = words(rule.text)
        var comment = ""
        if let index = words.firstIndex(of: "--comment"), index >= 2, index + 1 < words.count {
            comment = words[index + 1]
            words.removeSubrange(index - 2...index + 1)
        }
        var target = rule.target
        if let index = words.firstIndex(where: { $0 == "-j" || $0 == "-g" }), index + 1 < words.count {
            target = words[index + 1]
            // What follows a target is said to it: where DNAT goes.
            let rest = words[(index + 2)...].joined(separator: " ")
            words.removeSubrange(index...)
            if !rest.isEmpty { words.insert(rest, at: 0) }
        }
        let style =
            target.hasPrefix("KUBE-")
            ? theme[.key].bold : target == "REJECT" || target == "DROP" ? theme[.error] : theme[.info].bold
        return [Span(words.isEmpty ? target : target + " ", style)] + spans(words.joined(separator: " "), theme)
            + (comment.isEmpty ? [] : [Span("  " + comment, theme[.ok])])
    }

    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var rest = Substring(text).drop { $0 == " " }
        while let first = rest.first {
            var word = rest.prefix { $0 != " " }
            if first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") { word = rest[...end] }
            words.append(String(word))
            rest = rest.dropFirst(word.count).drop { $0 == " " }
        }
        return words
    }

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
