import KubeAPI
import KubeStore

/// A pod takes over the zone and the region of its node as labels: here one that is made on a node, as a static pod's
/// mirror is; the registry sees to those that are bound.
///
/// Follows kubernetes plugin/pkg/admission/podtopologylabels/admission.go, on by default since 1.35.
final class PodTopologyLabels: AdmissionPlugin {
    let name = "PodTopologyLabels"
    private let store: ObjectStore
    private var topology = TopologyLabels()

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .create && kind == .pod
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard attributes.subresource == nil, var pod = object.as(Pod.self), let node = pod.spec.nodeName, !node.isEmpty
        else { return }
        let labels = topology.labels(of: node, store)
        if labels.isEmpty { return }
        // What the pod says of its place gives way to where it is.
        pod.metadata.labels.merge(labels)
        object = pod.boxed
    }
}

/// The labels that the pods of a node take over from it.
struct TopologyLabels {
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
        if known.count >= TopologyLabels.capacity { known.removeAll() }
        known.append(Known(region: region, zone: zone, labels: taken))
        return taken
    }
}
