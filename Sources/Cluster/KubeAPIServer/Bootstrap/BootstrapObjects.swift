import ClusterCore
import KubeAPI
import KubeClient
import KubeStore

/// What a cluster that kubeadm has just made holds, before anybody uses it.
package enum BootstrapObjects {
    /// Puts into a server what of it is not there, and keeps up what follows the nodes (the control plane's pods on the
    /// first one, kube-proxy on each), the time (the leases of the control plane's components), and what nobody may
    /// take away (the rules of fairness, the system's namespaces, the API server's service, the addresses of services).
    ///
    /// - Parameters:
    ///   - nodes: The names of the nodes to come; the control plane runs on the first.
    ///   - certificateAuthority: The cluster's certificate authority, in PEM.
    package static func install(on server: APIServer, nodes: [String], certificateAuthority: String) {
        let user = Requester.user(of: "apiserver")
        let request = Request(Requester(author: Requester.bootstrapAuthor, user: user))
        let now = server.loop.now
        var objects: [KubeObject] = ClusterBasics.objects(now: now)
        objects += LocalAPIServices.objects
        objects += FlowControlDefaults.objects.map { FlowControlDefaults.withStatus($0, now: now) }
        objects += SystemServiceAccounts.objects
        objects += AccessDefaults.objects
        objects += KubeadmConfiguration.objects(certificateAuthority: certificateAuthority, now: now)
        objects += ClusterDNS.objects
        objects += KubeProxyObjects.objects
        for object in objects where server.store.object(object.key) == nil {
            do throws(StatusError) {
                let owned = BootstrapAccounts.accounted(object, now: server.now)
                let stored = try server.create(owned, request, isAccounted: true)
                try setStatus(of: object, stored, server, request)
            } catch {
                preconditionFailure("\(object.key.namespacedName) cannot be created: \(error.message)")
            }
        }
        FlowControlUpkeep(server).start()
        SystemObjectsUpkeep(server, certificateAuthority: certificateAuthority).start()
        ServiceAddressRepair(server).start()
        guard let first = nodes.first else { return }
        ComponentLeases(server, node: first).start()
        SystemPods(server, controlPlaneNode: first).start()
        KubeProxyKeeper(server).start()
    }

    /// A create drops the status, as it must; here it is written after.
    private static func setStatus(
        of object: KubeObject, _ stored: KubeObject, _ server: APIServer, _ request: Request
    ) throws(StatusError) {
        let coder = object.kind.info.coder
        if !object.kind.info.hasStatus || coder.hasSameStatus(object, stored) { return }
        if coder.hasSameStatus(object, coder.make(metadata: ObjectMeta())) { return }
        let conditions = object.as(FlowSchema.self)?.status.conditions.compactMap(\.type) ?? []
        let new = BootstrapAccounts.withConditions(
            coder.settingStatus(stored, of: object), conditions, now: server.now)
        _ = try server.replace(stored, with: new, .status, request, isAccounted: true)
    }
}
