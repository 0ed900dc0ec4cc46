import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// Gives the containers of a workload other images, as `kubectl set image` does.
enum Images {
    /// The workloads whose pods are replaced when an image changes.
    static func supports(_ kind: ResourceKind) -> Bool {
        [.deployment, .statefulSet, .daemonSet].contains(kind) && ClusterTables.missingController(kind) == nil
    }

    private static let lists = ["initContainers", "containers"]

    /// The containers of a pod template, by the list that they stand in.
    private static func containers(_ object: KubeObject) -> [(list: String, name: String, image: String)] {
        let spec = object.jsonValue["spec"]?["template"]?["spec"]
        return lists.flatMap { list in
            (spec?[list]?.arrayValue ?? []).map { container in
                (list, container["name"]?.stringValue ?? "", container["image"]?.stringValue ?? "")
            }
        }
    }

    static func form(_ object: KubeObject, _ state: ConsoleState) -> FormLayer {
        let containers = containers(object)
        let form = Form(
            title: "Images of \(object.kind.info.singular) \(object.name)",
            fields: containers.map { container in
                .text(
                    "spec.template.spec.\(container.list)[\(container.name)].image", label: container.name,
                    value: container.image, help: "registry/name:tag; its pods are replaced as its strategy says"
                ) { Creation.imageProblem($0) }
            }, submitLabel: "Set")
        return FormLayer(form) { layer in
            var changes: [String: [JSONValue]] = [:]
            for (field, container) in zip(layer.form.fields, containers) where field.value != container.image {
                changes[container.list, default: []].append([
                    "name": .string(container.name), "image": .string(field.value),
                ])
            }
            if changes.isEmpty { return [.dismiss, .toast("No image was changed.", .info)] }
            var spec = JSONValue.object([:])
            for list in lists { if let entries = changes[list] { spec[list] = .array(entries) } }
            let info = object.kind.info
            let written: JSONValue = [
                "apiVersion": .string(info.apiVersion), "kind": .string(info.name),
                "metadata": ["name": .string(object.name), "namespace": .string(object.namespace)],
                "spec": ["template": ["spec": spec]],
            ]
            layer.wait()
            return [
                .send(
                    .apply([object], written: [written]),
                    onOutcome: { outcome in
                        guard let error = outcome.errors.first else {
                            return [.dismiss] + OutcomeText.effects(outcome, state.theme)
                        }
                        layer.fail(error.message, causes: [])
                        return []
                    })
            ]
        }
    }
}
