import KubeAPI

/// New nodes take no pods until they are found ready.
///
/// Follows kubernetes plugin/pkg/admission/nodetaint/admission.go.
final class TaintNodesByCondition: AdmissionPlugin {
    let name = "TaintNodesByCondition"
    private static let notReady = "node.kubernetes.io/not-ready"

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        kind == .node && operation == .create
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard var node = object.as(Node.self) else { return }
        let effect = "NoSchedule"
        if node.spec.taints.contains(where: { $0.key == TaintNodesByCondition.notReady && $0.effect == effect }) {
            return
        }
        var taint = Taint()
        taint.key = TaintNodesByCondition.notReady
        taint.effect = effect
        node.spec.taints.append(taint)
        object = node.boxed
    }
}
