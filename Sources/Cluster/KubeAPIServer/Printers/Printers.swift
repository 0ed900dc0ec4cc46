import KubeAPI

/// Prints the objects of one kind as rows of a table.
package protocol TablePrinter: SendableMetatype {
    associatedtype Value: Resource
    /// The columns, those of `-o wide` last or where upstream has them, with priority 1.
    static var columns: [TableColumn] { get }
    /// A cell for every column.
    static func cells(_ value: Value) -> [Cell]
}

/// The tables that `kubectl get` prints; the server makes them for every client.
/// Follows kubernetes pkg/printers/internalversion/printers.go.
package enum Printers {
    /// The columns of a kind, normal and wide. O(1).
    package static func columns(for kind: ResourceKind) -> [TableColumn] { all[Int(kind.rawValue)].columns }

    /// The cells of an object, one for each column of its kind.
    package static func cells(for object: KubeObject) -> [Cell] { all[Int(object.kind.rawValue)].cells(object) }

    /// What kubectl shows in the column of this name, in any case; nil if the kind has no such column.
    package static func cell(_ column: String, of object: KubeObject) -> Cell? {
        let name = column.lowercased()
        guard let index = columns(for: object.kind).firstIndex(where: { $0.name.lowercased() == name }) else {
            return nil
        }
        return cells(for: object)[index]
    }

    private static let all: [AnyPrinter] = {
        var all = Catalogue.kinds.map { AnyPrinter(generic: $0.kind) }
        for printer in own { all[Int(printer.kind.rawValue)] = printer }
        return all
    }()

    private static let own: [AnyPrinter] =
        workloads + services + cluster + configuration + storage + access + admission + resources

    private static let workloads: [AnyPrinter] = [
        AnyPrinter(PodPrinter.self), AnyPrinter(PodTemplatePrinter.self), AnyPrinter(DeploymentPrinter.self),
        AnyPrinter(ReplicaSetPrinter.self), AnyPrinter(ReplicationControllerPrinter.self),
        AnyPrinter(DaemonSetPrinter.self), AnyPrinter(StatefulSetPrinter.self), AnyPrinter(JobPrinter.self),
        AnyPrinter(CronJobPrinter.self), AnyPrinter(ControllerRevisionPrinter.self),
        AnyPrinter(HorizontalPodAutoscalerPrinter.self), AnyPrinter(PodDisruptionBudgetPrinter.self),
    ]
    private static let services: [AnyPrinter] = [
        AnyPrinter(ServicePrinter.self), AnyPrinter(EndpointsPrinter.self), AnyPrinter(EndpointSlicePrinter.self),
        AnyPrinter(IngressPrinter.self), AnyPrinter(IngressClassPrinter.self), AnyPrinter(NetworkPolicyPrinter.self),
        AnyPrinter(ServiceCIDRPrinter.self), AnyPrinter(IPAddressPrinter.self),
    ]
    private static let cluster: [AnyPrinter] = [
        AnyPrinter(NodePrinter.self), AnyPrinter(NamespacePrinter.self), AnyPrinter(EventPrinter.self),
        AnyPrinter(EventsEventPrinter.self), AnyPrinter(LeasePrinter.self), AnyPrinter(PriorityClassPrinter.self),
        AnyPrinter(RuntimeClassPrinter.self), AnyPrinter(FlowSchemaPrinter.self),
        AnyPrinter(PriorityLevelConfigurationPrinter.self), AnyPrinter(ComponentStatusPrinter.self),
        AnyPrinter(NodeMetricsPrinter.self), AnyPrinter(PodMetricsPrinter.self), AnyPrinter(APIServicePrinter.self),
        AnyPrinter(CustomResourceDefinitionPrinter.self),
    ]
    private static let configuration: [AnyPrinter] = [
        AnyPrinter(ConfigMapPrinter.self), AnyPrinter(SecretPrinter.self), AnyPrinter(ServiceAccountPrinter.self),
        AnyPrinter(ResourceQuotaPrinter.self), AnyPrinter(LimitRangePrinter.self),
    ]
    private static let storage: [AnyPrinter] = [
        AnyPrinter(PersistentVolumePrinter.self), AnyPrinter(PersistentVolumeClaimPrinter.self),
        AnyPrinter(StorageClassPrinter.self), AnyPrinter(VolumeAttachmentPrinter.self), AnyPrinter(CSINodePrinter.self),
        AnyPrinter(CSIDriverPrinter.self), AnyPrinter(CSIStorageCapacityPrinter.self),
        AnyPrinter(VolumeAttributesClassPrinter.self),
    ]
    private static let access: [AnyPrinter] = [
        AnyPrinter(RolePrinter.self), AnyPrinter(ClusterRolePrinter.self), AnyPrinter(RoleBindingPrinter.self),
        AnyPrinter(ClusterRoleBindingPrinter.self), AnyPrinter(CertificateSigningRequestPrinter.self),
    ]
    private static let admission: [AnyPrinter] = [
        AnyPrinter(MutatingWebhookConfigurationPrinter.self), AnyPrinter(ValidatingWebhookConfigurationPrinter.self),
        AnyPrinter(ValidatingAdmissionPolicyPrinter.self), AnyPrinter(ValidatingAdmissionPolicyBindingPrinter.self),
        AnyPrinter(MutatingAdmissionPolicyPrinter.self), AnyPrinter(MutatingAdmissionPolicyBindingPrinter.self),
    ]
    private static let resources: [AnyPrinter] = [
        AnyPrinter(ResourceClaimPrinter.self), AnyPrinter(ResourceSlicePrinter.self),
    ]
}

/// A printer with its kind erased.
final class AnyPrinter: Sendable {
    let kind: ResourceKind
    let columns: [TableColumn]
    let cells: @Sendable (KubeObject) -> [Cell]

    init<Printer: TablePrinter>(_: Printer.Type) {
        kind = Printer.Value.kind
        columns = Printer.columns
        cells = { object in
            guard let value = object.as(Printer.Value.self) else { preconditionFailure("an object of another kind") }
            return Printer.cells(value)
        }
    }

    /// Names and ages, for a kind without a printer of its own.
    init(generic kind: ResourceKind) {
        self.kind = kind
        columns = [.name, .age]
        cells = { [.text($0.name), .age(of: $0.metadata.creationTimestamp)] }
    }
}

extension Resource {
    var nameCell: Cell { .text(name) }
    var ageCell: Cell { .age(of: metadata.creationTimestamp) }
    /// The moment of creation itself, which the oldest kinds print.
    var createdAtCell: Cell { .text(metadata.creationTimestamp?.rfc3339 ?? "") }
}
