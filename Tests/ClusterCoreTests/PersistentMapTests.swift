import ClusterCore
import Testing

@Suite struct PersistentMapTests {
    @Test func anEmptyMapHasNothing() {
        let map = PersistentMap<Int, String>()
        #expect(map.isEmpty)
        #expect(map.first == nil && map.last == nil && map[1] == nil && map.lowerBound(0) == nil)
        #expect(map.index(of: 5) == 0)
        #expect(map.elements().map(\.key).isEmpty && map.reversed().map(\.key).isEmpty)
        #expect(map.forEach(from: 0) { _, _ in false })
    }

    @Test func settingReturnsWhatWasThere() {
        var map = PersistentMap<Int, String>()
        #expect(map.updateValue("a", forKey: 1) == nil)
        #expect(map.updateValue("b", forKey: 1) == "a")
        #expect(map.removeValue(forKey: 2) == nil)
        #expect(map.removeValue(forKey: 1) == "b")
        #expect(map.isEmpty)
        map[3] = "c"
        #expect(map[3] == "c")
        map[3] = nil
        #expect(map.isEmpty)
    }

    @Test func aSnapshotStaysAsItWas() {
        var map = PersistentMap(sorted: (0..<1_000).map { ($0, $0) })
        let snapshot = map
        #expect(snapshot.isIdentical(to: map))
        for key in 0..<1_000 { map[key] = -key }
        for key in 0..<500 { map[key] = nil }
        #expect(!snapshot.isIdentical(to: map))
        #expect(snapshot.elements().allSatisfy { $0.key == $0.value })
        #expect(snapshot.count == 1_000)
        #expect(map.count == 500)
    }

    @Test func removingAnAbsentKeyCopiesNothing() {
        var map = PersistentMap(sorted: (0..<1_000).map { ($0 * 2, 0) })
        let snapshot = map
        #expect(map.removeValue(forKey: 501) == nil)
        #expect(snapshot.isIdentical(to: map))
    }

    @Test func editsHappenInPlaceWithoutASnapshot() {
        var map = PersistentMap(sorted: (0..<10_000).map { ($0, 0) })
        let root = ObjectIdentifier(map.root)
        let leaf = ObjectIdentifier(map.root.leaf(for: 5_000))
        map[5_000] = 1
        #expect(ObjectIdentifier(map.root) == root)
        #expect(ObjectIdentifier(map.root.leaf(for: 5_000)) == leaf)
    }

    @Test func anEditSharesAllButThePath() {
        var map = PersistentMap(sorted: (0..<10_000).map { ($0, 0) })
        let snapshot = map
        map[5_000] = 1
        #expect(map.root.leaf(for: 0) === snapshot.root.leaf(for: 0))
        #expect(map.root.leaf(for: 9_999) === snapshot.root.leaf(for: 9_999))
        #expect(map.root.leaf(for: 5_000) !== snapshot.root.leaf(for: 5_000))
    }

    @Test func valuesAreReleasedWithTheLastVersionThatHoldsThem() {
        final class Token {}
        weak var watched: Token?
        var map = PersistentMap<Int, Token>()
        do {
            let token = Token()
            watched = token
            map[1] = token
        }
        var snapshot: PersistentMap? = map
        map[1] = nil
        #expect(watched != nil)
        #expect(snapshot?.count == 1)
        snapshot = nil
        #expect(watched == nil)
    }

    @Test(arguments: [0, 1, 7, 8, 28, 29, 32, 33, 57, 784, 785, 1_000, 25_000])
    func buildsFromSortedElements(count: Int) {
        let map = PersistentMap(sorted: (0..<count).map { ($0, "\($0)") })
        #expect(brokenInvariants(of: map) == [])
        #expect(map.count == count)
        #expect(map.elements().map(\.key) == Array(0..<count))
        #expect(map.last?.value == (count == 0 ? nil : "\(count - 1)"))
    }

    @Test func ascendingInsertionsLeaveNodesThreeQuartersFull() {
        var map = PersistentMap<Int, Int>()
        for key in 0..<10_000 { map[key] = key }
        #expect(brokenInvariants(of: map) == [])
        var leaves = 0
        func countLeaves(_ node: PersistentMap<Int, Int>.Node) {
            leaves += node.isLeaf ? 1 : 0
            node.children.forEach(countLeaves)
        }
        countLeaves(map.root)
        #expect(leaves == 400)
    }

    @Test func scansStayWithinTheirRange() {
        let map = PersistentMap(sorted: (0..<1_000).map { ($0 * 10, $0) })
        func keys(in range: Range<Int>) -> [Int] {
            var keys: [Int] = []
            map.forEach(in: range) { key, _ in
                keys.append(key)
                return true
            }
            return keys
        }
        #expect(keys(in: 95..<130) == [100, 110, 120])
        #expect(keys(in: 100..<120) == [100, 110])
        #expect(keys(in: 100..<100) == [])
        #expect(keys(in: -50..<1) == [0])
        #expect(keys(in: 9_985..<20_000) == [9_990])
        #expect(keys(in: 0..<10_000).count == 1_000)
        var seen = 0
        let finished = map.forEach(from: 5_000) { _, _ in
            seen += 1
            return seen < 3
        }
        #expect(!finished && seen == 3)
    }

    @Test func iteratorsBeginBeforeOrAfterAKey() {
        let map = PersistentMap(sorted: (0..<1_000).map { ($0 * 10, $0) })
        #expect(map.elements(from: 500).prefix(2).map(\.key) == [500, 510])
        #expect(map.elements(from: 500, inclusive: false).prefix(2).map(\.key) == [510, 520])
        #expect(map.elements(from: 501, inclusive: false).prefix(2).map(\.key) == [510, 520])
        #expect(map.reversed(from: 500).prefix(2).map(\.key) == [500, 490])
        #expect(map.reversed(from: 500, inclusive: false).prefix(2).map(\.key) == [490, 480])
        #expect(map.reversed(from: 499).prefix(2).map(\.key) == [490, 480])
        #expect(map.elements(from: 10_000).map(\.key) == [])
        #expect(map.reversed(from: -1).map(\.key) == [])
        #expect(map.reversed().map(\.key) == map.elements().map(\.key).reversed())
    }

    /// A comparison of two versions looks at no more than the paths on which they differ.
    @Test func comparingVersionsCostsWhatChanged() {
        let old = PersistentMap(sorted: (0..<100_000).map { ($0, 0) })
        var new = old
        new[70_000] = 1
        new[-1] = 1
        new[33_333] = nil
        var compared = 0
        var changes: [String] = []
        func isSame(_ left: Int, _ right: Int) -> Bool {
            compared += 1
            return left == right
        }
        new.diff(from: old, isSame: isSame) { key, old, new in
            changes.append("\(key): \(old.map(String.init) ?? "none") to \(new.map(String.init) ?? "none")")
        }
        #expect(changes == ["-1: none to 1", "33333: 0 to none", "70000: 0 to 1"])
        #expect(compared <= 3 * PersistentMap<Int, Int>.Node.maximumWidth)
    }

    @Test func comparingAfterSplitsCostsWhatChanged() {
        let old = PersistentMap(sorted: (0..<100_000).map { ($0 * 100, 0) })
        var new = old
        // Enough in one place for leaves and an inner node to split.
        for key in 5_000_001..<5_000_100 { new[key] = 1 }
        for key in 5_000_101..<5_001_000 where key % 100 != 0 { new[key] = 1 }
        #expect(brokenInvariants(of: new) == [])
        var compared = 0
        var inserted = 0
        func isSame(_ left: Int, _ right: Int) -> Bool {
            compared += 1
            return left == right
        }
        new.diff(from: old, isSame: isSame) { _, old, _ in inserted += old == nil ? 1 : 0 }
        #expect(inserted == 990)
        #expect(compared < 1_000)
    }
}
