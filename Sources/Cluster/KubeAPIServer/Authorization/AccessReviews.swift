import KubeAPI
import KubeClient

/// The kinds by which clients ask about access: posted, answered, and nowhere kept.
///
/// Follows kubernetes pkg/registry/authorization, pkg/apis/authorization/validation and pkg/registry/authentication.
extension APIServer {
    /// Answers a review; nil for a kind that is none.
    ///
    /// - Throws: `invalid`, `badRequest`.
    func review(_ object: KubeObject, _ request: Request) throws(StatusError) -> KubeObject? {
        if var review = object.as(SubjectAccessReview.self) {
            let errors = AccessReviewValidation.errors(review.spec) + AccessReviewValidation.empty(review.metadata)
            try StatusError.check(errors, of: object)
            review.status = try answer(review.spec)
            return review.boxed
        }
        if var review = object.as(LocalSubjectAccessReview.self) {
            try StatusError.check(AccessReviewValidation.errors(review), of: object)
            review.status = try answer(review.spec)
            return review.boxed
        }
        if var review = object.as(SelfSubjectAccessReview.self) {
            let errors = AccessReviewValidation.errors(review.spec) + AccessReviewValidation.empty(review.metadata)
            try StatusError.check(errors, of: object)
            var spec = SubjectAccessReviewSpec()
            spec.resourceAttributes = review.spec.resourceAttributes
            spec.nonResourceAttributes = review.spec.nonResourceAttributes
            review.status = try answer(spec, of: request.requester.user)
            return review.boxed
        }
        if let review = object.as(SelfSubjectRulesReview.self) { return try rules(review, request).boxed }
        if object.kind == .selfSubjectReview {
            // Whatever was posted, this is who posted it.
            var review = SelfSubjectReview()
            review.metadata.creationTimestamp = now
            review.status.userInfo = request.requester.user
            return review.boxed
        }
        if let review = object.as(TokenReview.self) { return try token(review, request).boxed }
        return nil
    }

    private func answer(_ spec: SubjectAccessReviewSpec) throws(StatusError) -> SubjectAccessReviewStatus {
        var user = UserInfo()
        user.username = spec.user
        user.groups = spec.groups
        user.uid = spec.uid
        // Keys are compared in lower case.
        for (key, values) in spec.extra { user.extra[key.lowercased()] = values }
        return try answer(spec, of: user)
    }

    private func answer(
        _ spec: SubjectAccessReviewSpec, of user: UserInfo
    ) throws(StatusError) -> SubjectAccessReviewStatus {
        var status = SubjectAccessReviewStatus()
        var problems: [String] = []
        let decision = authorizer.decide(RequestAttributes(user, reviewing: spec, &problems))
        status.allowed = decision.isAllowed
        status.reason = decision.reason.isEmpty ? nil : decision.reason
        status.evaluationError = problems.isEmpty ? nil : AccessPolicy.aggregate(problems)
        return status
    }

    private func rules(
        _ review: SelfSubjectRulesReview, _ request: Request
    ) throws(StatusError) -> SelfSubjectRulesReview {
        let namespace = review.spec.namespace ?? ""
        if namespace.isEmpty { throw .badRequest("no namespace on request") }
        let user = request.requester.user
        let (rules, found) = authorizer.policy.rules(of: user, namespace: namespace)
        var problems = found
        var answer = review
        answer.status = SubjectRulesReviewStatus()
        for rule in rules {
            if !rule.resources.isEmpty {
                var entry = ResourceRule()
                entry.verbs = rule.verbs
                entry.apiGroups = rule.apiGroups
                entry.resources = rule.resources
                entry.resourceNames = rule.resourceNames
                answer.status.resourceRules.append(entry)
            }
            if !rule.nonResourceURLs.isEmpty {
                var entry = NonResourceRule()
                entry.verbs = rule.verbs
                entry.nonResourceURLs = rule.nonResourceURLs
                answer.status.nonResourceRules.append(entry)
            }
        }
        if user.nodeName != nil {
            // What a node may do depends on its pods.
            answer.status.incomplete = true
            problems.insert("node authorizer does not support user rule resolution", at: 0)
        }
        answer.status.evaluationError = problems.isEmpty ? nil : AccessPolicy.aggregate(problems)
        return answer
    }

    private func token(_ review: TokenReview, _ request: Request) throws(StatusError) -> TokenReview {
        let text = review.spec.token
        if text.isEmpty { throw .badRequest("token is required for TokenReview in authentication") }
        let wanted = review.spec.audiences.isEmpty ? authenticator.audiences : review.spec.audiences
        let result = authenticator.review(text, audiences: wanted, view: store, now: request.wallTime ?? now)
        if let use = result.legacyUse { record(use) }
        var answer = review
        answer.status = TokenReviewStatus()
        answer.status.authenticated = result.user == nil ? nil : true
        answer.status.user = result.user
        answer.status.audiences = result.audiences
        answer.status.error = result.error.isEmpty ? nil : result.error
        return answer
    }
}

extension RequestAttributes {
    /// The request that a review asks about. Selectors that make no sense are left out, and named in `problems`.
    ///
    /// Follows kubernetes pkg/registry/authorization/util/helpers.go.
    fileprivate init(_ user: UserInfo, reviewing spec: SubjectAccessReviewSpec, _ problems: inout [String]) {
        guard let resource = spec.resourceAttributes else {
            self.init(user, verb: spec.nonResourceAttributes?.verb ?? "", path: spec.nonResourceAttributes?.path ?? "")
            return
        }
        self.init(
            user, verb: resource.verb ?? "", apiGroup: resource.group ?? "", apiVersion: resource.version ?? "*",
            resource: resource.resource ?? "", subresource: resource.subresource ?? "",
            namespace: resource.namespace ?? "", name: resource.name ?? "")
        guard ["list", "watch", "deletecollection"].contains(resource.verb ?? "") || resource.verb == "*" else {
            return
        }
        if let selector = resource.fieldSelector {
            if let raw = selector.rawSelector, !raw.isEmpty {
                fieldSelector = RequestAttributes.requirements(raw)
            } else {
                fieldSelector = selector.requirements.filter { requirement in
                    let isKnown = ["In", "NotIn"].contains(requirement.operator) && requirement.values.count == 1
                    if !isKnown {
                        problems.append(
                            "\(GoText.quoted(requirement.operator)) is not a valid field selector operator")
                    }
                    return isKnown
                }
            }
        }
        labelSelector = resource.labelSelector?.requirements ?? []
    }

    /// The conditions of a field selector's text, whatever the kind: `spec.nodeName=a,metadata.name!=b`.
    package static func requirements(_ raw: String) -> [FieldSelectorRequirement] {
        raw.split(separator: ",").compactMap { term in
            guard let equals = term.firstIndex(of: "=") else { return nil }
            let isNegated = equals > term.startIndex && term[term.index(before: equals)] == "!"
            var requirement = FieldSelectorRequirement()
            requirement.key = String(isNegated ? term[..<equals].dropLast() : term[..<equals])
            requirement.operator = isNegated ? "NotIn" : "In"
            let value = term[term.index(after: equals)...]
            requirement.values = [String(value.first == "=" ? value.dropFirst() : value)]
            return requirement
        }
    }
}

/// Follows kubernetes pkg/apis/authorization/validation/validation.go.
private enum AccessReviewValidation {
    static func errors(_ spec: SubjectAccessReviewSpec) -> [FieldError] {
        var errors = self.errors(spec.resourceAttributes, spec.nonResourceAttributes)
        if spec.user?.isEmpty ?? true, spec.groups.isEmpty {
            errors.append(
                .invalid(FieldPath("spec").child("user"), "", "at least one of user or group must be specified"))
        }
        return errors + selectors(spec.resourceAttributes)
    }

    static func errors(_ spec: SelfSubjectAccessReviewSpec) -> [FieldError] {
        errors(spec.resourceAttributes, spec.nonResourceAttributes) + selectors(spec.resourceAttributes)
    }

    static func errors(_ review: LocalSubjectAccessReview) -> [FieldError] {
        var errors = self.errors(review.spec)
        var rest = review.metadata
        rest.namespace = nil
        rest.managedFields = []
        if rest != ObjectMeta() {
            errors.append(.invalid(FieldPath("metadata"), review.metadata, "must be empty except for namespace"))
        }
        let asked = review.spec.resourceAttributes?.namespace ?? ""
        if review.spec.resourceAttributes != nil, asked != review.namespace {
            errors.append(
                .invalid(FieldPath("spec.resourceAttributes.namespace"), asked, "must match metadata.namespace"))
        }
        if let other = review.spec.nonResourceAttributes {
            errors.append(
                .invalid(FieldPath("spec.nonResourceAttributes"), other, "disallowed on this kind of request"))
        }
        return errors
    }

    static func empty(_ metadata: ObjectMeta) -> [FieldError] {
        var rest = metadata
        rest.managedFields = []
        return rest == ObjectMeta() ? [] : [.invalid(FieldPath("metadata"), metadata, "must be empty")]
    }

    private static func errors(
        _ resource: ResourceAttributes?, _ other: NonResourceAttributes?
    ) -> [FieldError] {
        let path = FieldPath("spec")
        if resource != nil, let other {
            return [
                .invalid(
                    path.child("nonResourceAttributes"), other,
                    "cannot be specified in combination with resourceAttributes")
            ]
        }
        if resource == nil, other == nil {
            return [
                .invalid(
                    path.child("resourceAttributes"), NonResourceAttributes?.none,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified")
            ]
        }
        return []
    }

    /// A selector in one of two forms. Whoever asks may know of comparisons that nobody here does.
    private static func selectors(_ resource: ResourceAttributes?) -> [FieldError] {
        guard let resource else { return [] }
        return Validator.errors { validator in
            validator.field("spec", "resourceAttributes") { validator in
                if let selector = resource.fieldSelector {
                    validator.field("fieldSelector") { validator in
                        validator.selector(selector.rawSelector.text, selector.requirements.count)
                        validator.each("requirements", selector.requirements) { validator, requirement, _ in
                            if requirement.key.isEmpty { validator.required("key", "must be specified") }
                            validator.comparison(requirement.operator, of: requirement.values, mayBeUnknown: true)
                        }
                    }
                }
                if let selector = resource.labelSelector {
                    validator.field("labelSelector") { validator in
                        validator.selector(selector.rawSelector.text, selector.requirements.count)
                        validator.each("requirements", selector.requirements) { validator, requirement, _ in
                            validator.requirement(requirement, mayBeUnknown: true)
                        }
                    }
                }
            }
        }
    }
}

extension Validator {
    fileprivate mutating func selector(_ raw: String, _ requirements: Int) {
        if !raw.isEmpty, requirements > 0 {
            invalid("rawSelector", raw, "may not specified at the same time as requirements")
        } else if raw.isEmpty, requirements == 0 {
            required("requirements", "when \(path(.here)) is specified, requirements or rawSelector is required")
        }
    }
}
