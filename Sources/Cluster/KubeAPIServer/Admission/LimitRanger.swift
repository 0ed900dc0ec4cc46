import KubeAPI
import KubeClient
import KubeStore

/// Gives the containers of a namespace the requests and limits that its LimitRanges have for those that name none, and
/// refuses pods and claims outside of their bounds.
///
/// Follows kubernetes plugin/pkg/admission/limitranger/admission.go.
final class LimitRanger: AdmissionPlugin {
    let name = "LimitRanger"
    /// The memo of templates looks at the revision of the limit ranges.
    let isSharedByPodTemplate = true
    private let store: ObjectStore
    private static let annotation = "kubernetes.io/limit-ranger"

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        switch kind {
        case .pod: operation != .delete
        case .persistentVolumeClaim: operation != .delete
        default: false
        }
    }

    /// What a pod holds never changes, save for a resize.
    private func isConcerned(_ attributes: AdmissionAttributes) -> Bool {
        if store.lastRevision(of: .limitRange) == 0 { return false }
        if attributes.kind == .pod {
            return attributes.operation == .create || attributes.subresource == .resize
        }
        return attributes.subresource == nil && attributes.old?.metadata.deletionTimestamp == nil
    }

    private func limits(_ namespace: String, _ type: String) -> [LimitRangeItem] {
        var items: [LimitRangeItem] = []
        store.forEach(.limitRange, namespace: namespace) { object in
            if let range = object.as(LimitRange.self) { items += range.spec.limits.filter { $0.type == type } }
            return true
        }
        return items
    }

    // MARK: Defaults

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard attributes.kind == .pod, isConcerned(attributes), var pod = object.as(Pod.self) else { return }
        let items = limits(attributes.key.namespace, "Container")
        if items.isEmpty { return }
        var requests = StringMap<Quantity>()
        var limits = StringMap<Quantity>()
        for item in items {
            requests.merge(item.defaultRequest)
            limits.merge(item.default)
        }
        var notes: [String] = []
        for index in pod.spec.containers.indices {
            fill(&pod.spec.containers[index], requests, limits, "container", &notes)
        }
        for index in pod.spec.initContainers.indices {
            fill(&pod.spec.initContainers[index], requests, limits, "init container", &notes)
        }
        if notes.isEmpty { return }
        pod.metadata.annotations[LimitRanger.annotation] = "LimitRanger plugin set: " + notes.joined(separator: "; ")
        object = pod.boxed
    }

    private func fill(
        _ container: inout Container, _ requests: StringMap<Quantity>, _ limits: StringMap<Quantity>, _ kind: String,
        _ notes: inout [String]
    ) {
        var resources = container.resources ?? ResourceRequirements()
        func fill(_ amounts: inout StringMap<Quantity>, _ defaults: StringMap<Quantity>) -> [String] {
            let missing = defaults.filter { !amounts.contains($0.key) }
            for (name, amount) in missing { amounts[name] = amount }
            return missing.map(\.key)
        }
        let setLimits = fill(&resources.limits, limits)
        let setRequests = fill(&resources.requests, requests)
        if setLimits.isEmpty, setRequests.isEmpty { return }
        container.resources = resources
        if !setRequests.isEmpty {
            notes.append("\(setRequests.joined(separator: ", ")) request for \(kind) \(container.name)")
        }
        if !setLimits.isEmpty {
            notes.append("\(setLimits.joined(separator: ", ")) limit for \(kind) \(container.name)")
        }
    }

    // MARK: Bounds

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard let object, isConcerned(attributes) else { return }
        // Upstream refuses by the first range that does.
        var problems: [String] = []
        store.forEach(.limitRange, namespace: attributes.key.namespace) { stored in
            guard let range = stored.as(LimitRange.self) else { return true }
            for item in range.spec.limits { problems += LimitRanger.problems(of: object, item) }
            return problems.isEmpty
        }
        if !problems.isEmpty { throw attributes.forbidden(AccessPolicy.aggregate(problems), object) }
    }

    private static func problems(of object: KubeObject, _ item: LimitRangeItem) -> [String] {
        if let claim = object.as(PersistentVolumeClaim.self) {
            guard item.type == "PersistentVolumeClaim" else { return [] }
            let usage = LimitUsage(item.type, requests: claim.spec.resources?.requests ?? [:], limits: [:])
            return item.min.compactMap { usage.belowMinimum($0.key, $0.value) }
                + item.max.compactMap { usage.requestAboveMaximum($0.key, $0.value) }
        }
        guard let pod = object.as(Pod.self) else { return [] }
        switch item.type {
        case "Container":
            return (pod.spec.containers + pod.spec.initContainers).flatMap { container in
                LimitUsage(
                    item.type, requests: container.resources?.requests ?? [:],
                    limits: container.resources?.limits ?? [:]
                ).problems(item)
            }
        case "Pod":
            return LimitUsage(
                item.type, requests: PodResources.requests(pod.spec), limits: PodResources.limits(pod.spec)
            ).problems(item)
        default: return []
        }
    }
}

/// What somebody requests and limits, held against the bounds of a range.
private struct LimitUsage {
    private let type: String
    private let requests: StringMap<Quantity>
    private let limits: StringMap<Quantity>

    init(_ type: String, requests: StringMap<Quantity>, limits: StringMap<Quantity>) {
        self.type = type
        self.requests = requests
        self.limits = limits
    }

    func problems(_ item: LimitRangeItem) -> [String] {
        item.min.compactMap { belowMinimum($0.key, $0.value) } + item.max.compactMap { aboveMaximum($0.key, $0.value) }
            + item.maxLimitRequestRatio.compactMap { aboveRatio($0.key, $0.value) }
    }

    func belowMinimum(_ name: String, _ minimum: Quantity) -> String? {
        let rule = "minimum \(name) usage per \(type) is \(minimum.text)"
        guard let request = requests[name] else { return rule + ".  No request is specified" }
        if request < minimum { return rule + ", but request is \(request.text)" }
        if let limit = limits[name], limit < minimum { return rule + ", but limit is \(limit.text)" }
        return nil
    }

    func requestAboveMaximum(_ name: String, _ maximum: Quantity) -> String? {
        let rule = "maximum \(name) usage per \(type) is \(maximum.text)"
        guard let request = requests[name] else { return rule + ".  No request is specified" }
        return request > maximum ? rule + ", but request is \(request.text)" : nil
    }

    func aboveMaximum(_ name: String, _ maximum: Quantity) -> String? {
        let rule = "maximum \(name) usage per \(type) is \(maximum.text)"
        guard let limit = limits[name] else { return rule + ".  No limit is specified" }
        if limit > maximum { return rule + ", but limit is \(limit.text)" }
        if let request = requests[name], request > maximum { return rule + ", but request is \(request.text)" }
        return nil
    }

    func aboveRatio(_ name: String, _ maximum: Quantity) -> String? {
        let rule = "\(name) max limit to request ratio per \(type) is \(maximum.text)"
        guard let request = requests[name], !request.isZero else {
            return rule + ", but no request is specified or request is 0"
        }
        guard let limit = limits[name], !limit.isZero else {
            return rule + ", but no limit is specified or limit is 0"
        }
        let ratio = limit.doubleValue / request.doubleValue
        if ratio <= maximum.doubleValue { return nil }
        return rule + ", but provided ratio is \(ratio.sixDecimals)"
    }
}

extension Double {
    /// A number that is not negative as Go's `%f` prints it.
    var sixDecimals: String {
        if isNaN { return "NaN" }
        let scaled = (self * 1_000_000).rounded(.toNearestOrEven)
        guard scaled < 1e18 else { return isInfinite ? "+Inf" : "\(self)" }
        let whole = Int(scaled)
        let fraction = String(whole % 1_000_000)
        return "\(whole / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}
