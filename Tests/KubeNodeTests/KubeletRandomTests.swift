import ClusterCore
import KubeAPI
import KubeClient
import KubeNode
import Testing

/// Random lives under random faults: whatever happens, nodes keep their bounds, and once all is mended and deleted,
/// nothing is left.
@Suite struct KubeletRandomTests {
    @Test(arguments: 1...12)
    func anyHistoryIsSafeAndEnds(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let fleet = try TestFleet(seed: UInt64(seed), nodes: 3) { $0.cpu = "2" }
        var invariants = NodesKeepTheirBounds()
        var count = 0
        for step in 0..<250 {
            switch random.below(20) {
            case 0..<8:
                count += 1
                let node = random.below(3)
                try? fleet.place(randomPod("pod-\(count)", &random), on: node)
            case 8..<12:
                let pods = fleet.pods
                guard !pods.isEmpty else { continue }
                let pod = pods[random.below(pods.count)]
                var options = DeleteOptions()
                if random.below(3) == 0 { options.gracePeriodSeconds = random.below(6) }
                _ = try? fleet.client.delete(pod.key, options)
            case 12:
                let pods = fleet.pods
                guard !pods.isEmpty else { continue }
                _ = try? fleet.client.mutate(Pod.self, pods[random.below(pods.count)].key) {
                    $0.spec.containers[0].image = "redis:8"
                }
            case 13: fleet.kubelets[random.below(3)].powerOff()
            case 14: fleet.kubelets[random.below(3)].powerOn()
            case 15: fleet.clients[random.below(3)].partition()
            case 16: fleet.clients[random.below(3)].reconnect()
            default: break
            }
            fleet.run(random.interval(in: .zero ... .seconds(8)))
            let violations = invariants.violations(fleet)
            #expect(violations.isEmpty, "seed \(seed), step \(step): \(violations)")
            if !violations.isEmpty { return }
        }
        for client in fleet.clients { client.reconnect() }
        for kubelet in fleet.kubelets { kubelet.powerOn() }
        fleet.run(.minutes(1))
        for pod in fleet.pods { _ = try fleet.client.delete(pod.key, DeleteOptions()) }
        fleet.run(.minutes(3))
        #expect(fleet.pods.map(\.name) == [], "seed \(seed)")
        #expect(fleet.kubelets.map(\.podCount) == [0, 0, 0], "seed \(seed)")
        #expect(fleet.kubelets.map(\.addressCount) == [0, 0, 0], "seed \(seed)")
        #expect(fleet.kubelets.map(\.requests.milliCPU) == [0, 0, 0], "seed \(seed)")
    }

    @Test func theSameSeedGivesTheSameHistory() throws {
        func history() throws -> [String] {
            let fleet = try TestFleet(seed: 5, nodes: 2)
            var random = SeededRandom(seed: 5)
            for number in 0..<20 { try fleet.place(randomPod("pod-\(number)", &random), on: number % 2) }
            fleet.run(.minutes(2))
            var lines: [String] = []
            fleet.server.store.forEachChange(after: 0) { change in
                lines.append("\(change.time.nanoseconds) \(change.author) \(change.verb) \(change.key.namespacedName)")
                return true
            }
            return lines
        }
        let first = try history()
        #expect(first.count > 100)
        #expect(try history() == first)
    }

    private func randomPod(_ name: String, _ random: inout SeededRandom) -> Pod {
        let images = ["nginx:1.27", "redis:8", "team/app:v1", "nginx:nope"]
        return makePod(name, image: images[random.below(images.count)]) { pod in
            pod.spec.restartPolicy = ["Always", "Always", "OnFailure", "Never"][random.below(4)]
            var resources = ResourceRequirements()
            resources.requests["cpu"] = Quantity(milli: 50 * random.below(8))
            pod.spec.containers[0].resources = resources
            pod.spec.terminationGracePeriodSeconds = 1 + random.below(20)
            if random.below(3) == 0 {
                var sidecar = makeContainer("proxy")
                sidecar.restartPolicy = "Always"
                pod.spec.initContainers = [makeContainer("setup"), sidecar]
                pod.metadata.annotations["drydock.dev/exit-after.setup"] = "\(random.below(5))s"
            }
            if random.below(3) == 0 {
                var probe = Probe()
                var action = TCPSocketAction()
                action.port = 8080
                probe.tcpSocket = action
                probe.periodSeconds = 2
                pod.spec.containers[0].readinessProbe = probe
                pod.spec.containers[0].livenessProbe = probe
                pod.metadata.annotations["drydock.dev/fail-liveness.app"] = "\(random.below(60))s-"
            }
            if random.below(6) == 0 {
                pod.spec.priorityClassName = ["system-cluster-critical", "system-node-critical"][random.below(2)]
            }
            switch random.below(5) {
            case 0: pod.metadata.annotations["drydock.dev/crash-every.app"] = "\(1 + random.below(40))s"
            case 1: pod.metadata.annotations["drydock.dev/exit-after.app"] = "\(1 + random.below(40))s"
            case 2: pod.metadata.annotations["drydock.dev/ignore-sigterm.app"] = "true"
            default: break
            }
        }
    }
}
