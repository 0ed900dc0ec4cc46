import KubeAPI
import KubeClient

/// Keeps a pod waiting while a claim that it mounts does not exist, is lost or goes away. Claims that are not bound
/// yet are not looked at: nothing here binds them, and the kubelet waits for that.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/volumebinding `PreFilter`.
package enum VolumeBinding: EnqueueExtensions {
    package static let identifier = PluginIdentifier.volumeBinding

    /// A claim that a volume is of.
    package struct Claim {
        /// The claim's name, or that of the volume, which follows the pod's in the name of its claim.
        let name: String
        let isEphemeral: Bool

        func name(for pod: Pod) -> String { isEphemeral ? pod.name + "-" + name : name }
    }

    /// The claims of a pod's volumes, in their order.
    static func claims(of spec: PodSpec) -> [Claim] {
        spec.volumes.compactMap { volume in
            if let claim = volume.persistentVolumeClaim { return Claim(name: claim.claimName, isEphemeral: false) }
            return volume.ephemeral == nil ? nil : Claim(name: volume.name, isEphemeral: true)
        }
    }

    /// Why no node can take the pod; nil if its claims are no obstacle. O(claims).
    package static func preFilter(_ pod: Pod, _ shape: PodShape, _ client: any KubeClient) -> String? {
        for claim in shape.claims {
            let name = claim.name(for: pod)
            let quoted = GoText.quoted(name)
            guard let found = client.get(PersistentVolumeClaim.self, namespace: pod.namespace, name: name) else {
                return claim.isEphemeral
                    ? "waiting for ephemeral volume controller to create the persistentvolumeclaim \(quoted)"
                    : "persistentvolumeclaim \(quoted) not found"
            }
            if found.status.phase == "Lost" {
                let volume = GoText.quoted(found.spec.volumeName ?? "")
                return "persistentvolumeclaim \(quoted) bound to non-existent persistentvolume \(volume)"
            }
            if found.metadata.deletionTimestamp != nil { return "persistentvolumeclaim \(quoted) is being deleted" }
        }
        return nil
    }

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        guard case .claimChanged(let key) = event, key.namespace == shape.namespace else { return false }
        return shape.claims.contains { claim in
            claim.isEphemeral ? key.name.hasSuffix("-" + claim.name) : key.name == claim.name
        }
    }
}
