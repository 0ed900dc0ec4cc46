import ClusterCore
import KubeAPI
import KubeClient

/// Issues the certificates of requests that are approved, for the signers that Kubernetes itself is; those of other
/// signers are for others to issue.
///
/// The key is the cluster's, which whoever serves the API brings. Without one a request stays approved, and an event
/// says why.
///
/// Follows kubernetes pkg/controller/certificates/certificate_controller.go and signer/signer.go.
package final class CertificateSigningController: Controller, Reconciler, ChangeHandler {
    package static let component = "certificatesigningrequest-signing-controller"
    /// The longest that a certificate is good for, in seconds: upstream's `--cluster-signing-duration`, a year.
    package static let longestLifetime = 8760 * 3600
    private static let shortestLifetime = 600

    private let context: ComponentContext
    private let signer: (any CertificateSigner)?
    private lazy var worker: Worker<CertificateSigningController> = Worker(
        self, client: context.client, loop: context.loop, queue: KubernetesSigner.queue(context.loop))

    /// - Parameter signer: Holds the key; nil for a cluster that nobody connects to.
    package init(_ context: ComponentContext, signer: (any CertificateSigner)?) {
        self.context = context
        self.signer = signer
    }

    package func start() { context.client.watch(CertificateSigningRequest.self, .all, self) }

    package func handle(_ change: Change) {
        if change.new != nil { worker.add(change.key, cause: change.revision) }
    }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let request = context.client.get(CertificateSigningRequest.self, key), !request.hasCertificate,
            request.isApproved, !request.hasFailed,
            let kind = KubernetesSigner(rawValue: request.spec.signerName)
        else { return }
        let usages = request.spec.usages
        guard let text = CertificateRequestText(pem: request.spec.request.bytes) else {
            return try fail(key, "PEM block type must be CERTIFICATE REQUEST")
        }
        if let refusal = kind.refusal(text, usages: usages) { return try fail(key, refusal) }
        guard let signer else {
            context.recorder.event(
                request, .warning, "NoSigningKey",
                "Nobody connects to this cluster, and it has no key to sign with: no certificate is issued")
            return
        }
        let order = CertificateOrder(
            request: request.spec.request.bytes, usages: usages,
            lifetime: CertificateSigningController.lifetime(request.spec.expirationSeconds))
        let certificate: [UInt8]
        do throws(CertificateRefusal) {
            certificate = try signer.sign(order)
        } catch {
            // Upstream's API server does not let such a request in.
            return try fail(key, error.message)
        }
        try write(key) { $0.certificate = Base64Data(certificate) }
    }

    /// What is asked for, within what the signer allows. Follows `duration`.
    private static func lifetime(_ wanted: Int?) -> Int {
        guard let wanted else { return longestLifetime }
        return min(max(wanted, shortestLifetime), longestLifetime)
    }

    private func fail(_ key: ObjectKey, _ message: String) throws(StatusError) {
        var condition = CertificateSigningRequestCondition()
        condition.type = "Failed"
        condition.status = "True"
        condition.reason = "SignerValidationFailure"
        condition.message = message
        condition.lastUpdateTime = context.now.time
        try write(key) { $0.conditions.append(condition) }
    }

    private func write(
        _ key: ObjectKey, _ change: (inout CertificateSigningRequestStatus) -> Void
    ) throws(StatusError) {
        do throws(StatusError) {
            try context.client.mutate(CertificateSigningRequest.self, key, .status) { change(&$0.status) }
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}
