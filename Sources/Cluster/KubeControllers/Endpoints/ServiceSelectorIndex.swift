import ClusterCore
import KubeAPI

/// Which services select a pod, found by its labels: O(labels), however many services there are.
///
/// A service stands under one pair of its selector. For example `{app: web, tier: front}` stands under `app=web`; a pod
/// with `app=web` finds it there and is then held against the whole selector.
final class ServiceSelectorIndex {
    /// By a pair and its namespace. Every change of a pod looks each of its labels up, twice: no texts are compared.
    private var byPair: [Fingerprint: [ObjectKey]] = [:]
    private var selectors: [ObjectKey: StringMap<String>] = [:]
    /// What was found last: the pods of a workload share their labels.
    private var last: (namespace: String, labels: StringMap<String>, services: [ObjectKey])?

    /// Takes a service's selector, or drops the service: services without a selector select nothing.
    func set(_ service: ObjectKey, _ selector: StringMap<String>) {
        last = nil
        if let old = selectors[service] {
            if old == selector { return }
            if let pair = ServiceSelectorIndex.pair(service, old) {
                byPair[pair]?.removeAll { $0 == service }
                if byPair[pair]?.isEmpty == true { byPair[pair] = nil }
            }
        }
        guard let pair = ServiceSelectorIndex.pair(service, selector) else {
            selectors[service] = nil
            return
        }
        selectors[service] = selector
        byPair[pair, default: []].append(service)
    }

    private static func pair(_ service: ObjectKey, _ selector: StringMap<String>) -> Fingerprint? {
        guard let first = selector.first(where: { _ in true }) else { return nil }
        return pair(namespace(service.namespace), first.key, first.value)
    }

    private static func namespace(_ name: String) -> Fingerprint {
        var fingerprint = Fingerprint()
        fingerprint.combine(name)
        return fingerprint
    }

    private static func pair(_ namespace: Fingerprint, _ key: String, _ value: String) -> Fingerprint {
        var fingerprint = namespace
        fingerprint.combine(key)
        fingerprint.combine(value)
        return fingerprint
    }

    /// The services that select these labels, in key order.
    func services(namespace: String, labels: StringMap<String>) -> [ObjectKey] {
        if let last, last.labels == labels, equalUTF8(last.namespace, namespace) { return last.services }
        let services = find(namespace: namespace, labels: labels)
        last = (namespace, labels, services)
        return services
    }

    private static func selects(_ selector: StringMap<String>, _ labels: StringMap<String>) -> Bool {
        selector.allSatisfy { key, value in labels[key].map { equalUTF8($0, value) } ?? false }
    }

    private func find(namespace: String, labels: StringMap<String>) -> [ObjectKey] {
        var found: [ObjectKey] = []
        let place = ServiceSelectorIndex.namespace(namespace)
        for (key, value) in labels {
            for service in byPair[ServiceSelectorIndex.pair(place, key, value)] ?? []
            where equalUTF8(service.namespace, namespace) {
                if let selector = selectors[service], ServiceSelectorIndex.selects(selector, labels) {
                    found.append(service)
                }
            }
        }
        return found.count > 1 ? found.sorted() : found
    }
}
