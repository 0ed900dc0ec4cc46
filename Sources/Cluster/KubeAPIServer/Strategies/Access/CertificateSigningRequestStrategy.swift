import KubeAPI

/// Requests for certificates. Follows kubernetes pkg/registry/certificates/certificates/strategy.go and
/// pkg/apis/certificates/validation/validation.go.
enum CertificateSigningRequestStrategy: Strategy {
    /// Ten minutes.
    private static let minimumExpirationSeconds = 600

    /// It is its author's, whoever it says that it comes from.
    static func prepareForCreate(_ request: inout CertificateSigningRequest, _ context: WriteContext) {
        request.status = CertificateSigningRequestStatus()
        request.spec.username = context.author.username
        request.spec.uid = context.author.uid
        request.spec.groups = context.author.groups
        request.spec.extra = context.author.extra
    }

    static func prepareForUpdate(_ request: inout CertificateSigningRequest, old: CertificateSigningRequest) {
        request.spec = old.spec
        request.status = old.status
    }

    /// Approvals and denials stay as they are: they have a subresource of their own.
    static func prepareForStatusUpdate(
        _ request: inout CertificateSigningRequest, old: CertificateSigningRequest, now: Time
    ) {
        request.spec = old.spec
        let decided = [CertificateConditions.approved, CertificateConditions.denied]
        let kept = old.status.conditions.filter { decided.contains($0.type) }
        request.status.conditions = kept + request.status.conditions.filter { !decided.contains($0.type) }
        CertificateConditions.setTimes(&request, old: old, now: now)
    }

    static func validate(_ request: CertificateSigningRequest) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                let spec = request.spec
                // What the signature is of is for signers to check; here only that it is such a request at all.
                if let complaint = CertificateRequestCheck.complaint(pem: spec.request.bytes) {
                    validator.invalid("request", spec.request, complaint)
                }
                if spec.usages.isEmpty { validator.required("usages") }
                for (index, usage) in spec.usages.enumerated() where !usages.contains(usage) {
                    validator.notSupported(.element("usages", index), usage, usages)
                }
                for (index, usage) in spec.usages.enumerated() where spec.usages.firstIndex(of: usage) != index {
                    validator.duplicate(.element("usages", index), usage)
                }
                validator.signerName(spec.signerName)
                if let seconds = spec.expirationSeconds, seconds < minimumExpirationSeconds {
                    validator.invalid(
                        "expirationSeconds", seconds, "may not specify a duration less than 600 seconds (10 minutes)")
                }
            }
        }
    }

    static func validateUpdate(
        _ request: CertificateSigningRequest, old: CertificateSigningRequest
    ) -> [FieldError] {
        validate(request)
            + Validator.errors { $0.certificateUpdate(request, old: old, mayDecide: false, maySign: false) }
    }

    static func validateStatusUpdate(
        _ request: CertificateSigningRequest, old: CertificateSigningRequest
    ) -> [FieldError] {
        validate(request)
            + Validator.errors { $0.certificateUpdate(request, old: old, mayDecide: false, maySign: true) }
    }

    /// Any name will do.
    static func validateName(_ name: String, isPrefix: Bool) -> [String] { [] }

    /// Every key usage that x509 knows, in order.
    private static let usages = [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment",
        "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel",
        "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
        "server auth", "signing", "timestamping",
    ]
}

extension Validator {
    /// As in `example.com/signer`. Follows `ValidateSignerName`.
    fileprivate mutating func signerName(_ name: String) {
        if name.isEmpty { return required("signerName") }
        if name == "kubernetes.io/legacy-unknown" {
            return invalid("signerName", name, "the legacy signerName is not allowed via this API version")
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            return invalid(
                "signerName", name,
                "must be a fully qualified domain and path of the form 'example.com/signer-name'")
        }
        if parts[0].utf8.count > Validator.longestDomain { tooLong("signerName", maximum: Validator.longestDomain) }
        segments(of: parts[0]) { Validation.dns1123Label($0) }
        if !parts[0].contains(".") {
            invalid("signerName", parts[0], "should be a domain with at least two segments separated by dots")
        }
        segments(of: parts[1]) { Validation.dns1123Subdomain($0) }
        // The path has room for the name of a namespace and that of an object in it.
        let longest = Validator.longestDomain + 1 + 63 + 1 + Validator.longestDomain
        if name.utf8.count > longest { tooLong("signerName", maximum: longest) }
    }

    private static let longestDomain = 253

    /// What is wrong with the first segment that is not as it should be.
    private mutating func segments(of text: String, _ messages: (String) -> [String]) {
        for segment in text.split(separator: ".", omittingEmptySubsequences: false).map(String.init) {
            let found = messages(segment)
            for message in found {
                invalid("signerName", text, "validating label \(GoText.quoted(segment)): \(message)")
            }
            if !found.isEmpty { return }
        }
    }
}
