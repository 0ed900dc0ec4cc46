import KubeAPI

/// A rule that a pod breaks: `privileged (container "a" must not set securityContext.privileged=true)`.
struct PodSecurityViolation: Equatable {
    let reason: String
    let detail: String

    static func details(_ violations: [PodSecurityViolation]) -> String {
        violations.map { "\($0.reason) (\($0.detail))" }.joined(separator: ", ")
    }

    static func reasons(_ violations: [PodSecurityViolation]) -> String {
        violations.map(\.reason).joined(separator: ", ")
    }
}

/// The checks of each level, in upstream's order: baseline first, each level's by the name of the check.
///
/// Follows kubernetes staging/src/k8s.io/pod-security-admission/policy/registry.go and its `check_*.go`.
enum PodSecurityChecks {
    private struct Check: Sendable {
        let level: PodSecurityLevel
        /// The first minor version that has the check, in this form.
        let since: Int
        /// The first minor version in which the restricted level has a stricter check instead.
        let replacedSince: Int?
        let run: @Sendable (PodSecuritySubject) -> PodSecurityViolation?

        init(
            _ level: PodSecurityLevel, since: Int = 0, replacedSince: Int? = nil,
            _ run: @escaping @Sendable (PodSecuritySubject) -> PodSecurityViolation?
        ) {
            self.level = level
            self.since = since
            self.replacedSince = replacedSince
            self.run = run
        }
    }

    /// O(containers of the pod × checks).
    static func violations(_ pod: PodSecuritySubject, _ standard: PodSecurityStandard) -> [PodSecurityViolation] {
        if standard.level == .privileged { return [] }
        var pod = pod
        pod.minor = standard.minor ?? .max
        return checks.compactMap { check in
            guard check.level <= standard.level, check.since <= pod.minor,
                standard.level == .baseline || check.replacedSince.map({ pod.minor < $0 }) ?? true
            else { return nil }
            return check.run(pod)
        }
    }

    private static let checks: [Check] = [
        Check(.baseline) { $0.appArmorProfile },
        Check(.baseline, replacedSince: 22) { $0.baselineCapabilities },
        Check(.baseline) { $0.hostNamespaces },
        Check(.baseline, replacedSince: 0) { $0.hostPathVolumes },
        Check(.baseline) { $0.hostPorts },
        Check(.baseline, since: 34) { $0.hostProbes },
        Check(.baseline) { $0.privileged },
        Check(.baseline, replacedSince: 35) { $0.isRelaxed ? nil : $0.procMount },
        Check(.baseline) { $0.seLinuxOptions },
        Check(.baseline, replacedSince: 19) { $0.minor < 19 ? $0.seccompAnnotations : $0.baselineSeccompProfile },
        Check(.baseline) { $0.sysctls },
        Check(.baseline) { $0.windowsHostProcess },
        Check(.restricted, since: 8) { $0.isWindows ? nil : $0.allowPrivilegeEscalation },
        Check(.restricted, since: 22) { $0.isWindows ? nil : $0.restrictedCapabilities },
        Check(.restricted, since: 35) { $0.procMount },
        Check(.restricted) { $0.restrictedVolumes },
        Check(.restricted) { $0.isRelaxed ? nil : $0.runAsNonRoot },
        Check(.restricted, since: 23) { $0.isRelaxed ? nil : $0.runAsUser },
        Check(.restricted, since: 19) { $0.isWindows ? nil : $0.restrictedSeccompProfile },
    ]
}

/// The parts of a pod, or of a template of pods, that the checks look at.
struct PodSecuritySubject {
    let spec: PodSpec
    let annotations: StringMap<String>
    /// Init, regular and ephemeral containers, in this order.
    let containers: [Container]
    /// The minor version whose rules are looked at.
    var minor = Int.max

    init(_ spec: PodSpec, annotations: StringMap<String>) {
        self.spec = spec
        self.annotations = annotations
        containers = spec.allContainers
    }

    /// Since 1.25 some rules do not ask of Windows what it does not have.
    var isWindows: Bool { minor >= 25 && spec.os?.name == "windows" }

    /// Since 1.35 a pod in a user namespace of its own may be root there.
    var isRelaxed: Bool { minor >= 35 && spec.hostUsers == false }
}

// MARK: Words

extension PodSecuritySubject {
    static func quoted(_ names: [String]) -> String {
        names.isEmpty ? "" : "\"" + names.joined(separator: "\", \"") + "\""
    }

    static func plural(_ one: String, _ many: String, _ count: Int) -> String { count == 1 ? one : many }

    /// As in `containers "a", "b"`.
    static func containers(_ names: [String]) -> String {
        plural("container", "containers", names.count) + " " + quoted(names)
    }

    static func sorted(_ names: [String]) -> [String] {
        var unique: [String] = []
        for name in names where !unique.contains(name) { unique.append(name) }
        return unique.sorted(by: precedesUTF8)
    }

    /// The names of the containers that something is wrong with.
    func names(where isBad: (SecurityContext) -> Bool) -> [String] {
        containers.filter { $0.securityContext.map(isBad) ?? false }.map(\.name)
    }

    /// As in `pod and containers "a", "b"`; nil if nothing is wrong.
    static func setters(pod isPodBad: Bool, _ names: [String]) -> String? {
        let setters = (isPodBad ? ["pod"] : []) + (names.isEmpty ? [] : [containers(names)])
        return setters.isEmpty ? nil : setters.joined(separator: " and ")
    }
}
