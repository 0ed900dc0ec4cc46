import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

extension DescribeWriter {
    mutating func describe(_ deployment: Deployment) {
        identity(deployment)
        field("CreationTimestamp", deployment.metadata.creationTimestamp?.rfc1123 ?? "")
        labels("Labels", deployment.labels)
        annotations(deployment.annotations)
        field("Selector", LabelSelector.format(deployment.spec.selector))
        let status = deployment.status
        field(
            "Replicas",
            "\(deployment.spec.replicas ?? 1) desired | \(status.updatedReplicas ?? 0) updated | \(status.replicas ?? 0) total | "
                + "\(status.availableReplicas ?? 0) available | \(status.unavailableReplicas ?? 0) unavailable")
        field("StrategyType", deployment.spec.strategy?.type ?? "")
        field("MinReadySeconds", "\(deployment.spec.minReadySeconds ?? 0)")
        if let rolling = deployment.spec.strategy?.rollingUpdate {
            field(
                "RollingUpdateStrategy",
                "\(rolling.maxUnavailable?.text ?? "0") max unavailable, \(rolling.maxSurge?.text ?? "0") max surge")
        }
        podTemplate(deployment.spec.template)
        conditions(status.conditions.map { ($0.type, $0.status, $0.reason ?? "") })
        replicaSets(of: deployment)
    }

    /// The new one is that with the deployment's own template; the old ones that still have pods are named.
    private mutating func replicaSets(of deployment: Deployment) {
        var owned: [ReplicaSet] = []
        snapshot.objects.forEach(.replicaSet, namespace: deployment.namespace) { object in
            if object.metadata.ownerReferences.contains(where: { $0.uid == deployment.uid }),
                let replicaSet = object.as(ReplicaSet.self)
            {
                owned.append(replicaSet)
            }
            return true
        }
        let annotation = "deployment.kubernetes.io/revision"
        let revision = deployment.annotations[annotation]
        func text(_ sets: [ReplicaSet]) -> String {
            DescribeWriter.orNone(
                sets.map { "\($0.name) (\($0.status.replicas)/\($0.spec.replicas ?? 1) replicas created)" }
                    .joined(separator: ", "))
        }
        let new = owned.filter { $0.annotations[annotation] == revision }
        let old = owned.filter { $0.annotations[annotation] != revision }
        field("OldReplicaSets", text(old))
        field("NewReplicaSet", text(new))
    }

    mutating func describe(_ replicaSet: ReplicaSet) {
        identity(replicaSet)
        field("Selector", LabelSelector.format(replicaSet.spec.selector))
        labels("Labels", replicaSet.labels)
        annotations(replicaSet.annotations)
        controlledBy(replicaSet.metadata)
        field("Replicas", "\(replicaSet.status.replicas) current / \(replicaSet.spec.replicas ?? 1) desired")
        podsStatus(ownedBy: replicaSet.uid, namespace: replicaSet.namespace)
        podTemplate(replicaSet.spec.template)
        conditions(replicaSet.status.conditions.map { ($0.type, $0.status, $0.reason ?? "") })
    }

    mutating func describe(_ controller: ReplicationController) {
        identity(controller)
        field(
            "Selector",
            DescribeWriter.orNone(controller.spec.selector.map { "\($0.key)=\($0.value)" }.joined(separator: ",")))
        labels("Labels", controller.labels)
        annotations(controller.annotations)
        field("Replicas", "\(controller.status.replicas) current / \(controller.spec.replicas ?? 1) desired")
        podsStatus(ownedBy: controller.uid, namespace: controller.namespace)
        podTemplate(controller.spec.template)
        conditions(controller.status.conditions.map { ($0.type, $0.status, $0.reason ?? "") })
    }
}

extension DescribeWriter {
    mutating func describe(_ daemonSet: DaemonSet) {
        identity(daemonSet)
        field("Selector", LabelSelector.format(daemonSet.spec.selector))
        field("Node-Selector", DescribeWriter.inline(daemonSet.spec.template.spec.nodeSelector))
        labels("Labels", daemonSet.labels)
        annotations(daemonSet.annotations)
        let status = daemonSet.status
        line("Desired Number of Nodes Scheduled: \(status.desiredNumberScheduled)")
        line("Current Number of Nodes Scheduled: \(status.currentNumberScheduled)")
        line("Number of Nodes Scheduled with Up-to-date Pods: \(status.updatedNumberScheduled ?? 0)")
        line("Number of Nodes Scheduled with Available Pods: \(status.numberAvailable ?? 0)")
        line("Number of Nodes Misscheduled: \(status.numberMisscheduled)")
        podsStatus(ownedBy: daemonSet.uid, namespace: daemonSet.namespace)
        podTemplate(daemonSet.spec.template)
    }

    mutating func describe(_ statefulSet: StatefulSet) {
        let spec = statefulSet.spec
        identity(statefulSet)
        field("CreationTimestamp", statefulSet.metadata.creationTimestamp?.rfc1123 ?? "")
        field("Selector", LabelSelector.format(spec.selector))
        labels("Labels", statefulSet.labels)
        annotations(statefulSet.annotations)
        field("Replicas", "\(spec.replicas ?? 1) desired | \(statefulSet.status.replicas) total")
        field("Update Strategy", spec.updateStrategy?.type ?? "")
        if let rolling = spec.updateStrategy?.rollingUpdate, let partition = rolling.partition {
            field("Partition", "\(partition)", indent: 1)
            if let most = rolling.maxUnavailable { field("MaxUnavailable", most.text, indent: 1) }
        }
        podsStatus(ownedBy: statefulSet.uid, namespace: statefulSet.namespace)
        podTemplate(spec.template)
        claimTemplates(spec.volumeClaimTemplates)
    }

    private mutating func claimTemplates(_ templates: [PersistentVolumeClaim]) {
        if templates.isEmpty { return field("Volume Claims", "<none>") }
        line("Volume Claims:")
        for claim in templates {
            field("Name", claim.name, indent: 1)
            field("StorageClass", claim.storageClass, indent: 1)
            labels("Labels", claim.labels, indent: 1)
            labels("Annotations", claim.annotations, indent: 1)
            field("Capacity", claim.spec.resources?.requests["storage"]?.text ?? "<default>", indent: 1)
            field("Access Modes", DescribeWriter.list(claim.spec.accessModes), indent: 1)
        }
    }
}
