import KubeAPI

/// What the author of a pod should know, although it is accepted.
/// Follows kubernetes pkg/api/pod/warnings.go.
enum PodWarnings {
    private static let renamedLabels: StringMap<String> = [
        "beta.kubernetes.io/arch": "kubernetes.io/arch",
        "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
        "beta.kubernetes.io/os": "kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    ]

    /// The warnings of a spec at a path such as `spec` or `spec.template.spec`.
    static func of(_ spec: PodSpec, path: String) -> [String] {
        var warnings: [String] = []
        for (key, _) in spec.nodeSelector {
            if let name = renamedLabels[key] {
                warnings.append("\(path).nodeSelector[\(key)]: deprecated since v1.14; use \"\(name)\" instead")
            }
        }
        for (index, container) in spec.initContainers.enumerated() {
            add(container, "\(path).initContainers[\(index)]", &warnings)
        }
        for (index, container) in spec.containers.enumerated() {
            add(container, "\(path).containers[\(index)]", &warnings)
        }
        duplicatePorts(spec, path, &warnings)
        if let seconds = spec.terminationGracePeriodSeconds, seconds < 0 {
            warnings.append(
                "\(path).terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"
            )
        }
        for (index, volume) in spec.volumes.enumerated() where volume.gitRepo != nil {
            warnings.append("\(path).volumes[\(index)].gitRepo: deprecated in v1.11, and disabled by default in v1.33+")
        }
        for (index, secret) in spec.imagePullSecrets.enumerated() where secret.name.isEmptyOrNil {
            warnings.append("\(path).imagePullSecrets[\(index)].name: invalid empty name \"\"")
        }
        return warnings
    }

    private static func add(_ container: Container, _ path: String, _ warnings: inout [String]) {
        var names: [String] = []
        for (index, variable) in container.env.enumerated() {
            if names.contains(variable.name) {
                warnings.append(
                    "\(path).env[\(index)]: hides previous definition of \"\(variable.name)\", "
                        + "which may be dropped when using apply")
            } else {
                names.append(variable.name)
            }
        }
        for (kind, amounts) in [
            ("limits", container.resources?.limits), ("requests", container.resources?.requests),
        ] {
            for (name, amount) in amounts ?? [:] where ["memory", "ephemeral-storage"].contains(name) {
                if amount.milliValue % 1000 != 0 {
                    warnings.append(
                        "\(path).resources.\(kind)[\(name)]: fractional byte value \"\(amount.text)\" is invalid, "
                            + "must be an integer")
                }
            }
        }
    }

    private static func duplicatePorts(_ spec: PodSpec, _ path: String, _ warnings: inout [String]) {
        for (index, container) in spec.containers.enumerated() {
            for (portIndex, port) in container.ports.enumerated() {
                let first = container.ports.firstIndex {
                    $0.containerPort == port.containerPort && $0.protocol == port.protocol
                        && $0.hostPort == port.hostPort && $0.hostIP == port.hostIP
                }
                guard let first, first < portIndex else { continue }
                warnings.append(
                    "\(path).containers[\(index)].ports[\(portIndex)]: duplicate port definition with "
                        + "\(path).containers[\(index)].ports[\(first)]")
            }
        }
    }
}
