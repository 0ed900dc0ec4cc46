import KubeAPI

// Volumes of a pod. Follows kubernetes pkg/apis/core/validation/validation.go `ValidateVolumes`.

extension Validator {
    /// Gives the volumes that are valid, which are those that containers can mount.
    mutating func volumes(_ volumes: [Volume], podName: String?, isPod: Bool) -> [Volume] {
        if volumes.isEmpty { return [] }
        let podName = podName.text
        var valid: [Volume] = []
        let created = podName.isEmpty ? [] : volumes.filter { $0.ephemeral != nil }.map { podName + "-" + $0.name }
        each("volumes", volumes) { validator, volume, _ in
            let before = validator.errors.count
            validator.volumeSource(volume, podName: podName, isPod: isPod)
            if volume.name.isEmpty {
                validator.required("name")
            } else {
                validator.check("name", volume.name, Validation.dns1123Label(volume.name))
            }
            if valid.contains(where: { $0.name == volume.name }) { validator.duplicate("name", volume.name) }
            if validator.errors.count == before { valid.append(volume) }
            if let claim = volume.persistentVolumeClaim, created.contains(claim.claimName) {
                validator.invalid(
                    .grandchild("persistentVolumeClaim", "claimName"), claim.claimName,
                    "must not reference a PVC that gets created for an ephemeral volume")
            }
        }
        return valid
    }

    /// Exactly one source, valid in itself; only the first of several is looked into.
    private mutating func volumeSource(_ volume: Volume, podName: String, isPod: Bool) {
        var count = 0
        if let source = volume.emptyDir {
            count += 1
            if let limit = source.sizeLimit, limit.isNegative {
                forbidden(.grandchild("emptyDir", "sizeLimit"), "SizeLimit field must be a valid resource quantity")
            }
        }
        source("hostPath", volume.hostPath, &count) { $0.hostPath($1) }
        source("gitRepo", volume.gitRepo, &count) { validator, source in
            if source.repository.isEmpty { validator.required("repository") }
            validator.relativePath("directory", source.directory.text)
        }
        legacyDiskSources(volume, &count)
        source("secret", volume.secret, &count) { validator, source in
            if source.secretName.isEmptyOrNil { validator.required("secretName") }
            validator.fileMode("defaultMode", source.defaultMode)
            validator.each("items", source.items) { validator, item, _ in validator.keyToPath(item) }
        }
        source("nfs", volume.nfs, &count) { $0.nfs($1) }
        source("iscsi", volume.iscsi, &count) { $0.iscsi($1) }
        source("persistentVolumeClaim", volume.persistentVolumeClaim, &count) { validator, source in
            if source.claimName.isEmpty { validator.required("claimName") }
        }
        legacySystemSources(volume, &count)
        source("downwardAPI", volume.downwardAPI, &count) { validator, source in
            validator.fileMode("defaultMode", source.defaultMode)
            for file in source.items { validator.downwardAPIFile(file) }
        }
        source("configMap", volume.configMap, &count) { validator, source in
            if source.name.isEmptyOrNil { validator.required("name") }
            validator.fileMode("defaultMode", source.defaultMode)
            validator.each("items", source.items) { validator, item, _ in validator.keyToPath(item) }
        }
        source("projected", volume.projected, &count) { $0.projected($1) }
        source("csi", volume.csi, &count) { validator, source in
            validator.csiDriverName("driver", source.driver)
            guard let reference = source.nodePublishSecretRef else { return }
            if let name = reference.name, !name.isEmpty {
                // Upstream's path does not tell whose name.
                validator.check("name", name, Validation.nameIsDNSSubdomain(name, false))
            } else {
                validator.required(.grandchild("nodePublishSecretRef", "name"))
            }
        }
        source("ephemeral", volume.ephemeral, &count) { validator, source in
            guard let template = source.volumeClaimTemplate else { return validator.required("volumeClaimTemplate") }
            validator.field("volumeClaimTemplate") { validator in
                validator.field("metadata") { validator in
                    validator.annotations("annotations", template.metadata?.annotations ?? [:])
                    validator.labels("labels", template.metadata?.labels ?? [:])
                }
                validator.field("spec") { $0.persistentVolumeClaimSpec(template.spec) }
            }
        }
        if volume.ephemeral != nil, !podName.isEmpty, !volume.name.isEmpty {
            let claim = podName + "-" + volume.name
            for message in Validation.dns1123Subdomain(claim) {
                invalid("name", volume.name, "PVC name \(GoText.quoted(claim)): \(message)")
            }
        }
        source("image", volume.image, &count) { validator, source in
            if isPod, source.reference.isEmptyOrNil { validator.required("reference") }
            validator.oneOf("pullPolicy", source.pullPolicy, ["Always", "IfNotPresent", "Never"])
        }
        if count == 0 { required(.here, "must specify a volume type") }
    }

    /// Looks into a source if it is the first, and complains of it if it is not; `path` is what upstream calls it
    /// when it looks into it, if that differs.
    mutating func source<Source>(
        _ name: String, _ source: Source?, _ count: inout Int, at path: String? = nil,
        _ walk: (inout Validator, Source) -> Void
    ) {
        guard let source else { return }
        count += 1
        if count > 1 {
            forbidden(.child(name), "may not specify more than 1 volume type")
        } else {
            field(path ?? name) { walk(&$0, source) }
        }
    }

    // MARK: Sources

    mutating func hostPath(_ source: HostPathVolumeSource) {
        if source.path.isEmpty { return required("path") }
        pathWithoutBacksteps("path", source.path)
        let types = [
            "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
        ]
        if let type = source.type, !types.contains(type) { notSupported("type", type, types) }
    }

    mutating func nfs(_ source: NFSVolumeSource) {
        if source.server.isEmpty { required("server") }
        if source.path.isEmpty { required("path") }
        if !source.path.hasPrefix("/") { invalid("path", source.path, "must be an absolute path") }
    }

    /// A file made from an entry of a ConfigMap or Secret.
    private mutating func keyToPath(_ item: KeyToPath) {
        if item.key.isEmpty { required("key") }
        if item.path.isEmpty { required("path") }
        relativeUnreservedPath("path", item.path)
        fileMode("mode", item.mode)
    }

    private mutating func downwardAPIFile(_ file: DownwardAPIVolumeFile) {
        if file.path.isEmpty { required("path") }
        relativeUnreservedPath("path", file.path)
        if let reference = file.fieldRef {
            field("fieldRef") { $0.fieldSelector(reference, DownwardAPI.volumeFields) }
            if file.resourceFieldRef != nil {
                invalid(.here, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously")
            }
        } else if let reference = file.resourceFieldRef {
            field("resourceFieldRef") { $0.resourceFieldSelector(reference, isVolume: true) }
        } else {
            required(.here, "one of fieldRef and resourceFieldRef is required")
        }
        fileMode("mode", file.mode)
    }

    mutating func csiDriverName(_ place: Place, _ name: String) {
        if name.isEmpty { return required(place) }
        if name.utf8.count > 63 { tooLong(place, maximum: 63) }
        check(place, name, Validation.dns1123Subdomain(name.lowercased()))
    }

    // MARK: Projections

    private mutating func projected(_ source: ProjectedVolumeSource) {
        fileMode("defaultMode", source.defaultMode)
        var paths: [String] = []
        for (index, projection) in source.sources.enumerated() {
            var conflicts: [String] = []
            func add(_ path: String, from name: String) {
                if path.isEmpty { return }
                if paths.contains(path) { conflicts.append(name) } else { paths.append(path) }
            }
            field("sources") { validator in
                validator.index(index) { $0.projection(projection) }
            }
            for item in projection.secret?.items ?? [] { add(item.path, from: projection.secret?.name ?? "") }
            for item in projection.configMap?.items ?? [] { add(item.path, from: projection.configMap?.name ?? "") }
            for item in projection.downwardAPI?.items ?? [] { add(item.path, from: item.path) }
            if let path = projection.clusterTrustBundle?.path { add(path, from: path) }
            for name in conflicts { invalid(.here, name, "conflicting duplicate paths") }
            if let token = projection.serviceAccountToken {
                if token.path.isEmpty {
                    required("path")
                } else {
                    relativeUnreservedPath("path", token.path)
                }
            }
        }
    }

    private mutating func projection(_ projection: VolumeProjection) {
        var count = 0
        if let secret = projection.secret {
            count += 1
            field("secret") { validator in
                if secret.name.isEmptyOrNil { validator.required("name") }
                validator.each("items", secret.items) { validator, item, _ in validator.keyToPath(item) }
            }
        }
        if let configMap = projection.configMap {
            count += 1
            field("configMap") { validator in
                if configMap.name.isEmptyOrNil { validator.required("name") }
                validator.each("items", configMap.items) { validator, item, _ in validator.keyToPath(item) }
            }
        }
        if let downward = projection.downwardAPI {
            count += 1
            for file in downward.items { field("downwardAPI") { $0.downwardAPIFile(file) } }
        }
        if let token = projection.serviceAccountToken {
            count += 1
            let seconds = token.expirationSeconds ?? 0
            if seconds < 600 {
                invalid(
                    .grandchild("serviceAccountToken", "expirationSeconds"), seconds,
                    "may not specify a duration less than 10 minutes")
            }
            if seconds > 1 << 32 {
                invalid(
                    .grandchild("serviceAccountToken", "expirationSeconds"), seconds,
                    "may not specify a duration larger than 2^32 seconds")
            }
        }
        if let bundle = projection.clusterTrustBundle {
            count += 1
            field("clusterTrustBundlePEM") { validator in
                if bundle.name != nil, bundle.signerName != nil {
                    validator.invalid(.here, bundle, "only one of name and signerName may be used")
                } else if bundle.name == nil, bundle.signerName == nil {
                    validator.required(.here, "either name or signerName must be specified")
                }
                if bundle.path.isEmpty { validator.required("path") }
                validator.relativeUnreservedPath("path", bundle.path)
            }
        }
        if count > 1 { forbidden(.here, "may not specify more than 1 volume type") }
    }
}
