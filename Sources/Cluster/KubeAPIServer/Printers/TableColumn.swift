import KubeAPI

/// A column of a table, as `kubectl get` prints it in capitals.
package struct TableColumn: Equatable, Sendable {
    /// What a column's cells are, in the words of the wire.
    package enum CellType: String, Sendable {
        case string
        case integer
        case boolean
        case date
    }

    /// As in `Up-to-date`.
    package let name: String
    package let type: CellType
    /// `name` for the column that names the object; empty otherwise.
    package let format: String
    package let description: String
    /// 0 for columns that are always shown, 1 for those of `-o wide`.
    package let priority: Int

    package init(
        _ name: String, _ type: CellType = .string, format: String = "", description: String = "", priority: Int = 0
    ) {
        self.name = name
        self.type = type
        self.format = format
        self.description = description
        self.priority = priority
    }

    static let name = TableColumn(
        "Name", format: "name",
        description:
            "Name must be unique within a namespace. Is required when creating resources, although some resources "
            + "may allow a client to request the generation of an appropriate name automatically. Name is primarily "
            + "intended for creation idempotence and configuration definition. Cannot be updated. More info: "
            + "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names")
    static let age = TableColumn(
        "Age",
        description:
            "CreationTimestamp is a timestamp representing the server time when this object was created. It is not "
            + "guaranteed to be set in happens-before order across separate operations. Clients may not set this value. "
            + "It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. "
            + "More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata")
    static let createdAt = TableColumn("Created At", .date, description: age.description)

    static func wide(_ name: String, _ type: CellType = .string) -> TableColumn { TableColumn(name, type, priority: 1) }

    /// What `-o wide` adds to workloads.
    static let containers = wide("Containers")
    static let images = wide("Images")
    static let selector = wide("Selector")
}
