import KubeAPI

// What may change in a pod's status. Follows kubernetes pkg/apis/core/validation/validation.go
// `ValidatePodStatusUpdate`.

extension Validator {
    mutating func podStatusUpdate(_ pod: Pod, old: Pod) {
        if pod.annotations != old.annotations { field("metadata") { $0.podAnnotationUpdate(pod, old: old) } }
        if pod.status == old.status { return }
        for (index, condition) in pod.status.conditions.enumerated() {
            switch condition.type {
            // Kubernetes' own need no look, at every status of every pod.
            case "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled": continue
            default: break
            }
            let messages = Validation.qualifiedName(condition.type)
            if messages.isEmpty { continue }
            field("status") { $0.check(.elementField("conditions", index, "Type"), condition.type, messages) }
        }
        field("status") { $0.podStatus(pod, old: old) }
    }

    private mutating func podStatus(_ pod: Pod, old: Pod) {
        let status = pod.status
        if let name = status.nominatedNodeName, !name.isEmpty, name != old.status.nominatedNodeName {
            check("nominatedNodeName", name, Validation.dns1123Subdomain(name))
            if !old.spec.nodeName.isEmptyOrNil {
                forbidden("nominatedNodeName", "may not be set on pods that are already bound to a node")
            }
        }
        immutable("qosClass", status.qosClass.text, old: old.status.qosClass.text)
        terminated(
            "containerStatuses", status.containerStatuses, old.status.containerStatuses,
            restartPolicy: old.spec.restartPolicy.text, old.spec.containers)
        terminated(
            "initContainerStatuses", status.initContainerStatuses, old.status.initContainerStatuses,
            restartPolicy: old.spec.restartPolicy.text, old.spec.initContainers)
        terminated(
            "ephemeralContainerStatuses", status.ephemeralContainerStatuses, old.status.ephemeralContainerStatuses,
            restartPolicy: "Never", [])
        // What is stored was found valid when it came.
        if status.podIPs == old.status.podIPs, status.hostIPs == old.status.hostIPs, status.hostIP == old.status.hostIP
        {
            return
        }
        podIPs(status)
    }

    /// A container that ended and may not restart stays ended.
    private mutating func terminated(
        _ name: String, _ new: [ContainerStatus], _ old: [ContainerStatus], restartPolicy: String,
        _ containers: [Container]
    ) {
        if restartPolicy == "Always" { return }
        for (index, before) in old.enumerated() {
            guard let end = before.state?.terminated else { continue }
            if end.exitCode != 0, restartPolicy == "OnFailure" { continue }
            if let container = containers.first(where: { $0.name == before.name }),
                container.restartPolicy == "Always" || !container.restartPolicyRules.isEmpty
                    || container.restartPolicy == "OnFailure" && end.exitCode != 0
            {
                continue
            }
            for after in new where after.name == before.name && after.state?.terminated == nil {
                forbidden(
                    .elementField(name, index, "state"), "may not be transitioned to non-terminated state")
            }
        }
    }

    private mutating func podIPs(_ status: PodStatus) {
        for (index, address) in status.podIPs.enumerated() { ip(.element("podIPs", index), address.ip) }
        if status.podIPs.count > 1 {
            let families = Set(status.podIPs.map { IPAddressValue($0.ip)?.isIPv6 ?? false })
            if families.count < 2 || status.podIPs.count > 2 {
                invalid("podIPs", status.podIPs, "may specify no more than one IP for each IP family")
            }
        }
        guard let first = status.hostIPs.first else { return }
        if status.hostIP.text != first.ip {
            invalid(.elementField("hostIPs", 0, "ip"), first.ip, "must be equal to `hostIP`")
        }
        for (index, address) in status.hostIPs.enumerated() { ip(.element("hostIPs", index), address.ip) }
        if status.hostIPs.count > 1 {
            let families = Set(status.hostIPs.map { IPAddressValue($0.ip)?.isIPv6 ?? false })
            if families.count < 2 || status.hostIPs.count > 2 {
                invalid("hostIPs", status.hostIPs, "may specify no more than one IP for each IP family")
            }
        }
    }
}
