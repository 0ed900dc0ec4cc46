import ClusterCore
import KubeAPI
import KubeClient

/// What the API server itself makes when it starts: the system's namespaces, its own service, the range of service
/// addresses, and the priority classes of the system.
///
/// Follows kubernetes pkg/controlplane/controller and pkg/registry/scheduling/rest/storage_scheduling.go.
enum ClusterBasics {
    static func objects(now: Instant) -> [KubeObject] {
        namespaces + priorityClasses + [serviceRange(now: now)] + apiService
    }

    static var namespaces: [KubeObject] {
        ["kube-system", "kube-public", "kube-node-lease", "default"].map { name in
            var namespace = Namespace(name: name)
            namespace.metadata.labels = ["kubernetes.io/metadata.name": name]
            return namespace.boxed
        }
    }

    private static var priorityClasses: [KubeObject] {
        [
            priorityClass(
                "system-node-critical", 2_000_001_000,
                "Used for system critical pods that must not be moved from their current node."),
            priorityClass(
                "system-cluster-critical", 2_000_000_000,
                "Used for system critical pods that must run in the cluster, but can be moved to another node if "
                    + "necessary."),
        ]
    }

    private static func priorityClass(_ name: String, _ value: Int, _ description: String) -> KubeObject {
        var priorityClass = PriorityClass(name: name)
        priorityClass.value = value
        priorityClass.description = description
        priorityClass.preemptionPolicy = "PreemptLowerPriority"
        return priorityClass.boxed
    }

    private static func serviceRange(now: Instant) -> KubeObject {
        var range = ServiceCIDR(name: "kubernetes")
        range.metadata.finalizers = ["networking.k8s.io/service-cidr-finalizer"]
        range.spec.cidrs = [ServiceAllocation.clusterRange]
        var ready = Condition()
        ready.type = "Ready"
        ready.status = "True"
        ready.lastTransitionTime = now.time
        ready.message = "Kubernetes default Service CIDR is ready"
        range.status.conditions = [ready]
        return range.boxed
    }

    /// The service by which pods reach the API server, with its one endpoint.
    static var apiService: [KubeObject] {
        let address = BootstrapNames.controlPlaneAddress
        let port = BootstrapNames.controlPlanePort
        return [
            Manifest.object(
                Service.self,
                """
                {"metadata": {"name": "kubernetes", "namespace": "default",
                    "labels": {"component": "apiserver", "provider": "kubernetes"}},
                 "spec": {"type": "ClusterIP", "sessionAffinity": "None",
                    "clusterIP": "\(BootstrapNames.apiServerClusterIP)", "ipFamilyPolicy": "SingleStack",
                    "ports": [{"name": "https", "protocol": "TCP", "port": 443, "targetPort": \(port)}]}}
                """
            ).boxed,
            Manifest.object(
                Endpoints.self,
                """
                {"metadata": {"name": "kubernetes", "namespace": "default",
                    "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}},
                 "subsets": [{"addresses": [{"ip": "\(address)"}],
                    "ports": [{"name": "https", "port": \(port), "protocol": "TCP"}]}]}
                """
            ).boxed,
            Manifest.object(
                EndpointSlice.self,
                """
                {"metadata": {"name": "kubernetes", "namespace": "default",
                    "labels": {"kubernetes.io/service-name": "kubernetes"}},
                 "addressType": "IPv4",
                 "endpoints": [{"addresses": ["\(address)"], "conditions": {"ready": true}}],
                 "ports": [{"name": "https", "protocol": "TCP", "port": \(port)}]}
                """
            ).boxed,
        ]
    }
}
