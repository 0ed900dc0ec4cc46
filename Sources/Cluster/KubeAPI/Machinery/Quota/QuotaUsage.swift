/// What one object uses of what quotas count: `pods`, `requests.cpu`, `count/deployments.apps`,
/// `gold.storageclass.storage.k8s.io/requests.storage`.
///
/// Follows kubernetes pkg/quota/v1/evaluator/core and apiserver pkg/quota/v1/generic.
public enum QuotaUsage {
    /// The names by which some kinds are counted besides `count/…`.
    private static func plainName(_ kind: ResourceKind) -> String? {
        switch kind {
        case .configMap, .resourceQuota, .replicationController, .secret, .service, .persistentVolumeClaim:
            kind.info.plural
        default: nil
        }
    }

    /// As in `count/pods`, `count/deployments.apps`.
    public static func countName(_ kind: ResourceKind) -> String { "count/" + kind.info.groupResource }

    /// Whether objects of a kind are counted at all: those that live in namespaces and are kept, save for events.
    public static func isCounted(_ kind: ResourceKind) -> Bool {
        let info = kind.info
        return info.isNamespaced && info.supports(verb: "create") && info.supports(verb: "delete")
            && info.plural != "events"
    }

    /// Whether an update may change what an object uses.
    public static func dependsOnUpdates(_ kind: ResourceKind) -> Bool {
        kind == .service || kind == .persistentVolumeClaim
    }

    /// O(containers) for pods, O(1) for most kinds.
    ///
    /// - Parameter now: For pods whose grace period is over: they are not charged any more, wherever they hang.
    public static func usage(of object: KubeObject, now: Time) -> StringMap<Quantity> {
        var usage = StringMap<Quantity>()
        usage[countName(object.kind)] = Quantity(1)
        if let name = plainName(object.kind) { usage[name] = Quantity(1) }
        if let pod = object.as(Pod.self) {
            if isCharged(pod, now: now) { PodQuota.add(pod.spec, to: &usage) }
        } else if let service = object.as(Service.self) {
            add(service.spec, to: &usage)
        } else if let claim = object.as(PersistentVolumeClaim.self) {
            add(claim, to: &usage)
        } else if let claim = object.as(ResourceResourceClaim.self) {
            add(claim.spec.devices?.requests ?? [], to: &usage)
        }
        return usage
    }

    /// Whether a pod still holds what it asked for. `count/pods` counts it all the same.
    public static func isCharged(_ pod: Pod, now: Time) -> Bool {
        let phase = pod.status.phase
        if phase == "Failed" || phase == "Succeeded" { return false }
        if let deletion = pod.metadata.deletionTimestamp, let grace = pod.metadata.deletionGracePeriodSeconds {
            return now.seconds <= deletion.seconds + grace
        }
        return true
    }

    private static func add(_ spec: ServiceSpec, to usage: inout StringMap<Quantity>) {
        var nodePorts = 0
        var balancers = 0
        switch spec.type {
        case "NodePort": nodePorts = spec.ports.count
        case "LoadBalancer":
            balancers = 1
            nodePorts =
                spec.allocateLoadBalancerNodePorts == false
                ? spec.ports.filter { $0.nodePort ?? 0 != 0 }.count : spec.ports.count
        default: break
        }
        usage["services.nodeports"] = Quantity(nodePorts)
        usage["services.loadbalancers"] = Quantity(balancers)
    }

    private static func add(_ claim: PersistentVolumeClaim, to usage: inout StringMap<Quantity>) {
        let storageClass = className(of: claim)
        let infix = ".storageclass.storage.k8s.io/"
        if !storageClass.isEmpty { usage[storageClass + infix + "persistentvolumeclaims"] = Quantity(1) }
        guard var size = claim.spec.resources?.requests["storage"] else { return }
        size = size.roundedUp(to: 0)
        if let allocated = claim.status.allocatedResources["storage"], allocated > size { size = allocated }
        usage["requests.storage"] = size
        if !storageClass.isEmpty { usage[storageClass + infix + "requests.storage"] = size }
    }

    private static func className(of claim: PersistentVolumeClaim) -> String {
        claim.annotations["volume.beta.kubernetes.io/storage-class"] ?? claim.spec.storageClassName ?? ""
    }

    /// A request for the first device that is available counts as the largest of its alternatives, for each class.
    private static func add(_ requests: [DeviceRequest], to usage: inout StringMap<Quantity>) {
        /// The most devices that a request for all of them may get.
        let most = 32
        func name(_ deviceClass: String) -> String { deviceClass + ".deviceclass.resource.k8s.io/devices" }
        func count(_ mode: String?, _ count: Int?) -> Int { mode == "All" ? most : count ?? 1 }
        for request in requests {
            var needed = StringMap<Quantity>()
            if let exactly = request.exactly {
                needed[name(exactly.deviceClassName)] = Quantity(count(exactly.allocationMode, exactly.count))
            }
            for alternative in request.firstAvailable {
                let key = name(alternative.deviceClassName)
                let amount = Quantity(count(alternative.allocationMode, alternative.count))
                if needed[key].map({ $0 < amount }) ?? true { needed[key] = amount }
            }
            for (key, amount) in needed { usage[key] = (usage[key] ?? Quantity(0)) + amount }
        }
    }
}

/// What pods use.
enum PodQuota {
    /// What a quota may count of pods by these very names.
    static let names: Set<String> = [
        "count/pods", "pods", "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory",
        "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
    ]
    /// What every container must state if a quota counts it; that upstream regrets, and keeps.
    static let stated: Set<String> = [
        "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory",
    ]

    static func add(_ spec: PodSpec, to usage: inout StringMap<Quantity>) {
        usage["pods"] = Quantity(1)
        add(requests: PodResources.requests(spec), limits: PodResources.limits(spec), to: &usage)
    }

    static func add(
        requests: StringMap<Quantity>, limits: StringMap<Quantity>, to usage: inout StringMap<Quantity>
    ) {
        for (name, amount) in requests {
            if ["cpu", "memory", "ephemeral-storage"].contains(name) || name.hasPrefix("hugepages-") {
                usage[name] = amount
                usage["requests." + name] = amount
            } else if isExtended(name) {
                usage["requests." + name] = amount
            }
        }
        for (name, amount) in limits where ["cpu", "memory", "ephemeral-storage"].contains(name) {
            usage["limits." + name] = amount
        }
    }

    /// Another's resource, such as `nvidia.com/gpu`.
    private static func isExtended(_ name: String) -> Bool {
        name.utf8.contains(UInt8(ascii: "/")) && !name.contains("kubernetes.io/") && !name.hasPrefix("requests.")
    }

    /// Whether a quota's name is about pods.
    static func counts(_ name: String) -> Bool {
        if names.contains(name) || name.hasPrefix("hugepages-") || name.hasPrefix("requests.hugepages-") { return true }
        return name.hasPrefix("requests.") && name.utf8.contains(UInt8(ascii: "/"))
            && !name.contains("kubernetes.io/")
    }
}
