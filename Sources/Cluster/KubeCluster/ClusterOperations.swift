import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers

// Carries out what an operator asks for, through the API server, and says what was done as kubectl says it.

extension Cluster {
    /// Carries out a command now. Failures are in the outcome; what was done before one stays done, and is named.
    package func perform(_ command: ClusterCommand, id: Int = 0) -> CommandOutcome {
        var outcome = CommandOutcome(id: id)
        let warnings = Warnings()
        do throws(StatusError) {
            try perform(command, &outcome, warnings)
        } catch {
            outcome.errors.append(error)
        }
        outcome.warnings = warnings.texts
        server.pump()
        return outcome
    }

    /// Applies manifests; throws at the first that fails. Returns where the objects are now.
    @discardableResult
    package func applyAll(_ objects: [KubeObject]) throws(StatusError) -> [ObjectKey] {
        var outcome = CommandOutcome(id: 0)
        let warnings = Warnings()
        for object in objects { try apply(object, &outcome, warnings) }
        server.pump()
        return objects.filter { !$0.name.isEmpty }.map { placed($0).key }
    }

    private func perform(
        _ command: ClusterCommand, _ outcome: inout CommandOutcome, _ warnings: Warnings
    ) throws(StatusError) {
        switch command {
        case .apply(let objects):
            try rehearse(objects)
            for object in objects { try apply(object, &outcome, warnings) }
        case .create(let objects):
            try rehearse(objects)
            for object in objects {
                let created = try operatorClient.create(placed(object), options(warnings))
                outcome.messages.append("\(Cluster.name(created)) created")
            }
        case .update(let object):
            let updated = try operatorClient.update(object, nil, options(warnings))
            outcome.messages.append("\(Cluster.name(updated)) edited")
        case .delete(let keys, let options):
            for key in keys {
                do throws(StatusError) {
                    _ = try operatorClient.delete(key, options)
                    outcome.messages.append("\(Cluster.name(key)) deleted")
                } catch {
                    outcome.errors.append(error)
                }
            }
        case .scale(let key, let replicas):
            try scale(key, to: replicas)
            outcome.messages.append("\(Cluster.name(key)) scaled")
        case .restart(let key):
            try restart(key)
            outcome.messages.append("\(Cluster.name(key)) restarted")
        case .rollBack(let key, let revision):
            try rollBack(key, toRevision: revision)
            outcome.messages.append("\(Cluster.name(key)) rolled back")
        case .setPaused(let key, let isPaused):
            try operatorClient.mutate(Deployment.self, key) { $0.spec.paused = isPaused ? true : nil }
            outcome.messages.append("\(Cluster.name(key)) \(isPaused ? "paused" : "resumed")")
        case .powerOff(let node):
            try powerOff(node)
            outcome.messages.append("node/\(node) powered off")
        case .powerOn(let node):
            try powerOn(node)
            outcome.messages.append("node/\(node) powered on")
        case .setCordoned(let node, let isCordoned):
            try cordon(node, isCordoned)
            outcome.messages.append("node/\(node) \(isCordoned ? "cordoned" : "uncordoned")")
        case .drain(let node): try drain(node, &outcome)
        case .setClockPaused, .step, .setSpeed: break
        }
    }

    private func options(_ warnings: Warnings, isDryRun: Bool = false) -> WriteOptions {
        var options = WriteOptions()
        options.warnings = warnings
        options.isDryRun = isDryRun
        options.fieldManager = "drydock"
        return options
    }

    private static func name(_ object: KubeObject) -> String { name(object.key) }

    /// As kubectl prints it: `deployment.apps/web`.
    private static func name(_ key: ObjectKey) -> String {
        let info = key.kind.info
        return info.singular + (info.group.isEmpty ? "" : "." + info.group) + "/" + key.name
    }

    /// Objects without a namespace go to `default`, if their kind has one.
    private func placed(_ object: KubeObject) -> KubeObject {
        guard object.kind.info.isNamespaced, object.namespace.isEmpty else { return object }
        var metadata = object.metadata
        metadata.namespace = "default"
        return object.with(metadata: metadata)
    }

    // MARK: Objects

    /// Tries all before any is written, so that a bad one leaves nothing half applied. What depends on a namespace
    /// that the same batch makes is tried when it is written.
    private func rehearse(_ objects: [KubeObject]) throws(StatusError) {
        let namespaces = Set(objects.filter { $0.kind == .namespace }.map(\.name))
        for object in objects.map(placed) where !namespaces.contains(object.namespace) {
            if operatorClient.object(object.key) != nil, !object.name.isEmpty {
                _ = try operatorClient.patch(
                    object.key, object.json, type: .strategicMerge, nil, options(Warnings(), isDryRun: true))
            } else {
                _ = try operatorClient.create(object, options(Warnings(), isDryRun: true))
            }
        }
    }

    private func apply(
        _ object: KubeObject, _ outcome: inout CommandOutcome, _ warnings: Warnings
    ) throws(StatusError) {
        let object = placed(object)
        guard !object.name.isEmpty, let before = operatorClient.object(object.key) else {
            let created = try operatorClient.create(object, options(warnings))
            outcome.messages.append("\(Cluster.name(created)) created")
            return
        }
        let after = try operatorClient.patch(
            object.key, object.json, type: .strategicMerge, nil, options(warnings))
        let isSame = after.metadata.resourceVersion == before.metadata.resourceVersion
        outcome.messages.append("\(Cluster.name(after)) \(isSame ? "unchanged" : "configured")")
    }

    private func scale(_ key: ObjectKey, to replicas: Int) throws(StatusError) {
        switch key.kind {
        case .deployment: try operatorClient.mutate(Deployment.self, key) { $0.spec.replicas = replicas }
        case .replicaSet: try operatorClient.mutate(ReplicaSet.self, key) { $0.spec.replicas = replicas }
        case .statefulSet: try operatorClient.mutate(StatefulSet.self, key) { $0.spec.replicas = replicas }
        case .replicationController:
            try operatorClient.mutate(ReplicationController.self, key) { $0.spec.replicas = replicas }
        default: throw .badRequest("\(key.kind.info.plural) cannot be scaled")
        }
    }

    private func restart(_ key: ObjectKey) throws(StatusError) {
        let annotation = "kubectl.kubernetes.io/restartedAt"
        let now = loop.now.rfc3339
        switch key.kind {
        case .deployment:
            if operatorClient.get(Deployment.self, key)?.spec.paused == true {
                throw .badRequest("can't restart paused deployment (run rollout resume first)")
            }
            try operatorClient.mutate(Deployment.self, key) { $0.spec.template.metadata.annotations[annotation] = now }
        case .statefulSet:
            try operatorClient.mutate(StatefulSet.self, key) { $0.spec.template.metadata.annotations[annotation] = now }
        case .daemonSet:
            try operatorClient.mutate(DaemonSet.self, key) { $0.spec.template.metadata.annotations[annotation] = now }
        default: throw .badRequest("\(key.kind.info.plural) restarting is not supported")
        }
    }

    // MARK: Nodes

    private func cordon(_ node: String, _ isCordoned: Bool) throws(StatusError) {
        let key = ObjectKey(.node, name: node)
        guard operatorClient.object(key) != nil else { throw .notFound(kind: .node, name: node) }
        try operatorClient.mutate(Node.self, key) { $0.spec.unschedulable = isCordoned ? true : nil }
    }

    /// Evicts all but static pods and those of DaemonSets. Those that disruption budgets hold back are tried again
    /// until they are gone, or the node is uncordoned.
    private func drain(_ node: String, _ outcome: inout CommandOutcome) throws(StatusError) {
        try cordon(node, true)
        outcome.messages.append("node/\(node) cordoned")
        drains[node]?.stop()
        let drain = NodeDrain(node, client: operatorClient, loop: loop)
        drains[node] = drain
        drain.begin(&outcome)
    }
}
