import ClusterCore
import KubeAPI
import KubeNode

/// A few random pods, a critical one and what it lacks, with all sets of pods tried out to say what a decision must be
/// like. It shares nothing with the decision but the numbers.
struct RandomNode: CustomStringConvertible {
    private static let classes = ["BestEffort", "Burstable", "Guaranteed"]

    let candidates: [CriticalPodPreemption.Candidate]
    let missing: [CriticalPodPreemption.Requirement]
    let rank: PodRank

    init(_ random: inout SeededRandom) {
        let priorities = [nil, 0, 10, 2_000_000_000, 2_000_001_000]
        candidates = (0..<Int(random.next() % 10)).map { _ in
            let qualityOfService = RandomNode.classes[Int(random.next() % 3)]
            var requests = PodRequests()
            if qualityOfService != "BestEffort" {
                requests.milliCPU = Int(random.next() % 6)
                requests.memory = Int(random.next() % 6)
            }
            requests.ephemeralStorage = Int(random.next() % 3)
            let priority = priorities[Int(random.next() % 5)]
            let isCritical = (priority ?? 0) >= 2_000_000_000
            return .init(
                requests: requests, qualityOfService: qualityOfService,
                rank: PodRank(isCritical: isCritical, priority: priority))
        }
        let resources: [NodeResource] = [.pods, .cpu, .memory, .ephemeralStorage]
        let single = random.next() % 2 == 0 ? Int(random.next() % 4) : nil
        var missing: [CriticalPodPreemption.Requirement] = []
        for (place, resource) in resources.enumerated() where single == nil || single == place {
            let quantity = Int(random.next() % 9)
            if quantity > 0 { missing.append(.init(resource, quantity)) }
        }
        self.missing = missing
        rank = PodRank(isCritical: true, priority: random.next() % 2 == 0 ? 2_000_000_000 : 2_000_001_000)
    }

    /// What is wrong with the decision about these pods.
    func violations() -> [String] {
        let takeable = candidates.indices.filter { isTakeable(candidates[$0].rank) }
        let victims: [Int]
        do {
            victims = try CriticalPodPreemption.victims(of: rank, among: candidates, toFree: missing)
        } catch {
            return suffices(takeable) ? ["nothing was found, though all together suffice"] : []
        }
        var broken: [String] = []
        if !suffices(victims) { broken.append("\(victims) do not suffice") }
        if Set(victims).count != victims.count { broken.append("\(victims) names a pod twice") }
        if !Set(victims).isSubset(of: takeable) { broken.append("\(victims) may not all be taken") }
        // Each class is judged with all of those below it as good as gone, and what was taken above it.
        var above: [Int] = []
        for (level, name) in RandomNode.classes.enumerated().reversed() {
            let below = takeable.filter { place in
                RandomNode.classes[..<level].contains(candidates[place].qualityOfService)
            }
            let own = takeable.filter { candidates[$0].qualityOfService == name }
            let taken = victims.filter(own.contains)
            let least = subsets(of: own).filter { suffices($0 + below + above) }.map(\.count).min() ?? 0
            if taken.count < least || least == 0 && !taken.isEmpty || missing.count == 1 && taken.count != least {
                broken.append("\(taken.count) \(name) pods of \(victims), \(least) would do")
            }
            above += taken
        }
        return broken
    }

    private func isTakeable(_ other: PodRank) -> Bool {
        !other.isCritical || (other.priority ?? .max) < (rank.priority ?? .min)
    }

    private func suffices(_ places: [Int]) -> Bool {
        missing.allSatisfy { requirement in
            let freed = places.map { place -> Int in
                let requests = candidates[place].requests
                return switch requirement.resource {
                case .pods: 1
                case .cpu: requests.milliCPU
                case .memory: requests.memory
                case .ephemeralStorage: requests.ephemeralStorage
                }
            }
            return freed.reduce(0, +) >= requirement.quantity
        }
    }

    private func subsets(of places: [Int]) -> [[Int]] {
        (0..<(1 << places.count)).map { mask in
            places.indices.filter { mask >> $0 & 1 == 1 }.map { places[$0] }
        }
    }

    var description: String {
        let pods = candidates.map { pod in
            let requests = pod.requests
            let numbers = [requests.milliCPU, requests.memory, requests.ephemeralStorage].map(String.init)
            return "\(pod.qualityOfService)(\(numbers.joined(separator: "/")), \(pod.rank.priority ?? -1))"
        }
        let needs = missing.map { "\($0.quantity) \($0.resource.rawValue)" }
        return "\(rank.priority ?? -1) lacks \(needs.joined(separator: ", ")) among \(pods.joined(separator: " "))"
    }
}
