import KubeAPI

// The environment of containers, and the fields of pods that it may refer to.
// Follows kubernetes pkg/apis/core/validation/validation.go.

/// The fields and resources that a reference may name.
enum DownwardAPI {
    static let environmentFields = [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]
    static let volumeFields = [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
    ]
    static let resources = [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage",
        "requests.memory",
    ]
    private static let known = [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
        "spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "spec.schedulerName", "status.phase",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]
    private static let sizeDivisors: Set<String> = [
        "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
    ]

    /// Splits `metadata.labels['app']`; nil without a subscript.
    static func subscripted(_ path: String) -> (path: String, key: String)? {
        guard path.hasSuffix("']") else { return nil }
        let whole = path.dropLast(2)
        var open = whole.startIndex
        while open < whole.endIndex, !whole[open...].hasPrefix("['") { open = whole.index(after: open) }
        guard open > whole.startIndex, open < whole.endIndex else { return nil }
        return (String(whole[..<open]), String(whole[open...].dropFirst(2)))
    }

    static func isKnown(_ path: String) -> Bool { known.contains(path) }

    /// What is wrong with a divisor for a resource.
    static func divisorError(_ resource: String, _ divisor: Quantity) -> String? {
        if divisor.isZero { return nil }
        let sizes =
            "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the "
        switch resource {
        case "limits.cpu", "requests.cpu":
            return ["1m", "1"].contains(divisor.text)
                ? nil : "only divisor's values 1m and 1 are supported with the cpu resource"
        case "limits.memory", "requests.memory":
            return sizeDivisors.contains(divisor.text) ? nil : sizes + "memory resource"
        case "limits.ephemeral-storage", "requests.ephemeral-storage":
            return sizeDivisors.contains(divisor.text) ? nil : sizes + "local ephemeral storage resource"
        default:
            let isHugePages = resource.hasPrefix("requests.hugepages-") || resource.hasPrefix("limits.hugepages-")
            return isHugePages && !sizeDivisors.contains(divisor.text) ? sizes + "hugepages resource" : nil
        }
    }
}

extension Validator {
    mutating func environment(_ variables: [EnvVar]) {
        each("env", variables) { validator, variable, _ in
            if variable.name.isEmpty {
                validator.required("name")
            } else {
                validator.check("name", variable.name, Validation.environmentVariableName(variable.name))
            }
            if let source = variable.valueFrom {
                validator.field("valueFrom") { $0.environmentSource(source, value: variable.value.text) }
            }
        }
    }

    private mutating func environmentSource(_ source: EnvVarSource, value: String) {
        var sources = 0
        if let reference = source.fieldRef {
            sources += 1
            field("fieldRef") { $0.fieldSelector(reference, DownwardAPI.environmentFields) }
        }
        if let reference = source.resourceFieldRef {
            sources += 1
            field("resourceFieldRef") { $0.resourceFieldSelector(reference, isVolume: false) }
        }
        if let reference = source.configMapKeyRef {
            sources += 1
            field("configMapKeyRef") { $0.keySelector(reference.name, reference.key) }
        }
        if let reference = source.secretKeyRef {
            sources += 1
            field("secretKeyRef") { $0.keySelector(reference.name, reference.key) }
        }
        if let reference = source.fileKeyRef {
            sources += 1
            field("fileKeyRef") { $0.fileKeySelector(reference) }
        }
        if sources == 0 {
            invalid(
                .here, "",
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
            )
        } else if !value.isEmpty {
            invalid(.here, "", "may not be specified when `value` is not empty")
        } else if sources > 1 {
            invalid(.here, "", "may not have more than one field specified at a time")
        }
    }

    private mutating func keySelector(_ name: String?, _ key: String) {
        check("name", name.text, Validation.dns1123Subdomain(name.text))
        if key.isEmpty {
            required("key")
        } else {
            check("key", key, Validation.configMapKey(key))
        }
    }

    private mutating func fileKeySelector(_ reference: FileKeySelector) {
        if reference.key.isEmpty {
            required("key")
        } else {
            check("key", reference.key, Validation.environmentVariableName(reference.key))
        }
        if reference.volumeName.isEmpty {
            required("volumeName")
        } else {
            check("volumeName", reference.volumeName, Validation.dns1123Label(reference.volumeName))
        }
        if reference.path.isEmpty {
            required("path")
        } else {
            pathWithoutBacksteps("path", reference.path)
        }
    }

    /// The files of an environment are in empty directories. Standing on the spec.
    mutating func fileKeyVolumes(_ spec: PodSpec) {
        eachContainer(spec) { validator, container in
            for (index, variable) in container.env.enumerated() {
                guard let name = variable.valueFrom?.fileKeyRef?.volumeName else { continue }
                let volume = spec.volumes.last { $0.name == name }
                if let volume, volume.emptyDir != nil { continue }
                validator.field("env") { validator in
                    validator.index(index) { validator in
                        validator.field("valueFrom", "fileKeyRef") { validator in
                            if volume == nil {
                                validator.notFound("volumeName", name)
                            } else {
                                validator.invalid("volumeName", name, "referenced volume must be of type emptyDir")
                            }
                        }
                    }
                }
            }
        }
    }

    mutating func environmentSources(_ sources: [EnvFromSource]) {
        each("envFrom", sources) { validator, source, _ in
            if let prefix = source.prefix, !prefix.isEmpty {
                validator.check("prefix", prefix, Validation.environmentVariableName(prefix))
            }
            if let reference = source.configMapRef {
                validator.field("configMapRef") { $0.requiredName(reference.name) }
            }
            if let reference = source.secretRef {
                validator.field("secretRef") { $0.requiredName(reference.name) }
            }
        }
        for source in sources {
            if source.configMapRef == nil, source.secretRef == nil {
                invalid("envFrom", "", "must specify one of: `configMapRef` or `secretRef`")
            } else if source.configMapRef != nil, source.secretRef != nil {
                invalid("envFrom", "", "may not have more than one field specified at a time")
            }
        }
    }

    private mutating func requiredName(_ name: String?) {
        if name.isEmptyOrNil {
            required("name")
        } else {
            check("name", name.text, Validation.nameIsDNSSubdomain(name.text, true))
        }
    }

    /// A reference to a field of the pod.
    mutating func fieldSelector(_ selector: ObjectFieldSelector, _ supported: [String]) {
        if selector.apiVersion.isEmptyOrNil { return required("apiVersion") }
        // The oldest clients still say `host`.
        let path = selector.fieldPath == "spec.host" ? "spec.nodeName" : selector.fieldPath
        if path.isEmpty { return required("fieldPath") }
        if selector.apiVersion != "v1" {
            return invalid(
                "fieldPath", path, "error converting fieldPath: unsupported pod version: \(selector.apiVersion.text)")
        }
        if let (base, key) = DownwardAPI.subscripted(path) {
            switch base {
            case "metadata.annotations": check(.here, key.lowercased(), Validation.qualifiedName(key.lowercased()))
            case "metadata.labels": check(.here, key, Validation.qualifiedName(key))
            default:
                invalid(
                    "fieldPath", path,
                    "error converting fieldPath: field label does not support subscript: \(path)")
            }
        } else if !DownwardAPI.isKnown(path) {
            invalid("fieldPath", path, "error converting fieldPath: field label not supported: \(path)")
        } else if !supported.contains(path) {
            notSupported("fieldPath", path, supported)
        }
    }

    /// A reference to what a container requests or is limited to.
    mutating func resourceFieldSelector(_ selector: ResourceFieldSelector, isVolume: Bool) {
        let resource = selector.resource
        if isVolume, selector.containerName.isEmptyOrNil {
            required("containerName")
        } else if resource.isEmpty {
            required("resource")
        } else if !DownwardAPI.resources.contains(resource), !resource.hasPrefix("requests.hugepages-"),
            !resource.hasPrefix("limits.hugepages-")
        {
            notSupported("resource", resource, DownwardAPI.resources)
        }
        if let divisor = selector.divisor, let message = DownwardAPI.divisorError(resource, divisor) {
            invalid("divisor", resource, message)
        }
    }
}
