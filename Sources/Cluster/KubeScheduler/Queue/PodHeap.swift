/// The order of a heap of pods.
protocol PodOrder {
    static func isBefore(_ left: QueuedPod, _ right: QueuedPod) -> Bool
}

/// Higher priority first, then longer waiting.
enum ActiveOrder: PodOrder {
    static func isBefore(_ left: QueuedPod, _ right: QueuedPod) -> Bool { PrioritySort.isBefore(left, right) }
}

/// The back-off that ends first; within one second, as the active queue.
enum BackoffOrder: PodOrder {
    static func isBefore(_ left: QueuedPod, _ right: QueuedPod) -> Bool {
        if left.backoffExpiration != right.backoffExpiration {
            return (left.backoffExpiration?.nanoseconds ?? .min) < (right.backoffExpiration?.nanoseconds ?? .min)
        }
        return PrioritySort.isBefore(left, right)
    }
}

/// A binary heap from which any pod can be removed. Each pod knows its place. O(log n).
struct PodHeap<Order: PodOrder> {
    private var pods: ContiguousArray<QueuedPod> = []

    var first: QueuedPod? { pods.first }
    var count: Int { pods.count }
    var isEmpty: Bool { pods.isEmpty }

    mutating func insert(_ pod: QueuedPod) {
        pods.append(pod)
        siftUp(pod, from: pods.count - 1)
    }

    mutating func remove(_ pod: QueuedPod) {
        let index = pod.index
        let last = pods.removeLast()
        guard last !== pod else { return }
        pods[index] = last
        last.index = index
        siftDown(last, from: index)
        siftUp(last, from: last.index)
    }

    mutating func popFirst() -> QueuedPod? {
        guard let first = pods.first else { return nil }
        remove(first)
        return first
    }

    /// The pods, in no order.
    var contents: ContiguousArray<QueuedPod> { pods }

    private mutating func siftUp(_ pod: QueuedPod, from start: Int) {
        var hole = start
        while hole > 0 {
            let parent = (hole - 1) / 2
            guard Order.isBefore(pod, pods[parent]) else { break }
            pods[hole] = pods[parent]
            pods[hole].index = hole
            hole = parent
        }
        pods[hole] = pod
        pod.index = hole
    }

    private mutating func siftDown(_ pod: QueuedPod, from start: Int) {
        var hole = start
        while true {
            var child = hole * 2 + 1
            guard child < pods.count else { break }
            if child + 1 < pods.count, Order.isBefore(pods[child + 1], pods[child]) { child += 1 }
            guard Order.isBefore(pods[child], pod) else { break }
            pods[hole] = pods[child]
            pods[hole].index = hole
            hole = child
        }
        pods[hole] = pod
        pod.index = hole
    }
}
