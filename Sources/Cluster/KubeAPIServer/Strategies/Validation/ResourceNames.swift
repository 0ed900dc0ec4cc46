import KubeAPI

/// The names of resources: which are known, and what may be done with them.
/// Follows kubernetes pkg/apis/core/helper/helpers.go.
enum ResourceNames {
    private static let container: Set<String> = ["cpu", "memory", "ephemeral-storage"]
    private static let standard: Set<String> = [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
        "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services",
        "replicationcontrollers", "secrets", "persistentvolumeclaims", "configmaps", "storage",
        "requests.storage", "services.nodeports", "services.loadbalancers",
    ]
    private static let quota: Set<String> = [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage",
        "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods",
        "resourcequotas", "services", "replicationcontrollers", "secrets", "persistentvolumeclaims", "configmaps",
        "services.nodeports", "services.loadbalancers",
    ]
    private static let integer: Set<String> = [
        "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
        "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
    ]

    static func isHugePages(_ name: String) -> Bool { name.hasPrefix("hugepages-") }

    static func isStandard(_ name: String) -> Bool {
        standard.contains(name) || isQuotaHugePages(name) || isHugePages(name)
    }
    static func isStandardContainer(_ name: String) -> Bool { container.contains(name) || isHugePages(name) }
    static func isStandardQuota(_ name: String) -> Bool {
        quota.contains(name) || isQuotaHugePages(name) || isHugePages(name)
    }

    private static func isQuotaHugePages(_ name: String) -> Bool {
        name.hasPrefix("hugepages-") || name.hasPrefix("requests.hugepages-")
    }

    /// Whether the amount must be whole.
    static func isInteger(_ name: String) -> Bool { integer.contains(name) || isExtended(name) }

    /// Kubernetes' own, without a domain or with `kubernetes.io`.
    static func isNative(_ name: String) -> Bool {
        !name.utf8.contains(UInt8(ascii: "/")) || name.contains("kubernetes.io/")
    }

    /// Another's, such as `nvidia.com/gpu`.
    static func isExtended(_ name: String) -> Bool {
        if isNative(name) || name.hasPrefix("requests.") { return false }
        return Validation.qualifiedName("requests." + name).isEmpty
    }

    /// Whether requests may be lower than limits.
    static func isOvercommitAllowed(_ name: String) -> Bool { isNative(name) && !isHugePages(name) }

    static func isQualified(_ name: String) -> Bool { name.utf8.contains(UInt8(ascii: "/")) }
}

extension Validator {
    /// What any resource may be called.
    mutating func resourceName(_ place: Place, _ name: String) -> Bool {
        let messages = Validation.qualifiedName(name)
        if !messages.isEmpty {
            check(place, name, messages)
            return false
        }
        if !ResourceNames.isQualified(name), !ResourceNames.isStandard(name) {
            invalid(place, name, "must be a standard resource type or fully qualified")
            return false
        }
        return true
    }

    /// What a container may request.
    mutating func containerResourceName(_ place: Place, _ name: String) {
        _ = resourceName(place, name)
        if !ResourceNames.isQualified(name) {
            if !ResourceNames.isStandardContainer(name) {
                invalid(place, name, "must be a standard resource for containers")
            }
        } else if !ResourceNames.isNative(name), !ResourceNames.isExtended(name) {
            invalid(place, name, "doesn't follow extended resource name standard")
        }
    }

    /// An amount that is not negative, and whole where that makes sense.
    mutating func resourceQuantity(_ place: Place, _ name: String, _ amount: Quantity) {
        if amount.isNegative { invalid(place, amount.text, "must be greater than or equal to 0") }
        if ResourceNames.isInteger(name), amount.milliValue % 1000 != 0 {
            invalid(place, amount, "must be an integer")
        }
    }
}
