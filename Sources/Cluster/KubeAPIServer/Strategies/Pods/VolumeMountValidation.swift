import KubeAPI

// What containers mount. Follows kubernetes pkg/apis/core/validation/validation.go `ValidateVolumeMounts`.

extension Validator {
    mutating func volumeMounts(_ container: Container, _ context: PodValidationContext) {
        if container.volumeMounts.isEmpty { return }
        var paths: [String] = []
        // Upstream reports these three at the list, not at its element.
        var misplaced: [VolumeMount] = []
        each("volumeMounts", container.volumeMounts) { validator, mount, _ in
            if mount.name.isEmpty { validator.required("name") }
            if context.volume(mount.name) == nil { validator.notFound("name", mount.name) }
            if mount.mountPath.isEmpty { validator.required("mountPath") }
            if paths.contains(mount.mountPath) { validator.invalid("mountPath", mount.mountPath, "must be unique") }
            paths.append(mount.mountPath)
            if container.volumeDevices.contains(where: { $0.name == mount.name }) {
                validator.invalid("name", mount.name, "must not already exist in volumeDevices")
            }
            if container.volumeDevices.contains(where: { $0.devicePath == mount.mountPath }) {
                validator.invalid(
                    "mountPath", mount.mountPath, "must not already exist as a path in volumeDevices")
            }
            if let expression = mount.subPathExpr, !expression.isEmpty, !mount.subPath.isEmptyOrNil {
                validator.invalid("subPathExpr", expression, "subPathExpr and subPath are mutually exclusive")
            }
            misplaced.append(mount)
        }
        field("volumeMounts") { validator in
            for mount in misplaced { validator.mountOptions(mount, container) }
        }
    }

    private mutating func mountOptions(_ mount: VolumeMount, _ container: Container) {
        if let path = mount.subPath, !path.isEmpty { relativePath("subPath", path) }
        if let path = mount.subPathExpr, !path.isEmpty { relativePath("subPathExpr", path) }
        if let propagation = mount.mountPropagation {
            let supported = ["Bidirectional", "HostToContainer", "None"]
            if !supported.contains(propagation) { notSupported("mountPropagation", propagation, supported) }
            if propagation == "Bidirectional", container.securityContext?.privileged != true {
                forbidden(
                    "mountPropagation", "Bidirectional mount propagation is available only to privileged containers")
            }
        }
        guard let recursive = mount.recursiveReadOnly else { return }
        switch recursive {
        case "Disabled": break
        case "Enabled", "IfPossible":
            if mount.readOnly != true {
                forbidden("recursiveReadOnly", "may only be specified when readOnly is true")
            }
            if let propagation = mount.mountPropagation, propagation != "None" {
                forbidden(
                    "recursiveReadOnly", "may only be specified when mountPropagation is None or not specified")
            }
        default: notSupported("recursiveReadOnly", recursive, ["Disabled", "Enabled", "IfPossible"])
        }
    }

    mutating func volumeDevices(_ container: Container, _ context: PodValidationContext) {
        var names: [String] = []
        var paths: [String] = []
        each("volumeDevices", container.volumeDevices) { validator, device, _ in
            if device.name.isEmpty { validator.required("name") }
            if names.contains(device.name) { validator.invalid("name", device.name, "must be unique") }
            if let volume = context.volume(device.name) {
                if volume.persistentVolumeClaim == nil, volume.ephemeral == nil {
                    validator.invalid(
                        "name", device.name,
                        "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode")
                }
            } else {
                validator.notFound("name", device.name)
            }
            if device.devicePath.isEmpty { validator.required("devicePath") }
            if paths.contains(device.devicePath) {
                validator.invalid("devicePath", device.devicePath, "must be unique")
            }
            if FilePaths.hasBackstep(device.devicePath) {
                validator.invalid("devicePath", device.devicePath, "can not contain backsteps ('..')")
            } else {
                paths.append(device.devicePath)
            }
            if container.volumeMounts.contains(where: { $0.name == device.name }) {
                validator.invalid("name", device.name, "must not already exist in volumeMounts")
            }
            if container.volumeMounts.contains(where: { $0.mountPath == device.devicePath }) {
                validator.invalid(
                    "devicePath", device.devicePath, "must not already exist as a path in volumeMounts")
            }
            if !device.name.isEmpty { names.append(device.name) }
        }
    }
}
