import KubeAPI
import KubeClient

/// `pods/ephemeralcontainers`: containers that are added to a pod that runs, to look into it. Those that are there stay
/// as they are.
///
/// Follows kubernetes pkg/registry/core/pod/strategy.go `podEphemeralContainersStrategy` and
/// pkg/apis/core/validation/validation.go `ValidatePodEphemeralContainersUpdate`.
enum EphemeralContainersStrategy: SubresourceStrategy {
    static var subresource: Subresource { .ephemeralcontainers }
    static var countsGenerations: Bool { true }

    static func prepare(_ pod: inout Pod, old: Pod, now: Time) {
        var result = old
        result.metadata = pod.metadata
        result.keepMetadata(of: old)
        result.spec.ephemeralContainers = pod.spec.ephemeralContainers
        PodStrategy.setDefaults(&result)
        pod = result
    }

    static func validate(_ pod: Pod, old: Pod) -> [FieldError] {
        if old.isMirror {
            return [.forbidden("", "static pods do not support ephemeral containers")]
        }
        return Validator.errors { validator in
            validator.pod(pod)
            validator.field("spec") { validator in
                for container in old.spec.ephemeralContainers {
                    guard let new = pod.spec.ephemeralContainers.first(where: { $0.name == container.name }) else {
                        validator.forbidden(
                            "ephemeralContainers",
                            "existing ephemeral containers \(GoText.quoted(container.name)) may not be removed\n")
                        continue
                    }
                    if new != container {
                        validator.forbidden(
                            "ephemeralContainers",
                            "existing ephemeral containers \(GoText.quoted(container.name)) may not be changed\n"
                                + GoDiff.text("core.EphemeralContainer", container, new))
                    }
                }
            }
        }
    }
}
