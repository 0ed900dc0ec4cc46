import KubeAPI

/// The admission plugins in upstream's order, with those that handle each operation and kind found in one step.
///
/// Follows kubernetes pkg/kubeapiserver/options/plugins.go `AllOrderedPlugins`.
package final class AdmissionChain {
    package let plugins: [any AdmissionPlugin]
    /// By operation, then kind.
    private let handling: [[[any AdmissionPlugin]]]
    /// Of those for new pods, the ones whose outcome pods of one template do not share.
    private let perPod: [any AdmissionPlugin]

    package init(_ plugins: [any AdmissionPlugin]) {
        self.plugins = plugins
        handling = AdmissionOperation.allCases.map { operation in
            Catalogue.kinds.map { info in plugins.filter { $0.handles(operation, info.kind) } }
        }
        perPod = plugins.filter { $0.handles(.create, .pod) && !$0.isSharedByPodTemplate }
    }

    /// The chain that kube-apiserver runs by default. The places of what is to come: MutatingAdmissionPolicy,
    /// MutatingAdmissionWebhook, ValidatingAdmissionPolicy and ValidatingAdmissionWebhook before ResourceQuota.
    static func standard(_ context: AdmissionContext) -> AdmissionChain {
        AdmissionChain([
            NamespaceLifecycle(context), LimitRanger(context), ServiceAccountAdmission(context),
            NodeRestriction(context), TaintNodesByCondition(), PodSecurityAdmission(context),
            PriorityAdmission(context), DefaultTolerationSeconds(), DefaultStorageClass(context),
            StorageObjectInUseProtection(), PersistentVolumeClaimResize(context), RuntimeClassAdmission(context),
            CertificateApproval(context), CertificateSigning(context), CertificateSubjectRestriction(),
            DefaultIngressClass(context), PodTopologyLabels(context),
            // What upstream's registry does with the identity of who asks, and with the namespace.
            CertificateRequestIdentity(), EscalationCheck(context), DeviceAdminAccess(context),
            ResourceQuotaAdmission(context),
        ])
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        for plugin in handling[attributes.operation.rawValue][Int(attributes.kind.rawValue)] {
            try plugin.admit(&object, attributes)
        }
    }

    /// Admits a new pod whose template went through the other plugins before.
    func admitKnownPod(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        for plugin in perPod { try plugin.admit(&object, attributes) }
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        for plugin in handling[attributes.operation.rawValue][Int(attributes.kind.rawValue)] {
            try plugin.validate(object, attributes)
        }
    }

    func validateKnownPod(_ object: KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        for plugin in perPod { try plugin.validate(object, attributes) }
    }
}
