import KubeAPI
import KubeScheduler
import Testing

/// Filters and scores of single nodes, by the values of upstream's own tests.
@Suite struct PluginTests {
    private func shape(_ pod: Pod) -> PodShape {
        var shapes = ShapeRegistry()
        return shapes.take(pod)
    }

    private func info(_ node: Node, _ pods: [Pod] = []) -> NodeInfo {
        let cache = SchedulerCache { _ in [:] }
        cache.set(node)
        for (index, pod) in pods.enumerated() {
            let named = pod.with { $0.metadata.name = "pod-\(index)" }
            cache.add(named, shape: cache.shapes.take(named), node: node.name, isAssumed: false)
        }
        return cache.node(named: node.name) ?? NodeInfo(name: "")
    }

    /// Milli-CPU and bytes for each container.
    private func pod(_ containers: [(cpu: Int, memory: Int)]) -> Pod {
        var pod = Pod.make("pod")
        pod.spec.containers = containers.map { amounts in
            var container = Container()
            var resources = ResourceRequirements()
            resources.requests = ["cpu": Quantity(milli: amounts.cpu), "memory": Quantity(amounts.memory)]
            container.resources = resources
            return container
        }
        return pod
    }

    private func node(_ cpu: Int, _ memory: Int) -> Node {
        Node.make("node-1", cpu: Quantity(milli: cpu), memory: Quantity(memory))
    }

    // MARK: NodeResourcesFit

    @Test(arguments: [(4000, 10000, 37), (6000, 10000, 50)])
    func leastAllocatedOfAnEmptyNode(cpu: Int, memory: Int, score: Int) {
        let pod = pod([(1000, 2000), (2000, 3000)])
        #expect(NodeResourcesFit.score(shape(pod), info(node(cpu, memory))) == score)
    }

    @Test func leastAllocatedCountsPodsThatAreThere() {
        let nothing = pod([])
        let cpuOnly = pod([(1000, 0), (2000, 0)])
        let both = pod([(1000, 2000), (2000, 3000)])
        #expect(NodeResourcesFit.score(shape(nothing), info(node(10000, 20000), [cpuOnly, cpuOnly])) == 70)
        #expect(NodeResourcesFit.score(shape(nothing), info(node(10000, 20000), [cpuOnly, both])) == 57)
        #expect(NodeResourcesFit.score(shape(both), info(node(10000, 20000), [cpuOnly])) == 57)
        #expect(NodeResourcesFit.score(shape(both), info(node(10000, 20000), [both])) == 45)
        #expect(NodeResourcesFit.score(shape(cpuOnly), info(node(4000, 10000), [cpuOnly])) == 50)
    }

    @Test func containersWithoutRequestsCountALittleForScoresAndNothingForFilters() {
        let bare = Pod.make("pod")
        let requests = AccountedRequests(bare)
        #expect(requests.requests.isZero)
        #expect(requests.nonZeroMilliCPU == 100)
        #expect(requests.nonZeroMemory == 209_715_200)
    }

    @Test func initContainersTakeTheLargestAndSidecarsAdd() {
        var pod = pod([(500, 100), (500, 100)])
        func initContainer(_ cpu: Int, _ isSidecar: Bool) -> Container {
            var container = Container()
            var resources = ResourceRequirements()
            resources.requests = ["cpu": Quantity(milli: cpu)]
            container.resources = resources
            if isSidecar { container.restartPolicy = "Always" }
            return container
        }
        pod.spec.initContainers = [initContainer(3000, false)]
        #expect(AccountedRequests(pod).requests.milliCPU == 3000)
        pod.spec.initContainers = [initContainer(200, true), initContainer(900, false)]
        #expect(AccountedRequests(pod).requests.milliCPU == 1200)
        pod.spec.initContainers = [initContainer(900, false), initContainer(200, true), initContainer(1500, false)]
        #expect(AccountedRequests(pod).requests.milliCPU == 1700)
        pod.spec.overhead = ["cpu": "50m"]
        #expect(AccountedRequests(pod).requests.milliCPU == 1750)
    }

    @Test func requestsOfTheWholePodWin() {
        var pod = pod([(500, 100)])
        var resources = ResourceRequirements()
        resources.requests = ["cpu": "2"]
        pod.spec.resources = resources
        #expect(AccountedRequests(pod).requests.milliCPU == 2000)
        #expect(AccountedRequests(pod).requests.memory == 100)
        #expect(AccountedRequests(pod).nonZeroMilliCPU == 2000)
    }

    @Test func whatIsInsufficientIsNamed() throws {
        var pod = pod([(3000, 20000)])
        pod.spec.containers[0].resources?.requests["example.com/aaa"] = "10"
        let node = node(4000, 10000).with {
            $0.status.allocatable["pods"] = "1"
            $0.status.allocatable["example.com/aaa"] = "5"
        }
        let full = try #require(NodeResourcesFit.filter(shape(pod), info(node, [self.pod([(2000, 1)])])))
        #expect(
            full.reasons
                == ["Too many pods", "Insufficient cpu", "Insufficient memory", "Insufficient example.com/aaa"])
        #expect(full.isUnresolvable)
        let small = self.pod([(3000, 1)])
        let crowded = try #require(NodeResourcesFit.filter(shape(small), info(self.node(4000, 10000), [small])))
        #expect(crowded.reasons == ["Insufficient cpu"])
        #expect(!crowded.isUnresolvable)
    }

    @Test func aPodThatAsksForNothingFitsAnOvercommittedNode() {
        let node = node(1000, 1000)
        let hog = pod([(5000, 5000)])
        #expect(NodeResourcesFit.filter(shape(Pod.make("pod")), info(node, [hog])) == nil)
    }

    // MARK: NodeResourcesBalancedAllocation

    @Test(arguments: [(4000, 10000, 68), (6000, 10000, 75)])
    func balanceIsWeighedAgainstWhatItWas(cpu: Int, memory: Int, score: Int) {
        let pod = pod([(1000, 2000), (2000, 3000)])
        #expect(NodeResourcesBalancedAllocation.score(shape(pod), info(node(cpu, memory))) == score)
    }

    @Test func aPodThatEvensAnUnevenNodeOutScoresHighest() {
        let cpuOnly = pod([(5000, 0)])
        let memoryOnly = pod([(0, 5000)])
        let uneven = info(node(10000, 10000), [cpuOnly])
        #expect(NodeResourcesBalancedAllocation.score(shape(memoryOnly), uneven) == 87)
        #expect(NodeResourcesBalancedAllocation.score(shape(cpuOnly), uneven) == 62)
        #expect(NodeResourcesBalancedAllocation.score(shape(Pod.make("none")), uneven) == 0)
    }

    // MARK: TaintToleration

    @Test(arguments: [
        ([Toleration.make("dedicated", "Equal", "user1", "NoSchedule")], true),
        ([Toleration.make("dedicated", "Equal", "user2", "NoSchedule")], false),
        ([Toleration.make("dedicated", "Equal", "user1", "NoExecute")], false),
        ([Toleration.make("dedicated", "Exists", nil, nil)], true),
        ([Toleration.make(nil, "Exists", nil, nil)], true),
        ([], false),
    ])
    func taintsAreTolerated(tolerations: [Toleration], isTolerated: Bool) {
        let pod = Pod.make("pod").with { $0.spec.tolerations = tolerations }
        let node = Node.make("node-1", taints: [Taint.make("dedicated", "user1")])
        let rejection = TaintToleration.filter(shape(pod), info(node))
        #expect((rejection == nil) == isTolerated)
        if let rejection { #expect(rejection.reasons == ["node(s) had untolerated taint(s)"]) }
    }

    @Test func softTaintsDoNotFilterButCount() {
        let taints = [
            Taint.make("a", "1", "PreferNoSchedule"), Taint.make("b", "2", "PreferNoSchedule"), Taint.make("c", "3"),
        ]
        let pod = Pod.make("pod").with {
            $0.spec.tolerations = [
                Toleration.make("c"), Toleration.make("a", "Equal", "1", "PreferNoSchedule"),
                // A toleration of the hard effect does not help with the soft one.
                Toleration.make("b", "Exists", nil, "NoSchedule"),
            ]
        }
        let node = info(Node.make("node-1", taints: taints))
        #expect(TaintToleration.filter(shape(pod), node) == nil)
        #expect(TaintToleration.score(shape(pod), node) == 1)
    }

    @Test func aCordonedNodeTakesOnlyPodsThatTolerateIt() {
        let node = info(Node.make("node-1").with { $0.spec.unschedulable = true })
        #expect(NodeUnschedulable.filter(shape(Pod.make("pod")), node)?.reasons == ["node(s) were unschedulable"])
        let tolerant = Pod.make("pod").with {
            $0.spec.tolerations = [Toleration.make("node.kubernetes.io/unschedulable", "Exists", nil, "NoSchedule")]
        }
        #expect(NodeUnschedulable.filter(shape(tolerant), node) == nil)
    }

    // MARK: NodeAffinity

    @Test(arguments: [
        ("In", ["bar", "value2"], true), ("NotIn", ["bar"], false), ("NotIn", ["other"], true), ("Exists", [], true),
        ("DoesNotExist", [], false), ("Gt", ["1"], false),
    ])
    func nodeAffinityOperators(comparison: String, values: [String], isMatched: Bool) {
        var requirement = NodeSelectorRequirement()
        requirement.key = "foo"
        requirement.operator = comparison
        requirement.values = values
        let pod = affine(to: [requirement])
        let node = Node.make("node-1", labels: ["foo": "bar"])
        #expect((NodeAffinityPlugin.filter(shape(pod), info(node)) == nil) == isMatched)
    }

    @Test(arguments: [("0204", true), ("0202", false)])
    func greaterThanComparesNumbers(value: String, isMatched: Bool) {
        var requirement = NodeSelectorRequirement()
        requirement.key = "kernel-version"
        requirement.operator = "Gt"
        requirement.values = ["0203"]
        let node = Node.make("node-1", labels: ["kernel-version": value])
        #expect((NodeAffinityPlugin.filter(shape(affine(to: [requirement])), info(node)) == nil) == isMatched)
    }

    @Test func anEmptyTermMatchesNoNode() {
        let rejection = NodeAffinityPlugin.filter(shape(affine(to: [])), info(Node.make("node-1")))
        #expect(rejection?.reasons == ["node(s) didn't match Pod's node affinity/selector"])
        #expect(rejection?.isUnresolvable == true)
    }

    private func affine(to requirements: [NodeSelectorRequirement]) -> Pod {
        Pod.make("pod").with { $0.spec.affinity = .nodes(requirements) }
    }

    // MARK: NodePorts

    @Test(arguments: [
        ("UDP/127.0.0.1/8080", "UDP/127.0.0.1/8080", false), ("UDP/127.0.0.1/8080", "UDP/127.0.0.1/9090", true),
        ("UDP/127.0.0.1/8080", "TCP/127.0.0.1/8080", true), ("UDP/127.0.0.1/8080", "UDP/127.0.0.2/8080", true),
        ("TCP/127.0.0.1/8001", "TCP/0.0.0.0/8001", false), ("TCP/0.0.0.0/8001", "TCP/127.0.0.1/8001", false),
        ("UDP/0.0.0.0/8001", "TCP/127.0.0.1/8001", true),
    ])
    func hostPortsConflict(wanted: String, used: String, isFree: Bool) {
        func pod(_ text: String) -> Pod {
            let parts = text.split(separator: "/").map(String.init)
            var port = ContainerPort()
            port.protocol = parts[0]
            port.hostIP = parts[1]
            port.hostPort = Int(parts[2])
            return Pod.make("pod").with { $0.spec.containers[0].ports = [port] }
        }
        let node = info(Node.make("node-1"), [pod(used)])
        #expect((NodePorts.filter(shape(pod(wanted)), node) == nil) == isFree)
    }

    // MARK: ImageLocality

    @Test(arguments: [([40], 2, 0), ([250], 2, 5), ([40, 300], 2, 7), ([2000], 2, 49), ([10], 2, 0)])
    func imagesScoreBySizeAndSpread(megabytes: [Int], imageCount: Int, score: Int) {
        let images = megabytes.map { (size: $0 << 20, nodes: 1) }
        #expect(ImageLocality.score(images, imageCount: imageCount, nodeCount: 2) == score)
    }

    // MARK: Arithmetic

    @Test func logarithmsAreThoseOfTheTextbook() {
        #expect(ScoreMath.naturalLogarithm(1) == 0)
        #expect(ScoreMath.naturalLogarithm(2) == 0.6931471805599453)
        #expect((ScoreMath.naturalLogarithm(3) - 1.0986122886681098).magnitude < 4e-16)
        #expect((ScoreMath.naturalLogarithm(5002) - 8.517593111437565).magnitude < 2e-15)
        #expect((ScoreMath.naturalLogarithm(150_002) - 11.918403906322839).magnitude < 4e-15)
    }

    @Test func normalizationFollowsTheHighest() {
        #expect([0, 1, 3].map { ScoreMath.normalized($0, highest: 3, reversed: true) } == [100, 67, 0])
        #expect([0, 1, 3].map { ScoreMath.normalized($0, highest: 3, reversed: false) } == [0, 33, 100])
        #expect(ScoreMath.normalized(0, highest: 0, reversed: true) == 100)
    }
}
