import KubeAPI

// Configuration and limits. Follows kubernetes pkg/printers/internalversion/printers.go.

enum ConfigMapPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Data", .integer), .age]

    static func cells(_ configMap: ConfigMap) -> [Cell] {
        [configMap.nameCell, .int(configMap.data.count + configMap.binaryData.count), configMap.ageCell]
    }
}

enum SecretPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Type"), TableColumn("Data", .integer), .age]

    static func cells(_ secret: Secret) -> [Cell] {
        [secret.nameCell, .text(secret.type.text), .int(secret.data.count), secret.ageCell]
    }
}

enum ServiceAccountPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Secrets", .integer), .age]

    static func cells(_ account: ServiceAccount) -> [Cell] {
        [account.nameCell, .int(account.secrets.count), account.ageCell]
    }
}

enum ResourceQuotaPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Request"), TableColumn("Limit"), .age]

    static func cells(_ quota: ResourceQuota) -> [Cell] {
        var requests: [String] = []
        var limits: [String] = []
        for (name, hard) in quota.status.hard {
            let text = "\(name): \((quota.status.used[name] ?? Quantity(0)).text)/\(hard.text)"
            if name.hasPrefix("limits.") { limits.append(text) } else { requests.append(text) }
        }
        return [
            quota.nameCell, .text(requests.joined(separator: ", ")), .text(limits.joined(separator: ", ")),
            quota.ageCell,
        ]
    }
}

enum LimitRangePrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, .createdAt]
    static func cells(_ range: LimitRange) -> [Cell] { [range.nameCell, range.createdAtCell] }
}
