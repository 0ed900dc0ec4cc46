/// Prefers nodes whose CPU and memory would be used in like measure, by how much the pod betters or worsens that.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go.
package enum NodeResourcesBalancedAllocation: ScorePlugin {
    package static let identifier = PluginIdentifier.nodeResourcesBalancedAllocation
    package static let weight = 1

    /// From 50 to 100; zero everywhere for a pod that asks for nothing.
    package static func score(_ shape: PodShape, _ node: NodeInfo) -> Int {
        let wanted = shape.requests.requests
        if wanted.milliCPU == 0 && wanted.memory == 0 { return 0 }
        let used = node.requested
        let free = node.allocatable
        let cpu = used.milliCPU &+ wanted.milliCPU
        let with = balance(cpu, free.milliCPU, used.memory &+ wanted.memory, free.memory)
        let without = balance(used.milliCPU, free.milliCPU, used.memory, free.memory)
        return ScoreMath.maximum / 2 + (ScoreMath.maximum / 2 + with - without) / 2
    }

    /// 100 less the standard deviation of the two used shares, which for two is half of their difference.
    private static func balance(_ cpu: Int, _ allocatableCPU: Int, _ memory: Int, _ allocatableMemory: Int) -> Int {
        guard allocatableCPU != 0, allocatableMemory != 0 else { return ScoreMath.maximum }
        let first = max(min(Double(cpu) / Double(allocatableCPU), 1), 0)
        let second = max(min(Double(memory) / Double(allocatableMemory), 1), 0)
        let deviation = ((first - second) / 2).magnitude
        return Int((1 - deviation) * Double(ScoreMath.maximum))
    }
}
