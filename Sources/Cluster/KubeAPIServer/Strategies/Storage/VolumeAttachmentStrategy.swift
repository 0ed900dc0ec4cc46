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
        }
    }

    static func validateUpdate(_ attachment: VolumeAttachment, old: VolumeAttachment) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.volumeAttachment(attachment.spec) }
            validator.immutable("spec", attachment.spec, old: old.spec)
        }
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
        case (nil, .some): break
        }
        check("nodeName", spec.nodeName, Validation.nameIsDNSSubdomain(spec.nodeName, false))
    }
}
