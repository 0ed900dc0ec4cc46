import KubeAPI

// What a kubelet may report of containers. Standing on the status of the pod.
// Follows kubernetes pkg/apis/core/validation/validation.go `ValidatePodStatusUpdate`.

extension Validator {
    /// A container that ended and may not restart stays ended.
    mutating func containerTransitions(_ status: PodStatus, _ old: Pod) {
        if !old.spec.allContainersCouldRestart {
            terminated("containerStatuses", status.containerStatuses, old.status.containerStatuses) { name, exitCode in
                old.spec.mayRestart(name, of: old.spec.containers, exitCode)
            }
            terminated("initContainerStatuses", status.initContainerStatuses, old.status.initContainerStatuses) {
                name, exitCode in
                old.spec.mayRestart(name, of: old.spec.initContainers, exitCode)
            }
        }
        terminated(
            "ephemeralContainerStatuses", status.ephemeralContainerStatuses, old.status.ephemeralContainerStatuses
        ) { _, _ in false }
    }

    private mutating func terminated(
        _ list: String, _ new: [ContainerStatus], _ old: [ContainerStatus],
        _ mayRestart: (_ name: String, _ exitCode: Int) -> Bool
    ) {
        for (index, before) in old.enumerated() {
            guard let end = before.state?.terminated,
                new.contains(where: { $0.name == before.name && $0.state?.terminated == nil }),
                !mayRestart(before.name, end.exitCode)
            else { continue }
            forbidden(.elementField(list, index, "state"), "may not be transitioned to non-terminated state")
        }
    }

    // MARK: Users and devices

    mutating func containerReports(_ status: PodStatus, _ spec: PodSpec) {
        let isWindows = spec.os?.name == "windows"
        containerUsers("containerStatuses", status.containerStatuses, isWindows: isWindows)
        containerUsers("initContainerStatuses", status.initContainerStatuses, isWindows: isWindows)
        containerUsers("ephemeralContainerStatuses", status.ephemeralContainerStatuses, isWindows: isWindows)
        allocatedDevices("containerStatuses", status.containerStatuses, spec.containers)
        allocatedDevices("initContainerStatuses", status.initContainerStatuses, spec.initContainers)
        for (index, container) in status.ephemeralContainerStatuses.enumerated()
        where !container.allocatedResourcesStatus.isEmpty {
            forbidden(
                .elementField("ephemeralContainerStatuses", index, "allocatedResourcesStatus"),
                "must not be specified in container status")
        }
    }

    private mutating func containerUsers(_ list: String, _ statuses: [ContainerStatus], isWindows: Bool) {
        for (index, status) in statuses.enumerated() {
            guard let user = status.user?.linux else { continue }
            field(list) { validator in
                validator.index(index) { validator in
                    if isWindows {
                        return validator.forbidden(
                            .grandchild("user", "linux"), "cannot be set for a windows pod")
                    }
                    validator.field("user", "linux") { $0.linuxUser(user) }
                }
            }
        }
    }

    private mutating func linuxUser(_ user: LinuxContainerUser) {
        check("uid", user.uid, Validation.userID(user.uid))
        check("gid", user.gid, Validation.groupID(user.gid))
        for (index, id) in user.supplementalGroups.enumerated() {
            check(.element("supplementalGroups", index), id, Validation.groupID(id))
        }
    }

    private mutating func allocatedDevices(
        _ list: String, _ statuses: [ContainerStatus], _ containers: [Container]
    ) {
        for (index, status) in statuses.enumerated() where !status.allocatedResourcesStatus.isEmpty {
            let container = containers.first { $0.name == status.name }
            field(list) { validator in
                validator.index(index) { validator in
                    let devices = status.allocatedResourcesStatus
                    validator.each("allocatedResourcesStatus", devices) { validator, device, _ in
                        validator.allocatedDevice(device, of: container)
                    }
                }
            }
        }
    }

    private mutating func allocatedDevice(_ device: ResourceStatus, of container: Container?) {
        // What is reported of a container that the spec does not have is let pass.
        if let resources = container.map({ $0.resources ?? ResourceRequirements() }) {
            if device.name.hasPrefix("claim:") {
                let isClaimed = resources.claims.contains { claim in
                    let request = claim.request.text
                    return device.name == "claim:" + claim.name + (request.isEmpty ? "" : "/" + request)
                }
                if !isClaimed {
                    invalid(
                        "name", device.name,
                        "must match one of the container's resource claims in a format "
                            + "'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty")
                }
            } else if resources.requests[device.name] == nil {
                invalid("name", device.name, "must match one of the container's resource requests")
            }
        }
        each("resources", device.resources) { validator, health, index in
            let supported = ["Healthy", "Unhealthy", "Unknown"]
            if !supported.contains(health.health.text) {
                validator.notSupported("health", health.health.text, supported)
            }
            if let message = health.message, message.isEmpty {
                validator.required("message", "must be non-empty if specified")
            }
            if device.resources[..<index].contains(where: { $0.resourceID == health.resourceID }) {
                validator.duplicate("resourceID", health.resourceID)
            }
        }
    }
}

extension PodSpec {
    /// Whether a container that ended may run again: by its rules, by its own policy, or else by the pod's.
    /// Follows kubernetes pkg/api/v1/pod/util.go `ContainerShouldRestart`.
    fileprivate func mayRestart(_ name: String, of containers: [Container], _ exitCode: Int) -> Bool {
        guard let container = containers.first(where: { $0.name == name }) else { return false }
        if let policy = container.restartPolicy {
            for rule in container.restartPolicyRules {
                guard let codes = rule.exitCodes else { continue }
                if codes.values.contains(exitCode) == (codes.operator == "In") { return true }
            }
            if let isAllowed = PodSpec.restarts(policy, exitCode) { return isAllowed }
        }
        return PodSpec.restarts(restartPolicy.text, exitCode) ?? false
    }

    private static func restarts(_ policy: String, _ exitCode: Int) -> Bool? {
        switch policy {
        case "Always": true
        case "OnFailure": exitCode != 0
        case "Never": false
        default: nil
        }
    }
}
