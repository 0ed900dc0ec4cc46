import KubeAPI

/// The kernel parameters that a pod may set: those that it has to itself, and that do the node no harm. A kubelet takes
/// no others, unless it is told to.
/// Follows kubernetes `pkg/kubelet/sysctl` (`safe_sysctls.go`, `allowlist.go`).
enum Sysctls {
    private static let ofProcesses: Set = ["kernel.shm_rmid_forced"]
    private static let ofNetwork: Set = [
        "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    ]

    /// Why a pod is not taken for the parameters that it sets; nil if it is.
    static func rejection(of spec: PodSpec) -> PodAdmission.Rejection? {
        for sysctl in spec.securityContext?.sysctls ?? [] {
            let name = dotted(sysctl.name)
            if let problem = problem(name, spec) {
                return PodAdmission.Rejection(
                    reason: "SysctlForbidden", message: "forbidden sysctl: \"\(name)\" \(problem)")
            }
        }
        return nil
    }

    private static func problem(_ name: String, _ spec: PodSpec) -> String? {
        if ofProcesses.contains(name) { return spec.hostIPC == true ? "not allowed with host ipc enabled" : nil }
        if ofNetwork.contains(name) { return spec.hostNetwork == true ? "not allowed with host net enabled" : nil }
        return "not allowlisted"
    }

    /// A name may have slashes for dots, and then dots for slashes.
    private static func dotted(_ name: String) -> String {
        guard name.first(where: { $0 == "." || $0 == "/" }) == "/" else { return name }
        return String(name.map { $0 == "/" ? "." : $0 == "." ? "/" : $0 })
    }
}
