import KubeAPI
import KubeClient

extension Change {
    /// The services that a change of an EndpointSlice is about, for the controller that manages the slice: that of its
    /// label, and, if it names another one now or has been taken from the controller or given to it, that of its label
    /// before. Follows kubernetes `onEndpointSliceUpdate` of both controllers of slices.
    func servicesOfSlice(managedBy manager: String) -> [ObjectKey] {
        let states = [old, new].compactMap { $0?.as(EndpointSlice.self) }
        guard states.contains(where: { $0.labels["endpointslice.kubernetes.io/managed-by"] == manager }) else {
            return []
        }
        var services: [ObjectKey] = []
        for slice in states {
            guard let name = slice.labels[WellKnownLabel.serviceName] else { continue }
            let service = ObjectKey(.service, namespace: slice.namespace, name: name)
            if !services.contains(service) { services.append(service) }
        }
        return services
    }
}
