import KubeAPI
import KubeClient

/// `certificatesigningrequests/approval`: the conditions by which a request is approved or denied.
///
/// Follows kubernetes pkg/registry/certificates/certificates/strategy.go `csrApprovalStrategy` and
/// pkg/apis/certificates/validation/validation.go.
enum CertificateApprovalStrategy: SubresourceStrategy {
    static var subresource: Subresource { .approval }

    static func prepare(_ request: inout CertificateSigningRequest, old: CertificateSigningRequest, now: Time) {
        var result = old
        result.metadata = request.metadata
        result.status.conditions = request.status.conditions
        CertificateConditions.setTimes(&result, old: old, now: now)
        request = result
    }

    static func validate(_ request: CertificateSigningRequest, old: CertificateSigningRequest) -> [FieldError] {
        CertificateSigningRequestStrategy.validate(request)
            + Validator.errors { $0.certificateUpdate(request, old: old, mayDecide: true, maySign: false) }
    }
}

enum CertificateConditions {
    static let approved = "Approved"
    static let denied = "Denied"
    static let failed = "Failed"

    /// Gives conditions the times that their author left out. Follows `populateConditionTimestamps`.
    static func setTimes(_ request: inout CertificateSigningRequest, old: CertificateSigningRequest, now: Time) {
        for index in request.status.conditions.indices {
            let condition = request.status.conditions[index]
            if condition.lastUpdateTime?.isZero ?? true { request.status.conditions[index].lastUpdateTime = now }
            if condition.lastTransitionTime?.isZero ?? true {
                let same = old.status.conditions.first { $0.type == condition.type && $0.status == condition.status }
                let before = same?.lastTransitionTime
                request.status.conditions[index].lastTransitionTime = before?.isZero == false ? before : now
            }
        }
    }
}

extension Validator {
    /// What an update of a request for a certificate may not do to its status.
    /// Follows `validateCertificateSigningRequestUpdate`.
    mutating func certificateUpdate(
        _ request: CertificateSigningRequest, old: CertificateSigningRequest, mayDecide: Bool, maySign: Bool
    ) {
        field("status") { validator in
            validator.certificateConditions(request.status.conditions)
            let names = [CertificateConditions.approved, CertificateConditions.denied, CertificateConditions.failed]
            for type in names {
                let before = old.status.conditions.filter { $0.type == type }
                let after = request.status.conditions.filter { $0.type == type }
                if after.count < before.count {
                    validator.forbidden(
                        "conditions", "updates may not remove a condition of type \(GoText.quoted(type))")
                } else if mayDecide || type == CertificateConditions.failed {
                    continue
                } else if after.count > before.count {
                    validator.forbidden("conditions", "updates may not add a condition of type \(GoText.quoted(type))")
                } else if after != before {
                    validator.forbidden(
                        "conditions", "updates may not modify a condition of type \(GoText.quoted(type))\n")
                }
            }
            let certificate = request.status.certificate?.bytes ?? []
            let known = old.status.certificate?.bytes ?? []
            if certificate == known { return }
            if !maySign {
                validator.forbidden("certificate", "updates may not set certificate content")
            } else if !known.isEmpty {
                validator.forbidden("certificate", "updates may not modify existing certificate content")
            }
        }
    }

    private mutating func certificateConditions(_ conditions: [CertificateSigningRequestCondition]) {
        var seen: [String] = []
        each("conditions", conditions) { validator, condition, _ in
            if condition.type.isEmpty { validator.required("type") }
            let decisions = [
                CertificateConditions.approved, CertificateConditions.denied, CertificateConditions.failed,
            ]
            let allowed = decisions.contains(condition.type) ? ["True"] : ["False", "True", "Unknown"]
            if condition.status.isEmpty {
                validator.required("status")
            } else if !allowed.contains(condition.status) {
                validator.notSupported("status", condition.status, allowed)
            }
            let isSecondDecision =
                condition.type == CertificateConditions.approved && seen.contains(CertificateConditions.denied)
                || condition.type == CertificateConditions.denied && seen.contains(CertificateConditions.approved)
            if isSecondDecision {
                validator.invalid(
                    "type", condition.type, "Approved and Denied conditions are mutually exclusive")
            }
            if seen.contains(condition.type) {
                validator.duplicate("type", condition.type)
            } else {
                seen.append(condition.type)
            }
        }
    }
}
