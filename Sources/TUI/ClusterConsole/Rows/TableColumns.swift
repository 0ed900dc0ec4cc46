import KubeAPI
import KubeCluster
import TerminalUI

/// The columns of a kind as the console shows them: the API server's, with the namespace before them where several are
/// shown.
struct TableColumns: Equatable {
    enum Source: Hashable {
        case namespace
        /// The index among the API server's cells.
        case cell(Int)
        /// Whether a node's machine runs, which the API server cannot know.
        case power
        /// The pods that take room on a node, and what they ask for of what it allows.
        case pods, cpuRequests, memoryRequests

        /// Tells of a node what its object does not.
        var isOfMachine: Bool {
            switch self {
            case .power, .pods, .cpuRequests, .memoryRequests: true
            case .namespace, .cell: false
            }
        }
    }

    struct Column: Hashable {
        var title: String
        var source: Source
    }

    let columns: [Column]
    let layout: [TableColumn]

    /// Wide columns that are worth their room always, and go first when there is none.
    private static let promoted: [ResourceKind: Set<String>] = [
        .pod: ["IP", "NODE"], .node: ["INTERNAL-IP"], .service: ["SELECTOR"],
    ]

    /// - Parameter showsObject: false for events that are all about one object.
    init(_ kind: ResourceKind, showsNamespace: Bool, isWide: Bool, showsObject: Bool = true) {
        var columns: [Column] = []
        var layout: [TableColumn] = []
        if showsNamespace && kind.info.isNamespaced {
            columns.append(Column(title: "NAMESPACE", source: .namespace))
            layout.append(
                TableColumn(
                    "NAMESPACE", minimum: 7, maximum: 24, priority: TableColumns.isEvent(kind) ? 4 : 0, isFixed: true))
        }
        for (index, column) in ClusterTables.columns(kind).enumerated() {
            let isPromoted = TableColumns.promoted[kind]?.contains(column.title) ?? false
            if column.isWide && !isWide && !isPromoted { continue }
            if column.title == "OBJECT" && !showsObject { continue }
            columns.append(Column(title: column.title, source: .cell(index)))
            layout.append(TableColumns.layout(column, kind: kind))
            if kind == .node && column.title == "STATUS" {
                columns.append(Column(title: "POWER", source: .power))
                layout.append(TableColumn("POWER", minimum: 5, maximum: 6))
            }
            if kind == .node && column.title == "VERSION" {
                columns += [
                    Column(title: "PODS", source: .pods), Column(title: "CPU REQ", source: .cpuRequests),
                    Column(title: "MEMORY REQ", source: .memoryRequests),
                ]
                layout += [
                    TableColumn("PODS", minimum: 5, maximum: 8, priority: 2),
                    TableColumn("CPU REQ", minimum: 8, maximum: 18, priority: 4),
                    TableColumn("MEMORY REQ", minimum: 11, maximum: 20, priority: 4),
                ]
            }
        }
        self.columns = columns
        self.layout = layout
    }

    /// Columns that change as time goes by, which is no news.
    static let quiet: Set<String> = ["AGE", "LAST SEEN", "FIRST SEEN", "LAST SCHEDULE", "DURATION"]

    private static let trailing: Set<String> = [
        "RESTARTS", "DESIRED", "CURRENT", "UP-TO-DATE", "AVAILABLE", "COUNT", "DATA", "SECRETS", "CPU", "MEMORY",
    ]

    private static func isEvent(_ kind: ResourceKind) -> Bool { kind == .event || kind == .eventsEvent }

    /// An event is its message and what that is about; what the colour or the message tells too goes before those are
    /// cut.
    private static func eventLayout(_ title: String) -> TableColumn? {
        switch title {
        case "LAST SEEN": TableColumn(title, minimum: 4, maximum: 12, priority: 1)
        case "TYPE": TableColumn(title, minimum: 7, maximum: 12, priority: 3)
        case "REASON": TableColumn(title, minimum: 10, maximum: 32, priority: 2)
        case "OBJECT": TableColumn(title, minimum: 16, maximum: 56, keepsEnd: true)
        case "MESSAGE": TableColumn(title, minimum: 26, maximum: 240, flex: 1)
        default: nil
        }
    }

    private static func layout(_ column: ClusterTables.Column, kind: ResourceKind) -> TableColumn {
        let title = column.title
        if isEvent(kind), let layout = eventLayout(title) { return layout }
        switch title {
        case "NAME":
            // Short of this the part that tells pods of one workload apart would be cut off.
            return TableColumn(title, minimum: 16, maximum: 63, isFixed: true, keepsEnd: true)
        case "MESSAGE", "DESCRIPTION":
            return TableColumn(title, minimum: 16, maximum: 240, flex: 1)
        case "OBJECT":
            return TableColumn(title, minimum: 12, maximum: 56)
        case "STATUS":
            return TableColumn(title, minimum: 9, maximum: 32)
        case "READY", "TYPE", "REASON":
            return TableColumn(title, minimum: 5, maximum: 32)
        case "CLUSTER-IP":
            return TableColumn(title, minimum: 11, maximum: 48, priority: 2)
        case "PORT(S)":
            return TableColumn(title, minimum: 6, maximum: 48, priority: 1)
        case "AGE", "LAST SEEN":
            return TableColumn(title, minimum: 4, maximum: 12, priority: 1)
        case _ where column.isWide:
            return TableColumn(title, minimum: 6, maximum: 48, priority: 5)
        case _ where trailing.contains(title):
            return TableColumn(title, minimum: 4, maximum: 18, priority: 2)
        default:
            return TableColumn(title, minimum: 6, maximum: 48, priority: 3)
        }
    }

    /// The cells of an object in these columns.
    /// - Parameter load: for nodes, what runs there; nil where that is not known yet.
    func cells(_ object: KubeObject, in snapshot: ClusterSnapshot, load: NodeLoads.Load? = nil) -> [String] {
        let printed = ClusterTables.cells(object, now: snapshot.time)
        let node = load == nil ? nil : object.as(Node.self)
        return columns.map { column in
            switch column.source {
            case .namespace: object.namespace
            case .power: snapshot.power(of: object.name)
            case .pods: load.map { "\($0.pods)" } ?? ""
            case .cpuRequests: node.flatMap { load?.cpuText(of: $0) } ?? ""
            case .memoryRequests: node.flatMap { load?.memoryText(of: $0) } ?? ""
            case .cell(let index): index < printed.count ? printed[index] : ""
            }
        }
    }

    /// The cells of a machine that has no Node object.
    func cells(machine name: String, in snapshot: ClusterSnapshot) -> [String] {
        columns.map { column in
            switch column.title {
            case "NAME": name
            case "STATUS": LostMachines.status
            case "POWER": snapshot.power(of: name)
            default: ""
            }
        }
    }

    func index(titled title: String) -> Int? { columns.firstIndex { $0.title == title } }
}

extension ClusterSnapshot {
    /// Whether a node's power is off. O(log n).
    func isPoweredOff(_ node: String) -> Bool { ClusterSnapshot.contains(node, poweredOffNodes) }

    /// Whether a node has a machine: a Node object alone makes none. O(log n).
    func isMachine(_ node: String) -> Bool { ClusterSnapshot.contains(node, machines) }

    /// What the table of nodes says of a machine's power.
    func power(of node: String) -> String { ClusterSnapshot.power(of: node, off: poweredOffNodes, of: machines) }

    /// The same of a list of machines and those without power, both sorted. O(log n).
    static func power(of node: String, off: [String], of machines: [String]) -> String {
        contains(node, off) ? "off" : contains(node, machines) ? "on" : "<none>"
    }

    private static func contains(_ name: String, _ sorted: [String]) -> Bool {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if compareUTF8(sorted[middle], name) < 0 { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == name
    }
}
