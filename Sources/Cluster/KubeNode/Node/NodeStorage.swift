import ClusterCore
import KubeAPI
import KubeClient

// What the kubelet says of its volume drivers: there are none, and the plugins that were once built in have moved to
// drivers. Follows kubernetes `pkg/volume/csi/nodeinfomanager/nodeinfomanager.go`.

extension Kubelet {
    private static let migratedPlugins = "storage.alpha.kubernetes.io/migrated-plugins"
    /// Follows kubernetes `pkg/volume/csimigration/plugin_manager.go`.
    private static let plugins = [
        "aws-ebs", "azure-disk", "azure-file", "cinder", "gce-pd", "portworx-volume", "vsphere-volume",
    ].map { "kubernetes.io/" + $0 }.joined(separator: ",")
    /// One value for all nodes.
    private static let annotations: StringMap<String> = [migratedPlugins: plugins]

    /// Makes the node's CSINode, which goes with the Node, or finds it again.
    func publishStorage() {
        let key = ObjectKey(.csiNode, name: configuration.name)
        guard let node = client.get(Node.self, name: configuration.name) else { return }
        if let stored = client.get(CSINode.self, key) {
            if stored.annotations[Kubelet.migratedPlugins] == Kubelet.plugins { return }
            do throws(StatusError) {
                try client.mutate(CSINode.self, key) { $0.metadata.annotations.merge(Kubelet.annotations) }
            } catch {
                // The next start tries again.
            }
            return
        }
        var storage = CSINode(name: node.name)
        storage.metadata.annotations = Kubelet.annotations
        storage.metadata.ownerReferences = [OwnerReference(to: node)]
        do throws(StatusError) {
            try client.create(storage)
        } catch {
            // The next start tries again.
        }
    }
}
