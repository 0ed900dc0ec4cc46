import KubeAPI
import KubeStore

/// A pod that is bound takes over the zone and the region of its node as labels.
///
/// Follows kubernetes plugin/pkg/admission/podtopologylabels/admission.go, on by default since 1.35.
struct PodTopologyLabels {
    private struct Known {
        let region: String?
        let zone: String?
        let labels: StringMap<String>
    }

    /// Nodes of one zone share the labels that their pods get.
    private var known: [Known] = []
    private static let capacity = 64
    private static let regionKey = "topology.kubernetes.io/region"
    private static let zoneKey = "topology.kubernetes.io/zone"

    /// Those labels of the node; none if it has none, or is not there.
    mutating func labels(of node: String, _ store: ObjectStore) -> StringMap<String> {
        guard let labels = store.object(ObjectKey(.node, name: node))?.metadata.labels else { return [:] }
        let region = labels[PodTopologyLabels.regionKey]
        let zone = labels[PodTopologyLabels.zoneKey]
        if let found = known.first(where: { $0.region == region && $0.zone == zone }) { return found.labels }
        var taken = StringMap<String>()
        taken[PodTopologyLabels.regionKey] = region
        taken[PodTopologyLabels.zoneKey] = zone
        if known.count >= PodTopologyLabels.capacity { known.removeAll() }
        known.append(Known(region: region, zone: zone, labels: taken))
        return taken
    }
}
