import ClusterCore

/// The settings of the scheduler; the defaults are upstream's.
///
/// Follows kubernetes pkg/scheduler/apis/config `KubeSchedulerConfiguration`.
package struct SchedulerConfiguration: Sendable {
    /// Pods with this `spec.schedulerName` are the scheduler's.
    package var schedulerName = "default-scheduler"
    package var initialBackoff = Interval.seconds(1)
    package var maximumBackoff = Interval.seconds(10)
    /// For how many pods the last decision is kept.
    package var decisionCapacity = 2048
    /// Up to how many nodes a decision lists each node with its verdict.
    package var detailedNodeCount = 16
    /// How many entries for single nodes all evaluations together may hold, some sixty bytes each.
    package var evaluationBudget = 1 << 20

    package init() {}
}
