import KubeAPI

extension ObjectMeta {
    var isBeingDeleted: Bool { deletionTimestamp != nil }
}
