/// A field that lists and watches may select by; the raw value is its name.
/// Follows the field label conversions of kubernetes `pkg/apis/*/v1/conversion.go`, and what the strategies in
/// `pkg/registry` select by.
public enum SelectableField: String, Hashable, Sendable {
    case metadataName = "metadata.name"
    case metadataNamespace = "metadata.namespace"
    case specNodeName = "spec.nodeName"
    case specRestartPolicy = "spec.restartPolicy"
    case specSchedulerName = "spec.schedulerName"
    case specServiceAccountName = "spec.serviceAccountName"
    case specHostNetwork = "spec.hostNetwork"
    case statusPhase = "status.phase"
    case statusPodIP = "status.podIP"
    case statusPodIPs = "status.podIPs"
    case statusNominatedNodeName = "status.nominatedNodeName"
    case specUnschedulable = "spec.unschedulable"
    case statusReplicas = "status.replicas"
    case statusSuccessful = "status.successful"
    case specSignerName = "spec.signerName"
    case specClusterIP = "spec.clusterIP"
    case specType = "spec.type"
    case type = "type"
    case reason = "reason"
    case source = "source"
    case reportingComponent = "reportingComponent"
    case reportingController = "reportingController"
    case involvedObjectKind = "involvedObject.kind"
    case involvedObjectNamespace = "involvedObject.namespace"
    case involvedObjectName = "involvedObject.name"
    case involvedObjectUID = "involvedObject.uid"
    case involvedObjectAPIVersion = "involvedObject.apiVersion"
    case involvedObjectResourceVersion = "involvedObject.resourceVersion"
    case involvedObjectFieldPath = "involvedObject.fieldPath"
    case regardingKind = "regarding.kind"
    case regardingNamespace = "regarding.namespace"
    case regardingName = "regarding.name"
    case regardingUID = "regarding.uid"
    case regardingAPIVersion = "regarding.apiVersion"
    case regardingResourceVersion = "regarding.resourceVersion"
    case regardingFieldPath = "regarding.fieldPath"
    case specDriver = "spec.driver"

    /// The field of a kind by its name; 400 when the kind does not select by it.
    public init(name: String, of kind: ResourceKind) throws(StatusError) {
        // Clients of long ago ask for a pod's host by this name.
        let name = kind == .pod && name == "spec.host" ? "spec.nodeName" : name
        if let field = SelectableField(rawValue: name), Self.fields(of: kind).contains(field) {
            self = field
            return
        }
        switch kind {
        case .pod, .node, .replicationController, .event, .namespace, .secret, .service, .certificateSigningRequest,
            .eventsEvent:
            throw .badRequest("field label not supported: \(name)")
        case .job: throw .badRequest("field label \(GoText.quoted(name)) not supported for Job")
        case .resourceSlice:
            let info = kind.info
            throw .badRequest(
                "field label not supported for \(info.apiVersion), Kind=\(info.name): \(name)")
        default:
            throw .badRequest(
                "\(GoText.quoted(name)) is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")
        }
    }

    /// The fields that lists of a kind may select by.
    public static func fields(of kind: ResourceKind) -> [SelectableField] {
        switch kind {
        case .pod:
            [
                .metadataName, .metadataNamespace, .specNodeName, .specRestartPolicy, .specSchedulerName,
                .specServiceAccountName, .specHostNetwork, .statusPhase, .statusPodIP, .statusPodIPs,
                .statusNominatedNodeName,
            ]
        case .node: [.metadataName, .specUnschedulable]
        case .namespace: [.metadataName, .statusPhase]
        case .replicationController, .replicaSet: [.metadataName, .metadataNamespace, .statusReplicas]
        case .job: [.metadataName, .metadataNamespace, .statusSuccessful]
        case .certificateSigningRequest: [.metadataName, .specSignerName]
        case .secret: [.metadataName, .metadataNamespace, .type]
        case .service: [.metadataName, .metadataNamespace, .specClusterIP, .specType]
        case .resourceSlice: [.metadataName, .specNodeName, .specDriver]
        case .event:
            [
                .metadataName, .metadataNamespace, .involvedObjectKind, .involvedObjectNamespace, .involvedObjectName,
                .involvedObjectUID, .involvedObjectAPIVersion, .involvedObjectResourceVersion,
                .involvedObjectFieldPath, .reason, .reportingComponent, .source, .type,
            ]
        case .eventsEvent:
            [
                .metadataName, .metadataNamespace, .regardingKind, .regardingNamespace, .regardingName, .regardingUID,
                .regardingAPIVersion, .regardingResourceVersion, .regardingFieldPath, .reason, .reportingController,
                .type,
            ]
        default: [.metadataName, .metadataNamespace]
        }
    }

    /// The field's value as text in an object as it is stored; empty for what is absent, and for kinds without the
    /// field. O(1).
    public func value(of object: KubeObject) -> String {
        switch self {
        case .metadataName: return object.name
        case .metadataNamespace: return object.namespace
        default: break
        }
        if let pod = object.as(Pod.self) { return value(of: pod) }
        if let event = object.as(Event.self) { return value(of: event) }
        return valueOfRarer(object)
    }

    private func value(of pod: Pod) -> String {
        switch self {
        case .specNodeName: pod.spec.nodeName ?? ""
        case .specRestartPolicy: pod.spec.restartPolicy ?? ""
        case .specSchedulerName: pod.spec.schedulerName ?? ""
        case .specServiceAccountName: pod.spec.serviceAccountName ?? ""
        case .specHostNetwork: pod.spec.hostNetwork == true ? "true" : "false"
        case .statusPhase: pod.status.phase ?? ""
        case .statusPodIP: pod.status.podIP ?? pod.status.podIPs.first?.ip ?? ""
        case .statusPodIPs: pod.status.podIPs.map(\.ip).joined(separator: ",")
        case .statusNominatedNodeName: pod.status.nominatedNodeName ?? ""
        default: ""
        }
    }

    private func value(of event: Event) -> String {
        let subject = event.involvedObject
        switch self {
        case .involvedObjectKind, .regardingKind: return subject.kind ?? ""
        case .involvedObjectNamespace, .regardingNamespace: return subject.namespace ?? ""
        case .involvedObjectName, .regardingName: return subject.name ?? ""
        case .involvedObjectUID, .regardingUID: return subject.uid ?? ""
        case .involvedObjectAPIVersion, .regardingAPIVersion: return subject.apiVersion ?? ""
        case .involvedObjectResourceVersion, .regardingResourceVersion: return subject.resourceVersion ?? ""
        case .involvedObjectFieldPath, .regardingFieldPath: return subject.fieldPath ?? ""
        case .reason: return event.reason ?? ""
        case .reportingComponent, .reportingController: return event.reportingComponent ?? ""
        case .source:
            let component = event.source?.component ?? ""
            return component.isEmpty ? event.reportingComponent ?? "" : component
        case .type: return event.type ?? ""
        default: return ""
        }
    }

    private func valueOfRarer(_ object: KubeObject) -> String {
        switch (self, object.kind) {
        case (.specUnschedulable, .node):
            object.as(Node.self)?.spec.unschedulable == true ? "true" : "false"
        case (.statusPhase, .namespace): object.as(Namespace.self)?.status.phase ?? ""
        case (.statusReplicas, .replicationController):
            object.as(ReplicationController.self).map { "\($0.status.replicas)" } ?? ""
        case (.statusReplicas, .replicaSet): object.as(ReplicaSet.self).map { "\($0.status.replicas)" } ?? ""
        case (.statusSuccessful, .job): object.as(Job.self).map { "\($0.status.succeeded ?? 0)" } ?? ""
        case (.specSignerName, .certificateSigningRequest):
            object.as(CertificateSigningRequest.self)?.spec.signerName ?? ""
        case (.type, .secret): object.as(Secret.self)?.type ?? ""
        case (.specClusterIP, .service): object.as(Service.self)?.spec.clusterIP ?? ""
        case (.specType, .service): object.as(Service.self)?.spec.type ?? ""
        case (.specNodeName, .resourceSlice): object.as(ResourceSlice.self)?.spec.nodeName ?? ""
        case (.specDriver, .resourceSlice): object.as(ResourceSlice.self)?.spec.driver ?? ""
        default: ""
        }
    }
}
