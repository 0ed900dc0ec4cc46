import KubeAPI

/// Since when the endpoints of services are out of date, which an annotation of theirs tells: how long a change takes
/// to reach the proxies is measured by it.
///
/// A pod counts from when its readiness changed last, a service from its creation. For example, of two pods that become
/// ready at 10 s and 12 s, the sync at 13 s tells 10 s. One for which no such time is new, as when a ready pod is being
/// deleted, tells none, and the annotation goes.
///
/// Follows kubernetes `staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go`, which keeps the times of all
/// pods from sync to sync; here a pod's change tells its time before.
struct EndpointTriggerTimes {
    static let annotation = "endpoints.kubernetes.io/last-change-trigger-time"

    /// When the services were created that have been synced.
    private var created: [ObjectKey: Time] = [:]
    /// The earliest of the times that are new since the last sync.
    private var pending: [ObjectKey: Time] = [:]

    /// Takes a change of a pod, and the services that select it now. For one that did not select it before, its time is
    /// new in any case.
    mutating func note(_ pod: Pod, from old: Pod?, for services: [ObjectKey], _ index: ServiceSelectorIndex) {
        guard let time = pod.status.condition("Ready")?.lastTransitionTime else { return }
        let isNew = old?.status.condition("Ready")?.lastTransitionTime.map { $0 < time } ?? true
        let isSameLabels = old?.labels == pod.labels
        if !isNew, isSameLabels { return }
        let before = isNew || isSameLabels ? [] : index.services(namespace: pod.namespace, labels: old?.labels ?? [:])
        for service in services where !before.contains(service) {
            pending[service] = min(pending[service] ?? time, time)
        }
    }

    /// The time to tell for a sync that begins; nil for none.
    mutating func take(_ service: Service) -> Time? {
        let time = pending.removeValue(forKey: service.key)
        guard let creation = service.metadata.creationTimestamp else { return time }
        guard let last = created.updateValue(creation, forKey: service.key) else { return creation }
        return last < creation ? min(time ?? creation, creation) : time
    }

    /// The service is gone.
    mutating func forget(_ service: ObjectKey) {
        created[service] = nil
        pending[service] = nil
    }
}
