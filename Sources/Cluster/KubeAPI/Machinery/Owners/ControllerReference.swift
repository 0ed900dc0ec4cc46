extension ObjectMeta {
    /// The owner that manages the object: the API server allows one at most. Follows apimachinery `GetControllerOf`.
    public var controllerReference: OwnerReference? {
        for reference in ownerReferences where reference.controller == true { return reference }
        return nil
    }
}

extension OwnerReference {
    /// A reference to an owner with which the object goes, and which does not manage it.
    public init(to owner: some Resource) {
        self.init()
        let info = type(of: owner).kind.info
        apiVersion = info.apiVersion
        kind = info.name
        name = owner.name
        uid = owner.uid
    }

    /// A reference that makes `owner` the managing controller, and that holds up its foreground deletion.
    /// Follows apimachinery `NewControllerRef`.
    public init(controller owner: some Resource) {
        self.init(to: owner)
        controller = true
        blockOwnerDeletion = true
    }
}
