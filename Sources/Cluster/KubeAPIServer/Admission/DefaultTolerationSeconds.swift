import KubeAPI

/// Pods stay for five minutes on a node that is not ready or cannot be reached, unless they say otherwise.
///
/// Follows kubernetes plugin/pkg/admission/defaulttolerationseconds/admission.go.
final class DefaultTolerationSeconds: AdmissionPlugin {
    let name = "DefaultTolerationSeconds"
    let isSharedByPodTemplate = true
    private static let seconds = 300
    private static let keys = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        kind == .pod && operation != .delete
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        if attributes.subresource != nil { return }
        guard var pod = object.as(Pod.self) else { return }
        // What is stored has them, and tolerations are only added to.
        if let old = attributes.old?.as(Pod.self), old.spec.isIdentical(to: pod.spec) { return }
        var missing: [Toleration] = []
        for key in DefaultTolerationSeconds.keys where !isTolerated(key, pod.spec.tolerations) {
            var toleration = Toleration()
            toleration.key = key
            toleration.operator = "Exists"
            toleration.effect = "NoExecute"
            toleration.tolerationSeconds = DefaultTolerationSeconds.seconds
            missing.append(toleration)
        }
        if missing.isEmpty { return }
        pod.spec.tolerations.append(contentsOf: missing)
        object = pod.boxed
    }

    /// An empty key tolerates every key, an empty effect every effect.
    private func isTolerated(_ key: String, _ tolerations: [Toleration]) -> Bool {
        tolerations.contains { toleration in
            (toleration.key?.isEmpty ?? true || toleration.key == key)
                && (toleration.effect?.isEmpty ?? true || toleration.effect == "NoExecute")
        }
    }
}
