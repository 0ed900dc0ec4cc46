import KubeAPI

extension DescribeWriter {
    mutating func describe(_ volume: PersistentVolume) {
        let spec = volume.spec
        identity(volume, isNamespaced: false)
        labels("Labels", volume.labels)
        annotations(volume.annotations)
        field("Finalizers", DescribeWriter.list(volume.metadata.finalizers))
        let storageClass = volume.annotations["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName
        field("StorageClass", storageClass ?? "")
        phase(volume.status.phase, volume.metadata)
        field("Claim", spec.claimRef.map { "\($0.namespace ?? "")/\($0.name ?? "")" } ?? "")
        field("Reclaim Policy", spec.persistentVolumeReclaimPolicy ?? "")
        field("Access Modes", DescribeWriter.accessModes(spec.accessModes))
        if let mode = spec.volumeMode { field("VolumeMode", mode) }
        field("Capacity", spec.capacity["storage"]?.text ?? "0")
        affinity(spec.nodeAffinity)
        field("Message", volume.status.message ?? "")
        line("Source:")
        guard let source = PluginVolume(spec) else { return line("<unknown>", indent: 1) }
        field("Type", source.type, indent: 2)
        for (label, value) in source.fields { field(label, value, indent: 2) }
        if let csi = spec.csi { volumeAttributes(csi.volumeAttributes) }
    }

    private mutating func affinity(_ affinity: VolumeNodeAffinity?) {
        guard let required = affinity?.required else { return field("Node Affinity", "<none>") }
        field("Node Affinity", "")
        field("Required Terms", required.nodeSelectorTerms.isEmpty ? "<none>" : "", indent: 1)
        for (index, term) in required.nodeSelectorTerms.enumerated() {
            let texts = term.matchExpressions.map { requirement in
                DescribeWriter.condition(requirement.key, requirement.operator.lowercased(), requirement.values)
            }
            pairs("Term \(index)", texts, indent: 2)
        }
    }
}
