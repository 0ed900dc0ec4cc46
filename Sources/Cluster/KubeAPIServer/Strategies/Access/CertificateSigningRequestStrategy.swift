import KubeAPI

/// Requests for certificates. Follows kubernetes pkg/registry/certificates/certificates/strategy.go.
enum CertificateSigningRequestStrategy: Strategy {
    static func prepareForUpdate(_ request: inout CertificateSigningRequest, old: CertificateSigningRequest) {
        request.spec = old.spec
        request.status = old.status
    }

    /// Approvals and denials stay as they are: they have a subresource of their own.
    static func prepareForStatusUpdate(_ request: inout CertificateSigningRequest, old: CertificateSigningRequest) {
        request.spec = old.spec
        let decided = ["Approved", "Denied"]
        let kept = old.status.conditions.filter { decided.contains($0.type) }
        request.status.conditions = kept + request.status.conditions.filter { !decided.contains($0.type) }
    }

    static func validate(_ request: CertificateSigningRequest) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                if request.spec.request.bytes.isEmpty { validator.required("request") }
                if request.spec.usages.isEmpty { validator.required("usages") }
                if request.spec.signerName.isEmpty {
                    validator.required("signerName")
                } else if !request.spec.signerName.contains("/") {
                    validator.invalid(
                        "signerName", request.spec.signerName,
                        "must be a fully qualified domain and path of the form 'example.com/signer-name'")
                }
                if let seconds = request.spec.expirationSeconds, seconds < 600 {
                    validator.invalid(
                        "expirationSeconds", seconds, "may not specify a duration less than 600 seconds (10 minutes)")
                }
            }
        }
    }
}
