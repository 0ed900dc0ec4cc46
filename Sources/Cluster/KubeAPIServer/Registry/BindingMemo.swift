import KubeAPI
import KubeClient
import KubeStore

/// What bound pods can share in memory: those of one template on one node have one spec, those bound at one moment one
/// status, those of one template in one zone one set of labels.
final class BindingMemo {
    private struct Labels {
        let before: StringMap<String>
        let added: StringMap<String>
        let after: StringMap<String>
    }

    private struct Scheduled {
        let before: PodStatus
        let time: Time
        let generation: Int?
        let after: PodStatus
    }

    /// The last spec that was bound to each node, before and after.
    private var specs: [String: (before: PodSpec, after: PodSpec)] = [:]
    private var labels: [Labels] = []
    var topology = TopologyLabels()
    private var scheduled: Scheduled?
    /// Beyond these all is forgotten: making it again costs little.
    private static let nodeCapacity = 16_384
    private static let labelCapacity = 8

    func spec(_ spec: PodSpec, on node: String) -> PodSpec {
        if let known = specs[node], known.before.isIdentical(to: spec) { return known.after }
        var bound = spec
        bound.nodeName = node
        if specs.count >= BindingMemo.nodeCapacity { specs.removeAll() }
        specs[node] = (spec, bound)
        return bound
    }

    func labels(_ before: StringMap<String>, adding added: StringMap<String>) -> StringMap<String> {
        for known in labels where known.before == before && known.added == added { return known.after }
        var after = before
        after.merge(added)
        if labels.count >= BindingMemo.labelCapacity { labels.removeAll() }
        labels.append(Labels(before: before, added: added, after: after))
        return after
    }

    /// The status with the PodScheduled condition, and nominated no more.
    func scheduled(_ before: PodStatus, at time: Time, generation: Int?) -> PodStatus {
        if let scheduled, scheduled.before.isIdentical(to: before), scheduled.time == time,
            scheduled.generation == generation
        {
            return scheduled.after
        }
        var after = before
        if after.nominatedNodeName != nil { after.nominatedNodeName = nil }
        var condition = PodCondition()
        condition.type = "PodScheduled"
        condition.status = "True"
        condition.observedGeneration = generation
        condition.lastTransitionTime = time
        if let place = after.conditions.firstIndex(where: { $0.type == condition.type }) {
            if after.conditions[place].status == condition.status {
                condition.lastTransitionTime = after.conditions[place].lastTransitionTime
            }
            after.conditions[place] = condition
        } else {
            after.conditions.append(condition)
        }
        scheduled = Scheduled(before: before, time: time, generation: generation, after: after)
        return after
    }
}
