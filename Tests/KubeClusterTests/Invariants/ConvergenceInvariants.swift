import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// What must hold once nothing is left to be done: each is worked out anew from the objects, by brute force.
struct ConvergenceInvariants {
    let cluster: Cluster

    func violations() -> [String] {
        let snapshot = cluster.server.snapshot()
        return replicaCounts(snapshot) + endpointsMatchReadyPods(snapshot) + rulesMatchEndpoints(snapshot)
            + endpointsMatchSlices(snapshot) + noOrphans(snapshot) + nothingIsLeftOver(snapshot)
            + kubeletsAgree(snapshot)
    }

    private func isReady(_ pod: Pod) -> Bool {
        pod.metadata.deletionTimestamp == nil
            && pod.status.conditions.contains { $0.type == "Ready" && $0.status == "True" }
    }

    /// Every Deployment has as many Ready pods as it wants, all of its newest template.
    private func replicaCounts(_ snapshot: Snapshot) -> [String] {
        let replicaSets = snapshot.list(ReplicaSet.self)
        let pods = snapshot.list(Pod.self)
        return snapshot.list(Deployment.self).compactMap { deployment in
            let own = Set(
                replicaSets.filter { set in set.metadata.ownerReferences.contains { $0.uid == deployment.uid } }.map(
                    \.uid))
            let ready = pods.filter { pod in
                isReady(pod) && pod.metadata.ownerReferences.contains { own.contains($0.uid) }
            }
            let wanted = deployment.spec.replicas ?? 1
            if ready.count != wanted {
                return "deployment \(deployment.name) has \(ready.count) Ready pods of \(wanted)"
            }
            if deployment.status.readyReplicas ?? 0 != wanted {
                return
                    "deployment \(deployment.name) reports \(deployment.status.readyReplicas ?? 0) Ready of \(wanted)"
            }
            return nil
        }
    }

    /// The slices of a service hold exactly the addresses of the Ready pods that it selects.
    private func endpointsMatchReadyPods(_ snapshot: Snapshot) -> [String] {
        let pods = snapshot.list(Pod.self)
        let slices = snapshot.list(EndpointSlice.self)
        return snapshot.list(Service.self).filter { !$0.spec.selector.isEmpty }.compactMap { service in
            let wanted = Set(
                pods.filter { pod in
                    pod.namespace == service.namespace && isReady(pod)
                        && service.spec.selector.allSatisfy { pod.labels[$0.key] == $0.value }
                }.compactMap(\.status.podIP))
            let found = slices.filter {
                $0.namespace == service.namespace && $0.labels["kubernetes.io/service-name"] == service.name
            }.flatMap(\.endpoints).filter { $0.conditions?.ready == true }.flatMap(\.addresses)
            if found.count != Set(found).count { return "service \(service.name) has an address twice" }
            return Set(found) == wanted
                ? nil : "service \(service.name): slices have \(Set(found).sorted()), pods \(wanted.sorted())"
        }
    }

    /// The rules of every node that has power lead to exactly the ready endpoints.
    private func rulesMatchEndpoints(_ snapshot: Snapshot) -> [String] {
        let rules = cluster.proxies.rules
        let slices = snapshot.list(EndpointSlice.self)
        let off = cluster.snapshot().poweredOffNodes
        var violations: [String] = []
        for service in snapshot.list(Service.self)
        where service.spec.clusterIP?.isEmpty == false && service.spec.clusterIP != "None" {
            let wanted = Set(
                slices.filter {
                    $0.namespace == service.namespace && $0.labels["kubernetes.io/service-name"] == service.name
                }.flatMap { slice in
                    slice.endpoints.filter { $0.conditions?.ready != false }.flatMap { endpoint in
                        slice.ports.map { "\(endpoint.addresses[0]):\($0.port ?? 0)" }
                    }
                })
            for node in rules.nodes where !off.contains(node) {
                let chains = rules.chains(namespace: service.namespace, service: service.name, node: node)
                let found = Set(
                    chains.flatMap(\.rules).filter { $0.target == "DNAT" }
                        .compactMap { $0.text.split(separator: " ").last.map(String.init) })
                // A service that prefers short ways uses some of them.
                let isPart = service.spec.trafficDistribution != nil && found.isSubset(of: wanted)
                if found != wanted, !isPart || found.isEmpty {
                    violations.append(
                        "rules of \(service.name) on \(node): \(found.sorted()), endpoints \(wanted.sorted())")
                }
            }
        }
        return violations
    }

    /// The older Endpoints say the same as the slices.
    private func endpointsMatchSlices(_ snapshot: Snapshot) -> [String] {
        let slices = snapshot.list(EndpointSlice.self)
        return snapshot.list(Service.self).filter { !$0.spec.selector.isEmpty }.compactMap { service in
            let endpoints = snapshot.get(Endpoints.self, namespace: service.namespace, name: service.name)
            let found = endpoints?.subsets.flatMap { $0.addresses.map(\.ip) }.sorted() ?? []
            let wanted = slices.filter {
                $0.namespace == service.namespace && $0.labels["kubernetes.io/service-name"] == service.name
            }.flatMap(\.endpoints).filter { $0.conditions?.ready == true }.flatMap(\.addresses).sorted()
            return found == wanted ? nil : "service \(service.name): endpoints \(found), slices \(wanted)"
        }
    }

    /// No object of a namespace that is gone, nothing that waits to be deleted, no node that is marked.
    private func nothingIsLeftOver(_ snapshot: Snapshot) -> [String] {
        let namespaces = Set(snapshot.list(Namespace.self).map(\.name))
        var violations: [String] = []
        _ = snapshot.objects.forEach { key, object in
            if !key.namespace.isEmpty, !namespaces.contains(key.namespace) {
                violations.append("\(key.kind.info.plural) \(key.namespacedName) is in no namespace")
            }
            if object.metadata.deletionTimestamp != nil {
                violations.append("\(key.kind.info.plural) \(key.namespacedName) waits to be deleted")
            }
            return true
        }
        for node in snapshot.list(Node.self) where !node.spec.taints.isEmpty {
            violations.append("node \(node.name) has the taints \(node.spec.taints.map(\.key))")
        }
        return violations
    }

    /// Every kubelet knows the pods that are bound to it and no others, and counts what they ask for.
    private func kubeletsAgree(_ snapshot: Snapshot) -> [String] {
        let pods = snapshot.list(Pod.self)
        return cluster.nodeNames.compactMap { name in
            guard let kubelet = cluster.kubelet(name) else { return "there is no kubelet on \(name)" }
            let bound = pods.filter { $0.spec.nodeName == name }
            if kubelet.podCount != bound.count {
                return "the kubelet of \(name) knows \(kubelet.podCount) pods of \(bound.count)"
            }
            let live = bound.filter { $0.status.phase != "Failed" && $0.status.phase != "Succeeded" }
            let asked = live.reduce(0) { $0 + PodRequests($1.spec).milliCPU }
            return kubelet.requests.milliCPU == asked
                ? nil : "the kubelet of \(name) counts \(kubelet.requests.milliCPU)m of \(asked)m"
        }
    }

    /// Nothing is left whose controller is gone.
    private func noOrphans(_ snapshot: Snapshot) -> [String] {
        var uids: Set<String> = []
        _ = snapshot.objects.forEach { _, object in
            uids.insert(object.uid)
            return true
        }
        var violations: [String] = []
        _ = snapshot.objects.forEach { key, object in
            let owners = object.metadata.ownerReferences
            if !owners.isEmpty, !owners.contains(where: { uids.contains($0.uid) }), key.kind != .event {
                violations.append("\(key.kind.info.plural) \(key.namespacedName) is left without its owner")
            }
            return true
        }
        return violations
    }
}
