import KubeAPI

/// Where the endpoints of one service are: which pod is in which slice, and how full the slices are. What a change of
/// one pod needs to touch one slice only.
struct SlicePlacement {
    /// Pods whose ports come out alike share slices.
    typealias Group = [DiscoveryEndpointPort]

    struct Slice {
        var group: Group
        var count: Int
    }

    private(set) var slices: [String: Slice] = [:]
    private var sliceOfPod: [String: String] = [:]

    init() {}

    /// `pods`: the UIDs of the slice's endpoints.
    mutating func add(slice name: String, group: Group, pods: [String]) {
        slices[name] = Slice(group: group, count: pods.count)
        for pod in pods { sliceOfPod[pod] = name }
    }

    func slice(of pod: String) -> String? { sliceOfPod[pod] }

    func group(of slice: String) -> Group { slices[slice]?.group ?? [] }

    mutating func place(_ pod: String, in slice: String) {
        sliceOfPod[pod] = slice
        slices[slice]?.count += 1
    }

    mutating func remove(_ pod: String) {
        guard let slice = sliceOfPod.removeValue(forKey: pod) else { return }
        slices[slice]?.count -= 1
    }

    mutating func removeSlice(_ name: String) { slices[name] = nil }

    /// The fullest slice of a group that takes `count` more, as upstream chooses; the first by name of equals.
    func sliceToFill(_ group: Group, count: Int, maximum: Int) -> String? {
        var best: (name: String, count: Int)?
        for (name, slice) in slices where slice.group == group && slice.count + count <= maximum {
            if let current = best {
                if current.count > slice.count || current.count == slice.count && current.name < name { continue }
            }
            best = (name, slice.count)
        }
        return best?.name
    }
}
