import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// What is typed after `:`. A kind by any of its names goes to its view; everything else is a command.
enum CommandLine {
    private struct Command {
        let names: [String]
        let usage: String
        let help: String
        /// What can stand after it.
        let arguments: (ConsoleState) -> [CompletionPopup.Item]
        let run: (_ arguments: [String], ConsoleState) -> [Effect]

        init(
            _ names: [String], _ usage: String, _ help: String,
            arguments: @escaping (ConsoleState) -> [CompletionPopup.Item] = { _ in [] },
            run: @escaping (_ arguments: [String], ConsoleState) -> [Effect]
        ) {
            self.names = names
            self.usage = usage
            self.help = help
            self.arguments = arguments
            self.run = run
        }
    }

    private static func commands() -> [Command] {
        [
            Command(["quit", "q", "exit"], "", "leave") { _, _ in [.runAction(.quit, key: .control("c"))] },
            Command(["help", "h", "?"], "", "the keys") { _, _ in [.runAction(.help)] },
            Command(["pause"], "", "stop the clock") { _, _ in [.send(.setClockPaused(true))] },
            Command(["resume", "continue"], "", "let the clock go on") { _, _ in [.send(.setClockPaused(false))] },
            Command(["step"], "", "run one event") { _, _ in [.runAction(.stepClock)] },
            Command(
                ["speed"], "N|max", "virtual seconds a second",
                arguments: { _ in items(["1", "10", "60", "600", "max"]) },
                run: speed),
            Command(["create", "new"], "", "make an object") { _, _ in [.runAction(.create)] },
            Command(["apply"], "FILE", "apply a manifest", run: apply),
            Command(["save"], "FILE", "save what was made and changed as YAML", run: save),
            Command(
                ["rules", "iptables"], "[SERVICE|NODE]", "the proxy's rules", arguments: ruleSubjects, run: rules),
            Command(
                ["theme"], "dark|light|mono", "the colours", arguments: { _ in items(["dark", "light", "mono"]) },
                run: theme),
            Command(["api"], "", "where clients find the cluster") { _, state in
                let api = state.api ?? APINotice("The cluster is served to no clients.")
                return [api.effect] + (state.failure.map { [$0.effect] } ?? [])
            },
            Command(["wide"], "", "more columns, or fewer") { _, _ in [.runAction(.wide)] },
        ]
    }

    // MARK: Running

    static func run(_ line: String, _ state: ConsoleState) -> [Effect] {
        let words = line.split(separator: " ").map(String.init)
        guard let first = words.first.map({ whole($0, state) }) else { return [] }
        let arguments = Array(words.dropFirst())
        if let command = commands().first(where: { $0.names.contains(first) }) { return command.run(arguments, state) }
        // Views show objects as they are stored.
        guard let kind = kind(named: first)?.stored else {
            return [.toast("There is no kind or command \(first)" + Nearness.hint(first, among: known), .error)]
        }
        return show(kind, arguments, state)
    }

    /// What k9s calls kinds besides the names that kubectl knows.
    /// Follows k9s `internal/config/alias.go`.
    private static let habits: [String: ResourceKind] = [
        "dp": .deployment, "sec": .secret, "jo": .job, "cr": .clusterRole, "crb": .clusterRoleBinding, "ro": .role,
        "rb": .roleBinding, "np": .networkPolicy,
    ]

    private static func kind(named word: String) -> ResourceKind? { Catalogue.kind(named: word) ?? habits[word] }

    /// The kind or command that a word names, or else the likeliest that begins with it, as the command bar shows it:
    /// so `dep shop` is understood as `dep` alone is.
    private static func whole(_ word: String, _ state: ConsoleState) -> String {
        let word = word.lowercased()
        if kind(named: word) != nil || commands().contains(where: { $0.names.contains(word) }) { return word }
        return first(word, state).first?.text ?? word
    }

    /// What enter runs: the line as it is typed where that means something, else the suggestion that stands after the
    /// cursor. `dep` is no kind, and runs as `deployments`; `po` is one, whatever else begins with it.
    static func understood(_ line: String, _ suggestion: String?, _ state: ConsoleState) -> String {
        guard let suggestion else { return line }
        let words = line.split(separator: " ").map(String.init)
        guard let first = words.first?.lowercased() else { return line }
        if commands().contains(where: { $0.names.contains(first) }) { return line }
        guard let kind = kind(named: first)?.stored else { return suggestion }
        guard words.count == 2 else { return line }
        // Only a beginning of a namespace is made whole: what is no namespace may be an object's name.
        return objects(kind, named: words[1], in: state.namespace, state).isEmpty ? suggestion : line
    }

    /// What stands for all namespaces.
    private static let everywhere = ["all", "-", "-A", "--all-namespaces"]

    /// `pods`, `pods kube-system`, `pods all`, `pods /web`, `pods app=web`, `pods kube-system web-1`; and as kubectl
    /// has it, `pods -n kube-system`, `pods -A`.
    private static func show(_ kind: ResourceKind, _ arguments: [String], _ state: ConsoleState) -> [Effect] {
        guard kind.info.supports(verb: "list") else {
            return [.toast("\(kind.info.plural) cannot be listed.", .error)]
        }
        var effects: [Effect] = []
        var filter = ""
        var namespace = state.namespace
        for argument in arguments {
            if argument.hasPrefix("/") {
                filter = String(argument.dropFirst())
            } else if filter == "-l" || filter == "-f" {
                filter += " " + argument
            } else if argument == "-n" || argument == "--namespace" {
                // What follows is one, with this or without.
                continue
            } else if everywhere.contains(argument) {
                namespace = nil
                effects.append(.setNamespace(nil))
            } else if argument.hasPrefix("-") || argument.hasPrefix("!") {
                filter = argument
            } else if argument.contains("=") {
                filter = "-l " + argument
            } else if state.objects.object(ObjectKey(.namespace, name: argument)) != nil, kind.info.isNamespaced {
                namespace = argument
                effects.append(.setNamespace(argument))
            } else {
                let found = objects(kind, named: argument, in: namespace, state)
                guard let object = found.first else {
                    let what = kind.info.isNamespaced ? "namespace or \(kind.info.singular)" : kind.info.singular
                    let namespaces = kind.info.isNamespaced ? self.namespaces(state) : []
                    let hint = Nearness.hint(argument, among: namespaces.map { (name: $0, meant: $0) })
                    return [.toast("There is no \(what) \(argument)" + hint, .error)]
                }
                if found.count > 1 { return ambiguous(found, "\(kind.info.plural) NAMESPACE \(argument)") }
                return effects + [
                    .replaceViews(ResourceView(kind, state, filter: filter)), .open(PagerView(object, .describe)),
                ]
            }
        }
        return effects + [.replaceViews(ResourceView(kind, state, filter: filter))]
    }

    /// The objects of a name in a namespace. Where all are shown, the one in `default` goes before others. O(objects of
    /// the kind) at most.
    private static func objects(
        _ kind: ResourceKind, named name: String, in namespace: String?, _ state: ConsoleState
    ) -> [KubeObject] {
        let isEverywhere = kind.info.isNamespaced && namespace == nil
        let first = kind.info.isNamespaced ? namespace ?? "default" : ""
        if let object = state.objects.object(ObjectKey(kind, namespace: first, name: name)) { return [object] }
        var found: [KubeObject] = []
        guard isEverywhere else { return found }
        state.objects.forEach(kind) { object in
            if object.name == name { found.append(object) }
            return true
        }
        return found
    }

    private static func ambiguous(_ found: [KubeObject], _ usage: String) -> [Effect] {
        let namespaces = found.prefix(3).map(\.namespace).joined(separator: ", ") + (found.count > 3 ? ", …" : "")
        return [.toast("There are \(found.count), in \(namespaces): say \(usage).", .error)]
    }

    private static func speed(_ arguments: [String], _ state: ConsoleState) -> [Effect] {
        let word = arguments.first ?? ""
        if word == "max" { return [.send(.setSpeed(.infinity))] }
        let number = word.hasSuffix("x") || word.hasSuffix("×") ? String(word.dropLast()) : word
        guard let speed = Double(number), speed > 0, speed <= 1_000_000 else {
            return [.toast("The speed is a number above 0, up to 1000000, or max.", .error)]
        }
        return [.send(.setSpeed(speed))]
    }

    private static func apply(_ arguments: [String], _ state: ConsoleState) -> [Effect] {
        // A path may have spaces in it.
        let path = arguments.joined(separator: " ")
        if path.isEmpty { return [.push(Creation.fileForm(state))] }
        return [
            .request(.readFile(path: path)) { result in
                switch result {
                case .text(let text): Creation.apply(text, state) { [.push(Creation.fileForm(state))] }
                case .failed(let message): [.toast(message, .error)]
                case .done, .unchanged: []
                }
            }
        ]
    }

    private static func save(_ arguments: [String], _ state: ConsoleState) -> [Effect] {
        let path = arguments.joined(separator: " ")
        if path.isEmpty { return [.push(Quitting.saveForm(state, quits: false))] }
        return Quitting.save(to: path, state, quits: false)
    }

    private static func rules(_ arguments: [String], _ state: ConsoleState) -> [Effect] {
        guard let name = arguments.first else { return [.replaceViews(ResourceView(.service, state))] }
        if state.snapshot.serviceRules.nodes.contains(name) || state.objects.object(ObjectKey(.node, name: name)) != nil
        {
            return [.replaceViews(ResourceView(.node, state)), .open(RulesView(node: name))]
        }
        let parts = name.split(separator: "/").map(String.init)
        let found = objects(
            .service, named: parts.last ?? name, in: parts.count == 2 ? parts[0] : state.namespace, state)
        guard let service = found.first else { return [.toast("There is no node or service \(name).", .error)] }
        if found.count > 1 { return ambiguous(found, "rules NAMESPACE/\(name)") }
        return [.replaceViews(ResourceView(.service, state)), .open(RulesView(service: service.key, state))]
    }

    private static func theme(_ arguments: [String], _ state: ConsoleState) -> [Effect] {
        let depth = state.theme.depth == .monochrome ? ColorDepth.palette256 : state.theme.depth
        switch arguments.first {
        case "dark": return [.setTheme(Theme(.dark, depth: depth))]
        case "light": return [.setTheme(Theme(.light, depth: depth))]
        case "mono": return [.setTheme(Theme(state.theme.variant, depth: .monochrome))]
        default: return [.toast("The theme is dark, light or mono.", .error)]
        }
    }

    // MARK: Completion

    /// What a line can become, the likeliest first. Each item replaces the whole line.
    static func completions(_ line: String, _ state: ConsoleState) -> [CompletionPopup.Item] {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let last = words.last ?? ""
        if words.count <= 1 { return first(last.lowercased(), state) }
        let start = words.dropLast().joined(separator: " ") + " "
        let first = whole(words[0], state)
        if let command = commands().first(where: { $0.names.contains(first) }) {
            if words.count > 2 { return [] }
            return command.arguments(state).filter { $0.text.hasPrefix(last) && $0.text != last }
                .map { .init(start + $0.text, detail: $0.detail) }
        }
        guard let kind = kind(named: first), kind.info.isNamespaced, words.count == 2 else { return [] }
        return (["all"] + namespaces(state)).filter { $0.hasPrefix(last) && $0 != last }
            .map { .init(start + $0, detail: $0 == "all" ? "every namespace" : "namespace") }
    }

    /// At most some hundreds.
    private static func namespaces(_ state: ConsoleState) -> [String] {
        var names: [String] = []
        state.objects.forEach(.namespace) { object in
            names.append(object.name)
            return names.count < 500
        }
        return names
    }

    /// Every name of every kind that has a view, and of every command, with what each of them means. What people look
    /// for most stands first.
    private static var known: [(name: String, meant: String)] {
        let listed = (favourites + Catalogue.kinds.map(\.kind)).filter { $0.isStored && $0.info.supports(verb: "list") }
        let kinds = listed.flatMap { kind in
            ([kind.info.plural, kind.info.singular] + kind.info.shortNames).map { (name: $0, meant: kind.viewName) }
        }
        return kinds + commands().flatMap { command in command.names.map { (name: $0, meant: command.names[0]) } }
    }

    private static func items(_ words: [String]) -> [CompletionPopup.Item] { words.map { .init($0) } }

    /// Services and nodes, at most some hundreds of each. A service goes by its name alone where `rules` finds it by
    /// that.
    private static func ruleSubjects(_ state: ConsoleState) -> [CompletionPopup.Item] {
        var services: [ObjectKey] = []
        state.objects.forEach(.service, namespace: state.namespace) { object in
            services.append(object.key)
            return services.count < 500
        }
        let count = Dictionary(services.map { ($0.name, 1) }, uniquingKeysWith: +)
        let nodes = state.snapshot.serviceRules.nodes.prefix(200)
        return services.map { key in
            .init(count[key.name] == 1 ? key.name : key.namespacedName, detail: "service in \(key.namespace)")
        } + nodes.map { .init($0, detail: "node") }
    }

    private static let favourites: [ResourceKind] = [
        .pod, .deployment, .node, .service, .replicaSet, .event, .namespace, .endpointSlice,
    ]

    private static func first(_ word: String, _ state: ConsoleState) -> [CompletionPopup.Item] {
        var items: [CompletionPopup.Item] = []
        var seen: Set<String> = []
        func add(_ text: String, _ detail: String) {
            if seen.insert(text).inserted { items.append(.init(text, detail: detail)) }
        }
        let kinds = favourites + Catalogue.kinds.map(\.kind).filter { !favourites.contains($0) }
        func detail(_ info: KindInfo) -> String {
            let names = info.shortNames.isEmpty ? "" : info.shortNames.joined(separator: " ") + "  "
            return names + info.apiVersion
        }
        let listed = kinds.filter(\.isStored).map(\.info).filter { $0.supports(verb: "list") }
        // An exact short name first, then what begins with the word.
        for info in listed where info.shortNames.contains(word) || habits[word] == info.kind {
            add(info.kind.viewName, detail(info))
        }
        for info in listed where info.plural.hasPrefix(word) { add(info.kind.viewName, detail(info)) }
        for command in commands() {
            guard let name = command.names.first, command.names.contains(where: { $0.hasPrefix(word) }) else {
                continue
            }
            add(name, (command.usage.isEmpty ? "" : command.usage + "  ") + command.help)
        }
        return items.filter { $0.text != word }
    }
}

/// What somebody meant who made a slip of the fingers.
enum Nearness {
    /// The end of a sentence that says that there is no `word`: `; did you mean pods?`, or just a full stop.
    static func hint(_ word: String, among known: [(name: String, meant: String)]) -> String {
        let distances = known.map { distance($0.name, word) }
        guard let nearest = distances.indices.min(by: { distances[$0] < distances[$1] }),
            // In a short word one slip is as much as leaves something of it.
            distances[nearest] <= (word.utf8.count > 3 ? 2 : 1)
        else { return "." }
        return "; did you mean \(known[nearest].meant)?"
    }

    /// How many slips two words are apart: letters too many, missing, wrong, or in the place of their neighbour.
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left.utf8)
        let b = Array(right.utf8)
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                let cost = rows[i][j] + (a[i] == b[j] ? 0 : 1)
                var least = min(cost, rows[i][j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}

extension ResourceKind {
    /// What the kind's view is called, and goes by after `:`. With its group where the plural alone means another kind,
    /// as with the `pods` of metrics.k8s.io.
    var viewName: String {
        Catalogue.kind(named: info.plural)?.stored == stored ? info.plural : info.groupResource
    }
}
