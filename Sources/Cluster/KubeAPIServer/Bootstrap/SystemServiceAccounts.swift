import KubeAPI

/// The service accounts that the controllers and the add-ons act as.
///
/// Follows kubernetes cmd/kube-controller-manager/names/controller_names.go and kubeadm's add-ons.
enum SystemServiceAccounts {
    static var objects: [KubeObject] { names.map { ServiceAccount(name: $0, namespace: "kube-system").boxed } }

    private static let names = [
        "attachdetach-controller", "bootstrap-signer", "certificate-controller", "clusterrole-aggregation-controller",
        "coredns", "cronjob-controller", "daemon-set-controller", "deployment-controller", "disruption-controller",
        "endpoint-controller", "endpointslice-controller", "endpointslicemirroring-controller",
        "ephemeral-volume-controller", "expand-controller", "generic-garbage-collector", "horizontal-pod-autoscaler",
        "job-controller", "kube-proxy", "legacy-service-account-token-cleaner", "namespace-controller",
        "node-controller", "persistent-volume-binder", "pod-garbage-collector", "pv-protection-controller",
        "pvc-protection-controller", "replicaset-controller", "replication-controller", "resource-claim-controller",
        "resourcequota-controller", "root-ca-cert-publisher", "service-account-controller", "service-cidrs-controller",
        "service-controller", "statefulset-controller", "token-cleaner", "ttl-after-finished-controller",
        "ttl-controller", "validatingadmissionpolicy-status-controller", "volumeattributesclass-protection-controller",
    ]
}
