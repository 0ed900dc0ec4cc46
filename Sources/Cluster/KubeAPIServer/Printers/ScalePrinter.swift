import KubeAPI

/// The `scale` subresource, which `kubectl get --subresource=scale` shows. It is no object of its own, so no printer
/// of a kind. Follows kubernetes pkg/printers/internalversion/printers.go `printScale`.
enum ScalePrinter {
    static let columns: [TableColumn] = [
        .name,
        TableColumn(
            "Desired", .integer, description: "replicas is the desired number of instances for the scaled object."),
        TableColumn(
            "Available", .integer,
            description: "replicas is the actual number of observed instances of the scaled object."),
        .age,
    ]

    static func cells(_ scale: Scale) -> [Cell] {
        [
            .text(scale.metadata.name ?? ""), .int(scale.spec.replicas ?? 0), .int(scale.status.replicas),
            .age(of: scale.metadata.creationTimestamp),
        ]
    }
}
