import KubeAPI

/// Fields whose feature gate is off in Kubernetes 1.36 unless an operator turns it on. They are part of the schema, so
/// that everybody can read them, and the API server drops them from what is written, unless the object has had them
/// before: then the gate was on, and they stay.
///
/// One line a gate, for the specs of pods, which are found in pods and in whatever makes them of a template.
/// Follows kubernetes pkg/api/pod/util.go `dropDisabledFields` and pkg/features/kube_features.go.
enum DisabledFields {
    private struct Field: Sendable {
        /// As `--feature-gates` calls it.
        let gate: String
        let isUsed: @Sendable (PodSpec) -> Bool
        let drop: @Sendable (inout PodSpec) -> Void
    }

    private static let fields: [Field] = [
        Field(gate: "ClusterTrustBundleProjection") { spec in
            hasProjection(spec) { $0.clusterTrustBundle != nil }
        } drop: { spec in
            eachProjection(&spec) { $0.clusterTrustBundle = nil }
        },
        Field(gate: "PodCertificateRequest") { spec in
            hasProjection(spec) { $0.podCertificate != nil }
        } drop: { spec in
            eachProjection(&spec) { $0.podCertificate = nil }
        },
        Field(gate: "ContainerStopSignals") { spec in
            spec.anyContainer { $0.lifecycle?.stopSignal != nil }
        } drop: { spec in
            for index in spec.containers.indices { dropStopSignal(&spec.containers[index].lifecycle) }
            for index in spec.initContainers.indices { dropStopSignal(&spec.initContainers[index].lifecycle) }
            for index in spec.ephemeralContainers.indices { dropStopSignal(&spec.ephemeralContainers[index].lifecycle) }
        },
        Field(gate: "GenericWorkload") { spec in
            spec.schedulingGroup != nil
        } drop: { spec in
            spec.schedulingGroup = nil
        },
    ]

    /// The spec without what is off; nil if there is nothing to drop, as with nearly every pod. O(fields).
    static func dropped(from spec: PodSpec, old: PodSpec?) -> PodSpec? {
        if let old, spec.isIdentical(to: old) { return nil }
        var result: PodSpec?
        for field in fields where field.isUsed(spec) {
            if let old, field.isUsed(old) { continue }
            var changed = result ?? spec
            field.drop(&changed)
            result = changed
        }
        return result
    }

    private static func hasProjection(_ spec: PodSpec, _ isWanted: (VolumeProjection) -> Bool) -> Bool {
        spec.volumes.contains { $0.projected?.sources.contains(where: isWanted) ?? false }
    }

    private static func eachProjection(_ spec: inout PodSpec, _ change: (inout VolumeProjection) -> Void) {
        for volume in spec.volumes.indices {
            guard var projected = spec.volumes[volume].projected else { continue }
            for source in projected.sources.indices { change(&projected.sources[source]) }
            spec.volumes[volume].projected = projected
        }
    }

    /// A lifecycle that told nothing else goes with it.
    private static func dropStopSignal(_ lifecycle: inout Lifecycle?) {
        guard lifecycle?.stopSignal != nil else { return }
        lifecycle?.stopSignal = nil
        if lifecycle == Lifecycle() { lifecycle = nil }
    }
}

// MARK: The kinds

extension DisabledFields {
    /// What has nothing to drop is not written to: its boxes stay shared.
    fileprivate static func drop<Workload>(
        from workload: inout Workload, old: Workload?, spec: WritableKeyPath<Workload, PodSpec>
    ) {
        guard let kept = dropped(from: workload[keyPath: spec], old: old?[keyPath: spec]) else { return }
        workload[keyPath: spec] = kept
    }

    fileprivate static func drop<Workload>(
        from workload: inout Workload, old: Workload?, template: WritableKeyPath<Workload, PodTemplateSpec?>
    ) {
        let before = old.flatMap { $0[keyPath: template] }?.spec
        guard let kept = dropped(from: workload[keyPath: template].podSpec, old: before) else { return }
        workload[keyPath: template]?.spec = kept
    }
}

extension PodStrategy {
    static func dropDisabledFields(_ pod: inout Pod, old: Pod?) {
        if let spec = DisabledFields.dropped(from: pod.spec, old: old?.spec) { pod.spec = spec }
    }
}

extension PodTemplateStrategy {
    static func dropDisabledFields(_ object: inout PodTemplate, old: PodTemplate?) {
        DisabledFields.drop(from: &object, old: old, template: \.template)
    }
}

extension DeploymentResourceStrategy {
    static func dropDisabledFields(_ deployment: inout Deployment, old: Deployment?) {
        DisabledFields.drop(from: &deployment, old: old, spec: \.spec.template.spec)
    }
}

extension ReplicaSetStrategy {
    static func dropDisabledFields(_ replicaSet: inout ReplicaSet, old: ReplicaSet?) {
        DisabledFields.drop(from: &replicaSet, old: old, template: \.spec.template)
    }
}

extension ReplicationControllerStrategy {
    static func dropDisabledFields(_ controller: inout ReplicationController, old: ReplicationController?) {
        DisabledFields.drop(from: &controller, old: old, template: \.spec.template)
    }
}

extension StatefulSetStrategy {
    static func dropDisabledFields(_ statefulSet: inout StatefulSet, old: StatefulSet?) {
        DisabledFields.drop(from: &statefulSet, old: old, spec: \.spec.template.spec)
        // `MaxUnavailableStatefulSet`. Follows kubernetes pkg/registry/apps/statefulset/strategy.go.
        if old?.spec.updateStrategy?.rollingUpdate?.maxUnavailable == nil,
            statefulSet.spec.updateStrategy?.rollingUpdate?.maxUnavailable != nil
        {
            statefulSet.spec.updateStrategy?.rollingUpdate?.maxUnavailable = nil
        }
    }
}

extension DaemonSetStrategy {
    static func dropDisabledFields(_ daemonSet: inout DaemonSet, old: DaemonSet?) {
        DisabledFields.drop(from: &daemonSet, old: old, spec: \.spec.template.spec)
    }
}

extension JobStrategy {
    static func dropDisabledFields(_ job: inout Job, old: Job?) {
        DisabledFields.drop(from: &job, old: old, spec: \.spec.template.spec)
    }
}

extension CronJobStrategy {
    static func dropDisabledFields(_ cronJob: inout CronJob, old: CronJob?) {
        guard let job = cronJob.spec.jobTemplate.spec,
            let kept = DisabledFields.dropped(
                from: job.template.spec, old: old?.spec.jobTemplate.spec?.template.spec)
        else { return }
        cronJob.spec.jobTemplate.spec?.template.spec = kept
    }
}

extension PersistentVolumeClaimStrategy {
    /// What another namespace's claims are made from: `CrossNamespaceVolumeDataSource`.
    /// Follows kubernetes pkg/api/persistentvolumeclaim/util.go `DropDisabledFields`.
    static func dropDisabledFields(_ claim: inout PersistentVolumeClaim, old: PersistentVolumeClaim?) {
        guard old?.spec.dataSourceRef == nil, let source = claim.spec.dataSourceRef, !source.namespace.isEmptyOrNil
        else { return }
        claim.spec.dataSourceRef = nil
    }
}

extension LeaseStrategy {
    /// Who leads, agreed upon: `CoordinatedLeaderElection`. No object has had these before.
    static func dropDisabledFields(_ lease: inout Lease, old: Lease?) {
        if lease.spec.strategy != nil { lease.spec.strategy = nil }
        if lease.spec.preferredHolder != nil { lease.spec.preferredHolder = nil }
    }
}

extension ResourceSliceStrategy {
    /// Lists of values (`DRAListTypeAttributes`), and what devices take of their nodes
    /// (`DRANodeAllocatableResources`). No object has had these before.
    /// Follows kubernetes pkg/registry/resource/resourceslice/strategy.go `dropDisabledFields`.
    static func dropDisabledFields(_ slice: inout ResourceSlice, old: ResourceSlice?) {
        for index in slice.spec.devices.indices {
            let device = slice.spec.devices[index]
            if !device.nodeAllocatableResourceMappings.isEmpty {
                slice.spec.devices[index].nodeAllocatableResourceMappings = [:]
            }
            for (name, attribute) in device.attributes {
                var kept = attribute
                kept.ints = []
                kept.bools = []
                kept.strings = []
                kept.versions = []
                if kept != attribute { slice.spec.devices[index].attributes[name] = kept }
            }
        }
    }
}
