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
        // In upstream's order, which tells which of several is the first.
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
        cloudDiskSources(volume, &count)
        source("secret", volume.secret, &count) { validator, source in
            if source.secretName.isEmptyOrNil { validator.required("secretName") }
            validator.fileMode("defaultMode", source.defaultMode)
            validator.each("items", source.items) { validator, item, _ in validator.keyToPath(item) }
        }
        source("nfs", volume.nfs, &count) { $0.nfs($1) }
        source("iscsi", volume.iscsi, &count) { $0.iscsi($1) }
        internetSCSIName(volume)
        fileSystemSources(volume, &count)
        source("persistentVolumeClaim", volume.persistentVolumeClaim, &count) { validator, source in
            if source.claimName.isEmpty { validator.required("claimName") }
        }
        storageClusterSources(volume, &count)
        // Upstream spells it so where it is one too many.
        source("downwarAPI", volume.downwardAPI, &count, at: "downwardAPI") { validator, source in
            validator.fileMode("defaultMode", source.defaultMode)
            for file in source.items { validator.downwardAPIFile(file) }
        }
        channelSources(volume, &count)
        source("configMap", volume.configMap, &count) { validator, source in
            if source.name.isEmptyOrNil { validator.required("name") }
            validator.fileMode("defaultMode", source.defaultMode)
            validator.each("items", source.items) { validator, item, _ in validator.keyToPath(item) }
        }
        vendorSources(volume, &count)
        source("projected", volume.projected, &count) { $0.projected($1) }
        source("scaleIO", volume.scaleIO, &count) { validator, source in
            validator.present(
                ("gateway", source.gateway), ("system", source.system), ("volumeName", source.volumeName.text))
        }
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
        let isEphemeral = volume.ephemeral != nil && count == 0
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
        if isEphemeral, !podName.isEmpty, !volume.name.isEmpty {
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
        var paths: Set<String> = []
        for (index, projection) in source.sources.enumerated() { self.projection(index, projection, &paths) }
    }

    /// A source of several, none of which may put its file where another has. Standing on the volume's source, where
    /// upstream tells of files at one place and of a token's path.
    private mutating func projection(_ index: Int, _ projection: VolumeProjection, _ paths: inout Set<String>) {
        var count = 0
        if let secret = projection.secret {
            count += 1
            projectedKeys(index, "secret", secret.name.text, secret.items, &paths)
        }
        if let configMap = projection.configMap {
            count += 1
            projectedKeys(index, "configMap", configMap.name.text, configMap.items, &paths)
        }
        if let downward = projection.downwardAPI {
            count += 1
            for file in downward.items {
                projectionSource(index) { $0.field("downwardAPI") { $0.downwardAPIFile(file) } }
                onlyFile(file.path, of: file.path, &paths)
            }
        }
        if let token = projection.serviceAccountToken {
            count += 1
            projectionSource(index) { $0.tokenExpiration(token.expirationSeconds ?? 0) }
            if token.path.isEmpty { required("path") } else { relativeUnreservedPath("path", token.path) }
        }
        if let bundle = projection.clusterTrustBundle {
            count += 1
            projectionSource(index) { $0.trustBundle(bundle) }
            onlyFile(bundle.path, of: bundle.path, &paths)
        }
        if count > 1 {
            projectionSource(index) { $0.forbidden(.here, "may not specify more than 1 volume type per source") }
        }
    }

    private mutating func projectionSource(_ index: Int, _ walk: (inout Validator) -> Void) {
        field("sources") { $0.index(index, walk) }
    }

    private mutating func projectedKeys(
        _ index: Int, _ kind: String, _ name: String, _ items: [KeyToPath], _ paths: inout Set<String>
    ) {
        if name.isEmpty { projectionSource(index) { $0.required(.grandchild(kind, "name")) } }
        for (itemIndex, item) in items.enumerated() {
            projectionSource(index) { validator in
                validator.field(kind, "items") { $0.index(itemIndex) { $0.keyToPath(item) } }
            }
            onlyFile(item.path, of: name, &paths)
        }
    }

    private mutating func onlyFile(_ path: String, of name: String, _ paths: inout Set<String>) {
        if !path.isEmpty, !paths.insert(path).inserted { invalid(.here, name, "conflicting duplicate paths") }
    }

    private mutating func tokenExpiration(_ seconds: Int) {
        let place = Place.grandchild("serviceAccountToken", "expirationSeconds")
        if seconds < 600 { invalid(place, seconds, "may not specify a duration less than 10 minutes") }
        if seconds > 1 << 32 { invalid(place, seconds, "may not specify a duration larger than 2^32 seconds") }
    }

    private mutating func trustBundle(_ bundle: ClusterTrustBundleProjection) {
        field("clusterTrustBundle") { validator in
            if bundle.name != nil, bundle.signerName != nil {
                validator.invalid(.here, bundle, "only one of name and signerName may be used")
            } else if bundle.name == nil, bundle.signerName == nil {
                validator.required(.here, "either name or signerName must be specified")
            }
            if bundle.path.isEmpty { validator.required("path") }
            validator.relativeUnreservedPath("path", bundle.path)
        }
    }
}
