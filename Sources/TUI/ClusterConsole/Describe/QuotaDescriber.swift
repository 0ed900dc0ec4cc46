import KubeAPI
import KubeClient

extension DescribeWriter {
    mutating func describe(_ namespace: Namespace) {
        identity(namespace, isNamespaced: false)
        labels("Labels", namespace.labels)
        annotations(namespace.annotations)
        field("Status", namespace.status.phase ?? "")
        if !namespace.status.conditions.isEmpty {
            line("Conditions:")
            line("Type\tStatus\tLastTransitionTime\tReason\tMessage", indent: 1)
            line("----\t------\t------------------\t------\t-------", indent: 1)
            for condition in namespace.status.conditions {
                line(
                    "\(condition.type)\t\(condition.status)\t\(condition.lastTransitionTime?.rfc1123 ?? "")\t"
                        + "\(condition.reason ?? "")\t\(condition.message ?? "")", indent: 1)
            }
        }
        line("")
        quotas(of: namespace.name)
        line("")
        limitRanges(of: namespace.name)
    }

    private mutating func quotas(of namespace: String) {
        let quotas = snapshot.objects.list(ResourceQuota.self, namespace: namespace)
        if quotas.isEmpty { return line("No resource quota.") }
        line("Resource Quotas")
        for quota in quotas {
            field("Name", quota.name, indent: 1)
            scopes(of: quota, indent: 1, bullet: "* ")
            line("Resource\tUsed\tHard", indent: 1)
            line("--------\t---\t---", indent: 1)
            for (name, hard) in quota.status.hard {
                line("\(name)\t\(quota.status.used[name]?.text ?? "0")\t\(hard.text)", indent: 1)
            }
        }
    }

    private mutating func limitRanges(of namespace: String) {
        let ranges = snapshot.objects.list(LimitRange.self, namespace: namespace)
        if ranges.isEmpty { return line("No LimitRange resource.") }
        line("Resource Limits")
        line(" Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio")
        line(" ----\t--------\t---\t---\t---------------\t-------------\t-----------------------")
        for range in ranges { limits(of: range, prefix: " ") }
    }

    mutating func describe(_ quota: ResourceQuota) {
        identity(quota)
        scopes(of: quota, bullet: " * ")
        line("Resource\tUsed\tHard")
        line("--------\t----\t----")
        for (name, hard) in quota.status.hard {
            let used = quota.status.used[name] ?? Quantity(0)
            let text = used.format == hard.format ? used.text : Quantity(used.value, hard.format).text
            line("\(name)\t\(text)\t\(hard.text)")
        }
    }

    private mutating func scopes(of quota: ResourceQuota, indent: Int = 0, bullet: String) {
        if quota.spec.scopes.isEmpty { return }
        let scopes = quota.spec.scopes.sorted(by: precedesUTF8)
        field("Scopes", scopes.joined(separator: ", "), indent: indent)
        for scope in scopes {
            if let meaning = DescribeWriter.meaning(ofScope: scope) { line(bullet + meaning, indent: indent) }
        }
    }

    private static func meaning(ofScope scope: String) -> String? {
        switch scope {
        case "Terminating":
            "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being "
                + "actively terminated by the system."
        case "NotTerminating":
            "Matches all pods that do not have an active deadline. These pods usually include long running pods whose "
                + "container command is not expected to terminate."
        case "BestEffort":
            "Matches all pods that do not have resource requirements set. These pods have a best effort quality of "
                + "service."
        case "NotBestEffort":
            "Matches all pods that have at least one resource requirement set. These pods have a burstable or "
                + "guaranteed quality of service."
        default: nil
        }
    }

    mutating func describe(_ range: LimitRange) {
        identity(range)
        line("Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio")
        line("----\t--------\t---\t---\t---------------\t-------------\t-----------------------")
        limits(of: range)
    }

    /// A line for each resource that an item limits, by name; kubectl's order is left to chance.
    private mutating func limits(of range: LimitRange, prefix: String = "") {
        for item in range.spec.limits {
            let columns = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio]
            let resources = Set(columns.flatMap(\.keys)).sorted(by: precedesUTF8)
            for resource in resources {
                let values = columns.map { $0[resource]?.text ?? "-" }
                line(([prefix + item.type, resource] + values).joined(separator: "\t"))
            }
        }
    }
}
