import KubeAPI

/// Defaults of pod specs, in pods and in the templates of workloads.
///
/// Containers and volumes are copied only when something is missing in them, so that a spec that has its defaults
/// already goes on sharing its memory with its template.
/// Follows kubernetes pkg/apis/core/v1/defaults.go and zz_generated.defaults.go.
enum PodSpecDefaults {
    static let terminationGracePeriodSeconds = 30
    static let schedulerName = "default-scheduler"
    static let terminationMessagePath = "/dev/termination-log"
    /// 0644 in octal.
    static let fileMode = 0o644

    static func set(_ spec: inout PodSpec) {
        setVolumes(&spec)
        for index in spec.initContainers.indices {
            var container = spec.initContainers[index]
            set(&container)
            if !container.isIdentical(to: spec.initContainers[index]) { spec.initContainers[index] = container }
        }
        for index in spec.containers.indices {
            var container = spec.containers[index]
            set(&container)
            if !container.isIdentical(to: spec.containers[index]) { spec.containers[index] = container }
        }
        for index in spec.ephemeralContainers.indices { setEphemeral(&spec.ephemeralContainers[index]) }
        if spec.dnsPolicy.isEmptyOrNil { spec.dnsPolicy = "ClusterFirst" }
        if spec.restartPolicy.isEmptyOrNil { spec.restartPolicy = "Always" }
        if spec.securityContext == nil { spec.securityContext = PodSecurityContext() }
        if spec.terminationGracePeriodSeconds == nil {
            spec.terminationGracePeriodSeconds = terminationGracePeriodSeconds
        }
        if spec.schedulerName.isEmptyOrNil { spec.schedulerName = schedulerName }
        // The old name of the field follows the new one, whichever was written.
        if spec.serviceAccountName.isEmptyOrNil, let name = spec.serviceAccount, !name.isEmpty {
            spec.serviceAccountName = name
        } else if let name = spec.serviceAccountName, !name.isEmpty, spec.serviceAccount != name {
            spec.serviceAccount = name
        }
        if needsRounding(spec.overhead) { roundUp(&spec.overhead) }
        if let resources = spec.resources, needsRounding(resources.limits) || needsRounding(resources.requests) {
            var rounded = resources
            roundUp(&rounded.limits)
            roundUp(&rounded.requests)
            spec.resources = rounded
        }
    }

    // MARK: Containers

    private static func set(_ container: inout Container) {
        if container.imagePullPolicy.isEmptyOrNil {
            container.imagePullPolicy = ImageName.tag(of: container.image ?? "") == "latest" ? "Always" : "IfNotPresent"
        }
        if container.terminationMessagePath.isEmptyOrNil { container.terminationMessagePath = terminationMessagePath }
        if container.terminationMessagePolicy.isEmptyOrNil { container.terminationMessagePolicy = "File" }
        for index in container.ports.indices where container.ports[index].protocol.isEmptyOrNil {
            container.ports[index].protocol = "TCP"
        }
        for index in container.env.indices where needsDefaults(container.env[index].valueFrom) {
            container.env[index].valueFrom.mutate(set)
        }
        if container.resources == nil {
            container.resources = ResourceRequirements()
        } else if let resources = container.resources,
            needsRounding(resources.limits) || needsRounding(resources.requests)
        {
            var rounded = resources
            roundUp(&rounded.limits)
            roundUp(&rounded.requests)
            container.resources = rounded
        }
        if needsDefaults(container.livenessProbe) { container.livenessProbe.mutate(set) }
        if needsDefaults(container.readinessProbe) { container.readinessProbe.mutate(set) }
        if needsDefaults(container.startupProbe) { container.startupProbe.mutate(set) }
        if needsDefaults(container.lifecycle?.postStart?.httpGet) {
            container.lifecycle?.postStart?.httpGet.mutate(set)
        }
        if needsDefaults(container.lifecycle?.preStop?.httpGet) { container.lifecycle?.preStop?.httpGet.mutate(set) }
    }

    private static func setEphemeral(_ container: inout EphemeralContainer) {
        if container.imagePullPolicy.isEmptyOrNil {
            container.imagePullPolicy = ImageName.tag(of: container.image ?? "") == "latest" ? "Always" : "IfNotPresent"
        }
        if container.terminationMessagePath.isEmptyOrNil { container.terminationMessagePath = terminationMessagePath }
        if container.terminationMessagePolicy.isEmptyOrNil { container.terminationMessagePolicy = "File" }
        if container.resources == nil { container.resources = ResourceRequirements() }
        for index in container.env.indices where needsDefaults(container.env[index].valueFrom) {
            container.env[index].valueFrom.mutate(set)
        }
    }

    private static func needsDefaults(_ source: EnvVarSource?) -> Bool {
        guard let source else { return false }
        return isMissingVersion(source.fieldRef) || source.fileKeyRef != nil && source.fileKeyRef?.optional == nil
    }

    private static func set(_ source: inout EnvVarSource) {
        if isMissingVersion(source.fieldRef) { source.fieldRef?.apiVersion = "v1" }
        if let file = source.fileKeyRef, file.optional == nil { source.fileKeyRef?.optional = false }
    }

    private static func isMissingVersion(_ reference: ObjectFieldSelector?) -> Bool {
        guard let reference else { return false }
        return reference.apiVersion.isEmptyOrNil
    }

    // MARK: Probes

    private static func needsDefaults(_ probe: Probe?) -> Bool {
        guard let probe else { return false }
        return probe.timeoutSeconds.isZeroOrNil || probe.periodSeconds.isZeroOrNil || probe.successThreshold.isZeroOrNil
            || probe.failureThreshold.isZeroOrNil || needsDefaults(probe.httpGet)
            || probe.grpc != nil && probe.grpc?.service == nil
    }

    private static func needsDefaults(_ action: HTTPGetAction?) -> Bool {
        guard let action else { return false }
        return action.path.isEmptyOrNil || action.scheme.isEmptyOrNil
    }

    private static func set(_ probe: inout Probe) {
        if probe.timeoutSeconds.isZeroOrNil { probe.timeoutSeconds = 1 }
        if probe.periodSeconds.isZeroOrNil { probe.periodSeconds = 10 }
        if probe.successThreshold.isZeroOrNil { probe.successThreshold = 1 }
        if probe.failureThreshold.isZeroOrNil { probe.failureThreshold = 3 }
        if needsDefaults(probe.httpGet) { probe.httpGet.mutate(set) }
        if probe.grpc != nil, probe.grpc?.service == nil { probe.grpc?.service = "" }
    }

    private static func set(_ action: inout HTTPGetAction) {
        if action.path.isEmptyOrNil { action.path = "/" }
        if action.scheme.isEmptyOrNil { action.scheme = "HTTP" }
    }

    // MARK: Volumes

    private static func setVolumes(_ spec: inout PodSpec) {
        for index in spec.volumes.indices {
            var volume = spec.volumes[index]
            set(&volume)
            if !volume.isIdentical(to: spec.volumes[index]) { spec.volumes[index] = volume }
        }
    }

    private static func set(_ volume: inout Volume) {
        if !VolumeSources.hasAny(volume) { volume.emptyDir = EmptyDirVolumeSource() }
        if volume.secret != nil, volume.secret?.defaultMode == nil { volume.secret?.defaultMode = fileMode }
        if volume.configMap != nil, volume.configMap?.defaultMode == nil { volume.configMap?.defaultMode = fileMode }
        if volume.hostPath != nil, volume.hostPath?.type == nil { volume.hostPath?.type = "" }
        if let downward = volume.downwardAPI {
            if downward.defaultMode == nil { volume.downwardAPI?.defaultMode = fileMode }
            for index in downward.items.indices where isMissingVersion(downward.items[index].fieldRef) {
                volume.downwardAPI?.items[index].fieldRef?.apiVersion = "v1"
            }
        }
        if let projected = volume.projected {
            if projected.defaultMode == nil { volume.projected?.defaultMode = fileMode }
            for index in projected.sources.indices { set(projected.sources[index], at: index, of: &volume) }
        }
        if let claim = volume.ephemeral?.volumeClaimTemplate {
            if claim.spec.volumeMode == nil { volume.ephemeral?.volumeClaimTemplate?.spec.volumeMode = "Filesystem" }
            if let resources = rounded(claim.spec.resources) {
                volume.ephemeral?.volumeClaimTemplate?.spec.resources = resources
            }
        }
        if volume.iscsi != nil, volume.iscsi?.iscsiInterface.isEmptyOrNil == true {
            volume.iscsi?.iscsiInterface = "default"
        }
        if let image = volume.image, image.pullPolicy.isEmptyOrNil {
            volume.image?.pullPolicy = ImageName.tag(of: image.reference ?? "") == "latest" ? "Always" : "IfNotPresent"
        }
        setLegacySources(&volume)
    }

    private static func set(_ source: VolumeProjection, at index: Int, of volume: inout Volume) {
        if let token = source.serviceAccountToken, token.expirationSeconds == nil {
            volume.projected?.sources[index].serviceAccountToken?.expirationSeconds = 3600
        }
        guard let downward = source.downwardAPI else { return }
        for item in downward.items.indices where isMissingVersion(downward.items[item].fieldRef) {
            volume.projected?.sources[index].downwardAPI?.items[item].fieldRef?.apiVersion = "v1"
        }
    }

    /// Sources of the storage systems that Kubernetes once knew itself.
    private static func setLegacySources(_ volume: inout Volume) {
        if let disk = volume.azureDisk {
            if disk.cachingMode == nil { volume.azureDisk?.cachingMode = "ReadWrite" }
            if disk.kind == nil { volume.azureDisk?.kind = "Shared" }
            if disk.fsType == nil { volume.azureDisk?.fsType = "ext4" }
            if disk.readOnly == nil { volume.azureDisk?.readOnly = false }
        }
        if let rbd = volume.rbd {
            if rbd.pool.isEmptyOrNil { volume.rbd?.pool = "rbd" }
            if rbd.user.isEmptyOrNil { volume.rbd?.user = "admin" }
            if rbd.keyring.isEmptyOrNil { volume.rbd?.keyring = "/etc/ceph/keyring" }
        }
        if let scaleIO = volume.scaleIO {
            if scaleIO.storageMode.isEmptyOrNil { volume.scaleIO?.storageMode = "ThinProvisioned" }
            if scaleIO.fsType.isEmptyOrNil { volume.scaleIO?.fsType = "xfs" }
        }
    }

    // MARK: Quantities

    /// Amounts finer than a thousandth are rounded up to it.
    static func roundUp(_ amounts: inout StringMap<Quantity>) {
        guard needsRounding(amounts) else { return }
        for (name, amount) in amounts where isFinerThanMilli(amount) {
            amounts[name] = amount.roundedUp(to: -3)
        }
    }

    /// What a claim requests, if it needs to be rounded.
    static func rounded(_ resources: VolumeResourceRequirements?) -> VolumeResourceRequirements? {
        guard var rounded = resources, needsRounding(rounded.limits) || needsRounding(rounded.requests) else {
            return nil
        }
        roundUp(&rounded.limits)
        roundUp(&rounded.requests)
        return rounded
    }

    static func needsRounding(_ amounts: StringMap<Quantity>) -> Bool {
        for (_, amount) in amounts where isFinerThanMilli(amount) { return true }
        return false
    }

    private static func isFinerThanMilli(_ amount: Quantity) -> Bool {
        amount.roundedUp(to: -3) != amount
    }
}

extension Optional where Wrapped == String {
    var isEmptyOrNil: Bool { self?.isEmpty ?? true }
    /// The string, or the empty one that stands for absent.
    var text: String { self ?? "" }
}

extension Optional where Wrapped == Int {
    var isZeroOrNil: Bool { self == nil || self == 0 }
}

extension Optional {
    /// Changes the value in place, if there is one.
    mutating func mutate(_ change: (inout Wrapped) -> Void) {
        guard var value = self else { return }
        self = nil
        change(&value)
        self = value
    }
}
