import KubeAPI
import KubeClient

// Workloads. Follows kubernetes pkg/printers/internalversion/printers.go.

enum PodTemplatePrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Containers"), TableColumn("Images"), TableColumn("Pod Labels"),
    ]

    static func cells(_ object: PodTemplate) -> [Cell] {
        let containers = object.template.podSpec.containers
        return [
            object.nameCell, PrinterTexts.names(containers), PrinterTexts.images(containers),
            PrinterTexts.labels(object.template.podLabels),
        ]
    }
}

enum DeploymentPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Ready"), TableColumn("Up-to-date", .integer), TableColumn("Available", .integer), .age,
        .containers, .images, .selector,
    ]

    static func cells(_ deployment: Deployment) -> [Cell] {
        let containers = deployment.spec.template.spec.containers
        return [
            deployment.nameCell, .ratio(deployment.status.readyReplicas ?? 0, deployment.spec.replicas ?? 0),
            .int(deployment.status.updatedReplicas ?? 0), .int(deployment.status.availableReplicas ?? 0),
            deployment.ageCell, PrinterTexts.names(containers), PrinterTexts.images(containers),
            PrinterTexts.selector(deployment.spec.selector),
        ]
    }
}

enum ReplicaSetPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Desired", .integer), TableColumn("Current", .integer), TableColumn("Ready", .integer), .age,
        .containers, .images, .selector,
    ]

    static func cells(_ replicaSet: ReplicaSet) -> [Cell] {
        let containers = replicaSet.spec.template.podSpec.containers
        return [
            replicaSet.nameCell, .int(replicaSet.spec.replicas ?? 0), .int(replicaSet.status.replicas),
            .int(replicaSet.status.readyReplicas ?? 0), replicaSet.ageCell, PrinterTexts.names(containers),
            PrinterTexts.images(containers), PrinterTexts.selector(replicaSet.spec.selector),
        ]
    }
}

enum ReplicationControllerPrinter: TablePrinter {
    static let columns = ReplicaSetPrinter.columns

    static func cells(_ controller: ReplicationController) -> [Cell] {
        let containers = controller.spec.template.podSpec.containers
        return [
            controller.nameCell, .int(controller.spec.replicas ?? 0), .int(controller.status.replicas),
            .int(controller.status.readyReplicas ?? 0), controller.ageCell, PrinterTexts.names(containers),
            PrinterTexts.images(containers), PrinterTexts.labels(controller.spec.selector),
        ]
    }
}

enum DaemonSetPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Desired", .integer), TableColumn("Current", .integer), TableColumn("Ready", .integer),
        TableColumn("Up-to-date", .integer), TableColumn("Available", .integer), TableColumn("Node Selector"), .age,
        .containers, .images, .selector,
    ]

    static func cells(_ daemonSet: DaemonSet) -> [Cell] {
        let status = daemonSet.status
        let template = daemonSet.spec.template.spec
        return [
            daemonSet.nameCell, .int(status.desiredNumberScheduled), .int(status.currentNumberScheduled),
            .int(status.numberReady), .int(status.updatedNumberScheduled ?? 0), .int(status.numberAvailable ?? 0),
            PrinterTexts.labels(template.nodeSelector), daemonSet.ageCell, PrinterTexts.names(template.containers),
            PrinterTexts.images(template.containers), PrinterTexts.selector(daemonSet.spec.selector),
        ]
    }
}

enum StatefulSetPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Ready"), .age, .containers, .images]

    static func cells(_ statefulSet: StatefulSet) -> [Cell] {
        let containers = statefulSet.spec.template.spec.containers
        return [
            statefulSet.nameCell, .ratio(statefulSet.status.readyReplicas ?? 0, statefulSet.spec.replicas ?? 0),
            statefulSet.ageCell, PrinterTexts.names(containers), PrinterTexts.images(containers),
        ]
    }
}

enum JobPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Status"), TableColumn("Completions"), TableColumn("Duration"), .age, .containers, .images,
        .selector,
    ]

    static func cells(_ job: Job) -> [Cell] {
        let containers = job.spec.template.spec.containers
        return [
            job.nameCell, .text(status(job)), completions(job),
            .elapsed(from: job.status.startTime?.instant, to: job.status.completionTime?.instant), job.ageCell,
            PrinterTexts.names(containers), PrinterTexts.images(containers), PrinterTexts.selector(job.spec.selector),
        ]
    }

    private static func completions(_ job: Job) -> Cell {
        let succeeded = job.status.succeeded ?? 0
        if let completions = job.spec.completions { return .ratio(succeeded, completions) }
        let parallelism = job.spec.parallelism ?? 0
        return parallelism > 1 ? .text("\(succeeded)/1 of \(parallelism)") : .ratio(succeeded, 1)
    }

    private static func status(_ job: Job) -> String {
        func has(_ type: String) -> Bool {
            job.status.conditions.contains { $0.type == type && $0.status == "True" }
        }
        if has("Complete") { return "Complete" }
        if has("Failed") { return "Failed" }
        if job.metadata.deletionTimestamp != nil { return "Terminating" }
        for type in ["Suspended", "FailureTarget", "SuccessCriteriaMet"] where has(type) { return type }
        return "Running"
    }
}

enum CronJobPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Schedule"), TableColumn("Timezone"), TableColumn("Suspend", .boolean),
        TableColumn("Active", .integer), TableColumn("Last Schedule"), .age, .containers, .images, .selector,
    ]

    static func cells(_ cronJob: CronJob) -> [Cell] {
        let job = cronJob.spec.jobTemplate.spec
        let containers = job?.template.spec.containers ?? []
        let suspend = cronJob.spec.suspend.map { $0 ? "True" : "False" }
        let last = cronJob.status.lastScheduleTime
        return [
            cronJob.nameCell, .text(cronJob.spec.schedule), .text(cronJob.spec.timeZone, or: PrinterTexts.none),
            .text(suspend, or: PrinterTexts.unset), .int(cronJob.status.active.count),
            last == nil ? .text(PrinterTexts.none) : .age(of: last), cronJob.ageCell, PrinterTexts.names(containers),
            PrinterTexts.images(containers), PrinterTexts.selector(job?.selector),
        ]
    }
}

enum ControllerRevisionPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Controller"), TableColumn("Revision", .integer), .age]

    static func cells(_ revision: ControllerRevision) -> [Cell] {
        var controller = PrinterTexts.none
        if let owner = revision.metadata.controllerReference {
            let group = owner.apiVersion.contains("/") ? "." + owner.apiVersion.prefix { $0 != "/" } : ""
            controller = owner.kind.lowercased() + group + "/" + owner.name
        }
        return [revision.nameCell, .text(controller), .int(revision.revision), revision.ageCell]
    }
}

enum PodDisruptionBudgetPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Min Available"), TableColumn("Max Unavailable"),
        TableColumn("Allowed Disruptions", .integer),
        .age,
    ]

    static func cells(_ budget: PodDisruptionBudget) -> [Cell] {
        [
            budget.nameCell, .text(budget.spec.minAvailable?.text, or: "N/A"),
            .text(budget.spec.maxUnavailable?.text, or: "N/A"), .int(budget.status.disruptionsAllowed ?? 0),
            budget.ageCell,
        ]
    }
}
