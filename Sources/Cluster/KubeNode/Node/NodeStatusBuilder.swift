import ClusterCore
import KubeAPI
import KubeClient

/// Makes the Node object that a kubelet registers, and its status.
/// Follows kubernetes `pkg/kubelet/kubelet_node_status.go` and `pkg/kubelet/nodestatus/setters.go`.
struct NodeStatusBuilder {
    let configuration: NodeConfiguration
    /// The machine's own seed, from which its serial numbers follow.
    let seed: UInt64

    func node() -> Node {
        var node = Node(name: configuration.name)
        node.metadata.labels = labels
        node.metadata.annotations = configuration.annotations
        node.metadata.annotations[NodeStatusBuilder.attachAnnotation] = "true"
        node.spec.taints = configuration.taints
        if let cidr = configuration.podCIDR {
            node.spec.podCIDR = cidr
            node.spec.podCIDRs = [cidr]
        }
        return node
    }

    private static let attachAnnotation = "volumes.kubernetes.io/controller-managed-attach-detach"
    /// The labels that a kubelet puts right on a Node that it finds.
    private static let defaultLabels = [
        WellKnownLabel.hostname, WellKnownLabel.zone, WellKnownLabel.region,
        "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
        "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type", "kubernetes.io/os",
        "kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/arch",
    ]

    /// Brings a Node that was there before up to date. Labels of the operator's are set when a node is registered and
    /// never again, so that one that was changed or taken away since stays so.
    /// Follows kubernetes `pkg/kubelet/kubelet_node_status.go` (`updateDefaultLabels`).
    func reconcile(_ node: inout Node) {
        let labels = labels
        for name in NodeStatusBuilder.defaultLabels {
            if let value = labels[name] { node.metadata.labels[name] = value }
        }
        node.metadata.annotations[NodeStatusBuilder.attachAnnotation] = "true"
    }

    /// The labels that every kubelet sets, and those of the configuration.
    var labels: StringMap<String> {
        var labels = configuration.labels
        labels[WellKnownLabel.hostname] = configuration.name
        labels["kubernetes.io/arch"] = configuration.architecture
        labels["kubernetes.io/os"] = "linux"
        labels["beta.kubernetes.io/arch"] = configuration.architecture
        labels["beta.kubernetes.io/os"] = "linux"
        if !configuration.zone.isEmpty { labels[WellKnownLabel.zone] = configuration.zone }
        if !configuration.region.isEmpty { labels[WellKnownLabel.region] = configuration.region }
        return labels
    }

    /// Brings a status up to date. `bootID` is the machine's; `images` nil leaves the list as it is.
    func update(
        _ status: inout NodeStatus, bootID: String, isReady: Bool, images: [ContainerImage]?, now: Instant
    ) {
        for (name, quantity) in configuration.capacity { status.capacity[name] = quantity }
        allocate(&status)
        status.addresses = [address("InternalIP", configuration.internalIP), address("Hostname", configuration.name)]
        status.nodeInfo = information(bootID)
        var port = DaemonEndpoint()
        port.Port = 10250
        var endpoints = NodeDaemonEndpoints()
        endpoints.kubeletEndpoint = port
        status.daemonEndpoints = endpoints
        if let images { status.images = images }
        status.runtimeHandlers = runtimeHandlers
        var features = NodeFeatures()
        features.supplementalGroupsPolicy = true
        status.features = features
        status.declaredFeatures = NodeStatusBuilder.declaredFeatures
        set(
            "MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", &status,
            now)
        set("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", &status, now)
        set("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available", &status, now)
        if isReady {
            set("Ready", "True", "KubeletReady", "kubelet is posting ready status", &status, now)
        } else {
            set("Ready", "False", "KubeletNotReady", NodeStatusBuilder.networkNotReady, &status, now)
        }
    }

    /// Of what others have added to the capacity all can be given out, and of what they took away nothing.
    /// Follows kubernetes `pkg/kubelet/nodestatus/setters.go` (`MachineInfo`).
    private func allocate(_ status: inout NodeStatus) {
        for name in status.allocatable.keys
        where status.capacity[name] == nil && NodeStatusBuilder.isExtended(name) {
            status.allocatable.removeValue(forKey: name)
        }
        let own = configuration.allocatable
        for (name, quantity) in status.capacity { status.allocatable[name] = own[name] ?? quantity }
    }

    /// Another's resource, such as `example.com/dongle`.
    private static func isExtended(_ name: String) -> Bool {
        name.utf8.contains(UInt8(ascii: "/")) && !name.contains("kubernetes.io/")
    }

    /// Whether a status says something else than before, other than when it was last told.
    /// Follows kubernetes `pkg/kubelet/kubelet_node_status.go` (`nodeStatusHasChanged`).
    static func hasChanged(_ status: NodeStatus, since old: NodeStatus) -> Bool {
        func timeless(_ status: NodeStatus) -> NodeStatus {
            var status = status
            for index in status.conditions.indices { status.conditions[index].lastHeartbeatTime = nil }
            return status
        }
        return timeless(status) != timeless(old)
    }

    static let networkNotReady =
        "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin "
        + "returns error: cni plugin not initialized"

    private func set(
        _ type: String, _ value: String, _ reason: String, _ message: String, _ status: inout NodeStatus, _ now: Instant
    ) {
        var condition = NodeCondition()
        condition.type = type
        condition.status = value
        condition.reason = reason
        condition.message = message
        condition.lastHeartbeatTime = now.time
        condition.lastTransitionTime = now.time
        if let place = status.conditions.firstIndex(where: { $0.type == type }) {
            if status.conditions[place].status == value {
                condition.lastTransitionTime = status.conditions[place].lastTransitionTime
            }
            status.conditions[place] = condition
        } else {
            status.conditions.append(condition)
        }
    }

    private func address(_ type: String, _ text: String) -> NodeAddress {
        var address = NodeAddress()
        address.type = type
        address.address = text
        return address
    }

    private func information(_ bootID: String) -> NodeSystemInfo {
        var information = NodeSystemInfo()
        information.machineID = hexadecimal(seed ^ 1, count: 32)
        information.systemUUID = NodeStatusBuilder.uuid(seed ^ 2)
        information.bootID = bootID
        information.kernelVersion = "6.12.48"
        information.osImage = "Debian GNU/Linux 13 (trixie)"
        information.containerRuntimeVersion = "containerd://2.2.1"
        information.kubeletVersion = configuration.kubeletVersion
        information.kubeProxyVersion = ""
        information.operatingSystem = "linux"
        information.architecture = configuration.architecture
        return information
    }

    /// What this kubelet can do that others may not, in the order of names: the feature NodeDeclaredFeatures, which is
    /// on by default in 1.36 (KEP-5328). Of those that upstream declares there, streams to the kubelet by WebSocket are
    /// not among them here. Follows component-helpers `nodedeclaredfeatures/features`.
    private static let declaredFeatures = [
        "GuaranteedQoSPodCPUResize", "InPlacePodLevelResourcesVerticalScaling", "RestartAllContainersOnContainerExits",
    ]

    private var runtimeHandlers: [NodeRuntimeHandler] {
        RuntimeHandlers.names.map { name in
            var features = NodeRuntimeHandlerFeatures()
            features.recursiveReadOnlyMounts = true
            features.userNamespaces = true
            var handler = NodeRuntimeHandler()
            handler.name = name
            handler.features = features
            return handler
        }
    }

    static func uuid(_ seed: UInt64) -> String {
        var random = SeededRandom(seed: seed)
        return random.uuid()
    }
}
