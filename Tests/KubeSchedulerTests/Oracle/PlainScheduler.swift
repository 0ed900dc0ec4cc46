import Glibc
import KubeAPI
import KubeScheduler

/// The scheduler's filters and scores worked out from the objects alone: every plugin on every node and every pod, with
/// nothing kept from one pod to the next. Slow, and meant to be read beside upstream's plugins.
struct PlainScheduler {
    struct Verdict: Equatable {
        /// The plugin and its reasons; nil if the node is feasible.
        var rejection: String?
        var score = NodeScore()
    }

    let nodes: [Node]
    /// Pods bound to a node, those that are gone or have ended left out.
    let pods: [Pod]
    let services: [Service]
    let namespaces: [Namespace]
    /// The selector of the pod's controller.
    let ownerSelector: Selector?

    /// What every node means to the pod, in the order of the nodes.
    func verdicts(for pod: Pod) -> [Verdict] {
        var verdicts = nodes.map { Verdict(rejection: filter(pod, $0)) }
        let feasible = nodes.indices.filter { verdicts[$0].rejection == nil }
        guard feasible.count > 1 else { return verdicts }
        let scores = score(pod, feasible.map { nodes[$0] })
        for (index, score) in zip(feasible, scores) { verdicts[index].score = score }
        return verdicts
    }

    private func pods(on node: Node) -> [Pod] { pods.filter { $0.spec.nodeName == node.name } }

    // MARK: Filters

    private func filter(_ pod: Pod, _ node: Node) -> String? {
        if node.spec.unschedulable == true, !tolerates(pod, Taint.make("node.kubernetes.io/unschedulable")) {
            return "NodeUnschedulable: node(s) were unschedulable"
        }
        if isTainted(pod, node) { return "TaintToleration: node(s) had untolerated taint(s)" }
        if !matchesNodeAffinity(pod, node) { return "NodeAffinity: node(s) didn't match Pod's node affinity/selector" }
        return ports(pod, node) ?? fit(pod, node) ?? spread(pod, node) ?? affinity(pod, node)
    }

    private func tolerates(_ pod: Pod, _ taint: Taint) -> Bool {
        pod.spec.tolerations.contains { toleration in
            if let effect = toleration.effect, effect != "", effect != taint.effect { return false }
            if let key = toleration.key, key != "", key != taint.key { return false }
            return toleration.operator == "Exists" || (toleration.value ?? "") == (taint.value ?? "")
        }
    }

    private func isTainted(_ pod: Pod, _ node: Node) -> Bool {
        node.spec.taints.contains { $0.effect != "PreferNoSchedule" && !tolerates(pod, $0) }
    }

    private func matchesNodeAffinity(_ pod: Pod, _ node: Node) -> Bool {
        if pod.spec.nodeSelector.contains(where: { node.labels[$0.key] != $0.value }) { return false }
        guard let required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution else {
            return true
        }
        return required.nodeSelectorTerms.contains { matches($0, node) }
    }

    private func matches(_ term: NodeSelectorTerm, _ node: Node) -> Bool {
        if term.matchExpressions.isEmpty && term.matchFields.isEmpty { return false }
        return term.matchExpressions.allSatisfy { matches($0, node.labels[$0.key]) }
            && term.matchFields.allSatisfy { matches($0, node.name) }
    }

    private func matches(_ requirement: NodeSelectorRequirement, _ value: String?) -> Bool {
        switch requirement.operator {
        case "In": value.map(requirement.values.contains) ?? false
        case "NotIn": !(value.map(requirement.values.contains) ?? false)
        case "Exists": value != nil
        case "DoesNotExist": value == nil
        case "Gt": value.flatMap { Int($0) }.map { $0 > Int(requirement.values[0]) ?? .max } ?? false
        case "Lt": value.flatMap { Int($0) }.map { $0 < Int(requirement.values[0]) ?? .min } ?? false
        default: false
        }
    }

    private func ports(_ pod: Pod, _ node: Node) -> String? {
        func ports(_ pod: Pod) -> [Int] { pod.spec.containers.flatMap(\.ports).compactMap(\.hostPort) }
        let used = pods(on: node).flatMap(ports)
        guard ports(pod).contains(where: used.contains) else { return nil }
        return "NodePorts: node(s) didn't have free ports for the requested pod ports"
    }

    private func requested(_ pod: Pod, _ name: String, orElse fallback: Int = 0) -> Int {
        pod.spec.containers.reduce(0) { sum, container in
            guard let quantity = container.resources?.requests[name] else { return sum + fallback }
            return sum + (name == "cpu" ? quantity.milliValue : quantity.value)
        }
    }

    private func allocatable(_ node: Node, _ name: String) -> Int {
        let quantity = node.status.allocatable[name] ?? Quantity()
        return name == "cpu" ? quantity.milliValue : quantity.value
    }

    private func fit(_ pod: Pod, _ node: Node) -> String? {
        let others = pods(on: node)
        var reasons: [String] = []
        if others.count + 1 > allocatable(node, "pods") { reasons.append("Too many pods") }
        for name in ["cpu", "memory", "example.com/widget"] {
            let wanted = requested(pod, name)
            let used = others.reduce(0) { $0 + requested($1, name) }
            if wanted > 0, wanted > allocatable(node, name) - used { reasons.append("Insufficient \(name)") }
        }
        return reasons.isEmpty ? nil : "NodeResourcesFit: " + reasons.joined(separator: ", ")
    }

    // MARK: Topology spread

    private struct Constraint {
        let key: String
        let maxSkew: Int
        let minDomains: Int
        let selector: Selector
        let honorsAffinity: Bool
        let honorsTaints: Bool
    }

    private func constraints(_ pod: Pod, hard: Bool) -> [Constraint] {
        if pod.spec.topologySpreadConstraints.isEmpty { return hard ? [] : defaultConstraints(pod) }
        let wanted = hard ? "DoNotSchedule" : "ScheduleAnyway"
        return pod.spec.topologySpreadConstraints.filter { $0.whenUnsatisfiable == wanted }.map { constraint in
            let extra = constraint.matchLabelKeys.compactMap { key in
                pod.labels[key].map { LabelRequirement(key: key, operator: .in, values: [$0]) }
            }
            return Constraint(
                key: constraint.topologyKey, maxSkew: constraint.maxSkew, minDomains: constraint.minDomains ?? 1,
                selector: Selector(lenient: constraint.labelSelector).adding(extra),
                honorsAffinity: constraint.nodeAffinityPolicy != "Ignore",
                honorsTaints: constraint.nodeTaintsPolicy == "Honor")
        }
    }

    private func defaultConstraints(_ pod: Pod) -> [Constraint] {
        var labels = StringMap<String>()
        for service in services where service.namespace == pod.namespace && !service.spec.selector.isEmpty {
            if Selector(service.spec.selector).matches(pod.labels) { labels.merge(service.spec.selector) }
        }
        let selector = Selector(labels).adding(ownerSelector?.requirements ?? [])
        if selector.isEverything { return [] }
        return [("kubernetes.io/hostname", 3), ("topology.kubernetes.io/zone", 5)].map {
            Constraint(
                key: $0.0, maxSkew: $0.1, minDomains: 1, selector: selector, honorsAffinity: true, honorsTaints: false)
        }
    }

    private func includes(_ constraint: Constraint, _ pod: Pod, _ node: Node) -> Bool {
        if constraint.honorsAffinity, !matchesNodeAffinity(pod, node) { return false }
        return !(constraint.honorsTaints && isTainted(pod, node))
    }

    private func count(_ selector: Selector, _ pod: Pod, on node: Node) -> Int {
        pods(on: node).filter {
            $0.metadata.deletionTimestamp == nil && $0.namespace == pod.namespace && selector.matches($0.labels)
        }.count
    }

    private func spread(_ pod: Pod, _ node: Node) -> String? {
        let constraints = constraints(pod, hard: true)
        for constraint in constraints {
            guard let domain = node.labels[constraint.key] else {
                return
                    "PodTopologySpread: node(s) didn't match pod topology spread constraints (missing required label)"
            }
            var counts: [String: Int] = [:]
            for other in nodes where constraints.allSatisfy({ other.labels.contains($0.key) }) {
                guard includes(constraint, pod, other), let value = other.labels[constraint.key] else { continue }
                counts[value, default: 0] += count(constraint.selector, pod, on: other)
            }
            let least = counts.count < constraint.minDomains ? 0 : counts.values.min() ?? Int(Int32.max)
            let own = constraint.selector.matches(pod.labels) ? 1 : 0
            if (counts[domain] ?? 0) + own - least > constraint.maxSkew {
                return "PodTopologySpread: node(s) didn't match pod topology spread constraints"
            }
        }
        return nil
    }

    // MARK: Pod affinity

    private func namespaceLabels(_ name: String) -> StringMap<String> {
        namespaces.first { $0.name == name }?.labels ?? [:]
    }

    private func matches(_ term: PodAffinityTerm, of owner: Pod, _ other: Pod) -> Bool {
        let isNamed: Bool
        if term.namespaces.isEmpty && term.namespaceSelector == nil {
            isNamed = other.namespace == owner.namespace
        } else {
            isNamed =
                term.namespaces.contains(other.namespace)
                || Selector(lenient: term.namespaceSelector).matches(namespaceLabels(other.namespace))
        }
        return isNamed && Selector(lenient: term.labelSelector).matches(other.labels)
    }

    private func node(of pod: Pod) -> Node? { nodes.first { $0.name == pod.spec.nodeName } }

    /// Whether a pod for which this holds is in the node's domain.
    private func isThere(_ key: String, _ node: Node, _ holds: (Pod) -> Bool) -> Bool {
        guard let domain = node.labels[key] else { return false }
        return pods.contains { self.node(of: $0)?.labels[key] == domain && holds($0) }
    }

    private func affinity(_ pod: Pod, _ node: Node) -> String? {
        let near = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
        let far = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
        func matchesAll(_ other: Pod) -> Bool { near.allSatisfy { matches($0, of: pod, other) } }
        if near.contains(where: { !node.labels.contains($0.topologyKey) }) {
            return "InterPodAffinity: node(s) didn't match pod affinity rules"
        }
        if !near.allSatisfy({ isThere($0.topologyKey, node, matchesAll) }) {
            let anywhere = pods.contains { other in
                matchesAll(other)
                    && near.contains { self.node(of: other)?.labels.contains($0.topologyKey) ?? false }
            }
            if anywhere || !matchesAll(pod) { return "InterPodAffinity: node(s) didn't match pod affinity rules" }
        }
        for term in far
        where isThere(
            term.topologyKey, node,
            { other in
                far.contains { $0.topologyKey == term.topologyKey && matches($0, of: pod, other) }
            })
        {
            return "InterPodAffinity: node(s) didn't match pod anti-affinity rules"
        }
        for other in pods {
            let terms = other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
            for term in terms where matches(term, of: other, pod) {
                guard let domain = node.labels[term.topologyKey] else { continue }
                if self.node(of: other)?.labels[term.topologyKey] == domain {
                    return "InterPodAffinity: node(s) didn't satisfy existing pods anti-affinity rules"
                }
            }
        }
        return nil
    }

    // MARK: Scores

    private func score(_ pod: Pod, _ feasible: [Node]) -> [NodeScore] {
        var scores = feasible.map { _ in NodeScore() }
        let taints = feasible.map { node in
            node.spec.taints.filter { $0.effect == "PreferNoSchedule" && !tolerates(pod, $0) }.count
        }
        let preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
        let preferences = feasible.map { node in
            preferred.reduce(0) { $0 + (matches($1.preference, node) ? $1.weight : 0) }
        }
        let spreads = spreadScores(pod, feasible)
        let company = companyScores(pod, feasible)
        for (index, node) in feasible.enumerated() {
            let mostTaints = taints.max() ?? 0
            scores[index].taintToleration = 3 * (mostTaints == 0 ? 100 : 100 - 100 * taints[index] / mostTaints)
            let mostPreferred = preferences.max() ?? 0
            scores[index].nodeAffinity = mostPreferred == 0 ? 0 : 2 * (100 * preferences[index] / mostPreferred)
            scores[index].nodeResourcesFit = leastAllocated(pod, node)
            scores[index].nodeResourcesBalancedAllocation = balanced(pod, node)
            scores[index].podTopologySpread = 2 * spreads[index]
            scores[index].interPodAffinity = 2 * company[index]
            scores[index].imageLocality = images(pod, node)
        }
        return scores
    }

    private func leastAllocated(_ pod: Pod, _ node: Node) -> Int {
        let shares = [("cpu", 100), ("memory", 200 << 20)].map { name, fallback in
            let used = (pods(on: node) + [pod]).reduce(0) { $0 + requested($1, name, orElse: fallback) }
            let capacity = allocatable(node, name)
            return used > capacity ? 0 : (capacity - used) * 100 / capacity
        }
        return (shares[0] + shares[1]) / 2
    }

    private func balanced(_ pod: Pod, _ node: Node) -> Int {
        if requested(pod, "cpu") == 0 && requested(pod, "memory") == 0 { return 0 }
        func balance(_ pods: [Pod]) -> Int {
            let shares = ["cpu", "memory"].map { name in
                min(1, Double(pods.reduce(0) { $0 + requested($1, name) }) / Double(allocatable(node, name)))
            }
            return Int((1 - abs((shares[0] - shares[1]) / 2)) * 100)
        }
        return 50 + (50 + balance(pods(on: node) + [pod]) - balance(pods(on: node))) / 2
    }

    private func images(_ pod: Pod, _ node: Node) -> Int {
        var sum = 0
        for container in pod.spec.containers {
            let name = container.image ?? ""
            guard let image = node.status.images.first(where: { $0.names.contains(name) }) else { continue }
            let spread = nodes.filter { $0.status.images.contains { $0.names.contains(name) } }.count
            sum += Int(Double(image.sizeBytes ?? 0) * (Double(spread) / Double(nodes.count)))
        }
        let most = 1000 * (1 << 20) * pod.spec.containers.count
        let least = 23 * (1 << 20)
        return 100 * (min(max(sum, least), most) - least) / (most - least)
    }

    private func spreadScores(_ pod: Pod, _ feasible: [Node]) -> [Int] {
        let constraints = constraints(pod, hard: false)
        if constraints.isEmpty { return feasible.map { _ in 0 } }
        let needsAll = !pod.spec.topologySpreadConstraints.isEmpty
        func isIgnored(_ node: Node) -> Bool { needsAll && constraints.contains { !node.labels.contains($0.key) } }
        let scored = feasible.filter { !isIgnored($0) }
        let raw: [Int?] = feasible.map { node in
            if isIgnored(node) { return nil }
            var sum = 0.0
            for constraint in constraints {
                guard let domain = node.labels[constraint.key] else { continue }
                let isHost = constraint.key == "kubernetes.io/hostname"
                let size = isHost ? scored.count : Set(scored.map { $0.labels[constraint.key] ?? "" }).count
                var total = 0
                if isHost {
                    total = count(constraint.selector, pod, on: node)
                } else {
                    for other in nodes where other.labels[constraint.key] == domain {
                        if isIgnored(other) || !includes(constraint, pod, other) { continue }
                        total += count(constraint.selector, pod, on: other)
                    }
                }
                sum += Double(total) * log(Double(size + 2)) + Double(constraint.maxSkew - 1)
            }
            return Int(sum.rounded())
        }
        let lowest = raw.compactMap { $0 }.min() ?? 0
        let highest = raw.compactMap { $0 }.max() ?? 0
        return raw.map { score in
            guard let score else { return 0 }
            return highest == 0 ? 100 : 100 * (highest + lowest - score) / highest
        }
    }

    private func companyScores(_ pod: Pod, _ feasible: [Node]) -> [Int] {
        let raw = feasible.map { node in
            pods.reduce(0) { sum, other in
                guard let home = self.node(of: other) else { return sum }
                func weigh(_ terms: [WeightedPodAffinityTerm]?, _ owner: Pod, _ subject: Pod, _ sign: Int) -> Int {
                    (terms ?? []).reduce(0) { sum, weighted in
                        let term = weighted.podAffinityTerm
                        guard matches(term, of: owner, subject), let domain = node.labels[term.topologyKey],
                            home.labels[term.topologyKey] == domain
                        else { return sum }
                        return sum + sign * weighted.weight
                    }
                }
                let own = pod.spec.affinity
                let theirs = other.spec.affinity
                let required = theirs?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution.map { term in
                    var weighted = WeightedPodAffinityTerm()
                    weighted.weight = 1
                    weighted.podAffinityTerm = term
                    return weighted
                }
                return sum
                    + weigh(own?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, pod, other, 1)
                    + weigh(own?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, pod, other, -1)
                    + weigh(theirs?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, other, pod, 1)
                    + weigh(theirs?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, other, pod, -1)
                    + weigh(required, other, pod, 1)
            }
        }
        let lowest = raw.min() ?? 0
        let highest = raw.max() ?? 0
        return raw.map { highest == lowest ? 0 : Int(100 * (Double($0 - lowest) / Double(highest - lowest))) }
    }
}
