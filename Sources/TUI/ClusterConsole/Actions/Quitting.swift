import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// Leaving, and saving what was made.
enum Quitting {
    /// Those of the objects that are still there.
    private static func objects(_ keys: some Sequence<ObjectKey>, _ state: ConsoleState) -> [KubeObject] {
        keys.sorted().compactMap { state.objects.object($0) }.filter { $0.metadata.deletionTimestamp == nil }
    }

    /// Asks where something would be lost that is in no file.
    static func ask(_ state: ConsoleState) -> [Effect] {
        let objects = state.isDurable ? [] : objects(state.created.unsaved.keys, state)
        if objects.isEmpty { return [.quit] }
        var counts: [(kind: ResourceKind, count: Int)] = []
        for object in objects {
            if counts.last?.kind == object.kind {
                counts[counts.count - 1].count += 1
            } else {
                counts.append((object.kind, 1))
            }
        }
        let list = counts.map { "\($0.count) \(Dependents.noun($0.kind, $0.count))" }.joined(separator: ", ")
        let message: [[Span]] = [
            [Span("The cluster ends with the console.")], [Span("Not saved: \(list).", state.theme[.warning])], [],
            [Span("Save what was created as YAML, to have it again with -f?", state.theme[.dim])],
        ]
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
        let objects = objects(state.created.keys, state)
        let revision = state.objects.revision
        if objects.isEmpty { return [.toast("Nothing was created that could be saved.", .info)] }
        return [
            .request(.writeFile(path: path, text: text(objects))) { result in
                if case .failed(let message) = result {
                    layer?.fail(message, causes: [("path", message)])
                    return layer == nil ? [.toast(message, .error)] : []
                }
                let saved = Effect.toast(
                    "\(objects.count) \(objects.count == 1 ? "object" : "objects") saved to \(path)", .ok)
                return [.noteSaving(revision)] + (layer == nil ? [] : [.dismiss]) + (quits ? [.quit] : [saved])
            }
        ]
    }

    /// Namespaces first, so that the file can be applied as it is.
    static func text(_ objects: [KubeObject]) -> String {
        let first = objects.filter { $0.kind == .namespace } + objects.filter { $0.kind != .namespace }
        return first.map { YAMLEmitter.text(Manifest.portable($0)) }.joined(separator: "---\n")
    }
}
