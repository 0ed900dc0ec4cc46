import KubeAPI
import KubeClient
import KubeStore

/// Refuses what would exceed a quota of the namespace, and charges what does not before it is stored, so that the next
/// request finds it charged.
///
/// A quota counts from when its controller has first written its status; it also takes back what is deleted.
///
/// Follows apiserver pkg/admission/plugin/resourcequota/controller.go `CheckRequest`; without `limitedResources`, as by
/// default.
final class ResourceQuotaAdmission: AdmissionPlugin {
    let name = "ResourceQuota"
    private let store: ObjectStore

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        switch operation {
        case .create: QuotaUsage.isCounted(kind)
        case .update: kind == .pod || QuotaUsage.dependsOnUpdates(kind)
        case .delete: false
        }
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        // A cluster, or a namespace, without quotas pays next to nothing.
        if store.lastRevision(of: .resourceQuota) == 0 { return }
        guard let object, isConcerned(attributes) else { return }
        var quotas: [(object: KubeObject, quota: ResourceQuota)] = []
        store.forEach(.resourceQuota, namespace: attributes.key.namespace) { stored in
            if let quota = stored.as(ResourceQuota.self) { quotas.append((stored, quota)) }
            return true
        }
        if quotas.isEmpty { return }
        // The create is about to fail: there is nothing to charge.
        if attributes.operation == .create, !object.name.isEmpty, store.object(object.key) != nil { return }
        let charges = try charges(of: object, quotas.map(\.quota), attributes)
        if attributes.request.options.isDryRun { return }
        for (index, used) in charges { try charge(quotas[index].object, used, attributes) }
    }

    private func isConcerned(_ attributes: AdmissionAttributes) -> Bool {
        if attributes.kind == .pod, attributes.operation == .update { return attributes.subresource == .resize }
        return attributes.subresource == nil
    }

    /// What the quotas that count the object will then have as used, by their place.
    private func charges(
        of object: KubeObject, _ quotas: [ResourceQuota], _ attributes: AdmissionAttributes
    ) throws(StatusError) -> [(index: Int, used: StringMap<Quantity>)] {
        let now = store.now.time
        var concerned: [Int] = []
        for (index, quota) in quotas.enumerated() {
            let names = QuotaUsage.names(about: object.kind, in: quota.status.hard)
            if names.isEmpty || !quota.spec.hasInScope(object) { continue }
            try check(object, quota, names, attributes)
            concerned.append(index)
        }
        if concerned.isEmpty { return [] }
        let usage = QuotaUsage.usage(of: object, now: now)
        let negative = usage.filter { $0.value.isNegative }.map(\.key)
        if !negative.isEmpty {
            throw attributes.forbidden(
                "quota usage is negative for resource(s): \(negative.joined(separator: ","))", object)
        }
        var charges: [(Int, StringMap<Quantity>)] = []
        for index in concerned {
            let quota = quotas[index]
            var added = usage
            if let old = attributes.old, quota.spec.hasInScope(old) {
                let difference = usage - QuotaUsage.usage(of: old, now: now)
                added = difference.mapValues { $0.isNegative ? Quantity(0) : $0 }
            }
            added = added.masked(quota.status.hard.keys).withoutZeros
            if added.isEmpty { continue }
            let used = quota.status.used + added
            let exceeded = added.map(\.key).filter { name in
                guard let limit = quota.status.hard[name], let amount = used[name] else { return false }
                return amount > limit
            }
            if !exceeded.isEmpty {
                throw attributes.forbidden(
                    "exceeded quota: \(quota.name), requested: \(added.masked(exceeded).listed), "
                        + "used: \(quota.status.used.masked(exceeded).listed), "
                        + "limited: \(quota.status.hard.masked(exceeded).listed)", object)
            }
            charges.append((index, used))
        }
        return charges
    }

    private func check(
        _ object: KubeObject, _ quota: ResourceQuota, _ names: [String], _ attributes: AdmissionAttributes
    ) throws(StatusError) {
        if let pod = object.as(Pod.self) {
            let missing = QuotaUsage.unstated(pod.spec, names)
            if !missing.isEmpty {
                let texts = missing.map { "\($0.resource) for: \($0.containers.joined(separator: ","))" }
                throw attributes.forbidden(
                    "failed quota: \(quota.name): must specify \(texts.joined(separator: "; "))", object)
            }
        }
        if names.contains(where: { !quota.status.used.contains($0) }) {
            throw attributes.forbidden(
                "status unknown for quota: \(quota.name), resources: \(names.joined(separator: ","))", object)
        }
    }

    /// Writes what is used. The API server does this itself, in answer to the request.
    private func charge(
        _ stored: KubeObject, _ used: StringMap<Quantity>, _ attributes: AdmissionAttributes
    ) throws(StatusError) {
        guard var quota = stored.as(ResourceQuota.self) else { return }
        quota.status.used = used
        do throws(StoreError) {
            try store.update(
                quota.boxed, expecting: stored.revision, author: "kube-apiserver", cause: attributes.request.cause)
        } catch {
            throw StatusError(error, of: stored.key)
        }
    }
}
