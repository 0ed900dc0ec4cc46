import KubeAPI
import KubeClient

/// How much memory objects take, by estimate: typical sizes of the parts that two versions do not share. Exact sizes
/// would cost more than the writes that they account for.
enum ObjectSize {
    /// The heap bytes that a change keeps from being freed: itself, and what only the old version of its object holds.
    static func retained(by change: Change) -> Int {
        var size = 160
        guard let old = change.old else { return size }
        let new = change.new
        size += 64 + metadata(old.metadata)
        switch old.kind {
        case .pod:
            guard let pod = old.as(Pod.self) else { break }
            let newPod = new?.as(Pod.self)
            if newPod?.spec.isIdentical(to: pod.spec) != true { size += 320 }
            if newPod?.status.isIdentical(to: pod.status) != true {
                size += 400 + 500 * pod.status.containerStatuses.count
            }
        case .event: size += 700
        case .lease: size += 160
        case .node: size += 2500
        case .endpointSlice:
            guard let slice = old.as(EndpointSlice.self) else { break }
            size += 100 + 200 * slice.endpoints.count
        default: size += 900
        }
        return size
    }

    private static func metadata(_ metadata: ObjectMeta) -> Int {
        metadata.managedFields.reduce(272 + 48 * metadata.annotations.count) { size, entry in
            size + 160 + (entry.fieldsV1?.json.count ?? 0)
        }
    }
}
