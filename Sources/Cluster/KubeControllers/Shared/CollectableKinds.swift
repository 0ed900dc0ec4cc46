import KubeAPI

/// The kinds of which a controller has to delete objects, each object seen through one kind only: some are served in
/// two versions or groups.
enum CollectableKinds {
    private static func isSecondView(_ kind: ResourceKind) -> Bool {
        kind == .autoscalingV1HorizontalPodAutoscaler || kind == .eventsEvent
    }

    /// In the order of the catalogue.
    static func kinds(_ isWanted: (KindInfo) -> Bool) -> [ResourceKind] {
        Catalogue.kinds.filter { !isSecondView($0.kind) && isWanted($0) }.map(\.kind)
    }
}
