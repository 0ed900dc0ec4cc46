import ClusterCore
import KubeAPI
import KubeClient

/// Keeps what the API server makes for itself and for others to find it by: the system's namespaces, its own service
/// with the endpoints, and what extension API servers trust. What somebody deletes is made again; the endpoints' labels
/// and addresses are set back too, their ports and the service as it is are anybody's.
///
/// Looks for the namespaces once a minute, for the service every ten seconds and for the rest at once, as upstream
/// does, but only if there is something amiss.
///
/// Follows kubernetes pkg/controlplane/controller (systemnamespaces, kubernetesservice, clusterauthenticationtrust) and
/// pkg/controlplane/reconcilers/endpointsadapter.go.
final class SystemObjectsUpkeep: ChangeHandler, EventTarget {
    /// What is looked at together. Its number is the token of its event.
    private struct Group {
        let objects: [KubeObject]
        /// Nil: at once.
        let period: Interval?
        var isDue = false
    }

    private let client: LocalClient
    private let loop: EventLoop
    private let begin: Instant
    private var groups: [Group]
    private var groupOfKey: [ObjectKey: Int] = [:]

    /// - Parameter certificateAuthority: The cluster's certificate authority, in PEM.
    init(_ server: APIServer, certificateAuthority: String) {
        client = LocalClient(server, component: "apiserver")
        loop = server.loop
        begin = loop.now
        groups = [
            Group(objects: ClusterBasics.namespaces, period: .minutes(1)),
            Group(objects: ClusterBasics.apiService, period: .seconds(10)),
            Group(objects: [KubeadmConfiguration.clientAuthentication(certificateAuthority)], period: nil),
        ]
    }

    /// The store and the event loop keep this object alive.
    func start() {
        for (index, group) in groups.enumerated() {
            for object in group.objects {
                groupOfKey[object.key] = index
                let key = object.key
                _ = client.watch(key.kind, .object(namespace: key.namespace, name: key.name), self)
            }
        }
    }

    func handle(_ change: Change) {
        guard let index = groupOfKey[change.key], !groups[index].isDue,
            let wanted = groups[index].objects.first(where: { $0.key == change.key }),
            Self.corrected(change.new, wanted) != nil
        else { return }
        client.cause = change.revision
        becomeDue(index)
    }

    /// At the next multiple of the period since the start.
    private func becomeDue(_ index: Int) {
        groups[index].isDue = true
        var time = loop.now
        if let period = groups[index].period {
            let passed = (time - begin).nanoseconds / period.nanoseconds
            time = begin + period * Int(passed + 1)
        }
        loop.schedule(at: time, self, UInt64(index))
    }

    func fire(_ token: UInt64) {
        let index = Int(token)
        groups[index].isDue = false
        do throws(StatusError) {
            for wanted in groups[index].objects { try ensure(wanted) }
        } catch {
            // Another service may have its address, or the namespace may still be going away.
            if groups[index].period != nil { becomeDue(index) }
        }
    }

    private func ensure(_ wanted: KubeObject) throws(StatusError) {
        let current = client.object(wanted.key)
        guard let corrected = Self.corrected(current, wanted) else { return }
        var options = WriteOptions()
        options.fieldManager = "kube-apiserver"
        if current == nil {
            _ = try client.create(corrected, options)
        } else {
            _ = try client.update(corrected, nil, options)
        }
    }

    // MARK: Comparing

    /// The object as it should be; nil if it is.
    private static func corrected(_ current: KubeObject?, _ wanted: KubeObject) -> KubeObject? {
        guard let current else { return wanted }
        if let endpoints = current.as(Endpoints.self), let wanted = wanted.as(Endpoints.self) {
            let corrected = self.corrected(endpoints, wanted)
            return corrected == endpoints ? nil : corrected.boxed
        }
        if let slice = current.as(EndpointSlice.self), let wanted = wanted.as(EndpointSlice.self) {
            let corrected = self.corrected(slice, wanted)
            return corrected == slice ? nil : corrected.boxed
        }
        return nil
    }

    private static func corrected(_ endpoints: Endpoints, _ wanted: Endpoints) -> Endpoints {
        var corrected = endpoints
        corrected.metadata.labels = wanted.metadata.labels
        guard corrected.subsets.count == 1, !corrected.subsets[0].ports.isEmpty else {
            corrected.subsets = wanted.subsets
            return corrected
        }
        corrected.subsets[0].addresses = wanted.subsets[0].addresses
        return corrected
    }

    private static func corrected(_ slice: EndpointSlice, _ wanted: EndpointSlice) -> EndpointSlice {
        var corrected = slice
        corrected.metadata.labels = wanted.metadata.labels
        corrected.endpoints = wanted.endpoints
        if corrected.ports.isEmpty { corrected.ports = wanted.ports }
        return corrected
    }
}
