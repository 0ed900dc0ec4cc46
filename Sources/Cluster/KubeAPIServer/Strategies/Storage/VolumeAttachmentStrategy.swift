import KubeAPI

/// VolumeAttachments. Follows kubernetes pkg/registry/storage/volumeattachment/strategy.go and
/// pkg/apis/storage/validation/validation.go.
enum VolumeAttachmentStrategy: Strategy {
    static func validate(_ attachment: VolumeAttachment) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                validator.volumeAttachment(attachment.spec)
                validator.csiDriverName("attacher", attachment.spec.attacher)
                if let volume = attachment.spec.source.persistentVolumeName {
                    validator.check(
                        .grandchild("source", "persistentVolumeName"), volume,
                        Validation.nameIsDNSSubdomain(volume, false))
                }
            }
            validator.field("status") { $0.volumeAttachment(attachment.status) }
        }
    }

    static func validateUpdate(_ attachment: VolumeAttachment, old: VolumeAttachment) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.volumeAttachment(attachment.spec) }
            validator.field("status") { $0.volumeAttachment(attachment.status) }
            validator.immutable("spec", attachment.spec, old: old.spec)
        }
    }

    static func validateStatusUpdate(_ attachment: VolumeAttachment, old: VolumeAttachment) -> [FieldError] {
        validateUpdate(attachment, old: old)
    }

    static var allowsUnconditionalUpdate: Bool { false }
}

extension Validator {
    fileprivate mutating func volumeAttachment(_ spec: VolumeAttachmentSpec) {
        if spec.attacher.isEmpty { required("attacher") }
        let exactlyOne = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
        switch (spec.source.persistentVolumeName, spec.source.inlineVolumeSpec) {
        case (nil, nil): required("source", exactlyOne)
        case (.some, .some): forbidden("source", exactlyOne)
        case (let name?, nil):
            if name.isEmpty {
                required(.grandchild("source", "persistentVolumeName"), "must specify non empty persistentVolumeName")
            }
        case (nil, let volume?): field("source", "inlineVolumeSpec") { $0.inlinePersistentVolume(volume) }
        }
        check("nodeName", spec.nodeName, Validation.nameIsDNSSubdomain(spec.nodeName, false))
    }

    private static let metadataMaximumSize = 256 * 1024
    private static let longestMessage = 1024

    fileprivate mutating func volumeAttachment(_ status: VolumeAttachmentStatus) {
        let size = status.attachmentMetadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if size > Validator.metadataMaximumSize {
            tooLong("attachmentMetadata", maximum: Validator.metadataMaximumSize)
        }
        for (name, error) in [("attachError", status.attachError), ("detachError", status.detachError)] {
            guard let error else { continue }
            field(name) { validator in
                // Upstream tells the limit of the metadata here.
                if error.message.text.utf8.count > Validator.longestMessage {
                    validator.tooLong("message", maximum: Validator.metadataMaximumSize)
                }
                if let code = error.errorCode, code < 0 {
                    validator.invalid("errorCode", code, Validation.rangeError(0, 0x7FFF_FFFF))
                }
            }
        }
    }
}
