import KubeAPI

/// What the checks of containers need to know of the pod around them.
struct PodValidationContext {
    /// The volumes that are valid themselves; only those can be mounted.
    var volumes: [Volume] = []
    var claimNames: [String] = []
    var restartPolicy: String
    var terminationGracePeriodSeconds: Int?
    /// Whether the pod uses the host's users.
    var hostUsers: Bool
    /// Whether the spec is a pod's own, not a template's.
    var isPod: Bool

    init(_ spec: PodSpec, isPod: Bool) {
        claimNames = spec.resourceClaims.map(\.name).filter { !$0.isEmpty }
        restartPolicy = spec.restartPolicy.text
        terminationGracePeriodSeconds = spec.terminationGracePeriodSeconds
        hostUsers = spec.hostUsers ?? true
        self.isPod = isPod
    }

    func volume(_ name: String) -> Volume? {
        for volume in volumes where volume.name == name { return volume }
        return nil
    }
}

extension Validator {
    /// The spec of a pod or of a template, in upstream's order of checks. `metadata` is that of a pod, for the claims
    /// that its volumes create. Follows kubernetes pkg/apis/core/validation/validation.go `ValidatePodSpec`.
    mutating func podSpec(_ spec: PodSpec, metadata: ObjectMeta?, isPod: Bool) {
        if spec.terminationGracePeriodSeconds == nil { required("terminationGracePeriodSeconds") }
        var context = PodValidationContext(spec, isPod: isPod)
        context.volumes = volumes(spec.volumes, podName: metadata?.name, isPod: isPod)
        podResourceClaims(spec.resourceClaims, isMirror: metadata?.annotations.contains(Pod.mirrorAnnotation) == true)
        containers(spec.containers, context)
        initContainers(spec.initContainers, spec.containers, context)
        ephemeralContainers(spec, context)
        podResources(spec, context)
        hostPortsOfHostNetwork(spec, isPod: isPod)
        oneOf("restartPolicy", spec.restartPolicy, ["Always", "OnFailure", "Never"])
        oneOf("dnsPolicy", spec.dnsPolicy, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"])
        labels("nodeSelector", spec.nodeSelector)
        podSecurityContext(spec)
        affinity(spec.affinity)
        podDNSConfig(spec)
        each("readinessGates", spec.readinessGates) { validator, gate, _ in
            validator.check("conditionType", gate.conditionType, Validation.qualifiedName(gate.conditionType))
        }
        schedulingGates(spec.schedulingGates)
        topologySpreadConstraints(spec.topologySpreadConstraints)
        windowsHostProcesses(spec)
        hostUsers(spec)
        hostnameOverride(spec)
        podNames(spec)
        if !spec.tolerations.isEmpty { tolerations(spec.tolerations) }
        each("hostAliases", spec.hostAliases) { validator, alias, _ in
            validator.ip("ip", alias.ip)
            for (index, name) in alias.hostnames.enumerated() {
                validator.check(.element("hostnames", index), name, Validation.dns1123Subdomain(name))
            }
        }
        podClasses(spec)
        if !spec.overhead.isEmpty {
            var overhead = ResourceRequirements()
            overhead.limits = spec.overhead
            field("overhead") { $0.resourceRequirements(overhead, context) }
        }
        podOS(spec)
        fileKeyVolumes(spec)
    }

    private mutating func podNames(_ spec: PodSpec) {
        if let name = spec.serviceAccountName, !name.isEmpty {
            check("serviceAccountName", name, Validation.dns1123Subdomain(name))
        }
        if let name = spec.nodeName, !name.isEmpty { check("nodeName", name, Validation.dns1123Subdomain(name)) }
        if let seconds = spec.activeDeadlineSeconds, seconds < 1 || seconds > Int(Int32.max) {
            invalid("activeDeadlineSeconds", seconds, Validation.rangeError(1, Int(Int32.max)))
        }
        if let name = spec.hostname, !name.isEmpty { check("hostname", name, Validation.dns1123Label(name)) }
        if let name = spec.subdomain, !name.isEmpty { check("subdomain", name, Validation.dns1123Label(name)) }
    }

    private mutating func podClasses(_ spec: PodSpec) {
        if let name = spec.priorityClassName, !name.isEmpty {
            check("priorityClassName", name, Validation.dns1123Subdomain(name))
        }
        if let name = spec.runtimeClassName { check("runtimeClassName", name, Validation.dns1123Subdomain(name)) }
        if let policy = spec.preemptionPolicy { oneOf("preemptionPolicy", policy, ["PreemptLowerPriority", "Never"]) }
    }

    // MARK: Network

    private mutating func hostPortsOfHostNetwork(_ spec: PodSpec, isPod: Bool) {
        guard spec.hostNetwork == true else { return }
        each("containers", spec.containers) { validator, container, _ in
            validator.each("ports", container.ports) { validator, port, _ in
                let hostPort = port.hostPort ?? 0
                if isPod || hostPort != 0, hostPort != port.containerPort {
                    validator.invalid("hostPort", hostPort, "must match `containerPort` when `hostNetwork` is true")
                }
            }
        }
    }

    private mutating func podDNSConfig(_ spec: PodSpec) {
        if spec.dnsPolicy == "None" {
            guard let config = spec.dnsConfig else {
                return required("dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None")
            }
            if config.nameservers.isEmpty {
                return required(
                    .grandchild("dnsConfig", "nameservers"),
                    "must provide at least one DNS nameserver when `dnsPolicy` is None")
            }
        }
        guard let config = spec.dnsConfig else { return }
        field("dnsConfig") { validator in
            if config.nameservers.count > 3 {
                validator.invalid("nameservers", config.nameservers, "must not have more than 3 nameservers")
            }
            for (index, server) in config.nameservers.enumerated() {
                validator.ip(.element("nameservers", index), server)
            }
            if config.searches.count > 32 {
                validator.invalid("searches", config.searches, "must not have more than 32 search paths")
            }
            if config.searches.joined(separator: " ").utf8.count > 2048 {
                validator.invalid(
                    "searches", config.searches,
                    "must not have more than 2048 characters (including spaces) in the search list")
            }
            for (index, search) in config.searches.enumerated() where search != "." {
                let domain = search.hasSuffix(".") ? String(search.dropLast()) : search
                validator.check(
                    .element("searches", index), domain, Validation.dns1123SubdomainWithUnderscore(domain))
            }
            for (index, option) in config.options.enumerated() where option.name.isEmptyOrNil {
                validator.required(.element("options", index), "must not be empty")
            }
        }
    }

    private mutating func hostUsers(_ spec: PodSpec) {
        guard spec.hostUsers == false else { return }
        let reason = "when `hostUsers` is false"
        if spec.hostNetwork == true { forbidden("hostNetwork", reason) }
        // Upstream's paths have capitals here.
        if spec.hostPID == true { forbidden("HostPID", reason) }
        if spec.hostIPC == true { forbidden("HostIPC", reason) }
        eachContainer(spec) { validator, container in
            if !container.volumeDevices.isEmpty { validator.forbidden("volumeDevices", reason) }
        }
    }

    private mutating func hostnameOverride(_ spec: PodSpec) {
        guard let name = spec.hostnameOverride else { return }
        if spec.setHostnameAsFQDN == true {
            forbidden("hostnameOverride", "may not be specified when setHostnameAsFQDN is true")
        }
        if spec.hostNetwork == true {
            forbidden("hostnameOverride", "may not be specified when hostNetwork is true")
        }
        if name.utf8.count > 64 { tooLong("hostnameOverride", maximum: 64) }
        check("hostnameOverride", name, Validation.dns1123Subdomain(name))
    }

    // MARK: Claims, gates and resources

    private mutating func podResourceClaims(_ claims: [PodResourceClaim], isMirror: Bool) {
        var names: [String] = []
        each("resourceClaims", claims) { validator, claim, _ in
            if isMirror {
                return validator.append([.forbidden("", "static pods do not support resource claims")])
            }
            if claim.name.isEmpty {
                validator.required("name")
            } else if names.contains(claim.name) {
                validator.duplicate("name", claim.name)
            } else {
                validator.check("name", claim.name, Validation.dns1123Label(claim.name))
                names.append(claim.name)
            }
            if claim.resourceClaimName != nil, claim.resourceClaimTemplateName != nil {
                validator.invalid(
                    .here, claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified")
            }
            if claim.resourceClaimName == nil, claim.resourceClaimTemplateName == nil {
                validator.invalid(
                    .here, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`")
            }
            if let name = claim.resourceClaimName {
                validator.check("resourceClaimName", name, Validation.dns1123Subdomain(name))
            }
            if let name = claim.resourceClaimTemplateName {
                validator.check("resourceClaimTemplateName", name, Validation.dns1123Subdomain(name))
            }
        }
    }

    private mutating func schedulingGates(_ gates: [PodSchedulingGate]) {
        var seen: [String] = []
        each("schedulingGates", gates) { validator, gate, _ in
            validator.check(.here, gate.name, Validation.qualifiedName(gate.name))
            if seen.contains(gate.name) { validator.duplicate(.here, gate.name) }
            seen.append(gate.name)
        }
    }

    /// The resources of the pod as a whole, and whether its containers fit in them.
    private mutating func podResources(_ spec: PodSpec, _ context: PodValidationContext) {
        guard let resources = spec.resources else { return }
        if spec.os?.name == "windows" { return forbidden("resources", "may not be set for a windows pod") }
        field("resources") { validator in
            if !resources.claims.isEmpty {
                validator.forbidden("claims", "claims may not be set for Resources at pod-level")
            }
            validator.resourceRequirements(resources, context, isPodLevel: true)
            // What the pod as a whole tells nothing of is its containers' own.
            for (name, needed) in PodResources.containerRequests(spec) {
                guard let request = resources.requests[name], needed > request else { continue }
                validator.invalid(
                    .entry("requests", name), request.text,
                    "must be greater than or equal to aggregate container requests of \(needed.text)")
            }
            for (name, needed) in PodResources.containerLimits(spec) where ResourceNames.isHugePages(name) {
                guard let limit = resources.limits[name], needed > limit else { continue }
                validator.invalid(
                    .entry("limits", name), limit.text,
                    "must be greater than or equal to aggregate container limits of \(needed.text)")
            }
            for (index, container) in spec.containers.enumerated() {
                guard let limits = container.resources?.limits else { continue }
                for (name, limit) in limits {
                    guard let podLimit = resources.limits[name], limit > podLimit else { continue }
                    validator.field("containers") { validator in
                        validator.index(index) { validator in
                            validator.key(name) {
                                $0.invalid(
                                    "limits", limit.text, "must be less than or equal to pod limits of \(podLimit.text)"
                                )
                            }
                        }
                    }
                }
            }
        }
    }
}
