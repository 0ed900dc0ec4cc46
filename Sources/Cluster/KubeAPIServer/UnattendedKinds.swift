import ClusterCore
import KubeAPI
import KubeClient

/// Kinds that are stored, and that nothing acts on yet. Whoever creates one is told, and so are its events: an object
/// that nothing acts on must not look as if something did.
package final class UnattendedKinds {
    private let recorder: EventRecorder

    init(_ client: LocalClient, _ loop: EventLoop) {
        recorder = EventRecorder(client: client, loop: loop, component: client.component)
    }

    /// What to say about a new object of the kind; nil if something acts on it, or if there is nothing to act on.
    package static func warning(for kind: ResourceKind) -> String? {
        guard kinds.contains(kind.stored) else { return nil }
        return "Drydock has no controller for \(plurals(of: kind)) yet: this object is stored and nothing acts on it"
    }

    private static func plurals(of kind: ResourceKind) -> String {
        let name = kind.info.name
        if name.hasSuffix("Class") { return name + "es" }
        if name.hasSuffix("Policy") || name.hasSuffix("Capacity") { return name.dropLast() + "ies" }
        if name.hasSuffix("Ingress") { return name + "es" }
        return name + "s"
    }

    private static let kinds: Set<ResourceKind> = [
        .statefulSet, .daemonSet, .job, .cronJob, .horizontalPodAutoscaler, .ingress, .networkPolicy, .persistentVolume,
        .persistentVolumeClaim, .volumeAttachment, .customResourceDefinition, .apiService,
        .mutatingWebhookConfiguration, .validatingWebhookConfiguration, .mutatingAdmissionPolicy,
        .mutatingAdmissionPolicyBinding, .validatingAdmissionPolicy, .validatingAdmissionPolicyBinding,
        .resourceResourceClaim, .resourceClaimTemplate, .deviceClass, .resourceSlice, .csiDriver, .csiStorageCapacity,
        .volumeAttributesClass,
    ]

    func record(_ object: KubeObject, _ text: String) {
        var reference = ObjectReference()
        let info = object.kind.info
        reference.kind = info.name
        reference.apiVersion = info.apiVersion
        reference.namespace = info.isNamespaced ? object.namespace : nil
        reference.name = object.name
        reference.uid = object.metadata.uid
        reference.resourceVersion = object.metadata.resourceVersion
        recorder.event(about: reference, .warning, "NotActedUpon", text)
    }
}
