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
    mutating func set(slice name: String, group: Group, pods: [String]) {
        slices[name] = Slice(group: group, count: pods.count)
        for pod in pods { sliceOfPod[pod] = name }
    }

    func slice(of pod: String) -> String? { sliceOfPod[pod] }

    func group(of slice: String) -> Group? { slices[slice]?.group }

    /// The pod is in no slice any more.
    mutating func remove(_ pod: String) { sliceOfPod[pod] = nil }

    mutating func removeSlice(_ name: String) { slices[name] = nil }

    /// The slices but these, in key order. O(slices).
    func slices(except names: Set<String>) -> [(name: String, group: Group, count: Int)] {
        let rest = slices.filter { !names.contains($0.key) }.sorted { precedesUTF8($0.key, $1.key) }
        return rest.map { ($0.key, $0.value.group, $0.value.count) }
    }
}
