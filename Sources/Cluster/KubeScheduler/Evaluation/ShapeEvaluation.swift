import ClusterCore
import KubeAPI

/// Everything worked out about where pods of one shape can go, kept up to date from the change log: a pod that is like
/// the one before it costs as much work as nodes have changed in between, which is one.
///
/// Of each node three things are known. What depends on its object alone (taints, labels, images) makes its class. What
/// depends on how full it is makes a rejection or a local score. What depends on where other pods are is counted by a
/// ``TopologyLedger`` and applied to whole cells of nodes at once. See Documentation/Scheduler.md.
final class ShapeEvaluation {
    /// What of a node's object matters to the shape; nodes of one class score alike but for how full they are.
    struct NodeClass: Hashable {
        var place: [Int] = []
        var taintScore = 0
        var affinityScore = 0
        /// Which of the pod's images the node has, by position.
        var images: [Int] = []
        /// Left out of soft spreading: it lacks a topology label.
        var isSpreadIgnored = false
    }

    private struct NodeState {
        var isKnown = false
        /// Index into `rejections`, of a filter that looks at the node's object alone; -1 for none.
        var staticRejection = -1
        var nodeClass = -1
        /// Index into `rejections`; -1 while the node is ranked or unknown.
        var rejection = -1
        var isDirty = false
    }

    let shape: PodShape
    let constraints: [SpreadConstraint]
    private(set) var rules: PodRules
    private(set) var ledger: TopologyLedger
    private(set) var ranking: NodeRanking
    private(set) var classes: ContiguousArray<NodeClass> = []
    private(set) var rejections: [(rejection: Rejection, count: Int)] = []
    /// Claims of the shape that only one pod may use at a time, as at the attempt that is under way.
    private(set) var exclusiveClaims: [String] = []
    /// How many of them assigned pods use.
    private(set) var exclusiveUses = 0
    private unowned let cache: SchedulerCache
    private var classNumbers: [NodeClass: Int] = [:]
    private var states: ContiguousArray<NodeState>
    private var effects: [Int: [PodRules.Effect]] = [:]
    private var position = 0
    private var epoch = -1
    private var dirty: ContiguousArray<Int> = []
    /// Nodes whose object changed, by slot.
    private var isChanged: ContiguousArray<Bool>

    /// `constraints`: the pod's own, or the defaults that apply to it.
    init(_ shape: PodShape, constraints: [SpreadConstraint], _ cache: SchedulerCache) {
        self.shape = shape
        self.constraints = constraints
        self.cache = cache
        rules = PodRules(shape, constraints: constraints, cache.labels(ofNamespace:))
        ledger = TopologyLedger([], slots: 0, hasUniqueHostnames: true)
        ranking = NodeRanking(slots: 0)
        states = []
        isChanged = []
    }

    /// How many entries the evaluation holds, for the budget of memory.
    var size: Int { states.count }

    // MARK: Catching up

    /// Takes in all that has changed since it was last asked. O(changes), or O(nodes) when it has fallen far behind.
    func catchUp() {
        let log = cache.log
        guard epoch == cache.epoch, position >= log.start, log.end - position <= 4 * states.count + 64 else {
            return rebuild()
        }
        growIfNeeded()
        while position < log.end {
            let entry = log[position]
            position += 1
            if let identity = entry.identity {
                guard let effects = knownEffects(of: identity) else { return rebuild() }
                apply(effects, entry.node, pods: entry.pods, terminating: entry.terminating)
            } else {
                isChanged[entry.node] = true
            }
            markDirty(entry.node)
        }
        settle()
    }

    private func rebuild() {
        effects.removeAll()
        rules = PodRules(shape, constraints: constraints, cache.labels(ofNamespace:))
        // All counters must be known before any of them is filled.
        let identities = relevantIdentities()
        for identity in identities {
            effects[identity.number] = rules.effects(of: identity, cache.labels(ofNamespace:))
        }
        let slots = cache.nodes.count
        ledger = TopologyLedger(rules.counters, slots: slots, hasUniqueHostnames: cache.hasUniqueHostnames)
        ranking = NodeRanking(slots: slots)
        classes.removeAll()
        classNumbers.removeAll()
        rejections.removeAll()
        states = ContiguousArray(repeating: NodeState(), count: slots)
        isChanged = ContiguousArray(repeating: true, count: slots)
        dirty.removeAll()
        for identity in identities {
            guard let effects = effects[identity.number], !effects.isEmpty else { continue }
            for (slot, count) in identity.counts {
                apply(effects, slot, pods: count.pods, terminating: count.terminating)
            }
        }
        position = cache.log.end
        epoch = cache.epoch
        for slot in 0..<slots { markDirty(slot) }
        settle()
    }

    private func relevantIdentities() -> [PodIdentity] {
        if rules.reachesOtherNamespaces { return cache.shapes.allIdentities }
        let siblings = cache.shapes.identities(in: shape.namespace)
        return siblings + cache.shapes.identitiesWithAffinity.filter { $0.namespace != shape.namespace }
    }

    /// What pods of an identity do to the counters; nil if that takes a counter which isn't there yet.
    private func knownEffects(of identity: PodIdentity) -> [PodRules.Effect]? {
        if let known = effects[identity.number] { return known }
        let before = rules.counters.count
        let new = rules.effects(of: identity, cache.labels(ofNamespace:))
        guard rules.counters.count == before else { return nil }
        effects[identity.number] = new
        return new
    }

    private func apply(_ effects: [PodRules.Effect], _ slot: Int, pods: Int, terminating: Int) {
        for effect in effects {
            let count = effect.skipsTerminating ? pods - terminating : pods
            if count != 0 { ledger.add(count * effect.amount, to: effect.counter, slot) }
        }
    }

    private func growIfNeeded() {
        let slots = cache.nodes.count
        guard slots > states.count else { return }
        let missing = slots - states.count
        states.append(contentsOf: repeatElement(NodeState(), count: missing))
        isChanged.append(contentsOf: repeatElement(false, count: missing))
        ledger.grow(to: slots)
        ranking.grow(to: slots)
    }

    private func markDirty(_ slot: Int) {
        if states[slot].isDirty { return }
        states[slot].isDirty = true
        dirty.append(slot)
    }

    private func settle() {
        for slot in dirty {
            states[slot].isDirty = false
            unplace(slot)
            if isChanged[slot] {
                isChanged[slot] = false
                inspect(slot)
            }
            place(slot)
        }
        dirty.removeAll(keepingCapacity: true)
    }

    // MARK: Single nodes

    /// Looks at the node's object.
    private func inspect(_ slot: Int) {
        ledger.withdraw(slot)
        guard let node = cache.nodes[slot], node.node != nil else {
            states[slot].isKnown = false
            return
        }
        states[slot].isKnown = true
        let hasHardLabels = rules.hardConstraints.allSatisfy { node.labels.contains($0.topologyKey) }
        let hasSoftLabels = rules.softConstraints.allSatisfy { node.labels.contains($0.topologyKey) }
        let matchesAffinity = NodeAffinityPlugin.matches(shape, labels: node.labels, name: node.name)
        let isTainted = TaintToleration.hasUntoleratedTaint(shape.tolerations, node.taints)
        let hardCount = rules.hardConstraints.count
        let spreadCount = hardCount + rules.softConstraints.count
        ledger.enter(slot, labels: node.labels) { counter in
            guard counter < spreadCount else { return true }
            let isHard = counter < hardCount
            let constraint = isHard ? rules.hardConstraints[counter] : rules.softConstraints[counter - hardCount]
            if constraint.honorsNodeAffinity && !matchesAffinity || constraint.honorsNodeTaints && isTainted {
                return false
            }
            return isHard ? hasHardLabels : hasSoftLabels || !rules.softNeedsAllLabels
        }
        let rejection =
            NodeUnschedulable.filter(shape, node) ?? NodeName.filter(shape, node)
            ?? TaintToleration.filter(shape, node) ?? NodeAffinityPlugin.filter(shape, node)
        states[slot].staticRejection = rejection.map(number) ?? -1
        if rejection != nil { return }
        var nodeClass = NodeClass()
        nodeClass.place = ledger.place(of: slot)
        nodeClass.taintScore = TaintToleration.score(shape, node)
        nodeClass.affinityScore = NodeAffinityPlugin.score(shape, node)
        nodeClass.images = shape.images.indices.filter { node.images.contains(shape.images[$0]) }
        nodeClass.isSpreadIgnored = rules.softNeedsAllLabels && !hasSoftLabels
        states[slot].nodeClass = number(nodeClass)
    }

    /// Ranks the node, or notes why it is out.
    private func place(_ slot: Int) {
        guard states[slot].isKnown, let node = cache.nodes[slot] else { return }
        cache.inspectionCount += 1
        if states[slot].staticRejection >= 0 {
            states[slot].rejection = states[slot].staticRejection
        } else if let rejection = ShapeEvaluation.dynamicRejection(shape, node) {
            states[slot].rejection = number(rejection)
        } else {
            ranking.insert(
                slot, nodeClass: states[slot].nodeClass, values: perNodeValues(slot),
                score: ShapeEvaluation.localScore(shape, node))
            return
        }
        rejections[states[slot].rejection].count += 1
    }

    private func unplace(_ slot: Int) {
        ranking.remove(slot)
        if states[slot].rejection >= 0 {
            rejections[states[slot].rejection].count -= 1
            states[slot].rejection = -1
        }
    }

    private func number(_ rejection: Rejection) -> Int {
        if let index = rejections.firstIndex(where: { $0.rejection == rejection }) { return index }
        rejections.append((rejection, 0))
        return rejections.count - 1
    }

    private func number(_ nodeClass: NodeClass) -> Int {
        if let number = classNumbers[nodeClass] { return number }
        classes.append(nodeClass)
        classNumbers[nodeClass] = classes.count - 1
        return classes.count - 1
    }

    func perNodeValues(_ slot: Int) -> [Int] { ledger.perNodeCounters.map { ledger.perNodeValue($0, slot) } }

    /// The filters that depend on the pods of the node itself.
    static func dynamicRejection(_ shape: PodShape, _ node: NodeInfo) -> Rejection? {
        NodePorts.filter(shape, node) ?? NodeResourcesFit.filter(shape, node)
    }

    /// The scores that depend on the pods of the node itself; from 0 to 200.
    static func localScore(_ shape: PodShape, _ node: NodeInfo) -> Int {
        NodeResourcesFit.weight * NodeResourcesFit.score(shape, node)
            + NodeResourcesBalancedAllocation.weight * NodeResourcesBalancedAllocation.score(shape, node)
    }

    /// Notes the claims that only one pod may use, and which of them are in use.
    func restrict(by claims: [String]) {
        exclusiveClaims = claims
        exclusiveUses = claims.count { cache.isUsed(claim: $0, namespace: shape.namespace) }
    }

    // MARK: Reading

    func isRanked(_ slot: Int) -> Bool { ranking.contains(slot) }

    /// Why the filters that look at the node by itself turn it down; nil if they don't.
    func localRejection(_ slot: Int) -> Rejection? {
        let index = states[slot].rejection
        return index < 0 ? nil : rejections[index].rejection
    }

    /// The class of a node that no filter over its object alone turns down.
    func classNumber(_ slot: Int) -> Int { states[slot].nodeClass }

    /// How the pod's images score on nodes of a class.
    func imageScore(_ nodeClass: NodeClass) -> Int {
        if nodeClass.images.isEmpty { return 0 }
        let present = nodeClass.images.compactMap { index in
            cache.image(shape.images[index]).map { (size: $0.size, nodes: $0.nodes) }
        }
        return ImageLocality.score(present, imageCount: shape.images.count, nodeCount: cache.nodeCount)
    }

    func effects(of shape: PodShape) -> [PodRules.Effect] { effects[shape.identity.number] ?? [] }

    // MARK: Setting nodes aside

    /// Takes a node out of the ranking for one decision.
    func setAside(_ slot: Int) { ranking.remove(slot) }

    /// Puts back a node that was set aside.
    func putBack(_ slot: Int) { place(slot) }
}
