import KubeAPI
import KubeClient

/// What volumes and environments of a pod are filled from: looks the objects up and says, in upstream's words, what is
/// missing. O(log n) for each reference.
struct ObjectSources {
    let client: any KubeClient
    let pod: Pod

    // MARK: Volumes

    /// Follows kubernetes `pkg/volume/configmap`, `pkg/volume/secret`, `pkg/volume/projected` and
    /// `pkg/kubelet/volumemanager/populator`.
    func outcome(of volume: Volume) -> VolumeOutcome {
        var errors: [String] = []
        if let source = volume.configMap {
            errors += error(configMap: source.name ?? "", items: source.items, isOptional: source.optional)
        } else if let source = volume.secret {
            errors += error(secret: source.secretName ?? "", items: source.items, isOptional: source.optional)
        } else if let source = volume.projected {
            for projection in source.sources { errors += error(of: projection) }
        } else if let claim = PodReferences.claim(of: volume, in: pod) {
            return outcome(ofClaim: claim)
        }
        return errors.isEmpty ? .mounted : .failed(ObjectSources.joined(errors))
    }

    private func error(of projection: VolumeProjection) -> [String] {
        if let source = projection.configMap {
            return error(configMap: source.name ?? "", items: source.items, isOptional: source.optional)
        }
        if let source = projection.secret {
            return error(secret: source.name ?? "", items: source.items, isOptional: source.optional)
        }
        if projection.serviceAccountToken != nil {
            let name = pod.spec.serviceAccountName ?? "default"
            let key = ObjectKey(.serviceAccount, namespace: pod.namespace, name: name)
            // A static pod has no account, and no token either.
            if client.object(key) == nil, !pod.isMirror {
                return ["failed to fetch token: serviceaccounts \"\(name)\" not found"]
            }
        }
        return []
    }

    private func error(configMap name: String, items: [KeyToPath], isOptional: Bool?) -> [String] {
        guard let map = client.get(ConfigMap.self, namespace: pod.namespace, name: name) else {
            return isOptional == true ? [] : [ObjectSources.notFound("configmap", name)]
        }
        if isOptional == true { return [] }
        return items.first { map.data[$0.key] == nil && map.binaryData[$0.key] == nil }.map {
            ["configmap references non-existent config key: \($0.key)"]
        } ?? []
    }

    private func error(secret name: String, items: [KeyToPath], isOptional: Bool?) -> [String] {
        guard let secret = client.get(Secret.self, namespace: pod.namespace, name: name) else {
            return isOptional == true ? [] : [ObjectSources.notFound("secret", name)]
        }
        if isOptional == true { return [] }
        return items.first { secret.data[$0.key] == nil }.map {
            ["references non-existent secret key: \($0.key)"]
        } ?? []
    }

    /// Storage is mounted once the claim is bound; who binds it is not the kubelet's business.
    private func outcome(ofClaim name: String) -> VolumeOutcome {
        guard let why = obstacle(ofClaim: name) else { return .mounted }
        return .unprocessed("error processing PVC \(pod.namespace)/\(name): \(why)")
    }

    private func obstacle(ofClaim name: String) -> String? {
        guard let claim = client.get(PersistentVolumeClaim.self, namespace: pod.namespace, name: name) else {
            return "failed to fetch PVC from API server: " + ObjectSources.notFound("persistentvolumeclaims", name)
        }
        if claim.metadata.deletionTimestamp != nil { return "PVC is being deleted" }
        if claim.status.phase != "Bound" { return "PVC is not bound" }
        guard let volume = claim.spec.volumeName, !volume.isEmpty else { return "PVC has empty pvc.Spec.VolumeName" }
        guard let found = client.get(PersistentVolume.self, name: volume) else {
            return "failed to fetch PV \(volume) from API server: "
                + ObjectSources.notFound("persistentvolumes", volume)
        }
        guard let reference = found.spec.claimRef else {
            return "found PV object \(volume) but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the "
                + "claim"
        }
        if reference.uid != claim.uid {
            return "found PV object \(volume) but its pv.Spec.ClaimRef.UID \(reference.uid ?? "") does not point to "
                + "claim.UID \(claim.uid)"
        }
        return nil
    }

    // MARK: Environments

    /// Why the container's environment cannot be made; nil if it can.
    /// Follows kubernetes `pkg/kubelet/kubelet_pods.go` (`makeEnvironmentVariables`).
    func error(inEnvironmentOf container: Container) -> String? {
        for source in container.envFrom {
            if let reference = source.configMapRef, reference.optional != true,
                find(.configMap, reference.name) == nil
            {
                return ObjectSources.notFound("configmap", reference.name ?? "")
            }
            if let reference = source.secretRef, reference.optional != true, find(.secret, reference.name) == nil {
                return ObjectSources.notFound("secret", reference.name ?? "")
            }
        }
        for variable in container.env {
            if let reference = variable.valueFrom?.configMapKeyRef, reference.optional != true {
                let name = reference.name ?? ""
                guard let map = find(.configMap, name)?.as(ConfigMap.self) else {
                    return ObjectSources.notFound("configmap", name)
                }
                if map.data[reference.key] == nil {
                    return "couldn't find key \(reference.key) in ConfigMap \(pod.namespace)/\(name)"
                }
            }
            if let reference = variable.valueFrom?.secretKeyRef, reference.optional != true {
                let name = reference.name ?? ""
                guard let secret = find(.secret, name)?.as(Secret.self) else {
                    return ObjectSources.notFound("secret", name)
                }
                if secret.data[reference.key] == nil {
                    return "couldn't find key \(reference.key) in Secret \(pod.namespace)/\(name)"
                }
            }
        }
        return nil
    }

    private func find(_ kind: ResourceKind, _ name: String?) -> KubeObject? {
        client.object(ObjectKey(kind, namespace: pod.namespace, name: name ?? ""))
    }

    // MARK: Words

    private static func notFound(_ resource: String, _ name: String) -> String { "\(resource) \"\(name)\" not found" }

    /// Several errors in brackets, each once. Follows apimachinery `util/errors` (`Aggregate`).
    private static func joined(_ errors: [String]) -> String {
        var unique: [String] = []
        for error in errors where !unique.contains(error) { unique.append(error) }
        return unique.count == 1 ? unique[0] : "[" + unique.joined(separator: ", ") + "]"
    }
}

extension Kubelet {
    func mountVolumes(_ indices: [Int], _ slot: Int) {
        guard let pod = workers[slot]?.lifecycle.pod else { return }
        let sources = ObjectSources(client: client, pod: pod)
        answer(.volumes(indices.map { ($0, sources.outcome(of: pod.spec.volumes[$0])) }), slot)
    }

    func resolveEnvironment(_ container: Int, _ slot: Int) {
        guard let worker = workers[slot] else { return }
        let sources = ObjectSources(client: client, pod: worker.lifecycle.pod)
        let error = sources.error(inEnvironmentOf: worker.lifecycle.spec(container))
        answer(.environment(container: container, error: error), slot)
    }
}
