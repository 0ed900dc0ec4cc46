import KubeAPI
import KubeClient

/// Gives cluster roles with an aggregation rule the rules of all roles that it selects: `admin`, `edit` and `view` are
/// made so.
///
/// Follows kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go.
package final class ClusterRoleAggregationController: Reconciler, ChangeHandler {
    package static let component = "clusterrole-aggregation-controller"

    private let context: ComponentContext
    private lazy var worker: Worker<ClusterRoleAggregationController> = Worker(
        self, client: context.client, loop: context.loop)
    /// The names of the roles that are made of others.
    private var aggregating: Set<String> = []

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        context.client.watch(ClusterRole.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.new(ClusterRole.self)?.aggregationRule != nil {
            aggregating.insert(change.key.name)
        } else {
            aggregating.remove(change.key.name)
        }
        // Any role may be selected by any other.
        for name in aggregating.sorted(by: { compareUTF8($0, $1) < 0 }) { worker.add(name, cause: change.revision) }
    }

    package func sync(_ name: String) throws(StatusError) {
        let key = ObjectKey(.clusterRole, name: name)
        guard let role = context.client.get(ClusterRole.self, key), let aggregation = role.aggregationRule else {
            return
        }
        let others = context.client.list(ClusterRole.self)
        var rules: [PolicyRule] = []
        for selector in aggregation.clusterRoleSelectors {
            let selector = try Selector(selector)
            for other in others where other.name != name && selector.matches(other.labels) {
                for rule in other.rules where !rules.contains(rule) { rules.append(rule) }
            }
        }
        if rules == role.rules { return }
        do throws(StatusError) {
            _ = try context.client.mutate(ClusterRole.self, key) { $0.rules = rules }
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}
