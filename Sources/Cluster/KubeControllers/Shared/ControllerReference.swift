import KubeAPI

extension ObjectMeta {
    var isBeingDeleted: Bool { deletionTimestamp != nil }
}

extension OwnerReference {
    /// A reference that makes `owner` the managing controller, and that holds up its foreground deletion.
    /// Follows apimachinery `NewControllerRef`.
    init(controller owner: some Resource) {
        self.init(owner, info: type(of: owner).kind.info)
        controller = true
        blockOwnerDeletion = true
    }

    private init(_ owner: some Resource, info: KindInfo) {
        self.init()
        apiVersion = info.apiVersion
        kind = info.name
        name = owner.name
        uid = owner.uid
    }
}
