import KubeAPI
import KubeScheduler
import Testing

/// What a pod counts for while it is resized in place, by the cases of upstream's component-helpers
/// `resource/helpers_test.go`.
@Suite struct ResizedPodRequestsTests {
    private func container(_ name: String, cpu: Int, isSidecar: Bool = false) -> Container {
        var resources = ResourceRequirements()
        resources.requests = ["cpu": Quantity(milli: cpu)]
        var container = Container()
        container.name = name
        container.resources = resources
        if isSidecar { container.restartPolicy = "Always" }
        return container
    }

    /// What the kubelet reports: what the container holds, and what it has been promised.
    private func status(_ name: String, holds: Int?, promised: Int?) -> ContainerStatus {
        var status = ContainerStatus()
        status.name = name
        if let holds {
            var resources = ResourceRequirements()
            resources.requests = ["cpu": Quantity(milli: holds)]
            status.resources = resources
        }
        if let promised { status.allocatedResources = ["cpu": Quantity(milli: promised)] }
        return status
    }

    private func pod(generation: Int, pending: String? = nil) -> Pod {
        var pod = Pod.make("p")
        pod.metadata.generation = generation
        pod.spec.containers = []
        if let pending {
            var condition = PodCondition()
            condition.type = "PodResizePending"
            condition.status = "True"
            condition.reason = pending
            pod.status.conditions = [condition]
        }
        return pod
    }

    @Test(
        arguments: [
            // Growing, granted, done, and shrinking.
            (500, 200, 200, nil, 500), (500, 200, 500, nil, 500), (500, 500, 500, nil, 500), (200, 500, 200, nil, 500),
            (200, 200, 500, nil, 500),
            // Waiting for room counts what is wanted; what can never be had does not count.
            (500, 200, 200, "Deferred", 500), (500, 200, 200, "Infeasible", 200), (500, 300, 200, "Infeasible", 300),
            (500, 200, 300, "Infeasible", 300),
            // Nothing is reported of it yet.
            (500, nil, nil, nil, 500), (500, nil, nil, "Infeasible", 500),
        ] as [(Int, Int?, Int?, String?, Int)])
    func theMostOfWantedHeldAndPromised(wanted: Int, holds: Int?, promised: Int?, pending: String?, total: Int) {
        var pod = pod(generation: 2, pending: pending)
        pod.spec.containers = [container("main", cpu: wanted)]
        pod.status.containerStatuses = [status("main", holds: holds, promised: promised)]
        #expect(AccountedRequests(pod).requests.milliCPU == total)
        #expect(AccountedRequests(pod).nonZeroMilliCPU == total)
    }

    @Test func sidecarsAreReportedAmongTheInitContainers() {
        var pod = pod(generation: 2)
        pod.spec.initContainers = [container("sidecar", cpu: 100, isSidecar: true), container("setup", cpu: 200)]
        pod.spec.containers = [container("main", cpu: 300)]
        pod.status.initContainerStatuses = [
            status("sidecar", holds: 400, promised: 100), status("setup", holds: 900, promised: 900),
        ]
        pod.status.containerStatuses = [status("main", holds: 300, promised: 300)]
        // The sidecar shrinks from 400; a plain init container is never resized.
        #expect(AccountedRequests(pod).requests.milliCPU == 700)
        pod.status.initContainerStatuses[0] = status("sidecar", holds: 100, promised: 100)
        #expect(AccountedRequests(pod).requests.milliCPU == 400)
    }

    /// What the kubelet reports of a pod as it was made is what was asked for, and is not looked at.
    @Test func aFirstGenerationCountsAsWritten() {
        var pod = pod(generation: 1)
        pod.spec.containers = [container("main", cpu: 300)]
        pod.status.containerStatuses = [status("main", holds: 500, promised: 500)]
        #expect(AccountedRequests(pod).requests.milliCPU == 300)
    }
}
