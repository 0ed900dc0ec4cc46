import KubeAPI

/// The kinds of which a controller has to delete objects, each object seen through one kind only: some are served in
/// two versions or groups.
enum CollectableKinds {
    /// In the order of the catalogue.
    static func kinds(_ isWanted: (KindInfo) -> Bool) -> [ResourceKind] {
        Catalogue.kinds.filter { $0.kind.isStored && isWanted($0) }.map(\.kind)
    }
}
