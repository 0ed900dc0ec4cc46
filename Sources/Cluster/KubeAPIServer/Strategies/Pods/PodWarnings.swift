import KubeAPI

/// What the author of a pod, or of a template of pods, should know, although it is accepted.
/// Follows kubernetes pkg/api/pod/warnings.go.
enum PodWarnings {
    static let renamedLabels: StringMap<String> = [
        "beta.kubernetes.io/arch": "kubernetes.io/arch",
        "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
        "beta.kubernetes.io/os": "kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    ]

    private static let criticalPod = "scheduler.alpha.kubernetes.io/critical-pod"
    private static let deprecatedAnnotations = [
        (criticalPod, "non-functional in v1.16+; use the \"priorityClassName\" field instead"),
        ("security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
        ("security.alpha.kubernetes.io/unsafe-sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
    ]

    /// Volumes of plugins that are gone, each with what tells it, as upstream spells its field.
    private static let deprecatedVolumes: [(name: String, text: String, isUsed: @Sendable (Volume) -> Bool)] = [
        ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+", { $0.photonPersistentDisk != nil }),
        ("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+", { $0.gitRepo != nil }),
        ("scaleIO", "deprecated in v1.16, non-functional in v1.22+", { $0.scaleIO != nil }),
        ("flocker", "deprecated in v1.22, non-functional in v1.25+", { $0.flocker != nil }),
        ("storageOS", "deprecated in v1.22, non-functional in v1.25+", { $0.storageos != nil }),
        ("quobyte", "deprecated in v1.22, non-functional in v1.25+", { $0.quobyte != nil }),
        ("glusterfs", "deprecated in v1.25, non-functional in v1.26+", { $0.glusterfs != nil }),
        ("cephfs", "deprecated in v1.28, non-functional in v1.31+", { $0.cephfs != nil }),
        ("rbd", "deprecated in v1.28, non-functional in v1.31+", { $0.rbd != nil }),
    ]

    /// The name of what makes pods goes into the names of hosts.
    static func ofName(_ name: String) -> [String] {
        let messages = Validation.dns1123Label(name)
        if messages.isEmpty { return [] }
        return [
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; "
                + "a DNS label is recommended: [\(messages.joined(separator: " "))]"
        ]
    }

    /// The warnings of a pod, or of the template at a path such as `spec.template`.
    static func of(_ spec: PodSpec, _ metadata: ObjectMeta, template: String? = nil) -> [String] {
        let prefix = template.map { $0 + "." } ?? ""
        let path = prefix + "spec"
        var warnings: [String] = []
        labels(spec, path, &warnings)
        for (key, message) in deprecatedAnnotations where metadata.annotations[key] != nil {
            warnings.append("\(prefix)metadata.annotations[\(key)]: \(message)")
        }
        volumes(spec.volumes, path, &warnings)
        lists(spec, path, &warnings)
        fractions(spec.overhead, "\(path).overhead", &warnings)
        let seccomp = #"non-functional in v1.27+; use the "seccompProfile" field instead"#
        let pod = "seccomp.security.alpha.kubernetes.io/pod"
        if spec.securityContext?.seccompProfile == nil, metadata.annotations[pod] != nil {
            warnings.append("\(prefix)metadata.annotations[\(pod)]: \(seccomp)")
        }
        for (container, place) in containers(spec, path) {
            let key = "container.seccomp.security.alpha.kubernetes.io/" + container.name
            if container.securityContext?.seccompProfile == nil, metadata.annotations[key] != nil {
                warnings.append("\(prefix)metadata.annotations[\(key)]: \(seccomp)")
            }
            let armor = "container.apparmor.security.beta.kubernetes.io/" + container.name
            if template != nil, metadata.annotations[armor] != nil,
                spec.securityContext?.appArmorProfile == nil, container.securityContext?.appArmorProfile == nil
            {
                warnings.append(
                    "\(prefix)metadata.annotations[\(armor)]: "
                        + #"deprecated since v1.30; use the "appArmorProfile" field instead"#)
            }
            if let resources = container.resources {
                for name in ["memory", "ephemeral-storage"] {
                    fractions(resources.limits, "\(place).resources.limits", names: [name], &warnings)
                    fractions(resources.requests, "\(place).resources.requests", names: [name], &warnings)
                }
            }
            variables(container.env, place, &warnings)
        }
        ports(containers(spec, path), &warnings)
        if let seconds = spec.terminationGracePeriodSeconds, seconds < 0 {
            warnings.append(
                "\(path).terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated "
                    + "as 1")
        }
        affinity(spec.affinity, path, &warnings)
        for (index, server) in (spec.dnsConfig?.nameservers ?? []).enumerated() {
            warnings += AddressWarnings.of(server, "\(path).dnsConfig.nameservers[\(index)]")
        }
        for (index, alias) in spec.hostAliases.enumerated() {
            warnings += AddressWarnings.of(alias.ip, "\(path).hostAliases[\(index)].ip")
        }
        return warnings
    }

    /// In upstream's order, each with its path.
    private static func containers(_ spec: PodSpec, _ path: String) -> [(Container, String)] {
        spec.initContainers.enumerated().map { ($1, "\(path).initContainers[\($0)]") }
            + spec.containers.enumerated().map { ($1, "\(path).containers[\($0)]") }
    }

    // MARK: Labels of nodes

    private static func deprecation(_ label: String) -> String? {
        renamedLabels[label].map { "deprecated since v1.14; use \"\($0)\" instead" }
    }

    private static func labels(_ spec: PodSpec, _ path: String, _ warnings: inout [String]) {
        for (key, _) in spec.nodeSelector {
            if let message = deprecation(key) { warnings.append("\(path).nodeSelector[\(key)]: \(message)") }
        }
        if let affinity = spec.affinity?.nodeAffinity {
            let place = "\(path).affinity.nodeAffinity"
            let required = affinity.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
            for (index, term) in required.enumerated() {
                let name = "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[\(index)]"
                self.term(term, "\(place).\(name)", &warnings)
            }
            for (index, weighted) in affinity.preferredDuringSchedulingIgnoredDuringExecution.enumerated() {
                let name = "preferredDuringSchedulingIgnoredDuringExecution[\(index)].preference"
                term(weighted.preference, "\(place).\(name)", &warnings)
            }
        }
        for (index, constraint) in spec.topologySpreadConstraints.enumerated() {
            let place = "\(path).topologySpreadConstraints[\(index)]"
            if let message = deprecation(constraint.topologyKey) {
                warnings.append("\(place).topologyKey: \(constraint.topologyKey) is \(message)")
            }
            if constraint.labelSelector == nil {
                warnings.append("\(place).labelSelector: a null labelSelector results in matching no pod")
            }
        }
    }

    /// The deprecated labels in a term about nodes. Follows pkg/api/node/util.go `GetWarningsForNodeSelectorTerm`.
    static func term(_ term: NodeSelectorTerm, _ path: String, _ warnings: inout [String]) {
        for (index, expression) in term.matchExpressions.enumerated() {
            guard let message = deprecation(expression.key) else { continue }
            warnings.append("\(path).matchExpressions[\(index)].key: \(expression.key) is \(message)")
        }
    }

    private static func affinity(_ affinity: Affinity?, _ path: String, _ warnings: inout [String]) {
        let rules = [
            (
                "podAffinity", affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
                affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
            ),
            (
                "podAntiAffinity", affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
                affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
            ),
        ]
        for (name, required, preferred) in rules {
            let place = "\(path).affinity.\(name)"
            for (index, term) in required.enumerated() where term.labelSelector == nil {
                warnings.append(
                    "\(place).requiredDuringSchedulingIgnoredDuringExecution[\(index)].labelSelector: "
                        + "a null labelSelector results in matching no pod")
            }
            for (index, term) in preferred.enumerated() where term.podAffinityTerm.labelSelector == nil {
                warnings.append(
                    "\(place).preferredDuringSchedulingIgnoredDuringExecution[\(index)].podAffinityTerm.labelSelector: "
                        + "a null labelSelector results in matching no pod")
            }
        }
    }

    // MARK: Volumes

    private static func volumes(_ volumes: [Volume], _ path: String, _ warnings: inout [String]) {
        for (index, volume) in volumes.enumerated() {
            let place = "\(path).volumes[\(index)]"
            for (name, text, isUsed) in deprecatedVolumes where isUsed(volume) {
                warnings.append("\(place).\(name): \(text)")
            }
            if let claim = volume.ephemeral?.volumeClaimTemplate {
                fractions(
                    claim.spec.resources?.requests ?? [:],
                    "\(place).ephemeral.volumeClaimTemplate.spec.resources.requests",
                    names: ["storage"], &warnings)
            }
        }
        VolumePathWarnings.add(volumes, to: &warnings)
    }

    // MARK: Lists with something twice

    private static func lists(_ spec: PodSpec, _ path: String, _ warnings: inout [String]) {
        for (index, alias) in spec.hostAliases.enumerated()
        where spec.hostAliases[..<index].contains(where: { $0.ip == alias.ip }) {
            warnings.append("\(path).hostAliases[\(index)].ip: duplicate ip \(GoText.quoted(alias.ip))")
        }
        for (index, secret) in spec.imagePullSecrets.enumerated()
        where spec.imagePullSecrets[..<index].contains(where: { $0.name ?? "" == secret.name ?? "" }) {
            warnings.append(
                "\(path).imagePullSecrets[\(index)].name: duplicate name \(GoText.quoted(secret.name ?? ""))")
        }
        for (index, secret) in spec.imagePullSecrets.enumerated() where secret.name.isEmptyOrNil {
            warnings.append("\(path).imagePullSecrets[\(index)].name: invalid empty name \"\"")
        }
    }

    /// A variable may build on an earlier one of its name; else it hides it.
    private static func variables(_ variables: [EnvVar], _ place: String, _ warnings: inout [String]) {
        var names: Set<String> = []
        for (index, variable) in variables.enumerated() where !names.insert(variable.name).inserted {
            let reference = "$(\(variable.name))"
            let value = variable.value ?? ""
            if variable.valueFrom != nil || value == reference || !value.contains(reference) {
                warnings.append(
                    "\(place).env[\(index)]: hides previous definition of \(GoText.quoted(variable.name)), "
                        + "which may be dropped when using apply")
            }
        }
    }

    private static func ports(_ containers: [(Container, String)], _ warnings: inout [String]) {
        var known: [(port: ContainerPort, place: String)] = []
        for (container, place) in containers {
            for (index, port) in container.ports.enumerated() {
                let here = "\(place).ports[\(index)]"
                if !port.hostIP.isEmptyOrNil, port.hostPort.isZeroOrNil {
                    warnings.append("\(here): hostIP set without hostPort: \(text(port))")
                }
                for other in known
                where other.port.containerPort == port.containerPort && other.port.protocol == port.protocol {
                    if let conflict = conflict(port, other.port) {
                        warnings.append("\(here): \(conflict) port definition with \(other.place)")
                    }
                }
                known.append((port, here))
            }
        }
    }

    /// As Go prints the struct.
    private static func text(_ port: ContainerPort) -> String {
        "{Name:\(port.name ?? "") HostPort:\(port.hostPort ?? 0) ContainerPort:\(port.containerPort) "
            + "Protocol:\(port.protocol ?? "") HostIP:\(port.hostIP ?? "")}"
    }

    private static func conflict(_ port: ContainerPort, _ other: ContainerPort) -> String? {
        let (ip, otherIP) = (port.hostIP ?? "", other.hostIP ?? "")
        let (number, otherNumber) = (port.hostPort ?? 0, other.hostPort ?? 0)
        if ip == otherIP, number == otherNumber { return "duplicate" }
        if number == 0 || otherNumber == 0 { return "overlapping" }
        return number == otherNumber && ip.isEmpty != otherIP.isEmpty ? "dangerously ambiguous" : nil
    }

    /// Bytes come whole.
    static func fractions(
        _ amounts: StringMap<Quantity>, _ place: String, names: [String] = ["memory", "ephemeral-storage"],
        _ warnings: inout [String]
    ) {
        for name in names {
            guard let amount = amounts[name], amount.milliValue % 1000 != 0 else { continue }
            warnings.append(
                "\(place)[\(name)]: fractional byte value \"\(amount.text)\" is invalid, must be an integer")
        }
    }
}
