import KubeAPI
import KubeClient

/// Keeps a pod waiting while a claim that it mounts does not exist, is lost, goes away or was made for another pod.
/// Claims that are not bound yet are not looked at: nothing here binds them, and the kubelet waits for that.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/volumebinding `PreFilter`.
package enum VolumeBinding: EnqueueExtensions {
    package static let identifier = PluginIdentifier.volumeBinding

    /// A claim that a volume is of.
    package enum Claim: Equatable, Sendable {
        case named(String)
        /// Made for one pod, and named after it and the volume.
        case ephemeral(volume: String)

        func name(for pod: Pod) -> String {
            switch self {
            case .named(let name): name
            case .ephemeral(let volume): pod.name + "-" + volume
            }
        }
    }

    /// The claims of a pod's volumes, in their order.
    static func claims(of spec: PodSpec) -> [Claim] {
        spec.volumes.compactMap { volume in
            if let claim = volume.persistentVolumeClaim { return .named(claim.claimName) }
            return volume.ephemeral == nil ? nil : .ephemeral(volume: volume.name)
        }
    }

    /// Why no node can take the pod; nil if its claims are no obstacle. O(claims).
    package static func preFilter(_ pod: Pod, _ shape: PodShape, _ client: any KubeClient) -> String? {
        for claim in shape.claims {
            if let obstacle = obstacle(claim, pod, client) { return obstacle }
        }
        return nil
    }

    /// Follows `podHasPVCs`, and component-helpers/storage/ephemeral `VolumeIsForPod` for whose the claim must be.
    private static func obstacle(_ claim: Claim, _ pod: Pod, _ client: any KubeClient) -> String? {
        let name = claim.name(for: pod)
        let quoted = GoText.quoted(name)
        guard let found = client.get(PersistentVolumeClaim.self, namespace: pod.namespace, name: name) else {
            return switch claim {
            case .named: "persistentvolumeclaim \(quoted) not found"
            case .ephemeral:
                "waiting for ephemeral volume controller to create the persistentvolumeclaim \(quoted)"
            }
        }
        if found.status.phase == "Lost" {
            let volume = GoText.quoted(found.spec.volumeName ?? "")
            return "persistentvolumeclaim \(quoted) bound to non-existent persistentvolume \(volume)"
        }
        if found.metadata.deletionTimestamp != nil { return "persistentvolumeclaim \(quoted) is being deleted" }
        if case .ephemeral = claim,
            found.metadata.controllerReference?.uid != pod.uid
        {
            return "PVC \(found.namespace)/\(name) was not created for pod \(pod.namespace)/\(pod.name) "
                + "(pod is not owner)"
        }
        return nil
    }

    // MARK: Queueing hints

    /// A claim that has its own name is the same for all pods of a shape. Whom the claim of an ephemeral volume
    /// concerns depends on the pod's name: `possibleOwners`.
    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        guard case .claimChanged(let key) = event, key.namespace == shape.namespace else { return false }
        return shape.claims.contains(.named(key.name))
    }

    /// The pods, by name, that a claim may have been made for if they have that ephemeral volume: every way to take
    /// the claim's name apart. `web-0-data` may be of the volume `data` of `web-0`, or of `0-data` of `web`.
    static func possibleOwners(ofClaim name: String) -> [(pod: String, volume: String)] {
        name.indices.filter { name[$0] == "-" }.map { hyphen in
            (String(name[..<hyphen]), String(name[name.index(after: hyphen)...]))
        }
    }
}
