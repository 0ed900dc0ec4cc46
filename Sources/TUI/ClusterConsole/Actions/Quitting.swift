import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// Leaving, and saving what was made and changed.
enum Quitting {
    /// Asks where something would be lost that is in no file and can be brought into one.
    static func ask(_ state: ConsoleState) -> [Effect] {
        let unsaved = state.isDurable ? [] : unsaved(state)
        if unsaved.isEmpty { return [.quit] }
        var message: [[Span]] = [
            [Span("The cluster ends with the console.")],
            [Span("Not saved: \(unsaved.joined(separator: ", ")).", state.theme[.warning])], [],
            [Span("Save it as YAML, to have it again with -f?", state.theme[.dim])],
        ]
        let lost = lost(state)
        if !lost.isEmpty {
            message.append([Span("No file keeps: \(lost.joined(separator: ", ")).", state.theme[.dim])])
        }
        let dialog = Dialog(title: "Quit", message: message, buttons: ["Save and quit", "Quit", "Cancel"])
        return [
            .push(
                DialogLayer(dialog, interrupted: 1) { choice in
                    switch choice {
                    case 0: [.push(saveForm(state, quits: true))]
                    case 1: [.quit]
                    default: []
                    }
                })
        ]
    }

    // MARK: What there is to save

    private static func isThere(_ key: ObjectKey, _ state: ConsoleState) -> Bool {
        state.objects.object(key).map { $0.metadata.deletionTimestamp == nil } ?? false
    }

    /// `1 Pod`, `2 Services`, in the order of the kinds.
    private static func counts(_ keys: some Sequence<ObjectKey>) -> [String] {
        var counts: [(kind: ResourceKind, count: Int)] = []
        for key in keys.sorted() {
            if counts.last?.kind == key.kind {
                counts[counts.count - 1].count += 1
            } else {
                counts.append((key.kind, 1))
            }
        }
        return counts.map { "\(Grouped.text($0.count)) \(Dependents.noun($0.kind, $0.count))" }
    }

    private static func unsaved(_ state: ConsoleState) -> [String] {
        let work = state.userWork
        let keys = work.unsaved.keys
        let made = keys.filter { work.created.contains($0) && isThere($0, state) }
        let changed = keys.filter { !work.created.contains($0) && isThere($0, state) }
        let deleted = keys.filter { !work.created.contains($0) && state.objects.object($0) == nil }
        return counts(made) + counts(changed).map { "changes of " + $0 } + counts(deleted).map { $0 + " deleted" }
    }

    /// What was done and is in no manifest.
    private static func lost(_ state: ConsoleState) -> [String] {
        let off = state.snapshot.poweredOffNodes.count
        let machines = off == 0 ? [] : ["\(Grouped.text(off)) machine\(off == 1 ? "" : "s") without power"]
        let partly = state.userWork.changed.filter { isThere($0.key, state) && !$0.value.isWhole }.keys
        return machines + counts(state.userWork.deleted).map { $0 + " deleted" }
            + counts(partly).map { "list entries taken out of " + $0 }
    }

    /// The manifests of what was made and changed and is still there: namespaces first, so that the file can be applied
    /// as it is.
    private static func manifests(_ state: ConsoleState) -> [JSONValue] {
        let work = state.userWork
        let keys = work.created.union(work.changed.keys).filter { isThere($0, state) }.sorted()
        let ordered = keys.filter { $0.kind == .namespace } + keys.filter { $0.kind != .namespace }
        return ordered.compactMap { key in
            if let edit = work.changed[key] { return edit.isEmpty ? nil : edit.manifest }
            return state.objects.object(key).map { Manifest.portable($0) }
        }
    }

    static func saveForm(_ state: ConsoleState, quits: Bool) -> FormLayer {
        let form = Form(
            title: "Save as YAML",
            fields: [
                .text("path", label: "File", value: "drydock.yaml", help: "an existing file is replaced") {
                    $0.isEmpty ? "must be filled in" : nil
                }
            ], submitLabel: "Save")
        return FormLayer(form) { layer in
            let path = layer.form.value("path")
            return save(to: path, state, quits: quits, layer: layer)
        }
    }

    static func save(to path: String, _ state: ConsoleState, quits: Bool, layer: FormLayer? = nil) -> [Effect] {
        let manifests = manifests(state)
        let revision = state.objects.revision
        if manifests.isEmpty && state.userWork.unsaved.isEmpty {
            return [.toast("Nothing was made or changed that could be saved.", .info)]
        }
        let text = manifests.map { YAMLEmitter.text($0) }.joined(separator: "---\n")
        return [
            .request(.writeFile(path: path, text: text)) { result in
                if case .failed(let message) = result {
                    layer?.fail(message, causes: [("path", message)])
                    return layer == nil ? [.toast(message, .error)] : []
                }
                let count = manifests.count
                let saved = Effect.toast("\(count) \(count == 1 ? "object" : "objects") saved to \(path)", .ok)
                return [.noteSaving(revision)] + (layer == nil ? [] : [.dismiss]) + (quits ? [.quit] : [saved])
            }
        ]
    }
}
