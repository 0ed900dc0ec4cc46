extension ObjectMeta {
    /// The owner that manages the object: the API server allows one at most. Follows apimachinery `GetControllerOf`.
    public var controllerReference: OwnerReference? {
        for reference in ownerReferences where reference.controller == true { return reference }
        return nil
    }
}
