import ClusterCore
import KubeAPI
import KubeNode
import Testing

/// Which pods make room, as a pure decision: the cases of kubernetes `pkg/kubelet/preemption/preemption_test.go`, and
/// what holds of any decision by trying out all sets of pods.
@Suite struct CriticalPodPreemptionTests {
    private typealias Preemption = CriticalPodPreemption

    // MARK: The pods of upstream's tests

    enum Sample: String, CaseIterable {
        case tiny, bestEffort, clusterCritical, nodeCritical, burstable, guaranteed, highBurstable, highGuaranteed

        var candidate: CriticalPodPreemption.Candidate {
            let (amount, qualityOfService): (Int, String) =
                switch self {
                case .tiny: (1, "Burstable")
                case .bestEffort: (0, "BestEffort")
                case .clusterCritical, .nodeCritical, .burstable: (100, "Burstable")
                case .guaranteed: (100, "Guaranteed")
                case .highBurstable: (300, "Burstable")
                case .highGuaranteed: (300, "Guaranteed")
                }
            var requests = PodRequests()
            requests.milliCPU = amount
            requests.memory = amount << 20
            return .init(requests: requests, qualityOfService: qualityOfService, rank: rank)
        }

        var rank: PodRank {
            switch self {
            case .clusterCritical: PodRank(isCritical: true, priority: 2_000_000_000)
            case .nodeCritical: PodRank(isCritical: true, priority: 2_000_000_100)
            default: PodRank(isCritical: false, priority: nil)
            }
        }
    }

    /// Thousandths of a core, MiB, places.
    private static func requirements(_ cpu: Int, _ memory: Int, _ pods: Int) -> [CriticalPodPreemption.Requirement] {
        [
            CriticalPodPreemption.Requirement(.cpu, cpu), .init(.memory, memory << 20), .init(.pods, pods),
        ].filter { $0.quantity > 0 }
    }

    struct Case: CustomTestStringConvertible {
        var name: String
        var preemptor = Sample.clusterCritical
        var pods: [Sample]
        var missing: (cpu: Int, memory: Int, pods: Int)
        /// Nil: no set of pods suffices.
        var victims: [Sample]?

        var testDescription: String { name }
    }

    static let all: [Sample] = [.bestEffort, .burstable, .highBurstable, .guaranteed, .highGuaranteed]

    static let cases = [
        Case(name: "nothing is missing", pods: [], missing: (0, 0, 0), victims: []),
        Case(name: "there are no pods", pods: [], missing: (0, 0, 1), victims: nil),
        Case(
            name: "a pod frees just enough", pods: [.burstable], missing: (100, 100, 1), victims: [.burstable]),
        Case(name: "the pod does not free enough", pods: [.burstable], missing: (200, 200, 2), victims: nil),
        Case(
            name: "best effort goes before burstable", pods: [.burstable, .bestEffort], missing: (0, 0, 1),
            victims: [.bestEffort]),
        Case(
            name: "burstable goes before guaranteed", pods: [.burstable, .guaranteed], missing: (0, 0, 1),
            victims: [.burstable]),
        Case(
            name: "the smaller goes if it suffices", pods: [.bestEffort, .highBurstable, .burstable],
            missing: (100, 100, 0), victims: [.burstable]),
        Case(
            name: "the larger goes if the smaller does not suffice", pods: [.bestEffort, .burstable, .highBurstable],
            missing: (150, 150, 0), victims: [.highBurstable]),
        Case(
            name: "several are needed", pods: all, missing: (350, 350, 0), victims: [.highBurstable, .burstable]),
        Case(
            name: "a guaranteed one is needed, the small burstable one is not", pods: all, missing: (0, 550, 0),
            victims: [.highBurstable, .highGuaranteed]),
        Case(
            name: "node-critical goes before cluster-critical", preemptor: .nodeCritical, pods: [.clusterCritical],
            missing: (100, 0, 0), victims: [.clusterCritical]),
        Case(
            name: "cluster-critical does not go before node-critical", pods: [.nodeCritical], missing: (100, 0, 0),
            victims: nil),
        Case(name: "equally critical pods are safe", pods: [.clusterCritical], missing: (0, 0, 1), victims: nil),
        Case(name: "best effort frees no memory", pods: [.bestEffort], missing: (0, 1, 0), victims: nil),
        Case(
            name: "critical pods are passed over", pods: [.clusterCritical] + all, missing: (0, 550, 0),
            victims: [.highBurstable, .highGuaranteed]),
    ]

    @Test(arguments: cases) func upstream(_ found: Case) throws {
        let candidates = found.pods.map(\.candidate)
        let missing = Self.requirements(found.missing.cpu, found.missing.memory, found.missing.pods)
        guard let expected = found.victims else {
            #expect(throws: CriticalPodPreemption.NothingToReclaim.self) {
                try Preemption.victims(of: found.preemptor.rank, among: candidates, toFree: missing)
            }
            return
        }
        let places = try Preemption.victims(of: found.preemptor.rank, among: candidates, toFree: missing)
        #expect(places.map { found.pods[$0] } == expected)
    }

    @Test func manySmallOnesGoTogether() throws {
        let candidates = Array(repeating: Sample.tiny.candidate, count: 110)
        let places = try Preemption.victims(
            of: Sample.clusterCritical.rank, among: candidates, toFree: Self.requirements(110, 0, 0))
        #expect(Set(places).count == 110)
    }

    @Test func ofEqualPodsTheLastGoesFirst() throws {
        let candidates = Array(repeating: Sample.burstable.candidate, count: 4)
        let places = try Preemption.victims(
            of: Sample.clusterCritical.rank, among: candidates, toFree: Self.requirements(0, 200, 0))
        #expect(places == [3, 2])
    }

    @Test func whatIsMissingIsToldAsUpstreamTellsIt() {
        let missing = CriticalPodPreemption.NothingToReclaim(remaining: [.init(.cpu, 250), .init(.pods, 1)])
        #expect(
            missing.message
                == "no set of running pods found to reclaim resources: [(res: cpu, q: 250), (res: pods, q: 1), ]")
    }

    @Test(arguments: [
        ((0, 0, 0), Sample.burstable, 0.0), ((100, 100, 1), .bestEffort, 2), ((100, 100, 1), .burstable, 0),
        ((50, 50, 0), .burstable, 0), ((200, 400, 0), .burstable, 0.25 + 0.5625),
    ])
    func distance(_ missing: (Int, Int, Int), _ pod: Sample, _ expected: Double) {
        let requirements = Self.requirements(missing.0, missing.1, missing.2)
        #expect(Preemption.distance(of: pod.candidate, from: requirements) == expected)
    }

    @Test(arguments: [
        ((0, 0, 0), Sample.burstable, (0, 0, 0)), ((100, 100, 1), .bestEffort, (100, 100, 0)),
        ((100, 100, 1), .burstable, (0, 0, 0)), ((50, 50, 0), .burstable, (0, 0, 0)),
        ((200, 200, 1), .burstable, (100, 100, 0)),
    ])
    func subtraction(_ missing: (Int, Int, Int), _ pod: Sample, _ rest: (Int, Int, Int)) {
        let left = Preemption.remaining(
            Self.requirements(missing.0, missing.1, missing.2), without: [pod.candidate])
        #expect(left == Self.requirements(rest.0, rest.1, rest.2))
    }

    // MARK: Rank

    @Test func ranks() {
        let plain = PodRank(makePod { $0.spec.priority = 0 })
        let high = PodRank(makePod { $0.spec.priority = 1_000_000_000 })
        let clusterCritical = PodRank(makePod { $0.spec.priority = 2_000_000_000 })
        let nodeCritical = PodRank(makePod { $0.spec.priority = 2_000_001_000 })
        let fixed = PodRank(
            makePod { pod in
                pod.spec.priority = 0
                pod.metadata.annotations["kubernetes.io/config.mirror"] = "hash"
            })
        let isCritical = [plain, high, clusterCritical, nodeCritical, fixed].map(\.isCritical)
        #expect(isCritical == [false, false, true, true, true])
        #expect(high.preempts(plain) && !plain.preempts(high) && !plain.preempts(plain))
        #expect(clusterCritical.preempts(high) && !high.preempts(clusterCritical))
        #expect(nodeCritical.preempts(clusterCritical) && !clusterCritical.preempts(nodeCritical))
        #expect(fixed.preempts(high))
        #expect(!fixed.preempts(clusterCritical), "its file names no priority")
        #expect(!nodeCritical.preempts(fixed))
    }

    // MARK: All sets

    /// What holds of every decision, found by trying all sets of a class: there is one exactly if all that may be taken
    /// together suffice; it suffices; no class is touched when those below it can do it; no chosen pod outranks the
    /// critical one; and of a single resource no smaller number of pods of the class would do.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func allSets(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for round in 0..<60 {
            let sample = RandomNode(&random)
            let broken = sample.violations()
            #expect(broken.isEmpty, "seed \(seed), round \(round): \(sample): \(broken)")
        }
    }
}
