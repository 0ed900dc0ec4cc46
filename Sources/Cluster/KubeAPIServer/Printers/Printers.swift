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
        var all: [AnyPrinter] = Catalogue.kinds.map { GenericPrinter($0.kind) }
        for printer in own { all[Int(printer.kind.rawValue)] = printer }
        return all
    }()

    private static let own: [AnyPrinter] =
        workloads + services + cluster + configuration + storage + access + admission + resources

    private static let workloads: [AnyPrinter] = [
        TypedPrinter<PodPrinter>(), TypedPrinter<PodTemplatePrinter>(), TypedPrinter<DeploymentPrinter>(),
        TypedPrinter<ReplicaSetPrinter>(), TypedPrinter<ReplicationControllerPrinter>(),
        TypedPrinter<DaemonSetPrinter>(), TypedPrinter<StatefulSetPrinter>(), TypedPrinter<JobPrinter>(),
        TypedPrinter<CronJobPrinter>(), TypedPrinter<ControllerRevisionPrinter>(),
        TypedPrinter<HorizontalPodAutoscalerPrinter>(), TypedPrinter<PodDisruptionBudgetPrinter>(),
    ]
    private static let services: [AnyPrinter] = [
        TypedPrinter<ServicePrinter>(), TypedPrinter<EndpointsPrinter>(), TypedPrinter<EndpointSlicePrinter>(),
        TypedPrinter<IngressPrinter>(), TypedPrinter<IngressClassPrinter>(), TypedPrinter<NetworkPolicyPrinter>(),
        TypedPrinter<ServiceCIDRPrinter>(), TypedPrinter<IPAddressPrinter>(),
    ]
    private static let cluster: [AnyPrinter] = [
        TypedPrinter<NodePrinter>(), TypedPrinter<NamespacePrinter>(), TypedPrinter<EventPrinter>(),
        TypedPrinter<EventsEventPrinter>(), TypedPrinter<LeasePrinter>(), TypedPrinter<PriorityClassPrinter>(),
        TypedPrinter<RuntimeClassPrinter>(), TypedPrinter<FlowSchemaPrinter>(),
        TypedPrinter<PriorityLevelConfigurationPrinter>(), TypedPrinter<ComponentStatusPrinter>(),
        TypedPrinter<NodeMetricsPrinter>(), TypedPrinter<PodMetricsPrinter>(), TypedPrinter<APIServicePrinter>(),
        TypedPrinter<CustomResourceDefinitionPrinter>(),
    ]
    private static let configuration: [AnyPrinter] = [
        TypedPrinter<ConfigMapPrinter>(), TypedPrinter<SecretPrinter>(), TypedPrinter<ServiceAccountPrinter>(),
        TypedPrinter<ResourceQuotaPrinter>(), TypedPrinter<LimitRangePrinter>(),
    ]
    private static let storage: [AnyPrinter] = [
        TypedPrinter<PersistentVolumePrinter>(), TypedPrinter<PersistentVolumeClaimPrinter>(),
        TypedPrinter<StorageClassPrinter>(), TypedPrinter<VolumeAttachmentPrinter>(), TypedPrinter<CSINodePrinter>(),
        TypedPrinter<CSIDriverPrinter>(), TypedPrinter<CSIStorageCapacityPrinter>(),
        TypedPrinter<VolumeAttributesClassPrinter>(),
    ]
    private static let access: [AnyPrinter] = [
        TypedPrinter<RolePrinter>(), TypedPrinter<ClusterRolePrinter>(), TypedPrinter<RoleBindingPrinter>(),
        TypedPrinter<ClusterRoleBindingPrinter>(), TypedPrinter<CertificateSigningRequestPrinter>(),
    ]
    private static let admission: [AnyPrinter] = [
        TypedPrinter<MutatingWebhookConfigurationPrinter>(), TypedPrinter<ValidatingWebhookConfigurationPrinter>(),
        TypedPrinter<ValidatingAdmissionPolicyPrinter>(), TypedPrinter<ValidatingAdmissionPolicyBindingPrinter>(),
        TypedPrinter<MutatingAdmissionPolicyPrinter>(), TypedPrinter<MutatingAdmissionPolicyBindingPrinter>(),
    ]
    private static let resources: [AnyPrinter] = [
        TypedPrinter<ResourceClaimPrinter>(), TypedPrinter<ResourceSlicePrinter>(),
    ]
}

/// A printer with its kind erased.
class AnyPrinter: @unchecked Sendable {
    final let kind: ResourceKind
    final let columns: [TableColumn]

    init(kind: ResourceKind, columns: [TableColumn]) {
        self.kind = kind
        self.columns = columns
    }

    func cells(_ object: KubeObject) -> [Cell] { preconditionFailure("every AnyPrinter prints something") }
}

final class TypedPrinter<Printer: TablePrinter>: AnyPrinter, @unchecked Sendable {
    init() { super.init(kind: Printer.Value.kind, columns: Printer.columns) }

    override func cells(_ object: KubeObject) -> [Cell] {
        guard let value = object.as(Printer.Value.self) else { preconditionFailure("an object of another kind") }
        return Printer.cells(value)
    }
}

/// Names and ages, for kinds without a printer of their own.
final class GenericPrinter: AnyPrinter, @unchecked Sendable {
    init(_ kind: ResourceKind) { super.init(kind: kind, columns: [.name, .age]) }

    override func cells(_ object: KubeObject) -> [Cell] {
        [.text(object.name), .age(of: object.metadata.creationTimestamp)]
    }
}

extension Resource {
    var nameCell: Cell { .text(name) }
    var ageCell: Cell { .age(of: metadata.creationTimestamp) }
    /// The moment of creation itself, which the oldest kinds print.
    var createdAtCell: Cell { .text(metadata.creationTimestamp?.rfc3339 ?? "") }
}
