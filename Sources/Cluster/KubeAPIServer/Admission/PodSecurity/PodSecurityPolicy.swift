import KubeAPI

/// How much a pod may do to its node.
enum PodSecurityLevel: Int, Comparable {
    case privileged, baseline, restricted

    init?(_ text: String) {
        switch text {
        case "privileged": self = .privileged
        case "baseline": self = .baseline
        case "restricted": self = .restricted
        default: return nil
        }
    }

    static func < (left: PodSecurityLevel, right: PodSecurityLevel) -> Bool { left.rawValue < right.rawValue }
}

/// A level as a minor version of Kubernetes defines it; nil for the latest.
struct PodSecurityStandard: Equatable, CustomStringConvertible {
    var level = PodSecurityLevel.privileged
    var minor: Int?

    /// As in `restricted:latest`.
    var description: String { "\(level):" + (minor.map { "v1.\($0)" } ?? "latest") }
}

/// What a namespace's labels ask for.
///
/// Follows kubernetes staging/src/k8s.io/pod-security-admission/api/helpers.go.
struct PodSecurityPolicy: Equatable {
    var enforce = PodSecurityStandard()
    var audit = PodSecurityStandard()
    var warn = PodSecurityStandard()

    static let prefix = "pod-security.kubernetes.io/"

    /// Whether there is anything to look at; almost always not.
    static func isAsked(_ labels: StringMap<String>) -> Bool {
        labels.contains { $0.key.utf8.starts(with: prefix.utf8) }
    }

    /// Reads the labels. What is wrong with one is told; enforcement then fails closed, the others open.
    init(_ labels: StringMap<String>, _ errors: inout [FieldError]) {
        if !PodSecurityPolicy.isAsked(labels) { return }
        let hasLevel = PodSecurityPolicy.read("enforce", labels, &enforce, failing: .restricted, &errors)
        _ = PodSecurityPolicy.read("audit", labels, &audit, failing: .privileged, &errors)
        _ = PodSecurityPolicy.read("warn", labels, &warn, failing: .privileged, &errors)
        // Who enforces a level is warned of it too: controllers of pods would fail without a word.
        if hasLevel, labels[PodSecurityPolicy.prefix + "warn"] == nil, enforce.level > warn.level {
            warn.level = enforce.level
            if labels[PodSecurityPolicy.prefix + "warn-version"] == nil { warn.minor = enforce.minor }
        }
    }

    /// Whether there is a level that could be read.
    private static func read(
        _ mode: String, _ labels: StringMap<String>, _ standard: inout PodSecurityStandard,
        failing fallback: PodSecurityLevel, _ errors: inout [FieldError]
    ) -> Bool {
        func path(_ label: String) -> FieldPath { FieldPath("metadata").child("labels").key(label) }
        var hasLevel = false
        if let text = labels[prefix + mode] {
            if let level = PodSecurityLevel(text) {
                standard.level = level
                hasLevel = true
            } else {
                standard.level = fallback
                errors.append(
                    .invalid(path(prefix + mode), text, "must be one of privileged, baseline, restricted"))
            }
        }
        if let text = labels[prefix + mode + "-version"], text != "latest" {
            if let minor = version(text) {
                standard.minor = minor
            } else {
                errors.append(.invalid(path(prefix + mode + "-version"), text, "must be \"latest\" or \"v1.x\""))
            }
        }
        return hasLevel
    }

    /// The minor version of `v1.30`.
    private static func version(_ text: String) -> Int? {
        guard text.hasPrefix("v1.") else { return nil }
        let digits = text.dropFirst(3)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            digits == "0" || digits.first != "0"
        else { return nil }
        return Int(digits)
    }
}
