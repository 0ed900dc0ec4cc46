import ClusterCore
import KubeAPI
import KubeClient

/// What a pass over the contents of a namespace that is being deleted has found.
struct NamespaceContents {
    /// By kind, in the order in which kinds were looked at.
    var remaining: [(kind: ResourceKind, count: Int)] = []
    /// How many objects wait for each finalizer.
    var finalizers: StringMap<Int> = [:]
    /// What went wrong, in words.
    var failures: [String] = []

    /// The conditions that tell of it; those of all types, true or false.
    ///
    /// Follows kubernetes `pkg/controller/namespace/deletion/status_condition_utils.go`.
    func conditions(now: Instant) -> [NamespaceCondition] {
        NamespaceConditionType.allCases.map { type in
            var condition = NamespaceCondition()
            condition.type = type.rawValue
            condition.lastTransitionTime = now.time
            if let (reason, message) = trouble(type) {
                condition.status = "True"
                condition.reason = reason
                condition.message = message
            } else {
                condition.status = "False"
                condition.reason = type.goodReason
                condition.message = type.goodMessage
            }
            return condition
        }
    }

    private func trouble(_ type: NamespaceConditionType) -> (reason: String, message: String)? {
        switch type {
        case .discoveryFailure, .groupVersionParsingFailure:
            // The catalogue is always there, and its versions are well-formed.
            return nil
        case .contentFailure:
            if failures.isEmpty { return nil }
            let list = failures.sorted().joined(separator: ", ")
            return (
                "ContentDeletionFailed", "Failed to delete all resource types, \(failures.count) remaining: \(list)"
            )
        case .contentRemaining:
            if remaining.isEmpty { return nil }
            let list = remaining.map {
                "\($0.kind.info.plural).\($0.kind.info.group) has \($0.count) resource instances"
            }
            .sorted().joined(separator: ", ")
            return ("SomeResourcesRemain", "Some resources are remaining: \(list)")
        case .finalizersRemaining:
            if finalizers.isEmpty { return nil }
            let list = finalizers.map { "\($0.key) in \($0.value) resource instances" }.joined(separator: ", ")
            return ("SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: \(list)")
        }
    }
}

enum NamespaceConditionType: String, CaseIterable {
    case discoveryFailure = "NamespaceDeletionDiscoveryFailure"
    case groupVersionParsingFailure = "NamespaceDeletionGroupVersionParsingFailure"
    case contentFailure = "NamespaceDeletionContentFailure"
    case contentRemaining = "NamespaceContentRemaining"
    case finalizersRemaining = "NamespaceFinalizersRemaining"

    fileprivate var goodReason: String {
        switch self {
        case .discoveryFailure: "ResourcesDiscovered"
        case .groupVersionParsingFailure: "ParsedGroupVersions"
        case .contentFailure: "ContentDeleted"
        case .contentRemaining: "ContentRemoved"
        case .finalizersRemaining: "ContentHasNoFinalizers"
        }
    }

    fileprivate var goodMessage: String {
        switch self {
        case .discoveryFailure: "All resources successfully discovered"
        case .groupVersionParsingFailure: "All legacy kube types successfully parsed"
        case .contentFailure: "All content successfully deleted, may be waiting on finalization"
        case .contentRemaining: "All content successfully removed"
        case .finalizersRemaining: "All content-preserving finalizers finished"
        }
    }
}

extension NamespaceStatus {
    /// Takes the conditions in; times of transition change with the status alone.
    mutating func set(_ new: [NamespaceCondition]) {
        for condition in new {
            guard let index = conditions.firstIndex(where: { $0.type == condition.type }) else {
                conditions.append(condition)
                continue
            }
            let transition = conditions[index].lastTransitionTime
            let isSameStatus = conditions[index].status == condition.status
            conditions[index] = condition
            if isSameStatus { conditions[index].lastTransitionTime = transition }
        }
    }
}
