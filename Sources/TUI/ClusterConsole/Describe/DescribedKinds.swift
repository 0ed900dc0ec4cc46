import KubeAPI

extension DescribeWriter {
    /// The form that kubectl has for the object's kind. Kinds without one show their fields.
    mutating func describe(_ object: KubeObject) {
        switch object.kind {
        // Workloads
        case .pod: form(object) { $0.describe($1 as Pod) }
        case .replicationController: form(object) { $0.describe($1 as ReplicationController) }
        case .deployment: form(object) { $0.describe($1 as Deployment) }
        case .replicaSet: form(object) { $0.describe($1 as ReplicaSet) }
        case .daemonSet: form(object) { $0.describe($1 as DaemonSet) }
        case .statefulSet: form(object) { $0.describe($1 as StatefulSet) }
        case .job: form(object) { $0.describe($1 as Job) }
        case .cronJob: form(object) { $0.describe($1 as CronJob) }
        case .horizontalPodAutoscaler: form(object) { $0.describe($1 as HorizontalPodAutoscaler) }
        case .podDisruptionBudget: form(object) { $0.describe($1 as PodDisruptionBudget) }
        case .priorityClass: form(object) { $0.describe($1 as PriorityClass) }
        // Network
        case .service: form(object) { $0.describe($1 as Service) }
        case .endpoints: form(object) { $0.describe($1 as Endpoints) }
        case .endpointSlice: form(object) { $0.describe($1 as EndpointSlice) }
        case .ingress: form(object) { $0.describe($1 as Ingress) }
        case .ingressClass: form(object) { $0.describe($1 as IngressClass) }
        case .networkPolicy: form(object, showsEvents: false) { $0.describe($1 as NetworkPolicy) }
        case .serviceCIDR: form(object) { $0.describe($1 as ServiceCIDR) }
        case .ipAddress: form(object) { $0.describe($1 as IPAddress) }
        // Configuration and storage
        case .configMap: form(object) { $0.describe($1 as ConfigMap) }
        case .secret: form(object, showsEvents: false) { $0.describe($1 as Secret) }
        case .persistentVolumeClaim: form(object) { $0.describe($1 as PersistentVolumeClaim) }
        case .persistentVolume: form(object) { $0.describe($1 as PersistentVolume) }
        case .storageClass: form(object) { $0.describe($1 as StorageClass) }
        case .volumeAttributesClass: form(object) { $0.describe($1 as VolumeAttributesClass) }
        case .csiNode: form(object) { $0.describe($1 as CSINode) }
        // Cluster
        case .node: form(object) { $0.describe($1 as Node) }
        case .namespace: form(object, showsEvents: false) { $0.describe($1 as Namespace) }
        case .resourceQuota: form(object, showsEvents: false) { $0.describe($1 as ResourceQuota) }
        case .limitRange: form(object, showsEvents: false) { $0.describe($1 as LimitRange) }
        // Access
        case .serviceAccount: form(object) { $0.describe($1 as ServiceAccount) }
        case .role: form(object, showsEvents: false) { $0.describe($1 as KubeAPI.Role) }
        case .clusterRole: form(object, showsEvents: false) { $0.describe($1 as ClusterRole) }
        case .roleBinding: form(object, showsEvents: false) { $0.describe($1 as RoleBinding) }
        case .clusterRoleBinding: form(object, showsEvents: false) { $0.describe($1 as ClusterRoleBinding) }
        case .certificateSigningRequest: form(object) { $0.describe($1 as CertificateSigningRequest) }
        default:
            describeGeneric(object)
            if object.kind != .event { events(about: object) }
        }
    }

    /// kubectl leaves out the events of some kinds.
    private mutating func form<Value: Resource>(
        _ object: KubeObject, showsEvents: Bool = true, _ write: (inout DescribeWriter, Value) -> Void
    ) {
        guard let value = object.as(Value.self) else { return }
        write(&self, value)
        if showsEvents { events(about: object) }
    }
}
