import KubeAPI
import KubeClient

extension DescribeWriter {
    mutating func describe(_ claim: PersistentVolumeClaim) {
        let (spec, status) = (claim.spec, claim.status)
        identity(claim)
        field("StorageClass", claim.storageClass)
        phase(status.phase, claim.metadata)
        field("Volume", spec.volumeName ?? "")
        labels("Labels", claim.labels)
        annotations(claim.annotations)
        field("Finalizers", DescribeWriter.list(claim.metadata.finalizers))
        let isBound = spec.volumeName.map { !$0.isEmpty } ?? false
        field("Capacity", isBound ? status.capacity["storage"]?.text ?? "0" : "")
        field("Access Modes", isBound ? DescribeWriter.accessModes(status.accessModes) : "")
        if let mode = spec.volumeMode { field("VolumeMode", mode) }
        if let source = spec.dataSource {
            line("DataSource:")
            if let group = source.apiGroup { field("APIGroup", group, indent: 1) }
            field("Kind", source.kind, indent: 1)
            field("Name", source.name, indent: 1)
        }
        pairs("Used By", podNames(using: claim))
        if status.conditions.isEmpty { return }
        line("Conditions:")
        line("Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage", indent: 1)
        line("----\t------\t-----------------\t------------------\t------\t-------", indent: 1)
        for condition in status.conditions {
            let columns = [
                condition.type, condition.status, condition.lastProbeTime?.rfc1123 ?? "",
                condition.lastTransitionTime?.rfc1123 ?? "", condition.reason ?? "",
            ]
            line(columns.map { $0 + " \t" }.joined() + (condition.message ?? ""), indent: 1)
        }
    }

    /// The pods that mount the claim, and those that own it. O(pods of the namespace).
    private func podNames(using claim: PersistentVolumeClaim) -> [String] {
        let owners = claim.metadata.ownerReferences.filter { $0.kind == "Pod" }.map(\.uid)
        var names: [String] = []
        snapshot.objects.forEach(.pod, namespace: claim.namespace) { object in
            if let pod = object.as(Pod.self),
                owners.contains(pod.uid)
                    || pod.spec.volumes.contains(where: { $0.persistentVolumeClaim?.claimName == claim.name })
            {
                names.append(pod.name)
            }
            return true
        }
        return names
    }

    mutating func phase(_ phase: String?, _ metadata: ObjectMeta) {
        field("Status", metadata.deletionTimestamp.map { "Terminating (lasts \(age($0)))" } ?? phase ?? "")
    }

    /// Their short names, always in the same order.
    static func accessModes(_ modes: [String]) -> String {
        let names = [
            ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"),
        ]
        return names.filter { modes.contains($0.0) }.map(\.1).joined(separator: ",")
    }

    mutating func describe(_ storageClass: StorageClass) {
        let isDefault = [
            "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class",
        ].contains { storageClass.annotations[$0] == "true" }
        identity(storageClass, isNamespaced: false)
        field("IsDefaultClass", isDefault ? "Yes" : "No")
        field("Annotations", DescribeWriter.inline(storageClass.annotations))
        field("Provisioner", storageClass.provisioner)
        field("Parameters", DescribeWriter.inline(storageClass.parameters))
        field("AllowVolumeExpansion", DescribeWriter.truth(storageClass.allowVolumeExpansion))
        if storageClass.mountOptions.isEmpty {
            field("MountOptions", "<none>")
        } else {
            line("MountOptions:")
            for option in storageClass.mountOptions { line(option, indent: 1) }
        }
        if let policy = storageClass.reclaimPolicy { field("ReclaimPolicy", policy) }
        if let mode = storageClass.volumeBindingMode { field("VolumeBindingMode", mode) }
        if storageClass.allowedTopologies.isEmpty { return }
        field("AllowedTopologies", "")
        for (index, term) in storageClass.allowedTopologies.enumerated() {
            let texts = term.matchLabelExpressions.map { requirement in
                DescribeWriter.condition(requirement.key, "in", requirement.values)
            }
            pairs("Term \(index)", texts, indent: 1)
        }
    }

    /// As in `zone in [a, b]`.
    static func condition(_ key: String, _ comparison: String, _ values: [String]) -> String {
        "\(key) \(comparison)" + (values.isEmpty ? "" : " [\(values.joined(separator: ", "))]")
    }

    mutating func describe(_ attributes: VolumeAttributesClass) {
        identity(attributes, isNamespaced: false)
        field("Annotations", DescribeWriter.inline(attributes.annotations))
        field("DriverName", attributes.driverName)
        field("Parameters", DescribeWriter.inline(attributes.parameters))
    }

    mutating func describe(_ node: CSINode) {
        identity(node, isNamespaced: false)
        labels("Labels", node.labels)
        annotations(node.annotations)
        field("CreationTimestamp", node.metadata.creationTimestamp?.rfc1123 ?? "")
        line("Spec:")
        if !node.spec.drivers.isEmpty { line("Drivers:", indent: 1) }
        for driver in node.spec.drivers {
            line("\(driver.name):", indent: 2)
            field("Node ID", driver.nodeID, indent: 3)
            if let count = driver.allocatable?.count {
                line("Allocatables:", indent: 3)
                field("Count", "\(count)", indent: 4)
            }
            if !driver.topologyKeys.isEmpty {
                field("Topology Keys", DescribeWriter.list(driver.topologyKeys), indent: 3)
            }
        }
    }
}

extension PersistentVolumeClaim {
    /// The class asked for; the annotation of old goes first.
    var storageClass: String {
        annotations["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName ?? ""
    }
}
