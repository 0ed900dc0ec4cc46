import KubeAPI

extension DescribeWriter {
    mutating func describe(_ budget: PodDisruptionBudget) {
        let (spec, status) = (budget.spec, budget.status)
        identity(budget)
        if let least = spec.minAvailable {
            field("Min available", least.text)
        } else if let most = spec.maxUnavailable {
            field("Max unavailable", most.text)
        }
        field("Selector", spec.selector.map(LabelSelector.format) ?? "<unset>")
        line("Status:")
        field("Allowed disruptions", "\(status.disruptionsAllowed ?? 0)", indent: 2)
        field("Current", "\(status.currentHealthy ?? 0)", indent: 2)
        field("Desired", "\(status.desiredHealthy ?? 0)", indent: 2)
        field("Total", "\(status.expectedPods ?? 0)", indent: 2)
    }

    mutating func describe(_ priorityClass: PriorityClass) {
        identity(priorityClass, isNamespaced: false)
        field("Value", "\(priorityClass.value ?? 0)")
        field("GlobalDefault", "\(priorityClass.globalDefault ?? false)")
        field("PreemptionPolicy", priorityClass.preemptionPolicy ?? "")
        field("Description", priorityClass.description ?? "")
        field("Annotations", DescribeWriter.inline(priorityClass.annotations))
    }
}
