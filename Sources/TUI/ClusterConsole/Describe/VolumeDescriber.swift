import KubeAPI

extension DescribeWriter {
    mutating func volumes(_ volumes: [Volume], space: String = "") {
        if volumes.isEmpty { return line("\(space)Volumes:\t<none>") }
        line("\(space)Volumes:")
        for volume in volumes {
            line((space.isEmpty ? "" : " ") + volume.name + ":", indent: 1)
            source(of: volume)
        }
    }

    private mutating func source(of volume: Volume) {
        if let path = volume.hostPath {
            let type = path.type ?? "<none>"
            source("HostPath (bare host directory volume)", [("Path", path.path), ("HostPathType", type)])
        } else if let directory = volume.emptyDir {
            let limit = directory.sizeLimit.flatMap { $0.isZero ? nil : $0.text } ?? "<unset>"
            source(
                "EmptyDir (a temporary directory that shares a pod's lifetime)",
                [("Medium", directory.medium ?? ""), ("SizeLimit", limit)])
        } else if let secret = volume.secret {
            let optional = "\(secret.optional ?? false)"
            source(
                "Secret (a volume populated by a Secret)",
                [("SecretName", secret.secretName ?? ""), ("Optional", optional)])
        } else if let map = volume.configMap {
            let optional = "\(map.optional ?? false)"
            source(
                "ConfigMap (a volume populated by a ConfigMap)", [("Name", map.name ?? ""), ("Optional", optional)])
        } else if let share = volume.nfs {
            source(
                "NFS (an NFS mount that lasts the lifetime of a pod)",
                [("Server", share.server), ("Path", share.path), ("ReadOnly", "\(share.readOnly ?? false)")])
        } else if let claim = volume.persistentVolumeClaim {
            source(
                "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
                [("ClaimName", claim.claimName), ("ReadOnly", "\(claim.readOnly ?? false)")])
        } else if let ephemeral = volume.ephemeral {
            source(
                "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)", [])
            if let template = ephemeral.volumeClaimTemplate { claim(template) }
        } else if let downward = volume.downwardAPI {
            source("DownwardAPI (a volume populated by information about the pod)", [])
            line("Items:", indent: 2)
            for item in downward.items {
                if let field = item.fieldRef { line("\(field.fieldPath) -> \(item.path)", indent: 3) }
                if let field = item.resourceFieldRef { line("\(field.resource) -> \(item.path)", indent: 3) }
            }
        } else if let projected = volume.projected {
            source("Projected (a volume that contains injected data from multiple sources)", [])
            for source in projected.sources { projection(source) }
        } else if let disk = volume.csi {
            source(
                "CSI (a Container Storage Interface (CSI) volume source)",
                [
                    ("Driver", disk.driver), ("FSType", disk.fsType ?? ""),
                    ("ReadOnly", "\(disk.readOnly ?? false)"),
                ])
            volumeAttributes(disk.volumeAttributes)
        } else if let image = volume.image {
            source(
                "Image (a container image or OCI artifact)",
                [("Reference", image.reference ?? ""), ("PullPolicy", image.pullPolicy ?? "")])
        } else if let plugin = PluginVolume(volume) {
            source(plugin.type, plugin.fields)
        } else {
            line("<unknown>", indent: 1)
        }
    }

    private mutating func source(_ type: String, _ fields: [(label: String, value: String)]) {
        field("Type", type, indent: 2)
        for (label, value) in fields { field(label, value, indent: 2) }
    }

    private mutating func projection(_ source: VolumeProjection) {
        if let secret = source.secret {
            field("SecretName", secret.name ?? "", indent: 2)
            field("Optional", "\(secret.optional ?? false)", indent: 2)
        } else if source.downwardAPI != nil {
            field("DownwardAPI", "true", indent: 2)
        } else if let map = source.configMap {
            field("ConfigMapName", map.name ?? "", indent: 2)
            field("Optional", "\(map.optional ?? false)", indent: 2)
        } else if let token = source.serviceAccountToken {
            field("TokenExpirationSeconds", "\(token.expirationSeconds ?? 3600)", indent: 2)
        }
    }

    /// kubectl sets the values of labels and annotations in by two levels more.
    private mutating func claim(_ template: PersistentVolumeClaimTemplate) {
        var claim = PersistentVolumeClaim()
        claim.metadata = template.metadata ?? ObjectMeta()
        claim.spec = template.spec
        field("StorageClass", claim.storageClass, indent: 2)
        field("Volume", claim.spec.volumeName ?? "", indent: 2)
        let labels = claim.labels.isEmpty ? ["<none>"] : claim.labels.map { "\($0.key)=\($0.value)" }
        pairs("Labels", labels.map { "    " + $0 }, indent: 2)
        let notes = claim.annotations.isEmpty ? ["<none>"] : claim.annotations.map { "\($0.key): \($0.value)" }
        pairs("Annotations", notes.map { "    " + $0 }, indent: 2)
        field("Capacity", "", indent: 2)
        field("Access Modes", "", indent: 2)
        if let mode = claim.spec.volumeMode { field("VolumeMode", mode, indent: 2) }
    }

    /// kubectl sets the values in by two levels more.
    mutating func volumeAttributes(_ attributes: StringMap<String>) {
        if attributes.isEmpty { return field("VolumeAttributes", "<none>", indent: 2) }
        for (index, attribute) in attributes.enumerated() {
            let text = DescribeWriter.shortened(
                "\(attribute.key)=\(attribute.value)", to: DescribeWriter.longestLine)
            line((index == 0 ? "VolumeAttributes:" : "    ") + "\t    \(text)", indent: 2)
        }
    }
}
