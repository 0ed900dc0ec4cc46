import KubeAPI
import KubeNode
import Testing

@Suite struct AdmissionTests {
    private let admission = PodAdmission(
        allocatable: ["cpu": "4", "memory": "8Gi", "ephemeral-storage": "10Gi", "pods": "2"])

    private func requests(_ text: String) throws -> PodRequests { PodRequests(try PodSpec.decode(Array(text.utf8))) }

    @Test func initContainersCountByTheirPeak() throws {
        let text = """
            {"initContainers":[
              {"name":"setup","resources":{"requests":{"cpu":"2","memory":"1Gi"}}},
              {"name":"proxy","restartPolicy":"Always","resources":{"requests":{"cpu":"250m","memory":"64Mi"}}},
              {"name":"migrate","resources":{"requests":{"cpu":"1","memory":"4Gi"}}}],
             "containers":[
              {"name":"app","resources":{"requests":{"cpu":"1","memory":"1Gi","ephemeral-storage":"1Gi"}}},
              {"name":"log","resources":{"requests":{"cpu":"100m"}}}],
             "overhead":{"cpu":"10m"}}
            """
        let found = try requests(text)
        #expect(found.milliCPU == 2010, "the first init container's 2, and overhead")
        #expect(found.memory == (4 << 30) + (64 << 20), "the last init container's, beside the sidecar")
        #expect(found.ephemeralStorage == 1 << 30)
    }

    @Test func whatThePodAsksAsAWholeGoesBefore() throws {
        let text = """
            {"resources":{"requests":{"cpu":"3"}},
             "containers":[{"name":"app","resources":{"requests":{"cpu":"1","memory":"1Gi"}}}]}
            """
        #expect(try requests(text).milliCPU == 3000)
        #expect(try requests(text).memory == 1 << 30)
    }

    @Test func podsAreCounted() {
        var admission = admission
        let node = Node(name: "node-1")
        #expect(admission.rejection(of: makePod(), requests: PodRequests(), node: node) == nil)
        admission.add(PodRequests())
        admission.add(PodRequests())
        #expect(
            admission.rejection(of: makePod(), requests: PodRequests(), node: node)
                == .init(
                    reason: "OutOfpods",
                    message: "Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2"))
        admission.remove(PodRequests())
        #expect(admission.rejection(of: makePod(), requests: PodRequests(), node: node) == nil)
    }

    @Test func noExecuteTaintsAreHeeded() {
        var node = Node(name: "node-1")
        var taint = Taint()
        taint.key = "maintenance"
        taint.effect = "NoExecute"
        node.spec.taints = [taint]
        let rejection = admission.rejection(of: makePod(), requests: PodRequests(), node: node)
        #expect(rejection?.reason == "TaintToleration")
        let tolerant = makePod { pod in
            var toleration = Toleration()
            toleration.key = "maintenance"
            toleration.operator = "Exists"
            pod.spec.tolerations = [toleration]
        }
        #expect(admission.rejection(of: tolerant, requests: PodRequests(), node: node) == nil)
        node.spec.taints[0].effect = "NoSchedule"
        #expect(admission.rejection(of: makePod(), requests: PodRequests(), node: node) == nil)
    }

    @Test(arguments: [
        ("In", ["ssd", "nvme"], true), ("In", ["hdd"], false), ("NotIn", ["hdd"], true), ("NotIn", ["ssd"], false),
        ("Exists", [], true), ("DoesNotExist", [], false),
    ])
    func requiredAffinity(_ operator: String, _ values: [String], _ fits: Bool) {
        var node = Node(name: "node-1")
        node.metadata.labels["disk"] = "ssd"
        let pod = makePod { pod in
            var requirement = NodeSelectorRequirement()
            requirement.key = "disk"
            requirement.operator = `operator`
            requirement.values = values
            var term = NodeSelectorTerm()
            term.matchExpressions = [requirement]
            var selector = NodeSelector()
            selector.nodeSelectorTerms = [term]
            var nodeAffinity = NodeAffinity()
            nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution = selector
            var affinity = Affinity()
            affinity.nodeAffinity = nodeAffinity
            pod.spec.affinity = affinity
        }
        #expect((admission.rejection(of: pod, requests: PodRequests(), node: node) == nil) == fits)
    }

    @Test func staticPodsAreAlwaysTaken() {
        let pod = makePod { $0.metadata.annotations["kubernetes.io/config.mirror"] = "hash" }
        var requests = PodRequests()
        requests.milliCPU = 100_000
        #expect(admission.rejection(of: pod, requests: requests, node: Node(name: "node-1")) == nil)
    }
}
