import KubeAPI

// Security contexts of pods and containers, and what depends on the operating system.
// Follows kubernetes pkg/apis/core/validation/validation.go.

extension Validator {
    mutating func podSecurityContext(_ spec: PodSpec) {
        guard let context = spec.securityContext else { return }
        field("securityContext") { validator in
            if let id = context.fsGroup { validator.check("fsGroup", id, Validation.groupID(id)) }
            if let id = context.runAsUser { validator.check("runAsUser", id, Validation.userID(id)) }
            if let id = context.runAsGroup { validator.check("runAsGroup", id, Validation.groupID(id)) }
            for (index, id) in context.supplementalGroups.enumerated() {
                validator.check(.element("supplementalGroups", index), id, Validation.groupID(id))
            }
            if spec.shareProcessNamespace == true, spec.hostPID == true {
                validator.invalid(
                    "shareProcessNamespace", true, "ShareProcessNamespace and HostPID cannot both be enabled")
            }
            validator.sysctls(context.sysctls, spec)
            validator.oneOfGiven("fsGroupChangePolicy", context.fsGroupChangePolicy, ["Always", "OnRootMismatch"])
            if let profile = context.seccompProfile { validator.field("seccompProfile") { $0.seccomp(profile) } }
            validator.windowsOptions(context.windowsOptions)
            if let profile = context.appArmorProfile { validator.field("appArmorProfile") { $0.appArmor(profile) } }
            validator.oneOfGiven("supplementalGroupsPolicy", context.supplementalGroupsPolicy, ["Merge", "Strict"])
            validator.oneOfGiven("seLinuxChangePolicy", context.seLinuxChangePolicy, ["MountOption", "Recursive"])
        }
    }

    mutating func securityContext(_ context: SecurityContext, hostUsers: Bool) {
        if let id = context.runAsUser { check("runAsUser", id, Validation.userID(id)) }
        if let id = context.runAsGroup { check("runAsGroup", id, Validation.groupID(id)) }
        if let mount = context.procMount {
            oneOfGiven("procMount", mount, ["Default", "Unmasked"])
            if hostUsers, mount == "Unmasked" {
                invalid("procMount", mount, "`hostUsers` must be false to use `Unmasked`")
            }
        }
        if let profile = context.seccompProfile { field("seccompProfile") { $0.seccomp(profile) } }
        if context.allowPrivilegeEscalation == false {
            if context.privileged == true {
                invalid(
                    .here, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
            }
            if context.capabilities?.add.contains("CAP_SYS_ADMIN") == true {
                invalid(
                    .here, context,
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN")
            }
        }
        windowsOptions(context.windowsOptions)
        if let profile = context.appArmorProfile { field("appArmorProfile") { $0.appArmor(profile) } }
    }

    // MARK: Profiles

    private mutating func seccomp(_ profile: SeccompProfile) {
        if profile.type.isEmpty {
            required("type", "type is required when seccompProfile is set")
        } else {
            oneOf("type", profile.type, ["Localhost", "RuntimeDefault", "Unconfined"])
        }
        if profile.type == "Localhost" {
            if let path = profile.localhostProfile {
                relativePath("localhostProfile", path)
            } else {
                required("localhostProfile", "must be set when seccomp type is Localhost")
            }
        } else if profile.localhostProfile != nil {
            invalid("localhostProfile", profile, "can only be set when seccomp type is Localhost")
        }
    }

    mutating func appArmor(_ profile: AppArmorProfile) {
        switch profile.type {
        case "Localhost":
            guard let name = profile.localhostProfile, !name.isEmpty else {
                return required("localhostProfile", "must be set when AppArmor type is Localhost")
            }
            if name.isPadded {
                invalid("localhostProfile", name, "must not be padded with whitespace")
            }
            if name.utf8.count > 4095 { tooLong("localhostProfile", maximum: 4095) }
        case "RuntimeDefault", "Unconfined":
            if let name = profile.localhostProfile {
                invalid("localhostProfile", name, "can only be set when AppArmor type is Localhost")
            }
        case "": required("type", "type is required when appArmorProfile is set")
        default: notSupported("type", profile.type, ["Localhost", "RuntimeDefault", "Unconfined"])
        }
    }

    // MARK: Kernel parameters

    private mutating func sysctls(_ sysctls: [Sysctl], _ spec: PodSpec) {
        var names: [String] = []
        each("sysctls", sysctls) { validator, sysctl, _ in
            let name = sysctl.name
            if name.isEmpty {
                validator.required("name")
            } else if !KernelParameters.isName(name) {
                let segment = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
                validator.invalid(
                    "name", name, "must have at most 253 characters and match regex ^(\(segment)[\\./])*\(segment)$")
            } else if names.contains(name) {
                validator.duplicate("name", name)
            }
            if spec.hostNetwork == true, KernelParameters.isInNamespace(name, ["net"]) {
                validator.invalid("name", name, "may not be specified when 'hostNetwork' is true")
            }
            if spec.hostIPC == true,
                KernelParameters.isInNamespace(name, ["kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue"])
            {
                validator.invalid("name", name, "may not be specified when 'hostIPC' is true")
            }
            names.append(name)
        }
    }

    // MARK: Operating systems

    mutating func podOS(_ spec: PodSpec) {
        guard let system = spec.os else { return }
        if system.name.isEmpty { return required(.grandchild("os", "name")) }
        switch system.name {
        case "linux": linux(spec)
        case "windows": windows(spec)
        default: notSupported("os", system.name, ["linux", "windows"])
        }
    }

    private mutating func linux(_ spec: PodSpec) {
        let reason = "windows options cannot be set for a linux pod"
        if spec.securityContext?.windowsOptions != nil {
            forbidden(.grandchild("securityContext", "windowsOptions"), reason)
        }
        eachContainer(spec) { validator, container in
            if container.securityContext?.windowsOptions != nil {
                validator.forbidden(.grandchild("securityContext", "windowsOptions"), reason)
            }
        }
    }

    private mutating func windows(_ spec: PodSpec) {
        let reason = "cannot be set for a windows pod"
        if let context = spec.securityContext {
            if context.appArmorProfile != nil { forbidden(.grandchild("securityContext", "appArmorProfile"), reason) }
            if context.seLinuxOptions != nil { forbidden(.grandchild("securityContext", "seLinuxOptions"), reason) }
        }
        if spec.hostUsers != nil { forbidden("hostUsers", reason) }
        if spec.hostPID == true { forbidden("hostPID", reason) }
        if spec.hostIPC == true { forbidden("hostIPC", reason) }
        if let context = spec.securityContext {
            let fields: [(String, Bool)] = [
                ("seccompProfile", context.seccompProfile != nil), ("fsGroup", context.fsGroup != nil),
                ("fsGroupChangePolicy", context.fsGroupChangePolicy != nil), ("sysctls", !context.sysctls.isEmpty),
            ]
            for (name, isSet) in fields where isSet { forbidden(.grandchild("securityContext", name), reason) }
        }
        if spec.shareProcessNamespace != nil { forbidden("shareProcessNamespace", reason) }
        if let context = spec.securityContext {
            let fields: [(String, Bool)] = [
                ("runAsUser", context.runAsUser != nil), ("runAsGroup", context.runAsGroup != nil),
                ("supplementalGroups", !context.supplementalGroups.isEmpty),
                ("supplementalGroupsPolicy", context.supplementalGroupsPolicy != nil),
                ("seLinuxChangePolicy", context.seLinuxChangePolicy != nil),
            ]
            for (name, isSet) in fields where isSet { forbidden(.grandchild("securityContext", name), reason) }
        }
        eachContainer(spec) { validator, container in
            guard let context = container.securityContext else { return }
            let fields: [(String, Bool)] = [
                ("appArmorProfile", context.appArmorProfile != nil), ("seLinuxOptions", context.seLinuxOptions != nil),
                ("seccompProfile", context.seccompProfile != nil), ("capabilities", context.capabilities != nil),
                ("readOnlyRootFilesystem", context.readOnlyRootFilesystem != nil),
                ("privileged", context.privileged != nil),
                ("allowPrivilegeEscalation", context.allowPrivilegeEscalation != nil),
                ("procMount", context.procMount != nil), ("runAsUser", context.runAsUser != nil),
                ("runAsGroup", context.runAsGroup != nil),
            ]
            for (name, isSet) in fields where isSet {
                validator.forbidden(.grandchild("securityContext", name), reason)
            }
        }
    }
}

/// The names of kernel parameters.
enum KernelParameters {
    static func isInNamespace(_ name: String, _ prefixes: [String]) -> Bool {
        prefixes.contains { prefix in
            prefix == "net" || prefix == "fs.mqueue" ? name.hasPrefix(prefix + ".") : name.hasPrefix(prefix)
        }
    }

    static func isName(_ name: String) -> Bool {
        if name.utf8.count > 253 { return false }
        let segments = name.utf8.split(omittingEmptySubsequences: false) {
            $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/")
        }
        return segments.allSatisfy { segment in
            guard let first = segment.first, let last = segment.last, isLowerOrDigit(first), isLowerOrDigit(last) else {
                return false
            }
            return segment.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
    }
}
