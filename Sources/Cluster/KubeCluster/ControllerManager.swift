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
    private let deployment: DeploymentController
    private let replicaSet: ReplicaSetController
    private let replicationController: ReplicationControllerController
    private let disruption: DisruptionController
    private let nodeLifecycle: NodeLifecycleController
    private let taintEviction: TaintEvictionController
    private let nodeIPAM: NodeIPAMController
    private let ttl: TTLController
    private let endpoints: EndpointsController
    private let endpointSlices: EndpointSliceController
    private let endpointSliceMirroring: EndpointSliceMirroringController
    private let namespaces: NamespaceController
    private let serviceAccounts: ServiceAccountController
    private let rootCA: RootCACertPublisher
    private let podGarbage: PodGarbageCollector
    private let garbage: GarbageCollector
    private let quotas: ResourceQuotaController
    private let roleAggregation: ClusterRoleAggregationController
    private let serviceAccountTokens: ServiceAccountTokenController
    private let claimProtection: PersistentVolumeClaimProtectionController
    private let volumeProtection: PersistentVolumeProtectionController
    private let serviceRanges: ServiceCIDRController
    private let legacyTokenTracking: LegacyTokenTracking
    private let legacyTokenCleaner: LegacyTokenCleaner
    private let certificateSigning: CertificateSigningController
    private let certificateApproving: CertificateApprovingController
    private let certificateCleaner: CertificateCleaner
    private let flowSchemas: FlowSchemaController

    init(_ components: ComponentFactory, configuration: Cluster.Configuration) {
        deployment = DeploymentController(components.context(DeploymentController.component))
        replicaSet = ReplicaSetController(components.context(ReplicaSetController.component))
        replicationController = ReplicationControllerController(
            components.context(ReplicationControllerController.component))
        disruption = DisruptionController(
            components.context(DisruptionController.component, eventSource: DisruptionController.eventSource))
        nodeLifecycle = NodeLifecycleController(components.context(NodeLifecycleController.component))
        taintEviction = TaintEvictionController(components.context(TaintEvictionController.component))
        nodeIPAM = NodeIPAMController(
            components.context(NodeIPAMController.component), pool: configuration.podAddresses)
        ttl = TTLController(components.context(TTLController.component))
        endpoints = EndpointsController(components.context(EndpointsController.component))
        endpointSlices = EndpointSliceController(components.context(EndpointSliceController.component))
        endpointSliceMirroring = EndpointSliceMirroringController(
            components.context(EndpointSliceMirroringController.component))
        namespaces = NamespaceController(components.context(NamespaceController.component))
        serviceAccounts = ServiceAccountController(components.context(ServiceAccountController.component))
        rootCA = RootCACertPublisher(
            components.context(RootCACertPublisher.component), certificate: configuration.certificateAuthority)
        podGarbage = PodGarbageCollector(components.context(PodGarbageCollector.component))
        garbage = GarbageCollector(components.context(GarbageCollector.component))
        quotas = ResourceQuotaController(components.context(ResourceQuotaController.component))
        roleAggregation = ClusterRoleAggregationController(
            components.context(ClusterRoleAggregationController.component))
        serviceAccountTokens = ServiceAccountTokenController(
            components.context(ServiceAccountTokenController.component),
            signer: components.server.authenticator.signer, certificate: configuration.certificateAuthority)
        claimProtection = PersistentVolumeClaimProtectionController(
            components.context(PersistentVolumeClaimProtectionController.component))
        volumeProtection = PersistentVolumeProtectionController(
            components.context(PersistentVolumeProtectionController.component))
        serviceRanges = ServiceCIDRController(
            components.context(ServiceCIDRController.component, eventSource: "service-cidr-controller"))
        legacyTokenTracking = LegacyTokenTracking(components.context(LegacyTokenTracking.component))
        legacyTokenCleaner = LegacyTokenCleaner(components.context(LegacyTokenCleaner.component))
        certificateSigning = CertificateSigningController(
            components.context(CertificateSigningController.component), signer: configuration.certificateSigner)
        certificateApproving = CertificateApprovingController(
            components.context(CertificateApprovingController.component))
        certificateCleaner = CertificateCleaner(components.context(CertificateCleaner.component))
        flowSchemas = FlowSchemaController(components.context(FlowSchemaController.component))
    }

    /// The order decides which of two controllers hears of a change first; it is upstream's own.
    func start() {
        serviceAccountTokens.start()
        serviceAccounts.start()
        rootCA.start()
        endpoints.start()
        endpointSlices.start()
        endpointSliceMirroring.start()
        replicationController.start()
        podGarbage.start()
        quotas.start()
        namespaces.start()
        garbage.start()
        deployment.start()
        replicaSet.start()
        disruption.start()
        certificateSigning.start()
        certificateApproving.start()
        certificateCleaner.start()
        ttl.start()
        nodeIPAM.start()
        nodeLifecycle.start()
        taintEviction.start()
        roleAggregation.start()
        claimProtection.start()
        volumeProtection.start()
        serviceRanges.start()
        legacyTokenCleaner.start()
        legacyTokenTracking.start()
        flowSchemas.start()
    }
}
