import KubeAPI

// The checks of the baseline level: nothing that is known to lead to a higher privilege.

extension PodSecuritySubject {
    var appArmorProfile: PodSecurityViolation? {
        func isBad(_ profile: AppArmorProfile?) -> Bool {
            profile.map { $0.type != "RuntimeDefault" && $0.type != "Localhost" } ?? false
        }
        let pod = spec.securityContext?.appArmorProfile
        let names = names { isBad($0.appArmorProfile) }
        var values = containers.compactMap(\.securityContext?.appArmorProfile).filter(isBad).map(\.type)
        if isBad(pod), let pod { values.append(pod.type) }
        values = PodSecuritySubject.sorted(values)
        let prefix = "container.apparmor.security.beta.kubernetes.io/"
        let notes = annotations.compactMap { key, value -> String? in
            guard key.utf8.starts(with: prefix.utf8), !value.isEmpty, value != "runtime/default",
                !value.hasPrefix("localhost/")
            else { return nil }
            return "\(key)=\(GoText.quoted(value))"
        }
        var setters = PodSecuritySubject.setters(pod: isBad(pod), names).map { [$0] } ?? []
        if !notes.isEmpty { setters.append(PodSecuritySubject.plural("annotation", "annotations", notes.count)) }
        if setters.isEmpty { return nil }
        values += notes
        return PodSecurityViolation(
            reason: PodSecuritySubject.plural(
                "forbidden AppArmor profile", "forbidden AppArmor profiles", values.count),
            detail: "\(setters.joined(separator: " and ")) must not set AppArmor profile type to "
                + PodSecuritySubject.quoted(values))
    }

    var baselineCapabilities: PodSecurityViolation? {
        let allowed = [
            "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
            "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
        ]
        func added(_ context: SecurityContext?) -> [String] {
            (context?.capabilities?.add ?? []).filter { !allowed.contains($0) }
        }
        let names = names { !added($0).isEmpty }
        if names.isEmpty { return nil }
        let capabilities = PodSecuritySubject.sorted(containers.flatMap { added($0.securityContext) })
        return PodSecurityViolation(
            reason: "non-default capabilities",
            detail: "\(PodSecuritySubject.containers(names)) must not include "
                + "\(PodSecuritySubject.quoted(capabilities)) in securityContext.capabilities.add")
    }

    var hostNamespaces: PodSecurityViolation? {
        var shared: [String] = []
        if spec.hostNetwork == true { shared.append("hostNetwork=true") }
        if spec.hostPID == true { shared.append("hostPID=true") }
        if spec.hostIPC == true { shared.append("hostIPC=true") }
        return shared.isEmpty
            ? nil : PodSecurityViolation(reason: "host namespaces", detail: shared.joined(separator: ", "))
    }

    var hostPathVolumes: PodSecurityViolation? {
        let names = spec.volumes.filter { $0.hostPath != nil }.map(\.name)
        if names.isEmpty { return nil }
        return PodSecurityViolation(
            reason: "hostPath volumes",
            detail: PodSecuritySubject.plural("volume", "volumes", names.count) + " "
                + PodSecuritySubject.quoted(names))
    }

    var hostPorts: PodSecurityViolation? {
        let users = containers.filter { container in container.ports.contains { $0.hostPort ?? 0 != 0 } }.map(\.name)
        if users.isEmpty { return nil }
        let ports = PodSecuritySubject.sorted(
            containers.flatMap { $0.ports.compactMap { $0.hostPort }.filter { $0 != 0 }.map { "\($0)" } })
        return PodSecurityViolation(
            reason: "hostPort",
            detail: "\(PodSecuritySubject.containers(users)) "
                + PodSecuritySubject.plural("uses", "use", users.count) + " "
                + PodSecuritySubject.plural("hostPort", "hostPorts", ports.count) + " "
                + ports.joined(separator: ", "))
    }

    /// Probes and hooks that reach for another host than the pod.
    var hostProbes: PodSecurityViolation? {
        func hosts(_ container: Container) -> [String] {
            let probes = [container.livenessProbe, container.readinessProbe, container.startupProbe]
            let hooks = [container.lifecycle?.postStart, container.lifecycle?.preStop]
            let hosts =
                probes.flatMap { [$0?.httpGet?.host, $0?.tcpSocket?.host] }
                + hooks.flatMap { [$0?.httpGet?.host, $0?.tcpSocket?.host] }
            return hosts.compactMap { $0 }.filter { !$0.isEmpty }
        }
        let users = PodSecuritySubject.sorted(containers.filter { !hosts($0).isEmpty }.map(\.name))
        if users.isEmpty { return nil }
        let all = PodSecuritySubject.sorted(containers.flatMap(hosts))
        return PodSecurityViolation(
            reason: "probe or lifecycle host",
            detail: "\(PodSecuritySubject.containers(users)) "
                + PodSecuritySubject.plural("uses", "use", users.count) + " "
                + PodSecuritySubject.plural("probe or lifecycle host", "probe or lifecycle hosts", all.count) + " "
                + PodSecuritySubject.quoted(all))
    }

    var privileged: PodSecurityViolation? {
        let names = names { $0.privileged == true }
        if names.isEmpty { return nil }
        return PodSecurityViolation(
            reason: "privileged",
            detail: "\(PodSecuritySubject.containers(names)) must not set securityContext.privileged=true")
    }

    /// Since 1.35 the baseline lets pods in a user namespace of their own do this, the restricted level none.
    var procMount: PodSecurityViolation? {
        func isBad(_ context: SecurityContext) -> Bool { context.procMount.map { $0 != "Default" } ?? false }
        let names = names(where: isBad)
        if names.isEmpty { return nil }
        let values = containers.compactMap(\.securityContext).filter(isBad).compactMap(\.procMount)
        return PodSecurityViolation(
            reason: "procMount",
            detail: "\(PodSecuritySubject.containers(names)) must not set securityContext.procMount to "
                + PodSecuritySubject.quoted(PodSecuritySubject.sorted(values)))
    }

    var seLinuxOptions: PodSecurityViolation? {
        var allowed = ["", "container_t", "container_init_t", "container_kvm_t"]
        if minor >= 31 { allowed.append("container_engine_t") }
        func isBad(_ options: SELinuxOptions?) -> Bool {
            guard let options else { return false }
            return !allowed.contains(options.type ?? "") || options.user?.isEmpty == false
                || options.role?.isEmpty == false
        }
        let pod = spec.securityContext?.seLinuxOptions
        guard let setters = PodSecuritySubject.setters(pod: isBad(pod), names { isBad($0.seLinuxOptions) }) else {
            return nil
        }
        let all = ([pod] + containers.map(\.securityContext?.seLinuxOptions)).compactMap { $0 }
        let types = PodSecuritySubject.sorted(all.map { $0.type ?? "" }.filter { !allowed.contains($0) })
        var data: [String] = []
        if !types.isEmpty {
            data.append(
                PodSecuritySubject.plural("type", "types", types.count) + " " + PodSecuritySubject.quoted(types))
        }
        if all.contains(where: { $0.user?.isEmpty == false }) { data.append("user may not be set") }
        if all.contains(where: { $0.role?.isEmpty == false }) { data.append("role may not be set") }
        return PodSecurityViolation(
            reason: "seLinuxOptions",
            detail: "\(setters) set forbidden securityContext.seLinuxOptions: \(data.joined(separator: "; "))")
    }

    /// How profiles were named before 1.19.
    var seccompAnnotations: PodSecurityViolation? {
        let prefix = "seccomp.security.alpha.kubernetes.io/"
        let keys = [prefix + "pod"] + containers.map { "container." + prefix + $0.name }
        let bad = keys.compactMap { key -> String? in
            guard let value = annotations[key], value != "runtime/default", value != "docker/default",
                !value.hasPrefix("localhost/")
            else { return nil }
            return "\(key)=\(GoText.quoted(value))"
        }
        if bad.isEmpty { return nil }
        return PodSecurityViolation(
            reason: "seccompProfile",
            detail: "forbidden " + PodSecuritySubject.plural("annotation", "annotations", bad.count) + " "
                + PodSecuritySubject.sorted(bad).joined(separator: ", "))
    }

    static func isBad(_ profile: SeccompProfile?) -> Bool {
        profile.map { $0.type != "RuntimeDefault" && $0.type != "Localhost" } ?? false
    }

    var baselineSeccompProfile: PodSecurityViolation? {
        let pod = spec.securityContext?.seccompProfile
        let names = names { PodSecuritySubject.isBad($0.seccompProfile) }
        guard let setters = PodSecuritySubject.setters(pod: PodSecuritySubject.isBad(pod), names) else { return nil }
        let values = ([pod] + containers.map(\.securityContext?.seccompProfile))
            .filter(PodSecuritySubject.isBad).compactMap { $0?.type }
        return PodSecurityViolation(
            reason: "seccompProfile",
            detail: "\(setters) must not set securityContext.seccompProfile.type to "
                + PodSecuritySubject.quoted(PodSecuritySubject.sorted(values)))
    }

    var sysctls: PodSecurityViolation? {
        var allowed = [
            "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
        ]
        if minor >= 27 { allowed.append("net.ipv4.ip_local_reserved_ports") }
        if minor >= 29 {
            allowed += [
                "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
                "net.ipv4.tcp_keepalive_probes",
            ]
        }
        if minor >= 32 { allowed += ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"] }
        let bad = (spec.securityContext?.sysctls ?? []).map(\.name).filter { !allowed.contains($0) }
        return bad.isEmpty
            ? nil : PodSecurityViolation(reason: "forbidden sysctls", detail: bad.joined(separator: ", "))
    }

    var windowsHostProcess: PodSecurityViolation? {
        let isPodBad = spec.securityContext?.windowsOptions?.hostProcess == true
        let names = names { $0.windowsOptions?.hostProcess == true }
        guard let setters = PodSecuritySubject.setters(pod: isPodBad, names) else { return nil }
        return PodSecurityViolation(
            reason: "hostProcess", detail: "\(setters) must not set securityContext.windowsOptions.hostProcess=true")
    }
}
