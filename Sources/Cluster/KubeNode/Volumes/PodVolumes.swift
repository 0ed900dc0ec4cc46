import ClusterCore
import KubeAPI
import KubeClient

// A pod's volumes that hang on objects of the API server: no sandbox is made before all of them are mounted.
// Follows kubernetes `pkg/kubelet/volumemanager` and `pkg/util/goroutinemap/exponentialbackoff`.

/// What came of an attempt to mount a volume.
package enum VolumeOutcome: Equatable {
    case mounted
    /// The mount failed: the volume is tried again by itself.
    case failed(String)
    /// What the volume stands for could not be found out: the pod as a whole is tried again.
    case unprocessed(String)
}

/// A volume that is not mounted yet.
struct PendingVolume {
    /// Its place in `spec.volumes`.
    let index: Int
    /// The delay before the next attempt, twice as long after each failure.
    var delay = Interval.zero
    var due: Instant

    private static let shortestDelay = Interval.milliseconds(500)
    private static let longestDelay = Interval.seconds(122)

    mutating func backOff(_ now: Instant) {
        let next = delay == .zero ? PendingVolume.shortestDelay : delay * 2
        delay = min(next, PendingVolume.longestDelay)
        due = now + delay
    }

    /// The volumes that have to be looked up. Those that no container mounts are left aside, as upstream leaves them,
    /// and so are those that need nothing but the machine.
    static func all(of spec: PodSpec, now: Instant) -> [PendingVolume] {
        var pending: [PendingVolume] = []
        for (index, volume) in spec.volumes.enumerated() where hangsOnObjects(volume) && isUsed(volume.name, spec) {
            pending.append(PendingVolume(index: index, due: now))
        }
        return pending
    }

    private static func hangsOnObjects(_ volume: Volume) -> Bool {
        volume.configMap != nil || volume.secret != nil || volume.projected != nil
            || volume.persistentVolumeClaim != nil || volume.ephemeral != nil
    }

    private static func isUsed(_ name: String, _ spec: PodSpec) -> Bool {
        spec.anyContainer { container in
            container.volumeMounts.contains { $0.name == name } || container.volumeDevices.contains { $0.name == name }
        }
    }
}

extension PodLifecycle {
    /// Asks for the volumes whose time has come. Only once none is pending the sandbox is begun.
    mutating func prepareVolumes(_ now: Instant, _ actions: inout [PodAction]) {
        let due = pendingVolumes.filter { $0.due <= now }.map(\.index)
        if due.isEmpty { awaitVolumes(now) } else { actions.append(.mountVolumes(due)) }
    }

    private mutating func awaitVolumes(_ now: Instant) {
        stageDeadline = pendingVolumes.map(\.due).min() ?? now + latencies.sandbox
    }

    /// Takes the answer to `mountVolumes`.
    mutating func volumesAnswered(
        _ outcomes: [(volume: Int, outcome: VolumeOutcome)], _ now: Instant, _ actions: inout [PodAction]
    ) {
        guard stage == .sandbox else { return }
        var unprocessed: [(name: String, message: String)] = []
        for (index, outcome) in outcomes {
            guard let place = pendingVolumes.firstIndex(where: { $0.index == index }) else { continue }
            let name = pod.spec.volumes[index].name
            switch outcome {
            case .mounted: pendingVolumes.remove(at: place)
            case .failed(let message):
                let text = "MountVolume.SetUp failed for volume \"\(name)\" : \(message)"
                record(.warning, "FailedMount", text, &actions)
                pendingVolumes[place].backOff(now)
            case .unprocessed(let message):
                unprocessed.append((name, message))
                pendingVolumes[place].due = now + latencies.requeue(after: PodLifecycle.backOffPeriod, sync: 0)
            }
        }
        if !unprocessed.isEmpty {
            let unmounted = pendingVolumes.map { pod.spec.volumes[$0.index].name }.sorted().joined(separator: " ")
            let names = unprocessed.map { $0.name }.sorted().joined(separator: " ")
            let messages = unprocessed.map { $0.message }.joined(separator: "; ")
            let text =
                "Unable to attach or mount volumes: unmounted volumes=[\(unmounted)], unattached volumes=[], "
                + "failed to process volumes=[\(names)]: \(messages)"
            record(.warning, "FailedMount", text, &actions)
        }
        awaitVolumes(now)
    }

    // MARK: The environment

    /// Whether the container's environment has to be looked up.
    func hangsOnObjects(_ container: Container) -> Bool {
        !container.envFrom.isEmpty
            || container.env.contains { $0.valueFrom?.configMapKeyRef != nil || $0.valueFrom?.secretKeyRef != nil }
    }

    /// Takes the answer to `resolveEnvironment`: without its environment a container is not made, and the kubelet tries
    /// again when it comes by. Follows kubernetes `pkg/kubelet/kuberuntime/kuberuntime_container.go`
    /// (`startContainer`).
    mutating func environmentAnswered(_ index: Int, error: String?, _ now: Instant, _ actions: inout [PodAction]) {
        guard stage == .running, containers[index].phase == .pulling, let image = containers[index].image else {
            return
        }
        guard let error else { return create(index, image, now, &actions) }
        configurationFailed(index, error, &actions)
    }
}
