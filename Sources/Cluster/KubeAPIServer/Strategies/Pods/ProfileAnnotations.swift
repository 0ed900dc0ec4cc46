import KubeAPI

// The annotations that told of seccomp and AppArmor before there were fields for them. They are still checked, and
// must agree with the fields; AppArmor's are still acted on.
// Follows kubernetes pkg/apis/core/validation/validation.go and pkg/registry/core/pod/strategy.go.

/// The keys and values of the annotations.
enum ProfileAnnotations {
    static let seccompOfPod = "seccomp.security.alpha.kubernetes.io/pod"
    static let seccompOfContainer = "container.seccomp.security.alpha.kubernetes.io/"
    static let appArmorOfContainer = "container.apparmor.security.beta.kubernetes.io/"
    static let localhost = "localhost/"

    /// A container's AppArmor profile, as its annotation tells it; nil for a value that tells none.
    static func appArmorProfile(_ annotation: String) -> AppArmorProfile? {
        var profile = AppArmorProfile()
        switch annotation {
        case "unconfined": profile.type = "Unconfined"
        case "runtime/default": profile.type = "RuntimeDefault"
        default:
            guard annotation.hasPrefix(localhost), annotation.utf8.count > localhost.utf8.count else { return nil }
            profile.type = "Localhost"
            profile.localhostProfile = String(annotation.dropFirst(localhost.count))
        }
        return profile
    }

    /// Puts the profiles of a new pod's annotations into the fields of its containers that have none.
    /// For example, `container.apparmor.security.beta.kubernetes.io/app: runtime/default` gives the container `app` the
    /// profile `RuntimeDefault`, unless the whole pod has it. Follows upstream `applyAppArmorVersionSkew`.
    static func setAppArmorProfiles(_ pod: inout Pod) {
        guard pod.annotations.contains(where: { $0.key.hasPrefix(appArmorOfContainer) }), pod.spec.os?.name != "windows"
        else { return }
        let ofPod = pod.spec.securityContext?.appArmorProfile
        for index in pod.spec.initContainers.indices {
            setAppArmorProfile(&pod.spec.initContainers[index], pod.annotations, ofPod)
        }
        for index in pod.spec.containers.indices {
            setAppArmorProfile(&pod.spec.containers[index], pod.annotations, ofPod)
        }
    }

    /// One warning for each annotation that a container's profile came from, or should have come from.
    static func warnings(_ pod: Pod) -> [String] {
        guard pod.annotations.contains(where: { $0.key.hasPrefix(appArmorOfContainer) }), pod.spec.os?.name != "windows"
        else { return [] }
        var warnings: [String] = []
        for container in pod.spec.initContainers + pod.spec.containers {
            let key = appArmorOfContainer + container.name
            guard let annotation = pod.annotations[key] else { continue }
            let profile = appArmorProfile(annotation)
            if profile == container.securityContext?.appArmorProfile {
                warnings.append(
                    #"metadata.annotations[\#(key)]: deprecated since v1.30; use the "appArmorProfile" field instead"#)
            }
        }
        return warnings
    }

    private static func setAppArmorProfile(
        _ container: inout Container, _ annotations: StringMap<String>, _ ofPod: AppArmorProfile?
    ) {
        guard container.securityContext?.appArmorProfile == nil,
            let annotation = annotations[appArmorOfContainer + container.name],
            let profile = appArmorProfile(annotation), profile != ofPod,
            Validator.errors({ $0.appArmor(profile) }).isEmpty
        else { return }
        var context = container.securityContext ?? SecurityContext()
        context.appArmorProfile = profile
        container.securityContext = context
    }
}

extension Validator {
    /// The values that annotations may have. Standing on the metadata.
    mutating func profileAnnotations(_ annotations: StringMap<String>, _ spec: PodSpec) {
        if let value = annotations[ProfileAnnotations.seccompOfPod] {
            seccompAnnotation(.grandchild("annotations", ProfileAnnotations.seccompOfPod), value)
        }
        for (key, value) in annotations where key.hasPrefix(ProfileAnnotations.seccompOfContainer) {
            seccompAnnotation(.grandchild("annotations", key), value)
        }
        for (key, value) in annotations where key.hasPrefix(ProfileAnnotations.appArmorOfContainer) {
            appArmorAnnotation(key, value, spec)
        }
    }

    private mutating func seccompAnnotation(_ place: Place, _ value: String) {
        if ["runtime/default", "docker/default", "unconfined"].contains(value) { return }
        guard value.hasPrefix(ProfileAnnotations.localhost) else {
            return invalid(place, value, "must be a valid seccomp profile")
        }
        relativePath(place, String(value.dropFirst(ProfileAnnotations.localhost.count)))
    }

    private mutating func appArmorAnnotation(_ key: String, _ value: String, _ spec: PodSpec) {
        let name = String(key.dropFirst(ProfileAnnotations.appArmorOfContainer.count))
        if !spec.anyContainer({ $0.name == name }) { invalid(.entry("annotations", key), name, "container not found") }
        if ["", "runtime/default", "unconfined"].contains(value) || value.hasPrefix(ProfileAnnotations.localhost) {
            return
        }
        invalid(.entry("annotations", key), value, "invalid AppArmor profile name: \(GoText.quoted(value))")
    }

    /// What is new must agree with its annotations. Standing on the spec.
    mutating func profilesMatchAnnotations(_ annotations: StringMap<String>, _ spec: PodSpec) {
        if annotations.isEmpty { return }
        if let profile = spec.securityContext?.seccompProfile,
            let annotation = annotations[ProfileAnnotations.seccompOfPod]
        {
            field("securityContext", "seccompProfile") {
                $0.profileMatches("seccomp", profile.type, profile.localhostProfile, annotation)
            }
        }
        eachContainer(spec) { validator, container in
            guard let profile = container.securityContext?.seccompProfile,
                let annotation = annotations[ProfileAnnotations.seccompOfContainer + container.name]
            else { return }
            validator.field("securityContext", "seccompProfile") {
                $0.profileMatches("seccomp", profile.type, profile.localhostProfile, annotation)
            }
        }
        if spec.os?.name == "windows" { return }
        eachContainer(spec) { validator, container in
            guard let profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile,
                let annotation = annotations[ProfileAnnotations.appArmorOfContainer + container.name]
            else { return }
            validator.field("securityContext", "appArmorProfile") {
                $0.profileMatches("apparmor", profile.type, profile.localhostProfile, annotation)
            }
        }
    }

    private mutating func profileMatches(_ system: String, _ type: String, _ name: String?, _ annotation: String) {
        let isSame =
            switch type {
            case "Unconfined": annotation == "unconfined"
            case "RuntimeDefault":
                annotation == "runtime/default" || system == "seccomp" && annotation == "docker/default"
            case "Localhost": annotation.hasPrefix(ProfileAnnotations.localhost)
            default: true
            }
        if !isSame {
            forbidden("type", "\(system) type in annotation and field must match")
        } else if type == "Localhost", ProfileAnnotations.localhost + name.text != annotation || name == nil {
            forbidden("localhostProfile", "\(system) profile in annotation and field must match")
        }
    }

    /// An AppArmor annotation stays as it was made. Standing on the metadata.
    mutating func profileAnnotationUpdate(_ annotations: StringMap<String>, old: StringMap<String>) {
        for (key, value) in old
        where key.hasPrefix(ProfileAnnotations.appArmorOfContainer) && annotations[key] != value {
            forbidden(.entry("annotations", key), "may not remove or update AppArmor annotations")
        }
        for (key, _) in annotations where key.hasPrefix(ProfileAnnotations.appArmorOfContainer) && old[key] == nil {
            forbidden(.entry("annotations", key), "may not add AppArmor annotations")
        }
    }

    /// Stands on each container of a pod in turn: the init containers first, the ephemeral ones last.
    mutating func eachContainer(_ spec: PodSpec, _ walk: (inout Validator, Container) -> Void) {
        each("initContainers", spec.initContainers) { validator, container, _ in walk(&validator, container) }
        each("containers", spec.containers) { validator, container, _ in walk(&validator, container) }
        each("ephemeralContainers", spec.ephemeralContainers) { validator, container, _ in
            walk(&validator, Container(container))
        }
    }
}
