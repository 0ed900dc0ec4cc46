import KubeAPI
import KubeClient

/// Gives cluster roles with an aggregation rule the rules of all roles that it selects: `admin`, `edit` and `view` are
/// made so.
///
/// Follows kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go.
package final class ClusterRoleAggregationController: Controller, Reconciler, ChangeHandler {
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
        for name in aggregating.sorted(by: precedesUTF8) { worker.add(name, cause: change.revision) }
    }

    package func sync(_ name: String) throws(StatusError) {
        let key = ObjectKey(.clusterRole, name: name)
        guard let role = context.client.get(ClusterRole.self, key),
            let rules = try role.aggregatedRules(of: context.client.list(ClusterRole.self)), rules != role.rules
        else { return }
        do throws(StatusError) {
            try write(rules, role)
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    /// Upstream applies the rules. Where no account is kept of who owns which field, a plain change does the same.
    private func write(_ rules: [PolicyRule], _ role: ClusterRole) throws(StatusError) {
        if role.metadata.managedFields.isEmpty {
            _ = try context.client.mutate(ClusterRole.self, role.key) { $0.rules = rules }
            return
        }
        var options = WriteOptions()
        options.fieldManager = ClusterRoleAggregationController.component
        options.force = true
        var applied = ClusterRole(name: role.name)
        applied.rules = rules
        _ = try context.client.patch(role.key, applied.json, type: .apply, nil, options)
    }
}
