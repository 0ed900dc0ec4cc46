import ClusterCore
import KubeAPI
import KubeClient

/// Approves what kubelets ask for to be clients of the API server, if who asks may have that: a node its own next
/// certificate, a machine that joins its first.
///
/// Follows kubernetes pkg/controller/certificates/approver/sarapprove.go.
package final class CertificateApprovingController: Controller, Reconciler, ChangeHandler {
    package static let component = "certificatesigningrequest-approving-controller"

    private let context: ComponentContext
    private lazy var worker: Worker<CertificateApprovingController> = Worker(
        self, client: context.client, loop: context.loop, queue: KubernetesSigner.queue(context.loop))

    package init(_ context: ComponentContext) { self.context = context }

    package func start() { context.client.watch(CertificateSigningRequest.self, .all, self) }

    package func handle(_ change: Change) {
        if change.new != nil { worker.add(change.key, cause: change.revision) }
    }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let request = context.client.get(CertificateSigningRequest.self, key), !request.hasCertificate,
            !request.isApproved, !request.isDenied,
            request.spec.signerName == KubernetesSigner.kubeletAsClient.rawValue,
            let text = CertificateRequestText(pem: request.spec.request.bytes),
            KubernetesSigner.kubeletAsClient.refusal(text, usages: request.spec.usages) == nil
        else { return }
        var recognized = ["nodeclient"]
        if request.spec.username == text.commonName { recognized.insert("selfnodeclient", at: 0) }
        for subresource in recognized where try isAllowed(request, subresource) {
            let whose = subresource == "selfnodeclient" ? "self " : ""
            return try approve(
                key, "Auto approving \(whose)kubelet client certificate after SubjectAccessReview.")
        }
        // The right may come later than the request, so that it is asked for again after a while.
        throw .internalError(
            "recognized csr \"\(key.name)\" as [\(recognized.joined(separator: " "))] but subject access review was "
                + "not approved")
    }

    /// Whether the requester may create `certificatesigningrequests/selfnodeclient` or `/nodeclient`.
    private func isAllowed(_ request: CertificateSigningRequest, _ subresource: String) throws(StatusError) -> Bool {
        var asked = ResourceAttributes()
        asked.group = "certificates.k8s.io"
        asked.resource = "certificatesigningrequests"
        asked.verb = "create"
        asked.subresource = subresource
        var review = SubjectAccessReview()
        review.spec.user = request.spec.username
        review.spec.uid = request.spec.uid
        review.spec.groups = request.spec.groups
        review.spec.extra = request.spec.extra
        review.spec.resourceAttributes = asked
        return try context.client.create(review).status.allowed
    }

    private func approve(_ key: ObjectKey, _ message: String) throws(StatusError) {
        do throws(StatusError) {
            try context.client.mutate(CertificateSigningRequest.self, key, .approval) { request in
                var condition = CertificateSigningRequestCondition()
                condition.type = "Approved"
                condition.status = "True"
                condition.reason = "AutoApproved"
                condition.message = message
                request.status.conditions.append(condition)
            }
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}
