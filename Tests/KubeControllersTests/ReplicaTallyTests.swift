import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("A tally counts what a scan of all pods would count")
struct ReplicaTallyTests {
    private static let selector = Selector(["app": "web"])
    private static let templateLabels = Selector(["app": "web", "tier": "front"])
    private static let start = Int(Instant.simulationStart.seconds)

    private static func mark(_ pod: Pod) -> ReplicaMark {
        ReplicaMark(pod, selector: selector, templateLabels: templateLabels)
    }

    /// The counts by definition, as upstream's `calculateStatus` has them.
    private static func scan(_ pods: [String: Pod], minReadySeconds: Int, now: Instant) -> ReplicaCounts {
        var counts = ReplicaCounts()
        for pod in pods.values where selector.matches(pod.metadata.labels) {
            let hasEnded = pod.status.phase == "Succeeded" || pod.status.phase == "Failed"
            if hasEnded { continue }
            if pod.metadata.deletionTimestamp != nil {
                counts.terminating += 1
                continue
            }
            counts.replicas += 1
            if templateLabels.matches(pod.metadata.labels) { counts.fullyLabeled += 1 }
            guard let ready = pod.status.conditions.first(where: { $0.type == "Ready" }), ready.status == "True"
            else { continue }
            counts.ready += 1
            if minReadySeconds == 0 {
                counts.available += 1
            } else if let since = ready.lastTransitionTime, since.instant + .seconds(minReadySeconds) <= now {
                counts.available += 1
            }
        }
        return counts
    }

    private static func randomPod(_ name: String, _ random: inout SeededRandom) -> Pod {
        var pod = Pod(name: name, namespace: "default")
        pod.metadata.labels = random.below(8) == 0 ? ["app": "api"] : ["app": "web"]
        if random.below(4) != 0 { pod.metadata.labels["tier"] = "front" }
        pod.status.phase = ["Pending", "Running", "Running", "Running", "Failed", "Succeeded"][random.below(6)]
        if random.below(6) == 0 { pod.metadata.deletionTimestamp = Time(seconds: start) }
        if random.below(3) != 0 {
            var ready = PodCondition()
            ready.type = "Ready"
            ready.status = random.below(4) == 0 ? "False" : "True"
            if random.below(16) != 0 { ready.lastTransitionTime = Time(seconds: start + random.below(60)) }
            pod.status.conditions = [PodCondition(), ready]
        }
        return pod
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func matchesAScan(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var pods: [String: Pod] = [:]
        var tally = ReplicaTally()
        for step in 0..<600 {
            let name = "web-\(random.below(40))"
            if random.below(5) == 0 {
                pods[name] = nil
                tally.set(nil, pod: name)
            } else {
                let pod = Self.randomPod(name, &random)
                pods[name] = pod
                tally.set(Self.mark(pod), pod: name)
            }
            let now = Instant.simulationStart + .milliseconds(random.below(80_000))
            let minReadySeconds = [0, 0, 1, 10, 30][random.below(5)]
            #expect(
                ReplicaCounts(tally, minReadySeconds: minReadySeconds, now: now)
                    == Self.scan(pods, minReadySeconds: minReadySeconds, now: now),
                "seed \(seed), step \(step)")
            let strays = pods.values.filter { pod in
                !Self.selector.matches(pod.metadata.labels) && pod.metadata.deletionTimestamp == nil
                    && pod.status.phase != "Failed" && pod.status.phase != "Succeeded"
            }
            #expect(tally.strays == Set(strays.map(\.name)), "seed \(seed), step \(step)")
        }
    }

    @Test func anOldMarkAndThenTheNewOneAgainChangeNothing() {
        var random = SeededRandom(seed: 7)
        let old = Self.randomPod("web-1", &random)
        var new = old
        new.metadata.labels = ["app": "web", "tier": "front"]
        new.metadata.deletionTimestamp = nil
        new.status.phase = "Running"
        var tally = ReplicaTally()
        tally.set(Self.mark(new), pod: "web-1")
        let before = ReplicaCounts(tally, minReadySeconds: 0, now: .simulationStart)
        tally.set(Self.mark(old), pod: "web-1")
        tally.set(Self.mark(new), pod: "web-1")
        #expect(ReplicaCounts(tally, minReadySeconds: 0, now: .simulationStart) == before)
        let isCounted = tally.set(Self.mark(new), pod: "web-1")
        #expect(!isCounted)
    }

    @Test func tellsWhenTheNextReplicaBecomesAvailable() {
        var tally = ReplicaTally()
        for (index, second) in [0, 4, 4, 9].enumerated() {
            var pod = Pod(name: "web-\(index)")
            pod.metadata.labels = ["app": "web"]
            var ready = PodCondition()
            ready.type = "Ready"
            ready.status = "True"
            ready.lastTransitionTime = Time(seconds: Self.start + second)
            pod.status.conditions = [ready]
            tally.set(Self.mark(pod), pod: pod.name)
        }
        let now = Instant.simulationStart + .milliseconds(10_500)
        #expect(tally.available(minReadySeconds: 10, now: now) == 1)
        #expect(tally.nextAvailability(minReadySeconds: 10, now: now) == .milliseconds(3_500))
        #expect(tally.available(minReadySeconds: 10, now: now + .milliseconds(3_500)) == 3)
        #expect(tally.nextAvailability(minReadySeconds: 10, now: now + .seconds(20)) == nil)
        #expect(tally.nextAvailability(minReadySeconds: 0, now: now) == nil)
    }
}
