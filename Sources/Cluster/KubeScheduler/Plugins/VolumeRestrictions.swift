import KubeAPI
import KubeClient

/// Keeps a pod waiting while another one uses a claim of its that only one pod may use at a time
/// (`ReadWriteOncePod`). Which node that pod is on does not matter.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/volumerestrictions. The disks that it compares besides are of
/// volumes that no kubelet mounts any more.
package enum VolumeRestrictions: EnqueueExtensions {
    package static let identifier = PluginIdentifier.volumeRestrictions

    /// That pod may be preempted.
    static let rejection = Rejection(
        identifier, unresolvable: false,
        "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode")

    /// The claims of a shape that only one pod may use at a time. O(claims).
    static func exclusiveClaims(of shape: PodShape, _ client: any KubeClient) -> [String] {
        shape.claims.compactMap { claim in
            guard case .named(let name) = claim,
                let found = client.get(PersistentVolumeClaim.self, namespace: shape.namespace, name: name),
                found.spec.accessModes.contains("ReadWriteOncePod")
            else { return nil }
            return name
        }
    }

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        switch event {
        case .nodeAdded: true
        case .assignedPodDeleted(let other):
            other.namespace == shape.namespace && shape.claims.contains { $0.isNamed && other.claims.contains($0) }
        case .claimChanged(let key): key.namespace == shape.namespace && shape.claims.contains(.named(key.name))
        default: false
        }
    }
}

extension VolumeBinding.Claim {
    fileprivate var isNamed: Bool {
        if case .named = self { return true }
        return false
    }
}
