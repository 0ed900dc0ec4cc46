import ClusterCore
import KubeAPI
import KubeStore

/// Gives every pod a service account, which must exist, its image pull secrets, and a volume with a token for it.
///
/// Upstream ends the volume's name in five characters of chance. Here they are drawn from a stream that the pod's spec
/// seeds, so that pods of one template have one spec.
///
/// Follows kubernetes plugin/pkg/admission/serviceaccount/admission.go.
final class ServiceAccountAdmission: AdmissionPlugin {
    let name = "ServiceAccount"
    let isSharedByPodTemplate = true
    private let store: ObjectStore

    private static let mountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
    private static let volumePrefix = "kube-api-access-"
    private static let enforceAnnotation = "kubernetes.io/enforce-mountable-secrets"

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        kind == .pod && operation == .create
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard var pod = object.as(Pod.self) else { return }
        if pod.isMirror {
            return try admitMirror(pod, attributes)
        }
        if pod.spec.serviceAccountName?.isEmpty ?? true {
            pod.spec.serviceAccountName = "default"
            pod.spec.serviceAccount = "default"
        }
        let name = pod.spec.serviceAccountName ?? ""
        let namespace = attributes.key.namespace
        guard
            let account = store.object(ObjectKey(.serviceAccount, namespace: namespace, name: name))?
                .as(ServiceAccount.self)
        else {
            throw attributes.forbidden(
                "error looking up service account \(namespace)/\(name): "
                    + StatusError.notFound(resource: GroupResource(resource: "serviceaccount"), name: name).message,
                object)
        }
        if pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true {
            mountToken(&pod)
        }
        if pod.spec.imagePullSecrets.isEmpty, !account.imagePullSecrets.isEmpty {
            pod.spec.imagePullSecrets = account.imagePullSecrets
        }
        if account.annotations[ServiceAccountAdmission.enforceAnnotation] == "true" {
            try limitSecrets(pod, account, attributes)
        }
        object = pod.boxed
    }

    private func admitMirror(_ pod: Pod, _ attributes: AdmissionAttributes) throws(StatusError) {
        if pod.spec.serviceAccountName?.isEmpty == false {
            throw attributes.forbidden("a mirror pod may not reference service accounts", pod.boxed)
        }
        for volume in pod.spec.volumes where volume.projected != nil {
            for source in volume.projected?.sources ?? [] where source.serviceAccountToken != nil {
                throw attributes.forbidden(
                    "a mirror pod may not use ServiceAccountToken volume projections", pod.boxed)
            }
        }
    }

    // MARK: The token volume

    private func mountToken(_ pod: inout Pod) {
        let needed =
            pod.spec.containers.contains(where: isWithoutMount)
            || pod.spec.initContainers.contains(where: isWithoutMount)
        guard needed else { return }
        let existing = pod.spec.volumes.first { $0.name.hasPrefix(ServiceAccountAdmission.volumePrefix) }?.name
        let name = existing ?? ServiceAccountAdmission.volumePrefix + suffix(of: pod.spec)
        var mount = VolumeMount()
        mount.name = name
        mount.readOnly = true
        mount.mountPath = ServiceAccountAdmission.mountPath
        for index in pod.spec.initContainers.indices where isWithoutMount(pod.spec.initContainers[index]) {
            pod.spec.initContainers[index].volumeMounts.append(mount)
        }
        for index in pod.spec.containers.indices where isWithoutMount(pod.spec.containers[index]) {
            pod.spec.containers[index].volumeMounts.append(mount)
        }
        if existing == nil { pod.spec.volumes.append(tokenVolume(name)) }
    }

    private func isWithoutMount(_ container: Container) -> Bool {
        !container.volumeMounts.contains { $0.mountPath == ServiceAccountAdmission.mountPath }
    }

    private func suffix(of spec: PodSpec) -> String {
        var hash = StableHash()
        hash.combine(bytes: spec.json)
        var random = SeededRandom(seed: hash.value)
        return random.suffix(5)
    }

    /// A token of 3607 seconds, which client libraries take as "an hour, and renew it", the cluster's certificate, and
    /// the namespace.
    private func tokenVolume(_ name: String) -> Volume {
        var token = ServiceAccountTokenProjection()
        token.path = "token"
        token.expirationSeconds = 3607
        var tokenSource = VolumeProjection()
        tokenSource.serviceAccountToken = token

        var certificate = ConfigMapProjection()
        certificate.name = "kube-root-ca.crt"
        certificate.items = [item("ca.crt", "ca.crt")]
        var certificateSource = VolumeProjection()
        certificateSource.configMap = certificate

        var field = ObjectFieldSelector()
        field.apiVersion = "v1"
        field.fieldPath = "metadata.namespace"
        var file = DownwardAPIVolumeFile()
        file.path = "namespace"
        file.fieldRef = field
        var namespace = DownwardAPIProjection()
        namespace.items = [file]
        var namespaceSource = VolumeProjection()
        namespaceSource.downwardAPI = namespace

        var projected = ProjectedVolumeSource()
        projected.defaultMode = 0o644
        projected.sources = [tokenSource, certificateSource, namespaceSource]
        var volume = Volume()
        volume.name = name
        volume.projected = projected
        return volume
    }

    private func item(_ key: String, _ path: String) -> KeyToPath {
        var item = KeyToPath()
        item.key = key
        item.path = path
        return item
    }

    // MARK: Secrets

    private func limitSecrets(
        _ pod: Pod, _ account: ServiceAccount, _ attributes: AdmissionAttributes
    ) throws(StatusError) {
        let mountable = account.secrets.compactMap(\.name)
        for volume in pod.spec.volumes {
            guard let secret = volume.secret?.secretName, !mountable.contains(secret) else { continue }
            throw attributes.forbidden(
                "volume with secret.secretName=\"\(secret)\" is not allowed because service account "
                    + "\(account.name) does not reference that secret", pod.boxed)
        }
        for (kind, containers) in [("init container", pod.spec.initContainers), ("container", pod.spec.containers)] {
            for container in containers {
                for variable in container.env {
                    guard let secret = variable.valueFrom?.secretKeyRef?.name, !mountable.contains(secret)
                    else { continue }
                    throw attributes.forbidden(
                        "\(kind) \(container.name) with envVar \(variable.name) referencing "
                            + "secret.secretName=\"\(secret)\" is not allowed because service account "
                            + "\(account.name) does not reference that secret", pod.boxed)
                }
            }
        }
        let pullable = account.imagePullSecrets.compactMap(\.name)
        for (index, reference) in pod.spec.imagePullSecrets.enumerated() {
            guard let secret = reference.name, !pullable.contains(secret) else { continue }
            throw attributes.forbidden(
                "imagePullSecrets[\(index)].name=\"\(secret)\" is not allowed because service account "
                    + "\(account.name) does not reference that imagePullSecret", pod.boxed)
        }
    }
}
