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
        #expect(admission.decision(of: makePod(), requests: PodRequests(), node: node) == .admitted)
        admission.add(PodRequests())
        admission.add(PodRequests())
        #expect(
            admission.decision(of: makePod(), requests: PodRequests(), node: node)
                == .rejected(
                    .init(
                        reason: "OutOfpods",
                        message: "Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2")))
        admission.remove(PodRequests())
        #expect(admission.decision(of: makePod(), requests: PodRequests(), node: node) == .admitted)
    }

    @Test func noExecuteTaintsAreHeeded() {
        var node = Node(name: "node-1")
        var taint = Taint()
        taint.key = "maintenance"
        taint.effect = "NoExecute"
        node.spec.taints = [taint]
        #expect(reason(admission.decision(of: makePod(), requests: PodRequests(), node: node)) == "TaintToleration")
        let fixed = makePod { $0.metadata.annotations["kubernetes.io/config.mirror"] = "hash" }
        #expect(admission.decision(of: fixed, requests: PodRequests(), node: node) == .admitted, "static pods stay")
        let tolerant = makePod { pod in
            var toleration = Toleration()
            toleration.key = "maintenance"
            toleration.operator = "Exists"
            pod.spec.tolerations = [toleration]
        }
        #expect(admission.decision(of: tolerant, requests: PodRequests(), node: node) == .admitted)
        node.spec.taints[0].effect = "NoSchedule"
        #expect(admission.decision(of: makePod(), requests: PodRequests(), node: node) == .admitted)
    }

    /// What ran before comes first, then what is older; of one age, what comes first by name.
    @Test func boundPodsAreTakenInTheirOrder() {
        func pod(_ name: String, created: Int, hasStarted: Bool = false) -> Pod {
            var pod = Pod(name: name, namespace: "default")
            pod.metadata.creationTimestamp = Time(seconds: created)
            if hasStarted { pod.status.startTime = Time(seconds: created + 5) }
            return pod
        }
        let pods = [
            pod("c", created: 10), pod("b", created: 10), pod("a", created: 20),
            pod("d", created: 30, hasStarted: true),
        ]
        #expect(StartingOrder.sorted(pods).map(\.name) == ["d", "b", "c", "a"])
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
        #expect((admission.decision(of: pod, requests: PodRequests(), node: node) == .admitted) == fits)
    }

    @Test(arguments: [
        ("kernel.shm_rmid_forced", nil), ("net/ipv4/ip_local_port_range", nil),
        ("kernel.msgmax", "\"kernel.msgmax\" not allowlisted"),
        ("net/core/somaxconn", "\"net.core.somaxconn\" not allowlisted"),
    ])
    func onlySafeSysctlsAreTaken(_ name: String, _ problem: String?) {
        let pod = makePod { pod in
            var sysctl = Sysctl()
            sysctl.name = name
            sysctl.value = "1"
            pod.spec.securityContext = PodSecurityContext()
            pod.spec.securityContext?.sysctls = [sysctl]
        }
        let expected = problem.map {
            PodAdmission.Decision.rejected(.init(reason: "SysctlForbidden", message: "forbidden sysctl: \($0)"))
        }
        let node = Node(name: "node-1")
        #expect(admission.decision(of: pod, requests: PodRequests(), node: node) == expected ?? .admitted)
    }

    @Test func sysctlsOfTheNodeAreNotThePods() {
        let pod = makePod { pod in
            var sysctl = Sysctl()
            sysctl.name = "net.ipv4.tcp_syncookies"
            pod.spec.securityContext = PodSecurityContext()
            pod.spec.securityContext?.sysctls = [sysctl]
            pod.spec.hostNetwork = true
        }
        let message = "forbidden sysctl: \"net.ipv4.tcp_syncookies\" not allowed with host net enabled"
        #expect(
            admission.decision(of: pod, requests: PodRequests(), node: Node(name: "node-1"))
                == .rejected(.init(reason: "SysctlForbidden", message: message)))
    }

    @Test(arguments: [true, false]) func criticalPodsAreToldOfAllThatIsShort(_ isStatic: Bool) {
        var admission = admission
        var held = PodRequests()
        held.milliCPU = 1000
        admission.add(held)
        admission.add(held)
        let pod = makePod { pod in
            if isStatic {
                pod.metadata.annotations["kubernetes.io/config.mirror"] = "hash"
            } else {
                pod.spec.priority = 2_000_000_000
            }
        }
        var requests = PodRequests()
        requests.milliCPU = 3000
        requests.memory = 1 << 30
        requests.ephemeralStorage = 20 << 30
        let decision = admission.decision(of: pod, requests: requests, node: Node(name: "node-1"))
        let shortages: [PodAdmission.Shortage] = [
            .init(.pods, requested: 1, used: 2, capacity: 2),
            .init(.cpu, requested: 3000, used: 2000, capacity: 4000),
            .init(.ephemeralStorage, requested: 20 << 30, used: 0, capacity: 10 << 30),
        ]
        #expect(decision == .short(shortages))
        #expect(shortages.map(\.missing) == [1, 1000, 10 << 30])
    }

    @Test func noRoomIsMadeForWhatIsRefusedAnyway() {
        let pod = makePod { pod in
            pod.spec.priority = 2_000_001_000
            pod.spec.nodeSelector = ["disk": "ssd"]
        }
        var requests = PodRequests()
        requests.milliCPU = 100_000
        #expect(reason(admission.decision(of: pod, requests: requests, node: Node(name: "node-1"))) == "NodeAffinity")
        let plain = makePod { $0.spec.nodeSelector = ["disk": "ssd"] }
        #expect(reason(admission.decision(of: plain, requests: requests, node: Node(name: "node-1"))) == "OutOfcpu")
    }

    private func reason(_ decision: PodAdmission.Decision) -> String? {
        if case .rejected(let rejection) = decision { rejection.reason } else { nil }
    }
}
