extension KubeObject {
    /// The template of the pods that an object makes, with the path to it; nil for an object that makes none, or that
    /// leaves its template out. O(1).
    ///
    /// Follows kubernetes staging/src/k8s.io/pod-security-admission/admission/admission.go `DefaultPodSpecExtractor`.
    public final var podTemplate: (path: String, template: PodTemplateSpec)? {
        switch kind {
        case .podTemplate: self.as(PodTemplate.self)?.template.map { ("template", $0) }
        case .replicationController:
            self.as(ReplicationController.self)?.spec.template.map { ("spec.template", $0) }
        case .replicaSet: self.as(ReplicaSet.self)?.spec.template.map { ("spec.template", $0) }
        case .deployment: self.as(Deployment.self).map { ("spec.template", $0.spec.template) }
        case .daemonSet: self.as(DaemonSet.self).map { ("spec.template", $0.spec.template) }
        case .statefulSet: self.as(StatefulSet.self).map { ("spec.template", $0.spec.template) }
        case .job: self.as(Job.self).map { ("spec.template", $0.spec.template) }
        case .cronJob:
            self.as(CronJob.self)?.spec.jobTemplate.spec.map { ("spec.jobTemplate.spec.template", $0.template) }
        default: nil
        }
    }
}
