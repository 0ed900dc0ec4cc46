import KubeAPI

/// The groups and versions that the API server serves itself, as its aggregator registers them when it starts. One that
/// is deleted stays away until the next start.
///
/// Follows kubernetes pkg/controlplane/apiserver/aggregator.go and kube-aggregator
/// pkg/controllers/autoregister/autoregister_controller.go (`AddAPIServiceToSyncOnStart`).
enum LocalAPIServices {
    static var objects: [KubeObject] {
        // The aggregator's own group is not among those that are registered with it.
        Catalogue.groups.filter { $0.name != "apiregistration.k8s.io" }.flatMap { group in
            group.versions.map { service(group.name, $0).boxed }
        }
    }

    private static func service(_ group: String, _ version: String) -> APIService {
        var service = APIService(name: "\(version).\(group)")
        service.metadata.labels = ["kube-aggregator.kubernetes.io/automanaged": "onstart"]
        service.spec.group = group.isEmpty ? nil : group
        service.spec.version = version
        service.spec.groupPriorityMinimum = groupPriorities[group] ?? 100
        service.spec.versionPriority = versionPriorities["\(group)/\(version)"] ?? 15
        return service
    }

    /// Usage comes from metrics-server upstream, which registers it with 100.
    private static let groupPriorities: [String: Int] = [
        "": 18000, "apps": 17800, "events.k8s.io": 17750, "authentication.k8s.io": 17700,
        "authorization.k8s.io": 17600, "autoscaling": 17500, "batch": 17400, "certificates.k8s.io": 17300,
        "networking.k8s.io": 17200, "policy": 17100, "rbac.authorization.k8s.io": 17000, "storage.k8s.io": 16800,
        "apiextensions.k8s.io": 16700, "admissionregistration.k8s.io": 16700, "scheduling.k8s.io": 16600,
        "coordination.k8s.io": 16500, "node.k8s.io": 16300, "discovery.k8s.io": 16200, "resource.k8s.io": 16200,
        "flowcontrol.apiserver.k8s.io": 16100, "metrics.k8s.io": 100,
    ]

    /// Where it is not 15.
    private static let versionPriorities: [String: Int] = [
        "/v1": 1, "autoscaling/v2": 30, "resource.k8s.io/v1": 20, "flowcontrol.apiserver.k8s.io/v1": 21,
        "metrics.k8s.io/v1beta1": 100,
    ]
}
