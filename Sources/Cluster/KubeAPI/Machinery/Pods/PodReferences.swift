/// The names of other objects in a pod's spec.
///
/// Follows kubernetes pkg/api/v1/pod/util.go `VisitPodSecretNames` and `VisitPodConfigmapNames`.
public enum PodReferences {
    /// The claims of a pod's volumes, with those that are made for the pod alone. O(volumes).
    public static func claims(of pod: Pod) -> [String] {
        pod.spec.volumes.compactMap { claim(of: $0, in: pod) }
    }

    /// The claim of a volume; the one that is made for a pod alone is named after the pod and the volume.
    ///
    /// Follows kubernetes component-helpers `storage/ephemeral/ephemeral.go` `VolumeClaimName`.
    public static func claim(of volume: Volume, in pod: Pod) -> String? {
        volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral == nil ? nil : "\(pod.name)-\(volume.name)")
    }

    /// Whether a pod names a secret of its namespace: to pull images, in a container's environment, or in a volume.
    public static func refers(_ pod: Pod, toSecret name: String) -> Bool {
        let spec = pod.spec
        return spec.imagePullSecrets.contains { $0.name == name } || anyEnvironment(of: spec) { $0.secret == name }
            || spec.volumes.contains { secrets(of: $0).contains(name) }
    }

    /// Every secret that a pod names, some perhaps more than once.
    public static func secrets(of pod: Pod) -> [String] {
        var names = pod.spec.imagePullSecrets.compactMap(\.name)
        _ = anyEnvironment(of: pod.spec) { source in
            if let secret = source.secret { names.append(secret) }
            return false
        }
        for volume in pod.spec.volumes { names += secrets(of: volume) }
        return names
    }

    /// Whether a pod names a config map of its namespace: in a container's environment, or in a volume.
    public static func refers(_ pod: Pod, toConfigMap name: String) -> Bool {
        anyEnvironment(of: pod.spec) { $0.configMap == name }
            || pod.spec.volumes.contains { volume in
                volume.configMap?.name == name
                    || (volume.projected?.sources ?? []).contains { $0.configMap?.name == name }
            }
    }

    /// Whether a pod names any secret, or any config map, at all.
    public static func refersToSecrets(_ spec: PodSpec) -> Bool {
        !spec.imagePullSecrets.isEmpty || anyEnvironment(of: spec) { $0.secret != nil }
            || spec.volumes.contains { !secrets(of: $0).isEmpty }
    }

    /// The same of config maps.
    public static func refersToConfigMaps(_ spec: PodSpec) -> Bool {
        anyEnvironment(of: spec) { $0.configMap != nil }
            || spec.volumes.contains { volume in
                volume.configMap != nil || (volume.projected?.sources ?? []).contains { $0.configMap != nil }
            }
    }

    private static func secrets(of volume: Volume) -> [String] {
        var names: [String?] = [
            volume.secret?.secretName, volume.azureFile?.secretName, volume.cephfs?.secretRef?.name,
            volume.cinder?.secretRef?.name, volume.flexVolume?.secretRef?.name, volume.rbd?.secretRef?.name,
            volume.scaleIO?.secretRef?.name, volume.iscsi?.secretRef?.name, volume.storageos?.secretRef?.name,
            volume.csi?.nodePublishSecretRef?.name,
        ]
        for source in volume.projected?.sources ?? [] { names.append(source.secret?.name) }
        return names.compactMap { $0 }
    }

    /// Secrets of a volume that lie in this namespace: its own or, for lack of one, its claim's.
    public static func refers(_ volume: PersistentVolume, toSecret name: String, namespace: String) -> Bool {
        let spec = volume.spec
        let home = spec.claimRef?.namespace ?? ""
        let references: [(name: String?, namespace: String?)] = [
            (spec.azureFile?.secretName, spec.azureFile?.secretNamespace),
            (spec.cephfs?.secretRef?.name, spec.cephfs?.secretRef?.namespace),
            (spec.cinder?.secretRef?.name, spec.cinder?.secretRef?.namespace),
            (spec.flexVolume?.secretRef?.name, spec.flexVolume?.secretRef?.namespace),
            (spec.rbd?.secretRef?.name, spec.rbd?.secretRef?.namespace),
            (spec.scaleIO?.secretRef?.name, spec.scaleIO?.secretRef?.namespace),
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
        return spec.anyContainer { any($0.env, $0.envFrom) }
    }
}
