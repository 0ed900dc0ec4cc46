import ClusterCore
import KubeAPI
import KubeClient

/// Says of each FlowSchema whether the PriorityLevelConfiguration that it names is there: its condition `Dangling`.
///
/// Upstream's API server does this itself, where it reads these objects for its own use; so the writes bear that name.
/// Follows apiserver pkg/util/flowcontrol/apf_controller.go `presyncFlowSchemaStatus`.
package final class FlowSchemaController: Controller, Reconciler, ChangeHandler {
    package static let component = "api-priority-and-fairness-config-consumer-v1"
    /// Servers of two versions may disagree about a condition: a schema is written six times a minute at most.
    private static let writesPerMinute = 6

    private var context: ComponentContext
    private lazy var worker: Worker<FlowSchemaController> = Worker(self, client: context.client, loop: context.loop)
    /// When a schema was written in the last minute.
    private var writes: [String: [Instant]] = [:]

    package init(_ context: ComponentContext) { self.context = context }

    package func start() {
        context.client.watch(PriorityLevelConfiguration.self, .all, self)
        context.client.watch(FlowSchema.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.kind == .flowSchema {
            if change.verb == .delete {
                writes[change.key.name] = nil
            } else {
                worker.add(change.key.name, cause: change.revision)
            }
            return
        }
        // A level that is changed is there as it was.
        if change.verb == .update { return }
        for schema in context.client.list(FlowSchema.self)
        where equalUTF8(schema.spec.priorityLevelConfiguration.name, change.key.name) {
            worker.add(schema.name, cause: change.revision)
        }
    }

    package func sync(_ name: String) throws(StatusError) {
        guard let schema = context.client.get(FlowSchema.self, name: name) else { return }
        let level = schema.spec.priorityLevelConfiguration.name
        let isThere = context.client.object(ObjectKey(.priorityLevelConfiguration, name: level)) != nil
        var wanted = FlowSchemaCondition.dangling(level, isThere: isThere)
        let current = schema.status.conditions.first { $0.type == wanted.type }
        wanted.lastTransitionTime = current?.lastTransitionTime
        if wanted == current { return }
        let minuteAgo = context.now - .minutes(1)
        let recent = (writes[name] ?? []).filter { $0 >= minuteAgo }
        if recent.count >= FlowSchemaController.writesPerMinute {
            return worker.add(name, after: .seconds(30 + context.random.below(45)))
        }
        writes[name] = recent + [context.now]
        wanted.lastTransitionTime = context.now.time
        do throws(StatusError) {
            try write(wanted, schema)
        } catch {
            // It has been deleted meanwhile.
            if !error.isNotFound { throw error }
        }
    }

    /// Upstream applies the condition. Where no account is kept of who owns which field, a plain change does the same.
    private func write(_ condition: FlowSchemaCondition, _ schema: FlowSchema) throws(StatusError) {
        if schema.metadata.managedFields.isEmpty {
            try context.client.mutate(FlowSchema.self, schema.key, .status) { schema in
                schema.status.conditions.removeAll { $0.type == condition.type }
                schema.status.conditions.append(condition)
            }
            return
        }
        var options = WriteOptions()
        options.fieldManager = FlowSchemaController.component
        options.force = true
        let patch: JSONValue = [
            "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema",
            "metadata": ["name": .string(schema.name)],
            "status": [
                "conditions": [
                    [
                        "type": .string(condition.type ?? ""), "status": .string(condition.status ?? ""),
                        "reason": .string(condition.reason ?? ""), "message": .string(condition.message ?? ""),
                        "lastTransitionTime": .string(condition.lastTransitionTime?.rfc3339 ?? ""),
                    ]
                ]
            ],
        ]
        _ = try context.client.patch(schema.key, patch.json, type: .apply, .status, options)
    }
}
