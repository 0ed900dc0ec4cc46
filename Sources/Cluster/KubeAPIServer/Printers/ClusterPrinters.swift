import ClusterCore
import KubeAPI

// What a cluster is made of. Follows kubernetes pkg/printers/internalversion/printers.go.

enum NamespacePrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Status"), .age]

    static func cells(_ namespace: Namespace) -> [Cell] {
        [namespace.nameCell, .text(namespace.status.phase.text), namespace.ageCell]
    }
}

enum LeasePrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Holder"), .age]

    static func cells(_ lease: Lease) -> [Cell] {
        [lease.nameCell, .text(lease.spec.holderIdentity.text), lease.ageCell]
    }
}

enum PriorityClassPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Value", .integer), TableColumn("Global-Default", .boolean), .age,
        TableColumn("PreemptionPolicy"),
    ]

    static func cells(_ priorityClass: PriorityClass) -> [Cell] {
        [
            priorityClass.nameCell, .int(priorityClass.value ?? 0), .bool(priorityClass.globalDefault ?? false),
            priorityClass.ageCell, .text(priorityClass.preemptionPolicy, or: "PreemptLowerPriority"),
        ]
    }
}

enum RuntimeClassPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Handler"), .age]

    static func cells(_ runtimeClass: RuntimeClass) -> [Cell] {
        [runtimeClass.nameCell, .text(runtimeClass.handler), runtimeClass.ageCell]
    }
}

enum FlowSchemaPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("PriorityLevel"), TableColumn("MatchingPrecedence", .integer),
        TableColumn("DistinguisherMethod"), .age, TableColumn("MissingPL"),
    ]

    static func cells(_ schema: FlowSchema) -> [Cell] {
        let dangling = schema.status.conditions.last { $0.type == "Dangling" }?.status
        return [
            schema.nameCell, .text(schema.spec.priorityLevelConfiguration.name),
            .int(schema.spec.matchingPrecedence ?? 0),
            .text(schema.spec.distinguisherMethod?.type, or: PrinterTexts.none), schema.ageCell,
            .text(dangling, or: "?"),
        ]
    }
}

enum PriorityLevelConfigurationPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Type"), TableColumn("NominalConcurrencyShares", .integer), TableColumn("Queues", .integer),
        TableColumn("HandSize", .integer), TableColumn("QueueLengthLimit", .integer), .age,
    ]

    static func cells(_ level: PriorityLevelConfiguration) -> [Cell] {
        let limited = level.spec.limited
        let queuing = limited?.limitResponse?.queuing
        let shares = limited == nil ? level.spec.exempt?.nominalConcurrencyShares : limited?.nominalConcurrencyShares
        return [
            level.nameCell, .text(level.spec.type), number(shares), number(queuing?.queues), number(queuing?.handSize),
            number(queuing?.queueLengthLimit), level.ageCell,
        ]
    }

    private static func number(_ value: Int?) -> Cell { value.map { .int($0) } ?? .text(PrinterTexts.none) }
}

enum ComponentStatusPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Status"), TableColumn("Message"), TableColumn("Error"),
    ]

    static func cells(_ component: ComponentStatus) -> [Cell] {
        let healthy = component.conditions.last { $0.type == "Healthy" }
        let status = healthy.map { $0.status == "True" ? "Healthy" : "Unhealthy" } ?? "Unknown"
        return [
            component.nameCell, .text(status), .text((healthy?.message).text), .text((healthy?.error).text),
        ]
    }
}

enum APIServicePrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Service"), TableColumn("Available"), .age]

    static func cells(_ service: APIService) -> [Cell] {
        let reference = service.spec.service
        let target = reference.map { "\($0.namespace.text)/\($0.name.text)" } ?? "Local"
        var available = "Unknown"
        if let condition = service.status.conditions.first(where: { $0.type == "Available" }) {
            available = condition.status
            if condition.status != "True", let reason = condition.reason { available += " (\(reason))" }
        }
        return [service.nameCell, .text(target), .text(available), service.ageCell]
    }
}

enum CustomResourceDefinitionPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, .createdAt]

    static func cells(_ definition: CustomResourceDefinition) -> [Cell] {
        [definition.nameCell, definition.createdAtCell]
    }
}

// MARK: Usage

enum NodeMetricsPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Cpu"), TableColumn("Memory"), TableColumn("Window")]

    static func cells(_ metrics: NodeMetrics) -> [Cell] {
        [
            metrics.nameCell, .text((metrics.usage["cpu"] ?? Quantity(0)).text),
            .text((metrics.usage["memory"] ?? Quantity(0)).text), .text(metrics.window),
        ]
    }
}

enum PodMetricsPrinter: TablePrinter {
    static let columns = NodeMetricsPrinter.columns

    static func cells(_ metrics: PodMetrics) -> [Cell] {
        var cpu = Quantity(0)
        var memory = Quantity(0)
        for container in metrics.containers {
            cpu += container.usage["cpu"] ?? Quantity(0)
            memory += container.usage["memory"] ?? Quantity(0)
        }
        return [metrics.nameCell, .text(cpu.text), .text(memory.text), .text(metrics.window)]
    }
}
