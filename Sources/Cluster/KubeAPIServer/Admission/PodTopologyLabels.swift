import KubeAPI
import KubeStore

/// A pod that is bound takes over the zone and the region of its node as labels.
///
/// Follows kubernetes plugin/pkg/admission/podtopologylabels/admission.go, on by default since 1.35.
enum PodTopologyLabels {
    private static let keys = ["topology.kubernetes.io/region", "topology.kubernetes.io/zone"]

    /// Those labels of the node; none if it has none, or is not there.
    static func labels(of node: String, _ store: ObjectStore) -> StringMap<String> {
        guard let labels = store.object(ObjectKey(.node, name: node))?.metadata.labels else { return [:] }
        var taken = StringMap<String>()
        for key in keys {
            if let value = labels[key] { taken[key] = value }
        }
        return taken
    }
}
