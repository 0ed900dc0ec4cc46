import KubeAPI
import KubeClient
import KubeStore

/// What access control reads of the cluster: the store itself within the core, a snapshot on any other thread.
package protocol ObjectView {
    func object(_ key: ObjectKey) -> KubeObject?
    /// Visits in key order until `body` returns false.
    func forEach(_ kind: ResourceKind, namespace: String?, _ body: (KubeObject) -> Bool)
    /// Visits the pods that are bound to a node, of one namespace or of all, in key order, until `body` returns false.
    func forEachPod(on node: String, namespace: String?, _ body: (Pod) -> Bool)
    /// The revision that last changed a role or a binding; 0 if that is not known.
    var accessRevision: Revision { get }
}

extension ObjectView {
    func get<Value: Resource>(_: Value.Type, namespace: String = "", name: String) -> Value? {
        object(ObjectKey(Value.kind, namespace: namespace, name: name))?.as(Value.self)
    }
}

extension ObjectStore: ObjectView {
    /// O(pods of the node).
    package func forEachPod(on node: String, namespace: String?, _ body: (Pod) -> Bool) {
        forEach(.pod, index: .node(node)) { object in
            if let namespace, !equalUTF8(object.namespace, namespace) { return true }
            guard let pod = object.as(Pod.self) else { return true }
            return body(pod)
        }
    }
}

extension Snapshot: ObjectView {
    /// O(pods of the namespace, or of the cluster): a snapshot keeps no index of nodes.
    package func forEachPod(on node: String, namespace: String?, _ body: (Pod) -> Bool) {
        forEach(.pod, namespace: namespace) { object in
            guard let pod = object.as(Pod.self), let name = pod.spec.nodeName, equalUTF8(name, node) else {
                return true
            }
            return body(pod)
        }
    }
}
