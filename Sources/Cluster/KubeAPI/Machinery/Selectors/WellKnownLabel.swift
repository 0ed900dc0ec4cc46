/// Labels that components tell each other things by. Follows kubernetes staging/src/k8s.io/api
/// `core/v1/well_known_labels.go` and `discovery/v1/well_known_labels.go`.
public enum WellKnownLabel {
    /// On a node: the name of its host.
    public static let hostname = "kubernetes.io/hostname"
    /// On a node and its pods: where it stands.
    public static let zone = "topology.kubernetes.io/zone"
    public static let region = "topology.kubernetes.io/region"
    /// On an endpoint slice: the service that it is of.
    public static let serviceName = "kubernetes.io/service-name"
}
