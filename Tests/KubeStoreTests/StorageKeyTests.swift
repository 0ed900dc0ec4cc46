import KubeAPI
import KubeClient
import KubeStore
import Testing

/// Every kind that is stored is stored where upstream stores it.
///
/// The paths are those of kubernetes test/integration/etcd/data.go, `ExpectedEtcdPath`.
@Suite("Keys of etcd")
struct StorageKeyTests {
    private static let paths = """
        v1/configmaps /registry/configmaps/NS/N
        v1/services /registry/services/specs/NS/N
        v1/podtemplates /registry/podtemplates/NS/N
        v1/pods /registry/pods/NS/N
        v1/endpoints /registry/services/endpoints/NS/N
        v1/resourcequotas /registry/resourcequotas/NS/N
        v1/limitranges /registry/limitranges/NS/N
        v1/namespaces /registry/namespaces/N
        v1/nodes /registry/minions/N
        v1/persistentvolumes /registry/persistentvolumes/N
        v1/events /registry/events/NS/N
        v1/persistentvolumeclaims /registry/persistentvolumeclaims/NS/N
        v1/serviceaccounts /registry/serviceaccounts/NS/N
        v1/secrets /registry/secrets/NS/N
        v1/replicationcontrollers /registry/controllers/NS/N
        apps/v1/daemonsets /registry/daemonsets/NS/N
        apps/v1/deployments /registry/deployments/NS/N
        apps/v1/statefulsets /registry/statefulsets/NS/N
        apps/v1/replicasets /registry/replicasets/NS/N
        apps/v1/controllerrevisions /registry/controllerrevisions/NS/N
        autoscaling/v1/horizontalpodautoscalers /registry/horizontalpodautoscalers/NS/N
        autoscaling/v2/horizontalpodautoscalers /registry/horizontalpodautoscalers/NS/N
        batch/v1/jobs /registry/jobs/NS/N
        batch/v1/cronjobs /registry/cronjobs/NS/N
        certificates.k8s.io/v1/certificatesigningrequests /registry/certificatesigningrequests/N
        coordination.k8s.io/v1/leases /registry/leases/NS/N
        discovery.k8s.io/v1/endpointslices /registry/endpointslices/NS/N
        events.k8s.io/v1/events /registry/events/NS/N
        networking.k8s.io/v1/ingresses /registry/ingress/NS/N
        networking.k8s.io/v1/ingressclasses /registry/ingressclasses/N
        networking.k8s.io/v1/networkpolicies /registry/networkpolicies/NS/N
        networking.k8s.io/v1/ipaddresses /registry/ipaddresses/N
        networking.k8s.io/v1/servicecidrs /registry/servicecidrs/N
        policy/v1/poddisruptionbudgets /registry/poddisruptionbudgets/NS/N
        flowcontrol.apiserver.k8s.io/v1/flowschemas /registry/flowschemas/N
        flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations /registry/prioritylevelconfigurations/N
        storage.k8s.io/v1/volumeattachments /registry/volumeattachments/N
        storage.k8s.io/v1/volumeattributesclasses /registry/volumeattributesclasses/N
        storage.k8s.io/v1/storageclasses /registry/storageclasses/N
        storage.k8s.io/v1/csistoragecapacities /registry/csistoragecapacities/NS/N
        storage.k8s.io/v1/csinodes /registry/csinodes/N
        storage.k8s.io/v1/csidrivers /registry/csidrivers/N
        rbac.authorization.k8s.io/v1/roles /registry/roles/NS/N
        rbac.authorization.k8s.io/v1/clusterroles /registry/clusterroles/N
        rbac.authorization.k8s.io/v1/rolebindings /registry/rolebindings/NS/N
        rbac.authorization.k8s.io/v1/clusterrolebindings /registry/clusterrolebindings/N
        admissionregistration.k8s.io/v1/validatingwebhookconfigurations /registry/validatingwebhookconfigurations/N
        admissionregistration.k8s.io/v1/mutatingwebhookconfigurations /registry/mutatingwebhookconfigurations/N
        admissionregistration.k8s.io/v1/validatingadmissionpolicies /registry/validatingadmissionpolicies/N
        admissionregistration.k8s.io/v1/validatingadmissionpolicybindings /registry/validatingadmissionpolicybindings/N
        admissionregistration.k8s.io/v1/mutatingadmissionpolicies /registry/mutatingadmissionpolicies/N
        admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings /registry/mutatingadmissionpolicybindings/N
        scheduling.k8s.io/v1/priorityclasses /registry/priorityclasses/N
        apiregistration.k8s.io/v1/apiservices /registry/apiregistration.k8s.io/apiservices/N
        apiextensions.k8s.io/v1/customresourcedefinitions /registry/apiextensions.k8s.io/customresourcedefinitions/N
        node.k8s.io/v1/runtimeclasses /registry/runtimeclasses/N
        resource.k8s.io/v1/deviceclasses /registry/deviceclasses/N
        resource.k8s.io/v1/resourceclaims /registry/resourceclaims/NS/N
        resource.k8s.io/v1/resourceclaimtemplates /registry/resourceclaimtemplates/NS/N
        resource.k8s.io/v1/resourceslices /registry/resourceslices/N
        """

    @Test func everyKindIsWhereUpstreamHasIt() {
        var expected: [String: String] = [:]
        for line in StorageKeyTests.paths.split(separator: "\n") {
            let words = line.split(separator: " ")
            expected[String(words[0])] = String(words[1])
        }
        for info in Catalogue.kinds where info.supports(verb: "watch") {
            let resource = "\(info.apiVersion)/\(info.plural)"
            let key = ObjectKey(info.kind, namespace: info.isNamespaced ? "NS" : "", name: "N").stored
            #expect(StorageKey.path(of: key) == expected.removeValue(forKey: resource), "\(resource)")
        }
        #expect(expected.isEmpty)
    }
}
