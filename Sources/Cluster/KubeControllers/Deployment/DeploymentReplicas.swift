import ClusterCore
import KubeAPI

// Sizes of a Deployment and of its ReplicaSets.
// Follows kubernetes `pkg/controller/deployment/util/deployment_util.go`.

extension Deployment {
    package var desiredReplicas: Int { spec.replicas ?? 1 }
    var isRollingUpdate: Bool { spec.strategy?.type ?? "RollingUpdate" == "RollingUpdate" }
    var isRecreate: Bool { spec.strategy?.type == "Recreate" }
    var isPaused: Bool { spec.paused ?? false }

    /// The largest number stands for none.
    var progressDeadline: Int? { spec.progressDeadlineSeconds.flatMap { $0 == Int(Int32.max) ? nil : $0 } }
    var revisionHistoryLimit: Int? { spec.revisionHistoryLimit.flatMap { $0 == Int(Int32.max) ? nil : $0 } }

    /// Pods that a rolling update may have above the desired number.
    package var maxSurge: Int { isRollingUpdate ? fenceposts.surge : 0 }

    /// Pods that may be unavailable during a rolling update.
    package var maxUnavailable: Int {
        !isRollingUpdate || desiredReplicas == 0 ? 0 : min(fenceposts.unavailable, desiredReplicas)
    }

    /// Percentages of the surge round up and those of the unavailable round down; if both come to nothing, one pod may
    /// be unavailable, or the rollout could never move.
    private var fenceposts: (surge: Int, unavailable: Int) {
        let surge = spec.strategy?.rollingUpdate?.maxSurge?.scaled(of: desiredReplicas, roundUp: true) ?? 0
        let unavailable = spec.strategy?.rollingUpdate?.maxUnavailable?.scaled(of: desiredReplicas, roundUp: false) ?? 0
        return (surge, surge == 0 && unavailable == 0 ? 1 : unavailable)
    }
}

extension ReplicaSet {
    /// Its revision; 0 if it has none, or one that is no number.
    package var revision: Int { metadata.annotations[DeploymentAnnotations.revision].flatMap { Int($0) } ?? 0 }

    func annotatedNumber(_ key: String) -> Int? { metadata.annotations[key].flatMap { Int($0) } }

    /// Older ones first; names decide between those of one second.
    static func isOlder(_ left: ReplicaSet, _ right: ReplicaSet) -> Bool {
        let leftTime = left.metadata.creationTimestamp?.seconds ?? 0
        let rightTime = right.metadata.creationTimestamp?.seconds ?? 0
        return leftTime != rightTime ? leftTime < rightTime : compareUTF8(left.name, right.name) < 0
    }
}

extension [ReplicaSet] {
    /// Pods that are wanted.
    var desiredCount: Int { reduce(0) { $0 + $1.desiredReplicas } }
    /// Pods that are there.
    var actualCount: Int { reduce(0) { $0 + $1.status.replicas } }
    var readyCount: Int { reduce(0) { $0 + ($1.status.readyReplicas ?? 0) } }
    var availableCount: Int { reduce(0) { $0 + ($1.status.availableReplicas ?? 0) } }

    /// Nil if one of them doesn't tell.
    var terminatingCount: Int? {
        var total = 0
        for replicaSet in self {
            guard let count = replicaSet.status.terminatingReplicas else { return nil }
            total += count
        }
        return total
    }

    /// Those that should have pods.
    var active: [ReplicaSet] { filter { $0.desiredReplicas > 0 } }

    func sortedByAge() -> [ReplicaSet] { sorted(by: ReplicaSet.isOlder) }

    /// Larger ones first; of equal ones the older, or the newer, first.
    func sortedBySize(newerFirst: Bool) -> [ReplicaSet] {
        sorted { left, right in
            if left.desiredReplicas != right.desiredReplicas { return left.desiredReplicas > right.desiredReplicas }
            return newerFirst ? ReplicaSet.isOlder(right, left) : ReplicaSet.isOlder(left, right)
        }
    }
}

/// A Deployment's ReplicaSets: the one whose template is the Deployment's, if it is there, and all others.
package struct RolloutReplicaSets {
    package var new: ReplicaSet?
    package var old: [ReplicaSet]

    package var all: [ReplicaSet] { new.map { old + [$0] } ?? old }

    package init(_ deployment: Deployment, _ replicaSets: [ReplicaSet]) {
        // A second one of the same template is old: the eldest is the one that every sync finds.
        let new = replicaSets.sortedByAge().first { replicaSet in
            replicaSet.podTemplate.isEqualIgnoringHash(deployment.spec.template)
        }
        self.new = new
        old = replicaSets.filter { $0.uid != new?.uid }
    }

    /// The only active one; or, if none is active, the new one or else the newest; nil if several are active, and a
    /// change of size is to be shared among them.
    package var activeOrLatest: ReplicaSet? {
        let newestFirst = Array(old.sortedByAge().reversed())
        let active = (new.map { newestFirst + [$0] } ?? newestFirst).active
        switch active.count {
        case 0: return new ?? newestFirst.first
        case 1: return active[0]
        default: return nil
        }
    }
}

extension PodTemplateSpec {
    /// Whether two templates are the same but for the label with their hash.
    package func isEqualIgnoringHash(_ other: PodTemplateSpec) -> Bool {
        guard spec == other.spec, metadata.labels.isEqualIgnoringHash(other.metadata.labels) else { return false }
        // Of the metadata, all but the labels is left to compare.
        var left = metadata
        left.labels = other.metadata.labels
        return left == other.metadata
    }

    /// The hash that names the ReplicaSet of this template: the 32-bit FNV-1a hash, written with letters and digits
    /// that make no words. The count of collisions so far makes another hash of the same template.
    ///
    /// Follows kubernetes `pkg/controller/controller_utils.go` `ComputeHash`: the same template has the same name
    /// there.
    package func hash(collisionCount: Int?) -> String {
        var hash = FNV32a()
        hash.combine(bytes: goDump)
        if let collisionCount {
            let low = UInt32(truncatingIfNeeded: collisionCount)
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                hash.combine(UInt8(truncatingIfNeeded: low >> shift))
            }
            for _ in 0..<4 { hash.combine(0) }
        }
        return PodTemplateSpec.safelyEncoded(String(hash.value))
    }

    /// Follows apimachinery `pkg/util/rand` `SafeEncodeString`.
    package static func safelyEncoded(_ text: String) -> String {
        String(decoding: text.utf8.map { safeAlphabet[Int($0) % safeAlphabet.count] }, as: UTF8.self)
    }

    private static let safeAlphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
}

extension StringMap<String> {
    fileprivate func isEqualIgnoringHash(_ other: StringMap<String>) -> Bool {
        let hash = DeploymentAnnotations.podTemplateHashLabel
        let count = count - (contains(hash) ? 1 : 0)
        let otherCount = other.count - (other.contains(hash) ? 1 : 0)
        guard count == otherCount else { return false }
        for (key, value) in self where key != hash && other[key] != value { return false }
        return true
    }
}
