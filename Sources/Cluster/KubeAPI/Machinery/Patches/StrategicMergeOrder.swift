/// In what order a strategic merge patch leaves the entries of a list.
/// Follows apimachinery `pkg/util/strategicpatch/patch.go`, `normalizeElementOrder`.
extension StrategicMergePatch {
    /// Upstream's order of deduplication: a repeated value is overwritten by the last, which is dropped.
    static func deduplicated(_ values: [JSONValue]) -> [JSONValue] {
        var values = values
        var first = 0
        while first < values.count {
            var second = first + 1
            while second < values.count {
                if values[first] == values[second] {
                    values.swapAt(second, values.count - 1)
                    values.removeLast()
                } else {
                    second += 1
                }
            }
            first += 1
        }
        return values
    }

    /// Sorts the two lists by their orders, then puts each entry that only the server has before the first patched one
    /// that the server's order places behind it, or at the end.
    static func normalized(
        _ patched: [JSONValue], _ serverOnly: [JSONValue], patchOrder: [JSONValue], serverOrder: [JSONValue],
        key: String?
    ) -> [JSONValue] {
        let identity = { (element: JSONValue) in key.map { element[$0] ?? .null } ?? element }
        let rank = { (element: JSONValue, order: [JSONValue]) in
            let wanted = identity(element)
            return order.firstIndex { identity($0) == wanted }
        }
        let sorted = { (list: [JSONValue], order: [JSONValue]) in
            sortedStably(list.map { (element: $0, rank: rank($0, order)) }).map(\.element)
        }
        var left = sorted(serverOnly, serverOrder)[...]
        var right = sorted(patched, patchOrder)[...]
        var result: [JSONValue] = []
        while let patchedElement = right.first {
            if let serverElement = left.first, let serverRank = rank(serverElement, serverOrder),
                let patchedRank = rank(patchedElement, serverOrder), serverRank < patchedRank
            {
                result.append(left.removeFirst())
            } else {
                result.append(right.removeFirst())
            }
        }
        return result + left
    }

    /// Sorts by rank, entries of equal rank as they were. What has no rank goes before whatever it is compared with, so
    /// that two of them change places: Go's stable sort does so with lists of up to 20 entries.
    private static func sortedStably(_ list: [(element: JSONValue, rank: Int?)]) -> [(element: JSONValue, rank: Int?)] {
        var list = list
        for index in list.indices.dropFirst() {
            var place = index
            while place > 0 {
                if let rank = list[place].rank, let before = list[place - 1].rank, rank >= before { break }
                list.swapAt(place, place - 1)
                place -= 1
            }
        }
        return list
    }

    /// The server's list as upstream's merging leaves it, which is what entries are then ordered by. Go deletes from an
    /// array in place and appends into the places that fall free, and the array of before is seen through: of
    /// `[a, b]`, when a patch deletes `a` and adds `c`, it has `[b, c]`; without an addition `[b, b]`.
    static func overwritten(_ original: [JSONValue], _ patch: [JSONValue], _ key: String) -> [JSONValue] {
        if patch.contains(where: { $0[directive]?.stringValue == "replace" }) { return original }
        var array = original
        var count = original.count
        for change in patch where change[directive]?.stringValue == "delete" {
            while let index = array[..<count].firstIndex(where: { $0[key] == change[key] }) {
                for place in index..<(count - 1) { array[place] = array[place + 1] }
                count -= 1
            }
        }
        for change in patch where change[directive] == nil && count < array.count {
            if array[..<count].contains(where: { $0[key] == change[key] }) { continue }
            array[count] = change
            count += 1
        }
        return array
    }
}
