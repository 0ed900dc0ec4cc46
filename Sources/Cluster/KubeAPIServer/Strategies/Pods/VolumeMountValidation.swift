import KubeAPI

// What containers mount. Follows kubernetes pkg/apis/core/validation/validation.go `ValidateVolumeMounts`.

extension Validator {
    mutating func volumeMounts(_ container: Container, _ context: PodValidationContext) {
        if container.volumeMounts.isEmpty { return }
        var paths: [String] = []
        field("volumeMounts") { validator in
            for (index, mount) in container.volumeMounts.enumerated() {
                validator.index(index) { $0.volumeMount(mount, container, context, &paths) }
                validator.subPaths(mount, index)
                validator.mountOptions(mount, container)
            }
        }
    }

    private mutating func volumeMount(
        _ mount: VolumeMount, _ container: Container, _ context: PodValidationContext, _ paths: inout [String]
    ) {
        if mount.name.isEmpty { required("name") }
        if context.volume(mount.name) == nil { notFound("name", mount.name) }
        if mount.mountPath.isEmpty { required("mountPath") }
        if paths.contains(mount.mountPath) { invalid("mountPath", mount.mountPath, "must be unique") }
        paths.append(mount.mountPath)
        if container.volumeDevices.contains(where: { $0.name == mount.name }) {
            invalid("name", mount.name, "must not already exist in volumeDevices")
        }
        if container.volumeDevices.contains(where: { $0.devicePath == mount.mountPath }) {
            invalid("mountPath", mount.mountPath, "must not already exist as a path in volumeDevices")
        }
    }

    /// Upstream tells of these, and of the options, at the list and not at its element. Standing on the list.
    private mutating func subPaths(_ mount: VolumeMount, _ index: Int) {
        if let path = mount.subPath, !path.isEmpty { relativePath("subPath", path) }
        guard let expression = mount.subPathExpr, !expression.isEmpty else { return }
        if !mount.subPath.isEmptyOrNil {
            self.index(index) {
                $0.invalid("subPathExpr", expression, "subPathExpr and subPath are mutually exclusive")
            }
        }
        relativePath("subPathExpr", expression)
    }

    private mutating func mountOptions(_ mount: VolumeMount, _ container: Container) {
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
