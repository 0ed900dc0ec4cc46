import KubeAPI

// Containers of a pod. Follows kubernetes pkg/apis/core/validation/validation.go.

extension Validator {
    mutating func containers(_ containers: [Container], _ context: PodValidationContext) {
        if containers.isEmpty { return required("containers") }
        var names: [String] = []
        each("containers", containers) { validator, container, _ in
            validator.container(container, context)
            if names.contains(container.name) {
                validator.duplicate("name", container.name)
            } else {
                names.append(container.name)
            }
            validator.lifecycleAndProbes(container, context)
            validator.containerRestartPolicy(container)
        }
        field("containers") { $0.hostPortConflicts(containers) }
    }

    /// Init containers run one by one, so each has its ports to itself; those that restart always are sidecars.
    mutating func initContainers(
        _ containers: [Container], _ regular: [Container], _ context: PodValidationContext
    ) {
        if containers.isEmpty { return }
        var names = regular.map(\.name)
        field("initContainers") { validator in
            for (index, container) in containers.enumerated() {
                validator.index(index) { validator in
                    validator.container(container, context)
                    validator.initContainerRestartPolicy(container)
                    if names.contains(container.name) {
                        validator.duplicate("name", container.name)
                    } else if !container.name.isEmpty {
                        names.append(container.name)
                    }
                }
                // Upstream looks at a list of this one, so that its path says that it is the first.
                validator.hostPortConflicts([container])
                validator.index(index) { $0.initContainerFields(container, context) }
            }
        }
    }

    /// What only init containers that go on running, the sidecars, may have.
    private mutating func initContainerFields(_ container: Container, _ context: PodValidationContext) {
        if container.restartPolicy == "Always" { return lifecycleAndProbes(container, context) }
        let reason = "may not be set for init containers without restartPolicy=Always"
        if container.lifecycle != nil { forbidden("lifecycle", reason) }
        if container.livenessProbe != nil { forbidden("livenessProbe", reason) }
        if container.readinessProbe != nil { forbidden("readinessProbe", reason) }
        if container.startupProbe != nil { forbidden("startupProbe", reason) }
        for (index, policy) in container.resizePolicy.enumerated()
        where policy.restartPolicy == "RestartContainer" {
            invalid(
                .elementField("resizePolicy", index, "restartPolicy"), policy.restartPolicy,
                "must not be set to 'RestartContainer' for non-sidecar initContainers")
        }
    }

    /// Containers added to a running pod to look into it: no ports, probes or resources of their own.
    mutating func ephemeralContainers(_ spec: PodSpec, _ context: PodValidationContext) {
        if spec.ephemeralContainers.isEmpty { return }
        let others = (spec.containers + spec.initContainers).map(\.name)
        var names = others
        let reason = "cannot be set for an Ephemeral Container"
        each("ephemeralContainers", spec.ephemeralContainers) { validator, ephemeral, _ in
            let container = Container(ephemeral)
            validator.container(container, context)
            validator.imageWithoutSpaces(container)
            if names.contains(ephemeral.name) {
                validator.duplicate("name", ephemeral.name)
            } else {
                names.append(ephemeral.name)
            }
            if let target = ephemeral.targetContainerName, !target.isEmpty, !others.contains(target) {
                validator.notFound("targetContainerName", target)
            }
            if !ephemeral.ports.isEmpty { validator.forbidden("ports", reason) }
            if let resources = ephemeral.resources, resources != ResourceRequirements() {
                validator.forbidden("resources", reason)
            }
            if !ephemeral.resizePolicy.isEmpty { validator.forbidden("resizePolicy", reason) }
            if ephemeral.restartPolicy != nil { validator.forbidden("restartPolicy", reason) }
            if !ephemeral.restartPolicyRules.isEmpty { validator.forbidden("restartPolicyRules", reason) }
            if ephemeral.livenessProbe != nil { validator.forbidden("livenessProbe", reason) }
            if ephemeral.readinessProbe != nil { validator.forbidden("readinessProbe", reason) }
            if ephemeral.startupProbe != nil { validator.forbidden("startupProbe", reason) }
            if ephemeral.lifecycle != nil { validator.forbidden("lifecycle", reason) }
            validator.each("volumeMounts", ephemeral.volumeMounts) { validator, mount, _ in
                if !mount.subPath.isEmptyOrNil { validator.forbidden("subPath", reason) }
                if !mount.subPathExpr.isEmptyOrNil { validator.forbidden("subPathExpr", reason) }
            }
        }
    }

    /// What holds for every kind of container.
    private mutating func container(_ container: Container, _ context: PodValidationContext) {
        if container.name.isEmpty {
            required("name")
        } else {
            check("name", container.name, Validation.dns1123Label(container.name))
        }
        if container.image.isEmptyOrNil { required("image") }
        oneOf("terminationMessagePolicy", container.terminationMessagePolicy, ["File", "FallbackToLogsOnError"])
        containerPorts(container.ports)
        environment(container.env)
        environmentSources(container.envFrom)
        volumeMounts(container, context)
        volumeDevices(container, context)
        oneOf("imagePullPolicy", container.imagePullPolicy, ["Always", "IfNotPresent", "Never"])
        if let resources = container.resources {
            field("resources") { $0.resourceRequirements(resources, context) }
        }
        resizePolicy(container.resizePolicy, context)
        if let security = container.securityContext {
            field("securityContext") { $0.securityContext(security, hostUsers: context.hostUsers) }
        }
    }

    /// In pods, but not in templates, an image may not have spaces around it.
    mutating func imageWithoutSpaces(_ container: Container) {
        guard let image = container.image, image.isPadded else { return }
        invalid("image", image, "must not have leading or trailing whitespace")
    }

    // MARK: Ports

    private mutating func containerPorts(_ ports: [ContainerPort]) {
        var names: [String] = []
        each("ports", ports) { validator, port, _ in
            if let name = port.name, !name.isEmpty {
                let messages = Validation.portName(name)
                if !messages.isEmpty {
                    validator.check("name", name, messages)
                } else if names.contains(name) {
                    validator.duplicate("name", name)
                } else {
                    names.append(name)
                }
            }
            if port.containerPort == 0 {
                validator.required("containerPort")
            } else {
                validator.check("containerPort", port.containerPort, Validation.portNumber(port.containerPort))
            }
            if let hostPort = port.hostPort, hostPort != 0 {
                validator.check("hostPort", hostPort, Validation.portNumber(hostPort))
            }
            validator.oneOf("protocol", port.protocol, ["SCTP", "TCP", "UDP"])
        }
    }

    /// Standing on the list of containers.
    private mutating func hostPortConflicts(_ containers: [Container]) {
        var taken: [String] = []
        for (index, container) in containers.enumerated() {
            for (portIndex, port) in container.ports.enumerated() {
                guard let hostPort = port.hostPort, hostPort != 0 else { continue }
                let text = "\(port.protocol.text)/\(port.hostIP.text)/\(hostPort)"
                if taken.contains(text) {
                    self.index(index) { $0.duplicate(.elementField("ports", portIndex, "hostPort"), text) }
                } else {
                    taken.append(text)
                }
            }
        }
    }

    // MARK: Restarting and resizing

    private static let rulesNeedPolicy = "must specify restartPolicy when restart rules are used"

    /// Without a policy, the rules of an init container are not looked into.
    private mutating func initContainerRestartPolicy(_ container: Container) {
        if container.restartPolicy != nil { return containerRestartPolicy(container) }
        if !container.restartPolicyRules.isEmpty { required("restartPolicy", Validator.rulesNeedPolicy) }
    }

    private mutating func containerRestartPolicy(_ container: Container) {
        let supported = ["Always", "Never", "OnFailure"]
        if let policy = container.restartPolicy, !supported.contains(policy) {
            notSupported("restartPolicy", policy, supported)
        }
        if container.restartPolicyRules.isEmpty { return }
        if container.restartPolicy == nil {
            required("restartPolicy", Validator.rulesNeedPolicy)
        }
        if container.restartPolicyRules.count > 20 {
            tooMany("restartPolicyRules", actual: container.restartPolicyRules.count, maximum: 20)
        }
        each("restartPolicyRules", container.restartPolicyRules) { validator, rule, _ in
            let actions = ["Restart", Container.restartsAllContainers]
            if !actions.contains(rule.action) {
                validator.notSupported("action", rule.action, actions)
            }
            guard let codes = rule.exitCodes else { return validator.required("exitCodes", "must be specified") }
            validator.field("exitCodes") { validator in
                if !["In", "NotIn"].contains(codes.operator) {
                    validator.notSupported("operator", codes.operator, ["In", "NotIn"])
                }
                if codes.values.count > 255 {
                    validator.tooMany("values", actual: codes.values.count, maximum: 255)
                }
            }
        }
    }

    private mutating func resizePolicy(_ policies: [ContainerResizePolicy], _ context: PodValidationContext) {
        var resources: [String] = []
        for (index, policy) in policies.enumerated() {
            if resources.contains(policy.resourceName) {
                duplicate(.element("resizePolicy", index), policy.resourceName)
            }
            resources.append(policy.resourceName)
            oneOf("resizePolicy", policy.resourceName, ["cpu", "memory"])
            oneOf("resizePolicy", policy.restartPolicy, ["NotRequired", "RestartContainer"])
            if context.restartPolicy == "Never", policy.restartPolicy != "NotRequired" {
                invalid(
                    "resizePolicy", policy.restartPolicy,
                    "must be 'NotRequired' when pod `restartPolicy` is 'Never'")
            }
        }
    }
}
