// Which quotas an object counts for, and sums of what is used.
// Follows apiserver pkg/quota/v1/generic/evaluator.go `Matches` and pkg/quota/v1/resources.go.

extension ResourceQuotaSpec {
    /// Whether an object is of the scopes that the quota is limited to. Scopes are about pods, and one about claims:
    /// other objects are of none.
    public func hasInScope(_ object: KubeObject) -> Bool {
        for scope in scopes {
            var requirement = ScopedResourceSelectorRequirement()
            requirement.scopeName = scope
            requirement.operator = "Exists"
            if !requirement.matches(object) { return false }
        }
        for requirement in scopeSelector?.matchExpressions ?? [] where !requirement.matches(object) { return false }
        return true
    }
}

extension ScopedResourceSelectorRequirement {
    func matches(_ object: KubeObject) -> Bool {
        if let pod = object.as(Pod.self) { return matches(pod) }
        guard let claim = object.as(PersistentVolumeClaim.self), scopeName == "VolumeAttributesClass" else {
            return false
        }
        let names = [
            claim.spec.volumeAttributesClassName, claim.status.currentVolumeAttributesClassName,
            claim.status.modifyVolumeStatus?.targetVolumeAttributesClassName,
        ].compactMap { $0 }.filter { !$0.isEmpty }
        switch `operator` {
        case "Exists": return !names.isEmpty
        case "DoesNotExist": return names.isEmpty
        case "In": return names.contains { values.contains($0) }
        case "NotIn": return !names.contains { values.contains($0) }
        default: return false
        }
    }

    private func matches(_ pod: Pod) -> Bool {
        let deadline = pod.spec.activeDeadlineSeconds
        switch scopeName {
        case "Terminating": return deadline.map { $0 >= 0 } ?? false
        case "NotTerminating": return !(deadline.map { $0 >= 0 } ?? false)
        case "BestEffort": return QualityOfService.of(pod.spec) == QualityOfService.bestEffort
        case "NotBestEffort": return QualityOfService.of(pod.spec) != QualityOfService.bestEffort
        case "CrossNamespacePodAffinity": return ScopedResourceSelectorRequirement.reachesOut(pod.spec.affinity)
        case "PriorityClass":
            let name = pod.spec.priorityClassName ?? ""
            switch `operator` {
            case "Exists": return !name.isEmpty
            case "DoesNotExist": return name.isEmpty
            case "In": return !name.isEmpty && values.contains(name)
            case "NotIn": return name.isEmpty || !values.contains(name)
            default: return false
            }
        default: return false
        }
    }

    /// Whether terms of affinity look at the pods of other namespaces.
    private static func reachesOut(_ affinity: Affinity?) -> Bool {
        func reachesOut(_ term: PodAffinityTerm) -> Bool { !term.namespaces.isEmpty || term.namespaceSelector != nil }
        func any(_ required: [PodAffinityTerm], _ preferred: [WeightedPodAffinityTerm]) -> Bool {
            required.contains(where: reachesOut) || preferred.contains { reachesOut($0.podAffinityTerm) }
        }
        let near = affinity?.podAffinity
        let far = affinity?.podAntiAffinity
        return any(
            near?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
            near?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
            || any(
                far?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
                far?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
    }
}

extension QuotaUsage {
    /// Those of a quota's names that are about objects of a kind, in order.
    public static func names(about kind: ResourceKind, in hard: StringMap<Quantity>) -> [String] {
        let count = countName(kind)
        switch kind {
        case .pod: return hard.keys.filter(PodQuota.counts)
        case .service: return hard.keys.filter { $0 == count || $0 == "services" || $0.hasPrefix("services.") }
        case .persistentVolumeClaim:
            return hard.keys.filter { name in
                name == count || name == "persistentvolumeclaims" || name == "requests.storage"
                    || name.contains(".storageclass.storage.k8s.io/")
            }
        case .resourceResourceClaim:
            return hard.keys.filter { $0 == count || $0.hasSuffix(".deviceclass.resource.k8s.io/devices") }
        default:
            let plain = plainCount(kind)
            return hard.keys.filter { $0 == count || $0 == plain }
        }
    }

    private static func plainCount(_ kind: ResourceKind) -> String? {
        switch kind {
        case .configMap, .resourceQuota, .replicationController, .secret: kind.info.plural
        default: nil
        }
    }

    /// What a pod's containers leave out though a quota counts it, by resource; empty if nothing.
    public static func unstated(_ spec: PodSpec, _ required: [String]) -> [(resource: String, containers: [String])] {
        let required = required.filter(PodQuota.stated.contains)
        var missing = StringMap<[String]>()
        for container in spec.containers + spec.initContainers {
            var stated = StringMap<Quantity>()
            PodQuota.add(
                requests: container.resources?.requests ?? [:], limits: container.resources?.limits ?? [:], to: &stated)
            for name in required where !stated.contains(name) { missing[name, default: []].append(container.name) }
        }
        return missing.map { ($0.key, $0.value.sorted(by: precedesUTF8)) }
    }
}

extension StringMap where Value == Quantity {
    /// The entries of these names.
    public func masked(_ names: [String]) -> StringMap {
        StringMap(filter { names.contains($0.key) }.map { ($0.key, $0.value) })
    }

    public static func + (left: StringMap, right: StringMap) -> StringMap {
        var sum = left
        for (name, amount) in right { sum[name] = (sum[name] ?? Quantity(0)) + amount }
        return sum
    }

    public static func - (left: StringMap, right: StringMap) -> StringMap {
        var difference = left
        for (name, amount) in right { difference[name] = (difference[name] ?? Quantity(0)) - amount }
        return difference
    }

    public var withoutZeros: StringMap { StringMap(filter { !$0.value.isZero }.map { ($0.key, $0.value) }) }

    /// As messages print it: `cpu=1,memory=2Gi`.
    public var listed: String { map { "\($0.key)=\($0.value.text)" }.joined(separator: ",") }
}
