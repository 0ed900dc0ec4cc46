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

    /// Those labels of the node; none if it has none, or is not there.
    mutating func labels(of node: String, _ store: ObjectStore) -> StringMap<String> {
        guard let labels = store.object(ObjectKey(.node, name: node))?.metadata.labels else { return [:] }
        let region = labels[WellKnownLabel.region]
        let zone = labels[WellKnownLabel.zone]
        if let found = known.first(where: { $0.region == region && $0.zone == zone }) { return found.labels }
        var taken = StringMap<String>()
        taken[WellKnownLabel.region] = region
        taken[WellKnownLabel.zone] = zone
        if known.count >= PodTopologyLabels.capacity { known.removeAll() }
        known.append(Known(region: region, zone: zone, labels: taken))
        return taken
    }
}
