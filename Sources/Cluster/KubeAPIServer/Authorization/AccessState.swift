import KubeAPI
import KubeClient
import KubeStore

/// The authorizer of the newest state, kept up to date when it is asked for.
final class AccessState {
    private let store: ObjectStore
    private var policy = AccessPolicy()

    init(store: ObjectStore) { self.store = store }

    /// O(1) while no role and no binding changes.
    var authorizer: Authorizer<ObjectStore> {
        policy = policy.updated(to: store)
        return Authorizer(policy: policy, view: store)
    }
}
