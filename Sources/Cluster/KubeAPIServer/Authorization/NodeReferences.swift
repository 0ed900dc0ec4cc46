import KubeAPI
import KubeClient

/// What the pods bound to a node refer to.
///
/// Follows kubernetes plugin/pkg/auth/authorizer/node/graph.go and pkg/api/v1/pod/util.go `VisitPodSecretNames`.
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
            if pod.annotations["kubernetes.io/config.mirror"] == nil, isMeant(pod) { found = true }
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

/// The names of other objects in a pod's spec.
enum PodReferences {
    static func claims(of pod: Pod) -> [String] {
        pod.spec.volumes.compactMap { volume in
            if let claim = volume.persistentVolumeClaim { return claim.claimName }
            return volume.ephemeral == nil ? nil : "\(pod.name)-\(volume.name)"
        }
    }

    static func refers(_ pod: Pod, toSecret name: String) -> Bool {
        let spec = pod.spec
        return spec.imagePullSecrets.contains { $0.name == name } || anyEnvironment(of: spec) { $0.secret == name }
            || spec.volumes.contains { secrets(of: $0).contains(name) }
    }

    static func refers(_ pod: Pod, toConfigMap name: String) -> Bool {
        anyEnvironment(of: pod.spec) { $0.configMap == name }
            || pod.spec.volumes.contains { volume in
                volume.configMap?.name == name
                    || (volume.projected?.sources ?? []).contains { $0.configMap?.name == name }
            }
    }

    /// Whether a pod names any secret, or any config map, at all.
    static func refersToSecrets(_ spec: PodSpec) -> Bool {
        !spec.imagePullSecrets.isEmpty || anyEnvironment(of: spec) { $0.secret != nil }
            || spec.volumes.contains { !secrets(of: $0).isEmpty }
    }

    static func refersToConfigMaps(_ spec: PodSpec) -> Bool {
        anyEnvironment(of: spec) { $0.configMap != nil }
            || spec.volumes.contains { volume in
                volume.configMap != nil || (volume.projected?.sources ?? []).contains { $0.configMap != nil }
            }
    }

    private static func secrets(of volume: Volume) -> [String] {
        var names: [String?] = [
            volume.secret?.secretName, volume.azureFile?.secretName, volume.cephfs?.secretRef?.name,
            volume.cinder?.secretRef?.name, volume.flexVolume?.secretRef?.name, volume.rbd?.secretRef?.name,
            volume.scaleIO?.secretRef.name, volume.iscsi?.secretRef?.name, volume.storageos?.secretRef?.name,
            volume.csi?.nodePublishSecretRef?.name,
        ]
        for source in volume.projected?.sources ?? [] { names.append(source.secret?.name) }
        return names.compactMap { $0 }
    }

    /// Secrets of a volume that lie in this namespace: its own or, for lack of one, its claim's.
    static func refers(_ volume: PersistentVolume, toSecret name: String, namespace: String) -> Bool {
        let spec = volume.spec
        let home = spec.claimRef?.namespace ?? ""
        let references: [(name: String?, namespace: String?)] = [
            (spec.azureFile?.secretName, spec.azureFile?.secretNamespace),
            (spec.cephfs?.secretRef?.name, spec.cephfs?.secretRef?.namespace),
            (spec.cinder?.secretRef?.name, spec.cinder?.secretRef?.namespace),
            (spec.flexVolume?.secretRef?.name, spec.flexVolume?.secretRef?.namespace),
            (spec.rbd?.secretRef?.name, spec.rbd?.secretRef?.namespace),
            (spec.scaleIO?.secretRef.name, spec.scaleIO?.secretRef.namespace),
            (spec.iscsi?.secretRef?.name, spec.iscsi?.secretRef?.namespace),
            (spec.storageos?.secretRef?.name, spec.storageos?.secretRef?.namespace),
            (spec.csi?.nodePublishSecretRef?.name, spec.csi?.nodePublishSecretRef?.namespace),
            (spec.csi?.nodeStageSecretRef?.name, spec.csi?.nodeStageSecretRef?.namespace),
            (spec.csi?.nodeExpandSecretRef?.name, spec.csi?.nodeExpandSecretRef?.namespace),
        ]
        return references.contains { reference in
            let place = reference.namespace.flatMap { $0.isEmpty ? nil : $0 } ?? home
            return reference.name == name && equalUTF8(place, namespace)
        }
    }

    private struct EnvironmentSource {
        var secret: String?
        var configMap: String?
    }

    private static func anyEnvironment(of spec: PodSpec, _ isMeant: (EnvironmentSource) -> Bool) -> Bool {
        func any(_ variables: [EnvVar], _ sources: [EnvFromSource]) -> Bool {
            variables.contains { variable in
                guard let value = variable.valueFrom else { return false }
                return isMeant(
                    EnvironmentSource(secret: value.secretKeyRef?.name, configMap: value.configMapKeyRef?.name))
            }
                || sources.contains {
                    isMeant(EnvironmentSource(secret: $0.secretRef?.name, configMap: $0.configMapRef?.name))
                }
        }
        return spec.initContainers.contains { any($0.env, $0.envFrom) }
            || spec.containers.contains { any($0.env, $0.envFrom) }
            || spec.ephemeralContainers.contains { any($0.env, $0.envFrom) }
    }
}
