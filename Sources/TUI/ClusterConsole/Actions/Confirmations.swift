import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// Questions before what cannot be taken back.
enum Confirmations {
    /// `deployment web`, or `3 deployments`.
    static func subject(_ targets: [KubeObject]) -> String {
        guard let first = targets.first else { return "" }
        let info = first.kind.info
        return targets.count == 1 ? "\(info.singular) \(first.key.namespacedName)" : "\(targets.count) \(info.plural)"
    }

    static func delete(_ targets: [KubeObject], isNow: Bool, _ state: ConsoleState) -> DialogLayer {
        let theme = state.theme
        let verb = isNow ? "Kill" : "Delete"
        var lines: [[Span]] = [[Span("\(verb) \(subject(targets))?")]]
        if targets.count > 1 {
            let names = targets.prefix(5).map(\.key.namespacedName).joined(separator: ", ")
            lines.append([Span(names + (targets.count > 5 ? ", …" : ""), theme[.dim])])
        }
        let dependents = Dependents(of: targets, in: state.objects)
        if !dependents.isEmpty {
            lines.append([])
            // No wider than the dialog can be, which would break the lines again.
            let text = DisplayText.wrapped("This also removes \(dependents.text).", to: min(60, state.size.width - 8))
            lines += text.map { [Span($0, theme[.warning])] }
        }
        let canOrphan = !isNow && !dependents.isEmpty && targets.allSatisfy { owners.contains($0.kind) }
        if canOrphan { lines.append([Span("Orphan leaves them without an owner.", theme[.dim])]) }
        if targets.contains(where: { $0.kind == .node && state.snapshot.isMachine($0.name) }) {
            lines.append([])
            lines.append([Span("The machine stays. It registers again when it is switched off and on.", theme[.dim])])
        }
        if isNow {
            lines.append([])
            lines.append([Span("Without grace: containers are not asked to stop.", theme[.warning])])
        } else if let owner = replacement(targets) {
            lines.append([])
            lines.append([Span(owner, theme[.dim])])
        }
        let buttons = canOrphan ? [verb, "Orphan", "Cancel"] : [verb, "Cancel"]
        let isNamespace = targets.count == 1 && targets[0].kind == .namespace
        let dialog = Dialog(
            title: verb, message: lines, buttons: buttons, focused: isNamespace ? 0 : buttons.count - 1,
            requiredText: isNamespace ? targets[0].name : nil, isDangerous: true)
        return DialogLayer(dialog) { choice in
            if choice == buttons.count - 1 { return [] }
            var options = DeleteOptions()
            if isNow { options.gracePeriodSeconds = 0 }
            // As kubectl delete --cascade=orphan.
            if choice == 1 { options.propagationPolicy = "Orphan" }
            return [.send(.delete(targets.map(\.key), options: options)), .runAction(.clearMarks)]
        }
    }

    /// What can be deleted without what it made.
    private static let owners: [ResourceKind] = [
        .deployment, .replicaSet, .replicationController, .statefulSet, .daemonSet, .job, .cronJob,
    ]

    /// Who makes a new one of what is deleted.
    private static func replacement(_ targets: [KubeObject]) -> String? {
        guard targets.count == 1,
            let owner = targets[0].metadata.controllerReference
        else { return nil }
        return "Its \(owner.kind) \(owner.name) may make another one."
    }

    static func restart(_ targets: [KubeObject]) -> DialogLayer {
        let replacing =
            targets.count == 1
            ? "Its pods are replaced as its strategy says." : "Their pods are replaced as their strategies say."
        let dialog = Dialog(
            title: "Restart", text: "Restart \(subject(targets))?\n\(replacing)", buttons: ["Restart", "Cancel"])
        return DialogLayer(dialog) { choice in
            choice == 0 ? targets.map { .send(.restart($0.key)) } + [.runAction(.clearMarks)] : []
        }
    }
}

/// Asks for a number of replicas.
enum Scaling {
    static func form(_ targets: [KubeObject]) -> FormLayer {
        let counts = targets.map { replicas($0) ?? 1 }
        let least = counts.min() ?? 1
        let most = counts.max() ?? 1
        let name = targets.count == 1 ? targets[0].name : "\(targets.count) \(targets[0].kind.info.plural)"
        let form = Form(
            title: "Scale \(name)",
            fields: [
                .number(
                    "replicas", label: "Replicas", value: least == most ? least : nil, in: 0...1_000_000,
                    help: least == most
                        ? "now \(least)\(targets.count > 1 ? " each" : ""); up and down count"
                        : "now \(least) to \(most); the number is for each of them")
            ],
            submitLabel: "Scale")
        return FormLayer(form) { layer in
            guard let count = layer.form.number("replicas") else { return [] }
            return [.dismiss] + targets.map { .send(.scale($0.key, replicas: count)) } + [.runAction(.clearMarks)]
        }
    }

    static func replicas(_ object: KubeObject) -> Int? { object.scalable?.scaleReplicas }
}

/// Offers a Deployment's earlier revisions.
enum RollingBack {
    private static let annotation = "deployment.kubernetes.io/revision"

    static func choose(_ object: KubeObject, _ state: ConsoleState) -> [Effect] {
        let current = object.metadata.annotations[annotation].flatMap { Int($0) } ?? 0
        var revisions: [(number: Int, images: String, age: String)] = []
        state.objects.forEach(.replicaSet, namespace: object.namespace) { candidate in
            guard candidate.metadata.ownerReferences.contains(where: { $0.uid == object.uid }),
                let replicaSet = candidate.as(ReplicaSet.self),
                let number = candidate.metadata.annotations[annotation].flatMap({ Int($0) }), number != current
            else { return true }
            let images = replicaSet.spec.template?.spec.containers.compactMap(\.image).joined(separator: ", ") ?? ""
            let created = candidate.metadata.creationTimestamp.map { (state.now - $0.instant).humanDuration } ?? ""
            revisions.append((number, images, created))
            return true
        }
        if revisions.isEmpty { return [.toast("There is no earlier revision of deployment \(object.name).", .warning)] }
        revisions.sort { $0.number > $1.number }
        let key = object.key
        let items = revisions.prefix(9).map { revision in
            MenuLayer.Item(text: "revision \(revision.number)", detail: "\(revision.images)  \(revision.age) old") {
                [.send(.rollBack(key, toRevision: revision.number))]
            }
        }
        return [.push(MenuLayer(title: "Roll back \(object.name) from revision \(current)", items: Array(items)))]
    }
}

/// What came of a command, in words.
enum OutcomeText {
    /// A whole error: its message, and every cause with its field.
    static func lines(_ error: StatusError) -> [String] {
        let causes = error.causes.map { cause in
            let field = cause.field.map { $0.isEmpty ? "" : $0 + ": " } ?? ""
            return field + (cause.message ?? cause.reason ?? "")
        }
        // The message of one cause says what the cause does.
        return causes.count > 1 ? [error.message] + causes.map { "• " + $0 } : [error.message]
    }

    static func effects(_ outcome: CommandOutcome, _ theme: Theme) -> [Effect] {
        var effects: [Effect] = outcome.messages.suffix(3).map { .toast($0, .ok) }
        effects += outcome.warnings.suffix(3).map { .toast("Warning: " + $0, .warning) }
        return effects + errors(outcome)
    }

    /// What went wrong: a short one in passing, the rest to be read.
    static func errors(_ outcome: CommandOutcome) -> [Effect] {
        guard let first = outcome.errors.first else { return [] }
        let lines = outcome.errors.flatMap(lines)
        if lines.count == 1, DisplayText.width(first.message) <= 60 { return [.toast(first.message, .error)] }
        let title = outcome.errors.count == 1 ? first.reason.rawValue : "\(outcome.errors.count) errors"
        let text = lines.map { [Span($0)] }
        return [.push(TextLayer(title: title.isEmpty ? "Error" : title, lines: text, role: .error))]
    }
}
