import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// The rows on the screen against a plain sort of everything, while the cluster changes at random.
@Suite struct RowOrderTests {
    private enum Order: CaseIterable {
        case natural, restarts, node, age
    }

    private static func restarts(_ pod: Pod) -> Int { pod.status.containerStatuses.reduce(0) { $0 + $1.restartCount } }

    private static func expected(_ cluster: SampleCluster, _ order: Order, _ isDescending: Bool, _ filter: String)
        -> [String]
    {
        let snapshot = cluster.snapshot
        var pods: [Pod] = []
        snapshot.objects.forEach(.pod) { object in
            let texts = ClusterTables.cells(object, now: snapshot.time) + [object.namespace]
            if filter.isEmpty || texts.contains(where: { $0.lowercased().contains(filter) }),
                let pod = object.as(Pod.self)
            {
                pods.append(pod)
            }
            return true
        }
        let sorted = pods.sorted { left, right in
            func keys() -> Bool { left.key < right.key }
            switch order {
            case .natural: return keys()
            case .restarts: return restarts(left) != restarts(right) ? restarts(left) < restarts(right) : keys()
            case .node:
                let a = left.spec.nodeName ?? "<none>"
                let b = right.spec.nodeName ?? "<none>"
                return a != b ? a < b : keys()
            case .age:
                let a = left.metadata.creationTimestamp ?? Time()
                let b = right.metadata.creationTimestamp ?? Time()
                return a != b ? a > b : keys()
            }
        }
        return (isDescending ? sorted.reversed() : sorted).map { "\($0.namespace) \($0.name)" }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func rowsFollowRandomChanges(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let desk = Desk(SampleCluster(), size: Size(width: 220, height: 160))
        var order = Order.natural
        var isDescending = false
        var filter = ""
        for step in 0..<60 {
            switch random.below(10) {
            case 0:
                order = Order.allCases[Int(random.below(4))]
                isDescending = false
                switch order {
                // From another order each key sorts upwards; the same key again would turn it round.
                case .natural: desk.press("NP")
                case .restarts: desk.press("PT")
                case .node: desk.press("PO")
                case .age: desk.press("PA")
                }
            case 1:
                isDescending.toggle()
                desk.press("I")
            case 2:
                filter = ["", "pod-1", "node-2", "pending", "node-3"][Int(random.below(5))]
                desk.press("/<ctrl-u>\(filter)<enter>")
            default: break
            }
            desk.change { cluster in
                for _ in 0..<random.below(12) {
                    let name = "pod-\(random.below(40))"
                    let namespace = ["a", "b", "c"][Int(random.below(3))]
                    if random.below(4) == 0 {
                        cluster.remove(ObjectKey(.pod, namespace: namespace, name: name))
                    } else {
                        let node = random.below(5)
                        var pod = SampleCluster.pod(
                            name, namespace: namespace, node: node == 0 ? nil : "node-\(node)",
                            phase: random.below(3) == 0 ? "Pending" : "Running")
                        pod.status.containerStatuses[0].restartCount = Int(random.below(12))
                        let old = cluster.snapshot.objects.object(pod.key)
                        pod.metadata.creationTimestamp = old?.metadata.creationTimestamp ?? cluster.time.time
                        cluster.put(pod)
                    }
                }
                cluster.time += .seconds(1)
            }
            // Deleted rows fade first.
            desk.wall += 2
            desk.draw()
            let shown = (5..<158).map { desk.row($0) }.compactMap { row -> String? in
                let words = row.split { $0 == " " || $0 == "│" }
                return words.count >= 6 ? "\(words[0]) \(words[1])" : nil
            }
            let wanted = Self.expected(desk.cluster, order, isDescending, filter)
            #expect(
                shown == wanted, "seed \(seed), step \(step), \(order), descending \(isDescending), filter \(filter)")
            if shown != wanted { return }
        }
    }
}
