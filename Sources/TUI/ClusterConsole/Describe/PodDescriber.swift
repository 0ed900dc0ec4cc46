import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

extension DescribeWriter {
    mutating func describe(_ pod: Pod) {
        identity(pod)
        if let priority = pod.spec.priority { field("Priority", "\(priority)") }
        if let name = pod.spec.priorityClassName, !name.isEmpty { field("Priority Class Name", name) }
        if let name = pod.spec.runtimeClassName, !name.isEmpty { field("Runtime Class Name", name) }
        if let name = pod.spec.serviceAccountName, !name.isEmpty { field("Service Account", name) }
        let node = pod.spec.nodeName ?? ""
        field("Node", node.isEmpty ? "<none>" : "\(node)/\(pod.status.hostIP ?? "")")
        if let start = pod.status.startTime { field("Start Time", start.rfc1123) }
        labels("Labels", pod.labels)
        annotations(pod.annotations)
        status(of: pod)
        controlledBy(pod.metadata)
        if let name = pod.status.nominatedNodeName, !name.isEmpty { field("NominatedNodeName", name) }
        if let resources = pod.spec.resources {
            line("Resources:")
            quantities("Limits", resources.limits, indent: 1)
            quantities("Requests", resources.requests, indent: 1)
        }
        if !pod.spec.initContainers.isEmpty {
            containers("Init Containers", pod.spec.initContainers, pod.status.initContainerStatuses, of: pod)
        }
        containers("Containers", pod.spec.containers, pod.status.containerStatuses, of: pod)
        if !pod.spec.ephemeralContainers.isEmpty {
            let debuggers = pod.spec.ephemeralContainers.map(Container.init)
            containers("Ephemeral Containers", debuggers, pod.status.ephemeralContainerStatuses, of: pod)
        }
        conditions(of: pod)
        volumes(pod.spec.volumes)
        field("QoS Class", pod.status.qosClass ?? "")
        labels("Node-Selectors", pod.spec.nodeSelector)
        tolerations(pod.spec.tolerations)
        spreadConstraints(pod.spec.topologySpreadConstraints)
        if let group = pod.spec.schedulingGroup {
            line("SchedulingGroup:")
            field("PodGroupName", group.podGroupName ?? "", indent: 1)
        }
    }

    private mutating func status(of pod: Pod) {
        if let deletion = pod.metadata.deletionTimestamp, pod.status.phase != "Failed", pod.status.phase != "Succeeded"
        {
            field("Status", "Terminating (lasts \(age(deletion)))")
            field("Termination Grace Period", "\(pod.metadata.deletionGracePeriodSeconds ?? 0)s")
        } else {
            field("Status", pod.status.phase ?? "")
        }
        if let reason = pod.status.reason, !reason.isEmpty { field("Reason", reason) }
        if let message = pod.status.message, !message.isEmpty { field("Message", message) }
        if let profile = pod.spec.securityContext?.seccompProfile {
            field("SeccompProfile", profile.type)
            if let name = profile.localhostProfile { field("LocalhostProfile", name) }
        }
        field("IP", pod.status.podIP ?? "")
        if pod.status.podIPs.isEmpty {
            field("IPs", "<none>")
        } else {
            line("IPs:")
            for address in pod.status.podIPs { field("IP", address.ip, indent: 1) }
        }
    }

    private mutating func conditions(of pod: Pod) {
        if !pod.spec.readinessGates.isEmpty {
            line("Readiness Gates:\n  Type\tStatus")
            for gate in pod.spec.readinessGates {
                let status = pod.status.conditions.first { $0.type == gate.conditionType }?.status
                line("\(gate.conditionType) \t\(status ?? "<none>") ", indent: 1)
            }
        }
        if !pod.status.conditions.isEmpty {
            line("Conditions:\n  Type\tStatus")
            for condition in pod.status.conditions { line("\(condition.type) \t\(condition.status) ", indent: 1) }
        }
    }

    mutating func podTemplate(_ template: PodTemplateSpec?) {
        line("Pod Template:")
        guard let template else { return line("<unset>", indent: 1) }
        labels("Labels", template.metadata.labels, indent: 1)
        if !template.metadata.annotations.isEmpty { annotations(template.metadata.annotations, indent: 1) }
        if let name = template.spec.serviceAccountName, !name.isEmpty { field("Service Account", name, indent: 1) }
        if !template.spec.initContainers.isEmpty {
            containers("Init Containers", template.spec.initContainers, [], of: nil, space: "  ")
        }
        containers("Containers", template.spec.containers, [], of: nil, space: "  ")
        volumes(template.spec.volumes, space: "  ")
        spreadConstraints(template.spec.topologySpreadConstraints, indent: 1)
        if let name = template.spec.priorityClassName, !name.isEmpty { field("Priority Class Name", name, indent: 1) }
        labels("Node-Selectors", template.spec.nodeSelector, indent: 1)
        tolerations(template.spec.tolerations, indent: 1)
    }

    // MARK: Containers

    private mutating func containers(
        _ title: String, _ containers: [Container], _ statuses: [ContainerStatus], of pod: Pod?, space: String = ""
    ) {
        line("\(space)\(title):" + (containers.isEmpty ? " <none>" : ""))
        for container in containers {
            line((space.isEmpty ? "" : " ") + container.name + ":", indent: 1)
            let status = statuses.first { $0.name == container.name }
            basics(container, status)
            arguments("Command", container.command)
            arguments("Args", container.args)
            if let status { state(status) }
            quantities("Limits", container.resources?.limits ?? [:])
            quantities("Requests", container.resources?.requests ?? [:])
            if let probe = container.livenessProbe { field("Liveness", DescribeWriter.text(probe), indent: 2) }
            if let probe = container.readinessProbe { field("Readiness", DescribeWriter.text(probe), indent: 2) }
            if let probe = container.startupProbe { field("Startup", DescribeWriter.text(probe), indent: 2) }
            environment(container, of: pod)
            mounts(container)
        }
    }

    private mutating func basics(_ container: Container, _ status: ContainerStatus?) {
        if let status { field("Container ID", status.containerID ?? "", indent: 2) }
        field("Image", container.image ?? "", indent: 2)
        if let status { field("Image ID", status.imageID, indent: 2) }
        func text(_ number: (ContainerPort) -> Int) -> String {
            container.ports.map { port in
                let name = port.name.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
                return "\(number(port))/\(port.protocol ?? "TCP")\(name)"
            }.joined(separator: ", ")
        }
        let isOne = container.ports.count < 2
        field(isOne ? "Port" : "Ports", DescribeWriter.orNone(text(\.containerPort)), indent: 2)
        field(isOne ? "Host Port" : "Host Ports", DescribeWriter.orNone(text { $0.hostPort ?? 0 }), indent: 2)
        if let profile = container.securityContext?.seccompProfile {
            field("SeccompProfile", profile.type, indent: 2)
            if let name = profile.localhostProfile { field("LocalhostProfile", name, indent: 3) }
        }
    }

    private mutating func arguments(_ title: String, _ words: [String]) {
        if words.isEmpty { return }
        line("\(title):", indent: 2)
        for word in words { line(word, indent: 3) }
    }

    private mutating func state(_ status: ContainerStatus) {
        state("State", status.state ?? ContainerState())
        if let last = status.lastState, last.terminated != nil { state("Last State", last) }
        field("Ready", DescribeWriter.truth(status.ready), indent: 2)
        field("Restart Count", "\(status.restartCount)", indent: 2)
    }

    private mutating func state(_ title: String, _ state: ContainerState) {
        if let running = state.running {
            field(title, "Running", indent: 2)
            if let start = running.startedAt { field("Started", start.rfc1123, indent: 3) }
        } else if let terminated = state.terminated {
            field(title, "Terminated", indent: 2)
            if let reason = terminated.reason, !reason.isEmpty { field("Reason", reason, indent: 3) }
            if let message = terminated.message, !message.isEmpty { field("Message", message, indent: 3) }
            field("Exit Code", "\(terminated.exitCode)", indent: 3)
            if let signal = terminated.signal, signal > 0 { field("Signal", "\(signal)", indent: 3) }
            if let start = terminated.startedAt { field("Started", start.rfc1123, indent: 3) }
            if let end = terminated.finishedAt { field("Finished", end.rfc1123, indent: 3) }
        } else {
            field(title, "Waiting", indent: 2)
            if let reason = state.waiting?.reason, !reason.isEmpty { field("Reason", reason, indent: 3) }
        }
    }

    private mutating func quantities(_ title: String, _ list: StringMap<Quantity>, indent: Int = 2) {
        if list.isEmpty { return }
        line("\(title):", indent: indent)
        for (name, quantity) in list { field(name, quantity.text, indent: indent + 1) }
    }

    static func text(_ probe: Probe) -> String {
        let attributes =
            "delay=\(probe.initialDelaySeconds ?? 0)s timeout=\(probe.timeoutSeconds ?? 0)s "
            + "period=\(probe.periodSeconds ?? 0)s #success=\(probe.successThreshold ?? 0) "
            + "#failure=\(probe.failureThreshold ?? 0)"
        if let exec = probe.exec { return "exec [\(exec.command.joined(separator: " "))] \(attributes)" }
        if let get = probe.httpGet {
            let scheme = (get.scheme ?? "HTTP").lowercased()
            return "http-get \(scheme)://\(get.host ?? ""):\(get.port.text)\(get.path ?? "") \(attributes)"
        }
        if let socket = probe.tcpSocket { return "tcp-socket \(socket.host ?? ""):\(socket.port.text) \(attributes)" }
        if let grpc = probe.grpc { return "grpc <pod>:\(grpc.port) \(grpc.service ?? "") \(attributes)" }
        return "unknown \(attributes)"
    }

    private mutating func environment(_ container: Container, of pod: Pod?) {
        if !container.envFrom.isEmpty {
            line("Environment Variables from:", indent: 2)
            for source in container.envFrom {
                let isSecret = source.configMapRef == nil
                let name = source.configMapRef?.name ?? source.secretRef?.name ?? ""
                let prefix = source.prefix.map { $0.isEmpty ? "" : " with prefix '\($0)'" } ?? ""
                let isOptional = source.configMapRef?.optional ?? source.secretRef?.optional ?? false
                line("\(name)\t\(isSecret ? "Secret" : "ConfigMap")\(prefix)\tOptional: \(isOptional)", indent: 3)
            }
        }
        line("Environment:" + (container.env.isEmpty ? "\t<none>" : ""), indent: 2)
        for variable in container.env {
            guard let source = variable.valueFrom else {
                let lines = (variable.value ?? "").split(separator: "\n", omittingEmptySubsequences: false)
                for (index, text) in lines.enumerated() {
                    line(index == 0 ? "\(variable.name):\t\(text)" : "\t\(text)", indent: 3)
                }
                continue
            }
            if let field = source.fieldRef {
                let value = pod.map { DescribeWriter.value(of: field.fieldPath, in: $0) } ?? ""
                line("\(variable.name):\t\(value) (\(field.apiVersion ?? "v1"):\(field.fieldPath))", indent: 3)
            } else if let key = source.secretKeyRef {
                let text = "<set to the key '\(key.key)' in secret '\(key.name ?? "")'>"
                line("\(variable.name):\t\(text)\tOptional: \(key.optional ?? false)", indent: 3)
            } else if let key = source.configMapKeyRef {
                let text = "<set to the key '\(key.key)' of config map '\(key.name ?? "")'>"
                line("\(variable.name):\t\(text)\tOptional: \(key.optional ?? false)", indent: 3)
            } else if let resource = source.resourceFieldRef {
                let value = DescribeWriter.amount(resource, of: container)
                line("\(variable.name):\t\(value) (\(resource.resource))", indent: 3)
            }
        }
    }

    /// The fields of a pod that its environment can name.
    private static func value(of path: String, in pod: Pod) -> String {
        switch path {
        case "metadata.name": pod.name
        case "metadata.namespace": pod.namespace
        case "metadata.uid": pod.uid
        case "spec.nodeName": pod.spec.nodeName ?? ""
        case "spec.serviceAccountName": pod.spec.serviceAccountName ?? ""
        case "status.podIP": pod.status.podIP ?? ""
        case "status.hostIP": pod.status.hostIP ?? ""
        default: ""
        }
    }

    /// A limit or request in units of the divisor, rounded up. Follows kubectl `pkg/util/resource/resource.go`.
    private static func amount(_ field: ResourceFieldSelector, of container: Container) -> String {
        let parts = field.resource.split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else { return "" }
        let list = parts[0] == "limits" ? container.resources?.limits : container.resources?.requests
        let quantity = list?[String(parts[1])] ?? Quantity(0)
        let divisor = field.divisor.flatMap { $0.isZero ? nil : $0 } ?? Quantity(1)
        let isCPU = parts[1] == "cpu"
        let (whole, part) =
            isCPU ? (quantity.milliValue, divisor.milliValue) : (quantity.value, max(1, divisor.value))
        let count = part > 0 ? whole / part + (whole % part > 0 ? 1 : 0) : 0
        let isLimit = field.resource == "limits.cpu" || field.resource == "limits.memory"
        return count == 0 && isLimit ? "node allocatable" : "\(count)"
    }

    private mutating func mounts(_ container: Container) {
        line("Mounts:" + (container.volumeMounts.isEmpty ? "\t<none>" : ""), indent: 2)
        for mount in container.volumeMounts.sorted(by: { compareUTF8($0.mountPath, $1.mountPath) < 0 }) {
            var flags = mount.readOnly == true ? "ro" : "rw"
            if let path = mount.subPath, !path.isEmpty { flags += ",path=\"\(path)\"" }
            line("\(mount.mountPath) from \(mount.name) (\(flags))", indent: 3)
        }
        if container.volumeDevices.isEmpty { return }
        line("Devices:" + (container.volumeMounts.isEmpty ? "\t<none>" : ""), indent: 2)
        for device in container.volumeDevices.sorted(by: { compareUTF8($0.devicePath, $1.devicePath) < 0 }) {
            line("\(device.devicePath) from \(device.name)", indent: 3)
        }
    }

    // MARK: Scheduling

    private mutating func tolerations(_ tolerations: [Toleration], indent: Int = 0) {
        let texts = tolerations.sorted { compareUTF8($0.key ?? "", $1.key ?? "") < 0 }.map { toleration in
            var text = toleration.key ?? ""
            if let value = toleration.value, !value.isEmpty { text += "=" + value }
            if let effect = toleration.effect, !effect.isEmpty { text += ":" + effect }
            if toleration.operator == "Exists", toleration.value ?? "" == "" {
                text += text.isEmpty ? "op=Exists" : " op=Exists"
            }
            if let seconds = toleration.tolerationSeconds { text += " for \(seconds)s" }
            return text
        }
        pairs("Tolerations", texts, indent: indent)
    }

    private mutating func spreadConstraints(_ constraints: [TopologySpreadConstraint], indent: Int = 0) {
        if constraints.isEmpty { return }
        let sorted = constraints.sorted { compareUTF8($0.topologyKey, $1.topologyKey) < 0 }
        pairs(
            "Topology Spread Constraints",
            sorted.map { constraint in
                let selector = constraint.labelSelector.map { " for selector " + LabelSelector.format($0) } ?? ""
                return "\(constraint.topologyKey):\(constraint.whenUnsatisfiable) when max skew "
                    + "\(constraint.maxSkew) is exceeded\(selector)"
            }, indent: indent)
    }
}
