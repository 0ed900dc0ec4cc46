import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers

/// Makes the context of a component: its own client, its own stream of chance, its own recorder.
struct ComponentFactory {
    let server: APIServer
    let loop: EventLoop
    let random: SeededRandom
    /// Whether clients are limited as upstream's are.
    let hasRateLimits: Bool
    /// How long clients wait for an answer.
    let requestTime: Interval

    /// - Parameter limits: What the client is limited to, if clients are.
    func context(
        _ component: String, eventSource: String? = nil, limits: () -> ClientLimits = ClientLimits.controller
    ) -> ComponentContext {
        let client = LocalClient(server, component: component)
        client.requestTime = requestTime
        if hasRateLimits { client.limits = limits() }
        let recorder = EventRecorder(client: client, loop: loop, component: eventSource ?? component)
        return ComponentContext(client: client, loop: loop, random: random.fork(component), recorder: recorder)
    }
}

/// All controllers, as kube-controller-manager runs them, and the one of FlowSchemas, which the API server runs.
struct ControllerManager {
    /// The order decides which of two controllers hears of a change first; it is upstream's own.
    private let controllers: [any Controller]

    init(_ components: ComponentFactory, configuration: Cluster.Configuration) {
        let certificate = configuration.certificateAuthority
        controllers = [
            ServiceAccountTokenController(
                components.context(ServiceAccountTokenController.component),
                signer: components.server.authenticator.signer, certificate: certificate),
            ServiceAccountController(components.context(ServiceAccountController.component)),
            RootCACertPublisher(components.context(RootCACertPublisher.component), certificate: certificate),
            EndpointsController(components.context(EndpointsController.component)),
            EndpointSliceController(components.context(EndpointSliceController.component)),
            EndpointSliceMirroringController(components.context(EndpointSliceMirroringController.component)),
            ReplicationControllerController(components.context(ReplicationControllerController.component)),
            PodGarbageCollector(components.context(PodGarbageCollector.component)),
            ResourceQuotaController(components.context(ResourceQuotaController.component)),
            NamespaceController(components.context(NamespaceController.component)),
            GarbageCollector(components.context(GarbageCollector.component)),
            DeploymentController(components.context(DeploymentController.component)),
            ReplicaSetController(components.context(ReplicaSetController.component)),
            DisruptionController(
                components.context(DisruptionController.component, eventSource: DisruptionController.eventSource)),
            CertificateSigningController(
                components.context(CertificateSigningController.component), signer: configuration.certificateSigner),
            CertificateApprovingController(components.context(CertificateApprovingController.component)),
            CertificateCleaner(components.context(CertificateCleaner.component)),
            TTLController(components.context(TTLController.component)),
            NodeIPAMController(components.context(NodeIPAMController.component), pool: configuration.podAddresses),
            NodeLifecycleController(components.context(NodeLifecycleController.component)),
            TaintEvictionController(components.context(TaintEvictionController.component)),
            ClusterRoleAggregationController(components.context(ClusterRoleAggregationController.component)),
            PersistentVolumeClaimProtectionController(
                components.context(PersistentVolumeClaimProtectionController.component)),
            PersistentVolumeProtectionController(components.context(PersistentVolumeProtectionController.component)),
            ServiceCIDRController(
                components.context(ServiceCIDRController.component, eventSource: "service-cidr-controller")),
            LegacyTokenCleaner(components.context(LegacyTokenCleaner.component)),
            LegacyTokenTracking(components.context(LegacyTokenTracking.component)),
            FlowSchemaController(components.context(FlowSchemaController.component)),
        ]
    }

    func start() {
        for controller in controllers { controller.start() }
    }
}
