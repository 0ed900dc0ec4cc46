import KubeAPI

/// Nodes. Follows kubernetes pkg/printers/internalversion/printers.go `printNode`.
enum NodePrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Status"), TableColumn("Roles"), .age, TableColumn("Version"), .wide("Internal-IP"),
        .wide("External-IP"), .wide("OS-Image"), .wide("Kernel-Version"), .wide("Container-Runtime"),
    ]

    static func cells(_ node: Node) -> [Cell] {
        let info = node.status.nodeInfo
        return [
            node.nameCell, .text(status(node)), .text(roles(node), or: PrinterTexts.none), node.ageCell,
            .text(info?.kubeletVersion ?? ""), address(node, "InternalIP"), address(node, "ExternalIP"),
            .text(info?.osImage, or: "<unknown>"), .text(info?.kernelVersion, or: "<unknown>"),
            .text(info?.containerRuntimeVersion, or: "<unknown>"),
        ]
    }

    /// As in `Ready`, `NotReady,SchedulingDisabled`.
    private static func status(_ node: Node) -> String {
        var status = "Unknown"
        if let ready = node.status.conditions.last(where: { $0.type == "Ready" }) {
            status = ready.status == "True" ? "Ready" : "NotReady"
        }
        return node.spec.unschedulable == true ? status + ",SchedulingDisabled" : status
    }

    private static func roles(_ node: Node) -> String {
        let prefix = "node-role.kubernetes.io/"
        var roles: [String] = []
        for (key, value) in node.labels {
            if key.hasPrefix(prefix), key.utf8.count > prefix.utf8.count {
                roles.append(String(key.dropFirst(prefix.count)))
            } else if key == "kubernetes.io/role", !value.isEmpty, !roles.contains(value) {
                roles.append(value)
            }
        }
        return roles.sorted(by: precedesUTF8).joined(separator: ",")
    }

    private static func address(_ node: Node, _ type: String) -> Cell {
        .text(node.status.addresses.first { $0.type == type }?.address, or: PrinterTexts.none)
    }
}
