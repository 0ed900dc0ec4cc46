import KubeAPI

// The checks of the restricted level, beyond the baseline's: what is known to be good practice.

extension PodSecuritySubject {
    var allowPrivilegeEscalation: PodSecurityViolation? {
        let names = containers.filter { $0.securityContext?.allowPrivilegeEscalation != false }.map(\.name)
        if names.isEmpty { return nil }
        return PodSecurityViolation(
            reason: "allowPrivilegeEscalation != false",
            detail: "\(PodSecuritySubject.containers(names)) must set securityContext.allowPrivilegeEscalation=false")
    }

    var restrictedCapabilities: PodSecurityViolation? {
        func added(_ container: Container) -> [String] {
            (container.securityContext?.capabilities?.add ?? []).filter { $0 != "NET_BIND_SERVICE" }
        }
        let keeping = containers.filter { $0.securityContext?.capabilities?.drop.contains("ALL") != true }.map(\.name)
        let adding = containers.filter { !added($0).isEmpty }.map(\.name)
        var details: [String] = []
        if !keeping.isEmpty {
            details.append(
                "\(PodSecuritySubject.containers(keeping)) must set securityContext.capabilities.drop=[\"ALL\"]")
        }
        if !adding.isEmpty {
            let capabilities = PodSecuritySubject.sorted(containers.flatMap(added))
            details.append(
                "\(PodSecuritySubject.containers(adding)) must not include \(PodSecuritySubject.quoted(capabilities)) "
                    + "in securityContext.capabilities.add")
        }
        return details.isEmpty
            ? nil
            : PodSecurityViolation(reason: "unrestricted capabilities", detail: details.joined(separator: "; "))
    }

    var restrictedVolumes: PodSecurityViolation? {
        let bad = spec.volumes.compactMap { volume in
            PodSecuritySubject.restrictedType(volume).map { (name: volume.name, type: $0) }
        }
        if bad.isEmpty { return nil }
        let types = PodSecuritySubject.sorted(bad.map(\.type))
        return PodSecurityViolation(
            reason: "restricted volume types",
            detail: PodSecuritySubject.plural("volume", "volumes", bad.count) + " "
                + PodSecuritySubject.quoted(bad.map(\.name)) + " "
                + PodSecuritySubject.plural("uses", "use", bad.count) + " "
                + PodSecuritySubject.plural("restricted volume type", "restricted volume types", types.count) + " "
                + PodSecuritySubject.quoted(types))
    }

    /// Nil for a type that is allowed.
    private static func restrictedType(_ volume: Volume) -> String? {
        if volume.configMap != nil || volume.csi != nil || volume.downwardAPI != nil || volume.emptyDir != nil
            || volume.ephemeral != nil || volume.image != nil || volume.persistentVolumeClaim != nil
            || volume.projected != nil || volume.secret != nil
        {
            return nil
        }
        let types: [(isSet: Bool, name: String)] = [
            (volume.hostPath != nil, "hostPath"), (volume.gcePersistentDisk != nil, "gcePersistentDisk"),
            (volume.awsElasticBlockStore != nil, "awsElasticBlockStore"), (volume.gitRepo != nil, "gitRepo"),
            (volume.nfs != nil, "nfs"), (volume.iscsi != nil, "iscsi"), (volume.glusterfs != nil, "glusterfs"),
            (volume.rbd != nil, "rbd"), (volume.flexVolume != nil, "flexVolume"), (volume.cinder != nil, "cinder"),
            (volume.cephfs != nil, "cephfs"), (volume.flocker != nil, "flocker"), (volume.fc != nil, "fc"),
            (volume.azureFile != nil, "azureFile"), (volume.vsphereVolume != nil, "vsphereVolume"),
            (volume.quobyte != nil, "quobyte"), (volume.azureDisk != nil, "azureDisk"),
            (volume.photonPersistentDisk != nil, "photonPersistentDisk"),
            (volume.portworxVolume != nil, "portworxVolume"), (volume.scaleIO != nil, "scaleIO"),
            (volume.storageos != nil, "storageos"),
        ]
        return types.first(where: \.isSet)?.name ?? "unknown"
    }

    var runAsNonRoot: PodSecurityViolation? {
        let pod = spec.securityContext?.runAsNonRoot
        if let setters = PodSecuritySubject.setters(pod: pod == false, names { $0.runAsNonRoot == false }) {
            return PodSecurityViolation(
                reason: "runAsNonRoot != true", detail: "\(setters) must not set securityContext.runAsNonRoot=false")
        }
        if pod == true { return nil }
        let silent = containers.filter { $0.securityContext?.runAsNonRoot == nil }.map(\.name)
        if silent.isEmpty { return nil }
        return PodSecurityViolation(
            reason: "runAsNonRoot != true",
            detail: "pod or \(PodSecuritySubject.containers(silent)) must set securityContext.runAsNonRoot=true")
    }

    var runAsUser: PodSecurityViolation? {
        let isPodBad = spec.securityContext?.runAsUser == 0
        guard let setters = PodSecuritySubject.setters(pod: isPodBad, names { $0.runAsUser == 0 }) else { return nil }
        return PodSecurityViolation(reason: "runAsUser=0", detail: "\(setters) must not set runAsUser=0")
    }

    var restrictedSeccompProfile: PodSecurityViolation? {
        if let explicit = baselineSeccompProfile { return explicit }
        if spec.securityContext?.seccompProfile != nil { return nil }
        let silent = containers.filter { $0.securityContext?.seccompProfile == nil }.map(\.name)
        if silent.isEmpty { return nil }
        return PodSecurityViolation(
            reason: "seccompProfile",
            detail: "pod or \(PodSecuritySubject.containers(silent)) must set securityContext.seccompProfile.type to "
                + "\"RuntimeDefault\" or \"Localhost\"")
    }
}
