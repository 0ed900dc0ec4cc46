import KubeAPI

// Admission policies and what binds them, but for whether their expressions compile.
// Follows kubernetes pkg/apis/admissionregistration/validation/validation.go.

extension Validator {
    mutating func validatingPolicy(_ policy: ValidatingAdmissionPolicy) {
        let spec = policy.spec
        oneOf("failurePolicy", spec.failurePolicy, ["Fail", "Ignore"])
        if let kind = spec.paramKind { field("paramKind") { $0.paramKind(kind) } }
        matchConstraints(spec.matchConstraints)
        matchConditions(spec.matchConditions)
        each("variables", spec.variables) { validator, variable, _ in validator.variable(variable) }
        if spec.validations.isEmpty, spec.auditAnnotations.isEmpty {
            let detail = "validations or auditAnnotations must contain at least one item"
            required("validations", detail)
            required("auditAnnotations", detail)
        }
        validations(spec)
        auditAnnotations(spec.auditAnnotations, policy.name)
    }

    mutating func validatingPolicyBinding(_ spec: ValidatingAdmissionPolicyBindingSpec) {
        policyName(spec.policyName)
        if let parameters = spec.paramRef { field("paramRef") { $0.paramRef(parameters) } }
        // Upstream's path is not quite the name of the field.
        if let resources = spec.matchResources { field("matchResouces") { $0.matchResources(resources) } }
        validationActions(spec.validationActions)
    }

    mutating func mutatingPolicy(_ spec: MutatingAdmissionPolicySpec) {
        oneOf("failurePolicy", spec.failurePolicy, ["Fail", "Ignore"])
        if let kind = spec.paramKind { field("paramKind") { $0.paramKind(kind) } }
        matchConstraints(spec.matchConstraints)
        mutableOperations("matchConstraints", spec.matchConstraints)
        matchConditions(spec.matchConditions)
        each("variables", spec.variables) { validator, variable, _ in validator.variable(variable) }
        if spec.mutations.isEmpty { required("mutations", "mutations must contain at least one item") }
        each("mutations", spec.mutations) { validator, mutation, _ in validator.mutation(mutation) }
        oneOf("reinvocationPolicy", spec.reinvocationPolicy, ["IfNeeded", "Never"])
    }

    mutating func mutatingPolicyBinding(_ spec: MutatingAdmissionPolicyBindingSpec) {
        policyName(spec.policyName ?? "")
        if let parameters = spec.paramRef { field("paramRef") { $0.paramRef(parameters) } }
        guard let resources = spec.matchResources else { return }
        field("matchResources") { $0.matchResources(resources) }
        mutableOperations("matchResources", resources)
    }

    private mutating func policyName(_ name: String) {
        if name.isEmpty { return required("policyName") }
        check("policyName", name, Validation.nameIsDNSSubdomain(name, false))
    }

    // MARK: What is matched

    private mutating func matchConstraints(_ constraints: MatchResources?) {
        guard let constraints else { return required("matchConstraints") }
        field("matchConstraints") { validator in
            validator.matchResources(constraints)
            if constraints.resourceRules.isEmpty { validator.required("resourceRules") }
        }
    }

    /// What is deleted cannot be changed. Upstream's path does not tell which operation of which rule it is.
    private mutating func mutableOperations(_ name: String, _ resources: MatchResources?) {
        let mutable = ["*", "CONNECT", "CREATE", "UPDATE"]
        field(name, "resourceRules") { validator in
            for operation in resources?.resourceRules.flatMap(\.operations) ?? [] where !mutable.contains(operation) {
                validator.notSupported("operations", operation, mutable)
            }
        }
    }

    private mutating func matchResources(_ resources: MatchResources) {
        oneOf("matchPolicy", resources.matchPolicy, ["Equivalent", "Exact"])
        labelSelector("namespaceSelector", resources.namespaceSelector)
        labelSelector("objectSelector", resources.objectSelector)
        each("resourceRules", resources.resourceRules) { validator, rule, _ in validator.namedRule(rule) }
        each("excludeResourceRules", resources.excludeResourceRules) { validator, rule, _ in validator.namedRule(rule) }
    }

    private mutating func namedRule(_ named: NamedRuleWithOperations) {
        for (index, name) in named.resourceNames.enumerated() {
            check(.element("resourceNames", index), name, Validation.pathSegmentName(name))
            if named.resourceNames[..<index].contains(name) { duplicate(.element("resourceNames", index), name) }
        }
        var rule = RuleWithOperations()
        rule.operations = named.operations
        rule.apiGroups = named.apiGroups
        rule.apiVersions = named.apiVersions
        rule.resources = named.resources
        rule.scope = named.scope
        webhookRule(rule)
    }

    private mutating func matchConditions(_ conditions: [MatchCondition]) {
        if conditions.count > 64 { tooMany("matchConditions", actual: conditions.count, maximum: 64) }
        each("matchConditions", conditions) { validator, condition, index in
            if condition.expression.isBlank { validator.required("expression") }
            if condition.name.isEmpty { return validator.required("name") }
            validator.check("name", condition.name, Validation.qualifiedName(condition.name))
            if conditions[..<index].contains(where: { $0.name == condition.name }) {
                validator.duplicate("name", condition.name)
            }
        }
    }

    // MARK: Parameters

    private mutating func paramKind(_ parameters: ParamKind) {
        let version = parameters.apiVersion ?? ""
        let parts = version.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case _ where version.isEmpty: required("apiVersion")
        case 3...: invalid("apiVersion", version, "unexpected GroupVersion string: \(version)")
        default:
            if parts.count == 2, !parts[0].isEmpty {
                let messages = Validation.dns1123Subdomain(parts[0])
                if !messages.isEmpty { invalid("apiVersion", parts[0], messages.joined(separator: ",")) }
            }
            let last = parts[parts.count - 1]
            let messages = last.isEmpty ? [] : Validation.dns1035Label(last)
            if last.isEmpty { invalid("apiVersion", version, "version must be specified") }
            if !messages.isEmpty { invalid("apiVersion", last, messages.joined(separator: ",")) }
        }
        let kind = parameters.kind ?? ""
        if kind.isEmpty { return required("kind") }
        let messages = Validation.dns1035Label(kind.lowercased())
        if !messages.isEmpty {
            let detail = "may have mixed case, but should otherwise match: "
            invalid("kind", kind, detail + messages.joined(separator: ","))
        }
    }

    private mutating func paramRef(_ parameters: ParamRef) {
        let name = parameters.name ?? ""
        let exclusive = "name and selector are mutually exclusive"
        if !name.isEmpty {
            check("name", name, Validation.pathSegmentName(name))
            if parameters.selector != nil { forbidden("name", exclusive) }
        }
        if parameters.selector != nil {
            labelSelector("selector", parameters.selector)
            if !name.isEmpty { forbidden("selector", exclusive) }
        }
        if name.isEmpty, parameters.selector == nil { required(.here, "one of name or selector must be specified") }
        let action = parameters.parameterNotFoundAction ?? ""
        if action.isEmpty {
            required("parameterNotFoundAction")
        } else if action != "Deny", action != "Allow" {
            notSupported("parameterNotFoundAction", action, ["Deny", "Allow"])
        }
    }

    // MARK: What is asked, and what is done

    private mutating func variable(_ variable: Variable) {
        if variable.name.isBlank {
            required("name", "name is not specified")
        } else if !CELNames.isIdentifier(variable.name) {
            invalid("name", variable.name, "name is not a valid CEL identifier")
        }
        if variable.expression.isBlank { required("expression", "expression is not specified") }
    }

    private mutating func mutation(_ mutation: Mutation) {
        let applied = mutation.applyConfiguration.map { $0.expression ?? "" }
        let patched = mutation.jsonPatch.map { $0.expression ?? "" }
        switch mutation.patchType {
        case "": required("patchType")
        case "ApplyConfiguration":
            patch("applyConfiguration", applied, not: "jsonPatch", patched, type: mutation.patchType)
        case "JSONPatch":
            patch("jsonPatch", patched, not: "applyConfiguration", applied, type: mutation.patchType)
        default: notSupported("patchType", mutation.patchType, ["ApplyConfiguration", "JSONPatch"])
        }
    }

    /// The one patch that a mutation of its type has, and the one that it has not; nil is none.
    private mutating func patch(
        _ name: String, _ expression: String?, not other: String, _ otherExpression: String?, type: String
    ) {
        if let expression {
            field(name) { if expression.isBlank { $0.required("expression") } }
        } else {
            required(.child(name), "must be specified when patchType is \(type)")
        }
        if otherExpression != nil {
            invalid(.child(other), "{\(other)}", "must not be specified when patchType is \(type)")
        }
    }

    private mutating func validations(_ spec: ValidatingAdmissionPolicySpec) {
        each("validations", spec.validations) { validator, validation, _ in
            if validation.expression.isBlank { validator.required("expression", "expression is not specified") }
            if let expression = validation.messageExpression, !expression.isEmpty, expression.isBlank {
                validator.invalid("messageExpression", expression, "must be non-empty if specified")
            }
            if let message = validation.message, !message.isEmpty {
                if message.isBlank {
                    validator.invalid("message", message, "message must be non-empty if specified")
                } else if message.trimmed.hasLineBreak {
                    validator.invalid("message", message, "message must not contain line breaks")
                }
            }
            let reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"]
            if let reason = validation.reason, !reasons.contains(reason) {
                validator.notSupported("reason", reason, reasons)
            }
        }
    }

    private mutating func auditAnnotations(_ annotations: [AuditAnnotation], _ policy: String) {
        if annotations.count > 20 {
            invalid("auditAnnotations", annotations, "must not have more than 20 auditAnnotations")
        }
        each("auditAnnotations", annotations) { validator, annotation, index in
            let name = policy + "/" + annotation.key
            validator.check("key", name, Validation.qualifiedName(name))
            if annotation.valueExpression.isBlank {
                validator.required("valueExpression", "valueExpression is not specified")
            } else if annotation.valueExpression.trimmed.utf8.count > 5 * 1024 {
                validator.required("valueExpression", "must not exceed 5120 bytes in length")
            }
            if annotations[..<index].contains(where: { $0.key == annotation.key }) {
                validator.duplicate("key", annotation.key)
            }
        }
    }

    private mutating func validationActions(_ actions: [String]) {
        for (index, action) in actions.enumerated() {
            let place = Place.element("validationActions", index)
            if !["Audit", "Deny", "Warn"].contains(action) { notSupported(place, action, ["Audit", "Deny", "Warn"]) }
            if actions[..<index].contains(action) { duplicate(place, action) }
        }
        if actions.contains("Deny"), actions.contains("Warn") {
            invalid(
                "validationActions", actions,
                "must not contain both Deny and Warn (repeating the same validation failure information in the API "
                    + "response and headers serves no purpose)")
        }
        if actions.isEmpty { required("validationActions", "at least one validation action is required") }
    }
}

/// Names in the Common Expression Language. Follows cel-spec doc/langdef.md.
private enum CELNames {
    private static let reserved: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    static func isIdentifier(_ name: String) -> Bool {
        Validation.cIdentifier(name).isEmpty && !reserved.contains(name)
    }
}
