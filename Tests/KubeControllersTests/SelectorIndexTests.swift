import ClusterCore
import KubeAPI
import KubeControllers
import Testing

@Suite("The selector index finds every selector that matches")
struct SelectorIndexTests {
    private static func random(_ random: inout SeededRandom) -> Selector {
        var pairs: StringMap<String> = [:]
        for _ in 0..<random.below(3) { pairs["k\(random.below(4))"] = "v\(random.below(3))" }
        var selector = Selector(pairs)
        if random.below(3) == 0 {
            selector = selector.adding([LabelRequirement(key: "k\(random.below(4))", operator: .exists)])
        }
        return selector
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func matchesASearchOfAll(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var index = SelectorIndex()
        var all: [String: (selector: Selector, namespace: String)] = [:]
        for step in 0..<400 {
            let identity = "uid-\(random.below(30))"
            if let known = all.removeValue(forKey: identity) {
                index.remove(known.selector, namespace: known.namespace, identity)
            } else {
                let selector = Self.random(&random)
                let namespace = "ns-\(random.below(2))"
                all[identity] = (selector, namespace)
                index.insert(selector, namespace: namespace, identity)
            }
            var labels: StringMap<String> = [:]
            for _ in 0..<random.below(4) { labels["k\(random.below(4))"] = "v\(random.below(3))" }
            let namespace = "ns-\(random.below(2))"
            let found = index.candidates(namespace: namespace, labels: labels)
                .filter { all[$0]?.selector.matches(labels) == true }
            let expected = all.filter { $0.value.namespace == namespace && $0.value.selector.matches(labels) }
            #expect(found.sorted() == expected.keys.sorted(), "seed \(seed), step \(step)")
        }
    }
}
