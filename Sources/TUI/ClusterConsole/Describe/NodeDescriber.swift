import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

extension DescribeWriter {
    mutating func describe(_ node: Node) {
        identity(node, isNamespaced: false)
        let prefix = "node-role.kubernetes.io/"
        let roles = Set(
            node.labels.compactMap { key, value in
                key == "kubernetes.io/role" ? value : key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
            }
        ).filter { !$0.isEmpty }.sorted(by: precedesUTF8)
        field("Roles", DescribeWriter.orNone(roles.joined(separator: ",")))
        labels("Labels", node.labels)
        annotations(node.annotations)
        field("CreationTimestamp", node.metadata.creationTimestamp?.rfc1123 ?? "")
        let taints = node.spec.taints.sorted { left, right in
            compareUTF8("\(left.effect),\(left.key)", "\(right.effect),\(right.key)") < 0
        }
        pairs(
            "Taints",
            taints.map { taint in
                taint.key + (taint.value.map { $0.isEmpty ? "" : "=" + $0 } ?? "") + ":" + taint.effect
            })
        field("Unschedulable", "\(node.spec.unschedulable ?? false)")
        lease(node)
        conditions(node)
        line("Addresses:")
        for address in node.status.addresses { field(address.type, address.address, indent: 1) }
        quantities("Capacity", node.status.capacity)
        quantities("Allocatable", node.status.allocatable)
        if let info = node.status.nodeInfo { system(info) }
        if let range = node.spec.podCIDR, !range.isEmpty { field("PodCIDR", range) }
        if !node.spec.podCIDRs.isEmpty { field("PodCIDRs", node.spec.podCIDRs.joined(separator: ",")) }
        if let identifier = node.spec.providerID, !identifier.isEmpty { field("ProviderID", identifier) }
        pods(node)
    }

    private mutating func lease(_ node: Node) {
        line("Lease:")
        let lease = snapshot.objects.get(Lease.self, namespace: "kube-node-lease", name: node.name)
        field("HolderIdentity", lease?.spec.holderIdentity ?? "<unset>", indent: 1)
        field("AcquireTime", lease?.spec.acquireTime?.instant.time.rfc1123 ?? "<unset>", indent: 1)
        field("RenewTime", lease?.spec.renewTime?.instant.time.rfc1123 ?? "<unset>", indent: 1)
    }

    private mutating func conditions(_ node: Node) {
        if node.status.conditions.isEmpty { return }
        line("Conditions:")
        line("Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage", indent: 1)
        line("----\t------\t-----------------\t------------------\t------\t-------", indent: 1)
        for condition in node.status.conditions {
            let times = [condition.lastHeartbeatTime, condition.lastTransitionTime].map { $0?.rfc1123 ?? "" }
            line(
                "\(condition.type) \t\(condition.status) \t\(times[0]) \t\(times[1]) \t\(condition.reason ?? "") \t"
                    + (condition.message ?? ""), indent: 1)
        }
    }

    private mutating func quantities(_ title: String, _ list: StringMap<Quantity>) {
        if list.isEmpty { return }
        line("\(title):")
        for (name, quantity) in list { field(name, quantity.text, indent: 1) }
    }

    private mutating func system(_ info: NodeSystemInfo) {
        line("System Info:")
        for (label, value) in [
            ("Machine ID", info.machineID), ("System UUID", info.systemUUID), ("Boot ID", info.bootID),
            ("Kernel Version", info.kernelVersion), ("OS Image", info.osImage),
            ("Operating System", info.operatingSystem), ("Architecture", info.architecture),
            ("Container Runtime Version", info.containerRuntimeVersion), ("Kubelet Version", info.kubeletVersion),
        ] { field(label, value, indent: 1) }
    }

    /// The node's pods and what they ask for of what it has.
    private mutating func pods(_ node: Node) {
        var pods: [Pod] = []
        snapshot.objects.forEach(.pod) { object in
            if let pod = object.as(Pod.self), pod.spec.nodeName == node.name, pod.status.phase != "Succeeded",
                pod.status.phase != "Failed"
            {
                pods.append(pod)
            }
            return true
        }
        let allocatable = node.status.allocatable
        let milliCPU = allocatable["cpu"]?.accountedMilliValue ?? 0
        let memory = allocatable["memory"]?.accountedValue ?? 0
        func share(_ part: Int, _ whole: Int) -> String { NodeLoads.Load.share(part, whole) }
        func cpu(_ milli: Int) -> String { Quantity(milli: milli).text + share(milli, milliCPU) }
        func bytes(_ count: Int) -> String { Quantity(count, .binarySI).text + share(count, memory) }
        field("Non-terminated Pods", "(\(pods.count) in total)")
        line("Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge", indent: 1)
        line("---------\t----\t\t------------\t----------\t---------------\t-------------\t---", indent: 1)
        var requested = (cpu: 0, memory: 0)
        var limited = (cpu: 0, memory: 0)
        for pod in pods {
            let requests = PodRequests(pod.spec)
            let limits = pod.spec.containers.reduce(into: (cpu: 0, memory: 0)) { sum, container in
                sum.cpu &+= container.resources?.limits["cpu"]?.accountedMilliValue ?? 0
                sum.memory &+= container.resources?.limits["memory"]?.accountedValue ?? 0
            }
            requested = (requested.cpu &+ requests.milliCPU, requested.memory &+ requests.memory)
            limited = (limited.cpu &+ limits.cpu, limited.memory &+ limits.memory)
            line(
                "\(pod.namespace)\t\(pod.name)\t\t\(cpu(requests.milliCPU))\t\(cpu(limits.cpu))\t\(bytes(requests.memory))\t"
                    + "\(bytes(limits.memory))\t\(age(pod.metadata.creationTimestamp))", indent: 1)
        }
        line("Allocated resources:")
        line("(Total limits may be over 100 percent, i.e., overcommitted.)", indent: 1)
        line("Resource\tRequests\tLimits", indent: 1)
        line("--------\t--------\t------", indent: 1)
        line("cpu\t\(cpu(requested.cpu))\t\(cpu(limited.cpu))", indent: 1)
        line("memory\t\(bytes(requested.memory))\t\(bytes(limited.memory))", indent: 1)
        func total(_ name: String, _ list: (ResourceRequirements) -> StringMap<Quantity>) -> Int {
            pods.reduce(0) { sum, pod in
                pod.spec.containers.reduce(sum) { sum, container in
                    sum &+ (container.resources.flatMap { list($0)[name]?.accountedValue } ?? 0)
                }
            }
        }
        let hugePages = allocatable.keys.filter { $0.hasPrefix("hugepages-") }
        for name in ["ephemeral-storage"] + hugePages {
            let whole = allocatable[name]?.accountedValue ?? 0
            func text(_ part: Int) -> String { Quantity(part, .binarySI).text + share(part, whole) }
            line("\(name)\t\(text(total(name, \.requests)))\t\(text(total(name, \.limits)))", indent: 1)
        }
        for name in allocatable.keys where !["cpu", "memory", "pods", "ephemeral-storage"].contains(name) {
            if name.hasPrefix("hugepages-") { continue }
            line("\(name)\t\(total(name, \.requests))\t\(total(name, \.limits))", indent: 1)
        }
    }
}
