import KubeAPI
import KubeClient

/// What the pods bound to a node refer to.
///
/// Follows kubernetes plugin/pkg/auth/authorizer/node/graph.go.
struct NodeReferences<View: ObjectView> {
    typealias Target = NodeReferenceTarget
    let node: String
    let view: View

    /// O(pods of the node × their references) over the store.
    func contains(_ target: Target, namespace: String, name: String) -> Bool {
        switch target {
        case .secret:
            return anyPod(in: namespace) { PodReferences.refers($0, toSecret: name) }
                || hasVolume { volume in PodReferences.refers(volume, toSecret: name, namespace: namespace) }
        case .configMap: return anyPod(in: namespace) { PodReferences.refers($0, toConfigMap: name) }
        case .persistentVolumeClaim: return anyPod(in: namespace) { PodReferences.claims(of: $0).contains(name) }
        case .persistentVolume: return hasVolume { equalUTF8($0.name, name) }
        case .serviceAccount:
            return anyPod(in: namespace) { equalUTF8($0.spec.serviceAccountName ?? "", name) }
        case .resourceClaim:
            return anyPod(in: namespace) { pod in
                pod.spec.resourceClaims.contains { $0.resourceClaimName == name }
                    || pod.status.resourceClaimStatuses.contains { $0.resourceClaimName == name }
            }
        case .pod:
            let pod = view.get(Pod.self, namespace: namespace, name: name)
            return equalUTF8(pod?.spec.nodeName ?? "", node)
        case .volumeAttachment:
            return equalUTF8(view.get(VolumeAttachment.self, name: name)?.spec.nodeName ?? "", node)
        case .resourceSlice:
            return equalUTF8(view.get(ResourceSlice.self, name: name)?.spec.nodeName ?? "", node)
        }
    }

    private func anyPod(in namespace: String?, _ isMeant: (Pod) -> Bool) -> Bool {
        var found = false
        view.forEachPod(on: node, namespace: namespace) { pod in
            // Mirror pods refer to nothing: their nodes must not learn secrets by making them.
            if !pod.isMirror, isMeant(pod) { found = true }
            return !found
        }
        return found
    }

    /// Whether a claim of one of the node's pods is bound to such a volume.
    private func hasVolume(_ isMeant: (PersistentVolume) -> Bool) -> Bool {
        anyPod(in: nil) { pod in
            PodReferences.claims(of: pod).contains { claim in
                guard
                    let volumeName = view.get(
                        PersistentVolumeClaim.self, namespace: pod.namespace, name: claim)?.spec.volumeName,
                    let volume = view.get(PersistentVolume.self, name: volumeName),
                    volume.spec.claimRef?.name == claim, volume.spec.claimRef?.namespace == pod.namespace
                else { return false }
                return isMeant(volume)
            }
        }
    }
}

enum NodeReferenceTarget {
    case secret, configMap, persistentVolumeClaim, persistentVolume, serviceAccount, resourceClaim, pod
    case volumeAttachment, resourceSlice
}
