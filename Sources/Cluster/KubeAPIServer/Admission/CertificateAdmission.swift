import KubeAPI

/// Who approves a request for a certificate must be allowed to, for its signer.
///
/// Follows kubernetes plugin/pkg/admission/certificates/approval/admission.go.
final class CertificateApproval: AdmissionPlugin {
    let name = "CertificateApproval"
    private let access: AccessState

    init(_ context: AdmissionContext) { access = context.access }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .update && kind == .certificateSigningRequest
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard attributes.subresource == .approval else { return }
        try SignerRights.check("approve", "user not permitted to approve requests with signerName", attributes, access)
    }
}

/// Who issues a certificate must be allowed to, for its signer.
///
/// Follows kubernetes plugin/pkg/admission/certificates/signing/admission.go.
final class CertificateSigning: AdmissionPlugin {
    let name = "CertificateSigning"
    private let access: AccessState

    init(_ context: AdmissionContext) { access = context.access }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .update && kind == .certificateSigningRequest
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard attributes.subresource == .status, let old = attributes.old?.as(CertificateSigningRequest.self),
            let new = object?.as(CertificateSigningRequest.self)
        else { return }
        func failure(_ request: CertificateSigningRequest) -> CertificateSigningRequestCondition? {
            request.status.conditions.first { $0.type == "Failed" }
        }
        // Only what a signer writes is looked at.
        if old.status.certificate == new.status.certificate, failure(old) == failure(new) { return }
        try SignerRights.check("sign", "user not permitted to sign requests with signerName", attributes, access)
    }
}

private enum SignerRights {
    /// Rights may be for one signer, or for all of a domain: `example.com/*`.
    static func check(
        _ verb: String, _ refusal: String, _ attributes: AdmissionAttributes, _ access: AccessState
    ) throws(StatusError) {
        let requester = attributes.request.requester
        guard !requester.isTrusted, let request = attributes.old?.as(CertificateSigningRequest.self) else { return }
        let signer = request.spec.signerName
        let domain = signer.split(separator: "/", maxSplits: 1).first.map { $0 + "/*" } ?? ""
        for name in [signer, domain] {
            let asked = RequestAttributes(
                requester.user, verb: verb, apiGroup: "certificates.k8s.io", resource: "signers", name: name)
            if access.authorizer.decide(asked).isAllowed { return }
        }
        throw attributes.forbidden("\(refusal) \(GoText.quoted(signer))")
    }
}

/// Nobody asks for a certificate of the group that may do everything.
///
/// Follows kubernetes plugin/pkg/admission/certificates/subjectrestriction/admission.go.
final class CertificateSubjectRestriction: AdmissionPlugin {
    let name = "CertificateSubjectRestriction"

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .create && kind == .certificateSigningRequest
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard let request = object?.as(CertificateSigningRequest.self),
            request.spec.signerName == "kubernetes.io/kube-apiserver-client",
            let text = CertificateRequestText(pem: request.spec.request.bytes),
            text.values(of: .organization).contains("system:masters")
        else { return }
        throw attributes.forbidden(
            "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed")
    }
}

/// Writes down who asks for a certificate; what the request says of it itself does not count.
///
/// Upstream's strategy of the kind does this, follows kubernetes pkg/registry/certificates/certificates/strategy.go.
final class CertificateRequestIdentity: AdmissionPlugin {
    let name = "CertificateRequestIdentity"

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .create && kind == .certificateSigningRequest
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard var request = object.as(CertificateSigningRequest.self) else { return }
        let user = attributes.request.requester.user
        request.spec.username = user.username
        request.spec.uid = user.uid
        request.spec.groups = user.groups
        request.spec.extra = user.extra
        object = request.boxed
    }
}
