import KubeAPI

// Storage. Follows kubernetes pkg/printers/internalversion/printers.go.

enum PersistentVolumePrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Capacity"), TableColumn("Access Modes"), TableColumn("Reclaim Policy"),
        TableColumn("Status"), TableColumn("Claim"), TableColumn("StorageClass"), TableColumn("VolumeAttributesClass"),
        TableColumn("Reason"), .age, .wide("VolumeMode"),
    ]

    static func cells(_ volume: PersistentVolume) -> [Cell] {
        let claim = volume.spec.claimRef.map { "\($0.namespace.text)/\($0.name.text)" } ?? ""
        let phase = volume.metadata.deletionTimestamp == nil ? volume.status.phase.text : "Terminating"
        return [
            volume.nameCell, .text(volume.spec.capacity["storage"]?.text ?? ""),
            .text(PrinterTexts.accessModes(volume.spec.accessModes)),
            .text(volume.spec.persistentVolumeReclaimPolicy.text), .text(phase), .text(claim),
            .text(storageClass(volume.metadata, volume.spec.storageClassName)),
            .text(volume.spec.volumeAttributesClassName, or: PrinterTexts.unset), .text(volume.status.reason.text),
            volume.ageCell, .text(volume.spec.volumeMode, or: PrinterTexts.unset),
        ]
    }

    /// The class by its annotation, which came first, or by its field.
    static func storageClass(_ metadata: ObjectMeta, _ name: String?) -> String {
        metadata.annotations["volume.beta.kubernetes.io/storage-class"] ?? name.text
    }
}

enum PersistentVolumeClaimPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Status"), TableColumn("Volume"), TableColumn("Capacity"), TableColumn("Access Modes"),
        TableColumn("StorageClass"), TableColumn("VolumeAttributesClass"), .age, .wide("VolumeMode"),
    ]

    static func cells(_ claim: PersistentVolumeClaim) -> [Cell] {
        let isBound = !claim.spec.volumeName.isEmptyOrNil
        let phase = claim.metadata.deletionTimestamp == nil ? claim.status.phase.text : "Terminating"
        return [
            claim.nameCell, .text(phase), .text(claim.spec.volumeName.text),
            .text(isBound ? claim.status.capacity["storage"]?.text ?? "0" : ""),
            .text(isBound ? PrinterTexts.accessModes(claim.status.accessModes) : ""),
            .text(PersistentVolumePrinter.storageClass(claim.metadata, claim.spec.storageClassName)),
            .text(claim.spec.volumeAttributesClassName, or: PrinterTexts.unset), claim.ageCell,
            .text(claim.spec.volumeMode, or: PrinterTexts.unset),
        ]
    }
}

enum StorageClassPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Provisioner"), TableColumn("ReclaimPolicy"), TableColumn("VolumeBindingMode"),
        TableColumn("AllowVolumeExpansion", .boolean), .age,
    ]

    static func cells(_ storageClass: StorageClass) -> [Cell] {
        let keys = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"]
        let isDefault = keys.contains { storageClass.annotations[$0] == "true" }
        return [
            .text(isDefault ? storageClass.name + " (default)" : storageClass.name), .text(storageClass.provisioner),
            .text(storageClass.reclaimPolicy, or: "Delete"), .text(storageClass.volumeBindingMode, or: "Immediate"),
            .bool(storageClass.allowVolumeExpansion ?? false), storageClass.ageCell,
        ]
    }
}

enum VolumeAttachmentPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("Attacher"), TableColumn("PV"), TableColumn("Node"), TableColumn("Attached", .boolean), .age,
    ]

    static func cells(_ attachment: VolumeAttachment) -> [Cell] {
        [
            attachment.nameCell, .text(attachment.spec.attacher),
            .text(attachment.spec.source.persistentVolumeName.text),
            .text(attachment.spec.nodeName), .bool(attachment.status.attached), attachment.ageCell,
        ]
    }
}

enum CSINodePrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Drivers", .integer), .age]
    static func cells(_ node: CSINode) -> [Cell] { [node.nameCell, .int(node.spec.drivers.count), node.ageCell] }
}

enum CSIDriverPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        .name, TableColumn("AttachRequired", .boolean), TableColumn("PodInfoOnMount", .boolean),
        TableColumn("StorageCapacity", .boolean), TableColumn("TokenRequests"),
        TableColumn("RequiresRepublish", .boolean), TableColumn("Modes"), .age,
    ]

    static func cells(_ driver: CSIDriver) -> [Cell] {
        let spec = driver.spec
        let audiences = spec.tokenRequests.map(\.audience).joined(separator: ",")
        let modes = spec.volumeLifecycleModes.isEmpty ? "Persistent" : spec.volumeLifecycleModes.joined(separator: ",")
        return [
            driver.nameCell, .bool(spec.attachRequired ?? true), .bool(spec.podInfoOnMount ?? false),
            .bool(spec.storageCapacity ?? false), .text(audiences, or: PrinterTexts.unset),
            .bool(spec.requiresRepublish ?? false), .text(modes), driver.ageCell,
        ]
    }
}

enum CSIStorageCapacityPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("StorageClassName"), TableColumn("Capacity")]

    static func cells(_ capacity: CSIStorageCapacity) -> [Cell] {
        [
            capacity.nameCell, .text(capacity.storageClassName),
            .text(capacity.capacity?.text, or: PrinterTexts.unset),
        ]
    }
}

enum VolumeAttributesClassPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("DriverName"), .age]

    static func cells(_ attributes: VolumeAttributesClass) -> [Cell] {
        [attributes.nameCell, .text(attributes.driverName), attributes.ageCell]
    }
}
