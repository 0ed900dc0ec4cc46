import ClusterCore
import Testing

/// Random operations on a map and on a plain sorted array, with snapshots of both held over later edits.
@Suite struct PersistentMapRandomTests {
    private struct Model {
        var map = PersistentMap<Int, Int>()
        /// Ascending by key.
        var sorted: [(key: Int, value: Int)] = []

        func place(of key: Int) -> Int {
            sorted.firstIndex { $0.key >= key } ?? sorted.count
        }

        /// The value that the map gave for the old one, and the array's.
        mutating func update(_ key: Int, _ value: Int) -> (found: Int?, expected: Int?) {
            let place = place(of: key)
            let isThere = place < sorted.count && sorted[place].key == key
            let old = isThere ? sorted[place].value : nil
            if isThere { sorted[place].value = value } else { sorted.insert((key, value), at: place) }
            return (map.updateValue(value, forKey: key), old)
        }

        mutating func remove(_ key: Int) -> (found: Int?, expected: Int?) {
            let place = place(of: key)
            let isThere = place < sorted.count && sorted[place].key == key
            return (map.removeValue(forKey: key), isThere ? sorted.remove(at: place).value : nil)
        }

        var agrees: Bool {
            map.count == sorted.count && map.elements().elementsEqual(sorted) { $0 == $1 }
        }
    }

    @Test(arguments: 1...16 as ClosedRange<UInt64>)
    func agreesWithASortedArray(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var model = Model()
        var snapshots: [Model] = []
        // From few keys, where most operations meet, to many, where the tree grows deep.
        let keys = [60, 400, 3_000, 20_000][Int(seed % 4)]
        var growing = true
        for step in 0..<3_000 {
            if step % 600 == 0 { growing.toggle() }
            let key = random.below(keys)
            if random.below(10) < (growing ? 3 : 8) {
                let (found, expected) = model.update(key, step)
                #expect(found == expected, "seed \(seed), step \(step)")
            } else {
                // Most keys are absent from a large range, so remove near one that is there.
                let place = model.place(of: key)
                let target = place < model.sorted.count ? model.sorted[place].key : key
                let (found, expected) = model.remove(target)
                #expect(found == expected, "seed \(seed), step \(step)")
            }
            if random.below(50) == 0 {
                snapshots.append(model)
                if snapshots.count > 8 { snapshots.remove(at: random.below(snapshots.count)) }
            }
            guard step % 100 == 99 else { continue }
            checkAll(model, snapshots, &random, "seed \(seed), step \(step)")
        }
    }

    /// Bulk edits, which split and join at every level, in ascending, descending and random order.
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func growsAndShrinksByThousands(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var order = Array(0..<6_000)
        if seed == 2 { order.reverse() }
        if seed == 3 { random.shuffle(&order) }
        var map = PersistentMap<Int, Int>()
        for key in order { map[key] = key }
        #expect(brokenInvariants(of: map) == [], "seed \(seed)")
        let full = map
        if seed == 3 { random.shuffle(&order) }
        for (step, key) in order.enumerated() {
            #expect(map.removeValue(forKey: key) == key)
            if step % 500 == 0 { #expect(brokenInvariants(of: map) == [], "seed \(seed), step \(step)") }
        }
        #expect(map.isEmpty)
        #expect(full.elements().map(\.key) == Array(0..<6_000))
        #expect(brokenInvariants(of: full) == [], "seed \(seed)")
    }

    private func checkAll(_ model: Model, _ snapshots: [Model], _ random: inout SeededRandom, _ place: String) {
        #expect(brokenInvariants(of: model.map) == [], "\(place)")
        #expect(model.agrees, "\(place)")
        for snapshot in snapshots {
            #expect(snapshot.agrees, "a snapshot at \(place)")
        }
        if let snapshot = snapshots.last {
            #expect(brokenInvariants(of: snapshot.map) == [], "a snapshot at \(place)")
            checkDiff(from: snapshot, to: model, place)
            checkDiff(from: model, to: snapshot, place)
        }
        checkQueries(model, &random, place)
    }

    private func checkDiff(from old: Model, to new: Model, _ place: String) {
        var found: [(Int, Int?, Int?)] = []
        new.map.diff(from: old.map) { found.append(($0, $1, $2)) }
        let before = Dictionary(uniqueKeysWithValues: old.sorted.map { ($0.key, $0.value) })
        let after = Dictionary(uniqueKeysWithValues: new.sorted.map { ($0.key, $0.value) })
        let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
        #expect(found.elementsEqual(changed.map { ($0, before[$0], after[$0]) }) { $0 == $1 }, "diff at \(place)")
    }

    private func checkQueries(_ model: Model, _ random: inout SeededRandom, _ place: String) {
        let (map, sorted) = (model.map, model.sorted)
        #expect(map.first?.key == sorted.first?.key && map.last?.key == sorted.last?.key, "\(place)")
        for _ in 0..<10 {
            let key = random.below(20_100) - 50
            let rank = model.place(of: key)
            #expect(map.index(of: key) == rank, "\(place), key \(key)")
            #expect(map.lowerBound(key)?.key == (rank < sorted.count ? sorted[rank].key : nil), "\(place), key \(key)")
            #expect(map[key] == (rank < sorted.count && sorted[rank].key == key ? sorted[rank].value : nil))
            #expect(map.elements(from: key).map(\.key) == sorted[rank...].map(\.key), "\(place), key \(key)")
            #expect(
                map.reversed(from: key, inclusive: false).map(\.key) == sorted[..<rank].reversed().map(\.key),
                "\(place), key \(key)")
            let end = key + random.below(2_000)
            var scanned: [Int] = []
            map.forEach(in: key..<end) { key, _ in
                scanned.append(key)
                return true
            }
            #expect(scanned == sorted[rank..<model.place(of: end)].map(\.key), "\(place), \(key)..<\(end)")
        }
        for index in stride(from: 0, to: sorted.count, by: 97) {
            #expect(map.element(at: index) == sorted[index], "\(place), index \(index)")
        }
    }
}
