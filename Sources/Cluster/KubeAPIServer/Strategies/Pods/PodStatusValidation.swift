import KubeAPI

// What may change in a pod's status. Follows kubernetes pkg/apis/core/validation/validation.go
// `ValidatePodStatusUpdate`.

extension Validator {
    mutating func podStatusUpdate(_ pod: Pod, old: Pod) {
        if pod.annotations != old.annotations { field("metadata") { $0.podAnnotationUpdate(pod, old: old) } }
        if pod.status == old.status { return }
        field("status") { validator in
            for (index, condition) in pod.status.conditions.enumerated() { validator.podCondition(condition, index) }
            validator.podStatus(pod, old: old)
        }
    }

    private mutating func podCondition(_ condition: PodCondition, _ index: Int) {
        if let generation = condition.observedGeneration, generation < 0 {
            invalid(
                .elementField("conditions", index, "observedGeneration"), generation,
                "must be a non-negative integer")
        }
        switch condition.type {
        // Kubernetes' own need no look, at every status of every pod.
        case "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled": break
        default:
            check(
                .elementField("conditions", index, "Type"), condition.type, Validation.qualifiedName(condition.type))
        }
    }

    private mutating func podStatus(_ pod: Pod, old: Pod) {
        let status = pod.status
        if let name = status.nominatedNodeName, !name.isEmpty, name != old.status.nominatedNodeName {
            check("nominatedNodeName", name, Validation.dns1123Subdomain(name))
            if !old.spec.nodeName.isEmptyOrNil {
                forbidden("nominatedNodeName", "may not be set on pods that are already bound to a node")
            }
        }
        if let generation = status.observedGeneration, generation < 0 {
            invalid("observedGeneration", generation, "must be a non-negative integer")
        }
        immutable("qosClass", status.qosClass.text, old: old.status.qosClass.text)
        containerTransitions(status, old)
        claimStatuses(status, pod.spec)
        // What is stored was found valid when it came.
        if status.podIPs != old.status.podIPs || status.hostIPs != old.status.hostIPs
            || status.hostIP != old.status.hostIP
        {
            podIPs(status)
        }
        containerReports(status, pod.spec)
    }

    // MARK: Claims

    private mutating func claimStatuses(_ status: PodStatus, _ spec: PodSpec) {
        each("resourceClaimStatuses", status.resourceClaimStatuses) { validator, claim, index in
            if !spec.resourceClaims.contains(where: { $0.name == claim.name }) {
                validator.invalid("name", claim.name, "must match the name of an entry in `spec.resourceClaims`")
            }
            if status.resourceClaimStatuses[..<index].contains(where: { $0.name == claim.name }) {
                validator.duplicate("name", claim.name)
            }
            if let name = claim.resourceClaimName {
                validator.check("resourceClaimName", name, Validation.dns1123Subdomain(name))
            }
        }
        if let extended = status.extendedResourceClaimStatus {
            field("extendedResourceClaimStatus") { $0.extendedClaimStatus(extended, spec) }
        }
    }

    private mutating func extendedClaimStatus(_ status: PodExtendedResourceClaimStatus, _ spec: PodSpec) {
        if status.requestMappings.isEmpty { required("requestMappings", "at least one request mapping is required") }
        for (index, mapping) in status.requestMappings.enumerated() {
            let container =
                spec.containers.last { $0.name == mapping.containerName }
                ?? spec.initContainers.last { $0.name == mapping.containerName }
            if container == nil {
                invalid(
                    .elementField("requestMappings", index, "containerName"), mapping.containerName,
                    "must match the name of an entry in spec.initContainers.name or spec.containers.name")
            } else if container?.resources?.requests[mapping.resourceName] == nil {
                invalid(
                    .elementField("requestMappings", index, "resourceName"), mapping.resourceName,
                    "must match the extended resource name of an entry in spec.initContainers.resources.requests or "
                        + "spec.containers.resources.requests")
            }
            // Upstream's path leaves out of which mapping.
            check("requestName", mapping.requestName, Validation.dns1123Label(mapping.requestName))
            if status.requestMappings[..<index].contains(mapping) {
                duplicate(.elementField("requestMappings", index, "containerName"), mapping.containerName)
                duplicate(.elementField("requestMappings", index, "resourceName"), mapping.resourceName)
                duplicate(.elementField("requestMappings", index, "requestName"), mapping.requestName)
            }
        }
        if status.resourceClaimName.isEmpty {
            required("resourceClaimName")
        } else {
            check(
                "resourceClaimName", status.resourceClaimName, Validation.dns1123Subdomain(status.resourceClaimName))
        }
    }

    // MARK: Addresses

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
