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
        outcome.warnings += warnings.texts
        server.pump()
        return outcome
    }

    private func perform(
        _ command: ClusterCommand, _ outcome: inout CommandOutcome, _ warnings: Warnings
    ) throws(StatusError) {
        switch command {
        case .apply(let objects, let written):
            try carryOut(objects, written, isCreation: false, &outcome, warnings)
        case .create(let objects): try carryOut(objects, [], isCreation: true, &outcome, warnings)
        case .update(let object):
            let updated = try operatorClient.update(object, nil, writeOptions(warnings))
            outcome.messages.append("\(Cluster.name(updated)) edited")
        case .edit(let original, let edited):
            guard original.key == edited.key else {
                throw .badRequest("At least one of apiVersion, kind and name was changed")
            }
            guard let patch = EditDifference.patch(from: original, to: edited) else {
                outcome.messages.append("\(Cluster.name(original)) unchanged")
                break
            }
            let updated = try operatorClient.patch(original.key, patch.json, type: .merge, nil, writeOptions(warnings))
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
            if !isCordoned { drains[node]?.stop() }
            outcome.messages.append("node/\(node) \(isCordoned ? "cordoned" : "uncordoned")")
        case .drain(let node): try drain(node, &outcome)
        case .stopDrain(let node): drains[node]?.stop()
        case .setClockPaused, .step, .setSpeed: break
        }
    }

    static func name(_ object: KubeObject) -> String { name(object.key) }

    /// As kubectl prints it: `deployment.apps/web`.
    static func name(_ key: ObjectKey) -> String {
        let info = key.kind.info
        return info.singular + (info.group.isEmpty ? "" : "." + info.group) + "/" + key.name
    }

    // MARK: Objects

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
    /// until they are gone, the drain is stopped or the node is uncordoned.
    private func drain(_ node: String, _ outcome: inout CommandOutcome) throws(StatusError) {
        try cordon(node, true)
        outcome.messages.append("node/\(node) cordoned")
        drains[node]?.stop()
        let drain = NodeDrain(node, client: operatorClient, loop: loop) { [unowned self] in note($0) }
        drains[node] = drain
        drain.begin(&outcome)
    }
}
