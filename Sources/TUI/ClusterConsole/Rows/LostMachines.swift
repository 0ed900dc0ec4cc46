import KubeAPI
import KubeClient
import KubeCluster

/// The machines that have no Node object: somebody deleted it, and it stays away until the machine's kubelet starts
/// again. The API server cannot tell of them, so their rows are of the machines themselves.
///
/// Follows kubernetes `pkg/kubelet/kubelet_node_status.go`: a kubelet registers its node when it starts, and never
/// again while it runs.
struct LostMachines {
    /// Stands where `kubectl` prints a node's status, in words that it has not.
    static let status = "no Node object"

    private var machines: Set<String> = []
    private(set) var keys: Set<ObjectKey> = []

    init() {}

    /// O(machines).
    init(among machines: [String], _ snapshot: Snapshot) {
        self.machines = Set(machines)
        for name in machines { look(for: ObjectKey(.node, name: name), snapshot) }
    }

    var isEmpty: Bool { keys.isEmpty }

    /// Looks again whether a Node is there.
    mutating func look(for key: ObjectKey, _ snapshot: Snapshot) {
        if machines.contains(key.name), !snapshot.objects.contains(key) {
            keys.insert(key)
        } else {
            keys.remove(key)
        }
    }
}
