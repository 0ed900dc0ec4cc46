import KubeAPI

/// Fields that are stored, and that nothing acts on yet. Whoever writes one is told, and so are the object's events.
/// Claims are told of in words of their own: pods wait until theirs is bound, which nothing here does.
///
/// One line a field, by its path in a pod's spec, which is found in pods and in whatever makes them of a template.
package enum UnattendedFields {
    private struct Field: Sendable {
        let path: String
        let isUsed: @Sendable (PodSpec) -> Bool
    }

    private static let fields: [Field] = [
        Field(path: "dnsConfig") { $0.dnsConfig != nil },
        Field(path: "hostAliases") { !$0.hostAliases.isEmpty },
        Field(path: "hostIPC") { $0.hostIPC == true },
        Field(path: "hostPID") { $0.hostPID == true },
        Field(path: "hostUsers") { $0.hostUsers == false },
        Field(path: "hostnameOverride") { !$0.hostnameOverride.isEmptyOrNil },
        Field(path: "resourceClaims") { !$0.resourceClaims.isEmpty },
        Field(path: "securityContext.sysctls") { !($0.securityContext?.sysctls ?? []).isEmpty },
        Field(path: "setHostnameAsFQDN") { $0.setHostnameAsFQDN == true },
        Field(path: "shareProcessNamespace") { $0.shareProcessNamespace == true },
        Field(path: "containers[*].env[*].valueFrom.fileKeyRef") { $0.anyContainer(readsFile) },
        Field(path: "containers[*].volumeDevices") { $0.anyContainer { !$0.volumeDevices.isEmpty } },
        Field(path: "volumes[*].awsElasticBlockStore") { has($0) { $0.awsElasticBlockStore != nil } },
        Field(path: "volumes[*].azureDisk") { has($0) { $0.azureDisk != nil } },
        Field(path: "volumes[*].azureFile") { has($0) { $0.azureFile != nil } },
        Field(path: "volumes[*].cephfs") { has($0) { $0.cephfs != nil } },
        Field(path: "volumes[*].cinder") { has($0) { $0.cinder != nil } },
        Field(path: "volumes[*].csi") { has($0) { $0.csi != nil } },
        Field(path: "volumes[*].fc") { has($0) { $0.fc != nil } },
        Field(path: "volumes[*].flexVolume") { has($0) { $0.flexVolume != nil } },
        Field(path: "volumes[*].flocker") { has($0) { $0.flocker != nil } },
        Field(path: "volumes[*].gcePersistentDisk") { has($0) { $0.gcePersistentDisk != nil } },
        Field(path: "volumes[*].gitRepo") { has($0) { $0.gitRepo != nil } },
        Field(path: "volumes[*].glusterfs") { has($0) { $0.glusterfs != nil } },
        Field(path: "volumes[*].image") { has($0) { $0.image != nil } },
        Field(path: "volumes[*].iscsi") { has($0) { $0.iscsi != nil } },
        Field(path: "volumes[*].nfs") { has($0) { $0.nfs != nil } },
        Field(path: "volumes[*].photonPersistentDisk") { has($0) { $0.photonPersistentDisk != nil } },
        Field(path: "volumes[*].portworxVolume") { has($0) { $0.portworxVolume != nil } },
        Field(path: "volumes[*].quobyte") { has($0) { $0.quobyte != nil } },
        Field(path: "volumes[*].rbd") { has($0) { $0.rbd != nil } },
        Field(path: "volumes[*].scaleIO") { has($0) { $0.scaleIO != nil } },
        Field(path: "volumes[*].storageos") { has($0) { $0.storageos != nil } },
        Field(path: "volumes[*].vsphereVolume") { has($0) { $0.vsphereVolume != nil } },
    ]

    private static let claims: [Field] = [
        Field(path: "volumes[*].ephemeral") { has($0) { $0.ephemeral != nil } },
        Field(path: "volumes[*].persistentVolumeClaim") { has($0) { $0.persistentVolumeClaim != nil } },
    ]

    private static func has(_ spec: PodSpec, _ isUsed: (Volume) -> Bool) -> Bool {
        spec.volumes.contains(where: isUsed)
    }

    private static func readsFile(_ container: Container) -> Bool {
        container.env.contains { $0.valueFrom?.fileKeyRef != nil }
    }

    /// What to say about an object; nil if everything that it asks for is acted on. O(fields).
    package static func warning(for object: KubeObject) -> String? {
        if let service = object.as(Service.self) { return warning(for: service) }
        guard let (prefix, spec) = podSpec(of: object) else { return nil }
        func used(_ fields: [Field]) -> String {
            fields.filter { $0.isUsed(spec) }.map { prefix + $0.path }.joined(separator: ", ")
        }
        let idle = used(fields)
        let claimed = used(claims)
        var texts: [String] = []
        if !idle.isEmpty { texts.append("Drydock does not act on \(idle) yet: stored, without effect") }
        if !claimed.isEmpty {
            texts.append(
                "Drydock binds no claims yet: pods with \(claimed) wait until theirs are there, and run unbound")
        }
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }

    private static func warning(for service: Service) -> String? {
        guard service.spec.type == "LoadBalancer" else { return nil }
        let probe =
            service.spec.healthCheckNodePort ?? 0 == 0 ? "" : ", and nothing answers at spec.healthCheckNodePort"
        return "Drydock has no load balancers yet: the service gets an external address only if somebody else writes "
            + "one into its status" + probe
    }

    /// The spec of a pod, or of the pods that the object makes, with the path to its fields.
    private static func podSpec(of object: KubeObject) -> (prefix: String, spec: PodSpec)? {
        if let pod = object.as(Pod.self) { return ("spec.", pod.spec) }
        return object.podTemplate.map { ($0.path + ".spec.", $0.template.spec) }
    }
}
