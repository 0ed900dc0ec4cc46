import ClusterCore
import KubeAPI
import KubeClient

// Static pods run from files on the machine; what the API server has of them are mirrors. Deleting a mirror stops
// nothing: the kubelet makes another. Here the mirror is the only copy, so the worker keeps what the next one is made
// of. Follows kubernetes `pkg/kubelet/kubelet.go` (`tryReconcileMirrorPods`) and `pkg/kubelet/pod/mirror_client.go`.

extension Kubelet {
    /// Records an event about a pod. What is said of a static pod is about the pod on this node, not about its mirror:
    /// under its own UID, and in no version, as a file has none.
    func record(
        _ type: EventRecorder.EventType, _ reason: String, _ message: String, about pod: Pod, fieldPath: String? = nil
    ) {
        guard pod.isMirror else { return recorder.event(pod, type, reason, message, fieldPath: fieldPath) }
        var reference = ObjectReference(to: pod)
        reference.uid = pod.uidOnNode
        reference.resourceVersion = nil
        reference.fieldPath = fieldPath
        recorder.event(about: reference, type, reason, message)
    }

    /// Takes a change of a mirror that runs here. False if it is a change like any other.
    func handleMirror(_ pod: Pod?, _ slot: Int) -> Bool {
        guard let worker = workers[slot], worker.lifecycle.pod.isMirror, worker.lifecycle.isActive else {
            return false
        }
        guard let pod else {
            makeMirror(slot)
            return true
        }
        guard pod.metadata.deletionTimestamp != nil else { return false }
        removePod(slot)
        return true
    }

    /// Makes the mirror anew, with what runs as it is.
    func makeMirror(_ slot: Int) {
        guard let old = workers[slot]?.lifecycle.pod else { return }
        var pod = Pod(name: old.name, namespace: old.namespace)
        pod.metadata.labels = old.metadata.labels
        pod.metadata.annotations = old.metadata.annotations
        pod.metadata.ownerReferences = old.metadata.ownerReferences
        pod.spec = old.spec
        do throws(StatusError) {
            let made = try client.create(pod)
            slots[old.uid] = nil
            slots[made.uid] = slot
            workers[slot]?.lifecycle.pod = made
            workers[slot]?.isMirrorDue = false
            writeStatus(slot)
        } catch {
            guard workers[slot]?.isMirrorDue == false else { return }
            workers[slot]?.isMirrorDue = true
            postpone(slot)
        }
    }
}
