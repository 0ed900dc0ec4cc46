import ClusterCore
import KubeAPI

// Who may do what. Follows kubernetes pkg/printers/internalversion/printers.go.

enum RolePrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, .createdAt]
    static func cells(_ role: Role) -> [Cell] { [role.nameCell, role.createdAtCell] }
}

enum ClusterRolePrinter: TablePrinter {
    static let columns = RolePrinter.columns
    static func cells(_ role: ClusterRole) -> [Cell] { [role.nameCell, role.createdAtCell] }
}

enum RoleBindingPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Role"), .age, .wide("Users"), .wide("Groups"), .wide("ServiceAccounts"),
    ]

    static func cells(_ binding: RoleBinding) -> [Cell] {
        [binding.nameCell, role(binding.roleRef), binding.ageCell] + subjects(binding.subjects)
    }

    static func role(_ reference: RoleRef) -> Cell { .text("\(reference.kind)/\(reference.name)") }

    /// Users, groups and service accounts.
    static func subjects(_ subjects: [Subject]) -> [Cell] {
        func names(_ kind: String) -> [String] {
            subjects.filter { $0.kind == kind }.map {
                kind == "ServiceAccount" ? "\($0.namespace.text)/\($0.name)" : $0.name
            }
        }
        return ["User", "Group", "ServiceAccount"].map { .text(names($0).joined(separator: ", ")) }
    }
}

enum ClusterRoleBindingPrinter: TablePrinter {
    static let columns = RoleBindingPrinter.columns

    static func cells(_ binding: ClusterRoleBinding) -> [Cell] {
        [binding.nameCell, RoleBindingPrinter.role(binding.roleRef), binding.ageCell]
            + RoleBindingPrinter.subjects(binding.subjects)
    }
}

enum CertificateSigningRequestPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, .age, TableColumn("SignerName"), TableColumn("Requestor"), TableColumn("RequestedDuration"),
        TableColumn("Condition"),
    ]

    static func cells(_ request: CertificateSigningRequest) -> [Cell] {
        let duration = request.spec.expirationSeconds.map { Interval.seconds($0).humanDuration }
        return [
            request.nameCell, request.ageCell, .text(request.spec.signerName, or: PrinterTexts.none),
            .text(request.spec.username.text), .text(duration, or: PrinterTexts.none), .text(condition(request)),
        ]
    }

    /// As in `Approved,Issued`.
    private static func condition(_ request: CertificateSigningRequest) -> String {
        let types = request.status.conditions.map(\.type)
        var text = types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending"
        if types.contains("Failed") { text += ",Failed" }
        if !(request.status.certificate?.bytes.isEmpty ?? true) { text += ",Issued" }
        return text
    }
}
