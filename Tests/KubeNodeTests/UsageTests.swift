import ClusterCore
import KubeAPI
import KubeNode
import Testing

@Suite struct UsageTests {
    private func runningPod(_ configure: (inout Pod) -> Void = { _ in }) throws -> (TestNode, Pod) {
        let node = TestNode()
        node.boot()
        try node.create(
            makePod { pod in
                var resources = ResourceRequirements()
                resources.requests = ["cpu": "500m", "memory": "256Mi"]
                pod.spec.containers[0].resources = resources
                configure(&pod)
            })
        node.run(.minutes(5))
        guard let pod = node.pod() else { preconditionFailure("the pod is gone") }
        return (node, pod)
    }

    private func cpu(_ metrics: PodMetrics?) -> Int { metrics?.containers.first?.usage["cpu"]?.milliValue ?? -1 }
    private func memory(_ metrics: PodMetrics?) -> Int { metrics?.containers.first?.usage["memory"]?.value ?? -1 }

    @Test func usageIsAShareOfTheRequestAndWanders() throws {
        let (node, pod) = try runningPod()
        var cpus: Set<Int> = []
        for minute in 0..<60 {
            let metrics = UsageModel.podMetrics(of: pod, at: node.loop.now + .minutes(minute))
            #expect(50...500 ~= cpu(metrics), "minute \(minute)")
            #expect((80 << 20)...(256 << 20) ~= memory(metrics), "minute \(minute)")
            cpus.insert(cpu(metrics))
        }
        #expect(cpus.count > 20, "it changes from minute to minute")
    }

    @Test func aMeasurementHoldsForFifteenSeconds() throws {
        let (node, pod) = try runningPod()
        let start = Instant(seconds: node.loop.now.seconds / 15 * 15 + 15)
        let first = UsageModel.podMetrics(of: pod, at: start)
        let last = UsageModel.podMetrics(of: pod, at: start + .milliseconds(14_999))
        #expect(first?.containers == last?.containers)
        #expect(first?.timestamp == start.time && last?.timestamp == start.time)
        #expect(first?.window == "15s")
        #expect(UsageModel.podMetrics(of: pod, at: start + .seconds(15))?.timestamp.seconds == Int(start.seconds) + 15)
    }

    @Test func scriptedUsageIsKeptToAndLimitsBound() throws {
        let (node, pod) = try runningPod { pod in
            pod.metadata.annotations["drydock.dev/cpu-usage"] = "750m"
            pod.metadata.annotations["drydock.dev/memory-usage"] = "1Gi"
            pod.spec.containers[0].resources?.limits = ["memory": "512Mi"]
        }
        let metrics = node.kubelet.podMetrics(namespace: "default", name: "web")
        #expect(cpu(metrics) == 750)
        #expect(memory(metrics) == 512 << 20)
        #expect(metrics == UsageModel.podMetrics(of: pod, at: node.loop.now))
    }

    /// Numbers that no machine has are no reason to end.
    @Test(arguments: ["9223372036854775807", "1e30"])
    func hugeLimitsAndScriptsAreBounded(amount: String) throws {
        let (node, _) = try runningPod { pod in
            pod.metadata.annotations["drydock.dev/cpu-usage"] = amount
            pod.metadata.annotations["drydock.dev/memory-usage"] = amount
            let limit = Quantity(stringLiteral: amount)
            pod.spec.containers[0].resources?.limits = ["cpu": limit, "memory": limit]
        }
        #expect(cpu(node.kubelet.podMetrics(namespace: "default", name: "web")) == 1_000_000_000)
        let whole = try #require(node.kubelet.nodeMetrics())
        #expect(whole.usage["cpu"] == node.node?.status.capacity["cpu"])
    }

    @Test func aNodeUsesWhatItsPodsUseAndMore() throws {
        let (node, _) = try runningPod { $0.metadata.annotations["drydock.dev/cpu-usage"] = "1500m" }
        let used = node.kubelet.nodeMetrics()?.usage["cpu"]?.milliValue ?? 0
        #expect(1540...1600 ~= used)
        node.kubelet.powerOff()
        #expect(node.kubelet.nodeMetrics() == nil)
    }

    @Test func nothingRunsNothingIsMeasured() throws {
        let (node, _) = try runningPod()
        try node.delete("web")
        node.run(.seconds(3))
        #expect(node.kubelet.podMetrics(namespace: "default", name: "web") == nil)
        var pending = makePod("pending")
        pending.status.phase = "Pending"
        #expect(UsageModel.podMetrics(of: pending, at: node.loop.now) == nil)
    }
}
