import KubeAPI
import KubeClient

/// Takes the finalizer from claims that are being deleted once no pod on a node uses them.
///
/// Follows kubernetes pkg/controller/volume/pvcprotection/pvc_protection_controller.go.
package final class PersistentVolumeClaimProtectionController: Controller, Reconciler, ChangeHandler {
    package static let component = "pvc-protection-controller"
    private static let finalizer = "kubernetes.io/pvc-protection"

    private let context: ComponentContext
    private lazy var worker: Worker<PersistentVolumeClaimProtectionController> = Worker(
        self, client: context.client, loop: context.loop)
    /// The claims that wait for their pods to go.
    private var waiting: Set<ObjectKey> = []

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        context.client.watch(PersistentVolumeClaim.self, .all, self)
        context.client.watch(Pod.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.kind == .persistentVolumeClaim {
            guard let claim = change.new else {
                waiting.remove(change.key)
                return
            }
            let isProtected = claim.metadata.finalizers.contains(Self.finalizer)
            if claim.metadata.deletionTimestamp != nil, isProtected {
                waiting.insert(change.key)
                worker.add(change.key, cause: change.revision)
            } else if claim.metadata.deletionTimestamp == nil, !isProtected {
                worker.add(change.key, cause: change.revision)
            }
            return
        }
        // Almost always nobody waits.
        if waiting.isEmpty || change.verb != .delete { return }
        guard let pod = change.old(Pod.self) else { return }
        for name in PodReferences.claims(of: pod) {
            let key = ObjectKey(.persistentVolumeClaim, namespace: pod.namespace, name: name)
            if waiting.contains(key) { worker.add(key, cause: change.revision) }
        }
    }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let claim = context.client.get(PersistentVolumeClaim.self, key) else { return }
        if claim.metadata.deletionTimestamp == nil { return try setFinalizer(key, true) }
        if !isUsed(key) { try setFinalizer(key, false) }
    }

    /// A pod that is not bound does not count: its kubelet will not start it with a claim that is going.
    private func isUsed(_ key: ObjectKey) -> Bool {
        var isUsed = false
        context.client.forEach(.pod, namespace: key.namespace) { object in
            if let pod = object.as(Pod.self), pod.spec.nodeName?.isEmpty == false,
                PodReferences.claims(of: pod).contains(key.name)
            {
                isUsed = true
            }
            return !isUsed
        }
        return isUsed
    }

    private func setFinalizer(_ key: ObjectKey, _ isWanted: Bool) throws(StatusError) {
        try context.client.setFinalizer(Self.finalizer, isWanted, key)
    }
}

/// Takes the finalizer from volumes that are being deleted once no claim is bound to them.
///
/// Follows kubernetes pkg/controller/volume/pvprotection/pv_protection_controller.go.
package final class PersistentVolumeProtectionController: Controller, Reconciler, ChangeHandler {
    package static let component = "pv-protection-controller"
    private static let finalizer = "kubernetes.io/pv-protection"

    private let context: ComponentContext
    private lazy var worker: Worker<PersistentVolumeProtectionController> = Worker(
        self, client: context.client, loop: context.loop)

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        context.client.watch(PersistentVolume.self, .all, self)
    }

    package func handle(_ change: Change) {
        guard let volume = change.new else { return }
        let isProtected = volume.metadata.finalizers.contains(Self.finalizer)
        if (volume.metadata.deletionTimestamp != nil) == isProtected { worker.add(change.key, cause: change.revision) }
    }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let volume = context.client.get(PersistentVolume.self, key) else { return }
        let isLeaving = volume.metadata.deletionTimestamp != nil
        if isLeaving, volume.status.phase == "Bound" { return }
        try context.client.setFinalizer(Self.finalizer, !isLeaving, key)
    }
}
