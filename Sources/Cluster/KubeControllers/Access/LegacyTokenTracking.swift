import ClusterCore
import KubeAPI
import KubeClient

/// Keeps the ConfigMap that says since when the use of tokens in secrets is written down, so that a token that tells of
/// no use is known not to have been used since then. kube-apiserver's own controller.
///
/// Follows kubernetes pkg/controlplane/controller/legacytokentracking/controller.go.
package final class LegacyTokenTracking: Controller, Reconciler, ChangeHandler {
    package static let component = "legacy-token-tracking-controller"
    static let mapKey = ObjectKey(
        .configMap, namespace: "kube-system", name: "kube-apiserver-legacy-service-account-token-tracking")
    static let since = "since"

    private let context: ComponentContext
    private lazy var worker: Worker<LegacyTokenTracking> = Worker(self, client: context.client, loop: context.loop)
    /// A map that is removed again and again comes back every half hour: others may have reason to remove it.
    private var creations = TokenBucket(ratePerSecond: 1.0 / 1800, burst: 1)

    package init(_ context: ComponentContext) { self.context = context }

    package func start() {
        let key = Self.mapKey
        context.client.watch(ConfigMap.self, .object(namespace: key.namespace, name: key.name), self)
        if context.client.object(key) == nil { worker.add(key, cause: 0) }
    }

    package func handle(_ change: Change) {
        if let map = change.new(ConfigMap.self), Self.tellsDay(map) { return }
        worker.add(change.key, cause: change.revision)
    }

    private static func tellsDay(_ map: ConfigMap) -> Bool { Time(date: map.data[since] ?? "") != nil }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        let today = context.now.time.date
        if let map = context.client.get(ConfigMap.self, key) {
            if Self.tellsDay(map) { return }
            do throws(StatusError) {
                try context.client.mutate(ConfigMap.self, key) { $0.data[Self.since] = today }
            } catch {
                if !error.isNotFound && !error.isConflict { throw error }
            }
            return
        }
        let delay = creations.wait(context.now)
        if delay > .zero { return worker.add(key, after: delay) }
        var map = ConfigMap(name: key.name, namespace: key.namespace)
        map.data[Self.since] = today
        do throws(StatusError) {
            try context.client.create(map)
            _ = creations.tryAccept(context.now)
        } catch {
            if !error.isAlreadyExists { throw error }
        }
    }
}
