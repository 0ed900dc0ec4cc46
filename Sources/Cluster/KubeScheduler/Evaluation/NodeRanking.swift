/// Feasible nodes sorted into cells: nodes of one cell differ in nothing but how full they are, so that the best of a
/// cell is known without looking at the others.
///
/// A cell is made of a class (labels, taints and images as far as they matter to the pod) and the values of the
/// counters by node. Moving a node costs O(different scores in its cell).
struct NodeRanking {
    struct Bucket {
        let score: Int
        var nodes: ContiguousArray<Int32>
    }

    struct Cell {
        let nodeClass: Int
        /// The values of the counters by node.
        let values: [Int]
        /// Best first; none is empty.
        var buckets: ContiguousArray<Bucket> = []
        var count = 0
    }

    private struct CellKey: Hashable {
        let nodeClass: Int
        let values: [Int]
    }

    private struct Position {
        var cell: Int32 = -1
        var score: Int32 = 0
        var index: Int32 = 0
    }

    private(set) var cells: ContiguousArray<Cell> = []
    private var freeCells: [Int] = []
    private var numbers: [CellKey: Int] = [:]
    /// Cells that have nodes, in an order that depends on history only.
    private(set) var live: ContiguousArray<Int> = []
    private var placeInLive: ContiguousArray<Int> = []
    private var positions: ContiguousArray<Position>
    private(set) var count = 0

    init(slots: Int) {
        positions = ContiguousArray(repeating: Position(), count: slots)
    }

    mutating func grow(to slots: Int) {
        if slots > positions.count {
            positions.append(contentsOf: repeatElement(Position(), count: slots - positions.count))
        }
    }

    func contains(_ slot: Int) -> Bool { positions[slot].cell >= 0 }

    mutating func insert(_ slot: Int, nodeClass: Int, values: [Int], score: Int) {
        let cell = cell(CellKey(nodeClass: nodeClass, values: values))
        var index = 0
        while index < cells[cell].buckets.count, cells[cell].buckets[index].score > score { index += 1 }
        if index == cells[cell].buckets.count || cells[cell].buckets[index].score != score {
            cells[cell].buckets.insert(Bucket(score: score, nodes: []), at: index)
        }
        positions[slot] = Position(
            cell: Int32(cell), score: Int32(score), index: Int32(cells[cell].buckets[index].nodes.count))
        cells[cell].buckets[index].nodes.append(Int32(slot))
        cells[cell].count += 1
        count += 1
    }

    mutating func remove(_ slot: Int) {
        let position = positions[slot]
        guard position.cell >= 0 else { return }
        let cell = Int(position.cell)
        positions[slot].cell = -1
        count -= 1
        cells[cell].count -= 1
        guard let bucket = cells[cell].buckets.firstIndex(where: { $0.score == Int(position.score) }) else { return }
        let last = cells[cell].buckets[bucket].nodes.removeLast()
        if Int(last) != slot {
            cells[cell].buckets[bucket].nodes[Int(position.index)] = last
            positions[Int(last)].index = position.index
        }
        if cells[cell].buckets[bucket].nodes.isEmpty { cells[cell].buckets.remove(at: bucket) }
        if cells[cell].count == 0 { free(cell) }
    }

    private mutating func cell(_ key: CellKey) -> Int {
        if let number = numbers[key] { return number }
        let cell = Cell(nodeClass: key.nodeClass, values: key.values)
        let number: Int
        if let free = freeCells.popLast() {
            number = free
            cells[number] = cell
        } else {
            number = cells.count
            cells.append(cell)
            placeInLive.append(0)
        }
        numbers[key] = number
        placeInLive[number] = live.count
        live.append(number)
        return number
    }

    private mutating func free(_ cell: Int) {
        numbers[CellKey(nodeClass: cells[cell].nodeClass, values: cells[cell].values)] = nil
        freeCells.append(cell)
        let last = live.removeLast()
        if last != cell {
            live[placeInLive[cell]] = last
            placeInLive[last] = placeInLive[cell]
        }
    }
}
