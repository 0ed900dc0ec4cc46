import KubeAPI
import KubeClient

extension APIServer {
    /// Deletes a pod as the eviction API does. There is no controller yet that counts what a disruption budget allows,
    /// so that budgets, whose makers are told so, hold nothing back.
    ///
    /// Follows kubernetes pkg/registry/core/pod/storage/eviction.go.
    package func evict(_ eviction: Eviction, _ request: Request) throws(StatusError) {
        let key = ObjectKey(
            .pod, namespace: eviction.metadata.namespace ?? "", name: eviction.metadata.name ?? "")
        _ = try delete(key, eviction.deleteOptions ?? DeleteOptions(), request)
    }
}

extension LocalClient {
    /// Evicts a pod, after the grace period of the options or its own.
    package func evict(_ pod: ObjectKey, _ options: DeleteOptions = DeleteOptions()) throws(StatusError) {
        var eviction = Eviction()
        eviction.metadata.namespace = pod.namespace
        eviction.metadata.name = pod.name
        eviction.deleteOptions = options
        try server.evict(eviction, request(to: .create, pod, .eviction))
    }
}
