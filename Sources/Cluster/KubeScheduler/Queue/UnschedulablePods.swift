/// Pods that no node could take, by shape and by the plugins that turned them down: an event is weighed once for all
/// pods that it means the same to.
struct UnschedulablePods {
    private struct GroupKey: Hashable {
        let shape: Int
        let rejectors: PluginSet
    }

    private struct Group {
        let key: GroupKey
        let shape: PodShape
        var pods: ContiguousArray<QueuedPod> = []
    }

    private var groups: ContiguousArray<Group> = []
    private var numbers: [GroupKey: Int] = [:]
    private(set) var count = 0

    mutating func insert(_ pod: QueuedPod) {
        let key = GroupKey(shape: pod.shape.number, rejectors: pod.rejectors)
        let number: Int
        if let known = numbers[key] {
            number = known
        } else {
            number = groups.count
            groups.append(Group(key: key, shape: pod.shape))
            numbers[key] = number
        }
        pod.index = groups[number].pods.count
        groups[number].pods.append(pod)
        count += 1
    }

    /// The pod's shape and rejectors must be those that it was inserted with.
    mutating func remove(_ pod: QueuedPod) {
        guard let number = numbers[GroupKey(shape: pod.shape.number, rejectors: pod.rejectors)] else { return }
        let last = groups[number].pods.removeLast()
        if last !== pod {
            groups[number].pods[pod.index] = last
            last.index = pod.index
        }
        count -= 1
        if groups[number].pods.isEmpty { removeGroup(number) }
    }

    private mutating func removeGroup(_ number: Int) {
        numbers[groups[number].key] = nil
        let last = groups.removeLast()
        guard number < groups.count else { return }
        groups[number] = last
        numbers[last.key] = number
    }

    /// Takes out all pods of the groups for which this holds, up to a priority if one is given. O(groups + pods of the
    /// groups).
    mutating func take(
        upTo priority: Int? = nil, where isWorthAnotherTry: (PodShape, PluginSet) -> Bool
    ) -> ContiguousArray<QueuedPod> {
        var taken: ContiguousArray<QueuedPod> = []
        var number = 0
        while number < groups.count {
            guard isWorthAnotherTry(groups[number].shape, groups[number].key.rejectors) else {
                number += 1
                continue
            }
            let before = taken.count
            if let priority {
                keep(number, above: priority, &taken)
            } else {
                taken.append(contentsOf: groups[number].pods)
                groups[number].pods = []
            }
            count -= taken.count - before
            if groups[number].pods.isEmpty { removeGroup(number) } else { number += 1 }
        }
        return taken
    }

    /// Leaves the pods of higher priority in a group, and takes the others.
    private mutating func keep(_ number: Int, above priority: Int, _ taken: inout ContiguousArray<QueuedPod>) {
        var kept: ContiguousArray<QueuedPod> = []
        for pod in groups[number].pods {
            if pod.priority <= priority {
                taken.append(pod)
            } else {
                pod.index = kept.count
                kept.append(pod)
            }
        }
        groups[number].pods = kept
    }

    /// All pods, in no order that matters. O(n).
    var contents: [QueuedPod] { groups.flatMap(\.pods) }
}
