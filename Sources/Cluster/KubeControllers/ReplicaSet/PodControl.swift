import KubeAPI
import KubeClient

/// Creates and deletes pods for an owner, and tells of it in events about the owner.
/// Follows kubernetes `pkg/controller/controller_utils.go` `RealPodControl`.
struct PodControl {
    private let client: any KubeClient
    private let recorder: EventRecorder

    init(_ context: ComponentContext) {
        client = context.client
        recorder = context.recorder
    }

    /// The pod that a template describes, to be created any number of times. It shares the template's spec, and so do
    /// all pods that are made of it.
    static func pod(from template: PodTemplateSpec, owner: some Resource) -> Pod {
        var pod = Pod()
        pod.metadata.namespace = owner.namespace
        pod.metadata.generateName = owner.name + "-"
        pod.metadata.labels = template.metadata.labels
        pod.metadata.annotations = template.metadata.annotations
        pod.metadata.finalizers = template.metadata.finalizers
        pod.metadata.ownerReferences = [OwnerReference(controller: owner)]
        pod.spec = template.spec
        return pod
    }

    /// The failure, if there is one. In a namespace that is being deleted every creation fails: that is no event.
    func create(_ pod: Pod, for owner: some Resource) -> StatusError? {
        do throws(StatusError) {
            let created = try client.create(pod)
            recorder.event(owner, .normal, "SuccessfulCreate", "Created pod: \(created.name)")
            return nil
        } catch {
            if !error.hasCause(StatusCauseType.namespaceTerminating) {
                recorder.event(owner, .warning, "FailedCreate", "Error creating: \(error.message)")
            }
            return error
        }
    }

    /// The failure, if there is one.
    func delete(_ pod: Pod, for owner: some Resource) -> StatusError? {
        do throws(StatusError) {
            try client.delete(pod.key)
            recorder.event(owner, .normal, "SuccessfulDelete", "Deleted pod: \(pod.name)")
            return nil
        } catch {
            if error.isNotFound { return error }
            recorder.event(owner, .warning, "FailedDelete", "Error deleting: \(error.message)")
            var wrapped = error
            wrapped.message = "unable to delete pods: \(error.message)"
            return wrapped
        }
    }
}
