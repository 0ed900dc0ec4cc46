import ClusterCore
import KubeAPI
import KubeClient

/// What one fault did, and when the cluster got over it.
package struct FaultRecord: Sendable, Equatable {
    package var action: String
    package var node: String
    package var at: Instant
    /// Workloads that had pods on the node, as `deployment/default/web`, sorted.
    package var workloads: [String] = []
    /// Pods that were on the node, as far as they can be evicted: without static pods and those that tolerate any node.
    package var pods = 0
    /// Since the fault: the node reads not Ready (after a power-on: Ready again).
    package var detectedAfter: Interval?
    /// Since the fault: the last deletionTimestamp among the node's pods. Nil as well when there were none.
    package var evictedAfter: Interval?
    /// Since the fault: every workload that it hit has its desired number of Ready pods again. Nil as well when it hit
    /// none.
    package var recoveredAfter: Interval?
    /// The node was Ready again with pods that were not evicted, and will not be.
    package var keptPods = false
}

/// Watches what faults do: when a node's silence is noticed, when its pods are evicted, when its workloads are whole
/// again. Costs O(1) a change; counts only the workloads that a fault has hit.
package final class FaultTracker: ChangeHandler {
    private struct Workload {
        var desired: Int
        var ready: Int
    }

    private struct Open {
        var record: Int
        /// UIDs of the node's pods that have no deletionTimestamp yet.
        var waiting: Set<String>
        var workloads: Set<ObjectKey>
        /// The machine has power again.
        var isPoweredOn = false
        /// It has told the cluster so.
        var isBack = false
        /// A workload was seen without its desired number of Ready pods.
        var wasShort = false
    }

    private let client: any KubeClient
    private let loop: EventLoop
    package private(set) var records: [FaultRecord] = []
    private var open: [Open] = []
    private var workloads: [ObjectKey: Workload] = [:]

    package init(_ client: any KubeClient, loop: EventLoop) {
        self.client = client
        self.loop = loop
    }

    package func start() {
        client.watch(Node.self, .all, self)
        client.watch(Pod.self, .all, self)
        client.watch(Deployment.self, .all, self)
        client.watch(ReplicaSet.self, .all, self)
        client.watch(ReplicationController.self, .all, self)
    }

    // MARK: Faults

    /// Call at the moment of the fault.
    package func powerOff(_ node: String) {
        // What an outage before left to be evicted is this one's to evict.
        for index in open.indices where records[open[index].record].node == node { open[index].waiting = [] }
        var record = FaultRecord(action: "poweroff", node: node, at: loop.now)
        var entry = Open(record: records.count, waiting: [], workloads: [])
        client.forEach(.pod, index: .node(node)) { object in
            guard let pod = object.as(Pod.self) else { return true }
            if !FaultTracker.isEvictable(pod) { return true }
            if let owner = workload(of: pod) { entry.workloads.insert(owner) }
            record.pods += 1
            if pod.metadata.deletionTimestamp == nil { entry.waiting.insert(pod.uid) }
            return true
        }
        record.workloads = entry.workloads.sorted().map(FaultTracker.text)
        records.append(record)
        for key in entry.workloads where workloads[key] == nil { workloads[key] = count(key) }
        open.append(entry)
    }

    /// Notes that a node is switched on again: its fault is over once what ran there is well.
    package func powerOn(_ node: String) {
        for index in open.indices where records[open[index].record].node == node { open[index].isPoweredOn = true }
        records.append(FaultRecord(action: "poweron", node: node, at: loop.now))
    }

    /// Static pods belong to their node and are never evicted from it; nor is a pod that tolerates the taint without an
    /// end, as DaemonSets' do.
    private static func isEvictable(_ pod: Pod) -> Bool {
        if pod.isMirror { return false }
        return !pod.spec.tolerations.contains { toleration in
            let key = toleration.key ?? ""
            let effect = toleration.effect ?? ""
            return (key.isEmpty || key == "node.kubernetes.io/unreachable") && toleration.operator == "Exists"
                && (effect.isEmpty || effect == "NoExecute") && toleration.tolerationSeconds == nil
        }
    }

    private static func text(_ key: ObjectKey) -> String {
        "\(key.kind.info.singular)/\(key.namespacedName)"
    }

    /// The Deployment, or else the ReplicaSet or ReplicationController, that a pod belongs to.
    private func workload(of pod: Pod) -> ObjectKey? {
        guard let owner = pod.metadata.controllerReference else { return nil }
        switch owner.kind {
        case "ReplicaSet":
            let key = ObjectKey(.replicaSet, namespace: pod.namespace, name: owner.name)
            guard let replicaSet = client.get(ReplicaSet.self, key) else { return nil }
            if let parent = replicaSet.metadata.controllerReference,
                parent.kind == "Deployment"
            {
                return ObjectKey(.deployment, namespace: pod.namespace, name: parent.name)
            }
            return key
        case "ReplicationController":
            return ObjectKey(.replicationController, namespace: pod.namespace, name: owner.name)
        default: return nil
        }
    }

    private func desired(_ key: ObjectKey) -> Int? {
        switch key.kind {
        case .deployment: client.get(Deployment.self, key).map { $0.spec.replicas ?? 1 }
        case .replicaSet: client.get(ReplicaSet.self, key).map { $0.spec.replicas ?? 1 }
        default: client.get(ReplicationController.self, key).map { $0.spec.replicas ?? 1 }
        }
    }

    private static func isReady(_ pod: Pod) -> Bool {
        pod.metadata.deletionTimestamp == nil && pod.isReady
    }

    /// Counts a workload's Ready pods once; changes keep the count up from then on.
    private func count(_ key: ObjectKey) -> Workload {
        var ready = 0
        func add(owner uid: String) {
            client.forEach(.pod, index: .owner(uid: uid)) { object in
                if let pod = object.as(Pod.self), FaultTracker.isReady(pod) { ready += 1 }
                return true
            }
        }
        if key.kind == .deployment, let uid = client.object(key)?.uid {
            client.forEach(.replicaSet, index: .owner(uid: uid)) { object in
                add(owner: object.uid)
                return true
            }
        } else if let uid = client.object(key)?.uid {
            add(owner: uid)
        }
        return Workload(desired: desired(key) ?? 0, ready: ready)
    }

    // MARK: Changes

    package func handle(_ change: Change) {
        switch change.kind {
        case .node: nodeChanged(change)
        case .pod: podChanged(change)
        default: workloadChanged(change)
        }
        if !open.isEmpty { settle() }
    }

    private func nodeChanged(_ change: Change) {
        let ready = change.new(Node.self)?.status.conditions.first { $0.type == "Ready" }?.status
        // A power-on before the silence was noticed finds the node Ready: nothing to detect.
        for index in records.indices where records[index].action == "poweron" && ready == "True" {
            if records[index].node == change.key.name, records[index].detectedAfter == nil {
                records[index].detectedAfter = change.time - records[index].at
            }
        }
        for index in open.indices where records[open[index].record].node == change.key.name && !open[index].isBack {
            let record = open[index].record
            if ready != "True", !open[index].isPoweredOn, records[record].detectedAfter == nil {
                records[record].detectedAfter = change.time - records[record].at
            }
            if ready == "True", open[index].isPoweredOn {
                open[index].isBack = true
                records[record].keptPods = !open[index].waiting.isEmpty
            }
        }
    }

    private func podChanged(_ change: Change) {
        if open.isEmpty { return }
        let uid = change.object.uid
        if change.new == nil || change.new?.metadata.deletionTimestamp != nil {
            for index in open.indices where open[index].waiting.remove(uid) != nil && open[index].waiting.isEmpty {
                records[open[index].record].evictedAfter = change.time - records[open[index].record].at
            }
        }
        let before = change.old(Pod.self).map(FaultTracker.isReady) ?? false
        let after = change.new(Pod.self).map(FaultTracker.isReady) ?? false
        if before != after, let pod = change.object.as(Pod.self), let key = workload(of: pod) {
            workloads[key]?.ready += after ? 1 : -1
        }
    }

    private func workloadChanged(_ change: Change) {
        guard workloads[change.key] != nil else { return }
        workloads[change.key]?.desired = change.new == nil ? 0 : desired(change.key) ?? 0
    }

    /// Closes faults whose workloads are whole again after they were not: when the pods were evicted and replaced, or
    /// when the node came back first and runs them again.
    private func settle() {
        for index in open.indices where !open[index].wasShort { open[index].wasShort = !isWhole(open[index]) }
        open.removeAll { entry in
            let isNoticed = records[entry.record].detectedAfter != nil || entry.wasShort || entry.workloads.isEmpty
            guard entry.isBack && isNoticed || records[entry.record].detectedAfter != nil && entry.waiting.isEmpty,
                isWhole(entry)
            else { return false }
            if !entry.workloads.isEmpty {
                records[entry.record].recoveredAfter = loop.now - records[entry.record].at
            }
            return true
        }
        if open.isEmpty { workloads.removeAll() }
    }

    private func isWhole(_ entry: Open) -> Bool {
        entry.workloads.allSatisfy { key in
            guard let workload = workloads[key] else { return true }
            return workload.ready >= workload.desired
        }
    }
}
