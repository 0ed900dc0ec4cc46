import ClusterCore
import KubeAPI
import KubeClient

/// Notices that nodes fall silent, and says so: conditions turn Unknown, taints go up, at a rate that depends on how
/// much of a zone is gone. Evicting the pods is the taint eviction controller's part.
///
/// Follows kubernetes `pkg/controller/nodelifecycle/node_lifecycle_controller.go`.
package final class NodeLifecycleController: Controller, ChangeHandler, EventTarget {
    package static let component = "node-controller"

    /// Nodes are looked at this often.
    static let monitorPeriod = Interval.seconds(5)
    /// A node that was heard of is given this long (50 s since 1.32).
    static let gracePeriod = Interval.seconds(50)
    /// A node that never reported is given this long from its creation.
    static let startupGracePeriod = Interval.seconds(60)

    /// Nodes with this label don't count for how much of a zone is lost.
    static let exclusionLabel = "node.kubernetes.io/exclude-disruption"

    private let context: ComponentContext
    private var client: any KubeClient { context.client }
    /// The nodes that were there at the last look.
    private var known: [String: Node] = [:]
    private var health: [String: NodeHealth] = [:]
    private var zones: [String: Zone] = [:]

    private struct Zone {
        var state: ZoneState
        var queue: TaintQueue
    }

    package init(_ context: ComponentContext) { self.context = context }

    package func start() {
        client.watch(Node.self, .all, self)
        context.loop.schedule(after: NodeLifecycleController.monitorPeriod, self)
    }

    package func fire(_ token: UInt64) {
        client.cause = 0
        monitorNodeHealth()
        context.loop.schedule(after: NodeLifecycleController.monitorPeriod, self)
    }

    // MARK: Changes of nodes

    package func handle(_ change: Change) {
        guard let node = change.new(Node.self) else {
            health[change.key.name] = nil
            if let last = change.old(Node.self) {
                zones[NodeLifecycleController.zone(of: last)]?.queue.remove(last.name)
            }
            return
        }
        client.cause = change.revision
        defer { client.cause = 0 }
        let old = change.old(Node.self)
        if old == nil || old?.status.conditions != node.status.conditions || old?.spec != node.spec {
            syncNoScheduleTaints(node)
        }
        if old == nil || old?.labels != node.labels { reconcileLabels(node) }
    }

    /// Region and zone, as upstream joins them.
    static func zone(of node: Node) -> String {
        let region = node.labels[WellKnownLabel.region] ?? ""
        let zone = node.labels[WellKnownLabel.zone] ?? ""
        return region.isEmpty && zone.isEmpty ? "" : region + ":" + zone
    }

    /// Taints that keep new pods away mirror the node's conditions and `spec.unschedulable`.
    private func syncNoScheduleTaints(_ node: Node) {
        var wanted = node.status.conditions.compactMap { NodeTaints.noSchedule($0.type, $0.status) }
        if node.spec.unschedulable == true { wanted.append(NodeTaints.unschedulable) }
        let present = node.spec.taints.filter { $0.effect == "NoSchedule" && NodeTaints.managed.contains($0.key) }
        if Set(wanted) == Set(present.map(\.key)) { return }
        let now = context.now.time
        _ = try? client.mutate(Node.self, node.key) { node in
            node.spec.taints.removeAll {
                $0.effect == "NoSchedule" && NodeTaints.managed.contains($0.key) && !wanted.contains($0.key)
            }
            for key in wanted
            where !node.spec.taints.contains(where: { $0.key == key && $0.effect == "NoSchedule" }) {
                node.spec.taints.append(NodeTaints.taint(key, "NoSchedule", now))
            }
        }
    }

    /// The older labels of system and architecture follow the newer ones.
    private func reconcileLabels(_ node: Node) {
        var labels = node.labels
        for name in ["os", "arch"] {
            if let value = labels["kubernetes.io/" + name] { labels["beta.kubernetes.io/" + name] = value }
        }
        if labels == node.labels { return }
        _ = try? client.mutate(Node.self, node.key) { $0.metadata.labels.merge(labels) }
    }

    // MARK: The look at all nodes

    private func monitorNodeHealth() {
        var conditions: [String: [NodeCondition?]] = [:]
        let nodes = client.list(Node.self)
        classify(nodes)
        for node in nodes {
            let zone = NodeLifecycleController.zone(of: node)
            let (observed, current) = updateHealth(node)
            if node.labels[NodeLifecycleController.exclusionLabel] == nil {
                conditions[zone, default: []].append(current)
            }
            guard let current else { continue }
            // A node that never reported counts as unreachable once its grace is over.
            taint(node, observed: observed?.status ?? "Unknown", zone: zone)
            if current.status != "True", observed?.status == "True" {
                context.recorder.event(node, .normal, "NodeNotReady", "Node \(node.name) status is now: NodeNotReady")
                markPodsNotReady(node)
            }
        }
        handleDisruption(conditions)
    }

    /// Greets nodes that are new, and takes leave of those that are gone.
    private func classify(_ nodes: [Node]) {
        for node in nodes {
            let zone = NodeLifecycleController.zone(of: node)
            if zones[zone] == nil { zones[zone] = Zone(state: .initial, queue: makeQueue()) }
            if known[node.name] == nil {
                context.recorder.event(
                    node, .normal, "RegisteredNode",
                    "Node \(node.name) event: Registered Node \(node.name) in Controller")
                markReachable(node, zone)
            }
            known[node.name] = node
        }
        if known.count == nodes.count { return }
        let present = Set(nodes.map(\.name))
        let gone = known.keys.filter { !present.contains($0) }
        for name in gone.sorted(by: precedesUTF8) {
            guard let last = known.removeValue(forKey: name) else { continue }
            context.recorder.event(
                last, .normal, "RemovingNode", "Node \(name) event: Removing Node \(name) from Controller")
        }
    }

    /// Brings a node's health record up to date, and its conditions to Unknown after too long a silence.
    /// Returns the Ready condition as it was found, and as it is now.
    private func updateHealth(_ node: Node) -> (observed: NodeCondition?, current: NodeCondition?) {
        let now = context.now
        let observed = node.status.conditions.first { $0.type == "Ready" }
        let renewed = client.get(Lease.self, namespace: "kube-node-lease", name: node.name)?.spec.renewTime
        var record: NodeHealth
        let grace: Interval
        if var known = health[node.name] {
            known.observe(observed, renewed: renewed, now: now)
            record = known
            grace = observed == nil ? NodeLifecycleController.startupGracePeriod : NodeLifecycleController.gracePeriod
        } else {
            // Never seen: what it says of itself counts from now, silence from its creation.
            let isSilent = observed == nil && renewed == nil
            let probed = isSilent ? node.metadata.creationTimestamp?.instant ?? now : now
            record = NodeHealth(ready: observed, renewed: renewed, probed: probed)
            grace = observed == nil ? NodeLifecycleController.startupGracePeriod : NodeLifecycleController.gracePeriod
        }
        guard now > record.probed + grace else {
            health[node.name] = record
            return (observed, observed)
        }
        let updated = try? client.mutate(Node.self, node.key, .status) { node in
            NodeHealth.setUnknown(
                &node.status.conditions, created: node.metadata.creationTimestamp, now: now.time)
        }
        let current = updated?.status.conditions.first { $0.type == "Ready" } ?? observed
        record.ready = current
        record.renewed = renewed
        health[node.name] = record
        return (observed, current)
    }

    // MARK: Taints that evict

    private func taint(_ node: Node, observed status: String?, zone: String) {
        switch status {
        case "False": markForTainting(node, NodeTaints.notReady, instead: NodeTaints.unreachable, zone)
        case "Unknown": markForTainting(node, NodeTaints.unreachable, instead: NodeTaints.notReady, zone)
        case "True": markReachable(node, zone)
        default: break
        }
    }

    /// Puts the node on its zone's queue; a node that already has the other taint has it swapped at once.
    private func markForTainting(_ node: Node, _ key: String, instead other: String, _ zone: String) {
        if node.spec.taints.contains(where: { $0.key == other && $0.effect == "NoExecute" }) {
            swapTaints(node.name, add: key, remove: other)
        } else if !node.spec.taints.contains(where: { $0.key == key && $0.effect == "NoExecute" }) {
            zones[zone]?.queue.add(node.name)
        }
    }

    private func markReachable(_ node: Node, _ zone: String) {
        zones[zone]?.queue.remove(node.name)
        func evicts(_ taint: Taint) -> Bool {
            NodeTaints.evicting.contains(taint.key) && taint.effect == "NoExecute"
        }
        guard node.spec.taints.contains(where: evicts) else { return }
        _ = try? client.mutate(Node.self, node.key) { node in node.spec.taints.removeAll(where: evicts) }
    }

    private func swapTaints(_ name: String, add key: String, remove other: String) {
        let now = context.now.time
        _ = try? client.mutate(Node.self, ObjectKey(.node, name: name)) { node in
            node.spec.taints.removeAll { $0.key == other && $0.effect == "NoExecute" }
            if !node.spec.taints.contains(where: { $0.key == key && $0.effect == "NoExecute" }) {
                node.spec.taints.append(NodeTaints.taint(key, "NoExecute", now))
            }
        }
    }

    private func makeQueue() -> TaintQueue {
        TaintQueue(loop: context.loop) { [unowned self] name in taintQueued(name) }
    }

    /// A node's turn on the queue: it is tainted by what its Ready condition says now.
    private func taintQueued(_ name: String) {
        guard let node = client.get(Node.self, name: name) else { return }
        switch node.status.conditions.first(where: { $0.type == "Ready" })?.status {
        case "False": swapTaints(name, add: NodeTaints.notReady, remove: NodeTaints.unreachable)
        case "Unknown": swapTaints(name, add: NodeTaints.unreachable, remove: NodeTaints.notReady)
        default: break
        }
    }

    // MARK: Zones

    private func handleDisruption(_ conditions: [String: [NodeCondition?]]) {
        let states = conditions.mapValues(ZoneState.init(conditions:))
        let areAllLost = states.values.allSatisfy { $0 == .fullDisruption }
        var wereAllLost = true
        for zone in zones.keys.sorted() {
            if states[zone] == nil {
                // None that counts is left in the zone.
                zones[zone]?.state = .initial
                zones[zone]?.queue.setRate(ZoneState.initial.taintsPerSecond(nodes: 0))
            } else if zones[zone]?.state != .fullDisruption {
                wereAllLost = false
            }
        }
        if areAllLost {
            if !wereAllLost { stopTainting(zones: states.keys.sorted()) }
            return
        }
        if wereAllLost {
            for name in health.keys { health[name]?.probed = context.now }
        }
        for zone in zones.keys.sorted() {
            guard let state = states[zone] else { continue }
            if wereAllLost || zones[zone]?.state != state {
                zones[zone]?.queue.setRate(state.taintsPerSecond(nodes: conditions[zone]?.count ?? 0))
            }
            zones[zone]?.state = state
        }
    }

    /// All nodes are lost: most likely it is the control plane that is cut off, so nothing is evicted. A zone that
    /// comes up lost while the others are so is no reason to do otherwise.
    private func stopTainting(zones lost: [String]) {
        for node in client.list(Node.self) { markReachable(node, NodeLifecycleController.zone(of: node)) }
        for zone in lost {
            zones[zone]?.queue.setRate(0)
            zones[zone]?.state = .fullDisruption
        }
    }

    /// Pods of a node that is not heard of are not Ready: services leave them out.
    private func markPodsNotReady(_ node: Node) {
        let now = context.now.time
        for pod in client.list(Pod.self, index: .node(node.name)) {
            guard pod.isReady else { continue }
            let marked = try? client.mutate(Pod.self, pod.key, .status) { pod in
                for index in pod.status.conditions.indices where pod.status.conditions[index].type == "Ready" {
                    pod.status.conditions[index].status = "False"
                    pod.status.conditions[index].lastTransitionTime = now
                    pod.status.conditions[index].observedGeneration = pod.metadata.generation
                }
            }
            if marked != nil { context.recorder.event(pod, .warning, "NodeNotReady", "Node is not ready") }
        }
    }
}
