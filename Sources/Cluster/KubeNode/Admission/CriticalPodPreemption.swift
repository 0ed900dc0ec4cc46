import KubeAPI

/// Which pods of a node end so that a critical one can be let in: as few as possible of those that count most.
///
/// The pods that may be taken are parted by their quality of service. Guaranteed ones are taken only for what all
/// others together do not free, burstable ones only for what is missing then without them, best-effort ones for the
/// rest; these free nothing but places. Within a class the pod goes first that comes nearest to what is still missing.
///
/// For example, 550 MiB are missing, and burstable and guaranteed pods of 100 and 300 MiB each run:
///
///     all burstable pods free 400, so 150 have to come from guaranteed ones: the one of 300
///     that leaves 250 for burstable ones: the one of 300
///     nothing is missing any more
///
/// Follows kubernetes `pkg/kubelet/preemption/preemption.go` (`getPodsToPreempt`).
package enum CriticalPodPreemption {
    /// A pod that runs on the node.
    package struct Candidate {
        /// What the node has set aside for it.
        package var requests: PodRequests
        package var qualityOfService: String
        package var rank: PodRank

        package init(requests: PodRequests, qualityOfService: String, rank: PodRank) {
            self.requests = requests
            self.qualityOfService = qualityOfService
            self.rank = rank
        }

        /// Complexity: O(containers).
        package init(_ pod: Pod, requests: PodRequests) {
            self.init(
                requests: requests, qualityOfService: pod.status.qosClass ?? QualityOfService.of(pod.spec),
                rank: PodRank(pod))
        }

        func request(_ resource: NodeResource) -> Int {
            switch resource {
            case .pods: 1
            case .cpu: requests.milliCPU
            case .memory: requests.memory
            case .ephemeralStorage: requests.ephemeralStorage
            }
        }

        /// By memory, then by CPU; of two equal ones each is.
        func isNoLarger(than other: Candidate) -> Bool {
            requests.memory == other.requests.memory
                ? requests.milliCPU <= other.requests.milliCPU : requests.memory < other.requests.memory
        }
    }

    /// How much of a resource has to come free; more than zero.
    package struct Requirement: Equatable {
        package var resource: NodeResource
        package var quantity: Int

        package init(_ resource: NodeResource, _ quantity: Int) {
            self.resource = resource
            self.quantity = quantity
        }
    }

    /// Even all that may be taken would not free enough.
    package struct NothingToReclaim: Error, Equatable {
        /// What would still be missing.
        package var remaining: [Requirement]

        package init(remaining: [Requirement]) { self.remaining = remaining }

        package var message: String {
            let list = remaining.map { "(res: \($0.resource.rawValue), q: \($0.quantity)), " }.joined()
            return "no set of running pods found to reclaim resources: [\(list)]"
        }
    }

    /// The candidates to end, by their place, in the order in which they are to end.
    ///
    /// Of candidates that are the same in all that counts the later ones go first.
    /// Complexity: O(candidates · victims) comparisons, and only when something is missing at all.
    package static func victims(
        of rank: PodRank, among candidates: [Candidate], toFree requirements: [Requirement]
    ) throws(NothingToReclaim) -> [Int] {
        var classes: [String: [Int]] = [:]
        for place in candidates.indices where rank.preempts(candidates[place].rank) {
            classes[candidates[place].qualityOfService, default: []].append(place)
        }
        let bestEffort = classes["BestEffort"] ?? []
        let burstable = classes["Burstable"] ?? []
        let guaranteed = classes["Guaranteed"] ?? []
        func missing(without places: [Int]) -> [Requirement] {
            remaining(requirements, without: places.map { candidates[$0] })
        }
        let unmet = missing(without: bestEffort + burstable + guaranteed)
        if !unmet.isEmpty { throw NothingToReclaim(remaining: unmet) }
        let guaranteedVictims = try nearest(guaranteed, candidates, missing(without: bestEffort + burstable))
        let burstableVictims = try nearest(burstable, candidates, missing(without: bestEffort + guaranteedVictims))
        let bestEffortVictims = try nearest(
            bestEffort, candidates, missing(without: burstableVictims + guaranteedVictims))
        return bestEffortVictims + burstableVictims + guaranteedVictims
    }

    /// Takes one pod after the other, each time the one that leaves the shortest distance; of equally near ones the
    /// smaller, and the later of equally small ones.
    private static func nearest(
        _ places: [Int], _ candidates: [Candidate], _ requirements: [Requirement]
    ) throws(NothingToReclaim) -> [Int] {
        var places = places
        var missing = requirements
        var victims: [Int] = []
        while !missing.isEmpty {
            guard var best = places.indices.first else { throw NothingToReclaim(remaining: missing) }
            var bestDistance = distance(of: candidates[places[best]], from: missing)
            for index in places.indices.dropFirst() {
                let candidate = candidates[places[index]]
                let distance = distance(of: candidate, from: missing)
                if distance < bestDistance
                    || distance == bestDistance && candidate.isNoLarger(than: candidates[places[best]])
                {
                    best = index
                    bestDistance = distance
                }
            }
            let victim = places[best]
            missing = remaining(missing, without: [candidates[victim]])
            victims.append(victim)
            places.remove(at: best)
        }
        return victims
    }

    /// How far a pod is from freeing all that is missing: the squares of the fractions that stay missing, so that each
    /// resource weighs the same, whatever it is counted in. Nothing but IEEE 754's exact operations.
    package static func distance(of candidate: Candidate, from requirements: [Requirement]) -> Double {
        var sum = 0.0
        for requirement in requirements {
            let rest = requirement.quantity - candidate.request(requirement.resource)
            guard rest > 0 else { continue }
            let fraction = Double(rest) / Double(requirement.quantity)
            sum += fraction * fraction
        }
        return sum
    }

    /// What is still missing once these pods have ended.
    package static func remaining(_ requirements: [Requirement], without victims: [Candidate]) -> [Requirement] {
        requirements.compactMap { requirement in
            let rest = victims.reduce(requirement.quantity) { $0 - $1.request(requirement.resource) }
            return rest > 0 ? Requirement(requirement.resource, rest) : nil
        }
    }
}

/// What the kubelet counts before it takes a pod, as Kubernetes calls it.
package enum NodeResource: String, Sendable {
    case pods
    case cpu
    case memory
    case ephemeralStorage = "ephemeral-storage"
}

/// How much a pod counts to its kubelet, beside others.
/// Follows kubernetes `pkg/kubelet/types/pod_update.go` (`IsCriticalPod`, `Preemptable`).
package struct PodRank: Equatable, Sendable {
    /// `system-cluster-critical`, and what is above it.
    private static let criticalPriority = 2_000_000_000

    package var isCritical: Bool
    package var priority: Int?

    package init(isCritical: Bool, priority: Int?) {
        self.isCritical = isCritical
        self.priority = priority
    }

    package init(_ pod: Pod) {
        let isStatic = pod.isMirror
        priority = pod.spec.priority
        // What its mirror was given by default, the file of a static pod does not say.
        if isStatic, priority == 0 { priority = nil }
        isCritical = isStatic || (priority ?? 0) >= PodRank.criticalPriority
    }

    /// Whether a pod of this rank may take the place of one of the other.
    package func preempts(_ other: PodRank) -> Bool {
        if isCritical, !other.isCritical { return true }
        guard let priority, let lower = other.priority else { return false }
        return priority > lower
    }
}
