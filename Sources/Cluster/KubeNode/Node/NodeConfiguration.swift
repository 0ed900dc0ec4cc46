import ClusterCore
import KubeAPI

/// What a simulated machine is, and what its kubelet is told when it starts.
package struct NodeConfiguration: Sendable {
    package var name: String
    /// Empty: the node carries no zone label.
    package var zone = ""
    /// Empty: the node carries no region label.
    package var region = ""
    package var cpu: Quantity = "4"
    package var memory: Quantity = "16Gi"
    package var ephemeralStorage: Quantity = "100Gi"
    /// The most pods that the node runs at a time.
    package var pods = 110
    /// Addresses for the node's pods, as in `10.244.3.0/24`. Nil: the kubelet waits until `spec.podCIDR` is set.
    package var podCIDR: String?
    package var internalIP: String
    package var kubeletVersion = "v1.36.0"
    package var architecture = "amd64"
    package var labels: StringMap<String> = [:]
    package var annotations: StringMap<String> = [:]
    package var taints: [Taint] = []
    /// Images that the machine has before anything is pulled.
    package var images: [String] = []
    /// The revision after which the machine's cluster goes on in this process; 0 for a new one. Each time that is
    /// another, and so are the IDs of the machine's boots.
    package var life = 0
    /// From pressing the power button until the kubelet runs. The first start of all is not delayed.
    package var bootTime = Interval.seconds(6)

    package init(name: String, internalIP: String) {
        self.name = name
        self.internalIP = internalIP
    }

    /// What the kubelet keeps back for itself: the hard eviction threshold `memory.available<100Mi`.
    private static let reservedMemory = 100 << 20

    package var capacity: StringMap<Quantity> {
        [
            "cpu": cpu, "memory": memory, "pods": Quantity(pods), "ephemeral-storage": ephemeralStorage,
            "hugepages-1Gi": Quantity(), "hugepages-2Mi": Quantity(),
        ]
    }

    /// Capacity without what the eviction thresholds keep free: 100 MiB of memory and a tenth of the disk.
    package var allocatable: StringMap<Quantity> {
        var resources = capacity
        resources["memory"] = Quantity(max(memory.value - NodeConfiguration.reservedMemory, 0), .binarySI)
        let disk = ephemeralStorage.value
        resources["ephemeral-storage"] = Quantity(disk - disk / 10)
        return resources
    }
}
