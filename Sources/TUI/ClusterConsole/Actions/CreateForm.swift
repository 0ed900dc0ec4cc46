import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// Making objects: a Deployment by form, or anything from YAML.
enum Creation {
    static func menu(_ state: ConsoleState) -> [Effect] {
        [
            .push(
                MenuLayer(
                    title: "Create",
                    items: [
                        .init(text: "Deployment", detail: "by form") { [.push(form(state))] },
                        .init(text: "YAML", detail: "in $EDITOR") { editor(state) },
                        .init(text: "File", detail: "or a folder of manifests") { [.push(fileForm(state))] },
                    ]))
        ]
    }

    // MARK: By form

    static func form(_ state: ConsoleState) -> FormLayer {
        let form = Form(
            title: "Create Deployment in \(state.namespace ?? "default")",
            fields: [
                .text("metadata.name", label: "Name", placeholder: "e.g. web", help: "lower case, digits and -") {
                    Creation.problem(Validation.dns1123Subdomain($0), $0)
                },
                .text(
                    "spec.template.spec.containers[0].image", label: "Image", placeholder: "e.g. nginx:1.29",
                    help: "registry/name:tag"
                ) { Creation.imageProblem($0) },
                .number("spec.replicas", label: "Replicas", value: 1, in: 0...100_000),
                .number(
                    "spec.template.spec.containers[0].ports[0].containerPort", label: "Port", value: nil, in: 1...65535,
                    isOptional: true, placeholder: "(none)", help: "what the container listens on"),
                .checkbox("expose", label: "Expose as Service", help: "space ticks it; needs a port"),
                .choice("spec.type", label: "Service type", choices: ["ClusterIP", "NodePort"]),
            ],
            submitLabel: "Create")
        let namespace = state.namespace ?? "default"
        return FormLayer(form) { layer in submit(layer, namespace: namespace, theme: state.theme) }
    }

    static func problem(_ problems: [String], _ text: String) -> String? {
        if text.isEmpty { return "must be filled in" }
        // The examples and the regular expression after it say the same again.
        return problems.first.map { $0.split(separator: " (e.g.", maxSplits: 1).first.map(String.init) ?? $0 }
    }

    static func imageProblem(_ text: String) -> String? {
        if text.isEmpty { return "must be filled in" }
        if text.contains(" ") { return "must not contain spaces" }
        let repository = text.split(separator: "@").first.map(String.init) ?? ""
        let last = repository.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let name = repository.dropLast(last.count) + (last.split(separator: ":").first ?? "")
        if name.isEmpty || last.isEmpty { return "must have a name" }
        if last.contains(where: \.isUppercase) && !last.contains(":") { return "repository name must be lowercase" }
        if last.hasSuffix(":") || text.hasSuffix("@") { return "must not end in a separator" }
        return nil
    }

    private static func submit(_ layer: FormLayer, namespace: String, theme: Theme) -> [Effect] {
        let form = layer.form
        let port = form.number("spec.template.spec.containers[0].ports[0].containerPort")
        let isExposed = form.isChecked("expose")
        if isExposed && port == nil {
            layer.fail(
                "", causes: [("spec.template.spec.containers[0].ports[0].containerPort", "a Service needs a port")])
            return []
        }
        let name = form.value("metadata.name")
        let deployment = deployment(
            name: name, namespace: namespace, image: form.value("spec.template.spec.containers[0].image"),
            replicas: form.number("spec.replicas") ?? 1, port: port)
        var objects: [KubeObject] = [deployment.boxed]
        if isExposed, let port {
            objects.append(service(name: name, namespace: namespace, port: port, type: form.value("spec.type")).boxed)
        }
        layer.wait()
        return [
            .send(
                .create(objects),
                onOutcome: { outcome in
                    guard outcome.errors.isEmpty else {
                        let causes = outcome.errors.flatMap { error in
                            error.isAlreadyExists
                                ? [(field: "metadata.name", message: error.message)]
                                : error.causes.map { (field: $0.field ?? "", message: $0.message ?? "") }
                        }
                        layer.fail(outcome.errors[0].message, causes: causes)
                        return outcome.messages.map { .toast($0, .ok) }
                    }
                    return [.dismiss, .noteCreation(objects.map(\.key))] + OutcomeText.effects(outcome, theme)
                })
        ]
    }

    /// As `kubectl create deployment` makes it.
    static func deployment(name: String, namespace: String, image: String, replicas: Int, port: Int?) -> Deployment {
        var deployment = Deployment(name: name, namespace: namespace)
        deployment.metadata.labels["app"] = name
        deployment.spec.replicas = replicas
        deployment.spec.selector = LabelSelector(matchLabels: ["app": name])
        deployment.spec.template.metadata.labels["app"] = name
        var container = Container()
        let repository = image.split(separator: "@").first ?? ""
        let base = repository.split(separator: "/").last?.split(separator: ":").first.map(String.init) ?? "app"
        container.name = Validation.dns1123Label(base).isEmpty ? base : "app"
        container.image = image
        if let port {
            var containerPort = ContainerPort()
            containerPort.containerPort = port
            container.ports = [containerPort]
        }
        deployment.spec.template.spec.containers = [container]
        return deployment
    }

    /// As `kubectl expose deployment` makes it.
    static func service(name: String, namespace: String, port: Int, type: String) -> Service {
        var service = Service(name: name, namespace: namespace)
        service.metadata.labels["app"] = name
        service.spec.type = type
        service.spec.selector["app"] = name
        var servicePort = ServicePort()
        servicePort.port = port
        servicePort.protocol = "TCP"
        servicePort.targetPort = .int(port)
        service.spec.ports = [servicePort]
        return service
    }

    // MARK: From YAML

    private static func editor(_ state: ConsoleState) -> [Effect] {
        let template = """
            # One or more objects, with --- between them. An empty file creates nothing, and neither does one that is
            # left as it was.
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              namespace: \(state.namespace ?? "default")
            spec:
              replicas: 3
              selector:
                matchLabels:
                  app: web
              template:
                metadata:
                  labels:
                    app: web
                spec:
                  containers:
                  - name: nginx
                    image: nginx:1.29

            """
        return edit(template, state)
    }

    private static func edit(_ text: String, _ state: ConsoleState) -> [Effect] {
        [
            .request(.edit(text: text, name: "create.yaml")) { result in
                switch result {
                case .text(let edited): return apply(edited, state) { edit(edited, state) }
                // Left without saving, it is not wanted, as kubectl create --edit takes it.
                case .unchanged, .done: return [.toast("Edit cancelled, nothing was created.", .info)]
                case .failed(let message): return [.toast(message, .error)]
                }
            }
        ]
    }

    static func fileForm(_ state: ConsoleState) -> FormLayer {
        let form = Form(
            title: "Create from file",
            fields: [
                .text("path", label: "File", placeholder: "e.g. app.yaml", help: "YAML or JSON, several documents") {
                    $0.isEmpty ? "must be filled in" : nil
                }
            ], submitLabel: "Create")
        return FormLayer(form) { layer in
            let path = layer.form.value("path")
            return [
                .request(.readFile(path: path)) { result in
                    switch result {
                    case .text(let text):
                        return [.dismiss] + apply(text, state) { [.push(fileForm(state))] }
                    case .failed(let message):
                        layer.fail(message, causes: [("path", message)])
                        return []
                    case .done, .unchanged: return [.dismiss]
                    }
                }
            ]
        }
    }

    /// Applies what a text describes; `again` goes back to it when something is wrong with it.
    static func apply(_ text: String, _ state: ConsoleState, again: @escaping () -> [Effect]) -> [Effect] {
        func refuse(_ reasons: [String]) -> [Effect] {
            let width = min(66, state.size.width - 8)
            let message = reasons.flatMap { DisplayText.wrapped($0, to: width) }.map { [Span($0, state.theme[.error])] }
            let dialog = Dialog(
                title: "Not taken", message: message + [[]], buttons: ["Again", "Discard"], isDangerous: true)
            return [.push(DialogLayer(dialog) { $0 == 0 ? again() : [] })]
        }
        switch state.parseManifests(text) {
        case .failure(let problem): return refuse([problem.message])
        case .success(let objects):
            if objects.isEmpty { return [.toast("Nothing to create.", .info)] }
            // Those that are there already are changed.
            let keys = objects.map(\.placedKey).filter { state.objects.object($0) == nil }
            return [
                .send(
                    .apply(objects.map(\.object), written: objects.map(\.written)),
                    onOutcome: { outcome in
                        let shown = OutcomeText.effects(
                            CommandOutcome(id: 0, messages: outcome.messages, warnings: outcome.warnings), state.theme)
                        let noted: [Effect] = outcome.messages.isEmpty ? [] : [.noteCreation(keys)]
                        return outcome.errors.isEmpty
                            ? noted + shown : noted + shown + refuse(outcome.errors.flatMap(OutcomeText.lines))
                    })
            ]
        }
    }
}
